"""A challenge inside a package as we write it: what QTI has no word for travels along, so that nothing is lost on the way back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from chalicelib.content.authoring.exchange.placing import sound_challenge
from chalicelib.content.authoring.exchange.qti_names import LICENCE
from chalicelib.content.authoring.exchange.results import RefusedError
from chalicelib.content.challenges import Challenge
from chalicelib.content.texts import Strict, Text


class Carried(Strict):
    """A challenge and what its items show of its topic."""

    challenge: Challenge
    topic: Text
    """The title of its topic."""
    competence: str


def write_carried(carried: Carried) -> str:
    """The JSON that travels."""
    document = {**carried.model_dump(mode="json", exclude_defaults=True), "licence": LICENCE}
    return json.dumps(_sorted_sets(document), ensure_ascii=False)


def read_carried(text: str, images: Mapping[str, bytes]) -> Carried:
    """What this JSON carries. Raises `RefusedError` when it is damaged, or carries what the bank would never take."""
    try:
        document = json.loads(text)
        challenge = sound_challenge(document["challenge"], images)
        if document["licence"] != LICENCE:
            raise RefusedError("other-licence", f"{str(document['licence'])[:40]!r}, the bank is under {LICENCE}")
        return Carried(challenge=challenge, topic=document["topic"], competence=document["competence"])
    except (ValueError, TypeError, KeyError, RecursionError, ValidationError) as error:
        raise RefusedError("damaged-data", "the data of Palier cannot be read") from error


def _sorted_sets(value: Any) -> Any:
    """The same document with what stands for sets in a fixed order: the same challenge always gives the same bytes."""
    if isinstance(value, dict):
        return {key: sorted(inner) if key == "fold" else _sorted_sets(inner) for key, inner in value.items()}
    return [_sorted_sets(inner) for inner in value] if isinstance(value, list) else value
