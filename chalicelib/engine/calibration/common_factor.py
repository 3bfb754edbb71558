"""Calibration where each competence has an ability of its own, and all share a factor; each item measures one competence.

    θ_k = √ρ g + √(1 − ρ) e_k,   g, e_k ~ N(0, 1) independent, so that each θ_k ~ N(0, 1) and two of them correlate by ρ

The marginal likelihood of a person needs two nested sums only, however many competences there are (Gibbons & Hedeker 1992):

    L_i = Σ_g w_g Π_k M_ik(g),   M_ik(g) = Σ_θ p(θ | g) L_ik(θ),   p(θ | g) = N(θ; √ρ g, 1 − ρ)

with L_ik(θ) the likelihood of i's answers in competence k. a and b of an item are on the scale of its own competence; ρ is
estimated with them: in the M-step it maximises Σ n(g, θ) log p(θ | g), with n the expected number of (g, θ) pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from chalicelib.engine.bank import Floats, Ints
from chalicelib.engine.calibration.acceleration import OnIteration, StoppingRule, Summit, climb
from chalicelib.engine.calibration.curves import Curves
from chalicelib.engine.calibration.free_items import Anchors, FreeItems, ItemEstimates, among_all, checked_guess
from chalicelib.engine.calibration.maximisation import Counts, WeakPrior
from chalicelib.engine.calibration.nested import HIGHEST_RHO, Chunk, Nested, NestedPosterior, Persons, best_rho
from chalicelib.engine.calibration.quadrature import Quadrature
from chalicelib.engine.calibration.responses import Responses
from chalicelib.engine.calibration.standard_errors import ScoreSums, item_errors, other_errors, person_scores

START_RHO = 0.5
RHO_SCALE = 5.0
"""ρ climbs slowly, so a point holds it magnified: it has settled when a step changes it by that much less."""
EDGE = 1e-3
"""Nearer than this to a bound of its domain, ρ has no standard error."""


@dataclass(frozen=True)
class CommonFactorSettings:
    """How to calibrate with a common factor."""

    ability: Quadrature = field(default_factory=Quadrature)
    """Of θ; its step must resolve the deviation √(1 − ρ) ≥ 0.22."""
    factor: Quadrature = field(default_factory=lambda: Quadrature(points=41))
    """Of g."""
    stopping: StoppingRule = field(default_factory=lambda: StoppingRule(parameter_change=1e-4))
    """Looser than for one ability: a step costs more, and 10⁻⁴ is a hundredth of a standard error."""
    prior: WeakPrior | None = None
    rho: float | None = None
    """ρ when it is known and held; None to estimate it."""

    def __post_init__(self) -> None:
        if self.rho is not None and not 0 <= self.rho <= HIGHEST_RHO:
            raise ValueError(f"rho must be in [0, {HIGHEST_RHO}], not {self.rho}")


@dataclass(frozen=True, eq=False)
class CommonFactorCalibration(ItemEstimates):
    """Items on the scales of their competences, how alike the competences are, and how the calibration went."""

    competence: Ints
    """Of each item, (n,)."""
    rho: float
    """Correlation of two competences; nan when fewer than two have an estimable item."""
    se_rho: float
    """nan when ρ is held, undefined or at a bound of [0, 0.95]."""
    loglik: float
    """Marginal log-likelihood at the end, without the prior's part."""
    iterations: int
    settings: CommonFactorSettings


def calibrate_common_factor(
    responses: Responses,
    competence: Ints,
    c: Floats | None = None,
    settings: CommonFactorSettings | None = None,
    on_iteration: OnIteration | None = None,
) -> CommonFactorCalibration:
    """a and b of every item on the scale of its competence, (n,) from 0 on, and ρ; c (n,) is given, 0 by default.

    An item without both a right and a wrong answer is not estimable, unless a prior is set and it has an answer.
    Raises ValueError when shapes disagree, a competence is below 0 or c is out of [0, 1).
    """
    settings = settings or CommonFactorSettings()
    n = responses.n_items
    c, competence = checked_guess(c, n), np.asarray(competence, dtype=np.intp)
    if competence.shape != (n,) or competence.min() < 0:
        raise ValueError(f"competence must have shape ({n},) and no value below 0")
    used = responses.varied if settings.prior is None else responses.answers_of_item > 0
    if not used.any():
        return _nothing(c, competence, settings)
    fit = _Fit(responses.of_items(used), competence[used], c[used], settings)
    summit = climb(fit.step, fit.start(), settings.stopping, on_iteration)
    a, d, rho = fit.split(summit.point)
    estimates, se_rho = fit.estimates(summit)
    return CommonFactorCalibration(
        **vars(among_all(estimates, used, c)),
        competence=competence,
        rho=rho if fit.several else np.nan,
        se_rho=se_rho,
        loglik=summit.objective - fit.items.prior_part(a, d),
        iterations=summit.iterations,
        settings=settings,
    )


