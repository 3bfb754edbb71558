"""Grading: dates as people write them (rule book §2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.content.grading.dates import read_dates
from chalicelib.content.grading.verdicts import Grade
from chalicelib.content.texts import Locale
from tests.domain.content_builders import a_date
from tests.domain.grading.typed_answers import NARROW, NBSP, ZERO_WIDTH, judged, told

PI_DAY = date(2026, 3, 14)


class Written(NamedTuple):
    """A date as somebody writes it, and the days that it may mean."""

    text: str
    locale: Locale
    days: tuple[date, ...]


def a_day(text: str, *locales: Locale, day: date = PI_DAY) -> list[Written]:
    return [Written(text, locale, (day,)) for locale in locales or ("fr", "en")]


WRITTEN = [
    *a_day("2026-03-14"),
    *a_day("2026/3/14"),
    *a_day("2026.03.14"),
    *a_day("14/03/2026"),
    *a_day("14/3/2026"),
    *a_day("14-03-2026"),
    *a_day("14.03.2026"),
    *a_day("14 03 2026"),
    *a_day("14/03/26"),
    *a_day("03/14/2026", "en"),
    *a_day("3-14-26", "en"),
    *a_day("14 mars 2026", "fr"),
    *a_day("14 MARS 2026", "fr"),
    *a_day("  le 14 mars 2026 ", "fr"),
    *a_day("samedi 14 mars 2026", "fr"),
    *a_day("le samedi 14 mars 2026", "fr"),
    *a_day(f"14{NBSP}mars{NARROW}2026", "fr"),
    *a_day(f"14{ZERO_WIDTH} mars 2026", "fr"),
    *a_day("14-mars-2026", "fr"),
    *a_day("1er mars 2026", "fr", day=date(2026, 3, 1)),
    *a_day("1 février 2026", "fr", day=date(2026, 2, 1)),
    *a_day("1 fevrier 2026", "fr", day=date(2026, 2, 1)),
    *a_day("3 févr. 2026", "fr", day=date(2026, 2, 3)),
    *a_day("31 août 2026", "fr", day=date(2026, 8, 31)),
    *a_day("25 déc. 2025", "fr", day=date(2025, 12, 25)),
    *a_day("14 March 2026", "en"),
    *a_day("14th of March 2026", "en"),
    *a_day("the 14th of March, 2026", "en"),
    *a_day("March 14, 2026", "en"),
    *a_day("March 14th 2026", "en"),
    *a_day("Mar. 14, 2026", "en"),
    *a_day("Saturday, 14 March 2026", "en"),
    *a_day("Saturday 14th March 2026", "en"),
    *a_day("1st May 2026", "en", day=date(2026, 5, 1)),
    *a_day("29/02/2028", day=date(2028, 2, 29)),
    *a_day("١٤/٠٣/٢٠٢٦"),
    Written("04/03/2026", "fr", (date(2026, 3, 4),)),
    Written("04/03/2026", "en", (date(2026, 3, 4), date(2026, 4, 3))),
    Written("05/05/2026", "en", (date(2026, 5, 5),)),
]


@told(WRITTEN)
def test_a_date_is_read_as_it_is_written(case: Written) -> None:
    assert read_dates(case.text, case.locale) == case.days


@pytest.mark.parametrize("locale", ["fr", "en"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "mars",
        "14 mars",
        "14/03",
        "2026",
        "14/03/20266",
        "14/3-2026",
        "30/02/2026",
        "29/02/2026",
        "32/01/2026",
        "2026-13-01",
        "2026-03-14T10:00",
        "14032026",
        "14 Maerz 2026",
        "0/0/0",
        "14//2026",
        "-14/03/2026",
        "14/03/2026 10:00",
        "x" * 240,
    ],
)
def test_what_is_no_date_is_read_as_none(text: str, locale: Locale) -> None:
    assert read_dates(text, locale) == ()


@settings(max_examples=200)
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_back_in_every_common_form(day: date) -> None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y"):
        assert day in read_dates(day.strftime(form), "fr")
        assert day in read_dates(day.strftime(form), "en")
    assert read_dates(day.strftime("%B %d, %Y"), "en") == (day,)
    assert read_dates(day.strftime("%m/%d/%Y"), "en")[-1] == day or day.day == day.month


@settings(max_examples=150)
@given(st.text(max_size=30), st.sampled_from(["fr", "en"]))
def test_reading_anything_gives_days_or_none(text: str, locale: Locale) -> None:
    assert all(isinstance(day, date) for day in read_dates(text, locale))


def test_a_date_is_compared_as_a_day_whatever_its_form() -> None:
    challenge = a_date("2026-03-14")
    assert judged(challenge, "14 mars 2026") == Grade("correct", "same-day")
    assert judged(challenge, "15/03/2026") == Grade("incorrect", "other-day")
    assert judged(challenge, "bientôt") == Grade("incorrect", "not-a-date")


def test_an_english_date_that_may_be_read_in_two_ways_is_right_when_one_of_them_is() -> None:
    challenge = a_date("2026-03-04")
    assert judged(challenge, "03/04/2026", "en") == judged(challenge, "04/03/2026", "en") == Grade("correct", "other-reading")
    assert judged(challenge, "03/04/2026", "fr") == Grade("incorrect", "other-day")


def test_a_declared_wrong_day_is_told_so() -> None:
    challenge = a_date("2026-03-14", refuse_days=["2026-03-15"])
    assert judged(challenge, "15 mars 2026") == Grade("incorrect", "declared-wrong")


@given(st.dates(date(2000, 1, 1), date(2099, 12, 30)))
def test_the_day_after_is_never_right(day: date) -> None:
    after = day + timedelta(days=1)
    assert not judged(a_date(day.isoformat()), after.isoformat()).right
