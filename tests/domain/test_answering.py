"""Answering: retries, conflicts, announced challenges, time limits, focus. On every store."""

from __future__ import annotations

import pytest

from chalicelib.assessments.answering import Submission
from chalicelib.assessments.model import EntryKind, Outcome
from chalicelib.assessments.starting import Wish
from chalicelib.assessments.views import Announced, Progress, Served
from chalicelib.content.grading import grade
from chalicelib.content.grading.answers import read_answer
from chalicelib.content.texts import Locale
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from tests.content_of_tests import synthetic
from tests.worlds import World, memory_world, play_on, right_answer, submission, wrong_answer

PERSON = "p1"


def started(world: World, scope: str = "1", length: int | None = None) -> Progress:
    progress, new = world.services.starting.start(PERSON, Wish(scope, "fr", length=length))
    assert new
    return progress


def served(progress: Progress) -> Served:
    assert isinstance(progress.next, Served)
    return progress.next


def outcomes(world: World, progress: Progress) -> list[Outcome]:
    tail = world.services.ports.log.tail(progress.assessment_id)
    assert tail is not None
    return [given.outcome for given in tail.last.state.answers]


def test_the_reply_to_an_answer_carries_the_next_challenge(world: World) -> None:
    first = started(world)
    second = world.services.answering.answer(first.assessment_id, PERSON, submission(world, first))
    assert served(second).step == 2
    assert served(second).challenge.id != served(first).challenge.id
    assert world.services.reading.current(first.assessment_id, PERSON) == second


def test_the_same_answer_again_gives_the_same_reply_and_one_entry(world: World) -> None:
    first = started(world)
    sent = submission(world, first)
    replies = [world.another_process().answering.answer(first.assessment_id, PERSON, sent) for _ in range(3)]
    assert replies[0] == replies[1] == replies[2]
    assert [entry.kind for entry in world.services.ports.log.entries(first.assessment_id)] == [
        EntryKind.STARTED,
        EntryKind.ANSWERED,
    ]


def test_a_late_retry_gives_the_stored_reply_with_a_focus_loss_and_a_later_answer_in_between(world: World) -> None:
    first = started(world)
    sent = submission(world, first)
    answering = world.services.answering
    reply = answering.answer(first.assessment_id, PERSON, sent)
    answering.lose_focus(first.assessment_id, PERSON, 2)
    third = answering.answer(first.assessment_id, PERSON, submission(world, reply, right=False))
    world.clock.forward(3600)
    assert world.another_process().answering.answer(first.assessment_id, PERSON, sent) == reply
    assert world.services.reading.current(first.assessment_id, PERSON) == third
    assert len(world.services.ports.log.entries(first.assessment_id)) == 4


def test_another_answer_to_a_step_already_answered_is_a_conflict_and_changes_nothing(world: World) -> None:
    first = started(world)
    world.services.answering.answer(first.assessment_id, PERSON, submission(world, first))
    before = world.services.ports.log.entries(first.assessment_id)
    for other in (submission(world, first, right=False), Submission(1, served(first).challenge.id, None)):
        with pytest.raises(ConflictError) as refused:
            world.services.answering.answer(first.assessment_id, PERSON, other)
        assert refused.value.code == "step-already-answered"
    assert world.services.ports.log.entries(first.assessment_id) == before


def test_a_set_of_options_is_the_same_answer_in_any_order() -> None:
    world = memory_world()
    progress = started(world, "crcn")
    while served(progress).challenge.kind != "choices":
        progress = world.services.answering.answer(progress.assessment_id, PERSON, submission(world, progress))
        if isinstance(progress.next, Announced):
            progress = world.services.answering.begin(progress.assessment_id, PERSON, progress.next.step)
    shown = served(progress)
    key = right_answer(world, shown.challenge.id)
    replies = [
        world.services.answering.answer(progress.assessment_id, PERSON, Submission(shown.step, shown.challenge.id, order))
        for order in (key, key[::-1])
    ]
    assert replies[0] == replies[1]


