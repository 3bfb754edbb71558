"""The log of a booking service: the first error, the component that fails before each restart, the requests that were lost."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from chalicelib.content.authoring.generators.drawing import Drawn, Generator, MadeFile
from chalicelib.content.authoring.generators.event_logs.service_log_lines import (
    AGAIN,
    BEGINS,
    COMPONENTS,
    ENDS,
    GATE,
    RECEIVED,
    RESTART,
    SERVED,
    SERVICE,
    Line,
    Pen,
    Said,
)
from chalicelib.content.challenges import NumberAnswer, WordAnswer
from chalicelib.content.texts import LOCALES, Locale, Words


def draw(chance: random.Random, question: str) -> Drawn:
    """About a hundred lines of one day."""
    pen = Pen(chance)
    day = datetime(2026, chance.randint(1, 12), chance.randint(1, 28))  # noqa: DTZ001 - a log of one machine
    if question == "first-error":
        return _first_error(pen, day)
    if question == "before-restarts":
        return _before_restarts(pen, day)
    return _lost_requests(pen, day)


def _drawn(expected: WordAnswer | NumberAnswer, values: dict[Locale, dict[str, str]], lines: Sequence[Line]) -> Drawn:
    def make(locale: Locale) -> MadeFile:
        content = "".join(line.written(locale) for line in lines).encode()
        return MadeFile("journal.log" if locale == "fr" else "service.log", content)

    return Drawn(expected, values, make)


def _by_time(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.at)


# --- the first error ---

_TIME_FORMS = (
    *("%H:%M:%S", "%H.%M.%S", "%Y-%m-%d %H:%M:%S"),
    *("%Hh%M:%S", "%Hh%Mm%Ss", "%Hh%Mm%S", "%Hh%Mmin%Ss", "%Hh%Mmin%S"),
    *("%H h %M min %S s", "%H h %M min %S", "%H h %M m %S s", "%H h %M m %S"),
)
"""A time as the log writes it, and as people do."""


def _first_error(pen: Pen, day: datetime) -> Drawn:
    chance = pen.chance
    seconds = sorted(chance.sample(range(10 * 3600, 20 * 3600), 96))
    first = chance.randint(38, 78)
    later = set(chance.sample(range(first + 1, 96), 6))
    early_warning = chance.randint(5, 30)
    for place, second in enumerate(seconds):
        level = "ERROR" if place == first or place in later else "WARN" if chance.random() < 0.12 else "INFO"
        level = "WARN" if place == early_warning else level
        pen.line(day + timedelta(seconds=second), level, chance.choice(COMPONENTS))
    found = pen.lines[first]
    wrong = {pen.lines[place].at: None for place in (0, early_warning, first - 1, first + 1, *sorted(later))}
    accept = tuple(f"{found.at:{form}}" for form in _TIME_FORMS)
    refuse = tuple(f"{at:%H:%M:%S}" for at in wrong)
    expected = WordAnswer(kind="text", accept=Words(fr=accept, en=accept), refuse=Words(fr=refuse, en=refuse))
    values = {one: {"time": f"{found.at:%H:%M:%S}", "line": found.written(one).strip()} for one in LOCALES}
    return _drawn(expected, values, pen.lines)


# --- before each restart ---


def _before_restarts(pen: Pen, day: datetime) -> Drawn:
    """Another fails more often and before all restarts but one, one fails after each, one only warns before each."""
    chance = pen.chance
    culprit, noisy, victim, warner, *others = chance.sample(COMPONENTS, 10)
    restarts = [day + timedelta(hours=8 + 2 * place, seconds=chance.randint(600, 6000)) for place in range(6)]
    spared = chance.randrange(len(restarts))
    for place, (at, other) in enumerate(zip(restarts, _never_all(chance, others, len(restarts)), strict=True)):
        pen.line(at, "INFO", SERVICE, RESTART)
        failing = [culprit, other] if place == spared else [culprit, other, noisy]
        chance.shuffle(failing)
        for component, back in zip(failing, sorted(chance.sample(range(4, 52), len(failing)), reverse=True), strict=True):
            pen.line(at - timedelta(seconds=back), "ERROR", component)
        pen.line(at - timedelta(seconds=chance.randint(53, 56)), "WARN", warner)
        pen.line(at + timedelta(seconds=chance.randint(3, 20)), "ERROR", victim)
    for component in [noisy] * 6 + chance.choices(others, k=5) + [culprit]:
        pen.line(_far_from(restarts, chance, day), "ERROR", component)
    for level in ["INFO"] * 46 + ["WARN"] * 8:
        pen.line(_far_from(restarts, chance, day), level, chance.choice([culprit, noisy, victim, warner, *others]))
    wrong = [noisy, victim, warner, *others]
    expected = WordAnswer(
        kind="text",
        accept=Words(fr=(culprit["fr"], f"[{culprit['fr']}]"), en=(culprit["en"], f"[{culprit['en']}]")),
        refuse=Words(fr=tuple(one["fr"] for one in wrong), en=tuple(one["en"] for one in wrong)),
    )
    values = {
        one: {
            "component": culprit[one],
            "restarts": str(len(restarts)),
            "noisy": noisy[one],
            "victim": victim[one],
            "warner": warner[one],
            "spared": f"{restarts[spared]:%H:%M:%S}",
        }
        for one in LOCALES
    }
    return _drawn(expected, values, _by_time(pen.lines))


def _never_all(chance: random.Random, others: list[Said], count: int) -> list[Said]:
    """So many of them in some order, each at most twice."""
    return chance.sample([*others, *others], count)


def _far_from(restarts: Sequence[datetime], chance: random.Random, day: datetime) -> datetime:
    """A second of the day at three minutes or more from any restart."""
    while True:
        at = day + timedelta(hours=7, seconds=chance.randrange(14 * 3600))
        if all(abs(at - one) > timedelta(minutes=3) for one in restarts):
            return at


# --- lost requests ---


def _lost_requests(pen: Pen, day: datetime) -> Drawn:
    """Three pieces of the day glued in the wrong order, some lines twice; requests lost outside the maintenance do not count."""
    chance = pen.chance
    cut = day + timedelta(hours=chance.randint(9, 16), seconds=chance.randint(600, 3000))
    back = cut + timedelta(seconds=chance.randint(800, 1200))
    off, on = pen.line(cut, "INFO", SERVICE, BEGINS), pen.line(back, "INFO", SERVICE, ENDS)
    names = [f"q{number}" for number in chance.sample(range(1000, 9999), 47)]
    during, before, after = names[: chance.randint(24, 30)], names[30:39], names[39:]
    lost, late, elsewhere = chance.randint(4, 20), chance.randint(2, 4), chance.randint(3, 4)
    for place, name in enumerate(during):
        served_late = (back, 5, 200) if lost <= place < lost + late else None
        _request(pen, name, (cut, back), again=place % 4 == 0, served=place >= lost, elsewhere=served_late)
    for place, name in enumerate(before):
        served_inside = (cut, 5, 100) if place == 5 else None
        _request(pen, name, (cut - timedelta(seconds=900), cut), again=place == 1, served=place > 1, elsewhere=served_inside)
    for place, name in enumerate(after):
        _request(pen, name, (back, back + timedelta(seconds=900)), again=place == 1, served=place >= elsewhere - 2)
    for seconds in chance.sample(range(-800, 1900), 5):
        pen.line(cut + timedelta(seconds=seconds), chance.choice(("INFO", "WARN")), chance.choice(COMPONENTS))
    twice = len([place for place in range(lost) if place % 4 == 0])
    wrong = {len(during), len(during) - lost, lost + late, lost + elsewhere, lost + late + elsewhere, lost + twice} - {lost}
    expected = NumberAnswer(
        kind="number",
        value=lost,
        units=Words(fr=("requêtes", "requête"), en=("requests", "request")),
        refuse_values=tuple(sorted(wrong)),
    )
    values: dict[Locale, dict[str, str]] = {
        one: {
            "cut": f"{off.at:%H:%M:%S}",
            "back": f"{on.at:%H:%M:%S}",
            "received": str(len(during)),
            "served": str(len(during) - lost),
            "late": str(late),
            "lost": str(lost),
        }
        for one in LOCALES
    }
    return _drawn(expected, values, _glued(chance, _by_time(pen.lines), off, on))


def _request(
    pen: Pen,
    name: str,
    between: tuple[datetime, datetime],
    *,
    again: bool,
    served: bool,
    elsewhere: tuple[datetime, int, int] | None = None,
) -> None:
    """A request received between two moments, perhaps twice, perhaps served: before the second, or so long after another moment."""
    start, end = between
    chance = pen.chance
    at = start + timedelta(seconds=chance.randint(6, int((end - start).total_seconds()) - 150))
    pen.line(at, "INFO", GATE, RECEIVED, id=name)
    if again:
        pen.line(at + timedelta(seconds=chance.randint(15, 50)), "INFO", GATE, AGAIN, id=name)
    if served:
        base, least, most = elsewhere or (at, 70, 120)
        pen.line(base + timedelta(seconds=chance.randint(least, most)), "INFO", chance.choice(COMPONENTS), SERVED, id=name)


_WRONG_ORDERS = ((1, 2, 0), (2, 0, 1), (2, 1, 0), (1, 0, 2))


def _glued(chance: random.Random, lines: list[Line], off: Line, on: Line) -> list[Line]:
    """Three pieces, each of the last two beginning with the end of the one before, one event in each of two."""
    overlap = 5
    first = chance.randint(lines.index(off) + overlap + 2, lines.index(on) - 2)
    second = chance.randint(lines.index(on) + overlap + 2, len(lines) - 4)
    pieces = (lines[:first], lines[first - overlap : second], lines[second - overlap :])
    return [line for place in chance.choice(_WRONG_ORDERS) for line in pieces[place]]


GENERATOR = Generator(frozenset({"first-error", "before-restarts", "lost-requests"}), draw)
