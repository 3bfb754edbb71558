"""One distribution of persons: what is hidden cannot be found, whatever the number that must stand behind a figure."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.counters.disclosure import K_OF_CAMPAIGNS, K, may_be_shown, shown_cells

any_k = st.integers(2, 12)
any_cells = st.dictionaries(st.sampled_from("abcdef"), st.one_of(st.just(0), st.integers(1, 6), st.integers(0, 60)))


def test_a_nation_s_figures_stand_for_ten_persons_and_a_campaign_s_for_five() -> None:
    assert (K, K_OF_CAMPAIGNS) == (10, 5)
    assert shown_cells({"a": 6, "b": 7}) == {"a": None, "b": None}
    assert shown_cells({"a": 6, "b": 7}, K_OF_CAMPAIGNS) == {"a": 6, "b": 7}
    assert (may_be_shown(9), may_be_shown(9, K_OF_CAMPAIGNS), may_be_shown(4, K_OF_CAMPAIGNS)) == (False, True, False)


def test_a_small_cell_takes_the_next_smallest_with_it() -> None:
    assert shown_cells({"a": 3, "b": 40, "c": 9, "d": 0}, 5) == {"a": None, "b": 40, "c": None, "d": 0}


@given(any_cells, any_k)
def test_no_difference_of_the_sum_and_shown_cells_leaves_fewer_than_k_persons(cells: dict[str, int], k: int) -> None:
    total = sum(cells.values())
    if not may_be_shown(total, k):
        return
    shown = {name: figure for name, figure in shown_cells(cells, k).items() if figure is not None}
    for taken in range(len(shown) + 1):
        for names in combinations(shown, taken):
            left = total - sum(shown[name] for name in names)
            assert left == 0 or left >= k


@given(any_cells, any_k)
def test_a_hidden_cell_could_be_anything_over_at_least_k_persons(cells: dict[str, int], k: int) -> None:
    if not may_be_shown(sum(cells.values()), k):
        return
    hidden = [cells[name] for name, figure in shown_cells(cells, k).items() if figure is None]
    assert len(hidden) != 1
    if hidden:
        assert sum(hidden) >= k, "each of them may be nobody, or all of these"
