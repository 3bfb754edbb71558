"""What a check needs of a calibration: the items' curves, and what is known of each person's ability.

    P = c + (1 − c)Ψ,   Ψ = 1 / (1 + e^(−a(θ − b))),   ∂P/∂(a(θ − b)) = (1 − c)Ψ(1 − Ψ) = (P − c)(1 − P)/(1 − c)

A person is never a point here but a posterior on quadrature nodes: in an adaptive test the estimate is noisy and the items
answered depend on it, so a check that takes the estimate for the ability finds faults that are not there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import GRID, Bools, Floats, Ints, probability
from chalicelib.engine.calibration.responses import MISSING, RIGHT, Outcomes, Responses

_LEAST_CHANCE = 1e-12


@dataclass(frozen=True, eq=False)
class ItemCurves:
    """The curves of n items. Raises ValueError when shapes disagree or a parameter is out of its domain.

    An item that could not be estimated has nan for a and b: every check calls it `too-few` and says nothing else of it.
    """

    a: Floats
    """Discrimination, (n,); not positive where the key is likely to be wrong, which the checks then show."""
    b: Floats
    """Difficulty, (n,)."""
    c: Floats
    """Guess chance, (n,), in [0, 1)."""

    def __post_init__(self) -> None:
        if self.a.ndim != 1 or self.b.shape != self.a.shape or self.c.shape != self.a.shape:
            raise ValueError("a, b and c must have one value an item")
        if np.any(np.isinf(self.a)) or np.any(np.isinf(self.b)):
            raise ValueError("a and b must be finite, or nan where unknown")
        if not np.all((self.c >= 0) & (self.c < 1)):
            raise ValueError("c must be in [0, 1)")

    def __len__(self) -> int:
        return len(self.a)

    @property
    def known(self) -> Bools:
        """Which items have both parameters, (n,)."""
        return ~np.isnan(self.a + self.b)

    def right(self, nodes: Floats) -> Floats:
        """P at these abilities, (n, Q), never nearer to 0 or 1 than 10⁻¹². nan for an item without parameters."""
        p = probability(nodes[None, :], self.a[:, None], self.b[:, None], self.c[:, None])
        return np.clip(p, _LEAST_CHANCE, 1.0 - _LEAST_CHANCE)

    def curve(self, item: int, nodes: Floats) -> Floats:
        """P of one item at these abilities, (Q,), kept off 0 and 1 in the same way."""
        p = probability(nodes, self.a[[item]], self.b[[item]], self.c[[item]])
        return np.clip(p, _LEAST_CHANCE, 1.0 - _LEAST_CHANCE)


@dataclass(frozen=True, eq=False)
class AbilityWeights:
    """What is known of the ability of N persons. Raises ValueError when a person's weights are not a distribution."""

    nodes: Floats
    """Abilities, (Q,), increasing."""
    weights: Floats
    """Weight of each node for each person, (N, Q), each row summing to one."""

    def __post_init__(self) -> None:
        if self.nodes.ndim != 1 or self.weights.ndim != 2 or self.weights.shape[1] != len(self.nodes):
            raise ValueError("weights must have one column a node")
        if np.any(np.diff(self.nodes) <= 0):
            raise ValueError("nodes must be increasing")
        if np.any(self.weights < 0) or not np.allclose(self.weights.sum(axis=1), 1.0, atol=1e-6):
            raise ValueError("the weights of each person must be at least 0 and sum to one")

    @property
    def mean(self) -> Floats:
        """Expected ability of each person, (N,)."""
        mean: Floats = self.weights @ self.nodes
        return mean

    @classmethod
    def at(cls, theta: Floats, nodes: Floats = GRID) -> AbilityWeights:
        """Abilities taken as known, (N,): each shared between its two neighbouring nodes so that its mean is θ.

        An ability outside the nodes counts as the outermost one.
        """
        inside = np.clip(theta, nodes[0], nodes[-1])
        above = np.clip(np.searchsorted(nodes, inside), 1, len(nodes) - 1)
        share = (inside - nodes[above - 1]) / (nodes[above] - nodes[above - 1])
        weights = np.zeros((len(theta), len(nodes)))
        rows = np.arange(len(theta))
        weights[rows, above - 1], weights[rows, above] = 1.0 - share, share
        return cls(nodes, weights)


def normal_weights(nodes: Floats, mean: float = 0.0, sd: float = 1.0) -> Floats:
    """A normal on the nodes, (Q,), summing to one."""
    weights = np.exp(-0.5 * ((nodes - mean) / sd) ** 2)
    normalised: Floats = weights / weights.sum()
    return normalised


def ability_weights(responses: Responses, curves: ItemCurves, prior: Floats, nodes: Floats = GRID) -> AbilityWeights:
    """Each person's posterior given all their answers: prior (Q,) or one a person (N, Q), times the likelihood.

    Where the next item depends on the answers before it, this is still the posterior: how items were chosen cancels out
    (Mislevy & Wu 1996). Items without parameters tell nothing. A person with no answer keeps the prior.
    """
    known = curves.known
    p = curves.right(nodes)[known]
    log_right, log_wrong = np.log(p), np.log1p(-p)
    log_weights = np.broadcast_to(
        np.log(np.maximum(prior, np.finfo(np.float64).tiny)), (responses.n_persons, len(nodes))
    ).copy()
    for rows in responses.chunks():
        outcomes = responses.outcomes[rows][:, known]
        log_weights[rows] += (outcomes == RIGHT).astype(np.float64) @ log_right
        log_weights[rows] += ((outcomes != RIGHT) & (outcomes != MISSING)).astype(np.float64) @ log_wrong
    log_weights -= log_weights.max(axis=1, keepdims=True)
    weights = np.exp(log_weights)
    return AbilityWeights(nodes, weights / weights.sum(axis=1, keepdims=True))


def without_item(weights: Floats, right: Bools, p: Floats) -> Floats:
    """The posteriors (N, Q) of persons who answered an item of curve p (Q,) so, (N,), as they would be without that answer."""
    return _normalised(weights / np.where(right[:, None], p, 1.0 - p))


def with_item(weights: Floats, right: Bools, p: Floats) -> Floats:
    """The posteriors (N, Q) of persons once they answered an item of curve p (Q,) so, (N,)."""
    return _normalised(weights * np.where(right[:, None], p, 1.0 - p))


def _normalised(weights: Floats) -> Floats:
    rows: Floats = weights / weights.sum(axis=1, keepdims=True)
    return rows


def answers_of(outcomes: Outcomes, item: int) -> tuple[Ints, Bools]:
    """Who answered this item, as indices, and whether right."""
    persons = np.flatnonzero(outcomes[:, item] != MISSING)
    return persons, outcomes[persons, item] == RIGHT
