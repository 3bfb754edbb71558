"""Grading: any script, any form of Unicode, any padding: what people cannot see never counts, what they can see always does."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.content_builders import LONGEST, a_match, a_number, a_text, an_input, some_blanks
from tests.domain.grading.typed_answers import (
    BYTE_ORDER,
    JOINER,
    NARROW,
    NBSP,
    SOFT_HYPHEN,
    THIN,
    WORD_JOINER,
    ZERO_WIDTH,
    judged,
)

WORDS = [
    "clavier",
    "élève",
    "cœur",
    "aujourd'hui",
    "λόγος",
    "Ελλάδα",
    "مفتاح",
    "العربية",
    "ключ",
    "ёж",
    "מפתח",
    "鍵盤",
    "한글",
    "हिन्दी",
    "ไทย",
]
UNSEEN = [ZERO_WIDTH, JOINER, BYTE_ORDER, SOFT_HYPHEN, WORD_JOINER]
BLANK = [" ", NBSP, NARROW, THIN, "\t", "\n", "\u3000"]

_padding = st.text("".join(UNSEEN + BLANK), max_size=12)


@settings(max_examples=150)
@given(st.sampled_from(WORDS), _padding, _padding)
def test_padding_around_a_word_of_any_script_changes_nothing(word: str, before: str, after: str) -> None:
    typed = before + word + after
    if len(unicodedata.normalize("NFC", typed).encode()) <= LONGEST:
        assert judged(a_text(word), typed).right


@settings(max_examples=150)
@given(st.sampled_from(WORDS), st.sampled_from(UNSEEN), st.data())
def test_a_sign_that_nobody_sees_inside_a_word_changes_nothing(word: str, sign: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word)))
    assert judged(a_text(word), word[:place] + sign + word[place:]).right


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_both_forms_of_unicode_and_both_cases_are_the_same_word(word: str, form: Literal["NFC", "NFD"]) -> None:
    for typed in (word, word.upper(), word.lower()):
        assert judged(a_text(word), unicodedata.normalize(form, typed)).right


@pytest.mark.parametrize(
    ("accepted", "typed"),
    [
        ("λόγος", "λογος"),
        ("й", "и"),
        ("ё", "е"),
        ("हिन्दी", "हन्द"),
        ("שָׁלוֹם", "שלום"),
        ("が", "か"),
        ("مفتاح", "مفتح"),
        ("鍵盤", "鍵"),
    ],
)
def test_marks_of_scripts_other_than_latin_are_letters_and_count(accepted: str, typed: str) -> None:
    assert not judged(a_text(accepted), typed).right
    assert not judged(a_text(typed), accepted).right


@settings(max_examples=200)
@given(st.sampled_from(WORDS), st.text(min_size=1, max_size=40), st.booleans())
def test_more_letters_before_or_after_are_another_word(word: str, more: str, after: bool) -> None:
    seen = [sign for sign in more if unicodedata.category(sign)[0] in "LN" and sign not in UNSEEN]
    typed = word + "".join(seen) if after else "".join(seen) + word
    if seen and len(typed.encode()) <= LONGEST:
        assert not judged(a_text(word), typed).right


@settings(max_examples=100)
@given(st.integers(0, 10**9), st.integers(0, 99), _padding)
def test_a_number_is_read_with_either_mark_spaces_between_thousands_and_padding(whole: int, cents: int, padding: str) -> None:
    value = f"{whole}.{cents:02d}"
    grouped = f"{whole:,}".replace(",", NARROW)
    for typed in (value, value.replace(".", ","), f"{grouped},{cents:02d}", f"{grouped}.{cents:02d}"):
        assert judged(a_number(value), f" {typed}{padding}").right


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WORDS), min_size=2, max_size=6, unique=True), st.data())
def test_words_of_any_script_are_matched_in_any_order(words: list[str], data: st.DataObject) -> None:
    typed = data.draw(st.permutations(words))
    assert judged(a_match(*[[word] for word in words]), list(typed)).right


@given(st.sampled_from(WORDS))
def test_an_input_among_others_is_graded_as_if_it_were_alone(word: str) -> None:
    both = {"fr": [word], "en": [word]}
    challenge = some_blanks(an_input("a", accept=both, refuse={"fr": [], "en": []}), an_input("b", "number"))
    assert judged(challenge, {"a": f" {word}{NBSP}", "b": "12"}).inputs == (True, True)
    assert judged(challenge, {"a": f"{word}{word}", "b": "12"}).inputs == (False, True)
