"""Counters are exact under duplicates, disorder, races and deaths at any call; and each defence is needed."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.campaigns.counters.counting import ClearRow, CountParticipations
from chalicelib.campaigns.counters.model import WITHDRAWN, Participation, Row
from tests.fakes.counter_schedules import (
    SHARDS,
    VIEW,
    Act,
    Batch,
    Decide,
    MarksFirst,
    Stepped,
    Workers,
    assert_invariant,
    by_chance,
    counted,
    dying_at,
    every_order,
    expected,
)
from tests.fakes.counters import MemoryCounters


def attempt(person: str, rank: int) -> Participation:
    """An attempt after which the person is at a level that their id and the attempt decide."""
    level = (sum(person.encode()) + 3 * rank) % 5
    return Participation(person, rank, {"finished": rank, "persons": 1, f"level-{level}": 1})


def drawn_batches(seed: int) -> list[Batch]:
    """Attempts of a few people in batches, out of order, some of them delivered twice or with another batch."""
    chance = random.Random(seed)
    people = chance.randint(2, 5)
    attempts = [attempt(f"p{person}", rank) for person in range(people) for rank in range(1, chance.randint(1, 3) + 1)]
    attempts += [replace(chance.choice(attempts), rank=WITHDRAWN, contribution={})] if chance.random() < 0.3 else []
    attempts += chance.choices(attempts, k=4)
    chance.shuffle(attempts)
    batches: list[Batch] = []
    while attempts:
        size = chance.randint(1, 4)
        batches.append(attempts[:size])
        attempts = attempts[size:]
    return batches


def run(store: MemoryCounters, batches: list[Batch], decide: Decide, workers: int = 3) -> None:
    Workers(store, deque(batches)).run(workers, decide, lambda: assert_invariant(store))
    assert counted(store) == expected(batches)


@pytest.mark.parametrize("act", [Act.DIES_BEFORE, Act.DIES_AFTER])
def test_a_death_before_or_after_any_call_loses_nothing_and_doubles_nothing(act: Act) -> None:
    batches: list[Batch] = [[attempt("p1", 1), attempt("p2", 1), attempt("p3", 1)], [attempt("p2", 2), attempt("p1", 1)]]
    call, deaths = 0, 1
    while deaths:
        call, decide = call + 1, Watched(dying_at(call + 1, act))
        run(MemoryCounters(), batches, decide, workers=1)
        deaths = decide.deaths
    assert call > 15, "it died at every call of two batches"


@dataclass
class Watched:
    """Decisions, and how many of them were deaths."""

    decide: Decide
    deaths: int = 0

    def __call__(self, alive: int) -> tuple[int, Act]:
        place, act = self.decide(alive)
        self.deaths += act is not Act.GOES_ON
        return place, act


@pytest.mark.parametrize(
    "batches",
    [[[attempt("p1", 1)], [attempt("p1", 1)]], [[attempt("p1", 2)], [attempt("p1", 1)]]],
    ids=["the same attempt twice", "two attempts of a person"],
)
def test_two_workers_are_exact_in_every_order_of_their_calls(batches: list[Batch]) -> None:
    orders = list(every_order(lambda decide: run(MemoryCounters(), batches, decide, workers=2)))
    assert len(orders) > 70, "four calls each, and those of whoever must begin again"


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32), deaths=st.integers(0, 6))
def test_totals_are_exact_whoever_dies_where_and_in_whatever_order_batches_come(seed: int, deaths: int) -> None:
    batches, store = drawn_batches(seed), MemoryCounters()
    run(store, batches, by_chance(seed, deaths))
    for shard in range(SHARDS):
        ClearRow(store, store).clear(VIEW, shard)
    assert counted(store) == expected(batches)
    assert all(row.pending == () for row in store.rows.values()), "a row at rest names nobody"


class AnyVersion(MemoryCounters):
    """Without the condition: the last writer of a row wins."""

    def replace(self, row: Row) -> bool:
        self.rows[row.view, row.shard] = row
        return True


class NothingPending(MemoryCounters):
    """Without the list: a row does not tell whom it counted."""

    def replace(self, row: Row) -> bool:
        return super().replace(replace(row, pending=()))


class Unmarked(MemoryCounters):
    """Without the mark: participations leave the list at the next write as if it were there."""

    def replace(self, row: Row) -> bool:
        before = self.row(row.view, row.shard).pending
        return super().replace(replace(row, pending=tuple(one for one in row.pending if one not in before)))

    def write_mark(self, view: str, pending: Participation, there: Participation) -> None:
        """Forget it."""


class FallingMarks(MemoryCounters):
    """Without the rank: whoever writes a mark last wins."""

    def write_mark(self, view: str, pending: Participation, there: Participation) -> None:
        self.marks[view, pending.id] = pending


DEFENCES = {
    "the version": (AnyVersion, Stepped),
    "the pending ones": (NothingPending, Stepped),
    "the marks": (Unmarked, Stepped),
    "the order of reads": (MemoryCounters, MarksFirst),
}


@pytest.mark.parametrize("defence", DEFENCES)
def test_without_one_of_its_defences_a_wrong_total_is_found(defence: str) -> None:
    store_without, seen_by = DEFENCES[defence]

    def is_wrong(seed: int) -> bool:
        batches, store = drawn_batches(seed), store_without()
        Workers(store, deque(batches), seen_by).run(3, by_chance(seed, 4))
        return counted(store) != expected(batches)

    assert any(is_wrong(seed) for seed in range(400)), "a test that no fault can fail proves nothing"


@pytest.mark.parametrize(("store", "exact"), [(MemoryCounters(), True), (FallingMarks(), False)], ids=["ranks", "no ranks"])
def test_a_mark_written_very_late_does_not_undo_a_later_one(store: MemoryCounters, exact: bool) -> None:
    counting = CountParticipations(store, store, store, shards=1)
    first, second = attempt("p1", 1), attempt("p1", 2)
    counting.count(VIEW, [first])
    counting.count(VIEW, [second])
    counting.count(VIEW, [attempt("p2", 1)])
    store.write_mark(VIEW, first, Participation.none("p1"))
    counting.count(VIEW, [second])
    assert (counted(store) == expected([[second, attempt("p2", 1)]])) is exact
