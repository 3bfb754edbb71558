"""The tables as tests read them: the last one for ten seconds, any version for ever."""

from __future__ import annotations

import numpy as np
import pytest

from chalicelib.assessments.exposure.model import LIMITS, Counts, Series, Snapshot
from chalicelib.assessments.exposure.tables import ExposureTables
from chalicelib.engine.exposure import ExposureTable, Tally
from chalicelib.kernel.errors import NotFoundError, UnavailableError
from chalicelib.storage.exposure import StoredExposureVersions
from tests.worlds import World, moto_world

POOL = "practice"


def publish(world: World, number: int) -> ExposureTable:
    """A version whose first item has an eligibility of its own."""
    items = len(world.release)
    table = ExposureTable(number, LIMITS, np.ones((1, items)), np.zeros((1, items), np.float32))
    table.eligibility[0, 0] = number / 16
    series = Series(world.release.id, POOL)
    assert world.services.ports.exposure_versions.append(
        series, Snapshot(table, Counts(Tally.nothing(items, LIMITS), ())), world.clock.now()
    )
    return table


def tables(world: World) -> ExposureTables:
    return world.another_process().exposure_tables


def test_before_anything_is_published_the_table_is_free_under_the_limits_of_the_rule_book(world: World) -> None:
    table = tables(world).current(world.release.id, POOL)
    assert (table.version, table.limits, table.guarded, table.priced) == (0, LIMITS, False, False)
    assert table.eligibility.shape == (1, len(world.release))
    assert tables(world).version(world.release.id, POOL, 0).version == 0


def test_the_last_version_is_the_current_one_within_ten_seconds(world: World) -> None:
    publish(world, 1)
    warm = tables(world)
    assert warm.current(world.release.id, POOL).version == 1
    publish(world, 2)
    world.clock.forward(9.9)
    assert warm.current(world.release.id, POOL).version == 1
    world.clock.forward(0.1)
    current = warm.current(world.release.id, POOL)
    assert (current.version, current.eligibility[0, 0]) == (2, 2 / 16)


def test_a_version_that_a_test_pinned_is_read_for_ever(world: World) -> None:
    for number in (1, 2, 3):
        publish(world, number)
    warm = tables(world)
    assert warm.current(world.release.id, POOL).version == 3
    for number in (1, 2, 3):
        assert warm.version(world.release.id, POOL, number).eligibility[0, 0] == number / 16


@pytest.mark.parametrize("number", [2, 99])
def test_a_version_that_never_was_is_not_found(memory: World, number: int) -> None:
    publish(memory, 1)
    with pytest.raises(NotFoundError):
        tables(memory).version(memory.release.id, POOL, number)


def test_pools_have_tables_of_their_own(memory: World) -> None:
    publish(memory, 1)
    assert tables(memory).current(memory.release.id, "demonstration").version == 0


def test_a_warm_function_reads_the_log_once_in_ten_seconds_for_half_a_unit_and_a_table_once() -> None:
    with moto_world() as world:
        publish(world, 1)
        warm = world.services.exposure_tables
        world.meter.reset()
        seen = {id(warm.current(world.release.id, POOL)) for _ in range(50)}
        assert (world.meter.reads, world.meter.calls, len(seen)) == (0.5, ["Query"], 1)
        world.clock.forward(10)
        warm.current(world.release.id, POOL)
        assert world.meter.reads == 1.0
        warm.version(world.release.id, POOL, 1)
        assert world.meter.reads == 1.0


def test_a_damaged_or_missing_table_is_unavailable_never_served() -> None:
    with moto_world() as world:
        publish(world, 1)
        bucket = world.services.settings.releases_bucket
        listed = world.clients.s3.list_objects_v2(Bucket=bucket, Prefix="exposure/")["Contents"]
        assert len(listed) == 2
        for entry in listed:
            assert entry["Key"].startswith(f"exposure/{world.release.id}/{POOL}/00000001-")
            world.clients.s3.put_object(Bucket=bucket, Key=entry["Key"], Body=b"spoilt")
        with pytest.raises(UnavailableError) as damaged:
            tables(world).current(world.release.id, POOL)
        assert damaged.value.code == "exposure-damaged"
        for entry in listed:
            world.clients.s3.delete_object(Bucket=bucket, Key=entry["Key"])
        with pytest.raises(UnavailableError) as missing:
            tables(world).current(world.release.id, POOL)
        assert missing.value.code == "exposure-unavailable"
        assert isinstance(world.services.ports.exposure_versions, StoredExposureVersions)
