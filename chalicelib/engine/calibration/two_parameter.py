"""Marginal maximum likelihood of a and b by the EM algorithm, one ability (Bock & Aitkin 1981); c is given.

    log L = Σ_i log Σ_q w_q Π_j P_j(θ_q)^u_ij (1 − P_j(θ_q))^(1 − u_ij)

over persons i, items j that i answered and nodes θ_q with the weights w_q of N(0, 1). Items that are anchored keep their a and b;
with them the scale is fixed, and the mean and deviation of the population may be estimated (Kim 2006).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from chalicelib.engine.bank import Floats
from chalicelib.engine.calibration.acceleration import OnIteration, StoppingRule, Summit, climb
from chalicelib.engine.calibration.blocks import Blocks
from chalicelib.engine.calibration.curves import Curves, curves
from chalicelib.engine.calibration.free_items import Anchors, FreeItems, ItemEstimates, among_all, checked_guess
from chalicelib.engine.calibration.maximisation import Counts, WeakPrior
from chalicelib.engine.calibration.quadrature import Quadrature, normal_log_weights
from chalicelib.engine.calibration.responses import Responses
from chalicelib.engine.calibration.standard_errors import ScoreSums, item_errors, person_scores

__all__ = ["Anchors", "Calibration", "CalibrationSettings", "calibrate", "posterior_of", "posterior_weights"]

SMALLEST_SD, LARGEST_SD = 0.05, 5.0
"""Bounds of an estimated population."""


@dataclass(frozen=True)
class CalibrationSettings:
    """How to calibrate."""

    quadrature: Quadrature = field(default_factory=Quadrature)
    stopping: StoppingRule = field(default_factory=StoppingRule)
    prior: WeakPrior | None = None
    """Off by default. With it, items without variation are estimable, and nothing runs away."""
    estimate_population: bool = False
    """Whether the mean and deviation of ability are estimated; needs anchors."""


@dataclass(frozen=True, eq=False)
class Calibration(ItemEstimates):
    """Items on the scale of one ability, and how the calibration went."""

    loglik: float
    """Marginal log-likelihood at the end, without the prior's part."""
    iterations: int
    mean: float
    """Of ability in the population."""
    sd: float
    quadrature: Quadrature


def calibrate(
    responses: Responses,
    c: Floats | None = None,
    settings: CalibrationSettings | None = None,
    anchors: Anchors | None = None,
    on_iteration: OnIteration | None = None,
) -> Calibration:
    """a and b of every item from the answers; c (n,) is given, 0 by default.

    An item without both a right and a wrong answer is not estimable, unless a prior is set and it has an answer.
    A single item has no unique maximum, and separable items have none: their errors are nan, and they are not converged.
    Raises ValueError when shapes disagree, c is out of [0, 1), or the population is to be estimated without anchors.
    """
    settings = settings or CalibrationSettings()
    n = responses.n_items
    c, anchors = checked_guess(c, n), anchors or Anchors.none(n)
    if anchors.held.shape != (n,):
        raise ValueError(f"anchors must have shape ({n},)")
    if settings.estimate_population and not anchors.held.any():
        raise ValueError("the population can be estimated only on the scale of anchors")
    known = responses.varied if settings.prior is None else responses.answers_of_item > 0
    used = known | anchors.held
    if not used.any():
        return _nothing(c, settings)
    fit = _Fit(responses.of_items(used), c[used], settings, anchors.of_items(used))
    summit = climb(fit.step, fit.start(), settings.stopping, on_iteration)
    a, d, mean, sd = fit.split(summit.point)
    return Calibration(
        **vars(among_all(fit.estimates(summit), used, c)),
        loglik=summit.objective - fit.items.prior_part(a, d),
        iterations=summit.iterations,
        mean=mean,
        sd=sd,
        quadrature=settings.quadrature,
    )


def _nothing(c: Floats, settings: CalibrationSettings) -> Calibration:
    """The calibration of a table that says nothing of any item."""
    nothing = vars(ItemEstimates.unknown(c))
    return Calibration(**nothing, loglik=0.0, iterations=0, mean=0.0, sd=1.0, quadrature=settings.quadrature)


def posterior_weights(responses: Responses, calibration: Calibration) -> Iterator[tuple[slice, Floats]]:
    """Slices of persons and the posterior weights of their ability on the calibration's nodes, (N, Q), each of sum 1.

    Items that are not estimable say nothing; a person with no other answer keeps the population's weights.
    """
    used = calibration.estimable & np.isfinite(calibration.b)
    nodes = calibration.quadrature.nodes
    weights = normal_log_weights(nodes, calibration.mean, calibration.sd)
    if not used.any():
        for persons in responses.chunks():
            yield persons, np.tile(np.exp(weights), (persons.stop - persons.start, 1))
        return
    a, b, c = calibration.a[used], calibration.b[used], calibration.c[used]
    at = curves(nodes, a, -a * b, c)
    for persons, block in Blocks(responses.of_items(used), keep=False):
        yield persons, posterior_of(block.log_likelihood(at), weights)[0]


