"""The ports of counters in memory: the same promises as the adapters, with a lock where a store is atomic."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from chalicelib.campaigns.collective import view_of
from chalicelib.campaigns.counters.model import Participation, Row
from chalicelib.campaigns.counters.ports import Seen, Summary, Touched
from chalicelib.kernel.errors import NotFoundError
from chalicelib.profiles.contributions import Contribution
from tests.fakes.campaigns import MemoryParticipations
from tests.fakes.memory import MemoryPeople

TOUCHED = "touched"


@dataclass
class MemoryCounters:
    """Port `CounterStore`: rows, marks, views and summaries."""

    rows: dict[tuple[str, int], Row] = field(default_factory=dict)
    marks: dict[tuple[str, str], Participation] = field(default_factory=dict)
    views: dict[str, int] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    summaries: dict[str, Summary] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def row(self, view: str, shard: int) -> Row:
        with self.lock:
            return self.rows.get((view, shard), Row.empty(view, shard))

    def replace(self, row: Row) -> bool:
        with self.lock:
            if self.row(row.view, row.shard).version != row.version - 1:
                return False
            self.rows[row.view, row.shard] = row
            return True

    def mark(self, view: str, participant: str) -> Participation:
        with self.lock:
            return self.marks.get((view, participant), Participation.none(participant))

    def write_mark(self, view: str, pending: Participation, there: Participation) -> None:
        with self.lock:
            if self.mark(view, pending.id).rank < pending.rank:
                self.marks[view, pending.id] = pending

    def marks_of(self, participant: str) -> dict[str, Participation]:
        with self.lock:
            return {view: mark for (view, one), mark in sorted(self.marks.items()) if one == participant}

    def enrol(self, view: str, shards: int) -> int:
        with self.lock:
            return self.views.setdefault(view, shards)

    def shards(self, view: str) -> int:
        with self.lock:
            if view not in self.views:
                raise NotFoundError("view-not-found", "There is no such view.", view=view)
            return self.views[view]

    def enrolled(self) -> dict[str, int]:
        with self.lock:
            return dict(sorted(self.views.items()))

    def touch(self, view: str) -> None:
        with self.lock:
            self.states[view] = TOUCHED

    def touched(self) -> list[Touched]:
        with self.lock:
            return [Touched(view, state) for view, state in sorted(self.states.items())]

    def begin(self, touched: Touched, token: str) -> bool:
        with self.lock:
            if self.states.get(touched.view) != touched.state:
                return False
            self.states[touched.view] = token
            return True

    def end(self, view: str, token: str) -> None:
        with self.lock:
            if self.states.get(view) == token:
                del self.states[view]

    def summary(self, view: str) -> Summary | None:
        with self.lock:
            return self.summaries.get(view)

    def keep(self, summary: Summary) -> None:
        with self.lock:
            there = self.summaries.get(summary.view)
            if there is None or there.version < summary.version:
                self.summaries[summary.view] = summary


@dataclass
class MemoryPopulation:
    """Port `Population` over people and counters in memory."""

    counters: MemoryCounters
    people: MemoryPeople
    view_counting: Callable[[Contribution], str | None]
    participations: MemoryParticipations = field(default_factory=MemoryParticipations)

    def everyone(self, views: Iterable[str]) -> Iterator[Seen]:
        wanted = set(views)
        with self.counters.lock, self.people.lock:
            marks = dict(self.counters.marks)
            contributions = [one for by_id in self.people.contributions.values() for one in by_id.values()]
        for (view, participant), mark in marks.items():
            if view in wanted:
                yield Seen(view, participant, mark)
        for contribution in contributions:
            view_of_it = self.view_counting(contribution)
            if view_of_it in wanted and view_of_it is not None:
                yield Seen(view_of_it, contribution.person, None)
        for person, campaign, _ in list(self.participations.kept):
            if view_of(campaign) in wanted:
                yield Seen(view_of(campaign), person, None)
