"""The writer: what waits is counted, and the next version of the table is appended to the log of its series.

A version is two objects, its table and its counts, then one entry of the log, written only if its number is free: that write decides.
Of two writers at once one wins, and the other has written objects that nothing names. Then the batches counted are removed, and the version
is acknowledged; a writer that dies before leaves a version that is not, and the next run removes them before it reads anything. So
every batch is counted exactly once, in whatever order it comes and however late: no clock is compared, but to publish no faster than
every ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chalicelib.assessments.exposure.codec import UnreadableBatchError, unpack_batch
from chalicelib.assessments.exposure.model import (
    LIMITS,
    NO_TABLE,
    SHARDS,
    Counts,
    FinishedBatch,
    FinishedTest,
    Series,
    Snapshot,
    Version,
    WaitingBatch,
)
from chalicelib.assessments.exposure.ports import ExposureBatches, ExposureEvents, ExposureVersions
from chalicelib.assessments.exposure.tables import ExposureTables
from chalicelib.engine.exposure import Batch, ExposureTable, Tally
from chalicelib.kernel.clock import DAY, SECOND, Clock, Instant
from chalicelib.kernel.errors import ConflictError, DomainError, NotFoundError

BETWEEN_VERSIONS_SECONDS = 10
MINUTE = 60 * SECOND
MOST_BATCHES = 512
"""Batches of one partition that one run counts: some 80,000 tests of ten a batch over all partitions."""
ASLEEP_DAYS = 7
"""A series that counted nothing for so long, as that of an older release, is looked at once an hour."""


@dataclass(frozen=True)
class Published:
    """What one run of the writer did."""

    versions: int = 0
    batches: int = 0
    tests: int = 0
    overtaken: int = 0
    """Series that another writer brought forward at the same time."""
    unreadable: int = 0
    failed: int = 0

    def __add__(self, other: Published) -> Published:
        return Published(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class PublishExposure:
    """Brings every series forward. One that fails stops no other."""

    batches: ExposureBatches
    versions: ExposureVersions
    tables: ExposureTables
    clock: Clock
    events: ExposureEvents

    def publish(self) -> Published:
        """Count what waits, a bounded number of batches of each series, and publish what follows."""
        total = Published()
        for series in self.batches.series():
            try:
                total += self._advance(series)
            except DomainError as error:
                self.events.unpublished(series, error.code)
                total += Published(failed=1)
        return total

    def begin(self, series: Series, table: ExposureTable, tally: Tally) -> int:
        """Publish a table and the counts it starts from as the next version of its series; its number.

        Raises `ConflictError` when another version was published at the same moment.
        """
        self.batches.enrol(series)
        last = self.versions.last(series, strong=True)
        self._settle(series, last)
        number = (NO_TABLE if last is None else last.number) + 1
        snapshot = Snapshot(replace(table, version=number), Counts(tally, ()))
        if self.versions.append(series, snapshot, self.clock.now()) is None:
            raise ConflictError("exposure-overtaken", "Another version was published at the same moment: ask again.")
        return number

    def _advance(self, series: Series) -> Published:
        now, last = self.clock.now(), self.versions.last(series, strong=True)
        if last is not None and not is_due(last.at, now):
            return Published()
        self._settle(series, last)
        waiting = [one for shard in range(SHARDS) for one in self.batches.waiting(series, shard, MOST_BATCHES)]
        if not waiting:
            return Published()
        before = None if last is None else self._snapshot(series, last)
        batches = self._read(series, waiting, before)
        left = Published(unreadable=len(waiting) - len(batches))
        if not batches:
            return left
        before = before or nothing_yet(next(iter(batches.values())).items)
        after = following(before, batches, self._pinned(series))
        version = self.versions.append(series, after, now)
        if version is None:
            return left + Published(overtaken=1)
        self._clear(series, version, after.counts.batches)
        return left + Published(versions=1, batches=len(batches), tests=sum(len(one.tests) for one in batches.values()))

    def _settle(self, series: Series, last: Version | None) -> None:
        """Finish what a writer that died left undone: batches already counted must not be read again."""
        if last is not None and not last.acknowledged:
            self._clear(series, last, self.versions.counts(series, last).batches)

    def _clear(self, series: Series, version: Version, keys: Sequence[str]) -> None:
        self.batches.remove(series, keys)
        self.versions.acknowledge(series, version)

    def _snapshot(self, series: Series, version: Version) -> Snapshot:
        return Snapshot(self.versions.table(series, version), self.versions.counts(series, version))

    def _read(self, series: Series, waiting: Sequence[WaitingBatch], before: Snapshot | None) -> dict[str, FinishedBatch]:
        """The batches by key, in order; without those that cannot be read or are of a release of another size, which stay."""
        items = None if before is None else before.table.eligibility.shape[1]
        readable: dict[str, FinishedBatch] = {}
        for one in sorted(waiting, key=lambda one: one.key):
            try:
                batch = unpack_batch(one.packed)
                if batch.items != (items := items or batch.items):
                    raise UnreadableBatchError("of another release")
                readable[one.key] = batch
            except UnreadableBatchError:
                self.events.unreadable(series, one.key)
        return readable

    def _pinned(self, series: Series) -> Callable[[int], ExposureTable | None]:
        def pinned(number: int) -> ExposureTable | None:
            try:
                return self.tables.version(series.release, series.pool, number)
            except NotFoundError:
                return None

        return pinned


def is_due(published_at: Instant, now: Instant) -> bool:
    """Whether a series whose last version is of this instant may get another now."""
    if now - published_at > ASLEEP_DAYS * DAY:
        return now // MINUTE % 60 == 0
    return now - published_at >= BETWEEN_VERSIONS_SECONDS * SECOND


def nothing_yet(items: int) -> Snapshot:
    """Where a series starts when no table was published for it."""
    return Snapshot(ExposureTable.free(items, LIMITS), Counts(Tally.nothing(items, LIMITS), ()))


def following(
    before: Snapshot, batches: Mapping[str, FinishedBatch], pinned: Callable[[int], ExposureTable | None]
) -> Snapshot:
    """The version after these batches: tests that pinned the same table count as one batch, the older table first.

    A test whose table has other strata than the present ones, or that is not known, counts as if it had pinned the last.
    """
    tests: dict[int, list[FinishedTest]] = {}
    for batch in batches.values():
        for test in batch.tests:
            tests.setdefault(test.version, []).append(test)
    table, tally = before.table, before.counts.tally
    items = table.eligibility.shape[1]
    for number in sorted(tests):
        met = _as_met(number, table, pinned)
        given = [(test.ability, np.array(test.items, np.intp)) for test in tests[number]]
        tally = tally.after(Batch.of(items, table.limits, given), met)
    return Snapshot(tally.next_table(table), Counts(tally, tuple(batches)))


def _as_met(number: int, last: ExposureTable, pinned: Callable[[int], ExposureTable | None]) -> ExposureTable:
    """The eligibilities that a test met which pinned this version, under the limits of the last."""
    if number == NO_TABLE:
        return ExposureTable.free(last.eligibility.shape[1], last.limits)
    met = last if number == last.version else pinned(number)
    if met is None or met.eligibility.shape != last.eligibility.shape:
        return last
    return replace(met, limits=last.limits)
