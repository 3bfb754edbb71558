"""Two calibrations on one scale, by the curves of the items that they have in common.

A linear change of scale θ* = A·θ + B leaves every probability as it is when a* = a/A and b* = A·b + B (c is given). A and B
are those that bring the source's curves, once moved, nearest to the target's:

    Haebara (1980)            loss = Σ_q w_q Σ_i [P_i(θ_q) − P*_i(θ_q)]²
    Stocking and Lord (1983)  loss = Σ_q w_q {Σ_i [P_i(θ_q) − P*_i(θ_q)]}²

with P the target's curves, P* the source's once moved, w the weights of a population. The symmetric loss, the default, is the
mean of this one and of the one where the target is moved to the source's scale, with the same weights there.
Minimised by Gauss–Newton damped as Levenberg (1944) and Marquardt (1963) do, over log A and B.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from chalicelib.engine.bank import Floats
from chalicelib.engine.calibration.curve_gaps import Method, Pair, errors_of, search
from chalicelib.engine.calibration.item_parameters import ItemParameters, Population


@dataclass(frozen=True, eq=False)
class LinkingSettings:
    """Over whom the curves are compared, and when the search ends. Raises ValueError naming the number out of its domain."""

    population: Population = field(default_factory=Population.standard_normal)
    symmetric: bool = True
    max_iterations: int = 200
    tolerance: float = 1e-10
    """Length of a step of (log A, B) that ends the search."""

    def __post_init__(self) -> None:
        domains = {"max_iterations": 1 <= self.max_iterations <= 10_000, "tolerance": 0 < self.tolerance <= 1e-3}
        wrong = [name for name, fine in domains.items() if not fine]
        if wrong:
            raise ValueError(f"out of range: {', '.join(wrong)}")


@dataclass(frozen=True, eq=False)
class Link:
    """The change of scale θ* = A·θ + B from the source to the target."""

    slope: float
    """A, positive."""
    intercept: float
    """B."""
    errors: Floats
    """Covariance matrix of the errors of (A, B), (2, 2), by the delta method; nan where an item's error is unknown.

    Given the persons of each calibration: who they happen to be moves all its items together, which A and B follow, so that it
    adds nothing to the error of an item moved. To compare populations, take `population_errors`.
    """
    loss: float
    """What is left of the method's loss at A and B."""
    method: Method
    items: int
    """Common items that served."""
    iterations: int
    converged: bool

    @property
    def se_slope(self) -> float:
        """Standard error of A."""
        return math.sqrt(self.errors[0, 0])

    @property
    def se_intercept(self) -> float:
        """Standard error of B."""
        return math.sqrt(self.errors[1, 1])

    def transform(self, items: ItemParameters) -> ItemParameters:
        """The items on the target's scale, their errors and the link's carried to first order.

        The two errors are taken as independent: exact for items that did not serve to link, cautious for those that did.
        """
        slope, a, b = self.slope, items.a, items.b
        (var_slope, cross), (_, var_intercept) = self.errors
        covariance = items.errors[:, 0, 1] - a / slope**2 * (b * var_slope + cross)
        var_a = (items.se_a / slope) ** 2 + (a / slope**2) ** 2 * var_slope
        var_b = (slope * items.se_b) ** 2 + b * b * var_slope + 2 * b * cross + var_intercept
        se_a, se_b = np.sqrt(var_a), np.sqrt(np.maximum(var_b, 0.0))
        return ItemParameters(a / slope, slope * b + self.intercept, items.c, se_a, se_b, covariance)

    def population_errors(self, source_persons: int, target_persons: int) -> Floats:
        """Covariance of (A, B) as the deviation and mean of the source's population on the target's, (2, 2).

        A = s/s* and B = (m − m*)/s* for samples of N and N* persons of two normal populations, each of which its own
        calibration takes for N(0, 1): their sampling adds to `errors`, by the delta method. Raises ValueError below 1 person.
        """
        if source_persons < 1 or target_persons < 1:
            raise ValueError("a calibration has at least one person")
        slope, intercept = self.slope, self.intercept
        of_source = np.array([[0.5, 0.0], [0.0, 1.0]]) * slope**2 / source_persons
        cross = 0.5 * slope * intercept
        of_target = np.array([[0.5 * slope**2, cross], [cross, 1.0 + 0.5 * intercept**2]]) / target_persons
        return self.errors + of_source + of_target

    def ability(self, theta: Floats) -> Floats:
        """Abilities on the target's scale."""
        return self.slope * theta + self.intercept

    def inverse(self) -> Link:
        """The change of scale from the target to the source."""
        slope = 1.0 / self.slope
        jacobian = np.array([[-slope * slope, 0.0], [self.intercept * slope * slope, -slope]])
        errors = jacobian @ self.errors @ jacobian.T
        return replace(self, slope=slope, intercept=-self.intercept * slope, errors=errors)


def mean_mean(source: ItemParameters, target: ItemParameters) -> tuple[float, float]:
    """A and B from the means of a and of b (Loyd and Hoover 1980): A = ā/ā*, B = b̄* − A·b̄."""
    source, target = _common(source, target)
    slope = float(source.a.mean() / target.a.mean())
    return slope, float(target.b.mean() - slope * source.b.mean())


def mean_sigma(source: ItemParameters, target: ItemParameters) -> tuple[float, float]:
    """A and B from the means and deviations of b (Marco 1977): A = s(b*)/s(b). Where a deviation is 0, A as `mean_mean`."""
    source, target = _common(source, target)
    spread_source, spread_target = float(source.b.std()), float(target.b.std())
    if min(spread_source, spread_target) < 1e-9:
        return mean_mean(source, target)
    slope = spread_target / spread_source
    return slope, float(target.b.mean() - slope * source.b.mean())


def stocking_lord(source: ItemParameters, target: ItemParameters, settings: LinkingSettings | None = None) -> Link:
    """The link that brings the test characteristic curves nearest. Items in the same order; unusable ones are left out.

    Raises ValueError when the lists differ in length or no item has a and b, a positive, in both.
    """
    return _linked("stocking-lord", source, target, settings or LinkingSettings())


def haebara(source: ItemParameters, target: ItemParameters, settings: LinkingSettings | None = None) -> Link:
    """The link that brings the item characteristic curves nearest. Same terms as `stocking_lord`."""
    return _linked("haebara", source, target, settings or LinkingSettings())


def _common(source: ItemParameters, target: ItemParameters) -> tuple[ItemParameters, ItemParameters]:
    if len(source) != len(target):
        raise ValueError(f"the two calibrations must list the same items: {len(source)} and {len(target)}")
    common = source.rising & target.rising
    if not common.any():
        raise ValueError("no common item has usable parameters in both calibrations")
    return source.take(common), target.take(common)


def _linked(method: Method, source: ItemParameters, target: ItemParameters, settings: LinkingSettings) -> Link:
    pair = Pair(*_common(source, target), settings.population, settings.symmetric, method)
    starts = (mean_sigma(pair.source, pair.target), mean_mean(pair.source, pair.target))
    limits = (settings.max_iterations, settings.tolerance)
    tried = [search(pair, np.array([math.log(slope), intercept]), *limits) for slope, intercept in starts]
    best = min(tried, key=lambda found: found.loss)
    slope, intercept = math.exp(best.at[0]), float(best.at[1])
    errors = errors_of(pair, best.at)
    return Link(slope, intercept, errors, best.loss, method, len(pair.source), best.iterations, best.converged)
