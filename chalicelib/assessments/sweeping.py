"""Sweeping: what a function left unfinished, and what nobody came back to, is settled here, every minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Protocol

from chalicelib.assessments.ending import EndAssessment
from chalicelib.assessments.outbox import DUE, RESULTS, Outbox
from chalicelib.assessments.ports import LogStore, MarkedEntry
from chalicelib.kernel.clock import SECOND, Clock, Instant, later
from chalicelib.kernel.errors import DomainError, UnavailableError
from chalicelib.kernel.outbox import SHARDS, Postponed, in_turn, marking

OLD_MARK_SECONDS = 60
RETRY_SECONDS = 30
"""How much longer a mark that failed waits: less than the minute between two sweeps, so that each tries it, and behind the others."""
ALARMING_ATTEMPTS = 5
BATCH = 20
"""Marks of a shard that are settled before the next shard's turn."""
SWEEP_SECONDS = 40
"""What is not begun by then is left for the next sweep; the function has 60."""


@dataclass(frozen=True)
class Sweep:
    """What one sweep did."""

    delivered: int = 0
    ended: int = 0
    rearmed: int = 0
    failed: int = 0
    alarming: int = 0
    """Marks that failed five times or more: somebody must look."""
    undelivered: int = 0
    """Marks of messages that it found unsent."""
    oldest_seconds: float = 0.0
    """Since when the oldest of them waits; one that is sent at last counts from its last failure."""

    def __add__(self, other: Sweep) -> Sweep:
        sums = {one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        return Sweep(**{**sums, "oldest_seconds": max(self.oldest_seconds, other.oldest_seconds)})


class SweepLog(Protocol):
    """Where failures of the sweeper are told, ids only."""

    def unsettled(self, marked: MarkedEntry, attempts: int, code: str) -> None:
        """This mark could not be settled."""
        ...


@dataclass(frozen=True)
class SweepOutbox:
    """Delivers old marks and ends abandoned assessments. One mark that fails stops no other, one full shard no other shard."""

    log: LogStore
    outbox: Outbox
    ending: EndAssessment
    clock: Clock
    failures: SweepLog

    def sweep(self) -> Sweep:
        """Settle the marks that are old enough, the shards in turn, for as long as a sweep may take."""
        now = self.clock.now()
        total = Sweep()
        for marked in self._waiting(now):
            total += self._found(marked, now) + self._attempt(marked, now)
            if self.clock.now() - now >= SWEEP_SECONDS * SECOND:
                break
        return total

    def _waiting(self, now: Instant) -> Iterator[MarkedEntry]:
        """Each sweep begins with another shard, so that one that is cut short does not leave the same ones out each time."""
        first = now // (60 * SECOND)
        shards = [(first + place) % SHARDS for place in range(SHARDS)]
        lines = [(marking((what,), shard), _until(what, now)) for shard in shards for what in (RESULTS, DUE)]
        return in_turn(self.log, lines, BATCH)

    def _found(self, marked: MarkedEntry, now: Instant) -> Sweep:
        return Sweep() if _is_due(marked) else Sweep(undelivered=1, oldest_seconds=(now - marked.marked_at) / SECOND)

    def _attempt(self, marked: MarkedEntry, now: Instant) -> Sweep:
        try:
            done = self._end(marked) if _is_due(marked) else self._deliver(marked)
        except DomainError as error:
            done = error.code
        return self._failed(marked, now, done) if isinstance(done, str) else done

    def _deliver(self, marked: MarkedEntry) -> Sweep | str:
        """What was done, or the code of what failed."""
        first = self.log.entry(marked.assessment_id, 0)
        entry = self.log.entry(marked.assessment_id, marked.number)
        if first is None or first.start is None or entry is None:
            return "entry-missing"
        if entry.mark != marked.mark:
            return Sweep()  # settled meanwhile; the index lags behind
        return Sweep(delivered=1) if self.outbox.deliver_end(first.start, entry) else "not-sent"

    def _end(self, marked: MarkedEntry) -> Sweep | str:
        first = self.log.entry(marked.assessment_id, 0)
        if first is None or first.start is None:
            return "entry-missing"
        due = self.ending.abandon(first.start)
        if due is not None:
            self.log.move_mark(marked, due)
            return Sweep(rearmed=1)
        self.log.clear_mark(marked.assessment_id, marked.number, marked.mark)
        return Sweep(ended=1)

    def _failed(self, marked: MarkedEntry, now: Instant, code: str) -> Sweep:
        until = _until(DUE if _is_due(marked) else RESULTS, now)
        try:
            postponed = self.log.postpone(marked, later(until, RETRY_SECONDS * SECOND))
        except UnavailableError as error:
            postponed, code = Postponed(1, marked.marked_at), error.code
        if postponed is None:
            return Sweep()  # somebody else settled it
        self.failures.unsettled(marked, postponed.attempts, code)
        oldest = 0.0 if _is_due(marked) else (now - postponed.since) / SECOND
        return Sweep(failed=1, alarming=int(postponed.attempts >= ALARMING_ATTEMPTS), oldest_seconds=oldest)


def _is_due(marked: MarkedEntry) -> bool:
    return marked.mark.startswith(DUE)


def _until(what: str, now: Instant) -> Instant:
    """A message is left to the function that wrote its entry for a minute; what is due is due."""
    return now if what == DUE else later(now, -OLD_MARK_SECONDS * SECOND)
