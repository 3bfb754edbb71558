"""What every store of counters promises: run on the fake, on moto and on MiniStack; and races with real threads on each.

Workers and the console count, so the wire adapter of the HTTP functions is not among the clients.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.campaigns import collective
from chalicelib.campaigns.counters.counting import CountParticipations
from chalicelib.campaigns.counters.finished import view_counting
from chalicelib.campaigns.counters.model import MOST_PENDING, WITHDRAWN, Participation, Row, Totals, plus
from chalicelib.campaigns.counters.ports import CounterStore, Population, Seen, Summary, Touched
from chalicelib.campaigns.counters.summarising import SummariseViews
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import NotFoundError
from chalicelib.storage.counters import DynamoCounters, DynamoPopulation
from chalicelib.storage.meter import Meter, size_of
from chalicelib.storage.table import Table
from tests.contract.test_people_store import a_contribution
from tests.fakes.counters import MemoryCounters, MemoryPopulation
from tests.fakes.memory import MemoryPeople, NumberedIds
from tests.worlds import STORES, World, world_of

VIEW, OTHER = "campaign:test", "national:1.1"


def store_of(world: World) -> CounterStore:
    """The counters of this world."""
    if world.clients is None:
        return MemoryCounters()
    settings = world.services.settings
    registry, people = (
        Table(world.clients.dynamodb, name, Meter()) for name in (settings.registry_table, settings.people_table)
    )
    return DynamoCounters(registry, people)


@pytest.fixture(params=STORES[:3])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with world_of(request.param, lambda: str(request.getfixturevalue("ministack_url"))) as made:
        yield made


@pytest.fixture
def store(world: World) -> CounterStore:
    return store_of(world)


def one(person: str, rank: int = 1, **totals: int) -> Participation:
    return Participation(person, rank, totals or {"persons": 1})


def attempt(person: str, rank: int) -> Participation:
    return one(person, rank, persons=1, **{f"rank-{rank}": 1})


def test_a_row_that_was_never_written_is_empty(store: CounterStore) -> None:
    assert store.row(VIEW, 3) == Row(VIEW, 3, {}, 0, ())


def test_a_row_is_read_back_whole(store: CounterStore) -> None:
    row = Row(VIEW, 3, {"persons": 2, "level-4": -1}, 1, (one("p1"), one("p2", WITHDRAWN, finished=3)))
    assert store.replace(row)
    assert store.row(VIEW, 3) == row
    assert store.row(VIEW, 4) == Row.empty(VIEW, 4)
    assert store.row(OTHER, 3) == Row.empty(OTHER, 3)


def test_a_row_is_replaced_only_at_the_version_before(store: CounterStore) -> None:
    first, second, other = (Row(VIEW, 0, {"persons": n}, version, ()) for n, version in ((1, 1), (2, 2), (9, 2)))
    assert not store.replace(second)
    assert store.replace(first)
    assert not store.replace(Row(VIEW, 0, {"persons": 9}, 1, ()))
    assert store.replace(second)
    assert not store.replace(other)
    assert store.row(VIEW, 0) == second


def test_a_mark_is_read_back_and_its_rank_never_falls(store: CounterStore) -> None:
    nobody = Participation.none("p1")
    assert store.mark(VIEW, "p1") == nobody
    store.write_mark(VIEW, one("p1", 2, persons=1, high=1), nobody)
    for stale in (nobody, one("p1", 1), one("p1", 2)):
        store.write_mark(VIEW, one("p1", 1, low=1), stale)
    assert store.mark(VIEW, "p1") == one("p1", 2, persons=1, high=1)
    store.write_mark(VIEW, one("p1", 10, high=2), one("p1", 1))
    assert store.mark(VIEW, "p1") == one("p1", 10, high=2), "ten is above two, whatever was read"


def test_a_person_has_their_marks_by_view(store: CounterStore) -> None:
    for view in (VIEW, OTHER):
        store.write_mark(view, one("p1"), Participation.none("p1"))
    store.write_mark(VIEW, one("p2"), Participation.none("p2"))
    assert store.marks_of("p1") == {VIEW: one("p1"), OTHER: one("p1")}
    assert store.marks_of("p3") == {}


def test_a_view_keeps_the_number_of_rows_that_it_was_enrolled_with(store: CounterStore) -> None:
    assert (store.enrol(VIEW, 4), store.enrol(VIEW, 64), store.enrol(OTHER, 1)) == (4, 4, 1)
    assert store.enrolled() == {VIEW: 4, OTHER: 1}
    assert store.shards(VIEW) == 4
    with pytest.raises(NotFoundError) as told:
        store.shards("campaign:nobody")
    assert told.value.code == "view-not-found"


def test_a_touched_view_is_touched_until_its_roll_up_ends(store: CounterStore) -> None:
    assert store.touched() == []
    for view in (OTHER, VIEW, VIEW):
        store.touch(view)
    touched = store.touched()
    assert [one.view for one in touched] == [VIEW, OTHER]
    assert store.begin(touched[0], "first")
    assert not store.begin(touched[0], "second"), "the state is not the one that was read any more"
    assert Touched(VIEW, "first") in store.touched(), "a roll-up that dies is done again"
    store.end(VIEW, "first")
    assert [one.view for one in store.touched()] == [OTHER]


def test_a_roll_up_does_not_forget_a_view_that_was_touched_since_it_began(store: CounterStore) -> None:
    store.touch(VIEW)
    assert store.begin(store.touched()[0], "first")
    store.touch(VIEW)
    store.end(VIEW, "first")
    assert [one.view for one in store.touched()] == [VIEW]
    assert store.begin(store.touched()[0], "second")
    store.end(VIEW, "first")
    assert store.touched() == [Touched(VIEW, "second")]


def test_a_summary_is_replaced_by_a_later_one_only(store: CounterStore) -> None:
    assert store.summary(VIEW) is None
    later = Summary(VIEW, {"persons": 12}, 10, Instant(2_000))
    for summary in (Summary(VIEW, {"persons": 11}, 9, Instant(1_000)), later, Summary(VIEW, {"persons": 7}, 8, Instant(3_000))):
        store.keep(summary)
    assert store.summary(VIEW) == later
    assert store.summary(OTHER) is None


def test_a_pass_over_everybody_meets_marks_and_those_whose_contributions_count(world: World, store: CounterStore) -> None:
    for person, view in (("p1", OTHER), ("p2", OTHER), ("p2", VIEW)):
        store.write_mark(view, one(person), Participation.none(person))
    world.services.ports.people.contribute(a_contribution())
    world.services.ports.people.contribute(a_contribution("a2").model_copy(update={"person": "p3"}))
    world.services.ports.people.contribute(a_contribution("a3").model_copy(update={"person": "p4", "answers": ()}))
    met = sorted(population_of(world, store).everyone([OTHER]), key=lambda seen: (seen.id, seen.mark is None))
    assert met == [
        Seen(OTHER, "p1", one("p1")),
        Seen(OTHER, "p1", None),
        Seen(OTHER, "p2", one("p2")),
        Seen(OTHER, "p3", None),
    ]


def population_of(world: World, store: CounterStore) -> Population:
    """Everybody in this world."""
    if isinstance(store, DynamoCounters):
        return DynamoPopulation(store.people, view_counting, collective.view_of)
    people = world.services.ports.people
    assert isinstance(store, MemoryCounters)
    assert isinstance(people, MemoryPeople)
    return MemoryPopulation(store, people, view_counting)


def test_the_widest_row_is_read_in_one_unit(world: World, store: CounterStore) -> None:
    levels = {f"level-{level}": 1_000_000 for level in range(9)}
    pending = tuple(one("p" * 60 + f"{n:04}", 64_000, finished=64, persons=1, level=1) for n in range(MOST_PENDING))
    row = Row("national:" + "s" * 26, 127, {"finished": 9_000_000, "persons": 9_000_000, **levels}, 1, pending)
    assert store.replace(row)
    assert store.row(row.view, row.shard) == row
    if isinstance(store, DynamoCounters):
        item = store.registry.get(f"V#{row.view}#127", "ROW", strong=True)
        assert item is not None
        assert size_of(item) <= 4096


def test_eight_workers_with_the_same_people_and_other_attempts_count_each_person_once(
    world: World, store: CounterStore
) -> None:
    barrier = threading.Barrier(8)
    batches = [[attempt(f"p{n}", 1 + (worker + n) % 3) for n in range(4)] for worker in range(8)]

    def work(worker: int) -> None:
        counting = CountParticipations(store, store, store, shards=2)
        barrier.wait(30)
        counting.count(VIEW, batches[worker])
        counting.count(VIEW, batches[(worker + 1) % 8])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    totals: Totals = {}
    for shard in range(2):
        totals = plus(totals, store.row(VIEW, shard).totals)
    assert totals == {"persons": 4, "rank-3": 4}
    rolling = SummariseViews(store, store, store, store, world.clock, NumberedIds())
    assert [rolling.summarise().rested for _ in range(3)] == [0, 1, 0]
    summary = store.summary(VIEW)
    assert summary is not None
    assert summary.totals == totals
    assert all(store.row(VIEW, shard).pending == () for shard in range(2))
