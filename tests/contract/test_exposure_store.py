"""What every store of exposure control promises: run on the fake, on moto and on MiniStack."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from chalicelib.assessments.exposure.model import SHARDS, Counts, Series, Snapshot, Version
from chalicelib.assessments.exposure.ports import ExposureBatches, ExposureVersions
from chalicelib.engine.exposure import ExposureTable, Limits, Tally
from chalicelib.kernel.clock import Instant
from tests.domain.exposure_builders import ITEMS, SERIES, a_test, left, same, single_fold, waiting
from tests.worlds import World

OTHER = Series(SERIES.release, "demonstration")


@pytest.fixture
def batches(world: World) -> ExposureBatches:
    return world.services.ports.exposure_batches


@pytest.fixture
def versions(world: World) -> ExposureVersions:
    return world.services.ports.exposure_versions


def a_snapshot(number: int = 1, tests: int = 3, counted: tuple[str, ...] = ()) -> Snapshot:
    tally = single_fold([a_test(one) for one in range(tests)], Limits(0.3, 0.4, (-0.5, 0.5)))
    table = ExposureTable(number - 1, Limits(0.3, 0.4, (-0.5, 0.5)), np.ones((3, ITEMS)), np.full((3, ITEMS), 0.25, np.float32))
    return Snapshot(tally.next_table(table), Counts(tally, counted))


def test_series_are_enrolled_once_and_listed_in_order(batches: ExposureBatches) -> None:
    assert batches.series() == []
    for series in (SERIES, OTHER, SERIES):
        batches.enrol(series)
    assert batches.series() == [OTHER, SERIES]


def test_a_batch_waits_in_its_partition_until_it_is_removed(batches: ExposureBatches) -> None:
    batch = waiting("one", a_test())
    batches.add(SERIES, batch)
    assert batches.waiting(SERIES, batch.shard, 10) == [batch]
    assert [shard for shard in range(SHARDS) if batches.waiting(SERIES, shard, 10)] == [batch.shard]
    assert left(batches, OTHER) == 0
    batches.remove(SERIES, [batch.key])
    batches.remove(SERIES, [batch.key])
    batches.remove(SERIES, [])
    assert left(batches) == 0


def test_a_batch_that_is_added_again_is_there_once(batches: ExposureBatches) -> None:
    for _ in range(3):
        batches.add(SERIES, waiting("one", a_test()))
    assert left(batches) == 1


def test_many_batches_spread_over_the_partitions_come_a_few_at_a_time_and_go_together(batches: ExposureBatches) -> None:
    many = [waiting(f"batch {number}", a_test(number)) for number in range(160)]
    for batch in many:
        batches.add(SERIES, batch)
    by_shard = [batches.waiting(SERIES, shard, 1000) for shard in range(SHARDS)]
    assert sorted(one.key for part in by_shard for one in part) == sorted(one.key for one in many)
    assert all(part for part in by_shard)
    assert batches.waiting(SERIES, 3, 2) == by_shard[3][:2]
    batches.remove(SERIES, [one.key for one in many])
    assert left(batches) == 0


def test_a_series_has_no_version_before_the_first(versions: ExposureVersions) -> None:
    assert versions.last(SERIES, strong=True) is None
    assert versions.last(SERIES, strong=False) is None
    assert versions.version(SERIES, 1) is None


def test_a_version_is_read_back_whole(versions: ExposureVersions) -> None:
    written = a_snapshot(counted=("a" * 26, "b" * 26))
    appended = versions.append(SERIES, written, Instant(5_000))
    assert appended is not None
    assert (appended.number, appended.at, appended.acknowledged) == (1, 5_000, False)
    assert versions.last(SERIES, strong=True) == versions.version(SERIES, 1) == appended
    table, counts = versions.table(SERIES, appended), versions.counts(SERIES, appended)
    assert same(counts.tally, written.counts.tally)
    assert counts.batches == ("a" * 26, "b" * 26)
    assert (table.version, table.limits) == (1, written.table.limits)
    assert np.array_equal(table.prices, written.table.prices)
    assert np.all((table.eligibility >= written.table.eligibility) & (table.eligibility < written.table.eligibility + 2.0**-16))
    draws = np.arange(0, 65536, 7)[:ITEMS].astype(np.uint16)
    for strata in np.eye(3):
        assert np.array_equal(table.eligible(strata, draws), written.table.eligible(strata, draws))


def test_a_number_is_taken_once_and_what_stands_there_stays(versions: ExposureVersions) -> None:
    first = versions.append(SERIES, a_snapshot(tests=3), Instant(1_000))
    assert first is not None
    assert versions.append(SERIES, a_snapshot(tests=9), Instant(2_000)) is None
    assert versions.last(SERIES, strong=True) == first
    assert same(versions.counts(SERIES, first).tally, a_snapshot(tests=3).counts.tally)


def test_of_several_writers_at_once_one_appends_and_its_objects_are_those_that_are_read(versions: ExposureVersions) -> None:
    barrier = threading.Barrier(6)

    def append(writer: int) -> Version | None:
        snapshot = a_snapshot(tests=writer + 1)
        barrier.wait()
        return versions.append(SERIES, snapshot, Instant(writer))

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(append, range(6)))
    (winner,) = [number for number, version in enumerate(done) if version is not None]
    last = versions.last(SERIES, strong=True)
    assert last == done[winner]
    assert last is not None
    assert same(versions.counts(SERIES, last).tally, a_snapshot(tests=winner + 1).counts.tally)


def test_versions_are_in_order_past_number_nine_and_series_do_not_see_each_other(versions: ExposureVersions) -> None:
    for number in range(1, 12):
        versions.append(SERIES, a_snapshot(number), Instant(number))
    versions.append(OTHER, a_snapshot(1), Instant(99))
    last, early = versions.last(SERIES, strong=True), versions.version(SERIES, 2)
    assert last is not None
    assert early is not None
    assert (last.number, early.number, early.at) == (11, 2, 2)
    assert versions.table(SERIES, early).version == 2


def test_a_version_is_acknowledged_once_and_only_that_changes(versions: ExposureVersions) -> None:
    version = versions.append(SERIES, a_snapshot(counted=("a" * 26,)), Instant(1))
    assert version is not None
    for _ in range(2):
        versions.acknowledge(SERIES, version)
    after = versions.last(SERIES, strong=True)
    assert after is not None
    assert after.acknowledged
    assert (after.number, after.at, after.table, after.counts) == (1, 1, version.table, version.counts)


def test_a_version_that_counted_no_batch_has_nothing_to_acknowledge(versions: ExposureVersions) -> None:
    version = versions.append(SERIES, a_snapshot(), Instant(1))
    assert version is not None
    assert version.acknowledged


def test_counts_of_nothing_are_read_back(versions: ExposureVersions) -> None:
    limits = Limits()
    nothing = Snapshot(
        Tally.nothing(ITEMS, limits).next_table(ExposureTable.free(ITEMS)), Counts(Tally.nothing(ITEMS, limits), ())
    )
    version = versions.append(SERIES, nothing, Instant(1))
    assert version is not None
    assert same(versions.counts(SERIES, version).tally, Tally.nothing(ITEMS, limits))
    assert not versions.table(SERIES, version).guarded
