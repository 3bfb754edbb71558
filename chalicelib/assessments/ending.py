"""Ending: by the person, or by the clock when nothing was answered for long. What was answered counts."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assessments import fold
from chalicelib.assessments.course import Course
from chalicelib.assessments.desk import Decision, Desk, following
from chalicelib.assessments.model import EntryKind, Start, StopReason, Tail
from chalicelib.assessments.views import Progress
from chalicelib.content.rules import Rules
from chalicelib.kernel.clock import SECOND, Instant, later


def due_at(rules: Rules, active_at: Instant) -> Instant:
    """When an assessment last active at this instant ends by itself."""
    return later(active_at, rules.abandoned_after_hours * 3600 * SECOND)


@dataclass(frozen=True)
class EndAssessment:
    """Ends assessments early."""

    desk: Desk

    def finish(self, assessment_id: str, person_id: str) -> Progress:
        """End now, at the person's wish. Asking again gives the same reply."""

        def decide(course: Course, tail: Tail, now: Instant) -> Decision:
            del course
            return _ended(tail, now, StopReason.STOPPED_BY_PERSON)

        return self.desk.append(assessment_id, person_id, decide)

    def abandon(self, start: Start) -> Instant | None:
        """End it if its time is over; else the instant when it will be. None when it has ended."""
        waits: list[Instant] = []

        def decide(course: Course, tail: Tail, now: Instant) -> Decision:
            due = due_at(course.release.rules, tail.last.state.active_at)
            if tail.last.state.stop is None and now < due:
                waits[:] = [due]
                return tail.last.state
            return _ended(tail, now, StopReason.ABANDONED)

        self.desk.append(start.assessment_id, start.person_id, decide)
        return waits[0] if waits else None


def _ended(tail: Tail, now: Instant, reason: StopReason) -> Decision:
    state = tail.last.state
    if state.stop is not None:
        return state
    return following(tail, EntryKind.ENDED, now, "end", fold.ended(state, reason))
