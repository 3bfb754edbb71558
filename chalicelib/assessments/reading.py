"""Reading an assessment: where it stands, its corrections, its results. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assessments.course import Course
from chalicelib.assessments.desk import Desk
from chalicelib.assessments.model import EntryKind, Outcome, State
from chalicelib.assessments.ports import SolutionGate
from chalicelib.assessments.views import Correction, Progress, correction, progress
from chalicelib.content.scores import Score, scores_of
from chalicelib.engine.evidence import NO_CEILING
from chalicelib.engine.training import Estimate
from chalicelib.kernel.errors import ConflictError


@dataclass(frozen=True)
class TopicResult:
    """What one topic's ladder came to."""

    topic: str
    title: str
    floor: int
    """Highest level shown."""
    ceiling: int | None
    """Lowest level missed above it."""


@dataclass(frozen=True)
class CompetenceResult:
    """What one competence came to."""

    competence: str
    title: str
    points: float
    level: int
    top_level: int
    ability: float
    """Posterior mean of θ."""
    standard_error: float
    topics: tuple[TopicResult, ...]


@dataclass(frozen=True)
class Results:
    """What an assessment came to, read from its own log."""

    assessment_id: str
    scope: str
    stop_reason: str
    answers: int
    right: int
    competences: tuple[CompetenceResult, ...]


@dataclass(frozen=True)
class ReadAssessment:
    """What a person may read of their own assessment."""

    desk: Desk
    gate: SolutionGate

    def current(self, assessment_id: str, person_id: str) -> Progress:
        """Where it stands: the same challenge and the same deadline, however often it is read."""
        tail = self.desk.tail(assessment_id, person_id)
        return progress(self.desk.courses.of(tail.start), tail.last.state)

    def corrections(self, assessment_id: str, person_id: str, after: int) -> list[Correction]:
        """The corrections of the steps after `after`, up to the last checkpoint, or to the end when it is over.

        Raises `ConflictError` for an exam whose solutions are not shown yet.
        """
        tail = self.desk.tail(assessment_id, person_id)
        self.gate.check(tail.start)
        course, state = self.desk.courses.of(tail.start), tail.last.state
        until = course.corrected_until(len(state.answers), state.stop is not None)
        if after >= until:
            return []
        first, last = state.entry_of(after + 1), state.entry_of(until)
        entries = self.desk.log.entries_between(assessment_id, first, last)
        answered = [entry for entry in entries if entry.kind is EntryKind.ANSWERED]
        return [correction(course, step, entry) for step, entry in enumerate(answered, after + 1)]

    def results(self, assessment_id: str, person_id: str) -> Results:
        """The results; raises `ConflictError` while it is open."""
        tail = self.desk.tail(assessment_id, person_id)
        if tail.last.state.stop is None:
            raise ConflictError("assessment-not-finished", "This assessment is not finished.")
        return results_of(self.desk.courses.of(tail.start), tail.last.state)


def results_of(course: Course, state: State) -> Results:
    """The results of a finished assessment, for the competences it targeted."""
    assert state.stop is not None
    now = course.estimate(state.answers)
    targeted = set(course.competences)
    return Results(
        assessment_id=course.start.assessment_id,
        scope=course.start.scope,
        stop_reason=state.stop.code,
        answers=len(state.answers),
        right=sum(given.outcome is Outcome.CORRECT for given in state.answers),
        competences=tuple(
            _competence(course, now, score) for score in scores_of(course.release, now.floors) if score.competence in targeted
        ),
    )


def _competence(course: Course, now: Estimate, score: Score) -> CompetenceResult:
    release, locale = course.release, course.start.locale
    index = release.competence_index[score.competence]
    return CompetenceResult(
        competence=score.competence,
        title=release.framework.competences[index].title.in_(locale),
        points=round(float(score.points), 2),
        level=score.level,
        top_level=score.top_level,
        ability=round(float(now.ability.mean[index]), 3),
        standard_error=round(float(now.ability.sd[index]), 3),
        topics=tuple(
            TopicResult(
                topic=release.topics[topic].id,
                title=release.topic(topic).title.in_(locale),
                floor=int(now.floors[topic]),
                ceiling=None if now.ceilings[topic] == NO_CEILING else int(now.ceilings[topic]),
            )
            for topic in score.topics
        ),
    )
