"""Dead letters to SQS (port `DeadLetters`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.kernel.dead_letters import DeadLetter
from chalicelib.storage.table import telling


@dataclass(frozen=True)
class QueueDeadLetters:
    """Puts messages in one dead-letter queue: the body as it was, the rest as message attributes."""

    client: Any
    queue_url: str

    def put(self, letter: DeadLetter) -> None:
        """Set the message aside; raises `UnavailableError` when it could not be."""
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in letter.attributes.items() if value}
        with telling("set aside"):
            self.client.send_message(QueueUrl=self.queue_url, MessageBody=letter.body, MessageAttributes=attributes)
