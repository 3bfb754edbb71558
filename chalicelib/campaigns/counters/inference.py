"""What a reader of a table with hidden figures can infer of each: the exact bounds that the shown figures leave it.

A table of groups × categories with its sums is a circulation, a flow that is conserved everywhere. The total flows to all groups; from
there a group's sum flows to the group, a cell from its group to its category, a category's sum to all categories, and back. Each sum is
one law of conservation, so the tables that agree with what is shown are the circulations that agree on the shown arcs. What a hidden
figure can grow by is the greatest flow from its head to its tail over the other hidden arcs: along an arc without limit, against
it for what it holds. What it can shrink by is the greatest flow from its tail to its head, at most what it holds itself
(Ford & Fulkerson 1956; for tables: Cox 1995, "Network models for complementary cell suppression"). Whole flows attain both, so
the bounds are exact.

The reader is taken to know that no count is negative, and nothing of why a figure was hidden.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import NamedTuple

Figure = int
"""Place of a figure among the arcs."""

Cost = tuple[int, int]
"""What hiding costs: figures, then the persons in them."""


class Arc(NamedTuple):
    """A figure of the table, flowing from one sum to another."""

    tail: int
    head: int
    persons: int


class Step(NamedTuple):
    """An arc on a way, gone along or against."""

    figure: Figure
    along: bool


class Way(NamedTuple):
    """A way on which persons move from figure to figure without any sum noticing."""

    steps: tuple[Step, ...]
    cost: Cost
    """Of the figures on it that are shown."""


class Circulation:
    """The figures of a table: which are hidden, and which may be hidden for others' sake."""

    def __init__(self, arcs: Sequence[Arc], hidden: set[Figure], may_hide: frozenset[Figure] = frozenset()) -> None:
        self.arcs = arcs
        self.hidden = set(hidden)
        self._may_hide = may_hide
        self._beside: dict[int, list[tuple[Step, int]]] = {}
        for figure, arc in enumerate(arcs):
            self._beside.setdefault(arc.tail, []).append((Step(figure, along=True), arc.head))
            self._beside.setdefault(arc.head, []).append((Step(figure, along=False), arc.tail))

    def room(self, figure: Figure, enough: int) -> int:
        """How many persons lie between the least and the greatest value that a hidden figure may have, or `enough` when it is more."""
        up = Rerouting(self, figure, up=True, wanted=enough)
        return up.moved + Rerouting(self, figure, up=False, wanted=enough - up.moved).moved

    def hide_for(self, figure: Figure, enough: int) -> set[Figure]:
        """Hide what costs least until a hidden figure has this much room; what was hidden. Raises ValueError when nothing can help."""
        added: set[Figure] = set()
        while True:
            up = Rerouting(self, figure, up=True, wanted=enough)
            down = Rerouting(self, figure, up=False, wanted=enough - up.moved)
            missing = enough - up.moved - down.moved
            if missing <= 0:
                return added
            ways = [way for one in (up, down) if (way := one.way(missing, may_hide=True)) is not None]
            if not ways:
                raise ValueError("no other figure can protect this one")
            fresh = {step.figure for step in min(ways, key=lambda way: way.cost).steps} - self.hidden
            self.hidden |= fresh
            added |= fresh

    def usable(self, node: int, but: Figure, may_hide: bool) -> Iterator[tuple[Step, int, Cost]]:
        """The hidden arcs at a sum, and those that may be hidden; where each leads, and what it costs."""
        for step, there in self._beside[node]:
            figure = step.figure
            if figure == but:
                continue
            if figure in self.hidden:
                yield step, there, (0, 0)
            elif may_hide and figure in self._may_hide:
                yield step, there, (1, self.arcs[figure].persons)


class Rerouting:
    """As many persons as wanted, moved into a hidden figure or out of it over hidden arcs, as far as they can be."""

    def __init__(self, table: Circulation, figure: Figure, *, up: bool, wanted: int) -> None:
        arc = table.arcs[figure]
        self._table, self._figure = table, figure
        self._start, self._end = (arc.head, arc.tail) if up else (arc.tail, arc.head)
        self._most = wanted if up else min(wanted, arc.persons)
        self._moved_in: dict[Figure, int] = {}
        self.moved = 0
        while (left := self._most - self.moved) > 0 and (way := self.way(left, may_hide=False)) is not None:
            self._move(way, left)

    def way(self, wanted: int, may_hide: bool) -> Way | None:
        """The cheapest way for so many more, or else for at least one more; None when none is left."""
        wanted = min(wanted, self._most - self.moved)
        if wanted <= 0:
            return None
        return self._cheapest(wanted, may_hide) or (self._cheapest(1, may_hide) if wanted > 1 else None)

    def _move(self, way: Way, most: int) -> None:
        against = [self._holds(step.figure) for step in way.steps if not step.along]
        moved = min([most, *against])
        for figure, along in way.steps:
            self._moved_in[figure] = self._moved_in.get(figure, 0) + (moved if along else -moved)
        self.moved += moved

    def _holds(self, figure: Figure) -> int:
        return self._table.arcs[figure].persons + self._moved_in.get(figure, 0)

    def _cheapest(self, wanted: int, may_hide: bool) -> Way | None:
        """Dijkstra's search over the sums, by the cost of what must be hidden."""
        best: dict[int, Cost] = {self._start: (0, 0)}
        came: dict[int, tuple[Step, int]] = {}
        waiting: list[tuple[Cost, int]] = [((0, 0), self._start)]
        while waiting:
            cost, node = heapq.heappop(waiting)
            if node == self._end:
                return Way(tuple(self._steps(came)), cost)
            if cost > best[node]:
                continue
            for step, there, price in self._table.usable(node, self._figure, may_hide):
                if not step.along and self._holds(step.figure) < wanted:
                    continue
                total = (cost[0] + price[0], cost[1] + price[1])
                if there not in best or total < best[there]:
                    best[there] = total
                    came[there] = (step, node)
                    heapq.heappush(waiting, (total, there))
        return None

    def _steps(self, came: dict[int, tuple[Step, int]]) -> Iterator[Step]:
        node = self._end
        while node != self._start:
            step, node = came[node]
            yield step
