"""What a calibration knows of each person's abilities: one posterior, or one a competence with the factor that they share.

With a common factor g, the posterior of a competence holds the answers of all competences, and dividing it by the curve of one
item leaves exactly what the others say (Gibbons & Hedeker 1992 for the sums): a check of that item sees no other assumption.

In two groups, each has a normal of its own for g, estimated from the group's answers, and then each competence a shift δ of its
own, θ = √ρ g + δ + √(1 − ρ) e: neither a difference of ability nor one of a competence is taken for a fault of its items. δ is
where Σ E(θ − √ρ g − δ | answers) = 0, the top of the group's likelihood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np

from chalicelib.engine.bank import Bools, Floats, Ints
from chalicelib.engine.calibration.abilities import AbilityWeights, ItemCurves, normal_weights
from chalicelib.engine.calibration.common_factor import CommonFactorCalibration
from chalicelib.engine.calibration.curves import curves
from chalicelib.engine.calibration.free_items import ItemEstimates
from chalicelib.engine.calibration.group_abilities import GroupedAbilities, by_group
from chalicelib.engine.calibration.nested import Chunk, Nested, NestedPosterior, Persons
from chalicelib.engine.calibration.quadrature import normal_log_weights
from chalicelib.engine.calibration.responses import Responses
from chalicelib.engine.calibration.two_parameter import Calibration, posterior_weights
from palier.calibration_run import CalibrationRun

LOGISTIC_NORMAL = (16.0 * np.sqrt(3.0) / (15.0 * np.pi)) ** 2
"""Square of the ratio that makes a logistic curve and a normal one alike (Johnson & Kotz 1970)."""
FARTHEST_SHIFT = 3.0
"""Largest shift of a competence in a group, in deviations of ability."""
MOST_SECANTS, ENOUGH = 20, 1e-4


class Scale(NamedTuple):
    """Items that measure one ability, and what is known of it."""

    name: str
    items: Ints
    """(n,), as columns of the responses."""
    abilities: AbilityWeights


class GroupLevels(NamedTuple):
    """The ability that is common to all items in the reference and in the focal group, (2,) each."""

    mean: Floats
    sd: Floats


class Abilities(Protocol):
    """What is known of N persons."""

    @property
    def common(self) -> AbilityWeights:
        """The ability of the whole test."""

    @property
    def curves(self) -> ItemCurves:
        """The items as functions of their own ability; nan where they could not be estimated."""

    @property
    def common_curves(self) -> ItemCurves:
        """The items as functions of the ability of the whole test."""

    @property
    def population(self) -> tuple[float, float]:
        """Mean and deviation of the ability of the whole test."""

    def scales(self) -> Iterator[Scale]:
        """Each ability with its items, one at a time."""

    def in_groups(self, persons: Ints, focal: Bools) -> tuple[GroupLevels, Iterator[Scale]]:
        """The same for these persons, (M,), some of them `focal`, (M,), each group with a distribution of its own."""


def abilities_of(run: CalibrationRun) -> Abilities:
    """What the calibration knows of its persons."""
    if isinstance(run.calibration, CommonFactorCalibration):
        return CompetenceAbilities(run.responses, run.calibration, run.given.competences)
    return OneAbility(run.responses, run.calibration)


def item_curves(found: ItemEstimates) -> ItemCurves:
    """The curves of a calibration."""
    known = found.estimable & np.isfinite(found.a) & np.isfinite(found.b)
    return ItemCurves(np.where(known, found.a, np.nan), np.where(known, found.b, np.nan), found.c)


@dataclass(frozen=True, eq=False)
class OneAbility:
    """One ability for all items."""

    responses: Responses
    calibration: Calibration

    @cached_property
    def common(self) -> AbilityWeights:
        """The posteriors on the calibration's nodes."""
        weights = np.concatenate([part for _, part in posterior_weights(self.responses, self.calibration)])
        return AbilityWeights(self.calibration.quadrature.nodes, weights)

    @cached_property
    def curves(self) -> ItemCurves:
        """The items."""
        return item_curves(self.calibration)

    @property
    def common_curves(self) -> ItemCurves:
        """The same: there is one ability."""
        return self.curves

    @property
    def population(self) -> tuple[float, float]:
        """N(0, 1), or what was estimated on the scale of anchors."""
        return self.calibration.mean, self.calibration.sd

    def scales(self) -> Iterator[Scale]:
        """One, of all items."""
        yield Scale("", np.arange(self.responses.n_items), self.common)

    def in_groups(self, persons: Ints, focal: Bools) -> tuple[GroupLevels, Iterator[Scale]]:
        """One, each group with its own normal."""
        known = AbilityWeights(self.common.nodes, self.common.weights[persons])
        found = by_group(known, normal_weights(known.nodes, *self.population), focal)
        return GroupLevels(found.mean, found.sd), iter([Scale("", np.arange(self.responses.n_items), found.abilities)])


