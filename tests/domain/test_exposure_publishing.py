"""The exposure writer: every test counts once, whoever writes, dies, comes late or comes twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from chalicelib.assessments.exposure.model import LIMITS, FinishedTest, Series, WaitingBatch
from chalicelib.assessments.exposure.publishing import MOST_BATCHES, Published, is_due
from chalicelib.engine.exposure import Batch, ExposureTable, Limits, Tally
from chalicelib.kernel.clock import DAY, Instant
from chalicelib.kernel.errors import ConflictError, UnavailableError
from chalicelib.storage.meter import Meter
from chalicelib.wiring import Clients, Services, ports_over
from tests.domain.exposure_builders import ITEMS, SERIES, a_test, left, same, single_fold, tally_of, waiting
from tests.worlds import World, moto_world

PACE = 10
"""Seconds between two versions."""


def leave(world: World, *batches: WaitingBatch, series: Series = SERIES) -> None:
    """What the results worker does at the end of a batch."""
    store = world.services.ports.exposure_batches
    store.enrol(series)
    for batch in batches:
        store.add(series, batch)


def publish(world: World) -> Published:
    """One run of the writer, in a process of its own."""
    return world.another_process().publishing.publish()


def last_table(world: World, series: Series = SERIES) -> ExposureTable:
    versions = world.services.ports.exposure_versions
    last = versions.last(series, strong=True)
    assert last is not None
    return versions.table(series, last)


def test_nothing_is_published_when_nothing_waits(memory: World) -> None:
    leave(memory)
    assert publish(memory) == Published()
    assert memory.services.ports.exposure_versions.last(SERIES, strong=True) is None


def test_eight_workers_and_then_one_writer_make_the_tally_of_a_single_fold(world: World) -> None:
    tests = [a_test(number) for number in range(8 * 12 * 3)]
    shares = [waiting(f"batch {first}", *tests[first : first + 3]) for first in range(0, len(tests), 3)]

    def work(worker: int) -> None:
        for batch in shares[worker::8]:
            leave(world, batch)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert publish(world) == Published(versions=1, batches=96, tests=288)
    assert same(tally_of(world.services.ports.exposure_versions), single_fold(tests))
    assert left(world.services.ports.exposure_batches) == 0


def test_a_batch_that_comes_twice_or_later_counts_once_and_eligibility_follows(memory: World) -> None:
    hot = [a_test(number, items=(0, 1, 2, 3)) for number in range(10)]
    leave(memory, waiting("a", *hot), waiting("a", *hot))
    assert publish(memory).tests == 10
    assert last_table(memory).eligibility[0] == pytest.approx([LIMITS.aim * 0.2] * 4 + [1.0] * (ITEMS - 4), abs=2e-5)
    memory.clock.forward(5 * 24 * 3600)
    leave(memory, waiting("late", a_test(99, items=(5,))))
    assert publish(memory).tests == 1
    tally = tally_of(memory.services.ports.exposure_versions)
    assert tally.given[0, 5] == 1
    assert tally.sessions[0] == pytest.approx(10 * LIMITS.keep(1) + 1)


def test_versions_are_at_least_ten_seconds_apart_and_what_waits_meanwhile_is_not_lost(memory: World) -> None:
    leave(memory, waiting("a", a_test(1)))
    assert publish(memory).versions == 1
    leave(memory, waiting("b", a_test(2)))
    memory.clock.forward(PACE - 1)
    assert publish(memory) == Published()
    memory.clock.forward(1)
    assert publish(memory) == Published(versions=1, batches=1, tests=1)
    assert last_table(memory).version == 2


def test_tests_count_with_the_eligibilities_of_the_table_that_they_pinned(memory: World) -> None:
    tables = [ExposureTable.free(ITEMS)]
    for number in (1, 2):
        leave(memory, waiting(f"hot {number}", *(a_test(one, items=(number,)) for one in range(10))))
        publish(memory)
        tables.append(last_table(memory))
        memory.clock.forward(PACE)
    assert tables[1].eligibility[0, 2] == 1.0 > tables[2].eligibility[0, 2]
    tests = [[a_test(22)], [a_test(20, version=1), a_test(21, version=1)], [a_test(23, version=2)]]
    leave(memory, waiting("b", *tests[1], *tests[2], *tests[0]))
    expected = tally_of(memory.services.ports.exposure_versions)
    for table, pinned in zip(tables, tests, strict=True):
        expected = expected.after(batch_of(pinned), table)
    publish(memory)
    assert same(tally_of(memory.services.ports.exposure_versions), expected)


def batch_of(tests: list[FinishedTest]) -> Batch:
    return Batch.of(ITEMS, LIMITS, [(test.ability, np.array(test.items, np.intp)) for test in tests])


def test_a_test_of_a_version_that_nobody_knows_counts_as_if_it_had_pinned_the_last(memory: World) -> None:
    leave(memory, waiting("a", a_test(1, version=77)))
    assert publish(memory).tests == 1
    assert same(tally_of(memory.services.ports.exposure_versions), single_fold([a_test(1)]))


def test_two_writers_at_once_publish_one_version_and_the_other_does_nothing(world: World) -> None:
    tests = [a_test(number) for number in range(30)]
    leave(world, *(waiting(f"batch {number}", test) for number, test in enumerate(tests)))
    barrier = threading.Barrier(4)

    def run(_: int) -> Published:
        process = world.another_process()
        versions: Any = AppendTogether(process.ports.exposure_versions, barrier)
        return Services(process.settings, replace(process.ports, exposure_versions=versions)).publishing.publish()

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(run, range(4)))
    assert sorted((one.versions, one.overtaken, one.tests) for one in done) == [(0, 1, 0)] * 3 + [(1, 0, 30)]
    assert same(tally_of(world.services.ports.exposure_versions), single_fold(tests))
    world.clock.forward(PACE)
    assert publish(world) == Published()
    assert last_table(world).version == 1


class AppendTogether:
    """A log of versions whose writers all append at the same moment."""

    def __init__(self, versions: Any, barrier: threading.Barrier) -> None:
        self._versions, self._barrier = versions, barrier

    def append(self, *arguments: Any) -> Any:
        self._barrier.wait()
        return self._versions.append(*arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._versions, name)


class Killed(BaseException):
    """The process is no more."""


@dataclass
class Life:
    """Writes that a process still makes before it dies."""

    writes: int


class Dying:
    """A boto3 client whose process dies right after a write was acknowledged."""

    def __init__(self, client: Any, life: Life) -> None:
        self._client, self._life = client, life

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        if name not in ("put_object", "put_item", "batch_write_item"):
            return call

        def counted(**arguments: Any) -> Any:
            reply = call(**arguments)
            self._life.writes -= 1
            if self._life.writes == 0:
                raise Killed
            return reply

        return counted


def dying(world: World, life: Life) -> Services:
    clients = Clients(Dying(world.clients.dynamodb, life), Dying(world.clients.s3, life), world.clients.sending)
    ids = world.services.ports.ids
    return Services(world.services.settings, ports_over(clients, world.services.settings, world.clock, ids, Meter()))


WRITES = 6
"""Of a run that counts 40 batches: table, counts, version, two deletions, acknowledgement."""


@pytest.mark.parametrize("last", range(1, WRITES + 2))
def test_a_writer_killed_after_any_write_leaves_nothing_uncounted_and_nothing_counted_twice(last: int) -> None:
    tests = [a_test(number) for number in range(40)]
    with moto_world() as world:
        leave(world, *(waiting(f"batch {number}", test) for number, test in enumerate(tests)))
        life = Life(last)
        if last <= WRITES:
            with pytest.raises(Killed):
                dying(world, life).publishing.publish()
        else:
            assert dying(world, life).publishing.publish().tests == 40
            assert life.writes == 1, "a run makes as many writes as this test cuts"
        early = world.services.ports.exposure_versions.last(SERIES, strong=True)
        world.clock.forward(PACE)
        publish(world)
        assert same(tally_of(world.services.ports.exposure_versions), single_fold(tests))
        assert left(world.services.ports.exposure_batches) == 0
        after = world.services.ports.exposure_versions.last(SERIES, strong=True)
        assert after is not None
        assert (after.number, after.acknowledged) == (1, True)
        if early is not None:
            assert (early.table, early.counts) == (after.table, after.counts)
        leave(world, waiting("more", a_test(99)))
        world.clock.forward(PACE)
        assert publish(world).tests == 1
        assert last_table(world).version == 2


def test_a_run_counts_a_bounded_number_and_the_next_run_the_rest(memory: World) -> None:
    many = [waiting(f"batch {number}", a_test(number)) for number in range(16 * MOST_BATCHES)]
    crowded = [batch for batch in many if batch.shard == 5]
    more = [waiting(f"more {number}", a_test(number)) for number in range(4 * MOST_BATCHES)]
    crowded += [batch for batch in more if batch.shard == 5]
    assert len(crowded) > MOST_BATCHES
    leave(memory, *crowded)
    assert publish(memory).batches == MOST_BATCHES
    memory.clock.forward(PACE)
    assert publish(memory).batches == len(crowded) - MOST_BATCHES
    assert left(memory.services.ports.exposure_batches) == 0


def test_a_batch_that_cannot_be_read_stays_and_stops_no_other(memory: World) -> None:
    good = waiting("good", a_test(1))
    leave(memory, good, waiting("of another size", a_test(2), items=ITEMS + 1), replace(good, key="z" * 26, packed=b"\x09"))
    first = publish(memory)
    assert first.versions == 1
    assert (first.batches + first.unreadable, left(memory.services.ports.exposure_batches)) == (3, first.unreadable)
    memory.clock.forward(PACE)
    assert publish(memory) == Published(unreadable=first.unreadable)


def test_a_series_that_fails_stops_no_other(memory: World) -> None:
    broken, whole = Series("a" * 26, "practice"), Series("b" * 26, "practice")
    leave(memory, waiting("a", a_test(1)), series=broken)
    leave(memory, waiting("b", a_test(2)), series=whole)
    versions: Any = Failing(memory.services.ports.exposure_versions, broken)
    services = Services(memory.services.settings, replace(memory.services.ports, exposure_versions=versions))
    assert services.publishing.publish() == Published(versions=1, batches=1, tests=1, failed=1)
    assert left(memory.services.ports.exposure_batches, broken) == 1


class Failing:
    """A log of versions out of reach for one series."""

    def __init__(self, versions: Any, series: Series) -> None:
        self._versions, self._series = versions, series

    def append(self, series: Series, *arguments: Any) -> Any:
        if series == self._series:
            raise UnavailableError("store-unavailable", "The store did not answer.")
        return self._versions.append(series, *arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._versions, name)


def test_a_start_is_the_first_version_and_keeps_its_limits_and_prices(memory: World) -> None:
    limits = Limits(0.1)
    start = replace(ExposureTable.free(ITEMS, limits), prices=np.full((1, ITEMS), 0.5, np.float32))
    assert memory.services.publishing.begin(SERIES, start, single_fold([a_test(1)], limits)) == 1
    memory.clock.forward(PACE)
    leave(memory, waiting("a", *(a_test(number, items=(0,)) for number in range(9))))
    assert publish(memory).versions == 1
    table = last_table(memory)
    assert (table.version, table.limits) == (2, limits)
    assert np.all(table.prices == 0.5)
    assert table.eligibility[0, 0] == pytest.approx(0.1, abs=0.02)


def test_a_start_over_a_version_that_was_not_acknowledged_counts_no_batch_twice() -> None:
    with moto_world() as world:
        leave(world, *(waiting(f"batch {number}", a_test(number)) for number in range(3)))
        with pytest.raises(Killed):
            dying(world, Life(3)).publishing.publish()
        assert left(world.services.ports.exposure_batches) == 3
        fresh = Tally.nothing(ITEMS, LIMITS)
        assert world.another_process().publishing.begin(SERIES, ExposureTable.free(ITEMS), fresh) == 2
        assert left(world.services.ports.exposure_batches) == 0
        world.clock.forward(PACE)
        assert publish(world) == Published()


def test_a_start_with_other_strata_goes_on_with_tests_that_pinned_the_table_before(memory: World) -> None:
    leave(memory, waiting("a", a_test(1)))
    publish(memory)
    limits = Limits(0.2, 0.3, (0.0,))
    memory.services.publishing.begin(SERIES, ExposureTable.free(ITEMS, limits), Tally.nothing(ITEMS, limits))
    memory.clock.forward(PACE)
    leave(memory, waiting("b", a_test(2, version=1), a_test(3, version=2)))
    assert publish(memory).tests == 2
    assert tally_of(memory.services.ports.exposure_versions).sessions.sum() == pytest.approx(2, abs=1e-3)
    assert last_table(memory).eligibility.shape == (2, ITEMS)


def test_of_two_starts_at_once_one_is_told_to_ask_again(memory: World) -> None:
    barrier = threading.Barrier(2)
    versions: Any = AppendTogether(memory.services.ports.exposure_versions, barrier)
    services = Services(memory.services.settings, replace(memory.services.ports, exposure_versions=versions))

    def begin(_: int) -> int | str:
        try:
            return services.publishing.begin(SERIES, ExposureTable.free(ITEMS), Tally.nothing(ITEMS, LIMITS))
        except ConflictError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(begin, range(2)))) == ["1", "exposure-overtaken"]


@pytest.mark.parametrize(
    ("since_seconds", "minute", "due"),
    [(0, 30, False), (9.9, 30, False), (10, 30, True), (6 * 86_400, 30, True), (8 * 86_400, 30, False), (8 * 86_400, 0, True)],
)
def test_a_series_is_due_after_ten_seconds_and_one_asleep_once_an_hour(since_seconds: float, minute: int, due: bool) -> None:
    now = Instant(20_000 * DAY + minute * 60_000)
    assert is_due(Instant(round(now - since_seconds * 1000)), now) is due


def test_a_clock_that_went_back_publishes_nothing_until_it_has_caught_up(memory: World) -> None:
    leave(memory, waiting("a", a_test(1)))
    publish(memory)
    leave(memory, waiting("b", a_test(2)))
    memory.clock.forward(-120)
    assert publish(memory) == Published()
    memory.clock.forward(130)
    assert publish(memory).tests == 1
