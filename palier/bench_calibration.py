"""Calibration in `palier bench measuring`: two published likelihoods, and a table of 2,400 × 100 beside Python mirt (1.2)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from chalicelib.engine.bank import probability
from chalicelib.engine.calibration.quadrature import Quadrature
from chalicelib.engine.calibration.responses import Outcomes, Responses
from chalicelib.engine.calibration.two_parameter import calibrate

NAME = "calibration"
PERSONS, ITEMS = 2_400, 100
TURNS = 5
POINTS = len(Quadrature().nodes)


@dataclass(frozen=True)
class Published:
    """A published table: patterns of answers and how often each was met, and the highest log-likelihood of two parameters."""

    figure: str
    patterns: str
    loglik: float

    @property
    def responses(self) -> Responses:
        """One row a person."""
        counted = [one.split(":") for one in self.patterns.split()]
        rows = np.array([[int(sign) for sign in pattern] for pattern, _ in counted], np.int8)
        return Responses(np.repeat(rows, [int(count) for _, count in counted], axis=0))


LSAT = (
    Published(
        "lsat6_loglik_difference",
        "00000:3 00001:6 00010:2 00011:11 00100:1 00101:1 00110:3 00111:4 01000:1 01001:8 01011:16 01101:3 01110:2 01111:15 "
        "10000:10 10001:29 10010:14 10011:81 10100:3 10101:28 10110:15 10111:80 11000:16 11001:56 11010:21 11011:173 11100:11 "
        "11101:61 11110:28 11111:298",
        -2466.653,
    ),
    Published(
        "lsat7_loglik_difference",
        "00000:12 00001:19 00010:1 00011:7 00100:3 00101:19 00110:3 00111:17 01000:10 01001:5 01010:3 01011:7 01100:7 01101:23 "
        "01110:8 01111:28 10000:7 10001:39 10010:11 10011:34 10100:14 10101:51 10110:15 10111:90 11000:6 11001:25 11010:7 "
        "11011:35 11100:18 11101:136 11110:32 11111:308",
        -2658.805,
    ),
)
"""Law School Admission Test, sections 6 and 7 (Bock & Lieberman 1970); the likelihoods are those of R mirt (Chalmers 2012)."""


def calibration_rows(seed: int) -> Iterator[dict[str, Any]]:
    """Rows of both."""
    yield from published_rows()
    yield from timed_rows(seed)


def published_rows() -> Iterator[dict[str, Any]]:
    """How far our highest log-likelihoods are from the published ones."""
    for one in LSAT:
        responses, began = one.responses, time.perf_counter()
        distance = abs(calibrate(responses).loglik - one.loglik)
        yield _row(one.figure, distance, responses.n_persons, time.perf_counter() - began)


def timed_rows(seed: int, persons: int = PERSONS, items: int = ITEMS) -> Iterator[dict[str, Any]]:
    """Seconds of both engines, the fastest of five turns in turn, and how far our likelihood is above theirs."""
    outcomes = _outcomes(seed, persons, items)
    turns = [(_timed(_ours, outcomes), _timed(_theirs, outcomes)) for _ in range(TURNS)]
    (ours, loglik), (theirs, peer_loglik) = (min(turn[engine] for turn in turns) for engine in (0, 1))
    yield _row("seconds", ours, persons, ours)
    yield _row("mirt_seconds", theirs, persons, theirs)
    yield _row("mirt_seconds_over_ours", theirs / ours, persons, ours + theirs)
    yield _row("loglik_above_mirt", loglik - peer_loglik, persons, ours + theirs)


def _ours(outcomes: Outcomes) -> float:
    return calibrate(Responses(outcomes)).loglik


def _theirs(outcomes: Outcomes) -> float:
    """With as many points as ours, so that likelihoods compare, and standard errors as ours; all else by default."""
    import mirt

    return float(mirt.fit_mirt(outcomes.astype(int), model="2PL", n_quadpts=POINTS).log_likelihood)


def _timed(engine: Callable[[Outcomes], float], outcomes: Outcomes) -> tuple[float, float]:
    began = time.perf_counter()
    found = engine(outcomes)
    return time.perf_counter() - began, found


def _outcomes(seed: int, persons: int, items: int) -> Outcomes:
    """What so many persons answer at so many items."""
    rng = np.random.default_rng((seed, 3))
    a, b = rng.lognormal(0.0, 0.3, items), rng.normal(0.0, 1.2, items)
    chance = probability(rng.normal(size=(persons, 1)), a, b, np.zeros(items))
    return (rng.random(chance.shape) < chance).astype(np.int8)


def _row(figure: str, value: float, persons: int, seconds: float) -> dict[str, Any]:
    return {
        "name": NAME,
        "figure": figure,
        "value": value,
        "at_least": None,
        "aim": None,
        "sd_over_cohorts": None,
        "cohorts": 1,
        "persons": persons,
        "seconds": seconds,
    }
