"""Sweeping: what a function left unfinished, and what nobody came back to, is settled here, every minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chalicelib.assessments.ending import EndAssessment
from chalicelib.assessments.outbox import DUE, RESULTS, SHARDS, Outbox
from chalicelib.assessments.ports import LogStore, MarkedEntry
from chalicelib.kernel.clock import SECOND, Clock, later
from chalicelib.kernel.errors import DomainError

OLD_MARK_SECONDS = 60
ALARMING_ATTEMPTS = 5
BATCH = 100


@dataclass(frozen=True)
class Sweep:
    """What one sweep did."""

    delivered: int = 0
    ended: int = 0
    rearmed: int = 0
    failed: int = 0
    alarming: int = 0
    """Marks that failed five times or more: somebody must look."""

    def __add__(self, other: Sweep) -> Sweep:
        return Sweep(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


class SweepLog(Protocol):
    """Where failures of the sweeper are told, ids only."""

    def unsettled(self, marked: MarkedEntry, attempts: int, code: str) -> None:
        """This mark could not be settled."""
        ...


@dataclass(frozen=True)
class SweepOutbox:
    """Delivers old marks and ends abandoned assessments. One mark that fails stops no other."""

    log: LogStore
    outbox: Outbox
    ending: EndAssessment
    clock: Clock
    failures: SweepLog

    def sweep(self) -> Sweep:
        """Settle every mark that is old enough, a batch per shard."""
        now = self.clock.now()
        total = Sweep()
        for shard in range(SHARDS):
            for marked in self.log.marked(f"{RESULTS}#{shard:02d}", later(now, -OLD_MARK_SECONDS * SECOND), BATCH):
                total += self._attempt(marked)
            for marked in self.log.marked(f"{DUE}#{shard:02d}", now, BATCH):
                total += self._attempt(marked)
        return total

    def _attempt(self, marked: MarkedEntry) -> Sweep:
        try:
            return self._deliver(marked) if marked.mark.startswith(RESULTS) else self._end(marked)
        except DomainError as error:
            return self._failed(marked, error.code)

    def _deliver(self, marked: MarkedEntry) -> Sweep:
        first = self.log.entry(marked.assessment_id, 0)
        entry = self.log.entry(marked.assessment_id, marked.number)
        if first is None or first.start is None or entry is None:
            return self._failed(marked, "entry-missing")
        return Sweep(delivered=1) if self.outbox.deliver_end(first.start, entry) else self._failed(marked, "not-sent")

    def _end(self, marked: MarkedEntry) -> Sweep:
        first = self.log.entry(marked.assessment_id, 0)
        if first is None or first.start is None:
            return self._failed(marked, "entry-missing")
        due = self.ending.abandon(first.start)
        if due is not None:
            self.log.move_mark(marked, due)
            return Sweep(rearmed=1)
        self.log.clear_mark(marked.assessment_id, marked.number, marked.mark)
        return Sweep(ended=1)

    def _failed(self, marked: MarkedEntry, code: str) -> Sweep:
        attempts = self.log.count_attempt(marked)
        self.failures.unsettled(marked, attempts, code)
        return Sweep(failed=1, alarming=int(attempts >= ALARMING_ATTEMPTS))
