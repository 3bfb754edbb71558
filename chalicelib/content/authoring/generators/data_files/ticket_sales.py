"""Ticket sales of a theatre as two tills exported them: sales sent twice, days written in several ways."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.content.authoring.generators.drawing import Drawn, Generator, MadeFile
from chalicelib.content.authoring.generators.writing.amounts import EUROS, euros, written
from chalicelib.content.authoring.generators.writing.formats import Value, csv_file
from chalicelib.content.challenges import NumberAnswer
from chalicelib.content.texts import LOCALES, Locale

_Name = dict[Locale, str]

_SHOWS: tuple[_Name, ...] = (
    {"fr": "La Lune en bottes", "en": "The Moon in Boots"},
    {"fr": "Trois chaises bleues", "en": "Three Blue Chairs"},
    {"fr": "Le Roi des parapluies", "en": "The King of Umbrellas"},
    {"fr": "Nuit au manoir Brocarel", "en": "A Night at Brocarel Hall"},
    {"fr": "Le Phare endormi", "en": "The Sleeping Lighthouse"},
    {"fr": "Valse pour un renard", "en": "Waltz for a Fox"},
    {"fr": "Les Horlogers", "en": "The Clockmakers"},
    {"fr": "Un jardin sous la neige", "en": "A Garden under Snow"},
)
_RATES: tuple[tuple[_Name, tuple[int, int]], ...] = (
    ({"fr": "Plein", "en": "Full"}, (1_450, 1_990)),
    ({"fr": "Réduit", "en": "Reduced"}, (980, 1_290)),
    ({"fr": "Enfant", "en": "Child"}, (520, 790)),
)
"""The rates, and between which cents their prices are."""
_MONTHS: dict[Locale, tuple[str, ...]] = {
    "fr": (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_HEADINGS: dict[Locale, tuple[str, ...]] = {
    "fr": ("Vente", "Date", "Spectacle", "Tarif", "Places", "Prix d'une place"),
    "en": ("Sale", "Date", "Show", "Rate", "Seats", "Price of a seat"),
}
_SEASON = date(2025, 10, 1)
_DAYS = 182
_WANTED = ((2025, 11), (2025, 12), (2026, 1), (2026, 2))
_USUAL, _DASHED, _COMPACT = range(3)


@dataclass(frozen=True)
class _Sale:
    """A row of the export: what was sold, and in which way its day is written."""

    number: str
    day: date
    show: _Name
    rate: _Name
    seats: int
    cents: int
    style: int

    @property
    def paid(self) -> int:
        return self.seats * self.cents


def draw(chance: random.Random, _question: str) -> Drawn:
    """About 110 rows over six months, show by show; sales sent twice stand anywhere, often written in another way."""
    month = chance.choice(_WANTED)
    sales = _sales(chance, month)
    rows = _with_some_twice(chance, sales, month)
    within = [sale for sale in sales if _in(sale, month)]
    total = sum(sale.paid for sale in within)
    wrong = {*_usual_mistakes(rows, month), sum(sale.cents for sale in within), sum(sale.paid for sale in sales)} - {total}
    expected = NumberAnswer(
        kind="number", value=euros(total), units=EUROS, refuse_values=tuple(euros(cents) for cents in sorted(wrong))
    )
    sent = [row for row in rows if _in(row, month)]
    values = {
        locale: {
            "month": f"{_MONTHS[locale][month[1] - 1]} {month[0]}",
            "rows": str(len(sent)),
            "twice": str(len(sent) - len(within)),
            "sales": str(len(within)),
            "oddly": str(sum(sale.style != _USUAL for sale in sent)),
            "total": written(total, locale),
            "too_much": written(sum(row.paid for row in sent), locale),
        }
        for locale in LOCALES
    }
    return Drawn(expected, values, lambda locale: _file(rows, locale))


def _in(sale: _Sale, month: tuple[int, int]) -> bool:
    return (sale.day.year, sale.day.month) == month


def _sales(chance: random.Random, month: tuple[int, int]) -> list[_Sale]:
    """Every sale once; four of the month have a twin, another sale of the same things on the same day."""
    shows = chance.sample(_SHOWS, 5)
    prices = [(rate, chance.randrange(low, high, 10)) for rate, (low, high) in _RATES]
    days = [_SEASON + timedelta(days=chance.randrange(_DAYS)) for _ in range(64)]
    days += [date(*month, chance.randint(1, 28)) for _ in range(22)]
    sales = []
    for day in days:
        rate, cents = chance.choice(prices)
        sales.append(_Sale("", day, chance.choice(shows), rate, chance.choice((1, 1, 2, 2, 3, 4, 5)), cents, _style(chance)))
    sales += chance.sample(sales[-22:], 4)
    number = chance.randint(1_200, 6_800)
    numbered = []
    for sale in sorted(sales, key=lambda sale: sale.day):
        number += chance.randint(1, 9)
        numbered.append(replace(sale, number=f"V{number}"))
    return numbered


def _style(chance: random.Random) -> int:
    return chance.choice((_USUAL, _USUAL, _USUAL, _USUAL, _USUAL, _DASHED, _COMPACT))


def _with_some_twice(chance: random.Random, sales: list[_Sale], month: tuple[int, int]) -> list[_Sale]:
    """Of the month, three sales come back as they were and three with their day written in another way."""
    within = chance.sample([sale for sale in sales if _in(sale, month)], 6)
    outside = chance.sample([sale for sale in sales if not _in(sale, month)], 8)
    again = [*within[:3], *outside[:4]]
    again += [replace(sale, style=(sale.style + chance.choice((1, 2))) % 3) for sale in (*within[3:], *outside[4:])]
    rows = sorted(sales, key=lambda sale: (sale.show["en"], sale.number))
    for sale in again:
        rows.insert(chance.randint(0, len(rows)), sale)
    return rows


def _usual_mistakes(rows: list[_Sale], month: tuple[int, int]) -> set[int]:
    """Totals with sales counted twice, with days missed, with twins taken for the same sale, or with several of these."""
    keys: tuple[Callable[[_Sale], object], ...] = (
        lambda sale: sale.number,
        lambda sale: (sale.number, sale.style),
        lambda sale: (sale.day, sale.show["en"], sale.rate["en"], sale.seats),
    )
    within = [row for row in rows if _in(row, month)]
    read_as_usual = [row for row in within if row.style == _USUAL]
    not_compact = [row for row in within if row.style != _COMPACT]
    totals = set()
    for kept in (within, read_as_usual, not_compact):
        totals |= {sum(sale.paid for sale in kept), *(sum(sale.paid for sale in _once(kept, key)) for key in keys)}
    return totals


def _once(rows: Iterable[_Sale], key: Callable[[_Sale], object]) -> Iterable[_Sale]:
    return {key(row): row for row in rows}.values()


def _file(rows: list[_Sale], locale: Locale) -> MadeFile:
    lines: list[list[Value]] = [list(_HEADINGS[locale])]
    for row in rows:
        price = float(Decimal(row.cents) / 100)
        lines.append([row.number, _day(row, locale), row.show[locale], row.rate[locale], row.seats, price])
    return MadeFile("ventes-billets.csv" if locale == "fr" else "ticket-sales.csv", csv_file(lines, locale))


def _day(sale: _Sale, locale: Locale) -> str:
    if sale.style == _DASHED:
        return sale.day.isoformat()
    if sale.style == _COMPACT:
        return f"{sale.day:%Y%m%d}"
    if locale == "fr":
        return f"{sale.day:%d/%m/%Y}"
    return f"{sale.day.day} {_MONTHS['en'][sale.day.month - 1][:3]} {sale.day.year}"


GENERATOR = Generator(frozenset({"clean-total"}), draw)
