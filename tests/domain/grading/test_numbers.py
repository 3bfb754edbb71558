"""Grading: which number a person typed, and whether it is right (rule book §2)."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.content.grading.numbers import read_number
from chalicelib.content.grading.verdicts import Grade
from tests.domain.content_builders import a_number
from tests.domain.grading.typed_answers import BYTE_ORDER, MINUS, NARROW, NBSP, THIN, ZERO_WIDTH, judged, told


class Read(NamedTuple):
    """What number a person typed."""

    says: str
    typed: str
    number: str | None


NUMBERS = [
    Read("a plain number", "1500", "1500"),
    Read("spaces around", f" 12{NBSP}", "12"),
    Read("zeros in front", "0012", "12"),
    Read("a decimal comma", "14,4", "14.4"),
    Read("a decimal point", "14.4", "14.4"),
    Read("no digit before the point", ".5", "0.5"),
    Read("no digit before the comma", ",5", "0.5"),
    Read("no digit after the comma", "5,", "5"),
    Read("one comma alone is the decimal mark", "1,500", "1.5"),
    Read("one point alone is the decimal mark", "1.500", "1.5"),
    Read("a thousands space", "1 500", "1500"),
    Read("a non-breaking thousands space", f"1{NBSP}500", "1500"),
    Read("a narrow thousands space", f"1{NARROW}234{NARROW}567", "1234567"),
    Read("a thin thousands space", f"1{THIN}500", "1500"),
    Read("thousands spaces of different kinds", f"1 234{NBSP}567", "1234567"),
    Read("thousands spaces and a decimal comma", f"1{NARROW}234,50", "1234.5"),
    Read("thousands spaces and a decimal point", "1 234.50", "1234.5"),
    Read("thousands commas and a decimal point", "1,234,567.89", "1234567.89"),
    Read("thousands points and a decimal comma", "1.234.567,89", "1234567.89"),
    Read("several commas group thousands", "1,234,567", "1234567"),
    Read("several points group thousands", "1.234.567", "1234567"),
    Read("a sign minus", "-12", "-12"),
    Read("a typographic minus", f"{MINUS}12", "-12"),
    Read("a full-width minus", "－12", "-12"),
    Read("a sign plus", "+12", "12"),
    Read("a negative decimal", f"{MINUS}0,5", "-0.5"),
    Read("full-width digits", "１２", "12"),
    Read("full-width digits and comma", "１２，５", "12.5"),
    Read("Arabic digits", "١٢", "12"),
    Read("Arabic digits and their decimal mark", "١٢٫٥", "12.5"),
    Read("Devanagari digits", "१२", "12"),
    Read("zero-width signs", f"1{ZERO_WIDTH}2{BYTE_ORDER}", "12"),
    Read("thirty digits", "1" * 30, "1" * 30),
    Read("more digits than any number we ask for", "1" * 31, None),
    Read("a word", "douze", None),
    Read("a number and a word", "12 environ", None),
    Read("two numbers", "12 13", None),
    Read("a thousands space in the wrong place", "1 50", None),
    Read("thousands groups of the wrong length", "1,23,456", None),
    Read("a first group too long", "1234,567,890", None),
    Read("two decimal marks", "1.5.2", None),
    Read("thousands after the decimals", "1.5,000.2", None),
    Read("marks without digits", ".,", None),
    Read("a sign alone", "-", None),
    Read("two signs", "--5", None),
    Read("a sign after", "5-", None),
    Read("a power of ten", "1e3", None),
    Read("a hexadecimal number", "0x12", None),
    Read("an underscore between digits", "1_000", None),
    Read("infinity", "inf", None),
    Read("not a number", "NaN", None),
    Read("a fraction", "1/2", None),
    Read("a fraction in one sign", "½", None),
    Read("a sum", "6+6", None),
    Read("nothing", "", None),
]


@told(NUMBERS)
def test_a_number_is_read_as_people_type_it(case: Read) -> None:
    assert read_number(case.typed) == (None if case.number is None else Decimal(case.number))


UNITS = [
    Read("a unit after, with a space", "12 Mo", "12"),
    Read("a unit after, without", "12Mo", "12"),
    Read("a unit after a non-breaking space", f"12{NBSP}Mo", "12"),
    Read("a unit in capitals", "12 MO", "12"),
    Read("no unit", "12", "12"),
    Read("a unit before", "€ 12", "12"),
    Read("a unit before, without a space", "€12", "12"),
    Read("a unit before a minus", f"€{MINUS}12", "-12"),
    Read("the longest unit that fits, after", "12 km", "12"),
    Read("the longest unit that fits, before", "euros 12", "12"),
    Read("a full-width unit", "１２％", "12"),
    Read("a unit with an exponent", "12 m²", "12"),
    Read("a unit with a compatibility sign", "12 \u2103", "12"),
    Read("a unit and thousands and decimals", f"1{NARROW}234,5{NBSP}€", "1234.5"),
    Read("a unit nobody declared", "12 kg", None),
    Read("a unit twice", "12 € €", None),
    Read("a unit on both sides", "€ 12 €", None),
    Read("a unit alone", "€", None),
    Read("a unit in the middle", "12 € 50", None),
]


@told(UNITS)
def test_a_declared_unit_may_stand_after_or_before_and_is_never_required(case: Read) -> None:
    number = read_number(case.typed, ("euro", "€", "euros", "m", "km", "Mo", "%", "m²", "°C"))
    assert number == (None if case.number is None else Decimal(case.number))


def test_units_are_those_of_the_language() -> None:
    challenge = a_number(12, units={"fr": ["Mo"], "en": ["MB"]})
    assert judged(challenge, "12 Mo", "fr") == judged(challenge, "12 MB", "en") == Grade("correct", "same-number")
    assert judged(challenge, "12 Mo", "en") == judged(challenge, "12 MB", "fr") == Grade("incorrect", "not-a-number")


def test_a_number_without_tolerance_is_compared_exactly_whatever_its_zeros() -> None:
    challenge = a_number(14.4)
    assert judged(challenge, "14,40") == Grade("correct", "same-number")
    assert judged(challenge, "14,4000000000000000001") == Grade("incorrect", "other-number")
    assert judged(challenge, "-14,4") == Grade("incorrect", "other-number")


def test_both_ends_of_the_tolerance_are_within_it() -> None:
    challenge = a_number(25.4, tolerance=0.05)
    assert judged(challenge, "25,35") == judged(challenge, "25.45") == Grade("correct", "within-tolerance")
    assert judged(challenge, "25,349") == judged(challenge, "25.451") == Grade("incorrect", "other-number")


def test_a_declared_wrong_number_is_known_however_it_is_typed() -> None:
    challenge = a_number(5300, "photos", refuse_values=[42400, 0.5])
    assert judged(challenge, f"42{NARROW}400 photos") == judged(challenge, "0,50") == Grade("incorrect", "declared-wrong")
    assert judged(challenge, "42401") == Grade("incorrect", "other-number")


@pytest.mark.parametrize("typed", ["5,300", "5.300", "5300", "5 300", "5,300 photos"])
def test_a_mark_before_three_digits_is_right_under_either_reading(typed: str) -> None:
    assert judged(a_number(5300, "photos"), typed).verdict == "correct"
    assert judged(a_number(5301, "photos"), typed).verdict == "incorrect"


def test_a_mark_that_cannot_group_thousands_is_the_decimal_mark_only() -> None:
    for typed in ("0,300", "5,30", "5,3000", "5300,000"):
        assert judged(a_number(5300), typed).verdict == ("correct" if typed == "5300,000" else "incorrect")
    assert judged(a_number(5.3), "5,300") == judged(a_number(5.3), "5.300") == Grade("correct", "same-number")


def test_what_is_not_a_number_is_wrong_by_its_own_rule() -> None:
    assert judged(a_number(12), "une douzaine") == Grade("incorrect", "not-a-number")


@pytest.mark.parametrize("typed", ["10²", "1²", "10₂", "①"])
def test_an_exponent_or_an_ornament_is_not_a_digit(typed: str) -> None:
    assert read_number(typed) is None


def spaced(digits: str, space: str) -> str:
    """A whole number with its thousands apart."""
    head = len(digits) % 3
    return space.join(([digits[:head]] if head else []) + [digits[at : at + 3] for at in range(head, len(digits), 3)])


_numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=3)


@settings(max_examples=100)
@given(
    number=_numbers,
    space=st.sampled_from(["", " ", NBSP, NARROW, THIN]),
    mark=st.sampled_from([",", "."]),
    minus=st.sampled_from(["-", MINUS, "－"]),
    around=st.sampled_from(["{}", "{} Mo", "{}Mo", "Mo {}", f"{{}}{NBSP}mo ", f"  {{}}{NARROW}MO"]),
    full_width=st.booleans(),
)
def test_a_number_written_in_any_of_the_usual_ways_reads_back_the_same(
    number: Decimal, space: str, mark: str, minus: str, around: str, full_width: bool
) -> None:
    whole, decimals = f"{abs(number):.3f}".split(".")
    written = (minus if number < 0 else "") + spaced(whole, space) + mark + decimals
    if full_width:
        written = written.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    typed = around.format(written)
    assert read_number(typed, ("Mo",)) == number
    assert judged(a_number(str(number), "Mo"), typed) == Grade("correct", "same-number")


@settings(max_examples=60)
@given(_numbers.filter(lambda number: abs(number) >= 1000), st.sampled_from([(",", "."), (".", ",")]))
def test_grouped_thousands_and_decimals_read_back_the_same(number: Decimal, marks: tuple[str, str]) -> None:
    group, decimal = marks
    written = f"{number:,.3f}".replace(",", "G").replace(".", decimal).replace("G", group)
    assert read_number(written) == number
