"""Programs with one fault, drawn so that the fault changes what they print."""

from __future__ import annotations

import random
from collections.abc import Iterable
from decimal import Decimal

from chalicelib.content.authoring.generators.program_files.program_drafts import TOWNS, Draft, Number, Story, drafted, listed
from chalicelib.content.authoring.generators.program_files.stories_to_mend import CONTEST, GIFTS, ORDERS, POOL, RELAY
from chalicelib.content.texts import LOCALES, Locale

_TEAMS: dict[Locale, tuple[str, ...]] = {
    "fr": ("Dauphins", "Loutres", "Castors", "Hérons", "Tritons", "Grèbes", "Truites", "Saumons", "Libellules", "Cigales"),
    "en": ("Dolphins", "Otters", "Beavers", "Herons", "Newts", "Grebes", "Trout", "Salmon", "Dragonflies", "Cicadas"),
}


def mended_result(chance: random.Random) -> Draft:
    """A program with a wrong boundary, division, list, starting value or variable."""
    return chance.choice((_pool, _contest, _gifts, _relay, _orders))(chance)


def _pool(chance: random.Random) -> Draft:
    child, adult = chance.choice((6, 8, 10, 12)), chance.choice((16, 18))
    low, middle, high = chance.choice((2, 3)), chance.choice((4, 5)), chance.choice((7, 8, 9))
    ages = [child] * chance.randint(2, 4) + [adult] * chance.randint(5, 7) + [chance.randint(3, 70) for _ in range(39)]
    chance.shuffle(ages)

    def takings(to_child: int, to_adult: int) -> int:
        return sum(low if age < to_child else middle if age < to_adult else high for age in ages)

    at_child = chance.random() < 0.5
    faulty = takings(child + 1, adult) if at_child else takings(child, adult + 1)
    filling: dict[str, object] = {"numbers": listed(ages, 12), "child": child, "adult": adult}
    filling |= {"low": low, "middle": middle, "high": high, "wrong_age": child if at_child else adult}
    filling |= {"first": "<=" if at_child else "<", "second": "<" if at_child else "<="}
    wrong = {takings(child + 1, adult + 1), takings(child, adult + 1), takings(child + 1, adult)}
    return _mended(chance, POOL, filling, takings(child, adult), faulty, wrong)


def _contest(chance: random.Random) -> Draft:
    bar = chance.randint(11, 14)
    sums = [4 * bar + 3, 4 * bar + 1, 4 * bar, *(chance.randint(34, 70) for _ in range(7))]
    chance.shuffle(sums)
    marks = [_four_marks(chance, one) for one in sums]
    kept = [one for one in sums if one > 4 * bar]
    faulty = sum(one // 4 for one in sums if one // 4 > bar)
    wrong: set[Number] = {
        *(_quarters(sum(sums)), _quarters(sum(one for one in sums if one >= 4 * bar))),
        *(
            _quarters(sum(one for one in sums if one // 4 > bar)),
            sum(one // 4 for one in kept),
            sum(map(round, map(_quarters, kept))),
        ),
    }
    return _mended(chance, CONTEST, {"bar": bar}, _quarters(sum(kept)), faulty, wrong, _by_team(marks))


def _quarters(count: int) -> Decimal:
    return Decimal(count) / 4


def _four_marks(chance: random.Random, total: int) -> list[int]:
    """Four marks of this sum, all between 5 and 20."""
    marks = [total // 4 + (place < total % 4) for place in range(4)]
    for first, second in ((0, 1), (2, 3)):
        shift = chance.randint(0, min(20 - marks[first], marks[second] - 5, 4))
        marks[first] += shift
        marks[second] -= shift
    chance.shuffle(marks)
    return marks


def _gifts(chance: random.Random) -> Draft:
    least = chance.choice((10, 15, 20))
    small = [[chance.randint(2, least - 1) for _ in range(size)] for size in (2, 2, 3, 2, 1)]
    large = [[least], *([chance.randint(least + 1, 120) for _ in range(chance.randint(2, 6))] for _ in range(6))]
    runs = [run for pair in zip(large, small, strict=False) for run in pair] + large[len(small) :]
    gifts = [gift for run in runs for gift in run]
    skipping = list(gifts)
    at = 0
    while at < len(skipping):
        if skipping[at] < least:
            skipping.remove(skipping[at])
        at += 1
    wrong = {sum(gifts), sum(gift for gift in gifts if gift > least), sum(gift for gift in gifts if gift < least)}
    right = sum(gift for gift in gifts if gift >= least)
    return _mended(chance, GIFTS, {"numbers": listed(gifts), "least": least}, right, sum(skipping), wrong)


def _relay(chance: random.Random) -> Draft:
    rows = [[chance.randint(2, 30) for _ in range(6)] for _ in range(10)]
    totals = [sum(row) for row in rows]
    wrong = {totals[0], totals[-1], max(max(row) for row in rows), min(totals), sorted(totals)[-2]}
    return _mended(chance, RELAY, {}, max(totals), sum(totals), wrong, _by_team(rows))


def _orders(chance: random.Random) -> Draft:
    limit, off = chance.choice((60, 72, 90)), chance.randint(5, 9)
    quantity = chance.randint(8, 11)
    first = (quantity, limit // quantity + chance.randint(2, 6))
    singles = [(1, chance.randint(limit + 1, limit + 40)) for _ in range(2)]
    pairs = [(2, limit // 2), (3, limit // 3), *singles, *((chance.randint(2, 9), chance.randint(4, 40)) for _ in range(19))]
    chance.shuffle(pairs)
    pairs = [first, *pairs]
    costs = [number * price for number, price in pairs]
    faulty = sum(costs) - off * sum(price > limit for _, price in pairs)
    wrong = {
        sum(costs),
        sum(costs) - off,
        sum(costs) - off * len(costs),
        sum(costs) - off * sum(cost >= limit for cost in costs),
    }
    right = sum(costs) - off * sum(cost > limit for cost in costs)
    filling = {"pairs": listed(pairs, 8), "limit": limit, "off": off, "quantity": first[0], "price": first[1]}
    return _mended(chance, ORDERS, filling, right, faulty, wrong)


def _by_team(rows: list[list[int]]) -> dict[Locale, str]:
    return {
        locale: listed([f'"{team}": {row}' for team, row in zip(_TEAMS[locale], rows, strict=True)], 2) for locale in LOCALES
    }


def _mended(
    chance: random.Random,
    story: Story,
    filling: dict[str, object],
    right: Number,
    faulty: int,
    wrong: Iterable[Number],
    teams: dict[Locale, str] | None = None,
) -> Draft:
    told = {**filling, "town": chance.choice(TOWNS), "faulty": faulty}
    return drafted(story, told, right, {*wrong, faulty}, **({"teams": teams} if teams else {}))