def test_a_skip_is_recorded_as_skipped(world: World) -> None:
    first = started(world)
    world.services.answering.answer(first.assessment_id, PERSON, Submission(1, served(first).challenge.id, None))
    assert outcomes(world, first) == [Outcome.SKIPPED]


@pytest.mark.parametrize(
    ("step", "challenge", "answer", "code"),
    [
        (2, None, None, "wrong-step"),
        (99, None, None, "wrong-step"),
        (1, "no-such-thing-1a", None, "unknown-challenge"),
        (1, "loops-step-by-step-1a", None, "other-challenge-pending"),
    ],
)
def test_an_answer_to_the_wrong_thing_is_refused_and_nothing_is_written(
    memory: World, step: int, challenge: str | None, answer: object, code: str
) -> None:
    first = started(memory)
    before = memory.services.ports.log.entries(first.assessment_id)
    sent = Submission(step, challenge or served(first).challenge.id, answer)
    with pytest.raises((ConflictError, InvalidError)) as refused:
        memory.services.answering.answer(first.assessment_id, PERSON, sent)
    assert refused.value.code == code
    assert memory.services.ports.log.entries(first.assessment_id) == before


def test_somebody_elses_assessment_does_not_exist(world: World) -> None:
    first = started(world)
    services = world.services
    attempts = (
        lambda: services.answering.answer(first.assessment_id, "p2", submission(world, first)),
        lambda: services.answering.begin(first.assessment_id, "p2", 1),
        lambda: services.answering.lose_focus(first.assessment_id, "p2", 1),
        lambda: services.ending.finish(first.assessment_id, "p2"),
        lambda: services.reading.current(first.assessment_id, "p2"),
        lambda: services.reading.corrections(first.assessment_id, "p2", 0),
        lambda: services.reading.results(first.assessment_id, "p2"),
    )
    for attempt in attempts:
        with pytest.raises(NotFoundError):
            attempt()
    assert len(services.ports.log.entries(first.assessment_id)) == 1


def test_after_five_answers_a_checkpoint_announces_and_begin_shows_the_next_challenge(world: World) -> None:
    progress = play_on(world, PERSON, started(world), answers=5)
    assert isinstance(progress.next, Announced)
    assert "checkpoint" in progress.next.because
    assert progress.corrected_until == 5
    corrections = world.services.reading.corrections(progress.assessment_id, PERSON, 0)
    assert [one.step for one in corrections] == [1, 2, 3, 4, 5]
    assert {one.outcome for one in corrections} == {"correct"}
    begun = world.services.answering.begin(progress.assessment_id, PERSON, 6)
    assert served(begun).step == 6
    world.clock.forward(10)
    assert world.services.answering.begin(progress.assessment_id, PERSON, 6) == begun
    assert world.services.reading.current(progress.assessment_id, PERSON) == begun


def test_an_answer_before_begin_is_refused(memory: World) -> None:
    progress = play_on(memory, PERSON, started(memory), answers=5)
    tail = memory.services.ports.log.tail(progress.assessment_id)
    assert tail is not None
    assert tail.last.state.pending is not None
    challenge = memory.release.challenge_ids[tail.last.state.pending.ordinal]
    with pytest.raises(ConflictError) as refused:
        memory.services.answering.answer(progress.assessment_id, PERSON, Submission(6, challenge, None))
    assert refused.value.code == "challenge-not-begun"


@pytest.fixture
def timed() -> World:
    return memory_world(synthetic(2, 4, kind="timed"))


def begun(world: World) -> Progress:
    progress = started(world)
    assert isinstance(progress.next, Announced)
    assert progress.next.because == ("time-limit",)
    assert progress.next.time_limit_seconds == 60
    return world.services.answering.begin(progress.assessment_id, PERSON, 1)


def test_a_timed_challenge_starts_its_clock_at_the_first_begin_only(timed: World) -> None:
    first = begun(timed)
    deadline = served(first).deadline_at
    assert deadline is not None
    assert (deadline - served(first).served_at).total_seconds() == 60
    timed.clock.forward(30)
    again = timed.services.answering.begin(first.assessment_id, PERSON, 1)
    assert served(again).deadline_at == deadline


