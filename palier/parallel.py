"""Virtual persons' tests in several processes. The results are those of one process, in the same order."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager

import numpy as np

from chalicelib.engine.exposure import ExposureTable
from chalicelib.engine.simulation.cohort import Runner, one_by_one
from chalicelib.engine.simulation.sitting import Sitting, Study

SMALLEST_SHARE = 8
"""Persons for whom another process is worth its messages."""


@contextmanager
def runner_of(processes: int | None = None) -> Iterator[Runner]:
    """A runner over this many processes, by default as many as there are cores."""
    processes = processes or os.cpu_count() or 1
    if processes == 1:
        yield one_by_one
        return
    with ExitStack() as stack:
        yield _Crew(processes, stack).play


class _Crew:
    """Processes that know one study; another study gets others."""

    def __init__(self, processes: int, stack: ExitStack) -> None:
        self._processes, self._stack = processes, stack
        self._study: Study | None = None
        self._pool: ProcessPoolExecutor | None = None

    def play(self, study: Study, persons: Sequence[int], table: ExposureTable) -> list[Sitting]:
        if len(persons) < SMALLEST_SHARE * self._processes:
            return one_by_one(study, persons, table)
        pool = self._pool_of(study)
        shares = [share.tolist() for share in np.array_split(np.array(persons), self._processes)]
        return [sitting for part in pool.map(_play, shares, [table] * len(shares)) for sitting in part]

    def _pool_of(self, study: Study) -> ProcessPoolExecutor:
        if self._pool is None or self._study is not study:
            self._stack.pop_all().close()
            pool = ProcessPoolExecutor(self._processes, multiprocessing.get_context(), _learn, (study,))
            self._pool, self._study = self._stack.enter_context(pool), study
        return self._pool


_known: list[Study] = []


def _learn(study: Study) -> None:
    _known[:] = [study]


def _play(persons: list[int], table: ExposureTable) -> list[Sitting]:
    return one_by_one(_known[0], persons, table)
