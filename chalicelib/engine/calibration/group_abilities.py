"""The distribution of ability in each group, and the posteriors that start from it.

With L_q a person's likelihood at the nodes, a normal prior of the group, by EM on its mean and deviation (Bock & Aitkin 1981;
Mislevy 1984):   w_q ∝ L_q N(θ_q; m, s²),   m ← mean of Σ_q w_q θ_q,   s² ← mean of Σ_q w_q (θ_q − m)²
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import Bools, Floats
from chalicelib.engine.calibration.abilities import AbilityWeights, normal_weights

_MOST_STEPS = 200
_ENOUGH = 1e-4
_LEAST_SD = 0.1


@dataclass(frozen=True, eq=False)
class GroupedAbilities:
    """Posteriors under each group's own prior: the reference group first."""

    abilities: AbilityWeights
    """Posteriors of everyone."""
    mean: Floats
    """Mean ability in each group, (2,): their difference is the impact. nan for an empty group."""
    sd: Floats
    """Its deviation, (2,)."""


def by_group(abilities: AbilityWeights, prior: Floats, focal: Bools) -> GroupedAbilities:
    """Exchange the one `prior` (Q,) that these posteriors were made with for a normal prior estimated in each group, `focal` (N,).

    The answers of all items estimate it: an item that favours a group moves it by its share of the test. Leave such items out
    and do it again where there are several.
    """
    weights = abilities.weights.copy()
    likelihood = weights / np.maximum(prior, np.finfo(np.float64).tiny)
    likelihood /= likelihood.max(axis=1, keepdims=True)
    mean, sd = np.full(2, np.nan), np.full(2, np.nan)
    for number, members in enumerate((~focal, focal)):
        if members.any():
            weights[members], mean[number], sd[number] = _one_group(likelihood[members], abilities.nodes)
    return GroupedAbilities(AbilityWeights(abilities.nodes, weights), mean, sd)


def _one_group(likelihood: Floats, nodes: Floats) -> tuple[Floats, float, float]:
    """Posteriors of one group, and the mean and deviation of its normal prior."""
    mean, sd = 0.0, 1.0
    weights = _posteriors(likelihood, nodes, mean, sd)
    for _ in range(_MOST_STEPS):
        mass = weights.mean(axis=0)
        centre = float(mass @ nodes)
        spread = max(float(np.sqrt(mass @ (nodes - centre) ** 2)), _LEAST_SD)
        moved = abs(centre - mean) + abs(spread - sd)
        mean, sd = centre, spread
        weights = _posteriors(likelihood, nodes, mean, sd)
        if moved < _ENOUGH:
            break
    return weights, mean, sd


def _posteriors(likelihood: Floats, nodes: Floats, mean: float, sd: float) -> Floats:
    weights = likelihood * np.maximum(normal_weights(nodes, mean, sd), np.finfo(np.float64).tiny)
    normalised: Floats = weights / weights.sum(axis=1, keepdims=True)
    return normalised
