"""What a row becomes, how large it may be, what is refused, and who leaves it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.counters.counting import CountParticipations
from chalicelib.campaigns.counters.disclosure import K, shown_cells
from chalicelib.campaigns.counters.model import MOST_PENDING, Participation, Row, count, minus, plus
from chalicelib.kernel.errors import InvalidError, UnavailableError
from tests.fakes.counter_schedules import VIEW, counted
from tests.fakes.counters import MemoryCounters


def counting(store: MemoryCounters, shards: int = 1) -> CountParticipations:
    return CountParticipations(store, store, store, shards)


def one(person: str, rank: int = 1, **totals: int) -> Participation:
    return Participation(person, rank, totals or {"persons": 1})


def test_a_better_attempt_replaces_what_the_one_before_added() -> None:
    store = MemoryCounters()
    counting(store).count(VIEW, [one("p1", 1, persons=1, low=1)])
    counting(store).count(VIEW, [one("p1", 2, persons=1, high=1)])
    assert counted(store) == {"persons": 1, "high": 1}


def test_an_attempt_that_comes_after_a_better_one_changes_nothing() -> None:
    store = MemoryCounters()
    counting(store).count(VIEW, [one("p1", 2, persons=1, high=1)])
    before = dict(store.rows)
    counting(store).count(VIEW, [one("p1", 1, persons=1, low=1)])
    assert store.rows == before, "not even a write"


def test_several_ranks_of_a_person_in_one_batch_count_as_the_highest() -> None:
    store = MemoryCounters()
    counting(store).count(VIEW, [one("p1", 1, low=1), one("p1", 3, high=1), one("p1", 2, middle=1)])
    assert counted(store) == {"high": 1}


def test_a_batch_writes_each_row_once() -> None:
    store = MemoryCounters()
    counting(store, shards=4).count(VIEW, [one(f"p{number}") for number in range(10)])
    assert {row.version for row in store.rows.values()} == {1}


def test_the_next_write_drops_who_is_marked_and_keeps_who_is_not() -> None:
    row = Row(VIEW, 0, {"persons": 2}, 7, (one("marked"), one("waits")))
    marks = {"marked": one("marked"), "waits": Participation.none("waits"), "next": Participation.none("next")}
    after = count(row, marks, [one("next")])
    assert (after.version, [pending.id for pending in after.pending]) == (8, ["waits", "next"])
    assert after.totals == {"persons": 3}


@dataclass
class PeopleDown(MemoryCounters):
    """A store whose marks cannot be written for a while."""

    down: bool = True
    largest: int = field(default=0)

    def write_mark(self, view: str, pending: Participation, there: Participation) -> None:
        if self.down:
            raise UnavailableError("store-unavailable", "The store did not answer.")
        super().write_mark(view, pending, there)

    def replace(self, row: Row) -> bool:
        self.largest = max(self.largest, len(row.pending))
        return super().replace(row)


def test_a_row_refuses_more_while_marks_cannot_be_written_and_goes_on_when_they_can() -> None:
    store, crowd = PeopleDown(), [one(f"p{number}") for number in range(3 * MOST_PENDING)]
    for person in crowd:
        with pytest.raises(UnavailableError):
            counting(store).count(VIEW, [person])
    assert len(store.row(VIEW, 0).pending) == store.largest == MOST_PENDING
    assert counted(store) == {"persons": MOST_PENDING}, "what was refused is not counted"
    store.down = False
    for person in crowd:
        counting(store).count(VIEW, [person])
    assert counted(store) == {"persons": len(crowd)}
    assert store.largest == MOST_PENDING


def test_a_batch_of_any_size_is_counted_a_few_at_a_time() -> None:
    store = PeopleDown(down=False)
    counting(store).count(VIEW, [one(f"p{number}") for number in range(100)])
    assert counted(store) == {"persons": 100}
    assert store.largest <= MOST_PENDING


def test_who_loses_every_race_is_told_to_come_back() -> None:
    class AlwaysOvertaken(MemoryCounters):
        def replace(self, row: Row) -> bool:
            return False

    with pytest.raises(UnavailableError) as told:
        counting(AlwaysOvertaken()).count(VIEW, [one("p1")])
    assert told.value.code == "counter-busy"


def test_who_withdraws_leaves_every_view_for_good_and_no_row_names_them() -> None:
    store = MemoryCounters()
    for view in (VIEW, "campaign:other"):
        counting(store).count(view, [one("p1"), one("p2")])
    assert counting(store).withdraw("p1") == 2
    counting(store).count(VIEW, [one("p1", 9)])
    assert counted(store) == {"persons": 2}, "one in each view"
    assert "p1" not in {pending.id for row in store.rows.values() for pending in row.pending}


def test_who_withdraws_while_their_mark_was_never_written_leaves_the_views_that_are_named() -> None:
    store = PeopleDown()
    with pytest.raises(UnavailableError):
        counting(store).count(VIEW, [one("p1")])
    store.down = False
    assert counting(store).withdraw("p1", [VIEW]) == 1
    assert (counted(store), store.row(VIEW, 0).pending) == ({}, ())


@pytest.mark.parametrize("view", ["national", "x:", ":x", "national:a#b", "national:" + "a" * 65, "N:a", "national:é"])
def test_a_name_that_cannot_be_a_key_is_no_view(view: str) -> None:
    with pytest.raises(InvalidError) as told:
        counting(MemoryCounters()).count(view, [one("p1")])
    assert told.value.code == "unknown-view"


@pytest.mark.parametrize(
    "wrong",
    [
        Participation("p1", 0, {"persons": 1}),
        Participation("p1", 1, {"Persons!": 1}),
        one("p1", 1, **{f"t{n}": 1 for n in range(33)}),
    ],
    ids=["no rank", "a strange name", "too many totals"],
)
def test_a_participation_that_no_row_may_take_is_refused_and_nothing_is_counted(wrong: Participation) -> None:
    store = MemoryCounters()
    with pytest.raises(InvalidError) as told:
        counting(store).count(VIEW, [one("p0"), wrong])
    assert told.value.code == "participation-invalid"
    assert store.rows == {}


sums = st.dictionaries(st.sampled_from("abc"), st.integers(-3, 3).filter(bool))


@given(sums, sums)
def test_what_is_added_can_be_taken_away(one: dict[str, int], other: dict[str, int]) -> None:
    assert minus(plus(one, other), other) == one
    assert minus(one, one) == {}


@given(st.dictionaries(st.sampled_from("abcdefghi"), st.integers(0, 60)))
def test_what_is_hidden_cannot_be_found_by_subtraction(cells: dict[str, int]) -> None:
    shown = shown_cells(cells)
    hidden = [name for name, figure in shown.items() if figure is None]
    assert all(figure in (None, cells[name]) for name, figure in shown.items())
    assert all(figure is None or figure == 0 or figure >= K for figure in shown.values())
    if hidden and sum(cells.values()) >= K:
        assert len(hidden) >= 2
        assert sum(cells[name] for name in hidden) >= K
    if all(count == 0 or count >= K for count in cells.values()):
        assert not hidden


def test_a_batch_that_comes_again_touches_its_view_for_its_worker_may_have_died_before() -> None:
    store = MemoryCounters()
    counting(store).count(VIEW, [one("p1")])
    store.states.clear()
    counting(store).count(VIEW, [one("p1")])
    assert [touched.view for touched in store.touched()] == [VIEW]
    assert store.row(VIEW, 0).version == 1