@dataclass(frozen=True, eq=False)
class CompetenceAbilities:
    """One ability a competence, and the factor that they share."""

    responses: Responses
    calibration: CommonFactorCalibration
    names: tuple[str, ...]

    @cached_property
    def curves(self) -> ItemCurves:
        """The items as functions of the ability in their own competence."""
        return item_curves(self.calibration)

    @cached_property
    def common_curves(self) -> ItemCurves:
        """The items as functions of g, what is the competence's own being integrated out.

        θ = √ρ g + √(1 − ρ) e: a is shrunk to a √ρ / √(1 + κ a² (1 − ρ)), b becomes b/√ρ, κ being LOGISTIC_NORMAL.
        """
        own, rho = self.curves, max(self._rho, 1e-6)
        shrunk = np.sqrt(rho / (1.0 + LOGISTIC_NORMAL * own.a**2 * (1.0 - rho)))
        return ItemCurves(own.a * shrunk, own.b / np.sqrt(rho), own.c)

    @property
    def population(self) -> tuple[float, float]:
        """That of g."""
        return 0.0, 1.0

    @cached_property
    def common(self) -> AbilityWeights:
        """The posteriors of g."""
        if not self._used.any():
            prior = normal_weights(self._nested.factor_nodes)
            return AbilityWeights(self._nested.factor_nodes, np.tile(prior, (self.responses.n_persons, 1)))
        parts = [self._posterior(chunk, range(len(chunk.blocks))).factor for chunk in self._persons]
        return AbilityWeights(self._nested.factor_nodes, np.concatenate(parts))

    def scales(self) -> Iterator[Scale]:
        """One a competence of which some item could be estimated."""
        for place, items in enumerate(self._members):
            yield self._scale(items, self._weights(place, self.common.weights))

    def in_groups(self, persons: Ints, focal: Bools) -> tuple[GroupLevels, Iterator[Scale]]:
        """The same with each group's own normal of g, then of the competence."""
        known = AbilityWeights(self.common.nodes, self.common.weights[persons])
        factor = by_group(known, normal_weights(known.nodes), focal)
        return GroupLevels(factor.mean, factor.sd), self._scales_of(factor, persons, focal)

    def _scales_of(self, factor: GroupedAbilities, persons: Ints, focal: Bools) -> Iterator[Scale]:
        of_all = self.common.weights.copy()
        of_all[persons] = factor.abilities.weights
        for place, items in enumerate(self._members):
            rest, likelihood = (part[persons] for part in self._parts(place, of_all))
            weights = np.empty_like(likelihood)
            for members in (~focal, focal):
                if members.any():
                    weights[members] = shifted(self._nested, rest[members], likelihood[members])
            yield self._scale(items, weights)

    def _parts(self, place: int, factor: Floats) -> tuple[Floats, Floats]:
        """What the other competences say of g, (N, G), and the likelihood of one, (N, Q), each up to a factor of the person."""
        rest, likelihoods, first = [], [], 0
        for chunk in self._persons:
            rows = slice(first, first + len(chunk.outcomes[0]))
            alone = self._posterior(chunk, range(place, place + 1))
            others = factor[rows] / alone.marginals[0]
            rest.append(others / others.sum(axis=1, keepdims=True))
            likelihoods.append(alone.likelihoods[0])
            first = rows.stop
        return np.concatenate(rest), np.concatenate(likelihoods)

    def _scale(self, items: Ints, weights: Floats) -> Scale:
        columns = np.flatnonzero(self._used)[items]
        competence = int(self.calibration.competence[columns[0]])
        return Scale(self.names[competence], columns, AbilityWeights(self._nodes, weights))

    @property
    def _nodes(self) -> Floats:
        return self._nested.ability_nodes

    @cached_property
    def _rho(self) -> float:
        rho = self.calibration.rho
        return rho if np.isfinite(rho) else 1.0  # one competence: its ability is all there is

    @cached_property
    def _nested(self) -> Nested:
        settings = self.calibration.settings
        return Nested(settings.factor.nodes, settings.ability.nodes, min(self._rho, 0.95))

    @cached_property
    def _used(self) -> Bools:
        return self.curves.known

    @cached_property
    def _persons(self) -> Persons:
        return Persons(self.responses.of_items(self._used), self.calibration.competence[self._used], len(self._nodes))

    @property
    def _members(self) -> list[Ints]:
        return self._persons.members if self._used.any() else []

    def _posterior(self, chunk: Chunk, competences: range) -> NestedPosterior:
        a, b, c = (column[self._used] for column in (self.curves.a, self.curves.b, self.curves.c))
        at, members = curves(self._nodes, a, -a * b, c), self._persons.members
        return self._nested.posterior([chunk.blocks[k].log_likelihood(at.of_items(members[k])) for k in competences])

    def _weights(self, place: int, factor: Floats) -> Floats:
        """Posteriors of one competence, (N, Q), under these posteriors of g, (N, G)."""
        rest, likelihood = self._parts(place, factor)
        weights: Floats = (rest @ self._nested.given) * likelihood
        weights /= weights.sum(axis=1, keepdims=True)
        return weights


