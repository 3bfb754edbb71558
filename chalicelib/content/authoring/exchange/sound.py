"""What every challenge from outside must be before anybody pastes it: of a sane size, and with a key that grades as it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from chalicelib.content.authoring.checks import keys, wordings
from chalicelib.content.authoring.exchange.images import image_suffix, refuse_image_path
from chalicelib.content.authoring.exchange.questions import refuse_odd_number
from chalicelib.content.authoring.exchange.results import RefusedError
from chalicelib.content.authoring.exchange.xml import refuse_illegal
from chalicelib.content.authoring.sources import Pool, Sources
from chalicelib.content.challenges import Challenge
from chalicelib.content.rules import Rules
from chalicelib.content.texts import LOCALES

RULES = Rules()
MOST_WORDS = 200
_LEFT_TO_AUTHORS = frozenset({"duplicate-stem", "hard-to-read"})
"""What the checks of the bank say of a draft later, when it stands among the others."""


def refuse_unsound(challenge: Challenge, images: Mapping[str, bytes]) -> None:
    """Raise `RefusedError` for the first thing that keeps this challenge out; `images` holds its pictures by path."""
    document = challenge.model_dump()
    for text in _values(document, str):
        refuse_illegal(text)
    for number in _values(document, Decimal):
        refuse_odd_number(number)
    for expected in keys.words_expected(challenge):
        for locale in LOCALES:
            _refuse_long((*expected.accept.in_(locale), *expected.refuse.in_(locale)))
    shown = {challenge.image.in_(locale) for locale in LOCALES} if challenge.image else set()
    for path in sorted(shown):
        _refuse_image(path, images)
    alone = ((".", Pool(pool="private", challenges=(challenge,))),)
    sources = Sources(None, RULES, (), (), alone, {path: images[path] for path in shown})
    for check in (*keys.CHECKS, *wordings.CHECKS):
        for fault in check(sources):
            if fault.rule not in _LEFT_TO_AUTHORS:
                raise RefusedError(fault.rule, fault.reason)


def _refuse_long(words: tuple[str, ...]) -> None:
    longest = max((len(word.encode()) for word in words), default=0)
    if longest > RULES.longest_text_bytes or len(words) > MOST_WORDS:
        raise RefusedError("answer-too-long", f"{len(words)} words of {longest} bytes at most, nobody types that")


def _refuse_image(path: str, images: Mapping[str, bytes]) -> None:
    refuse_image_path(path)
    if path not in images:
        raise RefusedError("image-missing", path)
    suffix = image_suffix(images[path])
    if not path.endswith(f".{suffix}"):
        raise RefusedError("image-format", f"{path} is a {suffix}")


def _values(value: Any, kind: type) -> Iterator[Any]:
    if isinstance(value, kind):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _values(inner, kind)
    elif isinstance(value, list | tuple | frozenset):
        for inner in value:
            yield from _values(inner, kind)
