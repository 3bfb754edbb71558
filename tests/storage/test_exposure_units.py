"""Capacity units of exposure control: one write for ten tests of 32 answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.assessments.exposure.model import Series
from tests.domain.exposure_builders import a_test, waiting
from tests.worlds import World, moto_world

SERIES = Series("r" * 26, "certification-of-2")
WIDE = 1 << 14


@pytest.fixture
def cloud() -> Iterator[World]:
    with moto_world() as world:
        yield world


def test_a_batch_of_ten_tests_of_32_answers_is_one_write_unit(cloud: World) -> None:
    tests = [a_test(number, items=tuple(range(WIDE - 32, WIDE)), version=100_000) for number in range(10)]
    cloud.services.ports.exposure_batches.add(SERIES, waiting("a", *tests, items=WIDE))
    assert (cloud.meter.writes, cloud.meter.reads, cloud.meter.calls) == (1.0, 0.0, ["PutItem"])


def test_ten_placements_of_200_answers_are_five_write_units(cloud: World) -> None:
    tests = [a_test(number, items=tuple(range(200))) for number in range(10)]
    cloud.services.ports.exposure_batches.add(SERIES, waiting("a", *tests, items=WIDE))
    assert cloud.meter.writes == 5.0


def test_a_run_reads_each_partition_once_and_writes_a_version_its_acknowledgement_and_the_deletions(cloud: World) -> None:
    batches = [waiting(f"batch {number}", a_test(number)) for number in range(5)]
    cloud.services.ports.exposure_batches.enrol(SERIES)
    for batch in batches:
        cloud.services.ports.exposure_batches.add(SERIES, batch)
    cloud.meter.reset()
    assert cloud.services.publishing.publish().tests == 5
    assert cloud.meter.reads == 18.0, "the series, the last version, 16 partitions"
    assert cloud.meter.writes == 2.0 + 5.0
    cloud.meter.reset()
    cloud.clock.forward(60)
    cloud.services.publishing.publish()
    assert (cloud.meter.reads, cloud.meter.writes) == (18.0, 0.0)