def shifted(nested: Nested, rest: Floats, likelihood: Floats) -> Floats:
    """Posteriors of a competence in a group, (N, Q), at the shift δ of that group, found by the secant method.

    `rest` is what the other competences say of g, (N, G), `likelihood` what the competence's own answers say of θ, (N, Q).
    """
    centre, sd = np.sqrt(nested.rho) * nested.factor_nodes, float(np.sqrt(1.0 - nested.rho))
    told = np.ptp(likelihood, axis=1) > 0

    def given(delta: float) -> Floats:
        made: Floats = np.exp(normal_log_weights(nested.ability_nodes, centre + delta, sd))
        return made

    def excess(delta: float) -> float:
        at = given(delta)
        forecast = (rest[told] @ at) * likelihood[told]
        pairs = at * ((rest[told] / forecast.sum(axis=1, keepdims=True)).T @ likelihood[told])
        return float((pairs * (nested.ability_nodes - centre[:, None] - delta)).sum() / pairs.sum())

    weights: Floats = (rest @ given(_root(excess) if told.any() else 0.0)) * likelihood
    weights /= weights.sum(axis=1, keepdims=True)
    return weights


def _root(excess: Callable[[float], float]) -> float:
    """Where this falls through 0, in [−FARTHEST_SHIFT, FARTHEST_SHIFT]: the secant method, never a step longer than 1."""
    last, here = 0.0, 0.1
    of_last = excess(last)
    for _ in range(MOST_SECANTS):
        of_here = excess(here)
        slope = (of_here - of_last) / (here - last)
        step = -of_here / slope if slope < 0 else of_here
        last, of_last = here, of_here
        here = float(np.clip(here + np.clip(step, -1.0, 1.0), -FARTHEST_SHIFT, FARTHEST_SHIFT))
        if abs(here - last) < ENOUGH:
            break
    return here
