"""The numbers of a release: training rules and delays. They travel in the release, so an assessment pins them."""

from __future__ import annotations

from pydantic import Field

from chalicelib.content.texts import Strict
from chalicelib.engine.rules import TrainingRules


class PoolRules(Strict):
    """How wide the bank must be; a release that is narrower is refused."""

    challenges_a_skill: int = Field(default=2, ge=1)
    """Fewer will do where one is a file task, which has variants."""
    lessons_a_topic: int = Field(default=1, ge=0)
    playable_with_a_need: int = Field(default=10, ge=0)
    """Challenges of each competence, over levels 1 to 5, that suit each need in each language."""
    playable_on_a_phone: int = Field(default=12, ge=0)
    readability: tuple[int, ...] = (45, 45, 55, 55, 65, 65, 65, 65)
    """Hardest prompt at each level, as a LIX."""

    def hardest_reading(self, level: int) -> int:
        """The highest LIX of a prompt of this level."""
        return self.readability[level - 1]


class Pace(Strict):
    """Seconds that an answer usually takes, by the kind of challenge: assumptions, until timings of real answers replace them."""

    choice: int = Field(default=30, ge=5, le=1_800)
    choices: int = Field(default=40, ge=5, le=1_800)
    text: int = Field(default=40, ge=5, le=1_800)
    number: int = Field(default=50, ge=5, le=1_800)
    date: int = Field(default=50, ge=5, le=1_800)
    blanks: int = Field(default=70, ge=5, le=1_800)
    match: int = Field(default=60, ge=5, le=1_800)
    order: int = Field(default=50, ge=5, le=1_800)
    file_task: int = Field(default=180, ge=5, le=1_800)

    def seconds(self, kind: str, time_limit_seconds: int | None) -> int:
        """Of a challenge of this kind; never more than its time limit."""
        usual: int = getattr(self, kind.replace("-", "_"))
        return usual if time_limit_seconds is None else min(usual, time_limit_seconds)


class Rules(Strict):
    """Everything configurable about assessing, with the rule book's defaults."""

    training: TrainingRules = TrainingRules()
    pool: PoolRules = PoolRules()
    pace: Pace = Pace()
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
