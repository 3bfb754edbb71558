"""Pictures of items: their curves beside what was observed, information, the Wright map, fit, and two groups compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalicelib.engine.bank import Floats, Ints
from chalicelib.engine.calibration.abilities import ItemCurves
from chalicelib.engine.calibration.differential_functioning import DifRules, DifVerdict
from chalicelib.engine.calibration.item_fit import FitRules, FitVerdict, GroupResiduals
from palier.calibration_checks import Checks
from palier.calibration_item_checks import GroupDif
from palier.calibration_run import CalibrationRun
from palier.reports.charts import (
    BLUE,
    INK,
    ORANGE,
    SQUARE,
    STYLES,
    VERMILLION,
    Words,
    band,
    chart,
    label_of,
    limit_line,
    panels,
)
from palier.reports.page import Chart, Table, Value

SHOWN: Floats = np.linspace(-4.0, 4.0, 81, dtype=np.float64)
ABILITY = "ability (deviations of the population)"
SURE = 1.96
MOST_ROWS_OF_FOREST = 40
SAID = {
    FitVerdict.FITS: ("fits", STYLES[0]),
    FitVerdict.MISFITS: ("misfits", STYLES[1]),
    FitVerdict.TOO_FEW: ("too few answers", STYLES[3]),
}
DIFFERS = {
    DifVerdict.NEGLIGIBLE: ("negligible", STYLES[0]),
    DifVerdict.MODERATE: ("moderate", STYLES[4]),
    DifVerdict.LARGE: ("large", STYLES[1]),
}


def curves_chart(run: CalibrationRun, checks: Checks, items: Ints, title: str) -> Chart:
    """Small pictures of these items, which all have residuals."""
    words = Words(
        title,
        "The line is the curve; a dot is the proportion right in one ability group, and the grey band is where 95 % of such dots "
        "lie when the curve is right: a dot outside is drawn as an orange-red square. Both are narrow, as what is known of a person "
        "holds the answer itself.",
        ABILITY,
        "proportion right",
    )
    head = ("item", "ability", "answers (pseudo-count)", "observed", "expected", "z")
    rows: list[tuple[Value, ...]] = []
    paints = []
    for item in items.tolist():
        residuals = checks.fit.groups[item]
        if residuals is None:
            continue
        numbers = (residuals.ability, residuals.answers, residuals.observed, residuals.expected, residuals.z)
        rows += [(run.items[item], *one) for one in np.stack(numbers, axis=1).tolist()]
        curve = checks.abilities.curves.curve(item, SHOWN)
        paints.append((run.items[item], lambda axes, curve=curve, residuals=residuals: _curve(axes, curve, residuals)))
    return panels(words, paints, [Table.of("proportion right by ability group", head, rows)])


def _curve(axes: Any, curve: Floats, residuals: GroupResiduals) -> None:
    told = np.isfinite(residuals.z) & (np.abs(residuals.z) > 1e-9)
    error = np.abs(residuals.observed - residuals.expected) / np.where(told, np.abs(residuals.z), 1.0)
    half = SURE * np.where(told, error, 0.0)
    band(axes, residuals.ability, residuals.expected - half, residuals.expected + half, "95 % band")
    axes.plot(SHOWN, curve, color=BLUE, linewidth=1.6, label="curve")
    outside = np.nan_to_num(np.abs(residuals.z)) > SURE
    axes.plot(residuals.ability[~outside], residuals.observed[~outside], "o", color=BLUE, markersize=5, label="observed")
    axes.plot(residuals.ability[outside], residuals.observed[outside], "s", color=VERMILLION, markersize=6, label="outside")
    axes.set(xlim=(-3.2, 3.2), ylim=(-0.04, 1.04), xticks=(-2, 0, 2), yticks=(0.0, 0.5, 1.0))


def residuals_chart(run: CalibrationRun, checks: Checks, items: Ints) -> Chart:
    """The residuals of these items in standard errors."""
    words = Words(
        "Residuals of the worst fitting",
        "The same dots, as residuals over their standard errors: within ±1.96 (grey) chance explains them; a row of squares on one "
        "side and then on the other is a curve of another shape.",
        ABILITY,
        "standardised residual",
    )
    shown = [(run.items[item], residuals) for item in items.tolist() if (residuals := checks.fit.groups[item]) is not None]
    limit = max(3.0, *(float(np.nan_to_num(np.abs(residuals.z)).max()) for _, residuals in shown))
    paints = [(name, lambda axes, residuals=residuals: _residuals(axes, residuals, limit)) for name, residuals in shown]
    rows = [
        (name, *one) for name, residuals in shown for one in zip(residuals.ability.tolist(), residuals.z.tolist(), strict=True)
    ]
    return panels(words, paints, [Table.of("standardised residuals", ("item", "ability", "z"), rows)])


def _residuals(axes: Any, residuals: GroupResiduals, limit: float) -> None:
    axes.axhspan(-SURE, SURE, color=INK, alpha=0.13, linewidth=0, label="±1.96")
    outside = np.nan_to_num(np.abs(residuals.z)) > SURE
    axes.vlines(residuals.ability, 0.0, np.nan_to_num(residuals.z), color=INK, linewidth=0.8)
    axes.plot(residuals.ability[~outside], residuals.z[~outside], "o", color=BLUE, markersize=5, label="within")
    axes.plot(residuals.ability[outside], residuals.z[outside], "s", color=VERMILLION, markersize=6, label="outside")
    axes.axhline(0.0, color=INK, linewidth=0.8)
    axes.set(xlim=(-3.2, 3.2), ylim=(-1.1 * limit, 1.1 * limit), xticks=(-2, 0, 2), yticks=(-SURE, 0.0, SURE))


def information_of(curves: ItemCurves, nodes: Floats) -> Floats:
    """I = P′²/(P(1 − P)) of the estimated items, (m, Q) (Birnbaum 1968)."""
    p, c, a = curves.right(nodes)[curves.known], curves.c[curves.known, None], curves.a[curves.known, None]
    slope = a * (p - c) * (1.0 - p) / (1.0 - c)
    made: Floats = slope**2 / (p * (1.0 - p))
    return made


def item_information_chart(run: CalibrationRun, checks: Checks) -> Chart:
    """Every item's information; the five with the highest peaks are named."""
    known = np.flatnonzero(checks.abilities.curves.known)
    information = information_of(checks.abilities.curves, SHOWN)
    order = np.argsort(-information.max(axis=1), kind="stable")

    def paint(axes: Any) -> None:
        for row in order[5:].tolist():
            axes.plot(SHOWN, information[row], color=INK, alpha=0.22, linewidth=0.8)
        for row, style in zip(order[:5].tolist(), STYLES, strict=False):
            axes.plot(SHOWN, information[row], **style.curve, label=label_of(run.items[known[row]], 18))
        axes.set_ylim(bottom=0)

    words = Words(
        "Item information",
        "Each line is one item, high where it tells persons of neighbouring abilities apart; the five highest are named.",
        ABILITY,
        "information",
    )
    rows = [
        (run.items[known[row]], float(SHOWN[information[row].argmax()]), float(information[row].max()))
        for row in order.tolist()
    ]
    return chart(words, paint, [Table.of("peaks of information", ("item", "ability at the peak", "information"), rows)])


