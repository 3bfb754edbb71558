"""Which figures of a table of groups × categories may be shown with its sums, so that none that is hidden can be inferred.

1. Sums first, each side by itself as a distribution (`disclosure.shown_cells`). They do not depend on the cells, so tables of the same
   people by the same groups show the same sums of groups, and none tells what another hides.
2. A cell of fewer than k persons is hidden, and so are all cells of a hidden group: who knows that a colleague is alone in it must not
   read off in which category. Only where nobody at all is in a category do they stay: its sum tells them.
3. While a reader could tell a hidden figure to within fewer than k persons (`inference`), other cells are hidden: the fewest that help,
   of these the ones of the fewest persons.

Step 3 always ends. With every cell hidden, a cell of group r and category c ranges over min(r, c, n − r, n − c) persons of n (Fréchet's
bounds), hidden sums being taken together. Their own protection makes each of these k or more, or else nobody or everybody is
in that group or category, and the cell is a sum. And where each hidden figure ranges over k persons, no shown sum and shown
parts of it differ by 1 to k − 1 persons.

Leave out categories that nobody can be in: a reader knows their zeros. As with one distribution, a reader who notes two tables
a minute apart can see by how many persons they differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.campaigns.counters.disclosure import Shown, may_be_shown, shown_cells
from chalicelib.campaigns.counters.inference import Arc, Circulation, Figure

Cells = Mapping[str, Mapping[str, int]]
"""Persons by group, then by category; every group has the same categories."""

_ALL_GROUPS, _ALL_CATEGORIES = 0, 1


@dataclass(frozen=True)
class ShownTable:
    """A table with its sums; None for a figure that is hidden."""

    cells: dict[str, Shown]
    groups: Shown
    categories: Shown
    total: int | None


def shown_table(cells: Cells, k: int) -> ShownTable:
    """The table with what must be hidden as None; all of it when there are fewer than k persons in all. For some hundreds of cells.

    Raises ValueError when groups do not have the same categories.
    """
    table = _Table(cells)
    if not may_be_shown(sum(table.groups.values()), k):
        return ShownTable(
            {group: dict.fromkeys(row) for group, row in cells.items()},
            dict.fromkeys(table.groups),
            dict.fromkeys(table.categories),
            None,
        )
    groups, categories = shown_cells(table.groups, k), shown_cells(table.categories, k)
    return table.shown(groups, categories, _hidden(table, groups, categories, k))


def _hidden(table: _Table, groups: Shown, categories: Shown, k: int) -> set[Figure]:
    hidden = {table.group_figure(name) for name, shown in groups.items() if shown is None}
    hidden |= {table.category_figure(name) for name, shown in categories.items() if shown is None}
    hidden |= {
        figure
        for (group, category), figure in table.cell_figures.items()
        if 0 < table.cells[group][category] < k or (groups[group] is None and categories[category] != 0)
    }
    circulation = Circulation(table.arcs, hidden, frozenset(table.cell_figures.values()))
    waiting = sorted(hidden)
    while waiting:  # hiding more only leaves more room, so a figure that is safe stays so
        waiting.extend(sorted(circulation.hide_for(waiting.pop(0), k)))
    return circulation.hidden


class _Table:
    """A table as a circulation: the places of its figures among the arcs."""

    def __init__(self, cells: Cells) -> None:
        names = list(next(iter(cells.values()), {}))
        if any(set(row) != set(names) for row in cells.values()):
            raise ValueError("every group has the same categories")
        self.cells = cells
        self.groups = {group: sum(row.values()) for group, row in cells.items()}
        self.categories = {name: sum(row[name] for row in cells.values()) for name in names}
        node_of_group = {group: 2 + place for place, group in enumerate(cells)}
        node_of_category = {name: 2 + len(cells) + place for place, name in enumerate(names)}
        self.arcs = [Arc(_ALL_GROUPS, node_of_group[group], persons) for group, persons in self.groups.items()]
        self.arcs += [Arc(node_of_category[name], _ALL_CATEGORIES, persons) for name, persons in self.categories.items()]
        self.cell_figures: dict[tuple[str, str], Figure] = {}
        for group, row in cells.items():
            for name in names:
                self.cell_figures[group, name] = len(self.arcs)
                self.arcs.append(Arc(node_of_group[group], node_of_category[name], row[name]))

    def group_figure(self, group: str) -> Figure:
        return list(self.groups).index(group)

    def category_figure(self, category: str) -> Figure:
        return len(self.groups) + list(self.categories).index(category)

    def shown(self, groups: Shown, categories: Shown, hidden: set[Figure]) -> ShownTable:
        cells: dict[str, Shown] = {
            group: {name: None if self.cell_figures[group, name] in hidden else persons for name, persons in row.items()}
            for group, row in self.cells.items()
        }
        return ShownTable(cells, groups, categories, sum(self.groups.values()))
