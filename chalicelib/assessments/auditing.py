"""Auditing: a log is recomputed from its answers with what it pins, and every difference is reported."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assessments import fold
from chalicelib.assessments.answering import judge
from chalicelib.assessments.codec import unpack_answer
from chalicelib.assessments.course import Course
from chalicelib.assessments.model import ENGINE_VERSION, Entry, EntryKind, State, StopReason


@dataclass(frozen=True)
class Difference:
    """Something in the log that its own answers do not give."""

    entry: int
    what: str
    stored: str
    recomputed: str


def audit(course: Course, entries: list[Entry]) -> list[Difference]:
    """Replay the entries: numbers, times, grading, selection and states. Empty when everything agrees."""
    differences: list[Difference] = []
    if course.start.engine != ENGINE_VERSION:
        differences.append(Difference(0, "engine", str(course.start.engine), str(ENGINE_VERSION)))
    state: State | None = None
    for number, entry in enumerate(entries):
        if entry.number != number:
            differences.append(Difference(number, "number", str(entry.number), str(number)))
        if number and entry.at < entries[number - 1].at:
            differences.append(Difference(number, "time", str(entry.at), f"at least {entries[number - 1].at}"))
        try:
            expected = _replayed(course, state, entry)
        except (TypeError, ValueError, LookupError):
            # The challenge cannot even read the answer: entries are missing, or were changed.
            differences.append(Difference(number, "answer", "of another form", "an answer to the challenge before it"))
        else:
            if expected != entry.state:
                differences.append(Difference(number, "state", repr(entry.state), repr(expected)))
        state = entry.state
    return differences


def _replayed(course: Course, before: State | None, entry: Entry) -> State | None:
    """The state that this entry should carry after the one before it; None when it cannot follow it."""
    if before is None:
        return fold.started(entry.at, course.next(())) if entry.kind is EntryKind.STARTED else None
    if entry.kind is EntryKind.ENDED:
        reason = entry.state.stop
        by_hand = reason in (StopReason.STOPPED_BY_PERSON, StopReason.ABANDONED)
        return fold.ended(before, reason) if by_hand and reason is not None else None
    if entry.kind is EntryKind.SHARED:
        return before if before.stop is not None else None
    if before.pending is None:
        return None
    if entry.kind is EntryKind.SERVED:
        return fold.served(before, entry.at)
    if entry.kind is EntryKind.FOCUS_LOST:
        return fold.focus_lost(before)
    if entry.kind is not EntryKind.ANSWERED or before.pending.served_at is None:
        return None
    outcome = judge(course, before.pending, unpack_answer(entry.value), entry.at)
    unfollowed = fold.answered(before, entry.number, entry.at, outcome, fold.Next(None))
    return fold.answered(before, entry.number, entry.at, outcome, course.next(unfollowed.answers))
