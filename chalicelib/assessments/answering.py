"""Answering: give an answer, open an announced challenge, tell that the page was left.

An answer names its *step*, the answer's ordinal, which is its action id: asking again with the same answer gives the stored
reply, with another answer a conflict, whatever happened in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.assessments import fold
from chalicelib.assessments.codec import pack_answer, unpack_answer
from chalicelib.assessments.course import Course
from chalicelib.assessments.desk import Decision, Desk, following
from chalicelib.assessments.model import EntryKind, Outcome, Pending, State, Tail
from chalicelib.assessments.views import Progress
from chalicelib.content.challenges import Answer
from chalicelib.content.grading import grade
from chalicelib.content.grading.answers import read_answer
from chalicelib.content.releases import Use
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import ConflictError, InvalidError, UnavailableError


@dataclass(frozen=True)
class Submission:
    """What the person sends: which step, which challenge they were looking at, and the answer; None is a skip."""

    step: int
    challenge_id: str
    answer: Any


@dataclass(frozen=True)
class AnswerAssessment:
    """The hot path: one strong read and one conditional write an answer."""

    desk: Desk

    def answer(self, assessment_id: str, person_id: str, submission: Submission) -> Progress:
        """Store the answer and give what comes next."""

        def decide(course: Course, tail: Tail, now: Instant) -> Decision:
            ordinal, answer = read_submission(course, submission)
            if submission.step < tail.last.state.step:
                return self._stored(tail, submission.step, ordinal, answer)
            return decide_answer(course, tail, now, submission.step, ordinal, answer)

        return self.desk.append(assessment_id, person_id, decide)

    def begin(self, assessment_id: str, person_id: str, step: int) -> Progress:
        """Open the announced challenge of this step; its time runs from the first call."""

        def decide(course: Course, tail: Tail, now: Instant) -> Decision:
            del course
            state, pending = _pending(tail, step)
            if pending.served_at is not None:
                return state
            return following(tail, EntryKind.SERVED, now, f"begin:{step}", fold.served(state, now))

        return self.desk.append(assessment_id, person_id, decide)

    def lose_focus(self, assessment_id: str, person_id: str, step: int) -> Progress:
        """Record that the person left the page of this step's challenge; once per challenge."""

        def decide(course: Course, tail: Tail, now: Instant) -> Decision:
            del course
            state, pending = _pending(tail, step)
            if pending.focus_lost:
                return state
            if pending.served_at is None:
                raise ConflictError("challenge-not-begun", "Open the challenge before anything else.", step=step)
            return following(tail, EntryKind.FOCUS_LOST, now, f"focus:{step}", fold.focus_lost(state))

        return self.desk.append(assessment_id, person_id, decide)

    def _stored(self, tail: Tail, step: int, ordinal: int, answer: Answer | None) -> State:
        entry = self.desk.log.entry(tail.start.assessment_id, tail.last.state.entry_of(step))
        if entry is None:
            raise UnavailableError("entry-missing", "A stored answer cannot be read now.", step=step)
        same_challenge = entry.state.answers[step - 1].ordinal == ordinal
        if not same_challenge or unpack_answer(entry.value) != answer:
            raise ConflictError("step-already-answered", "Another answer is stored for this step.", step=step)
        return entry.state


def read_submission(course: Course, submission: Submission) -> tuple[int, Answer | None]:
    """Ordinal of the challenge and canonical answer; raises `InvalidError` for what cannot be an answer."""
    ordinal = course.release.ordinals.get(submission.challenge_id)
    if ordinal is None or course.release.use_of(ordinal) is not Use.PRACTICE:
        raise InvalidError("unknown-challenge", "There is no such challenge.")
    if submission.answer is None:
        return ordinal, None
    return ordinal, read_answer(course.challenge(ordinal), submission.answer, course.release.rules.longest_text_bytes)


def decide_answer(course: Course, tail: Tail, now: Instant, step: int, ordinal: int, answer: Answer | None) -> Decision:
    """The entry of an answer to the pending challenge; raises when this step does not wait for it."""
    state, pending = _pending(tail, step)
    if pending.ordinal != ordinal:
        raise ConflictError("other-challenge-pending", "Another challenge waits for an answer.", step=step)
    if pending.served_at is None:
        raise ConflictError("challenge-not-begun", "Open the challenge before answering it.", step=step)
    outcome = judge(course, pending, answer, now)
    number = tail.last.number + 1
    unfollowed = fold.answered(state, number, now, outcome, fold.Next(None))
    after = fold.answered(state, number, now, outcome, course.next(unfollowed.answers))
    return following(tail, EntryKind.ANSWERED, now, f"answer:{step}", after, pack_answer(answer))


def judge(course: Course, pending: Pending, answer: Answer | None, now: Instant) -> Outcome:
    """The outcome of an answer that arrives now."""
    assert pending.served_at is not None
    if course.is_too_late(pending.ordinal, pending.served_at, now):
        return Outcome.TIMED_OUT
    if answer is None:
        return Outcome.SKIPPED
    verdict = grade(course.challenge(pending.ordinal), answer, course.start.locale).verdict
    return Outcome.CORRECT if verdict == "correct" else Outcome.INCORRECT


def _pending(tail: Tail, step: int) -> tuple[State, Pending]:
    """The challenge that waits at this step; raises `ConflictError` when none does."""
    state = tail.last.state
    if step < state.step:
        raise ConflictError("step-already-answered", "This step is answered already.", step=step)
    if state.stop is not None or state.pending is None:
        raise ConflictError("assessment-finished", "This assessment is finished.")
    if step != state.step:
        raise ConflictError("wrong-step", "This step is not reached yet.", step=step, expected=state.step)
    return state, state.pending