def test_information_chart(run: CalibrationRun, checks: Checks) -> Chart:
    """All items together; with several competences, from the least to the best informed one."""
    curves = checks.abilities.curves
    information, competence = information_of(curves, SHOWN), run.given.competence
    if competence is None:
        sums = information.sum(axis=0)[None, :]
    else:
        own = competence[curves.known]
        sums = np.stack([information[own == k].sum(axis=0) for k in np.unique(own)])
    low, middle, high = sums.min(axis=0), np.median(sums, axis=0), sums.max(axis=0)

    def paint(axes: Any) -> None:
        if len(sums) > 1:
            band(axes, SHOWN, low, high, "least to best informed competence")
        axes.plot(SHOWN, middle, **STYLES[0].curve, label="all items" if len(sums) == 1 else "median competence")
        axes.set_ylim(bottom=0)

    told = "Information of all items together, as if one person answered them all: high where the bank measures well."
    if competence is not None:
        told = "Information of all items of one competence on its own ability: the line is the median competence."
    rows = np.stack([SHOWN, low, middle, high], axis=1)[::4].tolist()
    table = Table.of("information by ability", ("ability", "least", "median", "greatest"), rows)
    return chart(Words("Test information", told, ABILITY, "information"), paint, [table])


def standard_error_chart(run: CalibrationRun, checks: Checks) -> Chart:
    """The standard error that persons reached, beside what the items could give."""
    persons = checks.persons
    order = np.argsort(persons.ability, kind="stable")
    groups = [part for part in np.array_split(order, 10) if len(part)]
    centre = np.array([persons.ability[part].mean() for part in groups])
    reached = np.array([persons.se[part].mean() for part in groups])
    one = run.given.competence is None
    information = information_of(checks.abilities.curves, SHOWN).sum(axis=0)
    possible = 1.0 / np.sqrt(information + 1.0 / checks.abilities.population[1] ** 2)

    def paint(axes: Any) -> None:
        if one:
            axes.plot(SHOWN, possible, **STYLES[0].curve, label="all items and the population together")
        axes.plot(centre, reached, **(STYLES[1].joined | {"linestyle": ""}), label="reached, mean of a tenth of the persons")
        axes.set_ylim(0, 1.1 * float(max(reached.max(), possible.max() if one else 0.0)))

    caption = "Squares are the mean posterior deviation of a tenth of the persons each, from the answers they gave"
    caption += "; the line is what answers to all items would give." if one else ", of the ability common to all competences."
    tables = [Table.of("reached", ("mean ability", "standard error"), np.stack([centre, reached], axis=1).tolist())]
    if one:
        rows = np.stack([SHOWN, possible], axis=1)[::4].tolist()
        tables.append(Table.of("with all items", ("ability", "standard error"), rows))
    return chart(Words("Standard error", caption, ABILITY, "standard error of ability"), paint, tables)


