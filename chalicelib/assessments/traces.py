"""What the full trace of an assessment holds."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.assessments.auditing import Difference
from chalicelib.assessments.final_report import FinalReport
from chalicelib.content.texts import Locale


@dataclass(frozen=True)
class Ability:
    """A posterior mean and its standard deviation."""

    mean: float
    se: float


@dataclass(frozen=True)
class Pins:
    """What the assessment started with, and keeps."""

    scope: str
    attempt: int
    release: str
    engine: int
    secret: int
    """Version of the secret of the seeded picks."""
    locale: Locale
    device: str
    needs: tuple[str, ...]
    length: int
    known_rungs: int
    """Levels of topics answered in earlier assessments."""
    met_earlier: int
    """Challenges met in earlier assessments."""


@dataclass(frozen=True)
class Prior:
    """What was believed of one competence before the first answer."""

    competence: str
    title: str
    mean: float
    sd: float
    in_scope: bool


@dataclass(frozen=True)
class Asked:
    """A challenge that was asked, as its item."""

    challenge: str
    competence: str
    topic: str
    level: int
    a: float
    b: float
    c: float
    chance: float
    """P(right) before the answer."""


@dataclass(frozen=True)
class Recomputed:
    """The choice that the answers before this step lead to."""

    challenge: str
    settled: float
    """Expected number of skills that it settles."""
    candidates: int
    near_equals: int
    given_up: tuple[str, ...]


@dataclass(frozen=True)
class Answered:
    """An answer as the log holds it."""

    entry: int
    answer: str | tuple[str, ...] | None
    seconds: float | None
    """Since the challenge was shown, by the server's clock."""


@dataclass(frozen=True)
class Standing:
    """What was believed at one moment."""

    ability: Ability
    """Of the competence that the step asks."""
    composite: Ability
    """Of the mean over the scope."""


@dataclass(frozen=True)
class TracedStep:
    """One answer with everything that led to its challenge and everything that it changed."""

    step: int
    asked: Asked
    choice: Recomputed | None
    """None when the recomputation asks nothing here."""
    as_served: bool
    """Whether the recomputed choice is what was asked."""
    why: str
    """As the person is told it."""
    answered: Answered | None
    """None when the log has lost it."""
    outcome: str
    before: Standing
    after: Standing


@dataclass(frozen=True)
class Trace:
    """Everything about one assessment, but who took it."""

    assessment_id: str
    stop_reason: str | None
    pins: Pins
    differences: tuple[Difference, ...]
    """What the audit of the log finds; empty when the log is what its own answers give."""
    priors: tuple[Prior, ...]
    steps: tuple[TracedStep, ...]
    report: FinalReport
