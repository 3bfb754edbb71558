"""A million people under one view: no row takes more than 100 writes a second, lost races counted. Simulated time, no clock."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from chalicelib.campaigns.counters.model import SHARDS

MOST_WRITES = 100
"""A second, to one row."""


@dataclass(frozen=True)
class Rush:
    """People who all finished before the first worker begins: the queue never rests, each worker is as fast as the store lets it be."""

    people: int
    shards: int
    workers: int = 50
    batch: int = 10
    median_seconds: float = 0.003
    """Of one call of the store; the calls are lognormal with σ = 0.5, so one in a hundred takes over three times as long."""


@dataclass(frozen=True)
class Outcome:
    """What came of a rush."""

    seconds: float
    writes: int
    lost: int
    peak: int
    """Most writes that one row got in one second, those that failed their condition included."""


DRAWN = 1 << 16
"""Durations of each kind that are drawn; they are used in turn, round and round."""


def drawn(rush: Rush, calls: tuple[float, ...], rng: np.random.Generator) -> list[float]:
    """Durations of this many calls in a row, each weighed so, in seconds."""
    single = rush.median_seconds * np.exp(0.5 * rng.standard_normal((DRAWN, len(calls))))
    together: list[float] = (single @ np.array(calls)).tolist()
    return together


def simulate(rush: Rush, seed: int = 1) -> Outcome:
    """Every attempt to replace a row, in the order of time, with the calls that `CountParticipations` makes.

    An attempt reads the row, then the mark of its participant and of the one left pending by the attempt before, then writes. It is lost
    when another attempt wrote the row since its read, and begins again at once. Then the mark is written, and the next person is counted:
    people of a batch who share a row are written one by one here, which is more writes than there are.
    """
    rng = np.random.default_rng(seed)
    to_read, to_write, to_reply = (drawn(rush, calls, rng) for calls in ((0.5,), (0.5, 1.0, 1.0, 0.5), (0.5,)))
    to_mark = drawn(rush, (1.0 + 1.0 / rush.batch,), rng)  # and once a batch the touched view
    shard_of: list[int] = rng.integers(0, rush.shards, rush.people).tolist()
    replaced_at, second, in_second = [-1.0] * rush.shards, [-1] * rush.shards, [0] * rush.shards
    taken, person = rush.workers, list(range(rush.workers))
    read_at = [0.0] * rush.workers
    writes = lost = peak = 0
    waiting = [(to_write[worker], worker) for worker in range(rush.workers)]
    heapq.heapify(waiting)
    end = 0.0
    while waiting:
        now, worker = waiting[0]
        shard = shard_of[person[worker]]
        writes += 1
        chance = writes & (DRAWN - 1)
        if second[shard] != int(now):
            second[shard], in_second[shard] = int(now), 0
        in_second[shard] += 1
        if in_second[shard] > peak:
            peak = in_second[shard]
        end = now + to_reply[chance]
        if replaced_at[shard] > read_at[worker]:
            lost += 1
        else:
            replaced_at[shard] = now
            end += to_mark[chance]
            if taken == rush.people:
                heapq.heappop(waiting)
                continue
            person[worker], taken = taken, taken + 1
        read_at[worker] = end + to_read[chance]
        heapq.heapreplace(waiting, (read_at[worker] + to_write[chance], worker))
    return Outcome(end, writes, lost, peak)


def test_a_million_people_are_counted_in_ten_minutes_and_no_row_is_hot() -> None:
    outcome = simulate(Rush(1_000_000, SHARDS))
    assert outcome.seconds < 600
    assert outcome.peak <= MOST_WRITES
    assert outcome.lost < 0.3 * outcome.writes


def test_half_as_many_rows_would_be_too_hot() -> None:
    assert simulate(Rush(100_000, SHARDS // 2)).peak > MOST_WRITES
