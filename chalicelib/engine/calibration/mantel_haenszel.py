"""Differential functioning where everyone answered every item: persons matched by sum score (Holland & Thayer 1988).

At each sum score, a table: A reference right, B reference wrong, C focal right, D focal wrong, T = A + B + C + D.

    α = (Σ A D/T) / (Σ B C/T)                           common odds ratio (Mantel & Haenszel 1959)
    χ² = (|Σ A − Σ E| − ½)² / Σ V                       E = (A+B)(A+C)/T,  V = (A+B)(C+D)(A+C)(B+D) / (T²(T − 1))
    Δ = −2.35 ln α                                      below 0 where the item is harder for the focal group
    var ln α = Σ PR/2R² + Σ (PS + QR)/2RS + Σ QS/2S²    P = (A+D)/T, Q = (B+C)/T, R = AD/T, S = BC/T; sums in R², RS and S²
                                                        (Robins, Breslow & Greenland 1986)

ETS classes (Zieky 1993): A, χ² not significant or |Δ| < 1; C, |Δ| ≥ 1.5 and significantly above 1; B, the others.
The score holds the item studied; items of class C may be left out of the others' score in a second round (purification).
The sum score matches ability up to its noise, like any estimate: with large impact and few items, prefer
`differential_functioning`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from chalicelib.engine.bank import Bools, Floats, Ints
from chalicelib.engine.calibration.complete_form_fit import refuse_incomplete
from chalicelib.engine.calibration.responses import Responses
from chalicelib.engine.calibration.significance import benjamini_hochberg, chi_square_tail, normal_tail

_DELTA = -2.35
_ONE_SIDED = 0.05


class EtsClass(StrEnum):
    """How much an item favours a group, by the classes of ETS."""

    NEGLIGIBLE = "A"
    MODERATE = "B"
    LARGE = "C"
    TOO_FEW = "too-few"


@dataclass(frozen=True)
class MatchingRules:
    """How matched groups are compared. Raises ValueError naming the number out of its domain."""

    least_persons: int = 100
    """Persons of the smaller group under which nothing is said."""
    alpha: float = 0.05
    """Significance of χ², after adjustment over the items."""
    purified: bool = True
    """Whether items of class C leave the score that matches the others."""

    def __post_init__(self) -> None:
        domains = {"least_persons": self.least_persons >= 2, "alpha": 0 < self.alpha < 1}
        wrong = [name for name, fine in domains.items() if not fine]
        if wrong:
            raise ValueError(f"out of range: {', '.join(wrong)}")


@dataclass(frozen=True, eq=False)
class CommonOdds:
    """Mantel and Haenszel's summary of tables, one set of tables a row; nan where the tables do not tell."""

    odds_ratio: Floats
    """α: above 1 where the item favours the reference group."""
    chi_square: Floats
    """Continuity-corrected, one degree of freedom."""
    p: Floats
    """Its p-value."""
    error: Floats
    """Standard error of ln α."""

    @property
    def delta(self) -> Floats:
        """−2.35 ln α, the scale of ETS."""
        delta: Floats = _DELTA * np.log(self.odds_ratio)
        return delta


@dataclass(frozen=True, eq=False)
class MantelHaenszel:
    """The comparison of n items, (n,) each."""

    odds: CommonOdds
    """α, χ², p and the standard error."""
    delta: Floats
    """Δ on the scale of ETS."""
    adjusted: Floats
    """p adjusted over the items (Benjamini & Hochberg 1995)."""
    verdict: tuple[EtsClass, ...]
    """A, B or C, or `too-few`."""
    matching: Bools
    """Which items the matching score holds."""


def mantel_haenszel(responses: Responses, focal: Bools, rules: MatchingRules | None = None) -> MantelHaenszel:
    """Compare the focal group (N,) with the others, item by item. Raises ValueError unless everyone answered everything."""
    rules = rules or MatchingRules()
    refuse_incomplete(responses)
    if focal.shape != (responses.n_persons,):
        raise ValueError("focal must have one value a person")
    enough = min(np.count_nonzero(focal), np.count_nonzero(~focal)) >= rules.least_persons
    matching = np.ones(responses.n_items, dtype=np.bool_)
    found = _compared(responses.right, focal, matching, rules.alpha if enough else 0.0)
    large = np.array([one is EtsClass.LARGE for one in found.verdict])
    if rules.purified and large.any() and not large.all():
        found = _compared(responses.right, focal, ~large, rules.alpha if enough else 0.0)
    return found


