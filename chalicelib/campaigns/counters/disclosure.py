"""Which figures may be shown: none that fewer than ten persons stand behind (k-anonymity, k = 10).

Small cells are hidden, and one or more others with them, so that what is hidden cannot be found by subtraction from the sum: at least two
cells, and at least ten persons in them together (primary and complementary suppression; Hundepool et al., "Statistical
Disclosure Control", 2012, chapter 4). A reader who notes two summaries a minute apart can still see by how many persons they differ: for
views as wide as a nation's this tells nothing about anybody known; a view of a small group should be shown once it is closed.
"""

from __future__ import annotations

from collections.abc import Mapping

K = 10
"""Persons that must stand behind every figure that is shown."""

Shown = dict[str, int | None]
"""Figures by name; None for one that is hidden."""


def shown_cells(cells: Mapping[str, int]) -> Shown:
    """A distribution of persons over cells whose sum is shown too, with what must be hidden as None; an empty cell is shown as 0."""
    filled = sorted((count, name) for name, count in cells.items() if count > 0)
    hidden = {name for count, name in filled if count < K}
    if hidden:
        for _, name in filled:
            if len(hidden) >= 2 and sum(cells[one] for one in hidden) >= K:
                break
            hidden.add(name)
    return {name: None if name in hidden else count for name, count in cells.items()}


def may_be_shown(persons: int) -> bool:
    """Whether anything at all may be told of so many persons."""
    return persons >= K
