"""Tables of groups × categories with their sums: a reader who tries everything learns nothing of fewer than k persons."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from chalicelib.campaigns.counters.disclosure import K_OF_CAMPAIGNS
from chalicelib.campaigns.counters.disclosure_tables import ShownTable, shown_table
from chalicelib.campaigns.counters.inference import Arc, Circulation

Cells = dict[str, dict[str, int]]
Counts = NDArray[np.int64]

any_count = st.one_of(st.just(0), st.integers(0, 5), st.integers(0, 40))
any_k = st.integers(2, 7)


def named(counts: list[list[int]]) -> Cells:
    return {f"g{row}": {f"c{column}": count for column, count in enumerate(line)} for row, line in enumerate(counts)}


@st.composite
def tables(draw: st.DrawFn, most: int = 4) -> Cells:
    groups, categories = draw(st.integers(1, most)), draw(st.integers(1, most))
    row = st.lists(any_count, min_size=categories, max_size=categories)
    return named(draw(st.lists(row, min_size=groups, max_size=groups)))


@st.composite
def tiny_tables(draw: st.DrawFn) -> Cells:
    """So few persons that every table of as many can be tried."""
    shape = draw(st.sampled_from([(1, 3), (3, 1), (2, 2), (2, 3), (3, 2)]))
    people = draw(st.lists(st.integers(0, shape[0] * shape[1] - 1), min_size=12, max_size=12))
    return named(np.bincount(people, minlength=shape[0] * shape[1]).reshape(shape).tolist())


@lru_cache(maxsize=8)
def every_table(shape: tuple[int, int], persons: int) -> Counts:
    """All tables of so many persons as rows of figures: cells, then sums of groups, then sums of categories."""
    cells = shape[0] * shape[1]
    found = []
    for bars in combinations(range(persons + cells - 1), cells - 1):
        edges = (-1, *bars, persons + cells - 1)
        found.append([right - left - 1 for left, right in pairwise(edges)])
    every = np.array(found, np.int64).reshape(-1, *shape)
    return np.concatenate([every.reshape(len(every), -1), every.sum(axis=2), every.sum(axis=1)], axis=1)


def figures(cells: Cells, shown: ShownTable) -> tuple[list[int], list[int | None]]:
    """The true figures and the shown ones, in the order of `every_table`."""
    true = [count for row in cells.values() for count in row.values()]
    true += [sum(row.values()) for row in cells.values()]
    true += [sum(row[name] for row in cells.values()) for name in shown.categories]
    seen = [figure for row in shown.cells.values() for figure in row.values()]
    return true, [*seen, *shown.groups.values(), *shown.categories.values()]


def persons_in(cells: Cells) -> int:
    return sum(sum(row.values()) for row in cells.values())


# --- what is shown ---


@given(tables(), any_k)
def test_what_is_shown_is_true_and_nobody_or_at_least_k_persons(cells: Cells, k: int) -> None:
    true, seen = figures(cells, shown_table(cells, k))
    assert all(figure is None or figure == count for figure, count in zip(seen, true, strict=True))
    assert all(figure is None or figure == 0 or figure >= k for figure in seen)


@given(tables(), any_k)
def test_a_table_without_small_figures_is_shown_whole(cells: Cells, k: int) -> None:
    wide = {group: {name: count if count >= k else 0 for name, count in row.items()} for group, row in cells.items()}
    assume(persons_in(wide) >= k)
    true, seen = figures(wide, shown_table(wide, k))
    assert seen == true


@given(tables(), any_k)
def test_of_fewer_than_k_persons_nothing_is_shown(cells: Cells, k: int) -> None:
    few = {group: dict.fromkeys(row, 0) for group, row in cells.items()}
    few["g0"]["c0"] = k - 1
    shown = shown_table(few, k)
    assert shown.total is None
    assert not [figure for figure in figures(few, shown)[1] if figure is not None]


def test_one_small_cell_takes_three_others_with_it_those_of_the_fewest_persons() -> None:
    shown = shown_table(named([[2, 30, 20], [50, 60, 70], [40, 31, 21]]), K_OF_CAMPAIGNS)
    hidden = {(group, name) for group, row in shown.cells.items() for name, figure in row.items() if figure is None}
    assert hidden == {("g0", "c0"), ("g0", "c2"), ("g2", "c0"), ("g2", "c2")}, "the three that hold the fewest persons"
    assert shown.groups == {"g0": 52, "g1": 180, "g2": 92}
    assert shown.categories == {"c0": 92, "c1": 121, "c2": 111}
    assert shown.total == 324


def test_a_small_group_is_hidden_whole_with_another_one_and_its_empty_cells_too() -> None:
    shown = shown_table(named([[0, 3, 0], [10, 10, 0], [20, 20, 0]]), K_OF_CAMPAIGNS)
    assert shown.groups == {"g0": None, "g1": None, "g2": 40}
    assert shown.cells["g0"] == {"c0": None, "c1": None, "c2": 0}, "nobody at all is in c2, which its sum says"
    assert shown.cells["g1"] == {"c0": None, "c1": None, "c2": 0}
    assert shown.cells["g2"] == {"c0": 20, "c1": 20, "c2": 0}


@given(tables(), any_k, st.randoms(use_true_random=False))
def test_tables_of_the_same_people_show_the_same_sums_of_groups(cells: Cells, k: int, rng: random.Random) -> None:
    others = {}
    for group, row in cells.items():
        where = rng.choices(range(3), k=sum(row.values()))
        others[group] = {f"d{place}": where.count(place) for place in range(3)}
    assert shown_table(others, k).groups == shown_table(cells, k).groups


def test_groups_of_other_categories_are_no_table() -> None:
    with pytest.raises(ValueError, match="same categories"):
        shown_table({"a": {"x": 1}, "b": {"y": 1}}, 5)


# --- what can be inferred ---


@settings(max_examples=60)
@given(tiny_tables(), st.integers(2, 5))
def test_a_reader_who_tries_every_table_cannot_tell_a_hidden_figure_to_within_k_persons(cells: Cells, k: int) -> None:
    _, seen = figures(cells, shown_table(cells, k))
    agreeing = agreeing_with(cells, seen)
    for place, figure in enumerate(seen):
        if figure is None:
            assert agreeing[:, place].max() - agreeing[:, place].min() >= k


def agreeing_with(cells: Cells, seen: list[int | None]) -> Counts:
    shape = (len(cells), len(cells["g0"]))
    every = every_table(shape, persons_in(cells))
    told = [place for place, figure in enumerate(seen) if figure is not None]
    agree: Counts = every[(every[:, told] == np.array([seen[place] for place in told], np.int64)).all(axis=1)]
    return agree


@settings(max_examples=60)
@given(tiny_tables(), st.data())
def test_the_bounds_are_those_of_all_tables_that_agree_whatever_is_hidden(cells: Cells, data: st.DataObject) -> None:
    shown = shown_table(cells, 1)
    true, _ = figures(cells, shown)
    hidden = data.draw(st.sets(st.integers(0, len(true) - 1)))
    seen = [None if place in hidden else count for place, count in enumerate(true)]
    agreeing, persons = agreeing_with(cells, seen), persons_in(cells)
    reader = Circulation(arcs_of(cells), hidden)
    for place in hidden:
        assert reader.room(place, persons + 1) == agreeing[:, place].max() - agreeing[:, place].min()


def arcs_of(cells: Cells) -> list[Arc]:
    """The table as a flow, written again here, in the order of `every_table`."""
    names = list(cells["g0"])
    category = {name: 1_000 + place for place, name in enumerate(names)}
    arcs = [Arc(row, category[name], line[name]) for row, line in enumerate(cells.values()) for name in names]
    arcs += [Arc(-1, row, sum(line.values())) for row, line in enumerate(cells.values())]
    return arcs + [Arc(category[name], -2, sum(line[name] for line in cells.values())) for name in names]


@given(tables(), any_k)
def test_no_difference_of_a_shown_sum_and_shown_parts_of_it_leaves_fewer_than_k_persons(cells: Cells, k: int) -> None:
    shown = shown_table(cells, k)
    sums = [(shown.total, list(shown.groups.values())), (shown.total, list(shown.categories.values()))]
    sums += [(shown.groups[group], list(row.values())) for group, row in shown.cells.items()]
    sums += [(shown.categories[name], [row[name] for row in shown.cells.values()]) for name in shown.categories]
    for whole, parts in sums:
        told = [part for part in parts if part is not None]
        for taken in range(len(told) + 1):
            for some in combinations(told, taken):
                assert whole is None or whole == sum(some) or whole - sum(some) >= k


@settings(max_examples=40)
@given(tables(5), any_k)
def test_no_hidden_figure_is_a_combination_of_shown_ones(cells: Cells, k: int) -> None:
    """Linear algebra, exactly: no combination of the sums' equations leaves one hidden figure alone."""
    assume(persons_in(cells) >= k)
    _, seen = figures(cells, shown_table(cells, k))
    hidden = [place for place, figure in enumerate(seen) if figure is None]
    reduced = eliminated([[row[place] for place in hidden] for row in equations(len(cells), len(cells["g0"]))])
    assert not [row for row in reduced if sum(one != 0 for one in row) == 1]


