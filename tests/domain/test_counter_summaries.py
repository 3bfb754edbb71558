"""Roll-ups: nothing counted is missed, whoever counts meanwhile or dies; a view at rest names nobody and costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from chalicelib.campaigns.counters.counting import CountParticipations
from chalicelib.campaigns.counters.model import Participation, Row
from chalicelib.campaigns.counters.ports import Summary
from chalicelib.campaigns.counters.summarising import Summarised, SummariseViews
from chalicelib.kernel.errors import UnavailableError
from tests.fakes.counters import MemoryCounters
from tests.fakes.memory import NOVEMBER_2026, FixedClock, NumberedIds

VIEW = "campaign:test"


def counting(store: MemoryCounters) -> CountParticipations:
    return CountParticipations(store, store, store, shards=4)


def rolling(store: MemoryCounters, ids: NumberedIds | None = None) -> SummariseViews:
    return SummariseViews(store, store, store, store, FixedClock(), ids or NumberedIds())


def crowd(people: int) -> list[Participation]:
    return [Participation(f"p{number}", 1, {"persons": 1}) for number in range(people)]


def test_the_rows_of_a_view_become_its_summary() -> None:
    store = MemoryCounters()
    counting(store).count(VIEW, crowd(30))
    assert rolling(store).summarise() == Summarised(views=1, rested=0, overtaken=0, failed=())
    summary = store.summary(VIEW)
    assert summary is not None
    assert (summary.totals, summary.at) == ({"persons": 30}, NOVEMBER_2026)


def test_a_view_at_rest_is_looked_at_once_more_then_names_nobody_and_is_left_alone() -> None:
    store = MemoryCounters()
    counting(store).count(VIEW, crowd(30))
    rolling(store).summarise()
    assert any(row.pending for row in store.rows.values())
    assert rolling(store).summarise() == Summarised(views=1, rested=1, overtaken=0, failed=())
    assert not any(row.pending for row in store.rows.values())
    assert rolling(store).summarise() == Summarised(views=0, rested=0, overtaken=0, failed=())
    counting(store).count(VIEW, crowd(31))
    rolling(store).summarise()
    assert summed(store) == {"persons": 31}


def test_a_batch_that_changes_nothing_does_not_change_the_summary() -> None:
    store = MemoryCounters()
    counting(store).count(VIEW, crowd(5))
    rolling(store).summarise()
    before = store.summary(VIEW)
    counting(store).count(VIEW, crowd(5))
    rolling(store).summarise()
    assert store.summary(VIEW) == before


def summed(store: MemoryCounters) -> object:
    summary = store.summary(VIEW)
    return None if summary is None else summary.totals


@dataclass
class Interrupted(MemoryCounters):
    """A store in which something happens once, right after the summariser's so-manieth call."""

    after: int = 0
    happens: Callable[[], None] = lambda: None
    calls: int = field(default=0)

    def happened(self) -> None:
        self.calls += 1
        if self.calls == self.after:
            self.happens()


class SeenBySummariser:
    """The store as the summariser sees it: after each call the interruption may come."""

    def __init__(self, store: Interrupted) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Callable[..., object]:
        call = getattr(self._store, name)

        def told(*arguments: object) -> object:
            reply = call(*arguments)
            self._store.happened()
            return reply

        return told


def rolling_interrupted(store: Interrupted, ids: NumberedIds) -> SummariseViews:
    seen: MemoryCounters = SeenBySummariser(store)  # type: ignore[assignment]
    return SummariseViews(seen, seen, seen, seen, FixedClock(), ids)


def interrupted_at(call: int, happens: Callable[[Interrupted, NumberedIds], None]) -> tuple[Interrupted, NumberedIds]:
    """A store with ten people counted, and a roll-up that this happened in."""
    store, ids = Interrupted(), NumberedIds()
    counting(store).count(VIEW, crowd(10))
    store.after, store.happens = call, lambda: happens(store, ids)
    rolling_interrupted(store, ids).summarise()
    return store, ids


CALLS = 9
"""Of a first roll-up of four rows: touched, begin, summary, shards, four rows, keep."""


@pytest.mark.parametrize("call", range(1, CALLS + 3))
def test_whoever_is_counted_during_a_roll_up_is_in_the_next_one_at_the_latest(call: int) -> None:
    store, ids = interrupted_at(call, lambda store, ids: counting(store).count(VIEW, crowd(40)))
    assert store.calls == CALLS
    rolling(store, ids).summarise()
    assert summed(store) == {"persons": 40 if call <= CALLS else 10}


@pytest.mark.parametrize("call", range(1, 10 + 3))
def test_whoever_is_counted_while_a_view_is_found_at_rest_is_in_the_next_summary(call: int) -> None:
    store, ids = Interrupted(), NumberedIds()
    counting(store).count(VIEW, crowd(10))
    rolling(store, ids).summarise()
    store.after, store.happens = call, lambda: counting(store).count(VIEW, crowd(40))
    rolling_interrupted(store, ids).summarise()
    rolling(store, ids).summarise()
    assert summed(store) == {"persons": 40}


class Died(BaseException):
    """The process is no more."""


def die(store: Interrupted, ids: NumberedIds) -> None:
    raise Died


@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_a_roll_up_that_dies_after_any_call_is_done_again(call: int) -> None:
    store, ids = Interrupted(after=call, happens=lambda: die(store, ids)), NumberedIds()
    counting(store).count(VIEW, crowd(10))
    with pytest.raises(Died):
        rolling_interrupted(store, ids).summarise()
    for _ in range(3):
        rolling(store, ids).summarise()
    assert summed(store) == {"persons": 10}
    assert store.touched() == []


@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_two_roll_ups_at_once_leave_the_later_summary(call: int) -> None:
    def another(store: Interrupted, ids: NumberedIds) -> None:
        counting(store).count(VIEW, crowd(20))
        rolling(store, ids).summarise()

    store, ids = interrupted_at(call, another)
    for _ in range(3):
        rolling(store, ids).summarise()
    assert summed(store) == {"persons": 20}
    assert store.touched() == []


def test_an_earlier_summary_never_replaces_a_later_one() -> None:
    store = MemoryCounters()
    store.keep(Summary(VIEW, {"persons": 2}, 7, NOVEMBER_2026))
    store.keep(Summary(VIEW, {"persons": 1}, 6, NOVEMBER_2026))
    assert summed(store) == {"persons": 2}


def test_a_view_that_fails_stops_no_other_and_stays_for_the_next_run() -> None:
    class OneBroken(MemoryCounters):
        broken = True

        def row(self, view: str, shard: int) -> Row:
            if view == "campaign:a" and self.broken and self.rows:
                raise UnavailableError("store-unavailable", "The store did not answer.")
            return super().row(view, shard)

    store = OneBroken()
    store.broken = False
    for view in ("campaign:a", "campaign:b"):
        counting(store).count(view, crowd(3))
    store.broken = True
    done = rolling(store).summarise()
    assert (done.views, done.failed) == (2, (("campaign:a", "store-unavailable"),))
    assert store.summary("campaign:b") is not None
    store.broken = False
    rolling(store).summarise()
    assert store.summary("campaign:a") is not None
