"""Stages: messages for a mastery and more, until the next one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.campaigns.mastery.measured import Mastery
from chalicelib.campaigns.target_profiles.model import Stage
from chalicelib.content.texts import Locale


@dataclass(frozen=True)
class ReachedStage:
    """The highest stage whose threshold is reached."""

    number: int
    """From 1."""
    threshold: int
    title: str
    message: str


@dataclass(frozen=True)
class NextStage:
    """The lowest stage that is not reached."""

    number: int
    threshold: int
    title: str
    missing: int
    """Skills to it."""


@dataclass(frozen=True)
class StageResult:
    """Where a mastery stands among the stages."""

    reached: ReachedStage | None
    next: NextStage | None
    stages: int
    """How many there are."""


def stage_of(mastery: Mastery, stages: Sequence[Stage], locale: Locale) -> StageResult:
    """The stage of this mastery; stages stand in increasing order of threshold, as a target profile holds them."""
    number = sum(mastery.reaches(stage.threshold) for stage in stages)
    reached = _reached(number, stages[number - 1], locale) if number else None
    following = _next(number + 1, stages[number], mastery, locale) if number < len(stages) else None
    return StageResult(reached, following, len(stages))


def _reached(number: int, stage: Stage, locale: Locale) -> ReachedStage:
    return ReachedStage(number, stage.threshold, stage.title.in_(locale), stage.message.in_(locale))


def _next(number: int, stage: Stage, mastery: Mastery, locale: Locale) -> NextStage:
    return NextStage(number, stage.threshold, stage.title.in_(locale), mastery.missing_to(stage.threshold))
