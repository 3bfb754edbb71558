"""What may be told of a dead letter: ids and codes; of its body, only what has the form of ours."""

from __future__ import annotations

import re
import time
from typing import Any

from pydantic_core import from_json

from chalicelib.kernel.clock import SECOND, to_datetime
from palier.dead_queues import Held

_OUR_TYPE = re.compile(r"palier\.[a-z-]{1,64}\.v[0-9]{1,6}")
_OUR_ID = re.compile(r"[a-z-]{1,64}:[A-Za-z0-9_.:-]{1,128}")
_CORRELATION = re.compile(r"[A-Za-z0-9-]{1,128}")


def described(one: Held) -> dict[str, Any]:
    """What may be printed of a message: ids and codes, and of its body only what has the form of ours."""
    event = _event_of(one.letter.body)
    seen = one.letter.first_seen
    return {
        "id": one.id,
        "reason": one.letter.reason,
        "original_id": one.letter.message_id,
        "source_queue": one.letter.queue,
        "first_seen": "" if seen is None else to_datetime(seen).isoformat(timespec="seconds"),
        "age_seconds": age_seconds(one),
        "event_type": _formed(_OUR_TYPE, event.get("type")),
        "event_id": _formed(_OUR_ID, event.get("id")),
        "correlation": _formed(_CORRELATION, event.get("correlationid")),
    }


def _event_of(body: str) -> dict[str, Any]:
    try:
        content = from_json(body.encode())
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _formed(pattern: re.Pattern[str], value: Any) -> str:
    return value if isinstance(value, str) and pattern.fullmatch(value) else ""


def age_seconds(one: Held) -> int:
    """How long ago it was sent, in seconds."""
    return max(0, round(time.time() - one.sent_at / SECOND))


def age_told(seconds: int) -> str:
    """An age in words, to one unit."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