def _nothing(c: Floats, competence: Ints, settings: CommonFactorSettings) -> CommonFactorCalibration:
    """The calibration of a table that says nothing of any item."""
    nothing = vars(ItemEstimates.unknown(c))
    return CommonFactorCalibration(
        **nothing, competence=competence, rho=np.nan, se_rho=np.nan, loglik=0.0, iterations=0, settings=settings
    )


@dataclass(eq=False)
class _Fit:
    """One calibration on its way. A point is (a, d, 5 ρ), (2 n + 1,)."""

    responses: Responses
    competence: Ints
    c: Floats
    settings: CommonFactorSettings

    def __post_init__(self) -> None:
        nodes = self.settings.ability.nodes
        self.items = FreeItems(nodes, self.c, Anchors.none(len(self.c)), self.settings.prior)
        self.persons = Persons(self.responses, self.competence, len(nodes))
        self.several = len(self.persons.members) > 1
        self.frees_rho = self.several and self.settings.rho is None

    def start(self) -> Floats:
        """The first point."""
        rho = START_RHO if self.settings.rho is None else self.settings.rho
        return np.concatenate([self.items.start(self.responses), [RHO_SCALE * rho if self.several else 0.0]])

    def split(self, point: Floats) -> tuple[Floats, Floats, float]:
        """a, d and ρ of a point; ρ is kept in its domain, from which an extrapolated point may fall."""
        n = len(self.c)
        return point[:n], point[n : 2 * n], float(np.clip(point[-1] / RHO_SCALE, 0.0, HIGHEST_RHO))

    def step(self, point: Floats) -> tuple[Floats, float]:
        """The point after one EM step, and the objective at the point."""
        a, d, rho = self.split(point)
        at, nested = self.items.curves(a, d), self._nested(rho)
        right, answers = np.zeros(at.log_right.shape), np.zeros(at.log_right.shape)
        pairs, loglik = np.zeros_like(nested.given), 0.0
        for chunk in self.persons:
            posterior = self._posterior(chunk, at, nested)
            loglik += float(posterior.loglik.sum())
            for k, items in enumerate(self.persons.members):
                block_right, block_answers = chunk.blocks[k].counts(posterior.ability(k))
                right[items] += block_right
                answers[items] += block_answers
                if self.frees_rho:
                    pairs += posterior.pairs(k, chunk.answered[k])
        if self.frees_rho:
            rho = best_rho(nested, pairs, rho)
        after = np.concatenate([*self.items.moved(a, d, at, Counts(right, answers)), [RHO_SCALE * rho]])
        return after, loglik + self.items.prior_part(a, d)

    def _nested(self, rho: float) -> Nested:
        return Nested(self.settings.factor.nodes, self.settings.ability.nodes, rho)

    def _posterior(self, chunk: Chunk, at: Curves, nested: Nested) -> NestedPosterior:
        parts = zip(chunk.blocks, self.persons.members, strict=True)
        return nested.posterior([block.log_likelihood(at.of_items(items)) for block, items in parts])

    def estimates(self, summit: Summit) -> tuple[ItemEstimates, float]:
        """The items at the summit, with their errors, and the error of ρ."""
        a, d, rho = self.split(summit.point)
        change = np.abs(summit.change[: 2 * len(a)]).reshape(2, -1).max(axis=0)
        sums = self._scores(a, d, rho)
        settled = change <= self.settings.stopping.parameter_change
        items = self.items.estimates((a, d), settled, item_errors(sums, a, d, self.settings.prior))
        inside = self.frees_rho and EDGE < rho < HIGHEST_RHO - EDGE
        return items, float(other_errors(sums)[0]) if inside else np.nan

    def _scores(self, a: Floats, d: Floats, rho: float) -> ScoreSums:
        at, nested = self.items.curves(a, d), self._nested(rho)
        others = int(self.frees_rho)
        sums = ScoreSums.none(np.ones(len(a), bool), self.responses, others)
        for chunk in self.persons:
            posterior = self._posterior(chunk, at, nested)
            scores = np.empty((len(posterior.loglik), len(a), 2))
            for k, items in enumerate(self.persons.members):
                scores[:, items] = person_scores(chunk.outcomes[k], posterior.ability(k), self.items.nodes, at.of_items(items))
            sums.add(scores, posterior.rho_score()[:, None][:, :others], np.ones(len(scores)))
        return sums
