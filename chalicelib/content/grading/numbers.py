"""Numbers as people type them: both decimal marks when unambiguous, spaces between thousands, a declared unit."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from chalicelib.content.expected import NumberExpected
from chalicelib.content.grading.verdicts import Grade
from chalicelib.content.grading.words import INVISIBLE
from chalicelib.content.texts import Locale

_NUMBER = re.compile(r"^[+-]?(\d{1,30}(\.\d{0,20})?|\.\d{1,20})$")
_THOUSANDS_SPACES = re.compile(r"(?<=\d)[ \u00a0\u202f\u2009](?=\d{3}(?!\d))")


def grade_number(expected: NumberExpected, answer: str, locale: Locale) -> Grade:
    """The verdict on a number, within the tolerance."""
    number = read_number(answer, expected.units.in_(locale))
    if number is None:
        return Grade("incorrect", "not-a-number")
    if _ambiguous(answer) and abs(number * 1000 - expected.value) <= expected.tolerance:
        return Grade("correct", "other-reading")
    if abs(number - expected.value) <= expected.tolerance:
        return Grade("correct", "within-tolerance" if expected.tolerance else "same-number")
    if number in expected.refuse_values:
        return Grade("incorrect", "declared-wrong")
    return Grade("incorrect", "other-number")


_ONE_MARK_THREE_DIGITS = re.compile(r"(?<!\d)[1-9]\d{0,2}[.,]\d{3}(?!\d)")


def _ambiguous(answer: str) -> bool:
    """Whether the one mark of this number may group thousands as well as begin decimals: "5,300" is 5.3 here, 5300 there."""
    text = _in_plain_signs(answer)
    return text.count(",") + text.count(".") == 1 and _ONE_MARK_THREE_DIGITS.search(text) is not None


def read_number(text: str, units: tuple[str, ...] = ()) -> Decimal | None:
    """The number that a person typed, or None: both decimal marks when unambiguous, thousands spaces, a declared unit.

    One comma or one point alone is the decimal mark; both together, or one of them twice, are read with the last kind as
    the decimal mark when the other groups thousands, else refused. Where one mark stands before exactly three digits, grading
    accepts either reading.
    """
    text = _in_plain_signs(text.translate(INVISIBLE)).strip()
    for unit in sorted(units, key=len, reverse=True):
        plain = _in_plain_signs(unit)
        if text.casefold().endswith(plain.casefold()):
            text = text[: len(text) - len(plain)].rstrip()
            break
        if text.casefold().startswith(plain.casefold()):
            text = text[len(plain) :].lstrip()
            break
    text = _THOUSANDS_SPACES.sub("", text)
    plain_text = _with_a_point(text)
    if plain_text is None or not _NUMBER.match(plain_text) or not plain_text.isascii():
        return None
    try:
        return Decimal(plain_text)
    except InvalidOperation:  # pragma: no cover - the pattern admits only numbers
        return None


def _in_plain_signs(text: str) -> str:
    """The text with digits of any script, minus signs and wide marks as plain ones. An exponent is no digit and stays."""
    return "".join(_plain_sign(sign) for sign in unicodedata.normalize("NFC", text)).translate(_NUMBER_SIGNS)


def _plain_sign(sign: str) -> str:
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    if unicodedata.decomposition(sign).startswith(("<super>", "<sub>", "<circle>", "<fraction>")):
        return sign
    return unicodedata.normalize("NFKC", sign)


_NUMBER_SIGNS = str.maketrans({"−": "-", "٫": "."})


def _with_a_point(text: str) -> str | None:
    commas, points = text.count(","), text.count(".")
    if not commas or not points:
        mark, many = ("," if commas else "."), commas + points > 1
        if many:
            return text.replace(mark, "") if re.match(rf"^[+-]?\d{{1,3}}(\{mark}\d{{3}})+$", text) else None
        return text.replace(",", ".")
    decimal = "," if text.rindex(",") > text.rindex(".") else "."
    group = "." if decimal == "," else ","
    if not re.match(rf"^[+-]?\d{{1,3}}(\{group}\d{{3}})+\{decimal}\d+$", text):
        return None
    return text.replace(group, "").replace(decimal, ".")
