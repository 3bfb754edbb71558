"""Sets of items, and what a second calibration on another scale would say of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from chalicelib.engine.bank import Floats
from chalicelib.engine.calibration.item_parameters import ItemParameters


class Scale(NamedTuple):
    """θ* = slope · θ + intercept."""

    slope: float = 1.15
    intercept: float = 0.3


def some_items(n: int, seed: int = 7) -> ItemParameters:
    """n items without error, half of them with a guess chance of 1/4."""
    draw = np.random.default_rng(seed)
    guess = np.where(np.arange(n) % 2 == 0, 0.25, 0.0)
    return ItemParameters.exact(draw.lognormal(0.0, 0.3, n), draw.normal(0.0, 1.2, n), guess)


def moved(items: ItemParameters, scale: Scale, shift: Floats | float = 0.0) -> ItemParameters:
    """The items on another scale, after their difficulty has drifted by `shift` on their own."""
    return ItemParameters.exact(items.a / scale.slope, scale.slope * (items.b + shift) + scale.intercept, items.c)


def estimated(items: ItemParameters, error: float, draw: np.random.Generator) -> ItemParameters:
    """The items as a calibration with about this standard error would tell them; it knows its errors."""
    n = len(items)
    se_a = error * items.a * draw.uniform(0.7, 1.5, n)
    se_b = error * (1.0 + 0.3 * np.abs(items.b)) / items.a
    a = items.a * np.exp(draw.normal(0.0, se_a / items.a))
    return ItemParameters(a, items.b + draw.normal(0.0, se_b), items.c, se_a, se_b)


def names_of(n: int) -> list[str]:
    """A name for each of n items."""
    return [f"item-{number:03d}" for number in range(n)]
