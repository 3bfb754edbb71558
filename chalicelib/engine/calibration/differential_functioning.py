"""Whether an item is harder for one group than for another of the same ability, from adaptive answers.

Logistic regression of the answer on ability and group (Swaminathan & Rogers 1990), with the guess chance c as its lower
asymptote (Drabinová & Martinková 2017), g = 1 in the focal group and 0 in the reference group:

    P(right | θ, g) = c + (1 − c) / (1 + e^(−η)),   η = β0 + β1 θ + β2 g + β3 g θ

uniform: β2, non-uniform: β3, each by the likelihood ratio, χ² with one degree of freedom; together with two.

**The trap of impact.** Groups of different mean ability are no fault of an item. But of two persons with the same other
answers, the one from the abler group is abler on average: matched on what these answers say under one prior for all, every
item seems to favour the abler group. (Estimates that hold the item itself hide this where items discriminate alike, as sum
scores do for Rasch items, and are no cure.) So ability is integrated out, with the posterior without the item itself and with
the prior of the person's own group (`by_group`), as item response theory's likelihood ratio does (Thissen, Steinberg & Wainer
1993): the chance of the answer is m = Σ_q w⁻_q P(θ_q, g). Weights gathered on one point (`AbilityWeights.at`, with
`scored=False`) give back the plain regression, with its trap.

Effect: gain of Nagelkerke's R² (1991) from β1 alone to β3, below 0.035 negligible, from 0.070 large (Jodoin & Gierl 2001);
and Δ = 2.35 β2, the scale of ETS (Holland & Thayer 1988), moderate from 1, large from 1.5. The graver of the two is said: the
first thresholds leave a difference of half a logit unsaid, and the second does not see curves that cross.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from chalicelib.engine.bank import Bools, Floats
from chalicelib.engine.calibration.abilities import AbilityWeights, ItemCurves, answers_of, without_item
from chalicelib.engine.calibration.binary_regression import Trials, fitted
from chalicelib.engine.calibration.responses import Responses
from chalicelib.engine.calibration.significance import benjamini_hochberg, chi_square_tail

_ETS = 2.35
"""Points of Δ a logit."""
_LEAST_SLOPE = 0.05
"""Slope under which a difficulty means nothing."""


class DifVerdict(StrEnum):
    """What may be said of an item and two groups."""

    NEGLIGIBLE = "negligible"
    MODERATE = "moderate"
    LARGE = "large"
    TOO_FEW = "too-few"


@dataclass(frozen=True)
class DifRules:
    """How differential functioning is judged. Raises ValueError naming the number out of its domain."""

    least_answers: int = 100
    """Answers of the smaller group under which nothing is said."""
    alpha: float = 0.05
    """Largest false discovery rate among the items not said negligible."""
    moderate: float = 0.035
    """Gain of R² from which it is moderate."""
    large: float = 0.070
    """Gain of R² from which it is large."""
    moderate_delta: float = 1.0
    """|Δ| from which it is moderate."""
    large_delta: float = 1.5
    """|Δ| from which it is large."""
    scored: bool = True
    """Whether the persons' weights hold the answers to the item itself; False for seeded items and for points."""

    def __post_init__(self) -> None:
        domains = {
            "least_answers": self.least_answers >= 10,
            "alpha": 0 < self.alpha < 1,
            "moderate": 0 < self.moderate <= self.large,
            "large": self.large < 1,
            "moderate_delta": 0 < self.moderate_delta <= self.large_delta,
        }
        wrong = [name for name, fine in domains.items() if not fine]
        if wrong:
            raise ValueError(f"out of range: {', '.join(wrong)}")


@dataclass(frozen=True, eq=False)
class Dif:
    """Differential functioning of n items, (n,) each; nan where the verdict is `too-few`."""

    statistic: Floats
    """Likelihood ratio of both terms, two degrees of freedom."""
    p: Floats
    """Its p-value."""
    adjusted: Floats
    """p adjusted over the items (Benjamini & Hochberg 1995)."""
    p_uniform: Floats
    """p-value of β2 alone."""
    p_non_uniform: Floats
    """p-value of β3 once β2 is there."""
    gain: Floats
    """Gain of Nagelkerke's R²."""
    delta: Floats
    """Δ = 2.35 β2 with one slope: below 0 where the item is harder for the focal group."""
    shift: Floats
    """Difficulty in the focal group less in the reference group, in θ, with one slope: −β2/β1. nan where β1 is under 0.05."""
    signed_area: Floats
    """Mean of P(focal) − P(reference) over the focal group that answered: below 0 where the item is harder for it (Meade 2010)."""
    unsigned_area: Floats
    """Mean of |P(focal) − P(reference)| over the same: differs from |signed| where the curves cross."""
    verdict: tuple[DifVerdict, ...]
    """What may be said."""


