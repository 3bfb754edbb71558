"""What the use-cases need from outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from chalicelib.assessments.model import UNASKED, Entry, Start, Tail
from chalicelib.content.releases import Release
from chalicelib.engine.bank import LEVELS
from chalicelib.engine.rules import TrainingRules
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.events import EventSender as EventSender
from chalicelib.kernel.outbox import Postponed


@dataclass(frozen=True)
class MarkedEntry:
    """An entry whose mark waits in the outbox index."""

    assessment_id: str
    number: int
    mark: str
    marked_at: Instant


class LogStore(Protocol):
    """The append-only logs. Entries are numbered from 0 without a hole; an entry never changes but for its mark."""

    def create(self, entry: Entry) -> Entry:
        """Store entry 0 unless this assessment exists; return the entry 0 that is stored."""
        ...

    def tail(self, assessment_id: str) -> Tail | None:
        """Start and last entry, as of now (strongly consistent); None when there is no such assessment."""
        ...

    def append(self, assessment_id: str, entry: Entry) -> Entry | None:
        """Store the entry if its number is free: None. Else the entry that took the number."""
        ...

    def entry(self, assessment_id: str, number: int) -> Entry | None:
        """One stored entry."""
        ...

    def entries(self, assessment_id: str) -> list[Entry]:
        """All entries in order."""
        ...

    def entries_between(self, assessment_id: str, first: int, last: int) -> list[Entry]:
        """The entries numbered `first` to `last`, in order."""
        ...

    def clear_mark(self, assessment_id: str, number: int, mark: str) -> None:
        """Remove this mark from the entry if it still carries it."""
        ...

    def move_mark(self, marked: MarkedEntry, until: Instant) -> None:
        """Let this mark wait until another instant, if the entry still carries it since the same one."""
        ...

    def settle(self, marked: MarkedEntry, left: Sequence[str]) -> None:
        """Let the entry owe these queues only, or nothing more, if it still carries this mark."""
        ...

    def postpone(self, marked: MarkedEntry, until: Instant) -> Postponed | None:
        """Count one more failed attempt and let the mark wait until another instant; None if it changed meanwhile."""
        ...

    def marked(self, mark: str, until: Instant, limit: int) -> list[MarkedEntry]:
        """Entries carrying this mark since before `until`, oldest first."""
        ...


class ReleaseSource(Protocol):
    """Where releases come from."""

    def current(self) -> str:
        """Id of the release that new assessments pin."""
        ...

    def get(self, release_id: str) -> Release:
        """A release; raises `UnavailableError` when it is unknown or damaged."""
        ...


class FileSource(Protocol):
    """Where the files that challenges show come from."""

    def get(self, address: str) -> bytes | None:
        """The content of a file, or None; raises `UnavailableError` when the store is out of reach."""
        ...


@dataclass(frozen=True)
class Known:
    """What is known of a person when an assessment starts."""

    signs: str
    """As `Start.known`."""
    priors: tuple[tuple[int, int], ...]
    """As `Start.priors`."""
    seen: tuple[int, ...]
    """As `Start.seen`."""
    attempt: int
    """Attempts already made at this scope."""
    turn: int
    """Attempts already made at any scope."""
    last_assessment_id: str | None
    """The latest of them."""
    forgets_at: Instant | None
    """When the first of the misses that still count will be forgotten by improving; None when there is none."""

    @classmethod
    def nothing(cls, topics: int, competences: int, rules: TrainingRules) -> Self:
        """What is known of somebody who never answered anything."""
        prior = (round(rules.prior_mean * 1000), round(rules.prior_sd * 1000))
        return cls(UNASKED * LEVELS * topics, (prior,) * competences, (), 0, 0, None, None)


class SolutionGate(Protocol):
    """Tells whether the solutions of an exam may be read yet."""

    def check(self, start: Start) -> None:
        """Raise `ConflictError` while they may not."""
        ...


class KnowledgeSource(Protocol):
    """What the person is known to know, their finished assessments included."""

    def known(self, person_id: str, scope: str, targets: tuple[int, ...], release: Release, now: Instant) -> Known:
        """What counts for an assessment of this scope starting now."""
        ...

    def remember(self, start: Start) -> None:
        """Remember in the person's partition that this attempt exists. Safe to repeat."""
        ...
