"""Which figures may be shown: none that fewer than k persons stand behind (k-anonymity), ten in national views, five in a campaign's.

Small cells are hidden, and one or more others with them, so that what is hidden cannot be found by subtraction from the sum: at least two
cells, and at least k persons in them together (primary and complementary suppression; Hundepool et al., "Statistical
Disclosure Control", 2012, chapter 4). A reader who notes two summaries a minute apart can still see by how many persons they differ: for
views as wide as a nation's this tells nothing about anybody known; a view of a small group should be shown once it is closed.
"""

from __future__ import annotations

from collections.abc import Mapping

K = 10
"""Persons that must stand behind every figure that is shown of a nation."""

K_OF_CAMPAIGNS = 5
"""Persons that must stand behind every figure that an organisation is shown of its campaigns (rule book §5)."""

Shown = dict[str, int | None]
"""Figures by name; None for one that is hidden."""


def shown_cells(cells: Mapping[str, int], k: int = K) -> Shown:
    """A distribution of persons over cells whose sum is shown too, with what must be hidden as None; an empty cell is shown as 0.

    It is safe where the sum is k or more: ask `may_be_shown` first.
    """
    filled = sorted((count, name) for name, count in cells.items() if count > 0)
    hidden = {name for count, name in filled if count < k}
    if hidden:
        for _, name in filled:
            if len(hidden) >= 2 and sum(cells[one] for one in hidden) >= k:
                break
            hidden.add(name)
    return {name: None if name in hidden else count for name, count in cells.items()}


def may_be_shown(persons: int, k: int = K) -> bool:
    """Whether anything at all may be told of so many persons."""
    return persons >= k
