"""One step of the engine beside catsim's, in one process: the same items, the same answers, steps interleaved.

A step is what a stateless server does at each answer: estimate from the bare list of answers, then choose the next item.
Ours is the whole training step (posterior, ladders, gains, constraints) on a task that has been used before, as in a warm
function, or the whole measuring step (`bench_measuring_step`). catsim's is its numerical estimator and its maximum-information
selector, called as its documentation shows: it knows one dimension, and none of the constraints.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from catsim.estimation import NumericalSearchEstimator
from catsim.item_bank import ItemBank as CatsimBank
from catsim.selection import MaxInfoSelector

from chalicelib.engine.bank import LEVELS, Bools, Ints, ItemBank
from chalicelib.engine.evidence import Evidence
from chalicelib.engine.rules import TrainingRules
from chalicelib.engine.training import Task, estimate, select
from palier.bench_measuring_step import COMPETENCES, Server, models, with_time_limits

SIZES = (500, 2_000, 10_000)
ANSWERS = (1, 32)

Step = Callable[[], object]


@dataclass(frozen=True)
class Subject:
    """Whose step is timed."""

    step: str
    abilities: str
    engine: str = "palier"
    dimensions: int = 1


def measure(repeats: int) -> list[dict[str, Any]]:
    """Rows of {step, abilities, engine, items, dimensions, answers, median_us, min_us, ratio_to_catsim}.

    `ratio_to_catsim`, on our rows of one dimension, is catsim's fastest step over our fastest one: other work on the machine takes
    more from a step the longer it is.
    """
    rows = []
    for items in SIZES:
        for answers in ANSWERS:
            rows += _training_rows(items, answers, repeats)
            rows += _measuring_rows(items, answers, repeats)
    return rows


def _training_rows(items: int, answers: int, repeats: int) -> list[dict[str, Any]]:
    bank, told = synthetic_bank(items, 1), _answered(items, answers)
    steps = {Subject("training", "one-ability"): _palier_step(bank, *told), _peer("training"): _catsim_step(bank, *told)}
    if answers == max(ANSWERS):
        wide = synthetic_bank(items, COMPETENCES)
        steps[Subject("training", "by-competence", dimensions=COMPETENCES)] = _palier_step(wide, *told)
    return _rows(steps, items, answers, repeats)


def _measuring_rows(items: int, answers: int, repeats: int) -> list[dict[str, Any]]:
    """Each model goes on from the answers of a test that it led itself, catsim from those of one ability."""
    bank, steps = with_time_limits(synthetic_bank(items, COMPETENCES)), dict[Subject, Step]()
    for name, abilities in models().items():
        server = Server(bank, abilities)
        answered = server.answered(answers)
        steps[Subject("measuring", name, dimensions=abilities.dimensions)] = partial(server.step, answered)
        if abilities.dimensions == 1:
            steps[_peer("measuring")] = _catsim_step(bank, answered.items, answered.right)
    return _rows(steps, items, answers, repeats)


def _peer(step: str) -> Subject:
    return Subject(step, "one-ability", "catsim")


def _rows(steps: dict[Subject, Step], items: int, answers: int, repeats: int) -> list[dict[str, Any]]:
    """One row a subject, the steps of all being interleaved."""
    times = _interleaved(steps, repeats)
    peer = min(times[next(subject for subject in steps if subject.engine == "catsim")])
    rows = []
    for subject, each in times.items():
        row = _row(subject, items, answers, each)
        if subject.engine == "palier" and subject.dimensions == 1:
            row["ratio_to_catsim"] = round(peer / min(each), 1)
        rows.append(row)
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


def _palier_step(bank: ItemBank, asked: Ints, right: Bools) -> Step:
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


def _catsim_step(bank: ItemBank, asked: Ints, right: Bools) -> Step:
    columns = (bank.discrimination, bank.difficulty, bank.guess, np.ones(len(bank)))
    items = CatsimBank(np.column_stack(columns), validate=False)
    estimator, selector = NumericalSearchEstimator(), MaxInfoSelector()
    administered, responses = asked.tolist(), right.tolist()

    def step() -> object:
        theta = estimator.estimate(item_bank=items, administered_items=administered, response_vector=responses, est_theta=0.0)
        return selector.select(item_bank=items, administered_items=administered, est_theta=theta)

    return step


CHUNK = 20


def _interleaved(steps: dict[Subject, Step], repeats: int) -> dict[Subject, list[float]]:
    """Microseconds of each step, in turns of twenty steps each, so that a slow moment of the machine falls on all."""
    times: dict[Subject, list[float]] = {subject: [] for subject in steps}
    for step in steps.values():
        step()
    for done in range(0, repeats, CHUNK):
        for subject, step in steps.items():
            for _ in range(min(CHUNK, repeats - done)):
                began = time.perf_counter_ns()
                step()
                times[subject].append((time.perf_counter_ns() - began) / 1000)
    return times


def _row(subject: Subject, items: int, answers: int, times: list[float]) -> dict[str, Any]:
    return {
        "step": subject.step,
        "abilities": subject.abilities,
        "engine": subject.engine,
        "items": items,
        "dimensions": subject.dimensions,
        "answers": answers,
        "median_us": round(statistics.median(times), 1),
        "min_us": round(min(times), 1),
    }
