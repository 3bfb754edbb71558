"""What a person is shown of an assessment: plain values, the same for every retry, and nothing that tells an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chalicelib.assessments.codec import unpack_answer
from chalicelib.assessments.course import Course
from chalicelib.assessments.model import Entry, Outcome, Pending, State
from chalicelib.content.grading import grade
from chalicelib.content.right_answers import right_answers
from chalicelib.content.shown import ShownChallenge, filled, shown
from chalicelib.content.texts import Locale
from chalicelib.content.topics import Resource
from chalicelib.kernel.clock import to_datetime


@dataclass(frozen=True)
class Served:
    """A challenge to answer now."""

    phase: Literal["served"]
    step: int
    challenge: ShownChallenge
    served_at: datetime
    deadline_at: datetime | None


@dataclass(frozen=True)
class Announced:
    """A challenge that opens when the person begins it, and why it waits."""

    phase: Literal["announced"]
    step: int
    because: tuple[Literal["checkpoint", "time-limit", "focus-required"], ...]
    time_limit_seconds: int | None


@dataclass(frozen=True)
class Progress:
    """Where an assessment stands: what waits, or why it ended."""

    assessment_id: str
    scope: str
    locale: Locale
    status: Literal["open", "finished"]
    answers: int
    corrected_until: int
    """Corrections may be read up to this step."""
    stop_reason: str | None
    next: Served | Announced | None


def progress(course: Course, state: State) -> Progress:
    """The progress that this state tells: a function of the state and of what the assessment pins."""
    answers = len(state.answers)
    return Progress(
        assessment_id=course.start.assessment_id,
        scope=course.start.scope,
        locale=course.start.locale,
        status="open" if state.stop is None else "finished",
        answers=answers,
        corrected_until=course.corrected_until(answers, state.stop is not None),
        stop_reason=state.stop.code if state.stop else None,
        next=_next(course, state, state.pending) if state.pending else None,
    )


def _next(course: Course, state: State, pending: Pending) -> Served | Announced:
    challenge = course.challenge(pending.ordinal)
    if pending.served_at is None:
        reasons: list[Literal["checkpoint", "time-limit", "focus-required"]] = []
        if course.is_checkpoint(len(state.answers)):
            reasons.append("checkpoint")
        if challenge.time_limit_seconds is not None:
            reasons.append("time-limit")
        if challenge.focus_required:
            reasons.append("focus-required")
        return Announced("announced", state.step, tuple(reasons), challenge.time_limit_seconds)
    deadline = course.deadline(pending.ordinal, pending.served_at)
    view = shown(challenge, course.start.locale, course.shuffle(state.step))
    return Served(
        "served", state.step, view, to_datetime(pending.served_at), to_datetime(deadline) if deadline is not None else None
    )


@dataclass(frozen=True)
class Link:
    """A resource in the person's language."""

    kind: Literal["succeed", "further"]
    title: str
    url: str
    licence: str


@dataclass(frozen=True)
class Correction:
    """One answered challenge with what was right, why, and where to learn it."""

    step: int
    outcome: Literal["correct", "incorrect", "skipped", "timed-out"]
    answer: str | tuple[str, ...] | None
    """An option's id or a text; the ids or the texts, input by input; null when it was skipped."""
    right_inputs: tuple[bool, ...]
    """Which parts of the answer were right, where it has several."""
    challenge: ShownChallenge
    right_answers: tuple[str, ...]
    """Ids of the right options, or in the right order; every accepted text; or one for each input."""
    solution: str
    competence: str
    topic: str
    topic_id: str
    """The topic's lessons are at `/v1/topics/<topic_id>/lessons`."""
    skill: str
    level: int
    hint: str
    resources: tuple[Link, ...]


def correction(course: Course, step: int, entry: Entry) -> Correction:
    """The correction of the answer that this entry holds."""
    given, locale = entry.state.answers[step - 1], course.start.locale
    challenge, topic = course.challenge(given.ordinal), course.release.topic_of(given.ordinal)
    skill = course.release.skill_of(given.ordinal)
    answer = unpack_answer(entry.value)
    return Correction(
        step=step,
        outcome=OUTCOMES[given.outcome],
        answer=answer,
        right_inputs=() if answer is None else grade(challenge, answer, locale).inputs,
        challenge=shown(challenge, locale, course.shuffle(step)),
        right_answers=right_answers(challenge, locale),
        solution=filled(challenge, challenge.solution, locale),
        competence=topic.competence,
        topic=topic.title.in_(locale),
        topic_id=topic.id,
        skill=skill.title.in_(locale),
        level=skill.level,
        hint=skill.hint.in_(locale),
        resources=tuple(_link(resource, locale) for resource in skill.resources),
    )


OUTCOMES: dict[Outcome, Literal["correct", "incorrect", "skipped", "timed-out"]] = {
    Outcome.CORRECT: "correct",
    Outcome.INCORRECT: "incorrect",
    Outcome.SKIPPED: "skipped",
    Outcome.TIMED_OUT: "timed-out",
}
"""The outcomes' stable names outside."""


def _link(resource: Resource, locale: Locale) -> Link:
    return Link(resource.kind, resource.title.in_(locale), resource.url.in_(locale), resource.licence)
