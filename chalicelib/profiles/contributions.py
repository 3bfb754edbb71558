"""A contribution: what one finished assessment says about a person, complete in itself."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from chalicelib.assessments.course import Course
from chalicelib.assessments.model import Outcome, Purpose, State
from chalicelib.kernel.clock import Instant


class AnsweredSkill(BaseModel):
    """One answer, with what is needed to read it without its release."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    challenge: str
    topic: str
    level: int
    right: bool
    a: float
    b: float
    c: float


class Contribution(BaseModel):
    """One finished assessment. Contributions count in order of (finished_at, assessment)."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    assessment: str
    person: str
    purpose: Purpose = "placement"
    scope: str
    attempt: int
    release: str
    started_at: Instant
    finished_at: Instant
    """When the person last answered: being ended later by the clock changes nothing in what was known."""
    targets: dict[str, int]
    """Highest targeted level of each targeted topic."""
    answers: tuple[AnsweredSkill, ...]

    @property
    def order(self) -> tuple[int, str]:
        """Where it stands among the person's contributions."""
        return self.finished_at, self.assessment


def contribution_of(course: Course, state: State) -> Contribution:
    """What this finished assessment contributes: a pure function of its log and its release."""
    start, release = course.start, course.release
    answers = []
    for given in state.answers:
        level = release.level_of(given.ordinal)
        a, b, c = release.calibration_of(given.ordinal, start.locale)
        answers.append(
            AnsweredSkill(
                challenge=release.challenge_ids[given.ordinal],
                topic=release.topics[release.topic_index_of(given.ordinal)].id,
                level=level,
                right=given.outcome is Outcome.CORRECT,
                a=a,
                b=b,
                c=c,
            )
        )
    return Contribution(
        assessment=start.assessment_id,
        person=start.person_id,
        purpose=start.purpose,
        scope=start.scope,
        attempt=start.attempt,
        release=start.release,
        started_at=start.started_at,
        finished_at=state.active_at,
        targets={topic.id: int(cap) for topic, cap in zip(release.topics, start.targets, strict=True) if cap != "0"},
        answers=tuple(answers),
    )
