"""The answers that an author declares right, and wrong, for any kind of challenge."""

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
from chalicelib.content.right_answers import accepted
from chalicelib.content.texts import Locale

Declared = tuple[list[Answer], list[Answer]]
"""Right answers, then wrong ones, in canonical form."""


def declared_answers(challenge: Challenge, locale: Locale) -> Declared:
    """The right and the wrong answers in this language; of a file task, those of the first variant it carries."""
    if isinstance(challenge, ChoiceChallenge):
        return _options(challenge)
    if isinstance(challenge, ChoicesChallenge):
        return _sets(challenge)
    if isinstance(challenge, BlanksChallenge):
        return _one_change([_of_input(one, locale) for one in challenge.inputs])
    if isinstance(challenge, MatchChallenge):
        return _groups(challenge, locale)
    if isinstance(challenge, OrderChallenge):
        return [challenge.right_order], _other_orders(challenge.right_order)
    if isinstance(challenge, FileTaskChallenge):
        return _typed(challenge.variants[0].expected, locale)
    return _typed(challenge, locale)


def _options(challenge: ChoiceChallenge | SelectInput) -> Declared:
    right, wrong = challenge.right_options, [option.id for option in challenge.options if not option.right]
    return list(right), list(wrong)


def _sets(challenge: ChoicesChallenge) -> Declared:
    key = tuple(sorted(challenge.right_options))
    others: list[Answer] = [tuple(one for one in key if one != left_out) for left_out in key]
    return [key], [*others, tuple(sorted(option.id for option in challenge.options))]


def _typed(expected: TypedExpected, locale: Locale) -> Declared:
    return list(accepted(expected, locale)), list(_refused(expected, locale))


def _refused(expected: TypedExpected, locale: Locale) -> tuple[str, ...]:
    if isinstance(expected, WordExpected):
        return expected.refuse.in_(locale)
    if isinstance(expected, NumberExpected):
        return tuple(f"{value:f}" for value in expected.refuse_values)
    assert isinstance(expected, DateExpected)
    return tuple(day.isoformat() for day in expected.refuse_days)


def _of_input(one: TypedExpected | SelectInput, locale: Locale) -> tuple[list[str], list[str]]:
    right, wrong = _options(one) if isinstance(one, SelectInput) else _typed(one, locale)
    return [str(answer) for answer in right], [str(answer) for answer in wrong]


def _one_change(inputs: list[tuple[list[str], list[str]]]) -> Declared:
    """Every right answer of each input, the others at their first; and each wrong one, or nothing, in its place."""
    first = [right[0] for right, _ in inputs]
    rights: list[Answer] = [tuple(first)]
    wrongs: list[Answer] = []
    for place, (right, wrong) in enumerate(inputs):
        rights.extend(_replaced(first, place, other) for other in right[1:])
        wrongs.extend(_replaced(first, place, other) for other in [*wrong, ""])
    return rights, wrongs


def _groups(challenge: MatchChallenge, locale: Locale) -> Declared:
    inputs = [_of_input(group, locale) for group in challenge.groups]
    rights, wrongs = _one_change(inputs)
    first = [right[0] for right, _ in inputs]
    twice: list[Answer] = [_replaced(first, 0, first[1])]
    return [*rights, tuple(reversed(first))], [*wrongs, *twice]


def _replaced(texts: list[str], place: int, other: str) -> tuple[str, ...]:
    return (*texts[:place], other, *texts[place + 1 :])


def _other_orders(right: tuple[str, ...]) -> list[Answer]:
    swaps = [(*right[:i], right[i + 1], right[i], *right[i + 2 :]) for i in range(len(right) - 1)]
    return [*swaps, tuple(reversed(right))]
