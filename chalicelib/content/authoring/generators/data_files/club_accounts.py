"""A club's accounts, a workbook of two sheets: the highest expense, the expenses of one section for one purpose."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.content.authoring.generators.data_files.club_names import (
    GIVERS,
    GRANT,
    HEADINGS,
    MEMBERS,
    NEIGHBOURS,
    OTHER_SECTIONS,
    OWN_NAMES,
    PURPOSES,
    SHEETS,
    SOURCES,
    Name,
)
from chalicelib.content.authoring.generators.drawing import Drawn, Generator, MadeFile
from chalicelib.content.authoring.generators.writing.amounts import EUROS, euros, written
from chalicelib.content.authoring.generators.writing.formats import Rows, Value, xlsx
from chalicelib.content.authoring.generators.writing.open_sheets import open_sheets
from chalicelib.content.challenges import NumberAnswer, WordAnswer
from chalicelib.content.texts import LOCALES, Locale, Words

_SEASON = date(2025, 9, 1)
_DAYS = 300


@dataclass(frozen=True)
class _Line:
    """An expense, or an income: who is paid or pays, for which section, what for, how much."""

    day: date
    who: Name
    section: Name
    purpose: Name
    cents: int


@dataclass(frozen=True)
class _Accounts:
    """The expenses, whose highest is the only one of its payee, the income, and the two sections that look alike."""

    expenses: list[_Line]
    income: list[_Line]
    section: Name
    neighbour: Name
    purpose: Name
    income_first: bool
    open_document: bool


def draw(chance: random.Random, question: str) -> Drawn:
    """About a hundred expenses and thirty receipts of one season; as `.ods` or as `.xlsx`, by chance."""
    accounts = _accounts(chance)
    expected, values = _highest(accounts) if question == "highest-payee" else _section_total(accounts)
    return Drawn(expected, values, lambda locale: _file(accounts, locale))


def _accounts(chance: random.Random) -> _Accounts:
    section, neighbour = chance.choice(NEIGHBOURS)
    sections = [section, neighbour, *chance.sample(OTHER_SECTIONS, 4)]
    purposes = [purpose for purpose, _ in PURPOSES]
    purpose = chance.choice(purposes)
    places = [(section, purpose)] * chance.randint(5, 8) + [(neighbour, purpose)] * chance.randint(3, 5)
    places += [(chance.choice(sections), chance.choice(purposes)) for _ in range(chance.randint(78, 92))]
    amounts = [chance.randint(121_000, 189_999), *chance.sample(range(810, 99_900), len(places) - 1)]
    chance.shuffle(places)
    payees = _payees(chance)
    expenses: list[_Line] = []
    for (for_section, for_purpose), cents in zip(places, amounts, strict=True):
        mates = payees[for_purpose["en"]]
        who = mates.pop() if not expenses else chance.choice(mates)
        expenses.append(_Line(_day(chance), who, for_section, for_purpose, cents))
    return _Accounts(
        _by_day(expenses),
        _by_day(_income(chance, sections)),
        section,
        neighbour,
        purpose,
        chance.random() < 0.5,
        chance.random() < 0.5,
    )


def _payees(chance: random.Random) -> dict[str, list[Name]]:
    """Four payees for each purpose, no proper name twice."""
    names = chance.sample(OWN_NAMES, len(OWN_NAMES))
    payees: dict[str, list[Name]] = {}
    for purpose, trades in PURPOSES:
        own = [names.pop() for _ in range(4)]
        payees[purpose["en"]] = [
            {locale: trades[place % 2][locale].format(name) for locale in LOCALES} for place, name in enumerate(own)
        ]
        chance.shuffle(payees[purpose["en"]])
    return payees


def _income(chance: random.Random, sections: list[Name]) -> list[_Line]:
    """Receipts of the sections, and a few grants, each higher than any expense."""
    lines = [
        _Line(_day(chance), MEMBERS, chance.choice(sections), chance.choice(SOURCES), chance.randint(1_500, 88_000))
        for _ in range(30)
    ]
    givers = chance.sample(GIVERS, 3)
    amounts = chance.sample(range(200_000, 480_000, 2_500), 3)
    return lines + [
        _Line(_day(chance), giver, chance.choice(sections), GRANT, cents) for giver, cents in zip(givers, amounts, strict=True)
    ]


def _day(chance: random.Random) -> date:
    return _SEASON + timedelta(days=chance.randrange(_DAYS))


def _by_day(lines: list[_Line]) -> list[_Line]:
    return sorted(lines, key=lambda line: line.day)


def _highest(accounts: _Accounts) -> tuple[WordAnswer, dict[Locale, dict[str, str]]]:
    """Wrong: the next highest, the highest if amounts were texts, the lowest, the last, those of the other sheet."""
    down = sorted(accounts.expenses, key=lambda line: -line.cents)
    as_texts = max(accounts.expenses, key=lambda line: str(euros(line.cents)))
    lines = [down[1], as_texts, down[-1], max(accounts.income, key=lambda line: line.cents), accounts.expenses[-1]]
    wrong = [line.who for line in lines if line.who != down[0].who]
    expected = WordAnswer(
        kind="text",
        accept=Words(fr=_full_and_own(down[0].who, "fr"), en=_full_and_own(down[0].who, "en")),
        refuse=Words(fr=_each_once(who["fr"] for who in wrong), en=_each_once(who["en"] for who in wrong)),
    )
    values = {
        locale: {
            "payee": down[0].who[locale],
            "amount": written(down[0].cents, locale),
            "grant": written(lines[3].cents, locale),
        }
        for locale in LOCALES
    }
    return expected, values


def _full_and_own(who: Name, locale: Locale) -> tuple[str, str]:
    """The whole name, and the proper name alone, which nobody else has."""
    return who[locale], next(name for name in who[locale].split() if name in OWN_NAMES)


def _each_once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _section_total(accounts: _Accounts) -> tuple[NumberAnswer, dict[Locale, dict[str, str]]]:
    """Wrong: one filter forgotten or both, the section of a longer name counted too, the lines counted."""
    section = [line for line in accounts.expenses if line.section == accounts.section]
    purpose = [line for line in accounts.expenses if line.purpose == accounts.purpose]
    both = [line for line in section if line.purpose == accounts.purpose]
    alike = [line for line in purpose if line.section in (accounts.section, accounts.neighbour)]
    wrong = {
        _sum(section),
        _sum(purpose),
        _sum(accounts.expenses),
        _sum(alike),
        100 * len(both),
        max(one.cents for one in both),
    }
    expected = NumberAnswer(
        kind="number",
        value=euros(_sum(both)),
        units=EUROS,
        refuse_values=tuple(euros(cents) for cents in sorted(wrong - {_sum(both)})),
    )
    values = {
        locale: {
            "section": accounts.section[locale],
            "neighbour": accounts.neighbour[locale],
            "purpose": accounts.purpose[locale],
            "count": str(len(both)),
            "total": written(_sum(both), locale),
            "too_much": written(_sum(alike), locale),
        }
        for locale in LOCALES
    }
    return expected, values


def _sum(lines: list[_Line]) -> int:
    return sum(line.cents for line in lines)


def _file(accounts: _Accounts, locale: Locale) -> MadeFile:
    headings, titles = HEADINGS[locale], SHEETS[locale]
    sheets: list[tuple[str, Rows]] = [
        (titles[0], [headings[0], *_rows(accounts.expenses, "D", locale)]),
        (titles[1], [headings[1], *_rows(accounts.income, "R", locale)]),
    ]
    if accounts.income_first:
        sheets.reverse()
    name = "comptes-club" if locale == "fr" else "club-accounts"
    if accounts.open_document:
        return MadeFile(f"{name}.ods", open_sheets(dict(sheets)))
    return MadeFile(f"{name}.xlsx", xlsx(dict(sheets)))


def _rows(lines: list[_Line], letter: str, locale: Locale) -> list[list[Value]]:
    return [
        [line.day, f"{letter}{place:03}", line.who[locale], line.section[locale], line.purpose[locale], line.cents / 100]
        for place, line in enumerate(lines, 1)
    ]


GENERATOR = Generator(frozenset({"highest-payee", "section-total"}), draw)
