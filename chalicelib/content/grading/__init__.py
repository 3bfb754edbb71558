"""Grading: one pure function from (challenge, answer) to a verdict and the rule that decided it (rule book §2)."""

from __future__ import annotations

from chalicelib.content.challenges import (
    Answer,
    BlanksChallenge,
    Challenge,
    ChoiceChallenge,
    ChoicesChallenge,
    FileTaskChallenge,
    MatchChallenge,
    OrderChallenge,
)
from chalicelib.content.expected import DateExpected, NumberExpected, SelectInput, TypedExpected, WordExpected
from chalicelib.content.grading.dates import grade_date
from chalicelib.content.grading.matching import best_assignment
from chalicelib.content.grading.numbers import grade_number
from chalicelib.content.grading.verdicts import Grade, either
from chalicelib.content.grading.words import grade_word
from chalicelib.content.texts import Locale


def grade(challenge: Challenge, answer: Answer, locale: Locale) -> Grade:
    """The verdict on an answer in its canonical form; of a file task, on the first variant it carries (`in_variant`)."""
    if isinstance(answer, str):
        if isinstance(challenge, ChoiceChallenge):
            return either({answer} == challenge.right_options, "right-option", "other-option")
        if isinstance(challenge, FileTaskChallenge):
            return grade_typed(challenge.variants[0].expected, answer, locale)
        if isinstance(challenge, WordExpected | NumberExpected | DateExpected):
            return grade_typed(challenge, answer, locale)
    elif isinstance(challenge, ChoicesChallenge):
        return either(set(answer) == challenge.right_options, "exact-set", "other-set")
    elif isinstance(challenge, OrderChallenge):
        in_place = tuple(given == right for given, right in zip(answer, challenge.right_order, strict=True))
        return either(all(in_place), "exact-order", "other-order", in_place)
    elif isinstance(challenge, BlanksChallenge):
        return _grade_blanks(challenge, answer, locale)
    elif isinstance(challenge, MatchChallenge):
        return _grade_match(challenge, answer, locale)
    raise TypeError(f"no answer to a {challenge.kind}")


def grade_typed(expected: TypedExpected, answer: str, locale: Locale) -> Grade:
    """The verdict on one typed text."""
    if isinstance(expected, WordExpected):
        return grade_word(expected, answer, locale)
    if isinstance(expected, NumberExpected):
        return grade_number(expected, answer, locale)
    return grade_date(expected, answer, locale)


def _grade_blanks(challenge: BlanksChallenge, answer: tuple[str, ...], locale: Locale) -> Grade:
    right = []
    for expected, text in zip(challenge.inputs, answer, strict=True):
        if isinstance(expected, SelectInput):
            right.append({text} == expected.right_options)
        else:
            right.append(bool(text) and grade_typed(expected, text, locale).right)
    return either(all(right), "every-input", "some-input", tuple(right))


def _grade_match(challenge: MatchChallenge, answer: tuple[str, ...], locale: Locale) -> Grade:
    fits = [[bool(text) and grade_word(group, text, locale).right for group in challenge.groups] for text in answer]
    right = tuple(group is not None for group in best_assignment(fits))
    return either(all(right), "every-group-once", "some-group-missing", right)
