"""Finished tests over a small release, left to the writer as a worker would."""

from __future__ import annotations

import numpy as np

from chalicelib.assessments.exposure.codec import pack_batch
from chalicelib.assessments.exposure.model import LIMITS, SHARDS, FinishedBatch, FinishedTest, Series, WaitingBatch
from chalicelib.assessments.exposure.ports import ExposureBatches, ExposureVersions
from chalicelib.engine.exposure import Batch, ExposureTable, Limits, Tally
from chalicelib.kernel.ids import derive_id

ITEMS = 12
SERIES = Series("r" * 26, "practice")


def a_test(number: int = 0, items: tuple[int, ...] | None = None, version: int = 0, length: int = 4) -> FinishedTest:
    """A test that chance draws by its number."""
    rng = np.random.default_rng(number)
    drawn = tuple(rng.choice(ITEMS, length, replace=False).tolist()) if items is None else items
    return FinishedTest(version, round(float(rng.normal()) * 1000), drawn)


def waiting(name: str, *tests: FinishedTest, items: int = ITEMS) -> WaitingBatch:
    """A batch of these tests, keyed by its name."""
    return WaitingBatch(derive_id(name), pack_batch(FinishedBatch(items, tests)))


def left(batches: ExposureBatches, series: Series = SERIES) -> int:
    """How many batches wait."""
    return sum(len(batches.waiting(series, shard, 10_000)) for shard in range(SHARDS))


def tally_of(versions: ExposureVersions, series: Series = SERIES) -> Tally:
    """The counts of the last version."""
    last = versions.last(series, strong=True)
    assert last is not None
    return versions.counts(series, last).tally


def single_fold(tests: list[FinishedTest], limits: Limits = LIMITS, items: int = ITEMS) -> Tally:
    """The tally of all these tests at once, none of which pinned a table."""
    batch = Batch.of(items, limits, [(test.ability, np.array(test.items, np.intp)) for test in tests])
    return Tally.nothing(items, limits).after(batch, ExposureTable.free(items, limits))


def same(one: Tally, other: Tally) -> bool:
    """Whether two tallies are equal, exactly."""
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("sessions", "given", "eligible"))
