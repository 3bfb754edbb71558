"""The right answer of any challenge, in words: what corrections tell, and what authors check."""

from __future__ import annotations

from chalicelib.content.challenges import (
    BlanksChallenge,
    Challenge,
    ChoiceChallenge,
    ChoicesChallenge,
    FileTaskChallenge,
    MatchChallenge,
    OrderChallenge,
)
from chalicelib.content.expected import DateExpected, NumberExpected, SelectInput, TypedExpected, WordExpected
from chalicelib.content.texts import Locale


def right_answers(challenge: Challenge, locale: Locale) -> tuple[str, ...]:
    """The right answer: option ids, every accepted text, or one text or id for each input."""
    if isinstance(challenge, ChoiceChallenge | ChoicesChallenge):
        return tuple(sorted(challenge.right_options))
    if isinstance(challenge, OrderChallenge):
        return challenge.right_order
    if isinstance(challenge, BlanksChallenge):
        return tuple(_first_right(one, locale) for one in challenge.inputs)
    if isinstance(challenge, MatchChallenge):
        return tuple(_first_right(group, locale) for group in challenge.groups)
    return accepted(challenge.variants[0].expected if isinstance(challenge, FileTaskChallenge) else challenge, locale)


def _first_right(one: TypedExpected | SelectInput, locale: Locale) -> str:
    return next(iter(one.right_options)) if isinstance(one, SelectInput) else accepted(one, locale)[0]


def accepted(expected: TypedExpected, locale: Locale) -> tuple[str, ...]:
    """Every accepted word; or the one number or day, as plainly as it can be written."""
    if isinstance(expected, WordExpected):
        return expected.accept.in_(locale)
    if isinstance(expected, NumberExpected):
        return (f"{expected.value:f}",)
    assert isinstance(expected, DateExpected)
    return (expected.day.isoformat(),)
