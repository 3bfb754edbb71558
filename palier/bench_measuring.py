"""The figures of tests that measure: virtual persons tested under every condition of `bench_conditions`, beside what is aimed at.

Cohorts are tasks of their own, spread over the processes; every figure is the same however many there are. A condition's first exposure
table is sought once and reused by its cohorts, and by the conditions that publish the same.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import math
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chalicelib.engine.bank import Floats
from palier.bench_bars import BY_STRATUM, BY_STRATUM_ELSEWHERE, FIGURES, ONE_COHORT, POOLED, POOLED_ELSEWHERE, Figure
from palier.bench_calibration import NAME as CALIBRATION
from palier.bench_calibration import calibration_rows
from palier.bench_cohorts import Played, Priced, Size, play, price
from palier.bench_conditions import CONDITIONS, Setup

NAMES = (*FIGURES, CALIBRATION)
"""Everything that can be asked for, in the order of the table."""

OnProgress = Callable[[int, int], None]
"""Hears how many tasks are done, of how many."""
Published = tuple[Setup, bool]
"""What a first table depends on: the setup, and the bank."""


def measure(size: Size, names: Sequence[str], processes: int | None, told: OnProgress) -> list[dict[str, Any]]:
    """Rows of {name, figure, value, at_least, aim, sd_over_cohorts, cohorts, persons, seconds} of these conditions.

    Seconds are those that the tasks of a condition took, its pricing included, wherever they ran.
    """
    rows = list(calibration_rows(size.seed)) if CALIBRATION in names else []  # alone, as it is timed
    chosen = [name for name in CONDITIONS if name in names]
    with _executor(processes) as executor:
        work = _Work(executor, size, chosen)
        work.run(told)
    for name in chosen:
        rows += condition_rows(name, work.played(name), work.priced[_published(name)].seconds)
    order = {name: place for place, name in enumerate(NAMES)}
    return [_rounded(row) for row in sorted(rows, key=lambda row: order[row["name"]])]


def _published(name: str) -> Published:
    return CONDITIONS[name].setup, CONDITIONS[name].guessable


@dataclass(eq=False)
class _Work:
    """Tasks on their way: the first tables, and each cohort as soon as its own is there."""

    executor: Executor
    size: Size
    names: Sequence[str]
    priced: dict[Published, Priced] = field(default_factory=dict)
    cohorts: dict[tuple[str, int], Played] = field(default_factory=dict)

    def run(self, told: OnProgress) -> None:
        """Do everything; `told` hears of each task."""
        waiting: dict[Future[Any], Published | tuple[str, int]] = {}
        for name in self.names:
            if _published(name) not in waiting.values():
                waiting[self.executor.submit(price, name, self.size)] = _published(name)
        total = len(waiting) + sum(self.size.cohorts_of(CONDITIONS[name]) for name in self.names)
        while waiting:
            ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ended:
                waiting |= self._follow(waiting.pop(future), future.result())
                told(len(self.priced) + len(self.cohorts), total)

    def _follow(self, task: Any, result: Priced | Played) -> dict[Future[Any], Any]:
        """Keep what a task gave, and start the cohorts that waited for it."""
        if isinstance(result, Played):
            self.cohorts[task] = result
            return {}
        self.priced[task] = result
        places = [
            (name, number)
            for name in self.names
            if _published(name) == task
            for number in range(self.size.cohorts_of(CONDITIONS[name]))
        ]
        return {self.executor.submit(play, name, self.size, number, result.start): (name, number) for name, number in places}

    def played(self, name: str) -> list[Played]:
        """The cohorts of a condition, in order."""
        return [self.cohorts[name, number] for number in range(self.size.cohorts_of(CONDITIONS[name]))]


class _Here(Executor):
    """Does each task at once, in this process."""

    def submit(self, task: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(task(*args, **named))
        return done


@contextmanager
def _executor(processes: int | None) -> Iterator[Executor]:
    processes = processes or os.cpu_count() or 1
    with _Here() if processes == 1 else ProcessPoolExecutor(processes, multiprocessing.get_context()) as executor:
        yield executor


def condition_rows(name: str, cohorts: Sequence[Played], pricing_seconds: float) -> Iterator[dict[str, Any]]:
    """The figures of a condition over its cohorts."""
    seconds = pricing_seconds + sum(one.seconds for one in cohorts)
    for figure in FIGURES[name]:
        values = _values(figure, cohorts)
        yield {
            "name": name,
            "figure": figure.name,
            "value": _value(figure, cohorts),
            "at_least": figure.at_least,
            "aim": figure.aim,
            "sd_over_cohorts": float(np.std(values, ddof=1)) if len(values) > 1 else None,
            "cohorts": len(cohorts),
            "persons": cohorts[0].persons,
            "seconds": seconds,
        }


def _values(figure: Figure, cohorts: Sequence[Played]) -> list[float]:
    """The figure of each cohort; nothing where it takes several."""
    if figure.name in ELSEWHERE:
        return []
    if figure.name in LARGEST:
        return [float(LARGEST[figure.name]([one]).max()) for one in cohorts]
    name = POOLED if figure.name == ONE_COHORT else figure.name
    return [one.figures[name] for one in cohorts]


def _value(figure: Figure, cohorts: Sequence[Played]) -> float:
    """The mean over cohorts, or what they give together where that is another thing."""
    if figure.name in LARGEST:
        return float(LARGEST[figure.name](cohorts).max())
    if figure.name not in ELSEWHERE:
        return float(np.mean(_values(figure, cohorts)))
    if len(cohorts) < 2:
        return math.nan
    one, other = (ELSEWHERE[figure.name](half).ravel() for half in (cohorts[::2], cohorts[1::2]))
    return float((one[other.argmax()] + other[one.argmax()]) / 2)


def _rates(cohorts: Sequence[Played]) -> Floats:
    """Share of all tests in which each item was given, (n,)."""
    rates: Floats = np.sum([one.given for one in cohorts], axis=(0, 1)) / sum(one.persons for one in cohorts)
    return rates


def _stratum_rates(cohorts: Sequence[Played]) -> Floats:
    """The same of the tests of each stratum, (S, n)."""
    sessions = np.sum([one.sessions for one in cohorts], axis=0)
    rates: Floats = np.sum([one.given for one in cohorts], axis=0) / np.maximum(sessions, 1)[:, None]
    return rates


LARGEST = {POOLED: _rates, BY_STRATUM: _stratum_rates}
ELSEWHERE = {POOLED_ELSEWHERE: _rates, BY_STRATUM_ELSEWHERE: _stratum_rates}


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    """Figures to five decimals, seconds to two; null where a figure is not defined."""
    figures = {key: row[key] for key in ("value", "sd_over_cohorts")}
    known = {key: round(number, 5) if number is not None and math.isfinite(number) else None for key, number in figures.items()}
    return row | known | {"seconds": round(row["seconds"], 2)}
