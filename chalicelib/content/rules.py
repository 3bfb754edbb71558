"""The numbers of a release: training rules and delays. They travel in the release, so an assessment pins them."""

from __future__ import annotations

from pydantic import Field

from chalicelib.content.texts import Strict
from chalicelib.engine.rules import TrainingRules


class Rules(Strict):
    """Everything configurable about assessing, with the rule book's defaults."""

    training: TrainingRules = TrainingRules()
    highest_open_level: int = Field(default=7, ge=1, le=8)
    """Configured top level; a competence opens no more than its skills allow."""
    improve_after_days: int = Field(default=4, ge=0, le=365)
    """Age from which improving forgets a miss."""
    verify_again_after_days: int = Field(default=3 * 365, ge=30)
    """Age from which a success is asked again."""
    abandoned_after_hours: int = Field(default=48, ge=1, le=30 * 24)
    """Hours without an answer after which an assessment ends by itself."""
    grace_seconds: int = Field(default=5, ge=0, le=60)
    """What a timed challenge forgives on the server's clock."""
    longest_text_bytes: int = Field(default=240, ge=16, le=240)
    """Longest free answer kept, in UTF-8."""
