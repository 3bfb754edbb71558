"""Grading: one pure function from (challenge, answer) to a verdict and the rule that decided it (rule book §2)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from chalicelib.content.challenges import (
    Answer,
    Challenge,
    ChoiceChallenge,
    ChoicesChallenge,
    NumberChallenge,
    TextChallenge,
)
from chalicelib.content.texts import Locale
from chalicelib.kernel.errors import InvalidError

Verdict = Literal["correct", "incorrect"]

_SPACES = re.compile(r"\s+")
_INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_LOOK_ALIKE = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "´": "'", "`": "'", "‐": "-", "‑": "-", "–": "-"})
_SPELLED_OUT = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE", "ß": "ss"})


@dataclass(frozen=True)
class Grade:
    """The verdict, and which rule gave it."""

    verdict: Verdict
    rule: str


def read_answer(challenge: Challenge, value: Any, longest_text_bytes: int) -> Answer:
    """The answer in its canonical form; raises `InvalidError` when it is not of the challenge's shape.

    A wrong shape is never a wrong answer: an unknown option, a missing set, a text too long.
    """
    if isinstance(challenge, ChoicesChallenge):
        if not isinstance(value, list) or not value or not all(isinstance(option, str) for option in value):
            raise InvalidError("wrong-answer-shape", "This challenge takes a list of one option or more.")
        if len(set(value)) != len(value):
            raise InvalidError("wrong-answer-shape", "An option is given twice.")
        _refuse_unknown(challenge, value)
        return tuple(sorted(value))
    if not isinstance(value, str):
        raise InvalidError("wrong-answer-shape", "This challenge takes a text.")
    if isinstance(challenge, ChoiceChallenge):
        _refuse_unknown(challenge, [value])
        return value
    text = unicodedata.normalize("NFC", value)
    limit = longest_text_bytes
    if isinstance(challenge, TextChallenge) and challenge.max_bytes is not None:
        limit = min(limit, challenge.max_bytes)
    try:
        length = len(text.encode())
    except UnicodeEncodeError as error:
        raise InvalidError("wrong-answer-shape", "The answer holds half of a sign.") from error
    if length > limit:
        raise InvalidError("answer-too-long", f"This answer may take {limit} bytes at most.", limit_bytes=limit)
    if not text.translate(_INVISIBLE).strip():
        raise InvalidError("empty-answer", "An empty answer is not an answer; to skip, send null.")
    return text


def _refuse_unknown(challenge: ChoiceChallenge | ChoicesChallenge, options: list[str]) -> None:
    known = {option.id for option in challenge.options}
    if not known.issuperset(options):
        raise InvalidError("unknown-option", "This challenge has no such option.", options=sorted(known))


def grade(challenge: Challenge, answer: Answer, locale: Locale) -> Grade:
    """The verdict on an answer in its canonical form."""
    if isinstance(challenge, ChoiceChallenge):
        return _verdict({answer} == challenge.right_options, "right-option", "other-option")
    if isinstance(challenge, ChoicesChallenge):
        return _verdict(set(answer) == challenge.right_options, "exact-set", "other-set")
    if isinstance(challenge, NumberChallenge):
        return _grade_number(challenge, str(answer), locale)
    return _grade_text(challenge, str(answer), locale)


def _verdict(right: bool, rule_if_right: str, rule_if_wrong: str) -> Grade:
    return Grade("correct", rule_if_right) if right else Grade("incorrect", rule_if_wrong)


# --- texts ---


def _grade_text(challenge: TextChallenge, answer: str, locale: Locale) -> Grade:
    given = folded(challenge, answer)
    accepted = [folded(challenge, word) for word in challenge.accept.in_(locale)]
    if given in accepted:
        return Grade("correct", "accepted-text")
    if given in {folded(challenge, word) for word in challenge.refuse.in_(locale)}:
        return Grade("incorrect", "declared-wrong")
    if challenge.tolerate_typos and any(_is_a_typo(given, word) for word in accepted):
        return Grade("correct", "tolerated-typo")
    return Grade("incorrect", "other-text")


def folded(challenge: TextChallenge, text: str) -> str:
    """The text after the challenge's switches; scripts other than Latin keep every letter and mark."""
    text = unicodedata.normalize("NFC", text.translate(_INVISIBLE))
    if "case" in challenge.fold:
        text = text.casefold()
    text = text.translate(_LOOK_ALIKE)
    if challenge.strip_punctuation:
        text = "".join(sign for sign in text if not unicodedata.category(sign).startswith("P"))
    text = unicodedata.normalize("NFC", text)
    if "accents" in challenge.fold:
        text = _without_latin_accents(text)
    if "spaces" in challenge.fold:
        text = _SPACES.sub(" ", text)
    return text.strip()


def _without_latin_accents(text: str) -> str:
    kept: list[str] = []
    latin = False
    for sign in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(sign):
            latin = unicodedata.name(sign, "").startswith("LATIN ")
            kept.append(sign)
        elif not latin:
            kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept).translate(_SPELLED_OUT))


def _is_a_typo(given: str, accepted: str) -> bool:
    """Whether `given` is within 1 slip of 4–7 characters, 2 of 8 or more; digits are never forgiven."""
    allowed = 0 if len(accepted) < 4 else 1 if len(accepted) < 8 else 2
    if not allowed or abs(len(given) - len(accepted)) > allowed or _numbers(given) != _numbers(accepted):
        return False
    return edit_distance(given, accepted) <= allowed


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def edit_distance(first: str, second: str) -> int:
    """Optimal string alignment distance of Damerau and Levenshtein: insert, delete, replace, swap neighbours."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, left in enumerate(first, 1):
        two_before, before, row = before, row, [i, *[0] * len(second)]
        for j, right in enumerate(second, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == second[j - 2] and first[i - 2] == right:
                row[j] = min(row[j], two_before[j - 2] + 1)
    return row[-1]


# --- numbers ---

_NUMBER = re.compile(r"^[+-]?(\d{1,30}(\.\d{0,20})?|\.\d{1,20})$")
_THOUSANDS_SPACES = re.compile(r"(?<=\d)[ \u00a0\u202f\u2009](?=\d{3}(?!\d))")


def _grade_number(challenge: NumberChallenge, answer: str, locale: Locale) -> Grade:
    number = read_number(answer, challenge.units.in_(locale))
    if number is None:
        return Grade("incorrect", "not-a-number")
    if _ambiguous(answer) and abs(number * 1000 - challenge.value) <= challenge.tolerance:
        return Grade("correct", "other-reading")
    if abs(number - challenge.value) <= challenge.tolerance:
        return Grade("correct", "within-tolerance" if challenge.tolerance else "same-number")
    if number in challenge.refuse_values:
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
    text = _in_plain_signs(text.translate(_INVISIBLE)).strip()
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
