"""Events to SQS (port `EventSender`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.kernel.events import Envelope
from chalicelib.storage.table import telling


@dataclass(frozen=True)
class QueueSender:
    """Sends events to one queue. The client is given a short time-out and no retry: the outbox is what retries."""

    client: Any
    queue_url: str

    def send(self, envelope: Envelope) -> None:
        """Send the event; raises `UnavailableError` when it could not be sent in time."""
        with telling("send"):
            self.client.send_message(QueueUrl=self.queue_url, MessageBody=envelope.model_dump_json())
