"""Charts of how a simulation used its bank: exposure rates, by stratum, and over difficulty and discrimination."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from chalicelib.engine.bank import Floats
from chalicelib.engine.exposure import SIX_STRATA
from palier.reports.charts import BLUE, ORANGE, SKY, STYLES, VERMILLION, Words, chart, limit_line, panels
from palier.reports.cohorts import Cohort
from palier.reports.page import Chart, Table
from palier.simulation_run import SimulationRun

MOST_MARKS = 5000
"""Items from which on their marks are dots of one picture, not shapes of their own."""
DRAWN_RANKS = 400
"""Ranks of a curve; more would not be seen."""


def sorted_rates(run: SimulationRun, cohorts: Sequence[Cohort]) -> Chart:
    """The rate of every item, the most given first."""

    def paint(axes: Any) -> None:
        limit_line(axes, run.settings.max_exposure, f"limit, {run.settings.max_exposure:g}")
        for one in cohorts:
            axes.plot(*_ranked(one.results.rates), label=one.name, **one.style.curve)
        _by_rank(axes)

    words = Words(
        "Exposure of each item",
        "Items from the most to the least given, rank on a logarithmic scale: no item should be above the dashed line, and "
        "where a curve meets the bottom the rest of the bank is not used.",
        "rank of the item (logarithmic)",
        "share of the tests with the item",
    )
    return chart(words, paint, [_items(run, cohorts)])


def _items(run: SimulationRun, cohorts: Sequence[Cohort]) -> Table:
    table, bank = run.scenario.table, run.pool.bank
    order = np.argsort(-cohorts[0].results.rates, kind="stable")
    rows = [
        [
            table.items[item],
            table.competences[bank.competence[item]],
            float(bank.discrimination[item]),
            float(bank.difficulty[item]),
            *(float(one.results.rates[item]) for one in cohorts),
        ]
        for item in order
    ]
    head = ["item", "competence", "discrimination a", "difficulty b", *(f"rate, {one.name}" for one in cohorts)]
    return Table.of("each item, the most given first", head, rows, digits=4)


def rates_by_stratum(run: SimulationRun, cohort: Cohort) -> Chart | None:
    """The rates in each stratum of reported ability; None when no limit by stratum was asked for."""
    limit, reported = run.settings.stratum_exposure, cohort.results.composite.reported
    if limit is None:
        return None
    rates = cohort.results.stratum_rates(SIX_STRATA, reported)
    truly = cohort.results.stratum_rates(SIX_STRATA, cohort.results.composite.true).max(axis=1)
    persons = np.bincount(np.searchsorted(SIX_STRATA, reported, side="right"), minlength=len(rates))
    names = _strata()

    def paint(axes: Any) -> None:
        limit_line(axes, limit, f"limit in a stratum, {limit:g}")
        for style, name, row, size in zip(STYLES, names, rates, persons, strict=True):
            if size:
                axes.plot(*_ranked(row), label=f"{name} ({size} persons)", **style.curve)
        _by_rank(axes)

    words = Words(
        "Exposure of each item in each stratum of reported ability",
        "As above, among persons of one stratum: the fewer persons a stratum has, the farther chance alone takes its first "
        "items past the line.",
        "rank of the item in the stratum (logarithmic)",
        "share of the stratum's tests",
    )
    rows = [
        [name, size, row.max(), np.sum(row > limit), np.sum(row > 0), true]
        for name, size, row, true in zip(names, persons, rates, truly, strict=True)
    ]
    head = ["ability", "persons", "largest rate", "items above the limit", "items given", "largest rate, by true ability"]
    return chart(words, paint, [Table.of("strata", head, rows)])


def _strata() -> list[str]:
    inner = [f"{low:g} to {high:g}" for low, high in pairwise(SIX_STRATA)]
    return [f"under {SIX_STRATA[0]:g}", *inner, f"{SIX_STRATA[-1]:g} or more"]


def bank_map(run: SimulationRun, cohorts: Sequence[Cohort]) -> Chart:
    """Where the items given often are, by difficulty and discrimination."""
    bank = run.pool.bank
    words = Words(
        "Where the bank is used",
        "Each mark is an item, larger and warmer the more often it is given; crosses are never given: where they gather, "
        "the bank has more than tests ask for.",
        "difficulty b (logits)",
        "discrimination a",
    )
    classes = [_classes(one.results.rates, run.settings.max_exposure) for one in cohorts]
    paints = [
        (one.name, partial(_marks, bank.difficulty, bank.discrimination, each))
        for one, each in zip(cohorts, classes, strict=True)
    ]
    tables = [_uses(one, each, run) for one, each in zip(cohorts, classes, strict=True)]
    if len(cohorts) == 1:
        return chart(words, paints[0][1], tables, (9.5, 5.4))
    return panels(words, paints, tables, columns=2, height=4.4)


_MARKS = (
    ("never given", "x", "#8a8a8a", 14),
    ("up to ¼ of the limit", "o", SKY, 8),
    ("¼ to ½", "o", BLUE, 22),
    ("½ to the limit", "D", ORANGE, 36),
    ("above the limit", "*", VERMILLION, 110),
)


def _classes(rates: Floats, limit: float) -> Any:
    """Which of the marks each item has, (n,)."""
    return np.digitize(rates, [1e-12, limit / 4, limit / 2, limit + 1e-9])


def _marks(b: Floats, a: Floats, classes: Any, axes: Any) -> None:
    for place, (label, marker, color, size) in enumerate(_MARKS):
        chosen = classes == place
        if chosen.any():
            drawn = {
                "color": color,
                "marker": marker,
                "s": size,
                "linewidths": 0.8,
                "alpha": 0.8,
                "rasterized": len(b) > MOST_MARKS,
            }
            axes.scatter(b[chosen], a[chosen], label=label, **drawn)
    axes.set_ylim(bottom=0)


def _uses(cohort: Cohort, classes: Any, run: SimulationRun) -> Table:
    bank, rates, rows = run.pool.bank, cohort.results.rates, []
    for place, (label, *_) in enumerate(_MARKS):
        chosen = classes == place
        means = [
            float(values[chosen].mean()) if chosen.any() else None for values in (rates, bank.discrimination, bank.difficulty)
        ]
        rows.append([label, int(chosen.sum()), *means])
    return Table.of(f"items by rate, by {cohort.name}", ["rate", "items", "mean rate", "mean a", "mean b"], rows)


def _ranked(rates: Floats) -> tuple[Any, Any]:
    """Ranks, and the rates at them."""
    ranks = np.unique(np.geomspace(1, len(rates), DRAWN_RANKS).round().astype(int))
    return ranks, np.sort(rates)[::-1][ranks - 1]


def _by_rank(axes: Any) -> None:
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_ylim(bottom=0)
