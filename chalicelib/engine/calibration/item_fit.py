"""Whether an item behaves as its curve says, from adaptive answers: a score test of the curve by ability group.

For an item of curve P and a person with posterior w, with the group g a set of neighbouring nodes:

    R_g = Σ_persons Σ_q∈g w_q (u − P_q)        right answers observed less expected, in pseudo-counts

w holds the answer u itself, as it must: only then is E R_g = 0 exactly, whatever the rule that chose the items. The residual
is pulled towards 0 by it, and its variance with it. With w⁻ the posterior without u, m = Σ w⁻P its forecast, v = m(1 − m):

    R_g = Σ_persons (A_g/v)(u − m),   A_g = Σ_q∈g w⁻_q P_q (1 − P_q),   V_gh = Σ_persons A_g A_h / v

so V is the honest variance of what is left, not that of a count, and R'V⁻¹R is χ²: the score test of "the curve is shifted in
some group" (Rao 1948; for item response models, Glas 1999). Where a and b were estimated from these same answers, what they
absorb leaves V and the degrees of freedom, with B = Σ_q w⁻_q ∂P/∂z (1, θ):  V − V_AB V_BB⁻¹ V_BA. What this test leaves out:
the error of the other items' parameters. It holds for a prior that is the persons' own; a wrong one is seen as misfit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from chalicelib.engine.bank import Floats, Ints
from chalicelib.engine.calibration.abilities import AbilityWeights, ItemCurves, answers_of, with_item, without_item
from chalicelib.engine.calibration.responses import Responses
from chalicelib.engine.calibration.significance import benjamini_hochberg, chi_square_tail

_LEAST_SPREAD = 0.02
"""Directions with less than this share of the largest variance tell nothing and are left out: the rest is still χ²."""

_LEAST_MASS = 1e-3
"""A group with less than this share of the answers joins its neighbour."""


class FitVerdict(StrEnum):
    """What may be said of an item."""

    FITS = "fits"
    MISFITS = "misfits"
    TOO_FEW = "too-few-answers"


@dataclass(frozen=True)
class FitRules:
    """How item fit is judged. Raises ValueError naming the number out of its domain."""

    groups: int = 5
    """Ability groups of about as many answers each."""
    least_answers: int = 200
    """Answers under which nothing is said."""
    alpha: float = 0.05
    """Largest false discovery rate among the items said to misfit."""
    least_rmsd: float = 0.05
    """Distance between curves under which even a certain misfit is left alone (PISA 2018 alarms at 0.12, on longer tests)."""
    estimated: bool = True
    """Whether a and b were estimated from these answers, so that they follow them; else they are known beforehand."""
    scored: bool = True
    """Whether the persons' weights hold the answers to the item itself; False for seeded items."""

    def __post_init__(self) -> None:
        domains = {
            "groups": 2 <= self.groups <= 20,
            "least_answers": self.least_answers >= 1,
            "alpha": 0 < self.alpha < 1,
            "least_rmsd": 0 <= self.least_rmsd < 1,
        }
        wrong = [name for name, fine in domains.items() if not fine]
        if wrong:
            raise ValueError(f"out of range: {', '.join(wrong)}")


@dataclass(frozen=True, eq=False)
class GroupResiduals:
    """One item, by ability group, (G,) each: what a picture of its fit shows."""

    ability: Floats
    """Mean ability of the group."""
    answers: Floats
    """Pseudo-count of answers."""
    observed: Floats
    """Proportion right."""
    expected: Floats
    """Proportion right that the curve says."""
    z: Floats
    """Residual over its standard error; nan where nothing can be told."""


@dataclass(frozen=True, eq=False)
class ItemFit:
    """The fit of n items, (n,) each. Where the verdict is `too-few-answers`, the numbers are nan."""

    answers: Ints
    """How many persons answered."""
    statistic: Floats
    """R'V⁻¹R."""
    df: Floats
    """Its degrees of freedom."""
    p: Floats
    """Its p-value."""
    adjusted: Floats
    """p adjusted over the items (Benjamini & Hochberg 1995)."""
    rmsd: Floats
    """Root mean square distance between curves over those who answered, less what
    chance alone makes of it (Köhler, Robitzsch & Hartig 2020)."""
    shift: Floats
    """Proportion right observed less expected: above 0 for an item easier than its curve."""
    verdict: tuple[FitVerdict, ...]
    """What may be said."""
    groups: tuple[GroupResiduals | None, ...]
    """The residuals by ability, None where nothing is said."""


class _Test(NamedTuple):
    statistic: float
    df: int
    rmsd: float
    shift: float
    groups: GroupResiduals


