"""What an explanation holds: plain values for the person, and nothing that tells a challenge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chalicelib.assessments.explanation_texts import Reason
from chalicelib.content.texts import Locale


@dataclass(frozen=True)
class EstimatedLevel:
    """A level as it is estimated, with one decimal."""

    level: float
    """0 to 8: ℓ is complete at ability (ℓ − 4)·0.8."""
    uncertainty: float
    """Half of the 90 % interval, in levels."""


@dataclass(frozen=True)
class ExplainedStep:
    """One answer, what it changed, and why its challenge was asked."""

    step: int
    competence: str
    competence_title: str
    topic: str
    level: int
    """The level asked."""
    answer: tuple[str | int, ...] | None
    """Each part of the person's own answer: a text as they gave it, or the place, from 1, of an option in the order they saw; null when
    it was skipped. One part for a simple answer; for an order, the place of each thing as they ordered them."""
    outcome: Literal["correct", "incorrect", "skipped", "timed-out"]
    before: EstimatedLevel
    """The level in this competence before the answer."""
    after: EstimatedLevel
    topic_level_before: int
    """The highest level shown in this topic before the answer: points come from it."""
    topic_level_after: int
    moved: str
    """How the estimate moved, in one sentence."""
    because: tuple[Reason, ...]
    """Why this challenge was asked, the main reason first."""
    why: str
    """The same in one sentence."""


@dataclass(frozen=True)
class Statement:
    """What everybody is told about a result that an algorithm computed."""

    computed: str
    counted: tuple[str, ...]
    not_counted: tuple[str, ...]
    how_to_read: tuple[str, ...]
    rules: str
    release: str
    """Identifies contents, calibrations and rules together."""
    engine: int
    """Version of the calculations."""
    documentation: tuple[str, ...]
    """Where the rules are described: a page of this service, and a document published with its source."""
    review: str


@dataclass(frozen=True)
class Explanation:
    """Why an assessment went as it did."""

    assessment_id: str
    locale: Locale
    explained_until: int
    """The last step explained: up to the last checkpoint, or to the end once it is over."""
    statement: Statement
    steps: tuple[ExplainedStep, ...]
