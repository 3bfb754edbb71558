"""The outbox for any item and any queues: at least once each, whatever fails; and every mark has its turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.clock import Instant
from chalicelib.kernel.events import QUEUES, Envelope, assessment_finished
from chalicelib.kernel.outbox import Dispatch, MarkedItem, in_turn, left_of, mark_left, mark_of, marking, queues_of
from tests.fakes.marks import MemoryMarks
from tests.fakes.memory import MemorySender

EVENT = assessment_finished("a1", "p1", Instant(1))


def item(mark: str, at: int = 1_000, partition: str = "X#1") -> MarkedItem:
    return MarkedItem(partition, "0", mark, Instant(at))


def test_a_mark_names_what_is_left_and_keeps_its_shard() -> None:
    mark = mark_of(("results",), "a" * 26)
    assert mark == marking(("results",), int(mark[-2:]))
    both = mark_of(("certifications", "results"), "a" * 26)
    assert (queues_of(both), both[-3:]) == (("certifications", "results"), mark[-3:])
    assert mark_left(both, ("results",)) == mark
    assert mark_left(both, ()) is None


def test_a_sweeper_looks_for_everything_that_may_be_left() -> None:
    assert left_of(("results",)) == (("results",),)
    assert left_of(("certifications", "results")) == (("certifications", "results"), ("certifications",), ("results",))
    assert len(left_of(QUEUES)) == 15


@dataclass
class Stage:
    """An item that owes messages, and who sends them."""

    owed: tuple[str, ...]
    marks: MemoryMarks = field(default_factory=MemoryMarks)

    def __post_init__(self) -> None:
        self.senders = {queue: MemorySender() for queue in self.owed}
        self.marks.add(item(marking(self.owed, 3)))

    def waiting(self) -> Iterator[MarkedItem]:
        lines = [(marking(left, 3), Instant(10_000)) for left in left_of(self.owed)]
        return in_turn(self.marks, lines, 2)

    def deliver(self) -> None:
        messages: dict[str, Envelope] = dict.fromkeys(self.owed, EVENT)
        for one in self.waiting():
            Dispatch(self.marks, self.senders).deliver(one, messages)


def test_each_queue_gets_its_message_and_the_mark_goes_in_one_write() -> None:
    stage = Stage(("certifications", "results"))
    stage.deliver()
    assert {queue: sender.sent for queue, sender in stage.senders.items()} == {"certifications": [EVENT], "results": [EVENT]}
    assert stage.marks.marks == {}


def test_a_queue_that_is_down_is_all_that_is_left() -> None:
    stage = Stage(("certifications", "results"))
    stage.senders["certifications"].down = True
    stage.deliver()
    assert [one.mark for one in stage.waiting()] == ["certifications#03"]
    stage.senders["certifications"].down = False
    stage.deliver()
    assert [len(sender.sent) for sender in stage.senders.values()] == [1, 1]
    assert list(stage.waiting()) == []


def test_a_mark_that_cannot_be_struck_off_brings_its_messages_again() -> None:
    stage = Stage(("results",))
    stage.marks.down = True
    left = Dispatch(stage.marks, stage.senders).deliver(item("results#03"), {"results": EVENT})
    assert left == ("results",)
    stage.marks.down = False
    stage.deliver()
    assert stage.senders["results"].sent == [EVENT, EVENT], "twice, never lost"
    assert list(stage.waiting()) == []


@given(
    owed=st.lists(st.sampled_from(QUEUES), min_size=1, unique=True).map(tuple),
    faults=st.lists(st.tuples(st.sets(st.sampled_from(QUEUES)), st.booleans()), max_size=6),
)
def test_whatever_fails_in_between_every_queue_gets_its_message_in_the_end(
    owed: tuple[str, ...], faults: list[tuple[set[str], bool]]
) -> None:
    stage = Stage(owed)
    for down, store_down in faults:
        stage.marks.down = store_down
        for queue, sender in stage.senders.items():
            sender.down = queue in down
        stage.deliver()
        named = {queue for one in stage.waiting() for queue in queues_of(one.mark)}
        assert all(sender.sent or queue in named for queue, sender in stage.senders.items()), "unsent is still owed"
    stage.marks.down = False
    for sender in stage.senders.values():
        sender.down = False
    stage.deliver()
    assert all(sender.sent for sender in stage.senders.values())
    assert stage.marks.marks == {}


@given(
    lengths=st.lists(st.integers(0, 7), min_size=1, max_size=4),
    failing=st.sets(st.integers(0, 27)),
    batch=st.integers(1, 3),
)
def test_every_mark_is_taken_once_though_others_fail_before_it(lengths: list[int], failing: set[int], batch: int) -> None:
    marks = MemoryMarks()
    written = [
        item(f"results#{shard:02d}", 100 + place, f"{shard}-{place}") for shard, n in enumerate(lengths) for place in range(n)
    ]
    for one in written:
        marks.add(one)
    taken = []
    for number, one in enumerate(in_turn(marks, [(f"results#{shard:02d}", Instant(1_000)) for shard in range(4)], batch)):
        taken.append(one)
        if number in failing:
            marks.postpone(one, Instant(1_001))
        else:
            marks.settle(one, ())
    assert sorted(taken, key=str) == sorted(written, key=str)


def test_a_full_shard_gives_way_to_the_others_after_a_batch() -> None:
    marks = MemoryMarks()
    for place in range(5):
        marks.add(item("results#00", 100 + place, f"full-{place}"))
    marks.add(item("results#01", 900, "other"))
    order = []
    for one in in_turn(marks, [("results#00", Instant(1_000)), ("results#01", Instant(1_000))], 2):
        order.append(one.partition)
        marks.settle(one, ())
    assert order == ["full-0", "full-1", "other", "full-2", "full-3", "full-4"]


def test_an_index_that_lags_behind_shows_nothing_twice_and_ends() -> None:
    marks = MemoryMarks()
    for place in range(4):
        marks.add(item("results#00", 100 + place, str(place)))
    marks.lag = marks.marked("results#00", Instant(1_000), 10)
    taken = []
    for one in islice(in_turn(marks, [("results#00", Instant(1_000))], 2), 20):
        taken.append(one.partition)
        marks.settle(one, ())
    assert taken == ["0", "1"], "what it shows was taken: the rest is left for another time"


def test_a_sender_whose_failure_is_not_a_passing_one_is_heard() -> None:
    class Broken:
        def send(self, envelope: Envelope) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Dispatch(MemoryMarks(), {"results": Broken()}).deliver(item("results#00"), {"results": EVENT})
