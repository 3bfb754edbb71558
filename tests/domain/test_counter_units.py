"""What counting costs, by our own meter: the calls and the units of each participant, and of a roll-up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from chalicelib.campaigns.counters.counting import CountParticipations
from chalicelib.campaigns.counters.model import MOST_PENDING, Participation, Row
from chalicelib.campaigns.counters.summarising import SummariseViews
from chalicelib.kernel.ids import shard_of
from chalicelib.storage.counters import DynamoCounters
from chalicelib.storage.meter import Meter
from chalicelib.storage.table import Table
from tests.fakes.memory import FixedClock, NumberedIds
from tests.worlds import World, moto_world

VIEW = "national:crcn"
SHARDS = 4


@dataclass
class Metered:
    """Counters on moto, warm, with what one row's people cost."""

    store: DynamoCounters
    meter: Meter
    counting: CountParticipations

    def cost(self, *people: str, rank: int = 1000) -> tuple[float, float, list[str]]:
        """Read and write units and calls of one batch."""
        self.meter.reset()
        self.counting.count(VIEW, [of_nation(person, rank) for person in people])
        return self.meter.reads, self.meter.writes, list(self.meter.calls)


def of_nation(person: str, rank: int) -> Participation:
    return Participation(person, rank, {"finished": rank // 1000, "persons": 1, f"level-{rank // 1000}": 1})


PEOPLE = [f"{number:026d}" for number in range(400)]
IN_ROW_0 = [person for person in PEOPLE if shard_of(person, SHARDS) == 0]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with moto_world() as made:
        yield made


@pytest.fixture
def metered(world: World) -> Metered:
    """A view in which a hundred people were counted."""
    settings, meter = world.services.settings, Meter()
    registry, people = (Table(world.boto.dynamodb, name, meter) for name in (settings.registry_table, settings.people_table))
    store = DynamoCounters(registry, people)
    counting = CountParticipations(store, store, store, SHARDS)
    counting.count(VIEW, [of_nation(person, 1000) for person in PEOPLE[:40]])
    return Metered(store, meter, counting)


def test_a_person_alone_in_a_row_costs_two_writes_and_three_reads_and_the_touched_view(metered: Metered) -> None:
    metered.cost(IN_ROW_0[20])
    reads, writes, calls = metered.cost(IN_ROW_0[21])
    assert calls == ["GetItem", "GetItem", "GetItem", "PutItem", "PutItem", "GetItem"], (
        "the row, the mark left pending by the one before, the person's own; the row, the mark; the touched view"
    )
    assert (reads, writes) == (4.0, 2.0)


def test_a_better_attempt_costs_the_same(metered: Metered) -> None:
    metered.cost(IN_ROW_0[22])
    assert metered.cost(IN_ROW_0[0], rank=2000)[:2] == (4.0, 2.0)


def test_people_of_one_batch_share_the_row(metered: Metered) -> None:
    metered.cost(IN_ROW_0[23])
    reads, writes, calls = metered.cost(*IN_ROW_0[24:34])
    assert calls.count("PutItem") == 11, "one row, ten marks"
    assert writes == 10.0 + 1.0, "a row with ten pending people of 26 letters is under 1 KB"
    assert reads == 1.0 + 1.0 + 10.0 + 1.0


def test_a_batch_that_comes_again_writes_nothing(metered: Metered) -> None:
    metered.cost(*IN_ROW_0[40:45])
    reads, writes, _ = metered.cost(*IN_ROW_0[40:45])
    assert (reads, writes) == (1.0 + 2 * 5 + 1.0, 0.0)


def test_a_full_row_costs_four_units_a_write(metered: Metered) -> None:
    crowd = tuple(of_nation(person, 1000) for person in PEOPLE[:MOST_PENDING])
    metered.store.replace(Row("national:full", 0, {"persons": 1}, 1, crowd))
    metered.meter.reset()
    metered.store.replace(Row("national:full", 0, {"persons": 2}, 2, crowd))
    assert 2.0 < metered.meter.writes <= 4.0


def test_a_roll_up_reads_each_row_once_and_one_at_rest_clears_what_is_pending(metered: Metered) -> None:
    metered.cost(*PEOPLE[100:104])
    store = metered.store
    rolling = SummariseViews(store, store, store, store, FixedClock(), NumberedIds())
    metered.meter.reset()
    rolling.summarise()
    assert (metered.meter.reads, metered.meter.writes) == (1.0 + 0.5 + 1.0 + SHARDS + 1.0, 2.0), (
        "touched, summary, view, rows, summary again; begin, keep"
    )
    pending = sum(len(metered.store.row(VIEW, shard).pending) for shard in range(SHARDS))
    busy_rows = sum(bool(metered.store.row(VIEW, shard).pending) for shard in range(SHARDS))
    metered.meter.reset()
    rolling.summarise()
    assert metered.meter.reads == 1.0 + 0.5 + 1.0 + SHARDS + busy_rows + pending
    assert metered.meter.writes == 2.0 + busy_rows, "begin, end, and the rows cleared"
    metered.meter.reset()
    rolling.summarise()
    assert (metered.meter.reads, metered.meter.writes) == (1.0, 0.0), "a view at rest costs nothing"
