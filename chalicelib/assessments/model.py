"""What the log of an assessment holds.

Entry 0 carries the `Start`, which never changes. Every entry, the first included, carries the `State` after it: who wants to
know where an assessment stands reads the last entry, whatever the length of the log.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from itertools import accumulate
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from chalicelib.content.challenges import Device, Need
from chalicelib.content.texts import Locale
from chalicelib.kernel.clock import Instant

ENGINE_VERSION = 2
"""Changes whenever selection or estimation would answer otherwise for the same inputs; pinned by every assessment."""

MOST_ENTRIES = 2000

UNASKED = "."
"""The rung where nothing was asked, in `Start.known`."""


class Outcome(IntEnum):
    """How an answer was judged. The numbers are stored."""

    CORRECT = 0
    INCORRECT = 1
    SKIPPED = 2
    TIMED_OUT = 3


class StopReason(IntEnum):
    """Why an assessment ended. The numbers are stored."""

    NOTHING_UNKNOWN = 1
    LENGTH_REACHED = 2
    NO_CHALLENGE_LEFT = 3
    STOPPED_BY_PERSON = 4
    ABANDONED = 5

    @property
    def code(self) -> str:
        """The reason's stable name outside."""
        return self.name.lower().replace("_", "-")


class EntryKind(StrEnum):
    """What happened."""

    STARTED = "started"
    ANSWERED = "answered"
    SERVED = "served"
    FOCUS_LOST = "focus-lost"
    ENDED = "ended"
    SHARED = "shared"
    """The person gave what it came to to the organisation of its campaign."""


@dataclass(frozen=True)
class Given:
    """An answer as the state remembers it."""

    ordinal: int
    """Place of the challenge in the pinned release."""
    outcome: Outcome
    distance: int
    """Entries since the previous answer (or since the start)."""


@dataclass(frozen=True)
class Pending:
    """The challenge that waits for an answer."""

    ordinal: int
    served_at: Instant | None
    """When it was shown; None while it is only announced."""
    focus_lost: bool = False


@dataclass(frozen=True)
class State:
    """Where an assessment stands after an entry."""

    answers: tuple[Given, ...]
    pending: Pending | None
    stop: StopReason | None
    active_at: Instant
    """When the person last started or answered something."""

    @property
    def step(self) -> int:
        """The ordinal of the next answer, from 1."""
        return len(self.answers) + 1

    def entry_of(self, step: int) -> int:
        """The number of the entry that holds the answer of a step already done."""
        return tuple(accumulate(given.distance for given in self.answers))[step - 1]


Purpose = Literal["placement", "campaign", "exam"]
"""Why somebody is assessed. A campaign's assessment says of the person what a placement does; an exam stands for itself."""


class Start(BaseModel):
    """Entry 0: what never changes, pins included."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    assessment_id: str
    person_id: str
    purpose: Purpose = "placement"
    scope: str
    """A framework's, an area's or a competence's id; or what names the campaign."""
    attempt: int
    turn: int = 0
    """Assessments that this person began before, at any scope: each gives other variants of file tasks."""
    started_at: Instant
    release: str
    """Pins content, calibrations and rules together."""
    engine: int
    secret: int
    """Version of the secret of the seeded picks."""
    locale: Locale
    needs: tuple[Need, ...]
    device: Device
    length: int
    """Answers after which it ends at the latest."""
    targets: str
    """Highest targeted level of each topic of the release, one digit a topic."""
    known: str
    """The last answer at each rung when it started: 8 signs a topic (`course.known_sign`)."""
    priors: tuple[tuple[int, int], ...]
    """Mean and deviation of the ability prior of each competence, in thousandths."""
    seen: tuple[int, ...]
    """Ordinals of challenges met in earlier assessments."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened."""

    number: int
    kind: EntryKind
    at: Instant
    action: str
    """Who wrote it and why: the same action is the same write."""
    state: State
    value: bytes | None = None
    """The answer, packed; None for a skip and for every other kind."""
    mark: str | None = None
    """`destination#shard` of what must follow."""
    mark_at: Instant | None = None
    """Since when a message is owed, or from when the clock may end the assessment."""
    start: Start | None = None
    """Only on entry 0."""

    def with_mark(self, mark: str, at: Instant) -> Self:
        """The same entry, carrying this mark."""
        return replace(self, mark=mark, mark_at=at)


@dataclass(frozen=True)
class Tail:
    """An assessment as it stands: its start and its last entry."""

    start: Start
    last: Entry
