"""The outbox: an item whose write must be followed by messages carries a mark until all are sent (at least once).

A mark names the queues left and a shard: `results#03`, `certifications+results#03`. It is the partition key of a sparse index
whose sort key is the instant from which it waits, so the mark alone says what is owed and settling it is one conditional write,
whatever the number of queues. Whoever wrote the item sends at once and settles; when it dies in between, or a send fails, the
sweeper finds the mark and does the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Generic, Protocol, TypeVar

from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import Envelope, EventSender
from chalicelib.kernel.ids import shard_of

SHARDS = 16


class Marked(Protocol):
    """An item that carries a mark; equal when it is the same item, mark and instant."""

    @property
    def mark(self) -> str:
        """What it owes, and its shard."""
        ...

    @property
    def marked_at(self) -> Instant:
        """The instant from which it waits."""
        ...


AnyMarked = TypeVar("AnyMarked", bound=Marked)


@dataclass(frozen=True)
class MarkedItem:
    """A marked item of any table, known by its key."""

    partition: str
    sort: str
    mark: str
    marked_at: Instant


@dataclass(frozen=True)
class Postponed:
    """A mark that could not be settled, once more."""

    attempts: int
    """How often it failed by now."""
    since: Instant
    """The instant from which it waits, before it was first postponed."""


class MarkStore(Protocol[AnyMarked]):
    """The items of one table that carry marks."""

    def marked(self, mark: str, until: Instant, limit: int) -> list[AnyMarked]:
        """Items that carry this mark and wait since `until` or before, oldest first."""
        ...

    def settle(self, marked: AnyMarked, left: Sequence[str]) -> None:
        """Let the item owe these queues only, or nothing more, if it still carries this mark."""
        ...

    def postpone(self, marked: AnyMarked, until: Instant) -> Postponed | None:
        """Count one more failed attempt and let the mark wait until another instant; None if it changed meanwhile."""
        ...


def mark_of(queues: Sequence[str], key: str) -> str:
    """The mark of the item of this key that owes a message to each of these queues."""
    return marking(queues, shard_of(key, SHARDS))


def marking(queues: Sequence[str], shard: int) -> str:
    """The mark of items of this shard that owe these queues."""
    return f"{'+'.join(queues)}#{shard:02d}"


def queues_of(mark: str) -> tuple[str, ...]:
    """The queues that a mark names."""
    return tuple(mark.partition("#")[0].split("+"))


def mark_left(mark: str, left: Sequence[str]) -> str | None:
    """The mark of the same shard once only these queues are left; None when none is."""
    return f"{'+'.join(left)}#{mark.partition('#')[2]}" if left else None


def left_of(queues: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Everything that may be left of these queues, in their order: what a sweeper looks for."""
    return tuple(left for size in range(len(queues), 0, -1) for left in combinations(queues, size))


@dataclass(frozen=True)
class Dispatch(Generic[AnyMarked]):
    """Sends what marked items owe. A send that fails never fails its caller."""

    marks: MarkStore[AnyMarked]
    senders: Mapping[str, EventSender]
    """By the name of the queue."""

    def deliver(self, marked: AnyMarked, messages: Mapping[str, Envelope]) -> tuple[str, ...]:
        """Send the message of each queue that the mark names, settle what was sent, and return the queues still named."""
        owed = queues_of(marked.mark)
        left = tuple(queue for queue in owed if not self._sent(queue, messages[queue]))
        if left == owed:
            return left
        try:
            self.marks.settle(marked, left)
        except UnavailableError:
            return owed
        return left

    def _sent(self, queue: str, message: Envelope) -> bool:
        try:
            self.senders[queue].send(message)
        except UnavailableError:
            return False
        return True


def in_turn(store: MarkStore[AnyMarked], lines: Sequence[tuple[str, Instant]], batch: int) -> Iterator[AnyMarked]:
    """The marks that wait, a batch of each line (a mark, and until when) in turn, until no line has more.

    Settle or postpone each before taking the next one: what still waits is read again. A line that only shows what was taken
    already, because its index lags, is left for another time.
    """
    taken: set[AnyMarked] = set()
    waiting = list(lines)
    while waiting:
        longer = []
        for mark, until in waiting:
            found = store.marked(mark, until, batch)
            untaken = [one for one in found if one not in taken]
            taken.update(untaken)
            yield from untaken
            if untaken and len(found) >= batch:
                longer.append((mark, until))
        waiting = longer
