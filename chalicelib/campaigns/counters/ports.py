"""What counters need from outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from chalicelib.campaigns.counters.model import Participation, Row, Totals
from chalicelib.kernel.clock import Instant


@dataclass(frozen=True)
class Summary:
    """All rows of a view together, as they were read by one roll-up."""

    view: str
    totals: Totals
    version: int
    """Sum of the versions of its rows: the later of two summaries has the higher one."""
    at: Instant


@dataclass(frozen=True)
class Touched:
    """A view that something was counted in since its last complete roll-up."""

    view: str
    state: str
    """Changes when a roll-up begins, and when something is counted after."""


@dataclass(frozen=True)
class Seen:
    """A participant that a pass over everybody met in a view."""

    view: str
    id: str
    mark: Participation | None
    """Their mark, if that is what was met; None for something that ought to count."""


class Rows(Protocol):
    """The rows of every view."""

    def row(self, view: str, shard: int) -> Row:
        """A row as of now (strongly consistent); an empty one before it is written."""
        ...

    def replace(self, row: Row) -> bool:
        """Store this row if the version before its own is there; whether it was."""
        ...


class ParticipationMarks(Protocol):
    """What was counted of each participant, kept where everything about the person is."""

    def mark(self, view: str, participant: str) -> Participation:
        """The mark as of now (strongly consistent); of rank 0 before it is written."""
        ...

    def write_mark(self, view: str, pending: Participation, there: Participation) -> None:
        """Mark what is pending in a row, over the mark that was read. Safe to repeat: a mark's rank never falls."""
        ...

    def marks_of(self, participant: str) -> dict[str, Participation]:
        """All marks of a participant, by view, as of now (strongly consistent)."""
        ...


class Views(Protocol):
    """Which views there are, and which of them a roll-up must look at."""

    def enrol(self, view: str, shards: int) -> int:
        """Let there be this view with so many rows; the number of rows it has, which never changes."""
        ...

    def shards(self, view: str) -> int:
        """How many rows this view has; raises `NotFoundError` when there is no such view."""
        ...

    def enrolled(self) -> dict[str, int]:
        """Every view, with its number of rows."""
        ...

    def touch(self, view: str) -> None:
        """Make sure that a roll-up of this view begins after this call."""
        ...

    def touched(self) -> list[Touched]:
        """The views to roll up, those included whose roll-up began and did not end."""
        ...

    def begin(self, touched: Touched, token: str) -> bool:
        """Note that the roll-up of this name begins, unless the state changed; whether it may."""
        ...

    def end(self, view: str, token: str) -> None:
        """Forget that the view was touched, unless anything changed since this roll-up began."""
        ...


class Summaries(Protocol):
    """One summary a view: what is read."""

    def summary(self, view: str) -> Summary | None:
        """The summary; None before the first."""
        ...

    def keep(self, summary: Summary) -> None:
        """Store the summary unless a later one is there."""
        ...


class CounterStore(Rows, ParticipationMarks, Views, Summaries, Protocol):
    """All of these, as one adapter answers them."""


class ParticipationSource(Protocol):
    """Where it is decided what a participant adds to a view."""

    def wanted(self, view: str, participant: str) -> Participation:
        """What they add as of now (strongly consistent); of rank 0 when nothing of theirs counts. Raises `DomainError`."""
        ...


class Population(Protocol):
    """Everybody, for offline work: a pass over whole tables, never for a request."""

    def everyone(self, views: Iterable[str]) -> Iterator[Seen]:
        """Every mark of these views, and every participant of whom the source may want something, in any order.

        Whatever was written before the pass began is met (strongly consistent). A participant may be met several times.
        """
        ...
