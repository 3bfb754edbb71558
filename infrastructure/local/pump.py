"""The event source off Lambda: delivers queue messages to the worker handler and fires scheduled functions on time.

It keeps Lambda's promises: a batch whose handler raises is deleted not at all, a batch with failures only in part;
what is not deleted comes back after the queue's visibility time-out and goes to the dead-letter queue in the end.
"""

from __future__ import annotations

import threading
import time
import traceback
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from infrastructure.local.lambda_context import Handler, LambdaContext
from infrastructure.local.lambda_events import Message, done_messages, schedule_event, sqs_event

WORKER_SECONDS = 60.0
"""The time-out of the deployed worker functions."""


class MessageQueue(Protocol):
    """A queue that gives batches of at most ten messages."""

    @property
    def arn(self) -> str:
        """Name of the queue for the handler."""
        ...

    def receive(self) -> Sequence[Message]:
        """Wait a moment for messages; none is an answer too."""
        ...

    def delete(self, messages: Sequence[Message]) -> None:
        """Forget these messages for good."""
        ...


@dataclass(frozen=True)
class SqsQueue:
    """`MessageQueue` on SQS, by long polling. The wait is short, so that a stop never waits for long."""

    client: Any
    url: str
    arn: str
    wait_seconds: int = 1

    def receive(self) -> Sequence[Message]:
        """Wait up to `wait_seconds` for at most ten messages; none when SQS does not answer, which is told."""
        try:
            answer = self.client.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=self.wait_seconds,
                AttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
        except (BotoCoreError, ClientError):
            traceback.print_exc()
            return ()
        messages: Sequence[Message] = answer.get("Messages", [])
        return messages

    def delete(self, messages: Sequence[Message]) -> None:
        """Delete these messages; one that SQS fails to delete is delivered again, which handlers bear."""
        if messages:
            entries = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(messages)]
            try:
                self.client.delete_message_batch(QueueUrl=self.url, Entries=entries)
            except (BotoCoreError, ClientError):
                traceback.print_exc()


@dataclass
class Pump:
    """Calls `work` with every batch and those `scheduled`, by name, every `sweep_seconds`, one after the other in one thread."""

    queue: MessageQueue
    work: Handler
    scheduled: Mapping[str, Handler]
    sweep_seconds: float
    region: str = "eu-west-3"
    clock: Callable[[], float] = time.monotonic

    def run(self, stop: threading.Event) -> None:
        """Turn until `stop` is set; the batch in hand is finished first."""
        next_sweep = self.clock() + self.sweep_seconds
        while not stop.is_set():
            self.deliver()
            if self.clock() >= next_sweep:
                self.fire()
                next_sweep = self.clock() + self.sweep_seconds

    def deliver(self) -> int:
        """Take one batch to the handler, delete what it finished, and return how many messages that is."""
        messages = self.queue.receive()
        if not messages:
            return 0
        event = sqs_event(messages, self.queue.arn)
        try:
            reply = self.work(event, LambdaContext("palier-results-worker", self.region, WORKER_SECONDS))
        except Exception:  # noqa: BLE001 - one batch's failure is isolated: Lambda would go on with the next one
            traceback.print_exc()
            return 0
        done = done_messages(messages, reply)
        self.queue.delete(done)
        return len(done)

    def fire(self) -> None:
        """Call each scheduled function as its schedule would."""
        for name, handler in self.scheduled.items():
            event = schedule_event(f"palier-{name}", self.region, str(uuid.uuid4()), datetime.now(UTC))
            try:
                handler(event, LambdaContext(f"palier-{name}", self.region, WORKER_SECONDS))
            except Exception:  # noqa: BLE001 - one function's failure is isolated: the schedule fires again
                traceback.print_exc()


def queue_arn(url: str, region: str) -> str:
    """Give the ARN of the queue at this URL, without asking it: the pump starts even when nothing answers.

    Other clouds have other names for queues; ours is a label that handlers may log.
    """
    account, _, name = urlsplit(url).path.strip("/").rpartition("/")
    return f"arn:aws:sqs:{region}:{account}:{name}"