def posterior_of(log_likelihood: Floats, log_weights: Floats) -> tuple[Floats, Floats]:
    """Posterior weights, (N, Q), and log marginal likelihoods, (N,). Works in the memory of the log-likelihoods."""
    log_likelihood += log_weights
    top = log_likelihood.max(axis=1, keepdims=True)
    log_likelihood -= top
    np.exp(log_likelihood, out=log_likelihood)
    total = log_likelihood.sum(axis=1, keepdims=True)
    log_likelihood /= total
    return log_likelihood, (top + np.log(total))[:, 0]


@dataclass(eq=False)
class _Fit:
    """One calibration on its way. A point is (a, d, mean, log sd), (2 n + 2,)."""

    responses: Responses
    c: Floats
    settings: CalibrationSettings
    anchors: Anchors

    def __post_init__(self) -> None:
        grouped = self.responses.grouped
        self.persons, self.count = grouped.responses, grouped.count
        self.blocks = Blocks(self.persons)
        self.nodes = self.settings.quadrature.nodes
        self.items = FreeItems(self.nodes, self.c, self.anchors, self.settings.prior)

    def start(self) -> Floats:
        """The first point."""
        return np.concatenate([self.items.start(self.responses), [0.0, 0.0]])

    def split(self, point: Floats) -> tuple[Floats, Floats, float, float]:
        """a, d, mean and deviation of a point."""
        n = len(self.c)
        sd = np.exp(np.clip(point[-1], np.log(SMALLEST_SD), np.log(LARGEST_SD)))
        return point[:n], point[n : 2 * n], float(point[-2]), float(sd)

    def step(self, point: Floats) -> tuple[Floats, float]:
        """The point after one EM step, and the objective at the point."""
        a, d, mean, sd = self.split(point)
        at = self.items.curves(a, d)
        loglik, counts, population = self._expected(at, mean, sd)
        if self.settings.estimate_population:
            mean = float(population @ self.nodes)
            sd = float(np.clip(np.sqrt(population @ (self.nodes - mean) ** 2), SMALLEST_SD, LARGEST_SD))
        after = np.concatenate([*self.items.moved(a, d, at, counts), [mean, np.log(sd)]])
        return after, loglik + self.items.prior_part(a, d)

    def _expected(self, at: Curves, mean: float, sd: float) -> tuple[float, Counts, Floats]:
        """Log-likelihood, expected counts, and the population on the nodes, (Q,) of sum 1."""
        weights = normal_log_weights(self.nodes, mean, sd)
        shape = at.log_right.shape
        loglik, right, answers, population = 0.0, np.zeros(shape), np.zeros(shape), np.zeros(shape[1])
        for persons, block in self.blocks:
            posterior, logs = posterior_of(block.log_likelihood(at), weights)
            posterior *= self.count[persons, None]
            loglik += float(self.count[persons] @ logs)
            block_right, block_answers = block.counts(posterior)
            right += block_right
            answers += block_answers
            population += posterior.sum(axis=0)
        return loglik, Counts(right, answers), population / population.sum()

    def estimates(self, summit: Summit) -> ItemEstimates:
        """The items at the summit, with their errors."""
        a, d, _, _ = self.split(summit.point)
        change = np.abs(summit.change[: 2 * len(a)]).reshape(2, -1).max(axis=0)
        errors = item_errors(self._scores(summit.point), a, d, self.settings.prior)
        return self.items.estimates((a, d), change <= self.settings.stopping.parameter_change, errors)

    def _scores(self, point: Floats) -> ScoreSums:
        a, d, mean, sd = self.split(point)
        at, weights = self.items.curves(a, d), normal_log_weights(self.nodes, mean, sd)
        others = 2 if self.settings.estimate_population else 0
        sums = ScoreSums.none(~self.anchors.held, self.responses, others)
        z = (self.nodes - mean) / sd
        by_population = np.stack([z / sd, z**2 - 1], axis=1)[:, :others]
        for persons, block in self.blocks:
            posterior, _ = posterior_of(block.log_likelihood(at), weights)
            scores = person_scores(self.persons.outcomes[persons], posterior, self.nodes, at)
            sums.add(scores, posterior @ by_population, self.count[persons])
        return sums
