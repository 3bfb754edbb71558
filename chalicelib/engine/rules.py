"""The numbers of training: configuration with the rule book's defaults, validated, pinned with the release."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.engine.common_factor import HIGHEST_CORRELATION


@dataclass(frozen=True)
class TrainingRules:
    """How a low-stakes assessment asks and concludes. Raises ValueError naming the number out of its domain."""

    right_below: float = 0.90
    """P(right) on a rung at or below the floor."""
    least_guess: float = 0.05
    """P(right) above the floor is the guess chance, at least this."""
    start_level: int = 2
    """Highest level of the first challenge where nothing is known yet."""
    largest_jump: int = 2
    """Levels a challenge may stand above the estimate."""
    near_equal: float = 0.05
    """Share of the best gain within which challenges are near-equals, drawn by the seeded pick."""
    prior_mean: float = 0.0
    """Mean of the ability prior of one competence."""
    prior_sd: float = 1.0
    """Standard deviation of the ability prior of one competence."""
    correlation: float = 0.7
    """Correlation of any two competences' abilities before any answer."""
    max_answers: int = 200
    """Answers after which any training assessment ends."""
    checkpoint_every: int = 5
    """Answers between two checkpoints."""

    def __post_init__(self) -> None:
        domains = {
            "right_below": 0.51 <= self.right_below < 1,
            "least_guess": 0 < self.least_guess < self.right_below,
            "start_level": 1 <= self.start_level <= 8,
            "largest_jump": 0 <= self.largest_jump <= 8,
            "near_equal": 0 <= self.near_equal < 1,
            "prior_mean": -3 <= self.prior_mean <= 3,
            "prior_sd": 0.2 <= self.prior_sd <= 3,
            "correlation": 0 <= self.correlation <= HIGHEST_CORRELATION,
            "max_answers": 1 <= self.max_answers <= 250,
            "checkpoint_every": 1 <= self.checkpoint_every <= 50,
        }
        wrong = [name for name, fine in domains.items() if not fine]
        if wrong:
            raise ValueError(f"out of range: {', '.join(wrong)}")
