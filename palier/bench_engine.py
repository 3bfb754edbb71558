"""One step of the engine beside catsim's, in one process: the same items, the same answers, steps interleaved.

A step is what a stateless server does at each answer: estimate from the bare list of answers, then choose the next item.
Ours is the whole training step (posterior, ladders, gains, constraints) on a task that has been used before, as in a warm
function. catsim's is its numerical estimator and its maximum-information selector, called as its documentation shows.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from catsim.estimation import NumericalSearchEstimator
from catsim.item_bank import ItemBank as CatsimBank
from catsim.selection import MaxInfoSelector

from chalicelib.engine.bank import LEVELS, Bools, Ints, ItemBank
from chalicelib.engine.evidence import Evidence
from chalicelib.engine.rules import TrainingRules
from chalicelib.engine.training import Task, estimate, select

SIZES = (500, 2_000, 10_000)
ANSWERS = (1, 32)


def measure(repeats: int) -> list[dict[str, Any]]:
    """Rows of {engine, items, dimensions, answers, median_us, min_us}; catsim knows one dimension only."""
    rows = []
    for items in SIZES:
        for answers in ANSWERS:
            bank = synthetic_bank(items, 1)
            asked, right = _answered(items, answers)
            steps = {"palier": _palier_step(bank, asked, right), "catsim": _catsim_step(bank, asked, right)}
            for engine, times in _interleaved(steps, repeats).items():
                rows.append(_row(engine, items, 1, answers, times))
        wide = _palier_step(synthetic_bank(items, 16), *_answered(items, 32))
        rows.append(_row("palier", items, 16, 32, _interleaved({"palier": wide}, repeats)["palier"]))
    return rows


def synthetic_bank(items: int, competences: int) -> ItemBank:
    """A bank of full ladders, one item a rung: a ~ lognormal(0, 0.3), b ~ N(0, 1.2), no guessing."""
    rng = np.random.default_rng(items)
    topics = -(-items // LEVELS)
    return ItemBank(
        discrimination=rng.lognormal(0.0, 0.3, items),
        difficulty=rng.normal(0.0, 1.2, items),
        guess=np.zeros(items),
        topic=np.repeat(np.arange(topics), LEVELS)[:items],
        level=np.tile(np.arange(1, LEVELS + 1), topics)[:items],
        timed=np.zeros(items, bool),
        topic_competence=np.sort(np.arange(topics) % competences),
        ladder=np.ones((topics, LEVELS), bool),
        competences=competences,
    )


def _answered(items: int, answers: int) -> tuple[Ints, Bools]:
    rng = np.random.default_rng(7)
    return rng.choice(items, answers, replace=False).astype(np.intp), rng.random(answers) < 0.5


def _palier_step(bank: ItemBank, asked: Ints, right: Bools) -> Callable[[], object]:
    topics = len(bank.topic_competence)
    task = Task(
        bank=bank,
        rules=TrainingRules(),
        start=Evidence.nothing(topics),
        prior_mean=np.zeros(bank.competences),
        prior_sd=np.ones(bank.competences),
        targets=np.full(topics, LEVELS, np.intp),
        playable=np.ones(len(bank), bool),
        seen=np.zeros(len(bank), bool),
    )
    return lambda: select(task, estimate(task, asked, right), asked, False, 12345)


def _catsim_step(bank: ItemBank, asked: Ints, right: Bools) -> Callable[[], object]:
    columns = (bank.discrimination, bank.difficulty, bank.guess, np.ones(len(bank)))
    items = CatsimBank(np.column_stack(columns), validate=False)
    estimator, selector = NumericalSearchEstimator(), MaxInfoSelector()
    administered, responses = asked.tolist(), right.tolist()

    def step() -> object:
        theta = estimator.estimate(item_bank=items, administered_items=administered, response_vector=responses, est_theta=0.0)
        return selector.select(item_bank=items, administered_items=administered, est_theta=theta)

    return step


CHUNK = 20


def _interleaved(steps: dict[str, Callable[[], object]], repeats: int) -> dict[str, list[float]]:
    """Microseconds of each step, in turns of twenty steps each, so that a slow moment of the machine falls on all."""
    times: dict[str, list[float]] = {engine: [] for engine in steps}
    for step in steps.values():
        step()
    for done in range(0, repeats, CHUNK):
        for engine, step in steps.items():
            for _ in range(min(CHUNK, repeats - done)):
                began = time.perf_counter_ns()
                step()
                times[engine].append((time.perf_counter_ns() - began) / 1000)
    return times


def _row(engine: str, items: int, dimensions: int, answers: int, times: list[float]) -> dict[str, Any]:
    return {
        "engine": engine,
        "items": items,
        "dimensions": dimensions,
        "answers": answers,
        "median_us": round(statistics.median(times), 1),
        "min_us": round(min(times), 1),
    }
