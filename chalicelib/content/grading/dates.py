"""Dates as people write them: year first, day first, or with the month in words, in French and in English."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from chalicelib.content.expected import DateExpected
from chalicelib.content.grading.verdicts import Grade
from chalicelib.content.grading.words import INVISIBLE
from chalicelib.content.texts import Locale

_MONTHS: dict[Locale, tuple[tuple[str, ...], ...]] = {
    "fr": (
        ("janvier", "janv", "jan"),
        ("fevrier", "fevr", "fev"),
        ("mars", "mar"),
        ("avril", "avr"),
        ("mai",),
        ("juin",),
        ("juillet", "juil"),
        ("aout",),
        ("septembre", "sept", "sep"),
        ("octobre", "oct"),
        ("novembre", "nov"),
        ("decembre", "dec"),
    ),
    "en": (
        ("january", "jan"),
        ("february", "feb"),
        ("march", "mar"),
        ("april", "apr"),
        ("may",),
        ("june", "jun"),
        ("july", "jul"),
        ("august", "aug"),
        ("september", "sept", "sep"),
        ("october", "oct"),
        ("november", "nov"),
        ("december", "dec"),
    ),
}
_MONTH_NUMBER: dict[Locale, dict[str, int]] = {
    locale: {name: number for number, names in enumerate(months, 1) for name in names} for locale, months in _MONTHS.items()
}
_WEEKDAY: dict[Locale, re.Pattern[str]] = {
    "fr": re.compile(r"^(?:le )?(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche) )?"),
    "en": re.compile(r"^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day )?(?:the )?"),
}
_NUMBERS = re.compile(r"^(\d{1,4})([ ./-])(\d{1,2})\2(\d{1,4})$")
_DAY_MONTH_YEAR = re.compile(r"^(\d{1,2})(?:er|st|nd|rd|th)?[ -](?:of )?([a-z]+)[ -](\d{4})$")
_MONTH_DAY_YEAR = re.compile(r"^([a-z]+) (\d{1,2})(?:st|nd|rd|th)? (\d{4})$")


def grade_date(expected: DateExpected, answer: str, locale: Locale) -> Grade:
    """The verdict on a date; where an English date may be read in two ways, either reading is right."""
    readings = read_dates(answer, locale)
    if not readings:
        return Grade("incorrect", "not-a-date")
    if expected.day in readings:
        return Grade("correct", "same-day" if len(readings) == 1 else "other-reading")
    if not set(readings).isdisjoint(expected.refuse_days):
        return Grade("incorrect", "declared-wrong")
    return Grade("incorrect", "other-day")


def read_dates(text: str, locale: Locale) -> tuple[date, ...]:
    """The days that this text may mean, none when it is no date.

    `2026-03-14` in every language; `14/03/2026` day first, in English month first too (with `/`, `-`, `.` or spaces, four or two
    digits of year, 2000 to 2099); the month in words or short, with a day of the week, `le`, `1er`, `14th`.
    """
    plain = _in_plain_letters(text)
    plain = _WEEKDAY[locale].sub("", plain)
    if found := _NUMBERS.match(plain):
        first, second, third = found[1], int(found[3]), found[4]
        if len(first) == 4:
            return _days((int(first), second, int(third))) if len(third) <= 2 else ()
        if len(third) not in (2, 4) or len(first) > 2:
            return ()
        year = int(third) + (2000 if len(third) == 2 else 0)
        day_first = (year, second, int(first))
        return _days(day_first) if locale == "fr" else _days(day_first, (year, int(first), second))
    months = _MONTH_NUMBER[locale]
    if (found := _DAY_MONTH_YEAR.match(plain)) and found[2] in months:
        return _days((int(found[3]), months[found[2]], int(found[1])))
    if locale == "en" and (found := _MONTH_DAY_YEAR.match(plain)) and found[1] in months:
        return _days((int(found[3]), months[found[1]], int(found[2])))
    return ()


def _in_plain_letters(text: str) -> str:
    """Small letters without accents, plain digits, single spaces; commas and the points of short months are spaces."""
    text = unicodedata.normalize("NFKD", text.translate(INVISIBLE)).casefold()
    text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    text = "".join(sign for sign in text if not unicodedata.combining(sign)).replace(",", " ")
    text = re.sub(r"(?<=[a-z])\.", " ", text)
    return " ".join(text.translate({0x2010: "-", 0x2011: "-", 0x2013: "-"}).split())


def _days(*readings: tuple[int, int, int]) -> tuple[date, ...]:
    days: dict[date, None] = {}
    for year, month, day in readings:
        try:
            days[date(year, month, day)] = None
        except ValueError:
            continue
    return tuple(days)
