"""How often each item may be given: prices, and the eligibility lottery that guards the limit.

Two means hold the rate of every item under its limit.

- A *price* is taken off the relative gain of each item: the multiplier of its limit in the programme "most information subject to
  rates", found by simulation when a version is published.
- *Item eligibility* (van der Linden & Veldkamp 2004, 2007): before a test each item is drawn eligible with probability

      e_i ← min(1, r · ε_i / α_i)

  where ε_i counts the sessions in which it was eligible, α_i those in which it was given, and r is the limit; with a limit by ability
  stratum, the smaller of the two. It follows what really happens in the population. Counts fade: after m more sessions they weigh
  0.998^(m/75), so that the table follows the season and not the minute.

With strata, whom an item is given to is not known yet: prices are averaged over the strata, each weighing the chance that the person
belongs to it, given the answers so far; an item is eligible when it is so in every stratum that is plausible.

The draws of a test come from one keyed stream, two bytes an item, read by ordinal. Neighbours of one session share the stream, turned by
the van der Corput number of their rank: for each item, of any two successive neighbours at most one draws from each half, and so on.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from chalicelib.engine.bank import Bools, Floats, Ints

Draws = NDArray[np.uint16]
_TURN = 1 << 16


@dataclass(frozen=True)
class Limits:
    """How often an item may be given. Raises ValueError when a number is out of its domain."""

    population: float = 0.20
    """Largest share of all tests."""
    stratum: float | None = None
    """Largest share of the tests of one ability stratum."""
    bounds: tuple[float, ...] = ()
    """Abilities that part the strata, increasing."""
    aim: float = 0.96
    """Share of each limit that the lottery aims at: a rate learned from counts swings around its aim."""
    fading: float = 0.998
    """What counts keep each time this many sessions have passed:"""
    fading_sessions: float = 75.0

    def __post_init__(self) -> None:
        if not 0 < self.population <= 1 or not (self.stratum is None or self.population <= self.stratum <= 1):
            raise ValueError("limits must be in (0, 1], that of a stratum not below that of the population")
        if list(self.bounds) != sorted(set(self.bounds)):
            raise ValueError("bounds must increase")
        if not 0 < self.aim <= 1:
            raise ValueError("aim must be in (0, 1]")
        if not (0 < self.fading <= 1 and self.fading_sessions > 0):
            raise ValueError("fading must be in (0, 1] and fading_sessions positive")

    @property
    def strata(self) -> int:
        """S, at least one."""
        return len(self.bounds) + 1

    def stratum_of(self, ability: float) -> int:
        """The stratum of an ability."""
        return int(np.searchsorted(self.bounds, ability, side="right")) if self.bounds else 0

    def chances(self, mean: float, sd: float) -> Floats:
        """The chance that a person of this estimate belongs to each stratum, (S,), the estimate's error being normal."""
        if not self.bounds:
            return _ONE
        scale = max(sd, _LEAST) * math.sqrt(2.0)
        below = [0.0, *(0.5 + 0.5 * math.erf((bound - mean) / scale) for bound in self.bounds), 1.0]
        return np.diff(below)

    def keep(self, sessions: float) -> float:
        """What older counts still weigh after so many sessions."""
        return float(self.fading ** (sessions / self.fading_sessions))


SIX_STRATA = (-1.5, -0.75, 0.0, 0.75, 1.5)
"""Bounds of six ability strata."""


@dataclass(frozen=True, eq=False)
class ExposureTable:
    """One published version: what a test pins when it starts."""

    version: int
    limits: Limits
    eligibility: Floats
    """e, (S, n), in (0, 1]."""
    prices: NDArray[np.float32]
    """(S, n), in units of relative gain, not negative."""

    @classmethod
    def free(cls, items: int, limits: Limits | None = None) -> ExposureTable:
        """The table before anything is known: every item eligible, none priced."""
        limits = limits or Limits()
        shape = (limits.strata, items)
        return cls(0, limits, np.ones(shape), np.zeros(shape, np.float32))

    @cached_property
    def guarded(self) -> bool:
        """Whether anything can be ineligible."""
        return bool(np.any(self.eligibility < 1.0))

    @cached_property
    def priced(self) -> bool:
        """Whether anything has a price."""
        return bool(np.any(self.prices > 0))

    def price(self, strata: Floats) -> NDArray[np.float32]:
        """The price of each item, (n,), for a person who may belong to each stratum with these chances, (S,)."""
        return self.prices[0] if len(strata) == 1 else strata.astype(np.float32) @ self.prices

    def eligible(self, strata: Floats, draws: Draws) -> Bools:
        """Which items, (n,), the draws leave to that person: those drawn within their eligibility in every plausible stratum."""
        if len(strata) == 1:
            highest = self._highest_draw[0]
        else:
            plausible = np.flatnonzero(strata >= min(_PLAUSIBLE, float(strata.max())))
            highest = self._highest_draw[plausible].min(axis=0)
        eligible: Bools = draws <= highest
        return eligible

    @cached_property
    def _highest_draw(self) -> Draws:
        return _highest(self.eligibility)


