"""Fewer steps to the maximum that an EM algorithm climbs to: Anderson's acceleration (Anderson 1965; Walker & Ni 2011).

With F the EM step, f = F(x) − x what it changes at x, and ΔX, ΔF the differences of x and of f between the last m + 1 points, the
next point is the one that EM would reach from where f would vanish, were it linear:

    x′ = F(x) − (ΔX + ΔF) γ,   γ = argmin ‖f − ΔF γ‖

EM's promise never to go down is kept by a check (Henderson & Varadhan 2019): a point lower than the one before is dropped for
F(x), and the memory is emptied.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from chalicelib.engine.bank import Floats

OnIteration = Callable[[int, float], None]
Step = Callable[[Floats], tuple[Floats, float]]
"""From a point x to the point after one EM step, F(x), and the objective at x."""

MEMORY = 10
"""m."""
RIDGE = 1e-8
"""Keeps γ bounded where differences are nearly parallel, as a share of their squared lengths."""
ROUNDING = 1e-10
"""Fall of the objective, as a share of it, that a plain EM step shows by rounding alone."""


@dataclass(frozen=True)
class StoppingRule:
    """When a climb ends. Raises ValueError on a number that could never end it."""

    max_iterations: int = 500
    """EM steps, dropped points included."""
    parameter_change: float = 1e-5
    """Largest change of a parameter in one EM step at the end."""
    objective_change: float = 1e-8
    """Largest rise of the objective in the last step, as a share of 1 + |objective|."""

    def __post_init__(self) -> None:
        if self.max_iterations < 1:
            raise ValueError(f"max_iterations must be 1 or more, not {self.max_iterations}")
        for name in ("parameter_change", "objective_change"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, not {getattr(self, name)}")


@dataclass(frozen=True, eq=False)
class Summit:
    """Where a climb ended."""

    point: Floats
    """(p,)."""
    objective: float
    """At the point."""
    change: Floats
    """What one more EM step would change, (p,)."""
    iterations: int
    """EM steps made."""
    converged: bool
    """Whether the stopping rule was met before the steps were used up."""


@dataclass(eq=False)
class _Memory:
    """The last differences, oldest first."""

    points: list[Floats] = field(default_factory=list)
    """Of x."""
    changes: list[Floats] = field(default_factory=list)
    """Of f."""

    def ahead(self, after: Floats, change: Floats) -> Floats:
        """x′ out of F(x) and f."""
        if not self.points:
            return after
        differences = np.array(self.changes)
        size = np.linalg.norm(differences, axis=1)
        size = np.where(size > 0, size, 1.0)
        scaled = differences / size[:, None]
        crossed = scaled @ scaled.T + RIDGE * np.eye(len(scaled))
        gamma = np.linalg.solve(crossed, scaled @ change) / size
        made: Floats = after - gamma @ (np.array(self.points) + differences)
        return made

    def add(self, point: Floats, change: Floats) -> None:
        """Remember one more difference."""
        self.points, self.changes = [*self.points, point][-MEMORY:], [*self.changes, change][-MEMORY:]


def climb(step: Step, start: Floats, rule: StoppingRule, on_iteration: OnIteration | None = None) -> Summit:
    """Climb from `start`, (p,), until an EM step changes next to nothing.

    `on_iteration` hears, at each point that is kept, the EM steps made so far and the objective.
    """
    told = on_iteration or (lambda _, __: None)
    here, memory, used = start, _Memory(), 1
    after, height = step(here)
    told(used, height)
    while used < rule.max_iterations:
        reached = memory.ahead(after, after - here)
        next_after, top = step(reached)
        used += 1
        if memory.points and not top >= height and used < rule.max_iterations:
            memory, reached = _Memory(), after
            next_after, top = step(reached)
            used += 1
        if not top >= height - ROUNDING * abs(height):
            break
        memory.add(reached - here, (next_after - reached) - (after - here))
        rise, here, after, height = top - height, reached, next_after, top
        told(used, height)
        if _settled(after - here, rise, height, rule):
            return Summit(here, height, after - here, used, converged=True)
    return Summit(here, height, after - here, used, converged=False)


def _settled(change: Floats, rise: float, height: float, rule: StoppingRule) -> bool:
    small = np.max(np.abs(change), initial=0.0) <= rule.parameter_change
    return bool(small and rise <= rule.objective_change * (1 + abs(height)))
