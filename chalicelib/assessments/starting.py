"""Starting an assessment, or going on with the one that is open. Doing it twice gives the same assessment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.assessments import fold
from chalicelib.assessments.course import Course
from chalicelib.assessments.desk import Desk
from chalicelib.assessments.ending import due_at
from chalicelib.assessments.model import ENGINE_VERSION, Entry, EntryKind, Purpose, Start, StopReason, Tail
from chalicelib.assessments.outbox import DUE, RESULTS, mark_of
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
    """What the person asks for, or what a campaign asks of them."""

    scope: str
    """A framework's, an area's or a competence's id; or what names the campaign."""
    locale: Locale
    needs: tuple[Need, ...] = ()
    device: Device = "computer"
    length: int | None = None
    purpose: Purpose = "placement"
    caps: Mapping[str, int] | None = None
    """The highest targeted level of each topic; None of a placement, which targets all that is open in its scope."""
    again_after: int | None = 0
    """Milliseconds after the last answer of an attempt before which there is no other; None when there is only one."""
    refusal: ConflictError | None = None
    """Why nothing may begin now; what is open goes on."""


@dataclass(frozen=True)
class StartAssessment:
    """Starts assessments of people with an account. Their knowledge is reused: only what is still unknown is asked."""

    desk: Desk
    knowledge: KnowledgeSource

    def start(self, person_id: str, wish: Wish) -> tuple[Progress, bool]:
        """The assessment of this wish and whether it is new.

        Raises `InvalidError` for an unknown scope, `ConflictError` when nothing is left to ask, with the instant from which
        improving makes sense. A campaign that has nothing left to ask is finished at once.
        """
        now = self.desk.clock.now()
        release = self.desk.courses.releases.get(self.desk.courses.releases.current())
        targets = targets_of(release, wish)
        for _ in range(TRIES):
            known = self.knowledge.known(person_id, wish.scope, targets, release, now)
            if known.last_assessment_id is not None:
                tail = self.desk.log.tail(known.last_assessment_id)
                if tail is not None and _goes_on(tail, wish, now):
                    return progress(self.desk.courses.of(tail.start), tail.last.state), False
            if wish.refusal is not None:
                raise wish.refusal
            if wish.purpose == "exam":
                known = _blank(release, known.attempt, known.turn)
            start = plan(person_id, wish, known, targets, release, self.desk.courses.secrets.latest, now)
            course = Course(start, release, self.desk.courses.secrets)
            entry = first_entry(course, known)
            stored = self.desk.log.create(entry)
            assert stored.start is not None
            self.knowledge.remember(stored.start)
            if stored.start == start and stored.at == entry.at:
                return _begun(self.desk, course, stored), True
            tail = self.desk.log.tail(start.assessment_id)
            if tail is not None and _goes_on(tail, wish, now):
                return progress(self.desk.courses.of(tail.start), tail.last.state), False
        raise UnavailableError("assessment-busy", "This assessment could not be started now; try again.")


def _goes_on(tail: Tail, wish: Wish, now: Instant) -> bool:
    """Whether this attempt stands for the wish: it is open, or it is too early for another."""
    if tail.last.state.stop is None or wish.again_after is None:
        return True
    return now < tail.last.state.active_at + wish.again_after


def _blank(release: Release, attempt: int = 0, turn: int = 0) -> Known:
    """What is known of somebody of whom nothing may count, after so many attempts."""
    nothing = Known.nothing(len(release.topics), len(release.competence_index), release.rules.training)
    return replace(nothing, attempt=attempt, turn=turn)


def _begun(desk: Desk, course: Course, stored: Entry) -> Progress:
    """The progress of an assessment that was just stored; one that ended at once owes its message."""
    desk.watch.written(stored, 0)
    if stored.state.stop is not None:
        desk.outbox.deliver_end(course.start, stored)
    return progress(course, stored.state)


@dataclass(frozen=True)
class StartOnce:
    """Starts the one assessment of somebody who has no account: nothing is known, nothing else will be started."""

    desk: Desk

    def start(self, person_id: str, wish: Wish) -> tuple[Progress, bool]:
        """The assessment of this person and whether it is new; raises `ConflictError` when they wished for another before."""
        now = self.desk.clock.now()
        release = self.desk.courses.releases.get(self.desk.courses.releases.current())
        if wish.refusal is not None:
            raise wish.refusal
        targets = targets_of(release, wish)
        blank = _blank(release)
        start = plan(person_id, wish, blank, targets, release, self.desk.courses.secrets.latest, now)
        start = start.model_copy(update={"assessment_id": derive_id("assessment", person_id, "once")})
        course = Course(start, release, self.desk.courses.secrets)
        entry = first_entry(course, blank)
        stored = self.desk.log.create(entry)
        assert stored.start is not None
        wished = {"purpose", "scope", "locale", "needs", "device", "length"}
        if stored.start.model_dump(include=wished) != start.model_dump(include=wished):
            raise ConflictError("idempotency-key-reused", "This Idempotency-Key started another assessment.")
        if stored == entry:
            _begun(self.desk, course, stored)
        tail = self.desk.tail(start.assessment_id, person_id)
        return progress(self.desk.courses.of(tail.start), tail.last.state), stored == entry


def targets_of(release: Release, wish: Wish) -> tuple[int, ...]:
    """Highest targeted level of each topic of the release: the cap of the wish, or the top level of a competence in scope, else 0."""
    if wish.caps is not None:
        return tuple(wish.caps.get(topic.id, 0) for topic in release.topics)
    competences = set(release.framework.competences_in(wish.scope))
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
        assessment_id=derive_id("assessment", person_id, wish.purpose, wish.scope, str(attempt)),
        person_id=person_id,
        purpose=wish.purpose,
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
    """Entry 0, with the first challenge; raises `ConflictError` when there is nothing to ask.

    A campaign whose every skill is known already ends with its start: it owes its message as any end does.
    """
    start = course.start
    following = course.next(())
    if following.stop is StopReason.NOTHING_UNKNOWN:
        if start.purpose == "placement":
            raise _nothing_to_ask(known)
        state = fold.started(start.started_at, following)
        entry = Entry(0, EntryKind.STARTED, start.started_at, "start", state, start=start)
        return entry.with_mark(mark_of(RESULTS, start.assessment_id), start.started_at)
    if following.stop is not None:
        raise ConflictError("no-playable-challenge", "No challenge here can be played with these needs on this device.")
    state = fold.started(start.started_at, following)
    entry = Entry(0, EntryKind.STARTED, start.started_at, "start", state, start=start)
    return entry.with_mark(mark_of(DUE, start.assessment_id), due_at(course.release.rules, start.started_at))


def _nothing_to_ask(known: Known) -> ConflictError:
    if known.forgets_at is None:
        return ConflictError("nothing-left-to-assess", "Every skill open in this scope is acquired.")
    return ConflictError(
        "too-early-to-improve",
        "Everything asked here is settled for now; improving opens later.",
        available_at=to_datetime(known.forgets_at).isoformat(),
    )
