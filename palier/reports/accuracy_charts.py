"""Charts of what a simulation reported against the truth: error, bias, coverage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from palier.reports.charts import (
    INK,
    SQUARE,
    Words,
    band,
    chart,
    density,
    diagonal,
    limit_line,
    panels,
)
from palier.reports.cohorts import ABILITY, NOMINAL, REPORTED, Cohort, column, sampling_band, span
from palier.reports.page import Chart, Table

MOST_POINTS = 2000
"""Persons from which on points become cells."""


def reported_and_true(cohorts: Sequence[Cohort], persons: Sequence[str]) -> Chart:
    """Each person's reported ability against the true one."""
    many = len(persons) > MOST_POINTS
    low, high = span(*(values for one in cohorts for values in (one.results.composite.true, one.results.composite.reported)))

    def paint(shown: Sequence[Cohort], axes: Any) -> None:
        for one in shown:
            composite = one.results.composite
            if many:
                density(axes, composite.true, composite.reported, "persons, deeper where there are more")
            else:
                axes.scatter(composite.true, composite.reported, s=16, alpha=0.65, label=one.name, **one.style.points)
        diagonal(axes, low, high, "reported = true")
        axes.set(xlim=(low, high), ylim=(low, high), aspect="equal")

    words = Words(
        "Reported against true ability",
        f"Each {'hexagon holds persons' if many else 'point is one person'}: the nearer to the dashed line, the smaller the error; "
        "above it the report is too high.",
        ABILITY,
        REPORTED,
    )
    tables = [_persons(one, persons) for one in cohorts]
    if many and len(cohorts) > 1:
        return panels(words, [(one.name, partial(paint, [one])) for one in cohorts], tables, columns=2, height=4.4)
    return chart(words, partial(paint, cohorts), tables, SQUARE)


def _persons(cohort: Cohort, names: Sequence[str]) -> Table:
    composite = cohort.results.composite
    columns = (composite.true, composite.reported, composite.sd, composite.low, composite.high)
    numbers = np.column_stack(columns).tolist()
    rows = [[name, *row, int(k)] for name, row, k in zip(names, numbers, cohort.results.lengths, strict=True)]
    return Table.of(
        f"each person, by {cohort.name}", ["person", "true", "reported", "standard error", "low", "high", "answers"], rows
    )


def errors_by_ability(cohorts: Sequence[Cohort]) -> Chart:
    """Bias beside RMSE and the mean standard error, in ten groups of true ability."""

    def bias(axes: Any) -> None:
        axes.axhline(0.0, color=INK, linewidth=0.8)
        for one in cohorts:
            rows = one.results.by_ability()
            axes.plot(column(rows, "ability"), column(rows, "bias"), label=f"{one.name}: bias or RMSE", **one.style.joined)

    def size(axes: Any) -> None:
        for one in cohorts:
            rows = one.results.by_ability()
            axes.plot(column(rows, "ability"), column(rows, "rmse"), **one.style.joined)
            drawn = one.hollow.joined | {"markerfacecolor": "none"}
            axes.plot(column(rows, "ability"), column(rows, "mean_se"), label=f"{one.name}: mean standard error", **drawn)

    words = Words(
        "Error by true ability",
        "Each point is a tenth of the persons, by true ability: bias should be near 0, and the standard error that is told "
        "near the RMSE; under it, precision is overstated.",
        ABILITY,
        "logits",
    )
    paints = [("Bias (reported − true)", bias), ("RMSE and mean standard error", size)]
    return panels(words, paints, [_by_ability(one) for one in cohorts], columns=2, height=4.0)


def _by_ability(cohort: Cohort) -> Table:
    keys = ("bias", "rmse", "mean_se", "coverage90", "length")
    rows = [[f"{row['ability']:.2f}", int(row["persons"]), *(row[key] for key in keys)] for row in cohort.results.by_ability()]
    head = ["mean true ability", "persons", "bias", "RMSE", "mean standard error", "coverage", "mean length"]
    return Table.of(f"groups of true ability, by {cohort.name}", head, rows)


def coverage_by_ability(cohorts: Sequence[Cohort]) -> Chart:
    """How often the 90 % interval holds the truth, in ten groups of true ability."""
    groups = cohorts[0].results.by_ability()
    bands = np.array([sampling_band(int(row["persons"])) for row in groups])

    def paint(axes: Any) -> None:
        band(axes, column(groups, "ability"), bands[:, 0], bands[:, 1], label="where 95 % of samples fall at 0.90")
        limit_line(axes, NOMINAL, "0.90")
        for one in cohorts:
            rows = one.results.by_ability()
            axes.plot(column(rows, "ability"), column(rows, "coverage90"), label=one.name, **one.style.joined)
        axes.set_ylim(top=1.02)

    words = Words(
        "Coverage of the 90 % interval by true ability",
        "Each point is a tenth of the persons: points in the grey band are what chance gives an interval that holds the "
        "truth 90 times in 100; reports pulled to the mean cover less at the extremes.",
        ABILITY,
        "share of intervals with the truth",
    )
    rows = [
        [
            f"{row['ability']:.2f}",
            int(row["persons"]),
            *limits,
            *(one.results.by_ability()[place]["coverage90"] for one in cohorts),
        ]
        for place, (row, limits) in enumerate(zip(groups, bands.tolist(), strict=True))
    ]
    head = ["mean true ability", "persons", "band from", "band to", *(one.name for one in cohorts)]
    return chart(words, paint, [Table.of("coverage", head, rows)])


def errors_by_quarter(cohorts: Sequence[Cohort]) -> Chart:
    """RMSE of each quarter of the cohort, in the order in which persons came."""
    sizes = [len(part) for part in np.array_split(np.arange(len(cohorts[0].results.sittings)), 4) if len(part)]
    numbers = np.arange(1, len(sizes) + 1)

    def paint(axes: Any) -> None:
        for place, one in enumerate(cohorts):
            rmse = np.array(one.results.quarters())
            drawn = one.style.joined | {"linestyle": "none", "capsize": 4}
            axes.errorbar(
                numbers + 0.08 * (place - (len(cohorts) - 1) / 2), rmse, yerr=_margins(rmse, sizes), label=one.name, **drawn
            )
        axes.set_xticks(numbers)
        axes.set_ylim(bottom=0)

    words = Words(
        "RMSE by quarter of the cohort",
        "The first persons on the left, the last on the right: a rise beyond the 95 % bars would say that exposure control "
        "costs precision as the bank wears.",
        "quarter of the cohort, in order of arrival",
        "RMSE (logits)",
    )
    rows = []
    for place, size in enumerate(sizes):
        told = [[one.results.quarters()[place], _margins(one.results.quarters()[place], size)] for one in cohorts]
        rows.append([str(place + 1), size, *(float(value) for pair in told for value in pair)])
    head = ["quarter", "persons", *(name for one in cohorts for name in (f"RMSE, {one.name}", "95 % ±"))]
    return chart(words, paint, [Table.of("quarters", head, rows)], (9.5, 3.4))


def _margins(rmse: Any, persons: Any) -> Any:
    """95 % margin of a root mean square of so many normal errors: 1.96 · RMSE / √(2n)."""
    return 1.96 * np.asarray(rmse) / np.sqrt(2.0 * np.asarray(persons))
