"""The two nested sums of the common-factor model, over the factor g and over the ability θ of each competence given g.

p(g | answers of i) ∝ w_g Π_k M_ik(g)
p(g, θ_k | answers of i) = p(g | answers of i) p(θ_k | g) L_ik(θ_k) / M_ik(g)          (Gibbons & Hedeker 1992)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chalicelib.engine.bank import Floats, Ints
from chalicelib.engine.calibration.blocks import Block, block_of
from chalicelib.engine.calibration.quadrature import normal_log_weights
from chalicelib.engine.calibration.responses import MISSING, Outcomes, Responses

HIGHEST_RHO = 0.95
CHUNK_WEIGHTS = 1_500_000
"""Weights (persons × competences × nodes) of one chunk: 12 MB."""
KEPT_CELLS = 16_000_000
GOLDEN = (np.sqrt(5.0) - 1) / 2
TINY = 1e-290


@dataclass(frozen=True, eq=False)
class Nested:
    """The factor and the abilities given it."""

    factor_nodes: Floats
    """g, (G,)."""
    ability_nodes: Floats
    """θ, (Q,)."""
    rho: float

    @cached_property
    def log_factor(self) -> Floats:
        """Log weights of g, (G,)."""
        return normal_log_weights(self.factor_nodes, 0.0, 1.0)

    @cached_property
    def log_given(self) -> Floats:
        """log p(θ | g), (G, Q), each row of sum 1 once exponentiated."""
        return self._log_given(self.rho)

    @cached_property
    def given(self) -> Floats:
        """p(θ | g), (G, Q)."""
        made: Floats = np.exp(self.log_given)
        return made

    @cached_property
    def given_slope(self) -> Floats:
        """∂ p(θ | g) / ∂ρ, (G, Q), by central differences within the domain of ρ."""
        low, high = max(self.rho - 1e-4, 0.0), min(self.rho + 1e-4, HIGHEST_RHO)
        made: Floats = (np.exp(self._log_given(high)) - np.exp(self._log_given(low))) / (high - low)
        return made

    def _log_given(self, rho: float) -> Floats:
        return normal_log_weights(self.ability_nodes, np.sqrt(rho) * self.factor_nodes, float(np.sqrt(1 - rho)))

    def fit(self, pairs: Floats, rho: float) -> float:
        """Σ n(g, θ) log p(θ | g) at another ρ, for expected pairs (G, Q)."""
        return float((pairs * self._log_given(rho)).sum())

    def posterior(self, log_likelihoods: list[Floats]) -> NestedPosterior:
        """Of N persons, from log L_ik(θ), (N, Q) for each competence. Works in the memory of the log-likelihoods."""
        likelihoods, marginals = log_likelihoods, []
        logs = np.tile(self.log_factor, (len(log_likelihoods[0]), 1))
        for one in likelihoods:
            top = one.max(axis=1, keepdims=True)
            one -= top
            np.exp(one, out=one)
            marginal = np.maximum(one @ self.given.T, TINY)
            marginals.append(marginal)
            logs += np.log(marginal)
            logs += top
        top = logs.max(axis=1, keepdims=True)
        factor = np.exp(logs - top)
        total = factor.sum(axis=1, keepdims=True)
        return NestedPosterior(self, likelihoods, marginals, factor / total, (top + np.log(total))[:, 0])


@dataclass(frozen=True, eq=False)
class NestedPosterior:
    """What N persons' answers say of g and of their abilities."""

    nested: Nested
    likelihoods: list[Floats]
    """L_ik(θ) up to a factor of each person, (N, Q) for each competence."""
    marginals: list[Floats]
    """M_ik(g) up to the same factor, (N, G)."""
    factor: Floats
    """p(g | answers), (N, G), each row of sum 1."""
    loglik: Floats
    """Log marginal likelihood of each person, (N,)."""

    @cached_property
    def ratios(self) -> list[Floats]:
        """p(g | answers) / M_ik(g), (N, G)."""
        return [self.factor / marginal for marginal in self.marginals]

    def ability(self, k: int) -> Floats:
        """p(θ_k | answers), (N, Q), each row of sum 1."""
        made: Floats = (self.ratios[k] @ self.nested.given) * self.likelihoods[k]
        return made

    def pairs(self, k: int, answered: Floats) -> Floats:
        """Expected number of persons at each (g, θ_k), (G, Q), over those who `answered` (N,), as 1 or 0."""
        made: Floats = self.nested.given * ((self.ratios[k] * answered[:, None]).T @ self.likelihoods[k])
        return made

    def rho_score(self) -> Floats:
        """Posterior mean of ∂ log p(θ | g) / ∂ρ, summed over competences, (N,)."""
        score = np.zeros(len(self.loglik))
        for ratio, likelihood in zip(self.ratios, self.likelihoods, strict=True):
            score += np.einsum("ig,ig->i", ratio, likelihood @ self.nested.given_slope.T)
        return score


def best_rho(nested: Nested, pairs: Floats, here: float) -> float:
    """The ρ that fits the expected pairs, by golden section; `here` when nothing better is found."""
    low, high = 0.0, HIGHEST_RHO
    while high - low > 1e-7:
        left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if nested.fit(pairs, left) < nested.fit(pairs, right):
            low = left
        else:
            high = right
    found = (low + high) / 2
    return float(found) if nested.fit(pairs, found) > nested.fit(pairs, here) else here


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some persons, by competence."""

    outcomes: list[Outcomes]
    """(N, n_k) for each competence."""
    blocks: list[Block]
    answered: list[Floats]
    """1 for a person with an answer in the competence, else 0, (N,)."""


@dataclass(frozen=True, eq=False)
class Persons:
    """All persons in chunks, made once when they are few and at each walk when they are many."""

    responses: Responses
    competence: Ints
    nodes: int

    @cached_property
    def members(self) -> list[Ints]:
        """Items of each competence that has any."""
        return [np.flatnonzero(self.competence == k) for k in np.unique(self.competence)]

    def __iter__(self) -> Iterator[Chunk]:
        """The chunks."""
        few = self.responses.n_persons * self.responses.n_items <= KEPT_CELLS
        yield from self._kept if few else self._made()

    @cached_property
    def _kept(self) -> list[Chunk]:
        return list(self._made())

    def _made(self) -> Iterator[Chunk]:
        rows = max(1, CHUNK_WEIGHTS // (len(self.members) * self.nodes))
        for persons in self.responses.chunks(rows * self.responses.n_items):
            outcomes = [np.ascontiguousarray(self.responses.outcomes[persons][:, items]) for items in self.members]
            answered = [(one != MISSING).any(axis=1).astype(np.float64) for one in outcomes]
            yield Chunk(outcomes, [block_of(one) for one in outcomes], answered)
