"""Workers that count side by side, one call of the store at a time, in an order and with deaths that a test decides."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from chalicelib.campaigns.counters.counting import CountParticipations
from chalicelib.campaigns.counters.model import Participation, Row, Totals, minus, plus, standing
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.ids import shard_of
from tests.fakes.counters import MemoryCounters

VIEW = "campaign:test"
SHARDS = 2

Batch = Sequence[Participation]
T = TypeVar("T")


class Act(Enum):
    """What becomes of a worker at its next call."""

    GOES_ON = "goes on"
    DIES_BEFORE = "dies before the call"
    DIES_AFTER = "dies after the call, before its reply"


Decide = Callable[[int], tuple[int, Act]]
"""Of so many workers that wait: which one makes its call now, and what becomes of it."""


class Killed(BaseException):
    """The process is no more."""


@dataclass
class Turn:
    """Where one worker waits before each call."""

    may_go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    waits: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    act: Act = Act.GOES_ON
    over: bool = False

    def step(self, call: Callable[[], T]) -> T:
        """Make this call when it is our turn; or die."""
        self.waits.release()
        self.may_go.acquire()
        if self.act is Act.DIES_BEFORE:
            raise Killed
        reply = call()
        if self.act is Act.DIES_AFTER:
            raise Killed
        return reply


@dataclass
class Stepped:
    """The rows and marks as one worker sees them."""

    store: MemoryCounters
    turn: Turn

    def row(self, view: str, shard: int) -> Row:
        return self.turn.step(lambda: self.store.row(view, shard))

    def replace(self, row: Row) -> bool:
        return self.turn.step(lambda: self.store.replace(row))

    def mark(self, view: str, participant: str) -> Participation:
        return self.turn.step(lambda: self.store.mark(view, participant))

    def write_mark(self, view: str, pending: Participation, there: Participation) -> None:
        self.turn.step(lambda: self.store.write_mark(view, pending, there))

    def marks_of(self, participant: str) -> dict[str, Participation]:
        return self.turn.step(lambda: self.store.marks_of(participant))


@dataclass
class MarksFirst(Stepped):
    """The same without the order of reads: the marks are read before the row."""

    read: dict[tuple[str, str], Participation] = field(default_factory=dict)

    def row(self, view: str, shard: int) -> Row:
        self.read = self.turn.step(lambda: dict(self.store.marks))
        return super().row(view, shard)

    def mark(self, view: str, participant: str) -> Participation:
        return self.read.get((view, participant), Participation.none(participant))


@dataclass
class Workers:
    """A queue that delivers at least once, and workers that take from it until it is empty."""

    store: MemoryCounters
    queue: deque[Batch]
    seen_by: type[Stepped] = Stepped
    faults: list[BaseException] = field(default_factory=list)

    def run(self, workers: int, decide: Decide, watch: Callable[[], None] = lambda: None) -> None:
        """Let the workers work; after each call, `watch`. A batch whose worker dies or gives up is delivered again."""
        turns = [Turn() for _ in range(workers)]
        threads = [threading.Thread(target=self._work, args=(turn,), daemon=True) for turn in turns]
        for thread, turn in zip(threads, turns, strict=True):
            thread.start()  # one after the other up to their first call: only one thread ever runs
            turn.waits.acquire()
        alive = [turn for turn in turns if not turn.over]
        while alive:
            place, act = decide(len(alive))
            turn = alive[place]
            turn.act = act
            turn.may_go.release()
            turn.waits.acquire()
            if turn.over:
                alive.remove(turn)
            watch()
        for thread in threads:
            thread.join()
        if self.faults:
            raise self.faults[0]

    def _work(self, turn: Turn) -> None:
        try:
            while self._deliver(turn):
                pass
        except BaseException as fault:  # noqa: BLE001 - told to the test, in its own thread
            self.faults.append(fault)
        turn.over = True
        turn.waits.release()

    def _deliver(self, turn: Turn) -> bool:
        if not self.queue:
            return False
        batch, seen = self.queue.popleft(), self.seen_by(self.store, turn)
        try:
            CountParticipations(self.store, seen, seen, SHARDS).count(VIEW, batch)
        except (Killed, UnavailableError):
            self.queue.append(batch)
        return True


def by_chance(seed: int, deaths: int) -> Decide:
    """Any worker next, in half of the seeds one far more often; and so many deaths, one call in eight, until there were all."""
    chance, left = random.Random(seed), [deaths]
    bias = chance.choice((1, 6))

    def decide(alive: int) -> tuple[int, Act]:
        act = Act.GOES_ON
        if left[0] and chance.random() < 0.125:
            left[0] -= 1
            act = chance.choice((Act.DIES_BEFORE, Act.DIES_AFTER))
        return int(alive * chance.random() ** bias), act

    return decide


def every_order(run: Callable[[Decide], None]) -> Iterator[int]:
    """Run this with every order in which its workers can make their calls; the number of each."""
    path: list[list[int]] = []
    number = 0
    while True:
        step = iter(range(1_000_000))

        def decide(alive: int, step: Iterator[int] = step) -> tuple[int, Act]:
            place = next(step)
            if place == len(path):
                path.append([0, alive])
            return path[place][0], Act.GOES_ON

        run(decide)
        yield number
        number += 1
        while path and path[-1][0] + 1 == path[-1][1]:
            path.pop()
        if not path:
            return
        path[-1][0] += 1


def dying_at(call: int, act: Act) -> Decide:
    """One worker at a time, dying at this call, from 1."""
    step = iter(range(1, 1_000_000))
    return lambda alive: (0, act if next(step) == call else Act.GOES_ON)


def counted(store: MemoryCounters) -> Totals:
    """All rows together."""
    totals: Totals = {}
    for row in store.rows.values():
        totals = plus(totals, row.totals)
    return totals


def expected(batches: Sequence[Batch]) -> Totals:
    """What the highest rank of each participant adds."""
    last: dict[str, Participation] = {}
    for one in (one for batch in batches for one in batch):
        if one.id not in last or one.rank > last[one.id].rank:
            last[one.id] = one
    totals: Totals = {}
    for one in last.values():
        totals = plus(totals, one.contribution)
    return totals


def assert_invariant(store: MemoryCounters) -> None:
    """At this moment each row is the sum of what counts of its participants."""
    sums: dict[int, Totals] = {}
    ids = {one for _, one in store.marks} | {one.id for row in store.rows.values() for one in row.pending}
    for one in ids:
        row = store.row(VIEW, shard_of(one, SHARDS))
        sums[row.shard] = plus(sums.get(row.shard, {}), standing(row, store.mark(VIEW, one)).contribution)
    for row in store.rows.values():
        assert not minus(row.totals, sums.get(row.shard, {}))
