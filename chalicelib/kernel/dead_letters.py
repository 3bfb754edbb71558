"""Dead letters: messages that cannot be handled, set aside with the reason why.

A message that no repetition will help is put in its queue's dead-letter queue at once, by us, its body as it was and the
reason in its attributes. A message that failed five times goes there by itself, without a reason of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, Self

from chalicelib.kernel.clock import Instant

REASONS: Mapping[str, str] = {
    "not-json": "The body is not JSON.",
    "not-an-envelope": "It is JSON, but not a CloudEvents 1.0 envelope.",
    "unknown-type": "An event of a type that this queue does not carry.",
    "unknown-version": "A known event of a version that the consumer does not know: deploy the consumer, then redrive.",
    "invalid-data": "The data are not what the event's type says.",
    "assessment-not-found": "The event is about an assessment that does not exist.",
    "campaign-not-found": "What was shared was for an organisation that was deleted meanwhile: drop it.",
    "received-too-often": "It failed five times for a passing cause, told in the consumer's log: mend that, then redrive.",
}
"""Every reason, by its stable code, and what it means."""

TOO_OFTEN = "received-too-often"

_REASON, _MESSAGE, _QUEUE, _FIRST_SEEN = "reason", "original-message-id", "source-queue", "first-seen"
_MILLISECONDS = re.compile(r"[0-9]{1,13}")

ATTRIBUTES = (_REASON, _MESSAGE, _QUEUE, _FIRST_SEEN)
"""The message attributes of a dead letter."""


@dataclass(frozen=True)
class DeadLetter:
    """A message that was set aside, and why."""

    body: str
    reason: str
    message_id: str
    """What it was called in its own queue: the same for every copy of one message."""
    queue: str
    """The name of that queue."""
    first_seen: Instant | None
    """When a consumer first received it."""

    @property
    def attributes(self) -> dict[str, str]:
        """What travels beside the body."""
        told = {_REASON: self.reason, _MESSAGE: self.message_id, _QUEUE: self.queue}
        return told if self.first_seen is None else {**told, _FIRST_SEEN: str(self.first_seen)}

    @classmethod
    def received(cls, body: str, attributes: Mapping[str, str], message_id: str) -> Self:
        """The letter that a message of a dead-letter queue is; one without attributes was received too often."""
        seen = attributes.get(_FIRST_SEEN, "")
        return cls(
            body,
            attributes.get(_REASON, TOO_OFTEN),
            attributes.get(_MESSAGE, message_id),
            attributes.get(_QUEUE, ""),
            Instant(int(seen)) if _MILLISECONDS.fullmatch(seen) else None,
        )


class DeadLetters(Protocol):
    """The dead-letter queue of one queue."""

    def put(self, letter: DeadLetter) -> None:
        """Set the message aside; raises `UnavailableError` when it could not be. Doing it twice leaves two copies."""
        ...
