"""Reconciliation: every kind of difference is found, told without naming anybody, and repaired while people are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from chalicelib.campaigns.counters.counting import CountParticipations
from chalicelib.campaigns.counters.model import Participation, Row
from chalicelib.campaigns.counters.ports import Seen
from chalicelib.campaigns.counters.reconciling import Findings, ReconcileViews
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import shard_of
from tests.fakes.counter_schedules import counted
from tests.fakes.counters import MemoryCounters

VIEW, SHARDS = "campaign:test", 4


def one(person: str, rank: int = 1000, **totals: int) -> Participation:
    return Participation(person, rank, totals or {"persons": 1, "low": 1})


@dataclass
class Truth:
    """The source of truth, and counters that may be wrong about it."""

    store: MemoryCounters = field(default_factory=MemoryCounters)
    wants: dict[str, Participation] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    asked: Callable[[str], None] = lambda participant: None

    def wanted(self, view: str, participant: str) -> Participation:
        self.asked(participant)
        if participant in self.unreadable:
            raise NotFoundError("assessment-not-found", "There is no such assessment.")
        return self.wants.get(participant, Participation.none(participant))

    def finish(self, *participations: Participation) -> None:
        """Something happens in truth."""
        for participation in participations:
            self.wants[participation.id] = participation

    def everyone(self, views: Iterable[str]) -> Iterator[Seen]:
        """The marks, and whoever something is known of."""
        assert list(views) == [VIEW]
        yield from [Seen(view, participant, mark) for (view, participant), mark in self.store.marks.items()]
        yield from [Seen(VIEW, participant, None) for participant in (*self.wants, *self.unreadable)]

    @property
    def counting(self) -> CountParticipations:
        return CountParticipations(self.store, self.store, self.store, SHARDS)

    def count(self, *participations: Participation) -> None:
        """Something happens, and is counted."""
        self.finish(*participations)
        self.counting.count(VIEW, participations)

    def reconcile(self, *, repair: bool = False) -> Findings:
        store = self.store
        use = ReconcileViews(store, store, store, self, self, self.counting)
        (found,) = use.reconcile([VIEW], repair=repair)
        return found


@pytest.fixture
def truth() -> Truth:
    """Twelve people, all counted."""
    made = Truth()
    made.count(*(one(f"p{number}") for number in range(12)))
    return made


def clean(truth: Truth) -> bool:
    found = truth.reconcile()
    return found.clean and found.counted == found.expected == counted(truth.store)


def test_counters_that_agree_with_their_source_are_clean(truth: Truth) -> None:
    found = truth.reconcile()
    assert found.clean
    assert (found.participants, found.counted, found.expected) == (12, {"persons": 12, "low": 12}, {"persons": 12, "low": 12})


def break_row(truth: Truth, shard: int = 2, **totals: int) -> None:
    row = truth.store.row(VIEW, shard)
    truth.store.rows[VIEW, shard] = replace(row, totals={**row.totals, **totals})


def test_a_row_that_somebody_changed_is_found_and_repaired(truth: Truth) -> None:
    break_row(truth, persons=99, high=5)
    found = truth.reconcile()
    assert (found.wrong_rows, found.uncounted, found.different) == ((2,), 0, 0)
    assert found.counted != found.expected == {"persons": 12, "low": 12}
    assert not clean(truth), "telling repairs nothing"
    assert truth.reconcile(repair=True).wrong_rows == (2,)
    assert clean(truth)
    assert [touched.view for touched in truth.store.touched()] == [VIEW], "the summary follows"


def test_a_row_that_was_lost_is_found_and_repaired(truth: Truth) -> None:
    del truth.store.rows[VIEW, 1]
    assert truth.reconcile(repair=True).wrong_rows == (1,)
    assert clean(truth)


def test_who_was_never_counted_is_found_and_counted(truth: Truth) -> None:
    truth.finish(one("late"), one("p1", 2000, persons=1, high=1))
    assert (truth.reconcile().uncounted, truth.reconcile().wrong_rows) == (2, ())
    truth.reconcile(repair=True)
    assert clean(truth)
    assert counted(truth.store) == {"persons": 13, "low": 12, "high": 1}


def test_who_was_counted_with_something_else_is_found_and_corrected_and_goes_on_from_there(truth: Truth) -> None:
    truth.wants["p1"] = one("p1", 1000, persons=1, high=1)
    assert truth.reconcile().different == 1
    truth.reconcile(repair=True)
    assert clean(truth)
    truth.count(one("p1", 2000, persons=1, higher=1))
    assert clean(truth)


def test_who_is_counted_and_unknown_to_the_source_is_taken_out(truth: Truth) -> None:
    del truth.wants["p1"]
    assert truth.reconcile(repair=True).different == 1
    assert clean(truth)
    assert counted(truth.store) == {"persons": 11, "low": 11}


def test_who_withdrew_stays_out_though_the_source_still_knows_them(truth: Truth) -> None:
    truth.counting.withdraw("p1")
    found = truth.reconcile(repair=True)
    assert found.clean
    assert counted(truth.store) == {"persons": 11, "low": 11}


def test_a_mark_that_a_dead_worker_never_wrote_is_no_difference(truth: Truth) -> None:
    del truth.store.marks[VIEW, "p1"]
    row = truth.store.row(VIEW, shard_of("p1", SHARDS))
    assert "p1" in {pending.id for pending in row.pending}
    assert clean(truth)


def test_a_person_whose_source_cannot_be_read_is_told_and_stops_no_other(truth: Truth) -> None:
    truth.unreadable = ("somebody",)
    truth.finish(one("late"))
    found = truth.reconcile(repair=True)
    assert (found.unreadable, found.uncounted) == (1, 1)
    assert counted(truth.store)["persons"] == 13


def test_a_view_that_does_not_exist_is_told() -> None:
    with pytest.raises(NotFoundError) as told:
        Truth().reconcile()
    assert told.value.code == "view-not-found"


@dataclass
class Busy(MemoryCounters):
    """Counters in which people are counted right after the so-manieth read of a row."""

    after: int = 0
    happens: Callable[[], None] = lambda: None
    reads: int = field(default=0)

    def row(self, view: str, shard: int) -> Row:
        row = super().row(view, shard)
        self.reads += 1
        if self.reads == self.after:
            self.happens()
        return row


@pytest.mark.parametrize("after", range(1, 2 * SHARDS + 1))
def test_people_counted_during_a_comparison_make_no_difference_and_a_repair_loses_none(after: int) -> None:
    truth = Truth(Busy())
    truth.count(*(one(f"p{number}") for number in range(12)))
    store = truth.store
    assert isinstance(store, Busy)
    truth.finish(one("late"))
    crowd = [one(f"q{number}") for number in range(20)] + [one("p1", 2000, persons=1, high=1)]
    store.reads, store.after, store.happens = 0, after, lambda: truth.count(*crowd)
    found = truth.reconcile(repair=True)
    assert found.wrong_rows == (), "a row that changed is not judged"
    assert found.different == 0
    assert bool(found.busy_rows) is (after < 2 * SHARDS), "after the last read the comparison is of a moment before"
    assert clean(truth)
    assert counted(store) == {"persons": 33, "low": 32, "high": 1}


def test_a_wrong_row_that_changes_before_its_repair_is_left_for_the_next_time(truth: Truth) -> None:
    break_row(truth, persons=99)
    (same_shard,) = [person for person in ("a", "b", "c", "d", "e", "f", "g") if shard_of(person, SHARDS) == 2][:1]
    done: list[str] = []

    def asked(participant: str) -> None:
        if not done:
            done.append(participant)
            truth.count(one(same_shard))

    truth.asked = asked
    found = truth.reconcile(repair=True)
    assert (found.wrong_rows, found.busy_rows) == ((2,), (2,))
    assert truth.reconcile(repair=True).wrong_rows == (2,)
    assert clean(truth)


def test_progress_is_told_person_by_person_and_nothing_names_anybody(truth: Truth) -> None:
    heard: list[tuple[str, int, int]] = []
    store = truth.store
    use = ReconcileViews(store, store, store, truth, truth, truth.counting)
    (found,) = use.reconcile([VIEW], heard=lambda *told: heard.append(told))
    assert heard == [(VIEW, done, 12) for done in range(1, 13)]
    assert "p1" not in repr(found)
