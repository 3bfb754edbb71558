"""The optimal assignment of typed words to groups of accepted words, each group used once at most."""

from __future__ import annotations

from collections.abc import Sequence


def best_assignment(fits: Sequence[Sequence[bool]]) -> tuple[int | None, ...]:
    """The group given to each input so that as many inputs as possible fit theirs; None for the others.

    `fits[i][g]` tells whether input i fits group g. Augmenting paths for a maximum matching in a bipartite graph (Kuhn 1955):
    never greedy, so a word that fits two groups leaves the one that another word needs.
    """
    holder: dict[int, int] = {}

    def place(one: int, tried: set[int]) -> bool:
        for group, fit in enumerate(fits[one]):
            if fit and group not in tried:
                tried.add(group)
                if group not in holder or place(holder[group], tried):
                    holder[group] = one
                    return True
        return False

    for one in range(len(fits)):
        place(one, set())
    group_of = {one: group for group, one in holder.items()}
    return tuple(group_of.get(one) for one in range(len(fits)))
