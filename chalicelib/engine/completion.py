"""A test that ended early, completed: what is missing counts as skipped, on the most informative items left (rule book §4)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chalicelib.engine.exposure import ExposureTable
from chalicelib.engine.selection import Answers, Candidate, Pool, posterior, select


def completed(pool: Pool, candidate: Candidate, answers: Answers) -> Answers:
    """The answers with as many skipped ones after them as the length asks, each on the item that would have told most.

    Voided answers do not count towards the length. Exposure control and chance have no part in it: nobody is given these items. When the
    bank has nothing left to ask, the test stays shorter.
    """
    certain = replace(pool, blueprint=replace(pool.blueprint, near_equal=0.0))
    uncontrolled = replace(candidate, table=ExposureTable.free(len(pool.bank)))
    while len(answers.counted[0]) < pool.blueprint.length:
        chosen = select(certain, uncontrolled, answers, posterior(certain, answers), 0)
        if chosen is None:
            break
        answers = _skipped(answers, chosen.item)
    return answers


def _skipped(answers: Answers, item: int) -> Answers:
    """The answers, and this item skipped, which counts as wrong."""
    counts = None if answers.counts is None else np.append(answers.counts, True)
    return Answers(np.append(answers.items, item), np.append(answers.right, False), counts)
