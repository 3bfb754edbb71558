"""Eight clients at once, with real threads, on every store: one entry, equal replies, the rest refused."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.assessments.answering import Submission
from chalicelib.assessments.model import Entry, EntryKind, Tail
from chalicelib.assessments.starting import Wish
from chalicelib.assessments.views import Progress, Served
from chalicelib.kernel.errors import ConflictError, UnavailableError
from chalicelib.wiring import Services
from tests.worlds import STORES, World, play_on, submission, world_of

PERSON, CLIENTS = "p1", 8


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A service over each kind of store, and over each client of the real ones, in turn."""
    with world_of(request.param, lambda: str(request.getfixturevalue("ministack_url"))) as made:
        yield made


class ReadTogether:
    """A log store whose first read waits for all the others': everybody decides from the same state."""

    def __init__(self, log: Any, barrier: threading.Barrier) -> None:
        self._log, self._barrier, self._met = log, barrier, False

    def tail(self, assessment_id: str) -> Tail | None:
        tail: Tail | None = self._log.tail(assessment_id)
        if not self._met:
            self._met = True
            self._barrier.wait(30)
        return tail

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


def at_once(world: World, calls: Sequence[Callable[[Services], Progress]]) -> list[Progress | ConflictError]:
    """Each call by a process of its own, all deciding from the same read."""
    barrier = threading.Barrier(len(calls))
    processes = []
    for _ in calls:
        ports = world.another_process().ports
        again = replace(ports, log=ReadTogether(ports.log, barrier))
        processes.append(Services(world.services.settings, again))

    def one(process: Services, call: Callable[[Services], Progress]) -> Progress | ConflictError:
        try:
            return call(process)
        except ConflictError as refused:
            return refused

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, processes, calls))


def begin(world: World) -> tuple[Progress, Served]:
    progress, _ = world.services.starting.start(PERSON, Wish("1", "fr"))
    assert isinstance(progress.next, Served)
    return progress, progress.next


def answered(world: World, progress: Progress) -> list[Entry]:
    entries = world.services.ports.log.entries(progress.assessment_id)
    assert [entry.number for entry in entries] == list(range(len(entries)))
    return [entry for entry in entries if entry.kind is EntryKind.ANSWERED]


def answering(progress: Progress, sent: Submission) -> Callable[[Services], Progress]:
    return lambda services: services.answering.answer(progress.assessment_id, PERSON, sent)


def test_eight_identical_answers_store_one_entry_and_get_equal_replies(world: World) -> None:
    progress, _ = begin(world)
    replies = at_once(world, [answering(progress, submission(world, progress))] * CLIENTS)
    assert len(answered(world, progress)) == 1
    assert all(reply == replies[0] for reply in replies)
    assert isinstance(replies[0], Progress)


def test_of_different_answers_one_wins_and_the_others_are_refused(world: World) -> None:
    progress, shown = begin(world)
    right, skip = submission(world, progress), Submission(1, shown.challenge.id, None)
    replies = at_once(world, [answering(progress, sent) for sent in (right, skip) * (CLIENTS // 2)])
    (entry,) = answered(world, progress)
    won = [isinstance(reply, Progress) for reply in replies]
    assert won in ([True, False] * (CLIENTS // 2), [False, True] * (CLIENTS // 2))
    assert (entry.value is None) == won[1]
    assert {reply.code for reply in replies if isinstance(reply, ConflictError)} == {"step-already-answered"}


def test_an_answer_and_focus_losses_at_once_are_all_told_the_truth(world: World) -> None:
    progress, _ = begin(world)
    sent = submission(world, progress)

    def lose(services: Services) -> Progress:
        return services.answering.lose_focus(progress.assessment_id, PERSON, 1)

    replies = at_once(world, [answering(progress, sent), lose] * (CLIENTS // 2))
    assert len(answered(world, progress)) == 1
    assert all(isinstance(reply, Progress) for reply in replies[::2])
    kinds = [entry.kind for entry in world.services.ports.log.entries(progress.assessment_id)]
    assert kinds.count(EntryKind.FOCUS_LOST) <= 1


def test_eight_begins_at_once_open_the_challenge_once(world: World) -> None:
    progress, _ = begin(world)
    progress = play_on(world, PERSON, progress, answers=5)
    before = world.services.ports.log.entries(progress.assessment_id)
    calls = [lambda services: services.answering.begin(progress.assessment_id, PERSON, 6)] * CLIENTS
    replies = at_once(world, calls)
    assert all(reply == replies[0] for reply in replies)
    after = world.services.ports.log.entries(progress.assessment_id)
    assert [entry.kind for entry in after[len(before) :]] == [EntryKind.SERVED]


def test_eight_starts_at_once_start_one_assessment(world: World) -> None:
    barrier = threading.Barrier(CLIENTS)

    def start(process: Services) -> Progress:
        barrier.wait(30)
        return process.starting.start(PERSON, Wish("1", "fr"))[0]

    with ThreadPoolExecutor(CLIENTS) as pool:
        replies = list(pool.map(start, [world.another_process() for _ in range(CLIENTS)]))
    assert all(reply == replies[0] for reply in replies)
    assert len(world.services.ports.people.person(PERSON).attempts) == 1


def test_who_loses_every_race_is_told_to_come_back(memory: World) -> None:
    progress, _ = begin(memory)
    log = memory.services.ports.log

    class AlwaysTaken:
        def append(self, assessment_id: str, entry: Entry) -> Entry | None:
            return log.entry(assessment_id, 0)

        def __getattr__(self, name: str) -> Any:
            return getattr(log, name)

    ports = memory.services.ports
    unlucky = Services(memory.services.settings, replace(ports, log=AlwaysTaken()))
    with pytest.raises(UnavailableError) as told:
        unlucky.answering.answer(progress.assessment_id, PERSON, submission(memory, progress))
    assert told.value.code == "assessment-busy"
    assert len(log.entries(progress.assessment_id)) == 1
