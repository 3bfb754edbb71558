"""Finding one challenge in the sources, and reading an answer to it as somebody types it on a command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.content.authoring.checks.walking import challenges_in, located
from chalicelib.content.authoring.generators import GENERATORS
from chalicelib.content.authoring.generators.drawing import VARIANTS, MadeFile, draw_variant, drawn_only
from chalicelib.content.authoring.sources import Sources
from chalicelib.content.challenges import BlanksChallenge, Challenge, FileTaskChallenge, in_variant
from chalicelib.content.texts import Locale


def find_challenge(sources: Sources, challenge_id: str, variant: int = 0) -> Challenge:
    """The challenge of this id, pools included; of a file task the variant of this number. Raises KeyError for none."""
    return _settled((challenge for _, challenge in located(sources)), challenge_id, variant)


def find_practice_challenge(sources: Sources, challenge_id: str, variant: int = 0) -> Challenge:
    """The same among practice challenges only: those of certification are never shown."""
    return _settled((challenge for _, _, challenge in challenges_in(sources)), challenge_id, variant)


def _settled(challenges: Iterable[Challenge], challenge_id: str, variant: int) -> Challenge:
    for challenge in challenges:
        if challenge.id == challenge_id:
            if isinstance(challenge, FileTaskChallenge):
                return in_variant(drawn_only(GENERATORS[challenge.generator], challenge), variant)
            return challenge
    raise KeyError(challenge_id)


def made_file(sources: Sources, challenge_id: str, variant: int, locale: Locale) -> MadeFile:
    """The file of a variant of a file task; raises KeyError when this is none."""
    for _, challenge in located(sources):
        if challenge.id == challenge_id and isinstance(challenge, FileTaskChallenge):
            return draw_variant(GENERATORS[challenge.generator], challenge, variant % VARIANTS).make_file(locale)
    raise KeyError(challenge_id)


def typed_value(challenge: Challenge, words: Sequence[str]) -> Any:
    """What the service would be sent for these words: a list, a text, or for `blanks` an object read from `a=… b=…`."""
    if isinstance(challenge, BlanksChallenge):
        pairs = (word.partition("=") for word in words)
        return {key: text for key, _, text in pairs}
    if challenge.kind in ("choices", "order", "match"):
        return list(words)
    return " ".join(words)
