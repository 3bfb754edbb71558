"""Charts of what a simulation reported of each competence and level, and of how long its tests were."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from chalicelib.engine.bank import LEVELS
from palier.reports.charts import GREEN, INK, VERMILLION, Words, chart, label_of, panels, tiles
from palier.reports.cohorts import Cohort, confusion
from palier.reports.page import Chart, Table
from palier.simulation_run import SimulationRun


def levels(cohorts: Sequence[Cohort]) -> Chart:
    """Which levels are reported of each true one."""
    names = [str(level) for level in range(LEVELS + 1)]
    counts = [confusion(one.results.competences or one.results.composite) for one in cohorts]
    shares = [each / np.maximum(each.sum(axis=1, keepdims=True), 1) for each in counts]
    of = "one competence of one person" if cohorts[0].results.competences is not None else "one person"
    words = Words(
        "Reported and true levels",
        f"Of those of one true level (a row; each is {of}), how many per cent are reported at each level: the diagonal is right.",
        "reported level",
        "true level",
    )
    tables = []
    for one, each in zip(cohorts, counts, strict=True):
        rows = [[f"true {name}", *row, sum(row)] for name, row in zip(names, each.tolist(), strict=True)]
        head = ["level", *(f"reported {name}" for name in names), "all"]
        tables.append(Table.of(f"counts by true and reported level, by {one.name}", head, rows))
    if len(cohorts) == 1:
        return chart(words, partial(tiles, shares=shares[0], names=names), tables, (7.2, 4.6))
    paints = [(one.name, partial(tiles, shares=share, names=names)) for one, share in zip(cohorts, shares, strict=True)]
    return panels(words, paints, tables, columns=2, height=3.8)


def errors_by_competence(run: SimulationRun, cohort: Cohort) -> Chart | None:
    """RMSE of each competence beside what the composite alone would give; None when one ability is measured."""
    competences, composite = cohort.results.competences, cohort.results.composite
    if competences is None:
        return None
    names = [label_of(name) for name in run.scenario.table.competences]
    own = np.sqrt(np.mean(competences.difference**2, axis=0))
    alone = np.sqrt(np.mean((composite.reported[:, None] - competences.true) ** 2, axis=0))
    told = np.mean(competences.sd, axis=0)
    covered = np.mean((competences.low <= competences.true) & (competences.true <= competences.high), axis=0)
    places = np.arange(len(names))[::-1]

    def paint(axes: Any) -> None:
        axes.hlines(places, np.minimum(own, alone), np.maximum(own, alone), color=INK, alpha=0.35, linewidth=1.2)
        axes.scatter(own, places, s=48, label="RMSE of what is reported", **cohort.style.points)
        axes.scatter(alone, places, s=44, color=VERMILLION, marker="s", label="RMSE of the composite in its place")
        axes.scatter(told, places, s=40, facecolors="none", edgecolors=GREEN, marker="^", label="mean standard error told")
        axes.set_yticks(places, names)

    words = Words(
        "Error of each competence",
        "Dots left of the squares say that reporting the competence beats giving the composite for it; triangles should be "
        "near the dots.",
        "RMSE, or mean standard error (logits)",
        "competence",
    )
    numbers = np.column_stack([own, alone, told, covered]).tolist()
    rows = [[name, *row] for name, row in zip(run.scenario.table.competences, numbers, strict=True)]
    head = ["competence", "RMSE", "RMSE of the composite", "mean standard error", "coverage of the 90 % interval"]
    return chart(words, paint, [Table.of("competences", head, rows)], (9.5, max(2.2, 0.3 * len(names) + 1.2)))


def lengths(cohorts: Sequence[Cohort]) -> Chart | None:
    """How long tests were; None when all were as long."""
    drawn = np.concatenate([one.results.lengths for one in cohorts]).astype(int)
    if drawn.min() == drawn.max():
        return None
    values = np.arange(drawn.min(), drawn.max() + 1)
    edges = np.arange(drawn.min(), drawn.max() + 2) - 0.5
    shares = [np.bincount(one.results.lengths.astype(int), minlength=values[-1] + 1)[values[0] :] for one in cohorts]

    def paint(axes: Any) -> None:
        for place, (one, share) in enumerate(zip(cohorts, shares, strict=True)):
            drawn = (
                {"facecolor": one.style.color, "alpha": 0.5} if place == 0 else {"edgecolor": one.style.color, "linewidth": 1.8}
            )
            label = f"{one.name}, mean {one.results.lengths.mean():.1f}"
            axes.stairs(share, edges, fill=place == 0, linestyle=one.style.line, label=label, **drawn)
        axes.set_xlim(values[0] - 1, values[-1] + 1)

    words = Words(
        "Length of the tests",
        "How many persons had a test of each length: a tall last bar says that many reached the most answers "
        "before the rule ended their test.",
        "answers",
        "persons",
    )
    rows = [[str(value), *(int(share[place]) for share in shares)] for place, value in enumerate(values)]
    return chart(words, paint, [Table.of("lengths", ["answers", *(one.name for one in cohorts)], rows)], (9.5, 3.4))