def equations(groups: int, categories: int) -> list[list[Fraction]]:
    """One a sum, in the order of `every_table`: parts − whole = 0, or = the total, which is shown."""
    figure_count = groups * categories + groups + categories
    rows = []
    for group in range(groups):
        parts = {group * categories + place: 1 for place in range(categories)}
        rows.append({**parts, groups * categories + group: -1})
    for category in range(categories):
        parts = {group * categories + category: 1 for group in range(groups)}
        rows.append({**parts, groups * categories + groups + category: -1})
    rows.append({groups * categories + group: 1 for group in range(groups)})
    rows.append({groups * categories + groups + category: 1 for category in range(categories)})
    return [[Fraction(row.get(place, 0)) for place in range(figure_count)] for row in rows]


def eliminated(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """The reduced row echelon form: an unknown is determined exactly when some row of it has that unknown alone."""
    done = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((place for place in range(done, len(rows)) if rows[place][column] != 0), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [one / rows[done][column] for one in rows[done]]
        for place, row in enumerate(rows):
            if place != done and row[column] != 0:
                rows[place] = [one - row[column] * other for one, other in zip(row, rows[done], strict=True)]
        done += 1
    return rows[:done]


@pytest.mark.parametrize("persons", [40, 200, 600, 2_000, 20_000])
def test_twenty_groups_of_ten_levels_are_protected_too(persons: int) -> None:
    rng = random.Random(persons)
    sizes, levels = [rng.random() ** 2 for _ in range(20)], [rng.random() for _ in range(10)]
    counts = [[0] * 10 for _ in range(20)]
    for row, column in zip(rng.choices(range(20), sizes, k=persons), rng.choices(range(10), levels, k=persons), strict=True):
        counts[row][column] += 1
    cells = named(counts)
    _, seen = figures(cells, shown_table(cells, K_OF_CAMPAIGNS))
    hidden = {place for place, figure in enumerate(seen) if figure is None}
    reader = Circulation(arcs_of(cells), hidden)
    assert hidden
    assert min(reader.room(place, K_OF_CAMPAIGNS) for place in hidden) >= K_OF_CAMPAIGNS
