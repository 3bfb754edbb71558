"""What exposure control needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chalicelib.assessments.exposure.model import Counts, Series, Snapshot, Version, WaitingBatch
from chalicelib.engine.exposure import ExposureTable
from chalicelib.kernel.clock import Instant


class ExposureBatches(Protocol):
    """Batches that wait to be counted, in 16 partitions a series. A batch never changes."""

    def enrol(self, series: Series) -> None:
        """Let the writer know of this series. Safe to repeat."""
        ...

    def series(self) -> list[Series]:
        """Every series that was enrolled, in order."""
        ...

    def add(self, series: Series, batch: WaitingBatch) -> None:
        """Store the batch unless one of its key waits already."""
        ...

    def waiting(self, series: Series, shard: int, limit: int) -> list[WaitingBatch]:
        """At most so many of the batches that wait in a partition, as of now (strongly consistent)."""
        ...

    def remove(self, series: Series, keys: Sequence[str]) -> None:
        """Remove these batches, those that are gone already too; raises `UnavailableError` unless all are gone."""
        ...


class ExposureVersions(Protocol):
    """The append-only log of each series' versions. A version never changes, but for being acknowledged."""

    def last(self, series: Series, *, strong: bool) -> Version | None:
        """The highest version, as of now when `strong`."""
        ...

    def version(self, series: Series, number: int) -> Version | None:
        """One version."""
        ...

    def table(self, series: Series, version: Version) -> ExposureTable:
        """The table of a version; raises `UnavailableError` when it is damaged or out of reach."""
        ...

    def counts(self, series: Series, version: Version) -> Counts:
        """The counts of a version; raises the same."""
        ...

    def append(self, series: Series, snapshot: Snapshot, at: Instant) -> Version | None:
        """Store this version if its number is free, its table and counts first; None when the number is taken."""
        ...

    def acknowledge(self, series: Series, version: Version) -> None:
        """Note that the batches that this version counted are gone. Safe to repeat."""
        ...


class ExposureEvents(Protocol):
    """Where the writer tells what it could not do, ids and codes only."""

    def unpublished(self, series: Series, code: str) -> None:
        """This series could not be brought forward now."""
        ...

    def unreadable(self, series: Series, key: str) -> None:
        """This batch cannot be read, and stays."""
        ...
