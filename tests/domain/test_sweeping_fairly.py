"""The sweeper under load: failing marks, a full shard and a short minute hold up nothing for long."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from chalicelib.assessments.ports import LogStore
from chalicelib.assessments.starting import Wish
from chalicelib.assessments.sweeping import BATCH, SWEEP_SECONDS, Sweep, SweepOutbox
from chalicelib.kernel.clock import Instant, later
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import Envelope
from tests.fakes.memory import NOVEMBER_2026, FixedClock, MemoryLogs
from tests.worlds import World, memory_world


@dataclass
class Choosy:
    """A queue that refuses some events for ever."""

    refused: set[str] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)

    def send(self, envelope: Envelope) -> None:
        if envelope.data.assessment_id in self.refused:
            raise UnavailableError("store-unavailable", "The queue does not answer.")
        self.sent.append(envelope.data.assessment_id)


@dataclass
class Ticking:
    """A clock by which every look takes some seconds."""

    clock: FixedClock
    seconds: float

    def now(self) -> Instant:
        self.clock.forward(self.seconds)
        return self.clock.now()


@dataclass
class Backlog:
    """Ended assessments whose messages were never sent, and a sweeper."""

    world: World
    log: MemoryLogs
    sweeping: SweepOutbox
    sender: Choosy

    def add(self, shard: int, *names: str) -> None:
        """Ended assessments of these names in this shard, oldest first."""
        first, last = self.log.entries_by_assessment["model"]
        assert first.start is not None
        for place, name in enumerate(names):
            start = first.start.model_copy(update={"assessment_id": name})
            since = later(NOVEMBER_2026, place - 10_000)
            ended = replace(last, mark=f"results#{shard:02d}", mark_at=since)
            self.log.entries_by_assessment[name] = [replace(first, start=start), ended]

    def sweep(self) -> Sweep:
        """What the sweep of the next minute did."""
        self.world.clock.forward(60)
        return self.sweeping.sweep()


@pytest.fixture
def backlog() -> Backlog:
    world = memory_world()
    progress, _ = world.services.starting.start("p1", Wish("1.1", "fr"))
    world.services.ending.finish(progress.assessment_id, "p1")
    log = world.services.ports.log
    assert isinstance(log, MemoryLogs)
    log.entries_by_assessment = {"model": log.entries_by_assessment[progress.assessment_id]}
    sender = Choosy()
    outbox = replace(world.services.desk.outbox, sender=sender)
    sweeping = replace(world.services.sweeping, outbox=outbox)
    return Backlog(world, log, sweeping, sender)


def named(prefix: str, number: int) -> list[str]:
    return [f"{prefix}{place}" for place in range(number)]


def test_marks_that_fail_for_ever_block_none_behind_them(backlog: Backlog) -> None:
    stuck = named("stuck", 2 * BATCH + 1)
    backlog.add(3, *stuck, *named("fine", BATCH))
    backlog.add(9, "other")
    backlog.sender.refused = set(stuck)
    swept = backlog.sweep()
    assert (swept.failed, swept.delivered, swept.undelivered) == (len(stuck), BATCH + 1, len(stuck) + BATCH + 1)
    assert set(backlog.sender.sent) == {*named("fine", BATCH), "other"}
    backlog.world.clock.forward(-30)
    assert backlog.sweep().failed == len(stuck), "even when the next minute comes early, each is tried again"


def test_a_shard_with_more_than_a_batch_gives_way_after_one(backlog: Backlog) -> None:
    backlog.add(0, *named("full", 3 * BATCH))
    for shard in range(1, 16):
        backlog.add(shard, f"alone{shard}")
    backlog.sweep()
    alone = [place for place, name in enumerate(backlog.sender.sent) if name.startswith("alone")]
    assert max(alone) < 2 * BATCH
    assert len(backlog.sender.sent) == 3 * BATCH + 15


def test_a_sweep_ends_in_time_and_the_next_ones_finish_the_work(backlog: Backlog) -> None:
    for shard in range(16):
        backlog.add(shard, *named(f"of{shard}-", 3))
    backlog.sweeping = replace(backlog.sweeping, clock=Ticking(backlog.world.clock, SWEEP_SECONDS / 8))
    swept = [backlog.sweep() for _ in range(7)]
    assert [one.delivered for one in swept] == [8, 8, 8, 8, 8, 8, 0]
    assert len(set(backlog.sender.sent)) == 48


def test_sweeps_that_are_cut_short_begin_with_different_shards(backlog: Backlog) -> None:
    for shard in range(16):
        backlog.add(shard, *named(f"of{shard}-", 30))
    backlog.sweeping = replace(backlog.sweeping, clock=Ticking(backlog.world.clock, SWEEP_SECONDS))
    for _ in range(8):
        backlog.sweep()
    assert len({name.split("-")[0] for name in backlog.sender.sent}) >= 4


class Unpostponable:
    """A log whose marks cannot be postponed just now."""

    def __init__(self, log: LogStore) -> None:
        self._log = log

    def postpone(self, *_: Any) -> Any:
        raise UnavailableError("store-unavailable", "The store does not answer.")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


def test_a_mark_that_cannot_even_be_postponed_stops_no_other(backlog: Backlog) -> None:
    backlog.add(3, "stuck", "fine")
    backlog.sender.refused = {"stuck"}
    log: Any = Unpostponable(backlog.log)
    backlog.sweeping = replace(backlog.sweeping, log=log)
    swept = backlog.sweep()
    assert (swept.failed, swept.delivered, backlog.sender.sent) == (1, 1, ["fine"])


def test_a_mark_that_the_index_shows_after_it_was_settled_is_not_sent_again(backlog: Backlog) -> None:
    backlog.add(3, "done")

    class Lagging(MemoryLogs):
        def entry(self, assessment_id: str, number: int) -> Any:
            found = super().entry(assessment_id, number)
            return found and replace(found, mark=None, mark_at=None)

    log = Lagging(backlog.log.entries_by_assessment)
    backlog.sweeping = replace(backlog.sweeping, log=log)
    assert backlog.sweep() == Sweep(undelivered=1, oldest_seconds=70)
    assert backlog.sender.sent == []
