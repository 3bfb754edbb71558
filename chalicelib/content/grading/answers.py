"""Reading what a person sends: a wrong shape is refused by name, and is never a wrong answer."""

from __future__ import annotations

import unicodedata
from typing import Any

from chalicelib.content.challenges import (
    Answer,
    BlanksChallenge,
    Challenge,
    ChoiceChallenge,
    ChoicesChallenge,
    MatchChallenge,
    OrderChallenge,
    TextChallenge,
)
from chalicelib.content.expected import SelectInput
from chalicelib.content.grading.words import INVISIBLE
from chalicelib.kernel.errors import InvalidError


def read_answer(challenge: Challenge, value: Any, longest_text_bytes: int) -> Answer:
    """The answer in its canonical form; raises `InvalidError` when it is not of the challenge's shape.

    An unknown option, a missing or unknown input, an item left out, a text too long, nothing at all.
    """
    if isinstance(challenge, ChoiceChallenge):
        return _known_option(_text_of(value), {option.id for option in challenge.options})
    if isinstance(challenge, ChoicesChallenge):
        return _read_set(challenge, value)
    if isinstance(challenge, OrderChallenge):
        return _read_order(challenge, value)
    if isinstance(challenge, BlanksChallenge):
        return _read_blanks(challenge, value, longest_text_bytes)
    if isinstance(challenge, MatchChallenge):
        return _read_match(challenge, value, longest_text_bytes)
    limit = longest_text_bytes
    if isinstance(challenge, TextChallenge) and challenge.max_bytes is not None:
        limit = min(limit, challenge.max_bytes)
    text = _normal(_text_of(value))
    _refuse_long([text], limit)
    _refuse_empty([text])
    return text


def as_sent(challenge: Challenge, answer: Answer) -> Any:
    """The value that a person sends for this canonical answer."""
    if isinstance(challenge, BlanksChallenge):
        return {one.id: text for one, text in zip(challenge.inputs, answer, strict=True)}
    return list(answer) if isinstance(answer, tuple) else answer


def _wrong_shape(reason: str) -> InvalidError:
    return InvalidError("wrong-answer-shape", reason)


def _text_of(value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong_shape("This challenge takes a text.")
    return value


def _texts_of(value: Any, reason: str) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        raise _wrong_shape(reason)
    return value


def _read_set(challenge: ChoicesChallenge, value: Any) -> Answer:
    chosen = _texts_of(value, "This challenge takes a list of one option or more.")
    if len(set(chosen)) != len(chosen):
        raise _wrong_shape("An option is given twice.")
    known = {option.id for option in challenge.options}
    return tuple(sorted(_known_option(option, known) for option in chosen))


def _read_order(challenge: OrderChallenge, value: Any) -> Answer:
    given = _texts_of(value, "This challenge takes the list of its items in order.")
    known = {item.id for item in challenge.items}
    for item in given:
        _known_option(item, known)
    if len(given) != len(known) or set(given) != known:
        raise _wrong_shape("Every item must be there once.")
    return tuple(given)


def _read_blanks(challenge: BlanksChallenge, value: Any, limit: int) -> Answer:
    ids = [one.id for one in challenge.inputs]
    if not isinstance(value, dict) or set(value) != set(ids) or not all(isinstance(one, str) for one in value.values()):
        raise InvalidError("wrong-answer-shape", "This challenge takes an object with a text for each input.", inputs=ids)
    texts = [_normal(value[one]) for one in ids]
    for one, text in zip(challenge.inputs, texts, strict=True):
        if isinstance(one, SelectInput) and text:
            _known_option(text, {option.id for option in one.options})
    return _read_several(texts, limit)


def _read_match(challenge: MatchChallenge, value: Any, limit: int) -> Answer:
    count = len(challenge.groups)
    given = _texts_of(value, f"This challenge takes a list of {count} texts.")
    if len(given) != count:
        raise _wrong_shape(f"This challenge takes a list of {count} texts.")
    return _read_several([_normal(one) for one in given], limit)


def _read_several(texts: list[str], limit: int) -> Answer:
    _refuse_long(texts, limit)
    _refuse_empty(texts)
    return tuple("" if _blank(text) else text for text in texts)


def _known_option(option: str, known: set[str]) -> str:
    if option not in known:
        raise InvalidError("unknown-option", "This challenge has no such option.", options=sorted(known))
    return option


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _refuse_long(texts: list[str], limit: int) -> None:
    """Several texts share the limit, each taking one byte more for its length."""
    try:
        length = sum(len(text.encode()) for text in texts) + (len(texts) if len(texts) > 1 else 0)
    except UnicodeEncodeError as error:
        raise _wrong_shape("The answer holds half of a sign.") from error
    if length > limit:
        raise InvalidError("answer-too-long", f"This answer may take {limit} bytes at most.", limit_bytes=limit)


def _refuse_empty(texts: list[str]) -> None:
    if all(map(_blank, texts)):
        raise InvalidError("empty-answer", "An empty answer is not an answer; to skip, send null.")


def _blank(text: str) -> bool:
    return not text.translate(INVISIBLE).strip()
