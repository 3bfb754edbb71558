"""The state as bytes, and the audit that recomputes a log."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.assessments.auditing import audit
from chalicelib.assessments.codec import (
    ANSWER_BYTES,
    HEADER_BYTES,
    UnreadableStateError,
    pack_answer,
    pack_state,
    unpack_answer,
    unpack_state,
)
from chalicelib.assessments.course import Course
from chalicelib.assessments.model import Entry, Given, Outcome, Pending, State, StopReason
from chalicelib.assessments.starting import Wish
from chalicelib.kernel.clock import Instant
from tests.worlds import World, play_on

instants = st.integers(1, (1 << 48) - 1).map(Instant)
states = st.builds(
    State,
    answers=st.lists(
        st.builds(Given, st.integers(0, (1 << 14) - 1), st.sampled_from(Outcome), st.integers(1, 127)), max_size=200
    ).map(tuple),
    pending=st.none() | st.builds(Pending, st.integers(0, (1 << 14) - 1), st.none() | instants, st.booleans()),
    stop=st.none() | st.sampled_from(StopReason),
    active_at=instants,
)


@given(states)
def test_a_state_comes_back_from_its_bytes(state: State) -> None:
    assert unpack_state(pack_state(state)) == state


@given(states)
def test_a_state_takes_three_bytes_an_answer(state: State) -> None:
    assert len(pack_state(state)) == HEADER_BYTES + ANSWER_BYTES * len(state.answers)


@pytest.mark.parametrize("damaged", [b"", b"\x01", b"\x02" + b"\x00" * 16, b"\x01" + b"\x00" * 18])
def test_bytes_that_are_no_state_of_ours_are_refused(damaged: bytes) -> None:
    with pytest.raises(UnreadableStateError):
        unpack_state(damaged)


@pytest.mark.parametrize(
    "given_", [Given(1 << 14, Outcome.CORRECT, 1), Given(0, Outcome.CORRECT, 128), Given(0, Outcome.CORRECT, 0)]
)
def test_what_does_not_fit_in_a_log_is_refused_not_cut(given_: Given) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        pack_state(State((given_,), None, None, Instant(1)))


def test_the_bytes_of_a_state_never_change() -> None:
    """Stored logs are read for years: this is version 1, byte for byte."""
    given_ = (Given(5, Outcome.INCORRECT, 1), Given(16383, Outcome.TIMED_OUT, 127))
    state = State(given_, Pending(258, Instant(1_795_000_000_000), True), StopReason.ABANDONED, Instant(1_795_000_000_001))
    assert pack_state(state).hex() == "0105070102" + "01a1ee565e00" + "01a1ee565e01" + "001481" + "fffdff"


_answers = st.one_of(
    st.none(),
    st.text(max_size=60),
    st.lists(st.text("abc", min_size=1, max_size=1), max_size=4).map(tuple),
    st.lists(st.text(max_size=30), min_size=2, max_size=8).map(tuple),
)


@given(_answers)
def test_an_answer_comes_back_from_its_bytes(answer: str | tuple[str, ...] | None) -> None:
    assert unpack_answer(pack_answer(answer)) == answer


def test_the_bytes_of_an_answer_never_change() -> None:
    assert pack_answer("été") == b"=\xc3\xa9t\xc3\xa9"
    assert pack_answer(("c", "a", "b")) == b"#c,a,b"
    assert pack_answer(("été", "", "b")) == b"*\x05\xc3\xa9t\xc3\xa9\x00\x01b"
    assert pack_answer(None) is None


@given(st.lists(st.integers(1, 30), min_size=1, max_size=40))
def test_the_entry_of_a_step_is_found_from_the_distances(distances: list[int]) -> None:
    state = State(tuple(Given(0, Outcome.CORRECT, one) for one in distances), None, None, Instant(1))
    assert [state.entry_of(step) for step in range(1, len(distances) + 1)] == [
        sum(distances[:step]) for step in range(1, len(distances) + 1)
    ]


def a_log(world: World) -> tuple[Course, list[Entry]]:
    progress, _ = world.services.starting.start("p1", Wish("1", "fr"))
    progress = play_on(world, "p1", progress, answers=3)
    if progress.next is not None and progress.next.phase == "served":
        world.services.answering.lose_focus(progress.assessment_id, "p1", progress.next.step)
    progress = play_on(world, "p1", progress, answers=3, right=False)
    world.services.ending.finish(progress.assessment_id, "p1")
    entries = world.services.ports.log.entries(progress.assessment_id)
    assert entries[0].start is not None
    return world.services.desk.courses.of(entries[0].start), entries


def test_an_untouched_log_shows_no_difference(world: World) -> None:
    course, entries = a_log(world)
    assert len(entries) >= 8
    assert audit(course, entries) == []


def test_a_whole_framework_recomputes_without_a_difference(memory: World) -> None:
    progress, _ = memory.services.starting.start("p1", Wish("crcn", "en"))
    play_on(memory, "p1", progress, right=False)
    entries = memory.services.ports.log.entries(progress.assessment_id)
    assert entries[0].start is not None
    assert audit(memory.services.desk.courses.of(entries[0].start), entries) == []


def test_an_answer_changed_afterwards_is_found(memory: World) -> None:
    course, entries = a_log(memory)
    entries[1] = replace(entries[1], value=None)
    assert [one.what for one in audit(course, entries)] == ["state"]


def test_an_outcome_changed_afterwards_is_found(memory: World) -> None:
    course, entries = a_log(memory)
    state = entries[1].state
    entries[1] = replace(entries[1], state=replace(state, answers=(replace(state.answers[0], outcome=Outcome.SKIPPED),)))
    assert {one.entry for one in audit(course, entries)} >= {1}


def test_an_answer_of_a_form_that_its_challenge_cannot_read_is_found(memory: World) -> None:
    course, entries = a_log(memory)
    answered = [place for place, entry in enumerate(entries) if entry.value is not None]
    forms = (pack_answer("a"), pack_answer(("a", "b", "c", "d", "e", "f")))
    for place in answered:
        for form in forms:
            changed = [*entries[:place], replace(entries[place], value=form), *entries[place + 1 :]]
            assert {one.what for one in audit(course, changed)} <= {"answer", "state"}


def test_an_entry_removed_or_a_clock_put_back_is_found(memory: World) -> None:
    course, entries = a_log(memory)
    assert {one.what for one in audit(course, entries[:2] + entries[3:])} >= {"number"}
    entries[2] = replace(entries[2], at=Instant(entries[1].at - 1))
    assert "time" in {one.what for one in audit(course, entries)}