@pytest.mark.parametrize(("seconds", "outcome"), [(60, Outcome.CORRECT), (65, Outcome.CORRECT), (65.001, Outcome.TIMED_OUT)])
def test_an_answer_counts_until_the_deadline_and_five_seconds_of_grace(timed: World, seconds: float, outcome: Outcome) -> None:
    first = begun(timed)
    timed.clock.forward(seconds)
    timed.services.answering.answer(first.assessment_id, PERSON, submission(timed, first))
    assert outcomes(timed, first) == [outcome]


def test_the_retry_of_an_answer_given_in_time_is_still_in_time(timed: World) -> None:
    first = begun(timed)
    sent = submission(timed, first)
    reply = timed.services.answering.answer(first.assessment_id, PERSON, sent)
    timed.clock.forward(600)
    assert timed.services.answering.answer(first.assessment_id, PERSON, sent) == reply
    assert outcomes(timed, first) == [Outcome.CORRECT]


def test_a_focus_loss_is_recorded_once_per_challenge_and_costs_nothing_here(world: World) -> None:
    first = started(world)
    for _ in range(3):
        assert world.services.answering.lose_focus(first.assessment_id, PERSON, 1) == first
    kinds = [entry.kind for entry in world.services.ports.log.entries(first.assessment_id)]
    assert kinds == [EntryKind.STARTED, EntryKind.FOCUS_LOST]
    world.services.answering.answer(first.assessment_id, PERSON, submission(world, first))
    assert outcomes(world, first) == [Outcome.CORRECT]


def test_time_never_goes_back_in_a_log(memory: World) -> None:
    first = started(memory)
    memory.clock.forward(-300)
    second = memory.services.answering.answer(first.assessment_id, PERSON, submission(memory, first))
    memory.clock.forward(1)
    memory.services.answering.answer(first.assessment_id, PERSON, submission(memory, second))
    times = [entry.at for entry in memory.services.ports.log.entries(first.assessment_id)]
    assert times == sorted(times)


def test_an_assessment_that_is_over_takes_no_answer(memory: World) -> None:
    first = started(memory)
    memory.services.ending.finish(first.assessment_id, PERSON)
    with pytest.raises(ConflictError) as refused:
        memory.services.answering.answer(first.assessment_id, PERSON, submission(memory, first))
    assert refused.value.code == "assessment-finished"


def test_everything_right_ends_with_nothing_unknown_and_every_open_point(world: World) -> None:
    progress = play_on(world, PERSON, started(world, "1.1"))
    assert progress.stop_reason == "nothing-unknown"
    results = world.services.reading.results(progress.assessment_id, PERSON)
    (competence,) = results.competences
    assert (competence.points, competence.level, competence.top_level) == (48.0, 6, 6)


def test_everything_wrong_ends_with_no_point(memory: World) -> None:
    progress = play_on(memory, PERSON, started(memory, "1.1"), right=False)
    assert progress.stop_reason == "nothing-unknown"
    (competence,) = memory.services.reading.results(progress.assessment_id, PERSON).competences
    assert (competence.points, competence.level) == (0.0, 0)


def test_the_length_asked_for_is_kept(memory: World) -> None:
    progress = play_on(memory, PERSON, started(memory, "crcn", length=7))
    assert (progress.answers, progress.stop_reason) == (7, "length-reached")


def test_a_challenge_never_comes_twice(memory: World) -> None:
    progress = started(memory, "crcn")
    play_on(memory, PERSON, progress, right=False)
    tail = memory.services.ports.log.tail(progress.assessment_id)
    assert tail is not None
    ordinals = [given.ordinal for given in tail.last.state.answers]
    assert len(ordinals) == len(set(ordinals))


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_the_right_and_wrong_answers_of_these_tests_are_what_they_say(memory: World, locale: Locale) -> None:
    for ordinal in range(len(memory.release)):
        challenge = memory.release.challenge(ordinal)
        for answer, verdict in (
            (right_answer(memory, challenge.id, locale), "correct"),
            (wrong_answer(memory, challenge.id, locale), "incorrect"),
        ):
            assert grade(challenge, read_answer(challenge, answer, 240), locale).verdict == verdict
