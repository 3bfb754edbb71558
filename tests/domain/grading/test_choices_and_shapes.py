"""Grading: which options are right, and what is refused before any verdict (rule book §2)."""

from __future__ import annotations

import sys
import unicodedata
from itertools import combinations, permutations
from typing import Any, NamedTuple

import pytest

from chalicelib.content.challenges import Kind
from chalicelib.content.grading.answers import read_answer
from chalicelib.content.grading.verdicts import Grade
from tests.domain.content_builders import LONGEST, a_challenge, a_choice, a_number, a_text, options, some_choices
from tests.domain.grading.typed_answers import (
    BYTE_ORDER,
    NARROW,
    NBSP,
    SOFT_HYPHEN,
    WIDE,
    ZERO_WIDTH,
    judged,
    read,
    refusal,
    told,
)


def test_the_right_option_is_correct_and_any_other_is_not() -> None:
    challenge = a_choice(options=options("b", "ac"))
    assert judged(challenge, "b") == Grade("correct", "right-option")
    assert judged(challenge, "a") == judged(challenge, "c") == Grade("incorrect", "other-option")


def test_several_options_are_right_only_as_the_exact_set() -> None:
    challenge = some_choices(options=options("abd", "ce"))
    for count in range(1, 6):
        for chosen in combinations("abcde", count):
            expected = Grade("correct", "exact-set") if set(chosen) == set("abd") else Grade("incorrect", "other-set")
            assert judged(challenge, list(chosen)) == expected


def test_the_order_in_which_options_are_sent_does_not_matter() -> None:
    challenge = some_choices(options=options("abd", "ce"))
    assert {read_answer(challenge, list(sent), LONGEST) for sent in permutations("abd")} == {("a", "b", "d")}


class Refused(NamedTuple):
    """An answer that is not of its challenge's shape."""

    says: str
    kind: Kind
    value: Any
    code: str


WRONG_SHAPES = [
    Refused("an unknown option", "choice", "z", "unknown-option"),
    Refused("an option in capitals is another option", "choice", "A", "unknown-option"),
    Refused("an empty option", "choice", "", "unknown-option"),
    Refused("a list where one option is asked", "choice", ["a"], "wrong-answer-shape"),
    Refused("a number where an option is asked", "choice", 1, "wrong-answer-shape"),
    Refused("nothing where an option is asked", "choice", None, "wrong-answer-shape"),
    Refused("one option where a list is asked", "choices", "a", "wrong-answer-shape"),
    Refused("no option at all", "choices", [], "wrong-answer-shape"),
    Refused("twice the same option", "choices", ["a", "b", "a"], "wrong-answer-shape"),
    Refused("an unknown option among known ones", "choices", ["a", "b", "z"], "unknown-option"),
    Refused("something that is not an option among options", "choices", ["a", 2], "wrong-answer-shape"),
    Refused("a list in a list", "choices", [["a"], ["b"]], "wrong-answer-shape"),
    Refused("options by name", "choices", {"a": True}, "wrong-answer-shape"),
    Refused("a list where a text is asked", "text", ["clavier"], "wrong-answer-shape"),
    Refused("a number where a text is asked", "text", 12, "wrong-answer-shape"),
    Refused("a number that is not typed as a text", "number", 12, "wrong-answer-shape"),
    Refused("yes where a number is asked", "number", True, "wrong-answer-shape"),
    Refused("nothing where a number is asked", "number", None, "wrong-answer-shape"),
    Refused("an empty text", "text", "", "empty-answer"),
    Refused("a text of spaces", "text", f" {NBSP}{NARROW}{WIDE}\t\n", "empty-answer"),
    Refused("an empty number", "number", "  ", "empty-answer"),
    Refused("a text too long", "text", "a" * 241, "answer-too-long"),
    Refused("a number too long", "number", "1" * 241, "answer-too-long"),
    Refused("too long even if it is only spaces", "text", " " * 241, "answer-too-long"),
]


@told(WRONG_SHAPES)
def test_what_cannot_be_an_answer_is_refused_and_never_wrong(case: Refused) -> None:
    error = refusal(a_challenge(case.kind), case.value)
    assert (error.code, error.status) == (case.code, 422)


def test_a_refusal_tells_the_options_there_are_and_not_which_is_right() -> None:
    assert refusal(a_choice(), "z").details == {"options": ["a", "b", "c"]}


def test_the_longest_answer_is_counted_in_bytes_of_the_composed_text() -> None:
    challenge = a_text()
    assert read_answer(challenge, "é" * 120, LONGEST) == "é" * 120
    assert read_answer(challenge, unicodedata.normalize("NFD", "é" * 120), LONGEST) == "é" * 120
    assert refusal(challenge, "é" * 121).details == {"limit_bytes": 240}


def test_a_challenge_may_take_less_than_the_release_but_never_more() -> None:
    short = a_text("abcd", max_bytes=4)
    assert read_answer(short, "abcd", LONGEST) == "abcd"
    assert refusal(short, "abcde").details == {"limit_bytes": 4}
    assert refusal(a_text(max_bytes=200), "a" * 17, longest=16).details == {"limit_bytes": 16}


@pytest.mark.parametrize("kind", ["text", "number"])
def test_ten_thousand_characters_are_refused_without_any_work_that_grows(kind: Kind) -> None:
    challenge = a_text(tolerate_typos=True) if kind == "text" else a_number()

    def calls(length: int) -> int:
        count = 0

        def counted(frame: Any, event: str, argument: Any) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(counted)
        try:
            _, code = read(challenge, "1" * length)
        finally:
            sys.setprofile(before)
        assert code == "answer-too-long"
        return count

    assert calls(10_000) == calls(241) < 100


@pytest.mark.parametrize("kind", ["text", "number"])
@pytest.mark.parametrize("typed", [ZERO_WIDTH, f" {ZERO_WIDTH}{NBSP}", BYTE_ORDER, SOFT_HYPHEN])
def test_an_answer_that_nobody_can_see_is_empty(kind: Kind, typed: str) -> None:
    assert refusal(a_challenge(kind), typed).code == "empty-answer"
