"""Items of any table that carry marks, and where dead letters go, in memory."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.kernel.clock import Instant
from chalicelib.kernel.dead_letters import DeadLetter
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.outbox import MarkedItem, Postponed, mark_left


@dataclass
class MemoryMarks:
    """Port `MarkStore`: marks by the key of their item; `lag` shows marks that were settled, as a late index does."""

    marks: dict[tuple[str, str], tuple[str, Instant]] = field(default_factory=dict)
    failures: dict[tuple[str, str], Postponed] = field(default_factory=dict)
    lag: list[MarkedItem] = field(default_factory=list)
    down: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, item: MarkedItem) -> None:
        """A write of an item with this mark."""
        self.marks[item.partition, item.sort] = (item.mark, item.marked_at)

    def marked(self, mark: str, until: Instant, limit: int) -> list[MarkedItem]:
        with self.lock:
            there = [MarkedItem(*key, *held) for key, held in self.marks.items()]
        found = {one for one in (*there, *self.lag) if one.mark == mark and one.marked_at <= until}
        return sorted(found, key=lambda one: (one.marked_at, one.partition, one.sort))[:limit]

    def settle(self, marked: MarkedItem, left: Sequence[str]) -> None:
        self._reach()
        key, following = (marked.partition, marked.sort), mark_left(marked.mark, left)
        with self.lock:
            mark, since = self.marks.get(key, ("", Instant(0)))
            if mark != marked.mark:
                return
            if following is None:
                del self.marks[key]
                self.failures.pop(key, None)
            else:
                self.marks[key] = (following, since)

    def postpone(self, marked: MarkedItem, until: Instant) -> Postponed | None:
        self._reach()
        key = (marked.partition, marked.sort)
        with self.lock:
            if self.marks.get(key) != (marked.mark, marked.marked_at):
                return None
            before = self.failures.get(key, Postponed(0, marked.marked_at))
            self.marks[key] = (marked.mark, until)
            self.failures[key] = Postponed(before.attempts + 1, before.since)
            return self.failures[key]

    def _reach(self) -> None:
        if self.down:
            raise UnavailableError("store-unavailable", "The store does not answer.")


@dataclass
class MemoryDeadLetters:
    """Port `DeadLetters`: keeps what was set aside, or fails when told."""

    letters: list[DeadLetter] = field(default_factory=list)
    down: bool = False

    def put(self, letter: DeadLetter) -> None:
        if self.down:
            raise UnavailableError("store-unavailable", "The dead-letter queue does not answer.")
        self.letters.append(letter)
