"""How surprising a statistic is: tails of χ² and of the normal, and p-values told together.

χ² tail      Q(ν/2, x/2), the upper regularised incomplete gamma function: a series below ν/2 + 1, a continued
             fraction above (Abramowitz & Stegun 1964, 6.5.29 and 6.5.31, evaluated by Lentz 1976)
normal tail  erfc(z/√2)/2
adjusted p   the smallest false discovery rate at which a p-value is retained (Benjamini & Hochberg 1995)
"""

from __future__ import annotations

import math

import numpy as np

from chalicelib.engine.bank import Floats

_MOST_TERMS = 10_000
_ENOUGH = 1e-15
_TINY = 1e-300

_log_gamma = np.vectorize(math.lgamma, otypes=[np.float64])
_erfc = np.vectorize(math.erfc, otypes=[np.float64])


def chi_square_tail(statistic: Floats, df: Floats) -> Floats:
    """P(χ²_ν > x), broadcast over x and ν. nan where x is nan or negative, or ν is not positive."""
    x, s = (np.array(one, dtype=np.float64) / 2.0 for one in np.broadcast_arrays(statistic, df))
    tail = np.full(x.shape, np.nan)
    known = np.isfinite(x) & (x >= 0) & np.isfinite(s) & (s > 0)
    tail[known & (x == 0)] = 1.0
    tail[(x == np.inf) & (s > 0)] = 0.0
    low = known & (x > 0) & (x < s + 1)
    high = known & (x >= s + 1)
    if low.any():
        tail[low] = 1.0 - _scale(s[low], x[low]) * _series(s[low], x[low])
    if high.any():
        tail[high] = _scale(s[high], x[high]) * _fraction(s[high], x[high])
    return np.clip(tail, 0.0, 1.0)


def _scale(s: Floats, x: Floats) -> Floats:
    """x^s e^(−x) / Γ(s)."""
    scale: Floats = np.exp(s * np.log(x) - x - _log_gamma(s))
    return scale


def _series(s: Floats, x: Floats) -> Floats:
    """Σ_k x^k / (s (s + 1) … (s + k))."""
    term = 1.0 / s
    total = term.copy()
    for k in range(1, _MOST_TERMS):
        term = term * x / (s + k)
        total += term
        if np.all(term < total * _ENOUGH):
            break
    return total


def _fraction(s: Floats, x: Floats) -> Floats:
    """1/(x + 1 − s − 1(1 − s)/(x + 3 − s − 2(2 − s)/(x + 5 − s − …)))."""
    b = x + 1.0 - s
    c = np.full_like(b, 1.0 / _TINY)
    d = 1.0 / _off_zero(b)
    total = d.copy()
    for k in range(1, _MOST_TERMS):
        numerator = -k * (k - s)
        b = b + 2.0
        d = 1.0 / _off_zero(numerator * d + b)
        c = _off_zero(b + numerator / c)
        total *= d * c
        if np.all(np.abs(d * c - 1.0) < _ENOUGH):
            break
    return total


def _off_zero(values: Floats) -> Floats:
    return np.where(np.abs(values) < _TINY, _TINY, values)


def normal_tail(z: Floats) -> Floats:
    """P(Z > z) of a standard normal. nan where z is nan."""
    tail: Floats = 0.5 * _erfc(np.asarray(z, dtype=np.float64) / math.sqrt(2.0))
    return tail


def two_sided(z: Floats) -> Floats:
    """P(|Z| > |z|) of a standard normal. nan where z is nan."""
    return 2.0 * normal_tail(np.abs(z))


def benjamini_hochberg(p: Floats) -> Floats:
    """Adjusted p-values, (n,): p_(k)·m/k made monotone, m counting the p-values that are known. nan stays nan."""
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    m = len(order)
    stepped = p[order] * m / np.arange(1, m + 1)
    adjusted[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return adjusted
