"""What every store of logs promises: run on the fake, on moto and on MiniStack, so that the fake cannot lie."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.assessments.model import Entry, EntryKind, Given, Outcome, Pending, Start, State, StopReason
from chalicelib.assessments.ports import LogStore
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.outbox import Postponed
from tests.worlds import World

ID = "a" * 26


@pytest.fixture
def log(world: World) -> LogStore:
    return world.services.ports.log


def a_start(assessment_id: str = ID) -> Start:
    return Start(
        assessment_id=assessment_id,
        person_id="p1",
        scope="1.1",
        attempt=1,
        started_at=Instant(1_000),
        release="r",
        engine=1,
        secret=1,
        locale="fr",
        needs=(),
        device="any",
        length=200,
        targets="44",
        known="." * 16,
        priors=((0, 1000),),
        seen=(3,),
    )


def a_state(answers: int = 0) -> State:
    given = tuple(Given(number, Outcome.CORRECT, 1) for number in range(answers))
    return State(given, Pending(answers, Instant(1_000 + answers)), None, Instant(1_000 + answers))


def first_entry(assessment_id: str = ID) -> Entry:
    start = a_start(assessment_id)
    return Entry(0, EntryKind.STARTED, Instant(1_000), "start", a_state(), mark="due#03", mark_at=Instant(9_000), start=start)


def an_answer(number: int = 1, value: bytes | None = b'"a"') -> Entry:
    return Entry(number, EntryKind.ANSWERED, Instant(1_000 + number), f"answer:{number}", a_state(number), value)


def test_an_assessment_that_was_never_started_has_no_tail(log: LogStore) -> None:
    assert log.tail(ID) is None
    assert log.entry(ID, 0) is None
    assert log.entries(ID) == []


def test_the_first_entry_is_read_back_whole(log: LogStore) -> None:
    assert log.create(first_entry()) == first_entry()
    tail = log.tail(ID)
    assert tail is not None
    assert (tail.start, tail.last) == (a_start(), first_entry())


def test_creating_twice_keeps_the_first(log: LogStore) -> None:
    log.create(first_entry())
    other = replace(first_entry(), at=Instant(5_000))
    assert log.create(other) == first_entry()
    assert log.entries(ID) == [first_entry()]


def test_an_appended_entry_becomes_the_tail_and_the_start_stays_with_it(log: LogStore) -> None:
    log.create(first_entry())
    assert log.append(ID, an_answer()) is None
    tail = log.tail(ID)
    assert tail is not None
    assert (tail.start, tail.last) == (a_start(), an_answer())


def test_a_number_is_taken_once_and_the_loser_is_given_the_entry_that_took_it(log: LogStore) -> None:
    log.create(first_entry())
    log.append(ID, an_answer())
    other = an_answer(value=b'"b"')
    assert log.append(ID, other) == an_answer()
    assert log.entries(ID) == [first_entry(), an_answer()]


def test_a_skip_an_end_and_every_kind_of_pending_are_read_back_whole(log: LogStore) -> None:
    log.create(first_entry())
    skipped = an_answer(1, None)
    announced = replace(an_answer(2), state=replace(a_state(2), pending=Pending(7, None)))
    lost = replace(an_answer(3), state=replace(a_state(3), pending=Pending(7, Instant(44), focus_lost=True)))
    ended = Entry(4, EntryKind.ENDED, Instant(2_000), "end", replace(a_state(3), pending=None, stop=StopReason.ABANDONED))
    for entry in (skipped, announced, lost, ended):
        assert log.append(ID, entry) is None
    assert log.entries(ID)[1:] == [skipped, announced, lost, ended]


def test_entries_come_in_order_and_by_range_past_number_nine(log: LogStore) -> None:
    log.create(first_entry())
    for number in range(1, 13):
        log.append(ID, an_answer(number))
    assert [entry.number for entry in log.entries(ID)] == list(range(13))
    assert [entry.number for entry in log.entries_between(ID, 8, 11)] == [8, 9, 10, 11]
    assert log.entry(ID, 12) == an_answer(12)
    assert log.entry(ID, 13) is None


def test_marked_entries_are_found_when_old_enough_oldest_first(log: LogStore) -> None:
    younger, older = first_entry("b" * 26), replace(first_entry("c" * 26), mark_at=Instant(8_000))
    for entry in (younger, older):
        log.create(entry)
    assert log.marked("due#03", Instant(7_999), 10) == []
    assert [found.assessment_id[0] for found in log.marked("due#03", Instant(9_000), 10)] == ["c", "b"]
    assert [found.assessment_id[0] for found in log.marked("due#03", Instant(9_000), 1)] == ["c"]
    assert log.marked("due#04", Instant(9_000), 10) == []


def test_clearing_a_mark_leaves_the_rest_of_the_entry_and_may_be_repeated(log: LogStore) -> None:
    log.create(first_entry())
    log.clear_mark(ID, 0, "results#03")
    assert log.entry(ID, 0) == first_entry()
    log.clear_mark(ID, 0, "due#03")
    log.clear_mark(ID, 0, "due#03")
    assert log.entry(ID, 0) == replace(first_entry(), mark=None, mark_at=None)
    assert log.marked("due#03", Instant(10_000), 10) == []


def test_a_mark_moves_only_from_where_it_was_seen(log: LogStore) -> None:
    log.create(first_entry())
    (seen,) = log.marked("due#03", Instant(9_000), 10)
    log.move_mark(seen, Instant(20_000))
    log.move_mark(seen, Instant(30_000))
    assert log.marked("due#03", Instant(19_999), 10) == []
    assert [found.marked_at for found in log.marked("due#03", Instant(40_000), 10)] == [20_000]


def test_failed_attempts_are_counted_from_the_first_instant_and_forgotten_when_the_mark_goes(log: LogStore) -> None:
    log.create(first_entry())
    for attempts in (1, 2, 3):
        (seen,) = log.marked("due#03", Instant(20_000), 10)
        assert log.postpone(seen, Instant(9_000 + attempts)) == Postponed(attempts, Instant(9_000))
    assert log.postpone(seen, Instant(30_000)) is None, "it waits since another instant by now"
    log.clear_mark(ID, 0, "due#03")
    assert log.postpone(replace(seen, marked_at=Instant(9_003)), Instant(30_000)) is None
    assert log.entry(ID, 0) == replace(first_entry(), mark=None, mark_at=None)


def test_a_mark_that_is_moved_forgets_its_failures(log: LogStore) -> None:
    log.create(first_entry())
    (seen,) = log.marked("due#03", Instant(9_000), 10)
    log.postpone(seen, Instant(9_500))
    log.move_mark(replace(seen, marked_at=Instant(9_500)), Instant(20_000))
    (moved,) = log.marked("due#03", Instant(20_000), 10)
    assert log.postpone(moved, Instant(21_000)) == Postponed(1, Instant(20_000))


def test_an_entry_may_owe_several_queues_and_settles_what_was_sent(log: LogStore) -> None:
    log.create(first_entry().with_mark("certifications+results#03", Instant(9_000)))
    (seen,) = log.marked("certifications+results#03", Instant(9_000), 10)
    log.settle(seen, ("results",))
    log.settle(seen, ("certifications",))
    assert log.marked("certifications+results#03", Instant(9_000), 10) == []
    (left,) = log.marked("results#03", Instant(9_000), 10)
    assert left == replace(seen, mark="results#03")
    log.settle(left, ())
    assert log.entry(ID, 0) == replace(first_entry(), mark=None, mark_at=None)