def wright_map(checks: Checks) -> Chart:
    """Persons on the left and items on the right of one scale of ability."""
    b = checks.abilities.curves.b
    b = b[np.isfinite(b)]
    edges = np.arange(-4.0, 4.01, 0.25)
    middles = (edges[1:] + edges[:-1]) / 2
    share = np.histogram(np.clip(checks.persons.ability, -3.99, 3.99), edges)[0] / len(checks.persons.ability)
    items = np.histogram(np.clip(b, -3.99, 3.99), edges)[0]
    unit_persons, unit_items = max(float(share.max()), 1e-9), max(int(items.max(initial=0)), 1)

    def paint(axes: Any) -> None:
        axes.barh(middles, -share / unit_persons, height=0.23, color=BLUE, alpha=0.75, label="persons (expected ability)")
        x = [(rank + 0.6) / (unit_items + 0.2) for count in items.tolist() for rank in range(count)]
        y = np.repeat(middles, items)
        axes.scatter(x, y, marker="D", s=26 if unit_items < 25 else 10, color=VERMILLION, label="items (difficulty)")
        axes.axvline(0.0, color=INK, linewidth=0.8)
        ticks = np.unique(np.linspace(0, unit_items, 5).astype(int))[1:]
        at = [-1.0, -0.5, 0.0, *((ticks - 0.4) / (unit_items + 0.2)).tolist()]
        axes.set_xticks(at, [f"{100 * unit_persons:.1f} %", f"{50 * unit_persons:.1f} %", "0", *(str(one) for one in ticks)])
        axes.set_ylim(-4.1, 4.1)

    words = Words(
        "Wright map",
        "Persons and items on one scale: where bars face no diamond, persons meet no item of their own difficulty. "
        "What lies beyond ±4 is drawn at ±4.",
        "share of the persons ← → number of items",
        "ability, difficulty",
    )
    rows = [(f"{low:+.2f}", float(one), int(n)) for low, one, n in zip(edges[:-1], share, items, strict=True)]
    return chart(words, paint, [Table.of("persons and items", ("from", "share of persons", "items"), rows)], SQUARE)


def fit_chart(run: CalibrationRun, checks: Checks) -> Chart:
    """Distance between curves against answers, by verdict; against difficulty where all items have as many answers."""
    fit, rules = checks.fit, FitRules()
    rmsd, alike = np.nan_to_num(fit.rmsd), fit.answers.min() == fit.answers.max()
    x = np.nan_to_num(checks.abilities.curves.b) if alike else np.maximum(fit.answers, 1).astype(np.float64)

    def paint(axes: Any) -> None:
        for verdict, (name, style) in SAID.items():
            rows = np.array([one is verdict for one in fit.verdict])
            if rows.any():
                axes.scatter(x[rows], rmsd[rows], **style.points, s=34, alpha=0.8, label=name)
        limit_line(axes, rules.least_rmsd, f"smallest that matters, {rules.least_rmsd:g}")
        for item in [place for place, one in enumerate(fit.verdict) if one is FitVerdict.MISFITS][:12]:
            name = label_of(run.items[item], 18)
            axes.annotate(name, (x[item], rmsd[item]), xytext=(6, 4), textcoords="offset points", fontsize="small")
        if not alike and x.max() > 5 * x.min():
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter("{x:g}")
            axes.xaxis.set_minor_formatter("")
        axes.set_ylim(-0.004, max(1.15 * float(rmsd.max()), 1.3 * rules.least_rmsd))

    words = Words(
        "Fit of items",
        "Higher is worse: the distance between the curve and the answers, less what chance makes of it; a misfit is both above "
        "the line and significant over all items. Items with too few answers lie at 0 and nothing is said of them."
        + (f" Every item has {int(fit.answers[0])} answers." if alike else ""),
        "difficulty" if alike else "answers",
        "RMSD (probability)",
    )
    return chart(words, paint, [fit_table(run, checks)])


