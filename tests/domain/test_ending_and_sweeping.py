"""Ending early, being abandoned, and the outbox: nothing that ended is ever lost, whatever fails in between."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.assessments.model import Entry, EntryKind, StopReason
from chalicelib.assessments.ports import LogStore
from chalicelib.assessments.starting import Wish
from chalicelib.assessments.sweeping import Sweep
from chalicelib.assessments.views import Progress
from chalicelib.kernel.errors import ConflictError
from chalicelib.wiring import Services
from tests.fakes.memory import MemorySender
from tests.worlds import World, play_on

PERSON = "p1"
HOUR = 3600


def started(world: World, answers: int = 2, scope: str = "1.1") -> Progress:
    progress, _ = world.services.starting.start(PERSON, Wish(scope, "fr"))
    return play_on(world, PERSON, progress, answers=answers)


def sender(world: World) -> MemorySender:
    assert isinstance(world.services.ports.sender, MemorySender)
    return world.services.ports.sender


def marks(world: World, progress: Progress) -> list[str | None]:
    return [entry.mark for entry in world.services.ports.log.entries(progress.assessment_id) if entry.mark]


def test_finishing_early_keeps_what_was_answered_and_may_be_repeated(world: World) -> None:
    progress = started(world)
    ended = world.services.ending.finish(progress.assessment_id, PERSON)
    assert (ended.status, ended.stop_reason, ended.answers) == ("finished", "stopped-by-person", 2)
    assert world.another_process().ending.finish(progress.assessment_id, PERSON) == ended
    kinds = [entry.kind for entry in world.services.ports.log.entries(progress.assessment_id)]
    assert kinds == [EntryKind.STARTED, EntryKind.ANSWERED, EntryKind.ANSWERED, EntryKind.ENDED]


def test_corrections_of_everything_open_when_it_is_over(memory: World) -> None:
    progress = started(memory)
    assert memory.services.reading.corrections(progress.assessment_id, PERSON, 0) == []
    memory.services.ending.finish(progress.assessment_id, PERSON)
    assert len(memory.services.reading.corrections(progress.assessment_id, PERSON, 0)) == 2
    assert [one.step for one in memory.services.reading.corrections(progress.assessment_id, PERSON, 1)] == [2]


def test_results_wait_for_the_end(memory: World) -> None:
    progress = started(memory)
    with pytest.raises(ConflictError) as refused:
        memory.services.reading.results(progress.assessment_id, PERSON)
    assert refused.value.code == "assessment-not-finished"


def test_the_end_is_sent_at_once_and_leaves_no_mark(memory: World) -> None:
    progress = started(memory, answers=1_000)
    assert [event.data.assessment_id for event in sender(memory).sent] == [progress.assessment_id]
    assert marks(memory, progress) == []


class LosesReplies:
    """A log whose appends are stored, but whose replies are lost: the client's own retry then finds its own entry."""

    def __init__(self, log: LogStore) -> None:
        self._log = log

    def append(self, assessment_id: str, entry: Entry) -> Entry | None:
        assert self._log.append(assessment_id, entry) is None
        return self._log.append(assessment_id, entry)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


def test_the_end_is_sent_at_once_though_the_reply_of_its_write_was_lost(memory: World) -> None:
    ports = memory.services.ports
    log: Any = LosesReplies(ports.log)
    memory.services = Services(memory.services.settings, replace(ports, log=log))
    progress = started(memory, answers=1_000)
    assert progress.status == "finished"
    assert [event.data.assessment_id for event in sender(memory).sent] == [progress.assessment_id]
    assert marks(memory, progress) == []


def test_a_send_that_fails_fails_nobody_and_the_sweeper_sends_after_a_minute(memory: World) -> None:
    sender(memory).down = True
    progress = started(memory, answers=1_000)
    assert progress.status == "finished"
    sender(memory).down = False
    memory.clock.forward(59)
    assert memory.services.sweeping.sweep() == Sweep()
    memory.clock.forward(1)
    assert memory.services.sweeping.sweep() == Sweep(delivered=1, undelivered=1, oldest_seconds=60)
    assert len(sender(memory).sent) == 1
    assert marks(memory, progress) == []
    assert memory.services.sweeping.sweep() == Sweep()


def minutes_of(world: World, number: int) -> list[Sweep]:
    """What this many sweeps did, a minute apart."""
    swept = []
    for _ in range(number):
        world.clock.forward(60)
        swept.append(world.services.sweeping.sweep())
    return swept


def test_the_sweeper_raises_an_alarm_at_the_fifth_failure_and_still_delivers_later(memory: World) -> None:
    sender(memory).down = True
    started(memory, answers=1_000)
    swept = minutes_of(memory, 6)
    assert [(one.failed, one.alarming) for one in swept] == [(1, 0)] * 4 + [(1, 1)] * 2
    assert [one.oldest_seconds for one in swept] == [60, 120, 180, 240, 300, 360], "it waits since the first failure"
    sender(memory).down = False
    assert [(one.delivered, one.undelivered) for one in minutes_of(memory, 2)] == [(1, 1), (0, 0)]


def test_an_abandoned_assessment_ends_by_itself_and_counts(world: World) -> None:
    progress = started(world)
    world.clock.forward(48 * HOUR - 1)
    assert world.services.sweeping.sweep().ended == 0
    world.clock.forward(1)
    assert world.another_process().sweeping.sweep().ended == 1
    tail = world.services.ports.log.tail(progress.assessment_id)
    assert tail is not None
    assert tail.last.state.stop is StopReason.ABANDONED
    profile = world.services.updating.finished(progress.assessment_id)
    assert profile.points > 0
    assert marks(world, progress) == []


def test_coming_back_in_time_gives_forty_eight_hours_more(memory: World) -> None:
    progress = started(memory, scope="1")
    memory.clock.forward(47 * HOUR)
    progress = play_on(memory, PERSON, progress, answers=1)
    memory.clock.forward(2 * HOUR)
    assert memory.services.sweeping.sweep() == Sweep(rearmed=1)
    memory.clock.forward(46 * HOUR - 1)
    assert memory.services.sweeping.sweep() == Sweep()
    memory.clock.forward(1)
    assert memory.services.sweeping.sweep() == Sweep(ended=1)


def test_an_assessment_that_ended_meanwhile_is_left_alone(memory: World) -> None:
    progress = started(memory, answers=1_000)
    memory.clock.forward(49 * HOUR)
    assert memory.services.sweeping.sweep() == Sweep()
    assert memory.services.reading.current(progress.assessment_id, PERSON).stop_reason == "nothing-unknown"


def test_one_mark_that_cannot_be_settled_stops_no_other(memory: World) -> None:
    broken, fine = started(memory), memory.services.starting.start("p2", Wish("1.1", "fr"))[0]
    logs = memory.services.ports.log.entries_by_assessment  # type: ignore[attr-defined]
    start = logs[broken.assessment_id][0].start
    elsewhere = start.model_copy(update={"release": "z" * 26})
    logs[broken.assessment_id][0] = replace(logs[broken.assessment_id][0], start=elsewhere)
    memory.clock.forward(49 * HOUR)
    swept = memory.services.sweeping.sweep()
    assert (swept.failed, swept.ended) == (1, 1)
    assert memory.services.reading.current(fine.assessment_id, "p2").status == "finished"
