"""Answers as people type them: the signs they hide, what reading and grading make of them, and tests told by sentences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from chalicelib.content.challenges import Answer, Challenge
from chalicelib.content.grading import grade
from chalicelib.content.grading.answers import read_answer
from chalicelib.content.grading.verdicts import Grade
from chalicelib.kernel.errors import InvalidError
from tests.domain.content_builders import LONGEST

NBSP, NARROW, THIN, WIDE = "\u00a0", "\u202f", "\u2009", "\u3000"
ZERO_WIDTH, JOINER, BYTE_ORDER, SOFT_HYPHEN, WORD_JOINER = "\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060"
MINUS = "\u2212"


def judged(challenge: Challenge, value: Any, locale: str = "fr") -> Grade:
    """The grade of what somebody sends."""
    return grade(challenge, read_answer(challenge, value, LONGEST), "en" if locale == "en" else "fr")


def refusal(challenge: Challenge, value: Any, longest: int = LONGEST) -> InvalidError:
    """The error that reading this answer raises."""
    with pytest.raises(InvalidError) as caught:
        read_answer(challenge, value, longest)
    return caught.value


def read(challenge: Challenge, value: Any) -> tuple[Answer | None, str | None]:
    """The answer, or else the code of the error that refuses it."""
    try:
        return read_answer(challenge, value, LONGEST), None
    except InvalidError as error:
        return None, error.code


def told(sentences: Sequence[NamedTuple]) -> Callable[[Any], Any]:
    """One test per sentence, named by it."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=str(case[0])) for case in sentences])