def fit_table(run: CalibrationRun, checks: Checks) -> Table:
    """The fit of every item, the farthest from its curve first."""
    fit, form = checks.fit, checks.form
    head = ["item", "answers", "verdict", "RMSD", "statistic", "df", "adjusted p"]
    head += ["infit", "outfit", "S-X²", "df", "adjusted p"] if form else []
    rows = []
    for item in np.lexsort((np.arange(len(fit.rmsd)), -np.nan_to_num(fit.rmsd))).tolist():
        row: list[Value] = [run.items[item], int(fit.answers[item]), fit.verdict[item].value]
        row += [float(fit.rmsd[item]), float(fit.statistic[item]), _whole(fit.df[item]), float(fit.adjusted[item])]
        if form:
            row += [float(form.squares.infit[item]), float(form.squares.outfit[item])]
            row += [float(form.score.statistic[item]), _whole(form.score.df[item]), float(form.score.adjusted[item])]
        rows.append(row)
    return Table.of("fit, the farthest from its curve first", head, rows)


def _whole(number: float) -> int | None:
    return int(number) if np.isfinite(number) else None


def forest_chart(run: CalibrationRun, dif: GroupDif) -> Chart:
    """Effects with their intervals, the largest that are told on top."""
    delta, rules = dif.items.delta, DifRules()
    told = np.flatnonzero(np.isfinite(delta))
    largest = told[np.argsort(-np.abs(delta[told]), kind="stable")][:MOST_ROWS_OF_FOREST]
    order = largest[np.argsort(delta[largest], kind="stable")]
    half = SURE * dif.delta_error

    def paint(axes: Any) -> None:
        places = np.arange(len(order))
        for verdict, (name, style) in DIFFERS.items():
            rows = np.array([dif.items.verdict[i] is verdict for i in order.tolist()], np.bool_)
            if rows.any():
                at, drawn = order[rows], {"color": style.color, "marker": style.marker, "linestyle": "", "capsize": 2.5}
                axes.errorbar(delta[at], places[rows], xerr=half[at], **drawn, markersize=6, linewidth=1.3, label=name)
        limit_line(axes, -rules.moderate_delta, f"moderate from ±{rules.moderate_delta:g}", across=False)
        axes.axvline(rules.moderate_delta, color=INK, linestyle=(0, (4, 3)), linewidth=1.2)
        dotted = {"color": ORANGE, "linestyle": (0, (1, 1)), "linewidth": 1.6}
        axes.axvline(-rules.large_delta, **dotted)
        axes.axvline(rules.large_delta, **dotted, label=f"large from ±{rules.large_delta:g}")
        axes.axvline(0.0, color=INK, linewidth=0.8)
        axes.set_yticks(places, [label_of(run.items[i], 22) for i in order.tolist()])
        axes.set_ylim(-0.8, len(order) - 0.2)

    focal, reference = label_of(dif.groups.focal, 20), label_of(dif.groups.reference, 20)
    cut = f" The {len(order)} largest of {len(told)}." if len(order) < len(told) else ""
    words = Words(
        "Differential functioning",
        f"Left of 0 the item is harder for {focal} than for {reference} of the same ability; whiskers are 95 % intervals that agree "
        f"with the test of the difference (Miettinen 1976).{cut}",
        "Δ (points on the scale of ETS)",
        "item",
    )
    rows = [
        (run.items[i], float(delta[i]), float(delta[i] - half[i]), float(delta[i] + half[i]), dif.items.verdict[i].value)
        for i in order.tolist()
    ]
    table = Table.of("effects", ("item", "Δ", "from", "to", "verdict"), rows)
    return chart(words, paint, [table], (9.5, 1.8 + 0.24 * max(len(order), 4)))
