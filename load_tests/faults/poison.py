"""Messages that nobody can handle: no JSON, no event, an event of a version to come, an event about nothing."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from chalicelib.kernel.clock import Instant
from chalicelib.kernel.events import assessment_finished
from chalicelib.kernel.ids import derive_id


def _rubbish(name: str) -> str:
    return f"{name} \u2620 {{"


def _no_event(name: str) -> str:
    return json.dumps({"poison": name})


def _unknown_version(name: str) -> str:
    known = json.loads(_about_nothing(name))
    return json.dumps({**known, "type": known["type"].replace(".v1", ".v99")})


def _about_nothing(name: str) -> str:
    return str(assessment_finished(derive_id(name), name, Instant(0)).model_dump_json())


KINDS: tuple[Callable[[str], str], ...] = (_rubbish, _no_event, _unknown_version, _about_nothing)


def poisons(seed: int, count: int) -> list[str]:
    """So many messages, of each kind in turn, all different."""
    return [KINDS[number % len(KINDS)](f"poison-{seed}-{number}") for number in range(count)]


def send(sqs: Any, url: str, body: str, rng: random.Random) -> None:
    """Put one in the queue, sometimes twice."""
    for _ in range(rng.choice((1, 1, 2))):
        sqs.send_message(QueueUrl=url, MessageBody=body)