def item_fit(responses: Responses, curves: ItemCurves, abilities: AbilityWeights, rules: FitRules | None = None) -> ItemFit:
    """Fit of every item. Raises ValueError when persons or items do not agree.

    `abilities` are the posteriors given all scored answers, under the prior of these persons (`ability_weights`).
    """
    rules = rules or FitRules()
    if len(curves) != responses.n_items or len(abilities.weights) != responses.n_persons:
        raise ValueError("curves must have one item a column of the responses, and weights one row a person")
    answers = responses.answers_of_item
    tested = (answers >= rules.least_answers) & curves.known
    tests = [_tested(responses, curves, abilities, item, rules) if fine else None for item, fine in enumerate(tested)]
    columns = np.array([one[:4] if one else (np.nan,) * 4 for one in tests])
    statistic, df, rmsd, shift = columns.T
    p = chi_square_tail(statistic, df)
    adjusted = benjamini_hochberg(p)
    misfits = (np.nan_to_num(adjusted, nan=1.0) < rules.alpha) & (np.nan_to_num(rmsd) >= rules.least_rmsd)
    verdict = tuple(
        FitVerdict.TOO_FEW if np.isnan(one) else FitVerdict.MISFITS if bad else FitVerdict.FITS
        for one, bad in zip(p, misfits, strict=True)
    )
    groups = tuple(one.groups if one else None for one in tests)
    return ItemFit(answers, statistic, df, p, adjusted, rmsd, shift, verdict, groups)


def _tested(responses: Responses, curves: ItemCurves, abilities: AbilityWeights, item: int, rules: FitRules) -> _Test:
    """The score test of one item."""
    persons, right = answers_of(responses.outcomes, item)
    weights, nodes = abilities.weights[persons], abilities.nodes
    p = curves.curve(item, nodes)
    without = without_item(weights, right, p) if rules.scored else weights
    if not rules.scored:
        weights = with_item(weights, right, p)
    mass = weights.sum(axis=0)
    group = ability_groups(mass, rules.groups)
    forecast = without @ p
    spread = forecast * (1.0 - forecast)
    own = without @ (group * (p * (1.0 - p))[:, None])
    residual = own.T @ ((right - forecast) / spread)
    variance = (own / spread[:, None]).T @ own
    if rules.estimated:
        slope = (p - curves.c[item]) * (1.0 - p) / (1.0 - curves.c[item])
        absorbing = without @ np.stack([slope, slope * nodes], axis=1)
        shared = (own / spread[:, None]).T @ absorbing
        variance = variance - shared @ np.linalg.pinv((absorbing / spread[:, None]).T @ absorbing) @ shared.T
    statistic, df = quadratic_form(residual, variance)
    groups = _residuals(residual, np.diag(variance), mass @ group, (mass * p) @ group, (mass * nodes) @ group)
    excess = np.sum(
        groups.answers * (groups.observed - groups.expected) ** 2 - np.maximum(np.diag(variance), 0.0) / groups.answers
    )
    rmsd = float(np.sqrt(max(excess, 0.0) / len(persons)))
    return _Test(statistic, df, rmsd, float(residual.sum()) / len(persons), groups)


def _residuals(residual: Floats, variance: Floats, answers: Floats, expected: Floats, ability: Floats) -> GroupResiduals:
    """The residuals of one item, (G,) each, from sums over its answers."""
    told = variance > _LEAST_SPREAD * variance.max(initial=1e-12)
    z = np.where(told, residual / np.sqrt(np.where(told, variance, 1.0)), np.nan)
    return GroupResiduals(ability / answers, answers, (expected + residual) / answers, expected / answers, z)


def ability_groups(mass: Floats, groups: int) -> Floats:
    """Membership of the nodes, (Q, G), 0 or 1: neighbours together, about as much mass (Q,) in each group.

    G is less than `groups` where the mass lies on few nodes: no group is left empty.
    """
    middle = (np.cumsum(mass) - 0.5 * mass) / mass.sum()
    of_node = np.minimum((middle * groups).astype(np.intp), groups - 1)
    held = np.flatnonzero(np.bincount(of_node, weights=mass) > _LEAST_MASS * mass.sum())
    nearest = np.abs(of_node[:, None] - held).argmin(axis=1)
    member: Floats = np.eye(len(held))[nearest]
    return member


def quadratic_form(residual: Floats, variance: Floats) -> tuple[float, int]:
    """R'V⁻¹R over the directions that V tells, and how many they are."""
    scale = np.sqrt(np.maximum(np.diag(variance), 0.0))
    scale = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(variance / np.outer(scale, scale))
    kept = values > _LEAST_SPREAD * max(float(values.max()), 1e-12)
    along = vectors.T @ (residual / scale)
    return float(np.sum(along[kept] ** 2 / values[kept])), int(kept.sum())