def _compared(right: Bools, focal: Bools, matching: Bools, alpha: float) -> MantelHaenszel:
    """One round. `alpha` 0 says that the groups are too small for any verdict."""
    score = np.count_nonzero(right[:, matching], axis=1)
    tables = tables_by_score(right, focal, score)
    for item in np.flatnonzero(~matching):
        own = tables_by_score(right[:, [item]], focal, score + right[:, item])
        tables[item] = 0.0
        tables[item, : own.shape[1]] = own[0]
    odds = common_odds(tables)
    adjusted = benjamini_hochberg(odds.p)
    above_one = normal_tail((np.abs(odds.delta) - 1.0) / (-_DELTA * odds.error))
    rows = zip(odds.delta.tolist(), adjusted.tolist(), above_one.tolist(), strict=True)
    return MantelHaenszel(odds, odds.delta, adjusted, tuple(_class(*one, alpha) for one in rows), matching)


def _class(delta: float, adjusted: float, above_one: float, alpha: float) -> EtsClass:
    if alpha == 0 or np.isnan(delta + adjusted + above_one):
        return EtsClass.TOO_FEW
    if adjusted >= alpha or abs(delta) < 1.0:
        return EtsClass.NEGLIGIBLE
    return EtsClass.LARGE if abs(delta) >= 1.5 and above_one < _ONE_SIDED else EtsClass.MODERATE


def tables_by_score(right: Bools, focal: Bools, score: Ints) -> Floats:
    """A, B, C, D at each score from 0 to n + 1, (n items, n + 2 scores, 4)."""
    scores = max(right.shape[1], int(score.max(initial=0))) + 2
    at = (score[:, None] == np.arange(scores)).astype(np.float64)
    answers = right.astype(np.float64)
    columns = []
    for members in (~focal, focal):
        persons = at[members].sum(axis=0)
        hits = answers[members].T @ at[members]
        columns += [hits, persons - hits]
    return np.stack(columns, axis=-1)


def common_odds(tables: Floats) -> CommonOdds:
    """The summary of each set of tables, (n, scores, 4) holding A, B, C, D. A score with fewer than 2 persons tells nothing."""
    a, b, c, d = np.moveaxis(tables, -1, 0)
    total = a + b + c + d
    told = total >= 2
    t = np.where(told, total, 2.0)
    r, s = np.where(told, a * d / t, 0.0), np.where(told, b * c / t, 0.0)
    p, q = (a + d) / t, (b + c) / t
    sum_r, sum_s = r.sum(axis=1), s.sum(axis=1)
    spread = np.where(told, (a + b) * (c + d) * (a + c) * (b + d) / (t * t * (t - 1.0)), 0.0).sum(axis=1)
    excess = np.where(told, a - (a + b) * (a + c) / t, 0.0).sum(axis=1)
    fine = (sum_r > 0) & (sum_s > 0) & (spread > 0)
    safe_r, safe_s = np.where(fine, sum_r, 1.0), np.where(fine, sum_s, 1.0)
    variance = (p * r).sum(axis=1) / (2 * safe_r**2) + (q * s).sum(axis=1) / (2 * safe_s**2)
    variance += (p * s + q * r).sum(axis=1) / (2 * safe_r * safe_s)
    corrected = np.maximum(np.abs(excess) - 0.5, 0.0) ** 2 / np.where(fine, spread, 1.0)
    chi_square = np.where(fine, corrected, np.nan)
    tail = chi_square_tail(chi_square, np.array(1.0))
    return CommonOdds(
        np.where(fine, safe_r / safe_s, np.nan),
        chi_square,
        tail,
        np.where(fine, np.sqrt(np.where(fine, variance, 1.0)), np.nan),
    )
