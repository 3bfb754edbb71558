"""Grading: anything at all is judged the same every time, or refused by a stable code (rule book §2)."""

from __future__ import annotations

from itertools import chain, combinations
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.content.challenges import Challenge, Kind
from chalicelib.content.grading import grade
from chalicelib.content.grading.answers import read_answer
from chalicelib.content.grading.numbers import read_number
from chalicelib.content.grading.words import folded
from tests.domain.content_builders import LONGEST, WRITTEN_KINDS, a_challenge, a_number, a_text
from tests.domain.grading.typed_answers import read, refusal

_fold_sets = st.sampled_from(
    [list(fold) for fold in chain.from_iterable(combinations(("case", "accents", "spaces"), n) for n in range(4))]
)
_any_text = st.one_of(
    st.text(max_size=30),
    st.text("0123456789.,+-−  \u00a0\u202f€%eE²٥٫①½éœÆß’'\u200b\u0301ıİſΣς键م", max_size=16),
)
_challenges = st.one_of(
    st.builds(
        lambda fold, strip, typos: a_text(
            "élève", "clé USB 3", refuse=["elave"], fold=fold, strip_punctuation=strip, tolerate_typos=typos
        ),
        _fold_sets,
        st.booleans(),
        st.booleans(),
    ),
    st.builds(lambda tolerance: a_number(12, "€", "Mo", tolerance=tolerance, refuse_values=[21]), st.integers(0, 3)),
)
CODES = {"wrong-answer-shape", "unknown-option", "answer-too-long", "empty-answer"}


@settings(max_examples=120)
@given(_challenges, _any_text)
def test_any_text_gets_the_same_verdict_every_time_or_is_refused_by_a_stable_code(challenge: Challenge, typed: str) -> None:
    answer, code = read(challenge, typed)
    if answer is None:
        assert code in CODES
        return
    assert read_answer(challenge, answer, LONGEST) == answer
    first = grade(challenge, answer, "fr")
    assert first.verdict in ("correct", "incorrect")
    assert first == grade(challenge, answer, "fr") == grade(challenge.model_copy(deep=True), answer, "fr")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from("abcdz") | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=6,
)


@settings(max_examples=120)
@given(st.sampled_from(WRITTEN_KINDS), _json)
def test_whatever_is_sent_is_an_answer_of_the_right_shape_or_is_refused(kind: Kind, value: Any) -> None:
    challenge = a_challenge(kind)
    answer, code = read(challenge, value)
    if answer is None:
        assert code in CODES
        return
    if kind == "choices":
        assert isinstance(value, list)
        assert answer == tuple(sorted(value))
        assert 0 < len(answer) == len(set(answer) & set("abcd"))
    elif kind in ("order", "match", "blanks"):
        assert isinstance(value, dict if kind == "blanks" else list)
        assert isinstance(answer, tuple)
        assert len(answer) == (3 if kind == "order" else 2)
    else:
        assert isinstance(value, str)
        assert value in set("abc") if kind == "choice" else value.strip()
    assert grade(challenge, answer, "en").verdict in ("correct", "incorrect")


@settings(max_examples=100)
@given(_any_text)
def test_reading_a_number_gives_a_finite_number_or_none(typed: str) -> None:
    number = read_number(typed, ("€", "Mo", ""))
    assert number is None or number.is_finite()


_plain = st.characters(codec="utf-8", categories=["Lu", "Ll", "Lo", "Nd", "Zs", "Po", "Sm"], exclude_characters="ŉǼǽǢǣ")


@settings(max_examples=120)
@given(st.text(_plain, max_size=20), _fold_sets, st.booleans())
def test_folding_twice_is_folding_once(typed: str, fold: list[str], strip_punctuation: bool) -> None:
    challenge = a_text(fold=fold, strip_punctuation=strip_punctuation)
    once = folded(challenge, typed)
    assert folded(challenge, once) == once


@settings(max_examples=60)
@given(st.text(max_size=12), _fold_sets, st.booleans())
@example("Ǽ", ["case", "accents", "spaces"], False)
@example("ŉ", ["case"], False)
@example("e\u200b\u0301", ["case"], False)
@example("e!\u0301", ["case", "accents"], True)
def test_folding_twice_is_folding_once_for_every_sign_there_is(typed: str, fold: list[str], strip: bool) -> None:
    challenge = a_text(fold=fold, strip_punctuation=strip)
    once = folded(challenge, typed)
    assert folded(challenge, once) == once


def test_half_of_a_sign_is_refused_and_raises_nothing_else() -> None:
    assert refusal(a_text(), "clavier\ud83d").code in CODES