def _highest(eligibility: Floats) -> Draws:
    """The highest draw that is eligible."""
    return (np.ceil(np.clip(eligibility, _LEAST, 1.0) * _TURN) - 1).astype(np.uint16)


def draws(secret: bytes, session: str, rank: int, items: int) -> Draws:
    """The draws of one candidate, (n,), uniform in [0, 2¹⁶): the session's stream (SHAKE-128), turned for the rank in the session."""
    stream = hashlib.shake_128(b"exposure|" + secret + b"|" + session.encode()).digest(2 * items)
    return np.frombuffer(stream, np.uint16) + np.uint16(van_der_corput(rank))


def van_der_corput(rank: int) -> int:
    """The van der Corput number of a rank in base 2, in units of 2⁻¹⁶: its sixteen low bits in reverse order."""
    return int(f"{rank & (_TURN - 1):016b}"[::-1], 2)


@dataclass(frozen=True, eq=False)
class Batch:
    """What finished sessions that pinned the same version report."""

    sessions: Floats
    """How many ended in each stratum, (S,)."""
    given: Floats
    """How many times each item was given in them, by final stratum, (S, n)."""

    @classmethod
    def of(cls, items: int, limits: Limits, tests: list[tuple[float, Ints]], weights: Sequence[float] | None = None) -> Batch:
        """The batch of these tests: final ability and items given. Each counts once, or what it weighs."""
        sessions, given = np.zeros(limits.strata), np.zeros((limits.strata, items))
        for (ability, asked), weight in zip(tests, repeat(1.0) if weights is None else weights, strict=False):
            stratum = limits.stratum_of(ability)
            sessions[stratum] += weight
            given[stratum, asked] += weight
        return cls(sessions, given)

    def rates(self) -> Floats:
        """Share of the sessions of each stratum in which each item was given, (S, n)."""
        rates: Floats = self.given / np.maximum(self.sessions, _TINY)[:, None]
        return rates


@dataclass(frozen=True, eq=False)
class Tally:
    """Faded counts of all sessions so far."""

    sessions: Floats
    """(S,)"""
    given: Floats
    """α, (S, n)."""
    eligible: Floats
    """ε, (S, n)."""

    @classmethod
    def nothing(cls, items: int, limits: Limits) -> Tally:
        """No session yet."""
        shape = (limits.strata, items)
        return cls(np.zeros(limits.strata), np.zeros(shape), np.zeros(shape))

    def after(self, batch: Batch, table: ExposureTable) -> Tally:
        """The tally once a batch that pinned this table has been counted."""
        keep = table.limits.keep(float(batch.sessions.sum()))
        return Tally(
            self.sessions * keep + batch.sessions,
            self.given * keep + batch.given,
            self.eligible * keep + batch.sessions[:, None] * table.eligibility,
        )

    def mixed(self, other: Tally, share: float) -> Tally:
        """This tally and another one, which weighs this share."""
        return Tally(
            self.sessions + share * (other.sessions - self.sessions),
            self.given + share * (other.given - self.given),
            self.eligible + share * (other.eligible - self.eligible),
        )

    def rates(self) -> Floats:
        """Share of all sessions in which each item was given, (n,)."""
        rates: Floats = self.given.sum(axis=0) / max(float(self.sessions.sum()), _LEAST)
        return rates

    def next_table(self, table: ExposureTable) -> ExposureTable:
        """The next version, at the same prices."""
        limits = table.limits
        eligibility = _eligibility(limits.aim * limits.population, self.eligible.sum(axis=0), self.given.sum(axis=0))
        if limits.stratum is not None:
            eligibility = np.minimum(eligibility, _eligibility(limits.aim * limits.stratum, self.eligible, self.given))
        wide = np.broadcast_to(eligibility, table.eligibility.shape).copy()
        return ExposureTable(table.version + 1, limits, wide, table.prices)


def _eligibility(limit: float, eligible: Floats, given: Floats) -> Floats:
    """min(1, r ε / α), one where the item was never given, never below 10⁻³ so that it can come back."""
    ratio = np.divide(limit * eligible, given, out=np.ones_like(given), where=given > 0)
    return np.clip(ratio, _LEAST, 1.0)


_LEAST = 1e-3
_TINY = 1e-12
_ONE = np.ones(1)
_PLAUSIBLE = 0.25
"""Chance from which a stratum's own limit must hold."""
