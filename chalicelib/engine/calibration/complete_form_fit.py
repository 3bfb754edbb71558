"""Item fit where everyone answered every item: S-X², infit and outfit. Adaptive answers are refused: see `item_fit`.

S-X² (Orlando & Thissen 2000) compares, at each sum score k, the share of right answers O with the one the model says:

    S-X² = Σ_k N_k (O_k − E_k)² / (E_k (1 − E_k)),   E_k = Σ_q π_q P_q f⁻_q(k − 1) / Σ_q π_q f_q(k)

f(k) is the chance of a sum score given θ (Lord & Wingersky 1984), f⁻ the same without the item, π the persons' distribution.
Neighbouring scores are put together until 1 right and 1 wrong answer are expected in each cell; df = cells − parameters.

Infit and outfit (Wright & Masters 1982), with W = P(1 − P) and C = W(1 − 3W) the fourth moment of u:

    outfit = Σ (u − P)²/W / N,         q² = Σ (C/W² − 1) / N²
    infit  = Σ (u − P)² / Σ W,         q² = Σ (C − W²) / (Σ W)²
    standardised = (mean square^⅓ − 1)(3/q) + q/3
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from chalicelib.engine.bank import GRID, Floats, Ints
from chalicelib.engine.calibration.abilities import ItemCurves
from chalicelib.engine.calibration.responses import Responses
from chalicelib.engine.calibration.significance import benjamini_hochberg, chi_square_tail

_LEAST_EXPECTED = 1.0
_LEAST_VARIANCE = 1e-9


@dataclass(frozen=True, eq=False)
class ScoreFit:
    """S-X² of n items, (n,) each. nan where no degree of freedom is left."""

    statistic: Floats
    """S-X²."""
    df: Floats
    """Cells less estimated parameters."""
    p: Floats
    """Its p-value."""
    adjusted: Floats
    """p adjusted over the items (Benjamini & Hochberg 1995)."""


def score_fit(responses: Responses, curves: ItemCurves, prior: Floats, nodes: Floats = GRID, parameters: int = 2) -> ScoreFit:
    """S-X² of each item, `prior` (Q,) being the persons' distribution and `parameters` how many were estimated of each item.

    Raises ValueError unless everyone answered everything and every item has its parameters.
    """
    refuse_incomplete(responses)
    if len(curves) != responses.n_items or not curves.known.all():
        raise ValueError("every item of a complete form must have its parameters")
    expected = expected_right_by_score(curves, prior, nodes)
    right = (responses.outcomes == 1).astype(np.float64)
    score = right.sum(axis=1).astype(np.intp)
    persons = np.bincount(score, minlength=responses.n_items + 1)[1:-1].astype(np.float64)
    observed = np.array([np.bincount(score, weights=one, minlength=responses.n_items + 1)[1:-1] for one in right.T])
    rows = [_one_item(persons, observed[item], expected[item], parameters) for item in range(responses.n_items)]
    statistic, df = np.array(rows).T
    p = chi_square_tail(statistic, df)
    return ScoreFit(statistic, df, p, benjamini_hochberg(p))


def refuse_incomplete(responses: Responses) -> None:
    """Raise ValueError where somebody did not answer something: sum scores of different items do not compare."""
    if not responses.complete:
        raise ValueError("sum scores compare on complete forms only: some person did not answer some item")


def score_chances(p: Floats) -> Floats:
    """Chance of each sum score at each node, (n + 1, Q), from the items' curves (n, Q) (Lord & Wingersky 1984)."""
    chances = np.zeros((len(p) + 1, p.shape[1]))
    chances[0] = 1.0
    for one in p:
        chances[1:] = chances[1:] * (1.0 - one) + chances[:-1] * one
        chances[0] *= 1.0 - one
    return chances


