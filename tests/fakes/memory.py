"""The ports in memory: the same promises as the adapters (tests/contract runs both), with a lock where a store is atomic."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chalicelib.assessments.model import Entry, Start, Tail
from chalicelib.assessments.ports import MarkedEntry
from chalicelib.content.releases import Release
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import Envelope
from chalicelib.kernel.outbox import Postponed, mark_left
from chalicelib.profiles.contributions import Contribution
from chalicelib.profiles.folding import Profile
from chalicelib.profiles.ports import Attempt, Person, StoredProfile

NOVEMBER_2026 = Instant(1_795_000_000_000)


@dataclass
class FixedClock:
    """A clock that a test turns."""

    instant: Instant = NOVEMBER_2026

    def now(self) -> Instant:
        return self.instant

    def forward(self, seconds: float) -> None:
        self.instant = Instant(self.instant + round(seconds * 1000))


@dataclass
class NumberedIds:
    """Ids that a test can foretell."""

    count: int = 0

    def new(self) -> str:
        self.count += 1
        return f"{self.count:026d}".translate(str.maketrans("01", "az"))


@dataclass
class MemoryLogs:
    """Port `LogStore`."""

    entries_by_assessment: dict[str, list[Entry]] = field(default_factory=dict)
    attempts: dict[tuple[str, int], Postponed] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def create(self, entry: Entry) -> Entry:
        assert entry.start is not None
        with self.lock:
            return self.entries_by_assessment.setdefault(entry.start.assessment_id, [entry])[0]

    def tail(self, assessment_id: str) -> Tail | None:
        with self.lock:
            log = self.entries_by_assessment.get(assessment_id)
            if log is None:
                return None
            assert log[0].start is not None
            return Tail(log[0].start, log[-1])

    def append(self, assessment_id: str, entry: Entry) -> Entry | None:
        with self.lock:
            log = self.entries_by_assessment[assessment_id]
            if entry.number < len(log):
                return log[entry.number]
            assert entry.number == len(log), "a log has no hole"
            log.append(entry)
            return None

    def entry(self, assessment_id: str, number: int) -> Entry | None:
        log = self.entries(assessment_id)
        return log[number] if number < len(log) else None

    def entries(self, assessment_id: str) -> list[Entry]:
        with self.lock:
            return list(self.entries_by_assessment.get(assessment_id, ()))

    def entries_between(self, assessment_id: str, first: int, last: int) -> list[Entry]:
        return self.entries(assessment_id)[first : last + 1]

    def clear_mark(self, assessment_id: str, number: int, mark: str) -> None:
        self.settle(MarkedEntry(assessment_id, number, mark, Instant(0)), ())

    def settle(self, marked: MarkedEntry, left: Sequence[str]) -> None:
        with self.lock:
            log = self.entries_by_assessment[marked.assessment_id]
            entry = log[marked.number]
            if entry.mark == marked.mark:
                following = mark_left(marked.mark, left)
                log[marked.number] = replace(entry, mark=following, mark_at=entry.mark_at if following else None)
                if following is None:
                    self.attempts.pop((marked.assessment_id, marked.number), None)

    def move_mark(self, marked: MarkedEntry, until: Instant) -> None:
        with self.lock:
            if self._moved(marked, until):
                self.attempts.pop((marked.assessment_id, marked.number), None)

    def postpone(self, marked: MarkedEntry, until: Instant) -> Postponed | None:
        with self.lock:
            if not self._moved(marked, until):
                return None
            key = (marked.assessment_id, marked.number)
            before = self.attempts.get(key, Postponed(0, marked.marked_at))
            self.attempts[key] = Postponed(before.attempts + 1, before.since)
            return self.attempts[key]

    def _moved(self, marked: MarkedEntry, until: Instant) -> bool:
        log = self.entries_by_assessment.get(marked.assessment_id, [])
        entry = log[marked.number] if marked.number < len(log) else None
        if entry is None or entry.mark != marked.mark or entry.mark_at != marked.marked_at:
            return False
        log[marked.number] = replace(entry, mark_at=until)
        return True

    def marked(self, mark: str, until: Instant, limit: int) -> list[MarkedEntry]:
        with self.lock:
            found = [
                MarkedEntry(assessment_id, entry.number, mark, entry.mark_at)
                for assessment_id, log in self.entries_by_assessment.items()
                for entry in log
                if entry.mark == mark and entry.mark_at is not None and entry.mark_at <= until
            ]
        return sorted(found, key=lambda one: one.marked_at)[:limit]


@dataclass
class MemoryPeople:
    """Port `PeopleStore`."""

    attempts: dict[str, dict[str, Attempt]] = field(default_factory=dict)
    contributions: dict[str, dict[str, Contribution]] = field(default_factory=dict)
    profiles: dict[str, StoredProfile] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def person(self, person_id: str) -> Person:
        with self.lock:
            attempts = tuple(self.attempts.get(person_id, {}).values())
            return Person(attempts, tuple(self.contributions.get(person_id, {}).values()))

    def remember(self, start: Start) -> None:
        with self.lock:
            attempt = Attempt(start.assessment_id, start.scope, start.attempt)
            self.attempts.setdefault(start.person_id, {})[start.assessment_id] = attempt

    def contribute(self, contribution: Contribution) -> None:
        with self.lock:
            self.contributions.setdefault(contribution.person, {}).setdefault(contribution.assessment, contribution)

    def profile(self, person_id: str) -> StoredProfile | None:
        with self.lock:
            return self.profiles.get(person_id)

    def replace_profile(self, person_id: str, profile: Profile, replaced: StoredProfile | None) -> bool:
        with self.lock:
            if self.profiles.get(person_id) != replaced:
                return False
            self.profiles[person_id] = StoredProfile(profile, profile.as_bytes().hex())
            return True


@dataclass
class MemoryReleases:
    """Port `ReleaseSource`: the first release is the current one."""

    releases: dict[str, Release]

    @classmethod
    def of(cls, *releases: Release) -> MemoryReleases:
        return cls({release.id: release for release in releases})

    def current(self) -> str:
        return next(iter(self.releases))

    def get(self, release_id: str) -> Release:
        if release_id not in self.releases:
            raise UnavailableError("release-unavailable", "A content release cannot be read.")
        return self.releases[release_id]


@dataclass
class MemoryFiles:
    """Port `FileSource`: files by address, or a store that is down."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    down: bool = False

    def get(self, address: str) -> bytes | None:
        if self.down:
            raise UnavailableError("file-unavailable", "A file cannot be read now.")
        return self.files.get(address)


@dataclass
class MemorySender:
    """Port `EventSender`: keeps what was sent, or fails when told."""

    sent: list[Envelope] = field(default_factory=list)
    down: bool = False

    def send(self, envelope: Envelope) -> None:
        if self.down:
            raise UnavailableError("store-unavailable", "The queue does not answer.")
        self.sent.append(envelope)
