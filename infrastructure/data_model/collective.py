"""The part of the journey that is about everybody: exposure control, and the views that count."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from chalicelib.assessments.exposure.codec import pack_batch
from chalicelib.assessments.exposure.model import PRACTICE, FinishedBatch, FinishedTest, Series, WaitingBatch
from chalicelib.assessments.exposure.publishing import BETWEEN_VERSIONS_SECONDS, nothing_yet
from chalicelib.assessments.model import Tail
from chalicelib.campaigns.counters.finished import view_of
from chalicelib.kernel.errors import UnavailableError
from chalicelib.storage.counters import DynamoCounters
from infrastructure.data_model.stage import MeasuredStage

ROWS = 2
"""Of the views that are counted in: a real one has 128, and its roll-up costs as many read units more."""


class _DiesBeforeTheMark(DynamoCounters):
    """The store as a worker leaves it that dies too early."""

    def write_mark(self, *_: object, **__: object) -> None:
        raise UnavailableError("store-unavailable", "The worker died.")


@dataclass
class Collective:
    """What happens beside a person's own assessments."""

    stage: MeasuredStage
    release_id: str

    def count(self, tail: Tail, *, measured: bool, dies: bool) -> None:
        """A worker counts the person, unless it dies between the row and the mark, and leaves the assessment to exposure control."""
        with self.stage.doing("results_worker") as services:
            services.ports.counters.enrol(view_of(tail.start.scope), ROWS)
        with self.stage.doing("results_worker", "worker: the person counted in a view" if measured else "") as services:
            store, finished = services.ports.counters, services.counting.finished
            if dies:
                assert isinstance(store, DynamoCounters)
                dying = _DiesBeforeTheMark(store.registry, store.people)
                finished = replace(finished, counting=replace(finished.counting, marks=dying))
            with suppress(UnavailableError):
                finished.count([tail])
        with self.stage.doing("results_worker", "worker: a batch for exposure control" if measured else "") as services:
            services.counting.exposure.count([tail])

    def roll_up(self, measured: str = "") -> None:
        """The minute of the views."""
        with self.stage.doing("counter_summaries", measured) as services:
            services.summarising.summarise()

    def reconcile(self) -> None:
        """What a worker that died left uncounted is counted."""
        with self.stage.doing("counters reconcile") as services:
            services.reconciling.reconcile(list(services.ports.counters.enrolled()), repair=True)

    def show(self) -> None:
        """A reader of collective results."""
        with self.stage.doing("counters show", "summary of a view") as services:
            view = view_of("1.1")
            services.ports.counters.shards(view)
            services.ports.counters.summary(view)

    def exposure(self) -> None:
        """Two tables are published by hand; the next is made of the tests that wait, one of which pinned the first; one is read."""
        series, items = Series(self.release_id, PRACTICE), len(self.stage.kept[self.release_id])
        with self.stage.doing("exposure publish") as services:
            nothing = nothing_yet(items)
            for _ in range(2):
                services.publishing.begin(series, nothing.table, nothing.counts.tally)
        with self.stage.doing("results_worker") as services:
            packed = pack_batch(FinishedBatch(items, (FinishedTest(1, 0, (1, 2, 3)),)))
            services.ports.exposure_batches.add(series, WaitingBatch(self.stage.ids.new(), packed))
        self.stage.clock.forward(BETWEEN_VERSIONS_SECONDS)
        with self.stage.doing("exposure_writer", "exposure writer: one series with five batches") as services:
            services.publishing.publish()
        with self.stage.doing("exposure show") as services:
            services.ports.exposure_versions.last(series, strong=True)
        with self.stage.doing("controlled test", "exposure table of a test that starts") as services:
            services.exposure_tables.current(series.release, series.pool)
        with self.stage.doing("controlled test", cold=True) as services:
            services.exposure_tables.version(series.release, series.pool, 1)
