"""The dead-letter queues of a stage: what waits there is held for a while, to be looked at, sent again or deleted.

A message is held for as long as its queue hides what is received: not every cloud lets a receive choose otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.config import Config

from chalicelib.config import Settings
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.dead_letters import ATTRIBUTES, DeadLetter
from chalicelib.storage.boto import NeutralClient
from chalicelib.storage.failures import CallRefusedError
from chalicelib.wiring_boto import boto3_client

AT_ONCE = 10
"""What one call of SQS takes or gives."""
FRUITLESS = 3
"""Receives in a row that give only what was met before, after which there is nothing else."""
_ABSENT = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})


class NoQueueError(Exception):
    """The stage has no queue of this name, which is the message."""


def queue_client(settings: Settings) -> Any:
    """An SQS client of this stage; its failures are those of `chalicelib.storage.failures`."""
    config = Config(connect_timeout=2, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3})
    return NeutralClient(boto3_client("sqs", settings, config))


@dataclass(frozen=True)
class Held:
    """A message of a dead-letter queue that nobody else receives for now."""

    id: str
    """What it is called in the dead-letter queue."""
    receipt: str
    sent_at: Instant
    letter: DeadLetter


@dataclass(frozen=True)
class DeadQueue:
    """The dead-letter queue of one queue of a stage."""

    client: Any
    name: str
    url: str
    source_name: str

    @classmethod
    def of(cls, client: Any, stage: str, queue: str) -> DeadQueue:
        """The dead-letter queue of this queue of this stage; raises `NoQueueError` when there is none."""
        source = f"palier-{stage}-{queue}"
        return cls(client, f"{source}-dead", _url(client, f"{source}-dead"), source)

    def counts(self) -> tuple[int, int]:
        """How many messages wait and how many somebody holds, as far as the queue knows: it may take a minute to.

        Some clouds count a message among those held from its first receive on, also when it waits again.
        """
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        counted = self._attributes(names)
        return int(counted[names[0]]), int(counted[names[1]])

    def hidden_seconds(self) -> int:
        """How long a message that was received is hidden from others."""
        return int(self._attributes(("VisibilityTimeout",))["VisibilityTimeout"])

    def _attributes(self, names: Sequence[str]) -> Mapping[str, str]:
        asked = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=list(names))
        counted: Mapping[str, str] = asked["Attributes"]
        return counted

    @contextmanager
    def holding(self, most: int | None = None, at_once: int = AT_ONCE) -> Iterator[Holding]:
        """Hold what can be received now, or at most this many messages, each from when it is taken, so many at once.

        What was not deleted goes back to the queue when the block ends, however it ends.
        """
        there = sum(self.counts())
        holding = Holding(self, there if most is None else min(most, there), at_once)
        try:
            yield holding
        finally:
            holding.put_back()

    def source_url(self) -> str:
        """Where the messages came from; raises `NoQueueError` when that queue is gone."""
        return _url(self.client, self.source_name)


@dataclass
class Holding:
    """Takes messages out of a dead-letter queue as it is iterated, each once."""

    queue: DeadQueue
    most: int
    at_once: int
    held: dict[str, Held] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Held]:
        fruitless = 0
        while len(self.met) < self.most and fruitless < FRUITLESS:
            received = self._receive(min(self.at_once, self.most - len(self.met)))
            if not received:
                return
            unmet = [one for one in received if one.id not in self.met]
            self.held.update({one.id: one for one in received if one in unmet or one.id in self.held})
            self.met.update(one.id for one in unmet)
            fruitless = 0 if unmet else fruitless + 1
            yield from unmet

    def delete(self, one: Held) -> None:
        """Delete this message for good."""
        self.queue.client.delete_message(QueueUrl=self.queue.url, ReceiptHandle=one.receipt)
        self.held.pop(one.id, None)

    def put_back(self) -> None:
        """Let everybody receive what is still held; a message that could not be given back comes back by itself."""
        left = list(self.held.values())
        for first in range(0, len(left), AT_ONCE):
            entries = [
                {"Id": str(number), "ReceiptHandle": one.receipt, "VisibilityTimeout": 0}
                for number, one in enumerate(left[first : first + AT_ONCE])
            ]
            self.queue.client.change_message_visibility_batch(QueueUrl=self.queue.url, Entries=entries)
        self.held.clear()

    def _receive(self, number: int) -> list[Held]:
        reply = self.queue.client.receive_message(
            QueueUrl=self.queue.url,
            MaxNumberOfMessages=number,
            WaitTimeSeconds=1,
            AttributeNames=["SentTimestamp"],
            MessageAttributeNames=list(ATTRIBUTES),
        )
        return [_held(message) for message in reply.get("Messages", [])]


@dataclass
class Pace:
    """At most `rate` a second: `wait` returns when the next one may go."""

    rate: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    due: float = 0.0

    def wait(self) -> None:
        """Wait for the next turn; time that was not used is not saved up."""
        now = self.clock()
        if self.due > now:
            self.sleep(self.due - now)
        self.due = max(self.due, now) + 1 / self.rate


def batch_for(rate: float, hidden_seconds: int) -> int:
    """How many messages to take at once, so that at this pace the last is sent in half the time that it is hidden; 1 to 10."""
    return max(1, min(AT_ONCE, int(rate * hidden_seconds / 2)))


def redriven(holding: Holding, reason: str | None, pace: Pace) -> Iterator[Held]:
    """Send the held messages of this reason, or all, to their queue again, and give each when it is gone from here.

    Sent first, deleted then: who is killed in between doubles a message and loses none.
    """
    dead = holding.queue
    source = dead.source_url()
    for one in holding:
        if reason in (None, one.letter.reason):
            pace.wait()
            dead.client.send_message(QueueUrl=source, MessageBody=one.letter.body)
            holding.delete(one)
            yield one


def _url(client: Any, name: str) -> str:
    try:
        return str(client.get_queue_url(QueueName=name)["QueueUrl"])
    except CallRefusedError as error:
        if error.code in _ABSENT:
            raise NoQueueError(name) from error
        raise


def _held(message: dict[str, Any]) -> Held:
    told = message.get("MessageAttributes", {})
    attributes = {name: str(value.get("StringValue", "")) for name, value in told.items()}
    letter = DeadLetter.received(message["Body"], attributes, message["MessageId"])
    return Held(message["MessageId"], message["ReceiptHandle"], Instant(int(message["Attributes"]["SentTimestamp"])), letter)