class _Numbers(NamedTuple):
    statistic: float
    uniform: float
    non_uniform: float
    gain: float
    delta: float
    shift: float
    signed_area: float
    unsigned_area: float


_NOTHING = _Numbers(*(np.nan,) * 8)


def differential_functioning(
    responses: Responses, curves: ItemCurves, abilities: AbilityWeights, focal: Bools, rules: DifRules | None = None
) -> Dif:
    """Differential functioning of every item between the focal group (N,) and the others.

    `abilities` come from `by_group`. Raises ValueError when persons or items do not agree.
    """
    rules = rules or DifRules()
    persons = responses.n_persons
    if len(curves) != responses.n_items or len(abilities.weights) != persons or focal.shape != (persons,):
        raise ValueError("curves must have one item a column of the responses, weights and focal one row a person")
    study = _Study(responses, curves, abilities, focal, rules)
    numbers = [study.of_item(item) for item in range(responses.n_items)]
    statistic, uniform, non_uniform, gain, delta, shift, signed, unsigned = np.array(numbers).T
    p = chi_square_tail(statistic, np.array(2.0))
    adjusted = benjamini_hochberg(p)
    sizes = zip(adjusted.tolist(), gain.tolist(), np.abs(delta).tolist(), strict=True)
    verdict = tuple(_verdict(*one, rules) for one in sizes)
    singles = chi_square_tail(uniform, np.array(1.0)), chi_square_tail(non_uniform, np.array(1.0))
    return Dif(statistic, p, adjusted, *singles, gain, delta, shift, signed, unsigned, verdict)


def _verdict(adjusted: float, gain: float, delta: float, rules: DifRules) -> DifVerdict:
    if np.isnan(adjusted):
        return DifVerdict.TOO_FEW
    if adjusted >= rules.alpha or (gain < rules.moderate and delta < rules.moderate_delta):
        return DifVerdict.NEGLIGIBLE
    return DifVerdict.LARGE if gain >= rules.large or delta >= rules.large_delta else DifVerdict.MODERATE


@dataclass(frozen=True, eq=False)
class _Study:
    responses: Responses
    curves: ItemCurves
    abilities: AbilityWeights
    focal: Bools
    rules: DifRules

    def of_item(self, item: int) -> _Numbers:
        """The numbers of one item; nan where a group answered too little or nothing varies."""
        persons, right = answers_of(self.responses.outcomes, item)
        group = self.focal[persons]
        smaller = min(np.count_nonzero(group), np.count_nonzero(~group))
        if smaller < self.rules.least_answers or right.all() or not right.any() or not self.curves.known[item]:
            return _NOTHING
        nodes, weights = self.abilities.nodes, self.abilities.weights[persons]
        if self.rules.scored:
            weights = without_item(weights, right, self.curves.curve(item, nodes))
        a, b, c = (float(column[item]) for column in (self.curves.a, self.curves.b, self.curves.c))
        return _compared(Trials(nodes, weights, right, group, c), np.array([-a * b, a, 0.0, 0.0]))


def _compared(trials: Trials, start: Floats) -> _Numbers:
    """What the regressions without a group, with β2 and with β3 say of one item."""
    one, two, three = (fitted(trials, start, terms) for terms in (2, 3, 4))
    likelihoods = one.log_likelihood, two.log_likelihood, three.log_likelihood
    difference = three.curves[1] - three.curves[0]
    mass = trials.weights[trials.focal].mean(axis=0)
    return _Numbers(
        statistic=max(2.0 * (likelihoods[2] - likelihoods[0]), 0.0),
        uniform=max(2.0 * (likelihoods[1] - likelihoods[0]), 0.0),
        non_uniform=max(2.0 * (likelihoods[2] - likelihoods[1]), 0.0),
        gain=max(nagelkerke(likelihoods[2], trials.right) - nagelkerke(likelihoods[0], trials.right), 0.0),
        delta=_ETS * float(two.beta[2]),
        shift=float(-two.beta[2] / two.beta[1]) if two.beta[1] > _LEAST_SLOPE else np.nan,
        signed_area=float(mass @ difference),
        unsigned_area=float(mass @ np.abs(difference)),
    )


def nagelkerke(log_likelihood: float, right: Bools) -> float:
    """R² = (1 − e^(2(l0 − l)/N)) / (1 − e^(2 l0/N)), l0 the log-likelihood of a constant (Nagelkerke 1991). 0 without variation."""
    n, share = len(right), float(right.mean()) if len(right) else 0.0
    if not 0 < share < 1:
        return 0.0
    empty = n * (share * np.log(share) + (1.0 - share) * np.log(1.0 - share))
    return float(-np.expm1(2.0 * (empty - log_likelihood) / n) / -np.expm1(2.0 * empty / n))
