"""Words: folded by the switches of what is expected, then compared; scripts other than Latin survive every step."""

from __future__ import annotations

import re
import unicodedata

from chalicelib.content.expected import WordExpected
from chalicelib.content.grading.verdicts import Grade
from chalicelib.content.texts import Locale

_SPACES = re.compile(r"\s+")
INVISIBLE = dict.fromkeys([0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
"""Signs that nobody sees nor means: soft hyphen, zero-width space and joiners, byte-order mark."""
_LOOK_ALIKE = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "´": "'", "`": "'", "‐": "-", "‑": "-", "–": "-"})
_SPELLED_OUT = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE", "ß": "ss"})


def grade_word(expected: WordExpected, answer: str, locale: Locale) -> Grade:
    """The verdict on a word: accepted, declared wrong, a tolerated slip of an accepted one, or another."""
    given = folded(expected, answer)
    accepted = [folded(expected, word) for word in expected.accept.in_(locale)]
    if given in accepted:
        return Grade("correct", "accepted-text")
    if given in {folded(expected, word) for word in expected.refuse.in_(locale)}:
        return Grade("incorrect", "declared-wrong")
    if expected.tolerate_typos and any(_is_a_typo(given, word) for word in accepted):
        return Grade("correct", "tolerated-typo")
    return Grade("incorrect", "other-text")


def folded(expected: WordExpected, text: str) -> str:
    """The text after the challenge's switches; scripts other than Latin keep every letter and mark."""
    text = unicodedata.normalize("NFC", text.translate(INVISIBLE))
    if "case" in expected.fold:
        text = text.casefold()
    text = text.translate(_LOOK_ALIKE)
    if expected.strip_punctuation:
        text = "".join(sign for sign in text if not unicodedata.category(sign).startswith("P"))
    text = unicodedata.normalize("NFC", text)
    if "accents" in expected.fold:
        text = _without_latin_accents(text)
    if "spaces" in expected.fold:
        text = _SPACES.sub(" ", text)
    return text.strip()


def _without_latin_accents(text: str) -> str:
    if text.isascii():
        return text
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
