"""Decide, then commit once: what every use-case that appends to a log does the same way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from chalicelib.assessments.course import Course, Secrets
from chalicelib.assessments.model import MOST_ENTRIES, Entry, EntryKind, Start, State, Tail
from chalicelib.assessments.outbox import RESULTS, Outbox, mark_of
from chalicelib.assessments.ports import LogStore, ReleaseSource
from chalicelib.assessments.views import Progress, progress
from chalicelib.kernel.clock import Clock, Instant
from chalicelib.kernel.errors import ConflictError, NotFoundError, UnavailableError

TRIES = 5

Decision = Entry | State
"""An entry to append, or the state to show because nothing is left to write."""


Decide = Callable[[Course, Tail, Instant], Decision]


class LogWatch(Protocol):
    """Who is told what is written to logs, for figures only."""

    def written(self, entry: Entry, behind: int) -> None:
        """This entry was stored; our clock was `behind` milliseconds before the entry's time, or after it if negative."""
        ...

    def overtaken(self) -> None:
        """Somebody else took the number of an entry, which is decided again."""
        ...


@dataclass(frozen=True)
class Courses:
    """Gives an assessment its course."""

    releases: ReleaseSource
    secrets: Secrets

    def of(self, start: Start) -> Course:
        """The course that this start pins; raises `UnavailableError` when a pinned thing cannot be had."""
        return Course(start, self.releases.get(start.release), self.secrets)


@dataclass(frozen=True)
class Desk:
    """Where the log of one assessment is read and written."""

    log: LogStore
    courses: Courses
    outbox: Outbox
    clock: Clock
    watch: LogWatch

    def tail(self, assessment_id: str, person_id: str) -> Tail:
        """The assessment of this person; somebody else's does not exist for them."""
        tail = self.log.tail(assessment_id)
        if tail is None or tail.start.person_id != person_id:
            raise NotFoundError("assessment-not-found", "There is no such assessment.")
        return tail

    def append(self, assessment_id: str, person_id: str, decide: Decide) -> Progress:
        """Append what `decide` decides, and return the progress after it.

        Who loses the race for an entry number reads again and decides again; after five tries `UnavailableError`. The entry
        that ends an assessment carries the mark of its message, which is sent before returning.
        """
        for _ in range(TRIES):
            tail = self.tail(assessment_id, person_id)
            course = self.courses.of(tail.start)
            now = self.clock.now()
            decision = decide(course, tail, max(now, tail.last.at))
            if isinstance(decision, State):
                return progress(course, decision)
            if decision.state.stop is not None:
                decision = decision.with_mark(mark_of(RESULTS, assessment_id), decision.at)
            taken = self.log.append(assessment_id, decision)
            if taken is None:
                self.watch.written(decision, decision.at - now)
            if taken is None or (taken.action == decision.action and taken.value == decision.value):
                stored = taken or decision  # taken by the same action: our own write whose reply was lost, or a twin's
                if stored.mark is not None:
                    self.outbox.deliver_end(tail.start, stored)
                return progress(course, stored.state)
            self.watch.overtaken()
        raise UnavailableError("assessment-busy", "Too many things happen at once in this assessment; try again.")


def following(tail: Tail, kind: EntryKind, at: Instant, action: str, state: State, value: bytes | None = None) -> Entry:
    """The entry that comes after the last one; raises `ConflictError` when the log is full."""
    number = tail.last.number + 1
    if number >= MOST_ENTRIES:
        raise ConflictError("assessment-full", "This assessment cannot take more entries.")
    return Entry(number, kind, at, action, state, value)
