"""Starting an assessment, or going on with the one that is open. Doing it twice gives the same assessment."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assessments import fold
from chalicelib.assessments.course import Course
from chalicelib.assessments.desk import Desk
from chalicelib.assessments.ending import due_at
from chalicelib.assessments.model import ENGINE_VERSION, Entry, EntryKind, Start, StopReason
from chalicelib.assessments.outbox import DUE, mark_of
from chalicelib.assessments.ports import KnowledgeSource, Known
from chalicelib.assessments.views import Progress, progress
from chalicelib.content.challenges import Device, Need
from chalicelib.content.releases import Release
from chalicelib.content.texts import Locale
from chalicelib.kernel.clock import Instant, to_datetime
from chalicelib.kernel.errors import ConflictError, InvalidError, UnavailableError
from chalicelib.kernel.ids import derive_id

TRIES = 3


@dataclass(frozen=True)
class Wish:
    """What the person asks for."""

    scope: str
    """A framework's, an area's or a competence's id."""
    locale: Locale
    needs: tuple[Need, ...] = ()
    device: Device = "computer"
    length: int | None = None


@dataclass(frozen=True)
class StartAssessment:
    """Starts placements. The person's knowledge is reused: only what is still unknown is asked."""

    desk: Desk
    knowledge: KnowledgeSource

    def start(self, person_id: str, wish: Wish) -> tuple[Progress, bool]:
        """The assessment of this wish and whether it is new.

        Raises `InvalidError` for an unknown scope, `ConflictError` when nothing is left to ask, with the instant from which
        improving makes sense.
        """
        now = self.desk.clock.now()
        release = self.desk.courses.releases.get(self.desk.courses.releases.current())
        targets = targets_of(release, wish.scope)
        for _ in range(TRIES):
            known = self.knowledge.known(person_id, wish.scope, targets, release, now)
            if known.last_assessment_id is not None:
                tail = self.desk.log.tail(known.last_assessment_id)
                if tail is not None and tail.last.state.stop is None:
                    return progress(self.desk.courses.of(tail.start), tail.last.state), False
            start = plan(person_id, wish, known, targets, release, self.desk.courses.secrets.latest, now)
            course = Course(start, release, self.desk.courses.secrets)
            entry = first_entry(course, known)
            stored = self.desk.log.create(entry)
            assert stored.start is not None
            self.knowledge.remember(stored.start)
            if stored.start == start and stored.at == entry.at:
                self.desk.watch.written(stored, 0)
                return progress(course, stored.state), True
            tail = self.desk.log.tail(start.assessment_id)
            if tail is not None and tail.last.state.stop is None:
                return progress(self.desk.courses.of(tail.start), tail.last.state), False
        raise UnavailableError("assessment-busy", "This assessment could not be started now; try again.")


@dataclass(frozen=True)
class StartOnce:
    """Starts the one assessment of somebody who has no account: nothing is known, nothing else will be started."""

    desk: Desk

    def start(self, person_id: str, wish: Wish) -> tuple[Progress, bool]:
        """The assessment of this person and whether it is new; raises `ConflictError` when they wished for another before."""
        now = self.desk.clock.now()
        release = self.desk.courses.releases.get(self.desk.courses.releases.current())
        targets = targets_of(release, wish.scope)
        blank = Known.nothing(len(release.topics), len(release.competence_index), release.rules.training)
        start = plan(person_id, wish, blank, targets, release, self.desk.courses.secrets.latest, now)
        start = start.model_copy(update={"assessment_id": derive_id("assessment", person_id, "once")})
        entry = first_entry(Course(start, release, self.desk.courses.secrets), blank)
        stored = self.desk.log.create(entry)
        assert stored.start is not None
        wished = {"scope", "locale", "needs", "device", "length"}
        if stored.start.model_dump(include=wished) != start.model_dump(include=wished):
            raise ConflictError("idempotency-key-reused", "This Idempotency-Key started another assessment.")
        if stored == entry:
            self.desk.watch.written(stored, 0)
        tail = self.desk.tail(start.assessment_id, person_id)
        return progress(self.desk.courses.of(tail.start), tail.last.state), stored == entry


def targets_of(release: Release, scope: str) -> tuple[int, ...]:
    """Highest targeted level of each topic of the release: the top level of its competence if that is in scope, else 0."""
    competences = set(release.framework.competences_in(scope))
    if not competences:
        raise InvalidError("unknown-scope", "The scope is no framework, area or competence that is open.")
    return tuple(release.top_levels[topic.competence] if topic.competence in competences else 0 for topic in release.topics)


def plan(
    person_id: str, wish: Wish, known: Known, targets: tuple[int, ...], release: Release, secret: int, now: Instant
) -> Start:
    """Entry 0's facts for this wish."""
    attempt = known.attempt + 1
    longest = release.rules.training.max_answers
    return Start(
        assessment_id=derive_id("assessment", person_id, "placement", wish.scope, str(attempt)),
        person_id=person_id,
        scope=wish.scope,
        attempt=attempt,
        turn=known.turn,
        started_at=now,
        release=release.id,
        engine=ENGINE_VERSION,
        secret=secret,
        locale=wish.locale,
        needs=tuple(sorted(set(wish.needs))),
        device=wish.device,
        length=min(wish.length or longest, longest),
        targets="".join(str(level) for level in targets),
        known=known.signs,
        priors=known.priors,
        seen=known.seen,
    )


def first_entry(course: Course, known: Known) -> Entry:
    """Entry 0, with the first challenge; raises `ConflictError` when there is nothing to ask."""
    start = course.start
    following = course.next(())
    if following.stop is StopReason.NOTHING_UNKNOWN and known.forgets_at is not None:
        raise ConflictError(
            "too-early-to-improve",
            "Everything asked here is settled for now; improving opens later.",
            available_at=to_datetime(known.forgets_at).isoformat(),
        )
    if following.stop is StopReason.NOTHING_UNKNOWN:
        raise ConflictError("nothing-left-to-assess", "Every skill open in this scope is acquired.")
    if following.stop is not None:
        raise ConflictError("no-playable-challenge", "No challenge here can be played with these needs on this device.")
    state = fold.started(start.started_at, following)
    entry = Entry(0, EntryKind.STARTED, start.started_at, "start", state, start=start)
    return entry.with_mark(mark_of(DUE, start.assessment_id), due_at(course.release.rules, start.started_at))
