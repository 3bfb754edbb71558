"""Grading: blanks, words in any order, and things to put in order (rule book §2)."""

from __future__ import annotations

from itertools import permutations, product
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.content.authoring.declared import declared_answers
from chalicelib.content.challenges import Challenge, Kind
from chalicelib.content.grading import grade
from chalicelib.content.grading.answers import as_sent, read_answer
from chalicelib.content.grading.matching import best_assignment
from chalicelib.content.grading.verdicts import Grade
from tests.domain.content_builders import (
    LONGEST,
    WRITTEN_KINDS,
    a_challenge,
    a_match,
    a_text,
    an_input,
    an_order,
    some_blanks,
)
from tests.domain.grading.typed_answers import NBSP, ZERO_WIDTH, judged, refusal

# --- the optimal assignment ---

_tables = st.integers(1, 6).flatmap(
    lambda size: st.lists(st.lists(st.booleans(), min_size=size, max_size=size), min_size=size, max_size=size)
)


@settings(max_examples=300)
@given(_tables)
def test_the_assignment_fits_as_many_inputs_as_any_could(fits: list[list[bool]]) -> None:
    groups = range(len(fits))
    best = max(sum(fits[one][group] for one, group in enumerate(order)) for order in permutations(groups))
    found = best_assignment(fits)
    given_to = [group for group in found if group is not None]
    assert len(given_to) == len(set(given_to)) == best
    assert all(group is None or fits[one][group] for one, group in enumerate(found))


def test_a_word_that_fits_two_groups_leaves_the_one_that_another_word_needs() -> None:
    challenge = a_match(["souris", "clavier"], ["souris"])
    assert judged(challenge, ["souris", "clavier"]) == Grade("correct", "every-group-once", (True, True))
    assert judged(challenge, ["clavier", "souris"]) == Grade("correct", "every-group-once", (True, True))
    assert judged(challenge, ["clavier", "clavier"]) == Grade("incorrect", "some-group-missing", (True, False))


@pytest.mark.parametrize("size", range(2, 9))
def test_groups_that_overlap_in_a_chain_are_all_found(size: int) -> None:
    """Group i accepts words i and i + 1; a greedy pairing of the words in this order would be stuck at once."""
    groups = [[f"mot{place}", f"mot{place + 1}"] for place in range(size)]
    typed = [f"mot{place + 1}" for place in range(size)]
    assert judged(a_match(*groups), typed).right
    assert judged(a_match(*groups), typed[::-1]).right


# --- match ---


def test_words_are_right_in_any_order_and_each_once() -> None:
    challenge = a_match(["clavier"], ["souris"], ["écran", "moniteur"])
    for typed in permutations(["Clavier", "SOURIS", "ecran"]):
        assert judged(challenge, list(typed)).right
    assert judged(challenge, ["clavier", "souris", "moniteur"]).right
    assert judged(challenge, ["écran", "moniteur", "souris"]) == Grade("incorrect", "some-group-missing", (True, False, True))


def test_an_input_left_empty_is_missing_and_the_others_are_told() -> None:
    challenge = a_match(["clavier"], ["souris"])
    assert judged(challenge, ["souris", ""]) == Grade("incorrect", "some-group-missing", (True, False))
    assert judged(challenge, [f"{ZERO_WIDTH}{NBSP}", "clavier"]) == Grade("incorrect", "some-group-missing", (False, True))


@pytest.mark.parametrize("sent", ["clavier", ["clavier"], ["clavier", "souris", "x"], [], {"a": "clavier"}, [1, 2], None, 3])
def test_as_many_texts_as_inputs_are_needed(sent: Any) -> None:
    assert refusal(a_match(["clavier"], ["souris"]), sent).code == "wrong-answer-shape"


# --- blanks ---


