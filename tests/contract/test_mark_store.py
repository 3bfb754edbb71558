"""What every store of marks promises, whatever its items: on the fake, on moto and on MiniStack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from chalicelib.kernel.clock import Instant
from chalicelib.kernel.outbox import MarkedItem, MarkStore, Postponed
from chalicelib.storage.logs import DynamoLogs
from tests.fakes.marks import MemoryMarks
from tests.worlds import World, ministack_world, moto_world

BOTH = "certifications+results#03"


@dataclass(frozen=True)
class Store:
    """A store of marks, and how an item with a mark is written there."""

    marks: MarkStore[MarkedItem]
    write: Callable[[MarkedItem], None]


def on_dynamo(world: World) -> Store:
    log = world.services.ports.log
    assert isinstance(log, DynamoLogs)

    def write(item: MarkedItem) -> None:
        key = {"pk": {"S": item.partition}, "sk": {"S": item.sort}}
        log.table.put_new({**key, "mark": {"S": item.mark}, "mark_at": {"N": str(item.marked_at)}, "kept": {"S": "as it was"}})

    return Store(log.marks, write)


@pytest.fixture(params=["memory", "moto", pytest.param("ministack", marks=pytest.mark.stack)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "memory":
        made = MemoryMarks()
        yield Store(made, made.add)
    elif request.param == "moto":
        with moto_world() as world:
            yield on_dynamo(world)
    else:
        yield on_dynamo(ministack_world(request.getfixturevalue("ministack_url")))


def item(partition: str = "CERT#1", at: int = 1_000, mark: str = BOTH) -> MarkedItem:
    return MarkedItem(partition, "anything", mark, Instant(at))


def waiting(store: Store, mark: str = BOTH, until: int = 10_000, limit: int = 10) -> list[MarkedItem]:
    return store.marks.marked(mark, Instant(until), limit)


def test_items_are_found_by_what_they_owe_oldest_first_and_no_more_than_asked(store: Store) -> None:
    for one in (item("b", 3_000), item("a", 2_000), item("c", 2_000, "results#03")):
        store.write(one)
    assert waiting(store) == [item("a", 2_000), item("b", 3_000)]
    assert waiting(store, limit=1) == waiting(store, until=2_999) == [item("a", 2_000)]
    assert waiting(store, "certifications+results#04") == []


def test_what_was_sent_is_struck_off_and_the_last_one_takes_the_mark_away(store: Store) -> None:
    store.write(item())
    store.marks.settle(item(), ("results",))
    assert waiting(store) == []
    left = item(mark="results#03")
    assert waiting(store, "results#03") == [left]
    store.marks.settle(left, ())
    store.marks.settle(left, ())
    assert waiting(store, "results#03") == []


def test_who_settles_what_was_settled_meanwhile_changes_nothing(store: Store) -> None:
    store.write(item())
    store.marks.settle(item(), ("certifications",))
    store.marks.settle(item(), ())
    assert waiting(store, "certifications#03") == [item(mark="certifications#03")]


def test_a_failure_is_counted_puts_the_mark_behind_the_others_and_keeps_the_first_instant(store: Store) -> None:
    store.write(item("a", 1_000))
    store.write(item("b", 2_000))
    for attempts, until in ((1, 3_000), (2, 4_000), (3, 5_000)):
        (seen,) = [one for one in waiting(store) if one.partition == "a"]
        assert store.marks.postpone(seen, Instant(until)) == Postponed(attempts, Instant(1_000))
        assert [one.partition for one in waiting(store)] == ["b", "a"]
    assert store.marks.postpone(item("a", 1_000), Instant(9_000)) is None
    assert store.marks.postpone(item("nobody"), Instant(9_000)) is None


def test_failures_are_forgotten_with_the_mark(store: Store) -> None:
    store.write(item())
    store.marks.postpone(item(), Instant(2_000))
    store.marks.settle(item(at=2_000), ())
    assert store.marks.postpone(item(at=2_000), Instant(3_000)) is None
    assert waiting(store) == []


def test_a_partly_sent_mark_keeps_its_place_and_its_failures(store: Store) -> None:
    store.write(item())
    store.marks.postpone(item(), Instant(2_000))
    store.marks.settle(item(at=2_000), ("results",))
    left = item(at=2_000, mark="results#03")
    assert waiting(store, "results#03") == [left]
    assert store.marks.postpone(left, Instant(3_000)) == Postponed(2, Instant(1_000))
    assert waiting(store, "results#03") == [replace(left, marked_at=Instant(3_000))]