def expected_right_by_score(curves: ItemCurves, prior: Floats, nodes: Floats = GRID) -> Floats:
    """E of the module's formula, (n, n − 1), for the scores 1 to n − 1."""
    p = curves.right(nodes)
    expected = np.empty((len(p), max(len(p) - 1, 0)))
    for item in range(len(p)):
        others = score_chances(np.delete(p, item, axis=0))
        right = (others[:-1] * p[item]) @ prior
        wrong = (others[1:] * (1.0 - p[item])) @ prior
        expected[item] = right / np.maximum(right + wrong, np.finfo(np.float64).tiny)
    return expected


def _one_item(persons: Floats, observed: Floats, expected: Floats, parameters: int) -> tuple[float, float]:
    """S-X² and its degrees of freedom, from the persons at each score, how many were right and the share expected."""
    cells = collapsed(persons, persons * expected)
    df = len(cells) - parameters
    if df <= 0:
        return np.nan, np.nan
    count, right = (np.array([one[cell].sum() for cell in cells]) for one in (persons, observed))
    share = np.array([(persons * expected)[cell].sum() for cell in cells]) / count
    return float(np.sum(count * (right / count - share) ** 2 / (share * (1.0 - share)))), float(df)


def collapsed(persons: Floats, right: Floats) -> list[slice]:
    """Neighbouring scores put together, from the lowest, until each cell expects 1 right and 1 wrong answer.

    What is left at the top joins the last cell. No cell where there is not enough for one.
    """
    ends, first = [0], 0
    for end in range(1, len(persons) + 1):
        expected = right[first:end].sum()
        if min(expected, persons[first:end].sum() - expected) >= _LEAST_EXPECTED:
            ends.append(end)
            first = end
    ends[-1] = len(persons) if len(ends) > 1 else 0
    return [slice(low, high) for low, high in pairwise(ends)]


@dataclass(frozen=True, eq=False)
class MeanSquares:
    """Infit and outfit of n items, (n,) each: 1 where answers vary as the model says, above where they vary more."""

    infit: Floats
    """Mean square weighted by information: what happens near the item's difficulty."""
    outfit: Floats
    """Mean square of the standardised residuals: what happens far from it."""
    infit_standardised: Floats
    """Infit as a normal deviate."""
    outfit_standardised: Floats
    """Outfit as a normal deviate."""
    persons: Ints
    """How many persons answered."""


def mean_squares(responses: Responses, curves: ItemCurves, theta: Floats) -> MeanSquares:
    """Infit and outfit at given abilities, (N,). Raises ValueError unless everyone answered everything.

    At expected abilities, which lie nearer to the middle than the true ones, both come out a little away from 1.
    """
    refuse_incomplete(responses)
    if len(curves) != responses.n_items or theta.shape != (responses.n_persons,) or not curves.known.all():
        raise ValueError("curves must have the parameters of every column of the responses, and theta one value a person")
    p = curves.right(theta)
    w = np.maximum(p * (1.0 - p), _LEAST_VARIANCE)
    squared = ((responses.outcomes.T == 1) - p) ** 2
    outfit = np.mean(squared / w, axis=1)
    infit = squared.sum(axis=1) / w.sum(axis=1)
    fourth = w * (1.0 - 3.0 * w)
    outfit_q = np.sqrt(np.maximum(np.sum(fourth / w**2 - 1.0, axis=1), 0.0)) / len(theta)
    infit_q = np.sqrt(np.maximum(np.sum(fourth - w**2, axis=1), 0.0)) / w.sum(axis=1)
    z = _standardised(infit, infit_q), _standardised(outfit, outfit_q)
    return MeanSquares(infit, outfit, *z, np.full(len(curves), len(theta)))


def _standardised(mean_square: Floats, q: Floats) -> Floats:
    """The cube-root transformation; nan where answers could not vary (P = ½ for everyone)."""
    varies = q > _LEAST_VARIANCE
    q = np.where(varies, q, 1.0)
    z: Floats = np.where(varies, (np.cbrt(mean_square) - 1.0) * 3.0 / q + q / 3.0, np.nan)
    return z