def test_blanks_are_right_when_every_input_is() -> None:
    challenge = some_blanks(an_input("a"), an_input("b", "select"), an_input("c", "number"), an_input("d", "date"))
    right = {"a": "Clavier", "b": "b", "c": "12,0", "d": "14/03/2026"}
    assert judged(challenge, right) == Grade("correct", "every-input", (True, True, True, True))
    wrong = {"a": "souris", "b": "a", "c": "21", "d": "15/03/2026"}
    for flags in product([True, False], repeat=4):
        mixed = {key: right[key] if flag else wrong[key] for key, flag in zip("abcd", flags, strict=True)}
        assert judged(challenge, mixed).inputs == flags
        assert judged(challenge, mixed).right == all(flags)


@pytest.mark.parametrize(
    "sent", [{"a": "clavier"}, {}, {"a": "x", "b": "b", "c": "y"}, {"a": "x", "B": "b"}, ["x", "b"], "x", {"a": "x", "b": 1}]
)
def test_every_input_is_there_and_no_other(sent: Any) -> None:
    told = refusal(some_blanks(), sent)
    assert (told.code, told.details) == ("wrong-answer-shape", {"inputs": ["a", "b"]})


def test_an_unknown_option_of_a_select_is_refused_and_none_is_a_miss() -> None:
    assert refusal(some_blanks(), {"a": "clavier", "b": "z"}).code == "unknown-option"
    assert judged(some_blanks(), {"a": "clavier", "b": ""}) == Grade("incorrect", "some-input", (True, False))


def test_nothing_in_any_input_is_no_answer() -> None:
    assert refusal(some_blanks(), {"a": " ", "b": ""}).code == "empty-answer"
    assert refusal(a_match(["a"], ["b"]), ["", ZERO_WIDTH]).code == "empty-answer"


def test_inputs_share_the_longest_answer_each_with_a_byte_for_its_length() -> None:
    challenge = some_blanks(an_input("a"), an_input("b"))
    assert not judged(challenge, {"a": "x" * 119, "b": "y" * 119}).right
    assert refusal(challenge, {"a": "x" * 119, "b": "y" * 120}).code == "answer-too-long"
    assert refusal(challenge, {"a": "\ud83d", "b": "y"}).code == "wrong-answer-shape"


# --- order ---


def test_only_the_exact_order_is_right_and_each_place_is_told() -> None:
    challenge = an_order("cabd")
    for typed in permutations("abcd"):
        found = judged(challenge, list(typed))
        assert found.right == ("".join(typed) == "cabd")
        assert found.inputs == tuple(one == right for one, right in zip(typed, "cabd", strict=True))


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (["c", "a"], "wrong-answer-shape"),
        (["c", "a", "b", "b"], "wrong-answer-shape"),
        (["c", "a", "a"], "wrong-answer-shape"),
        (["c", "a", "z"], "unknown-option"),
        ("cab", "wrong-answer-shape"),
        ([], "wrong-answer-shape"),
    ],
)
def test_every_thing_is_ordered_once(sent: Any, code: str) -> None:
    assert refusal(an_order("cab"), sent).code == code


# --- every kind ---


@pytest.mark.parametrize("kind", WRITTEN_KINDS)
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_what_is_declared_right_is_right_and_what_is_declared_wrong_is_wrong(kind: Kind, locale: Any) -> None:
    challenge = a_challenge(kind)
    right, wrong = declared_answers(challenge, locale)
    assert right
    assert wrong
    for answers, expected in ((right, True), (wrong, False)):
        for answer in answers:
            read = read_answer(challenge, as_sent(challenge, answer), LONGEST)
            assert read == answer
            assert grade(challenge, read, locale).right is expected


_SLOW = "éœ’\u200b\u202fΩقطة1" * 40


@pytest.mark.parametrize(
    "challenge", [a_text("clavier", tolerate_typos=True), a_match(*[[f"mot {n}", "clavier"] for n in range(8)])]
)
def test_long_answers_are_refused_before_any_work(challenge: Challenge) -> None:
    sent: Any = _SLOW * 200 if challenge.kind == "text" else [_SLOW * 200] * 8
    began = perf_counter()
    assert refusal(challenge, sent).code == "answer-too-long"
    assert perf_counter() - began < 1.0
