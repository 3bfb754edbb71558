"""The figures that `palier bench measuring` tells of each condition, with what they should reach at least and what is aimed at.

A bar that is a number is the most that the figure should be; one of two numbers is the range where it should lie; none is none.
"""

from __future__ import annotations

from dataclasses import dataclass

from palier.bench_conditions import POPULATION, STRATUM, STRICT

Bar = float | tuple[float, float] | None


@dataclass(frozen=True)
class Figure:
    """A figure of a condition, and its bars."""

    name: str
    at_least: Bar = None
    aim: Bar = None


COVERED: tuple[Bar, Bar] = ((0.89, 0.91), (0.895, 0.905))
POOLED, BY_STRATUM = "max_exposure", "max_stratum_exposure"
"""Largest expected rate of any item, of all tests and of those of any stratum: its rate over all cohorts together."""
POOLED_ELSEWHERE, BY_STRATUM_ELSEWHERE = "max_exposure_elsewhere", "max_stratum_exposure_elsewhere"
"""The same without the luck of the largest: the rate, in one half of the cohorts, of the item most given in the other half.

A stratum's limit is held against it: the farthest strata have one test in fifteen, whose largest rate chance alone takes 0.04 too high."""
ONE_COHORT = "max_exposure_of_a_cohort"
"""Largest rate of any item in one cohort, chance included."""

LIMITED = Figure(POOLED, POPULATION)
EXPOSED = (LIMITED, Figure(POOLED_ELSEWHERE), Figure(ONE_COHORT))
IN_STRATA = (LIMITED, Figure(POOLED_ELSEWHERE), Figure(BY_STRATUM), Figure(BY_STRATUM_ELSEWHERE, STRATUM))
COVERAGE = Figure("coverage90", *COVERED)
COMPETENCES = (Figure("competence_rmse"), Figure("competence_rmse_of_composite"))
COMPETENCE_COVERAGE = Figure("competence_coverage90", *COVERED)
SAME_RHO = (Figure("rmse", 0.250, 0.235), *COMPETENCES, COVERAGE, COMPETENCE_COVERAGE, LIMITED)
OTHER_RHO = (Figure("rmse"), *COMPETENCES, Figure("coverage90"), Figure("competence_coverage90"), LIMITED)
MORNING = (Figure(ONE_COHORT, 0.25, 0.22), Figure(POOLED), Figure("rmse"))
DECISION = (Figure("mean_length"), Figure("right_decisions"), LIMITED)
FAR = tuple(
    Figure(f"far_{error}_{estimate}") for estimate in ("posterior_mean", "weighted_likelihood") for error in ("bias", "rmse")
)


def _beside(*figures: str) -> tuple[Figure, ...]:
    return tuple(Figure(f"{peer}{figure}") for figure in figures for peer in ("", "catsim_"))


FIGURES: dict[str, tuple[Figure, ...]] = {
    "one": (Figure("rmse", 0.222, 0.218), *EXPOSED, Figure("coverage90"), *FAR),
    "one-quotas": (Figure("rmse", 0.227, 0.222), *EXPOSED, Figure("coverage90")),
    "sixteen": (
        Figure("rmse", 0.250, 0.235),
        Figure("competence_rmse", 0.54, 0.52),
        Figure("competence_rmse_of_composite"),
        COVERAGE,
        COMPETENCE_COVERAGE,
        *EXPOSED,
    ),
    "sixteen-rho-0.5": SAME_RHO,
    "sixteen-rho-0.85": SAME_RHO,
    "sixteen-rho-0.5-taken-for-0.7": OTHER_RHO,
    "sixteen-rho-0.85-taken-for-0.7": OTHER_RHO,
    "guessable": (Figure("bias", (-0.02, 0.02)), COVERAGE, COMPETENCE_COVERAGE, Figure("rmse"), LIMITED),
    "guessable-unknown": (Figure("bias"), Figure("coverage90"), Figure("competence_coverage90"), Figure("rmse")),
    "strata-sixteen": (Figure("rmse", 0.245, 0.238), *IN_STRATA),
    "strata-one": (Figure("rmse", 0.230, 0.226), *IN_STRATA),
    "strata-one-quotas": (Figure("rmse", 0.230, 0.226), *IN_STRATA),
    "morning-one": MORNING,
    "morning-sixteen": MORNING,
    "precision": (Figure("mean_length", 15.0, 14.3), Figure("rmse"), LIMITED),
    "drift": (
        Figure("quarter_ratio", 1.10, 1.03),
        Figure("first_quarter_rmse"),
        Figure("last_quarter_rmse"),
        Figure(POOLED, STRICT),
    ),
    "cut-by-ratio": DECISION,
    "cut-by-interval": DECISION,
    "catsim": _beside("rmse", "mean_se", "max_exposure"),
    "catsim-precision": _beside("mean_length", "rmse", "max_exposure"),
}
"""By name of condition."""
