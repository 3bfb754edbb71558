"""The report on a calibration: what was estimated, how well items and persons fit it, and how it compares with the bank."""

from __future__ import annotations

from collections import Counter

import numpy as np

from chalicelib.engine.bank import Ints
from chalicelib.engine.calibration.common_factor import CommonFactorCalibration
from chalicelib.engine.calibration.item_fit import FitVerdict
from palier.calibration_checks import FLAGS, Checks, Linking
from palier.calibration_item_checks import GroupDif
from palier.calibration_run import CalibrationRun, summary
from palier.reports.calibration_bank_charts import decisions_tables, drift_chart, linking_chart, links_table
from palier.reports.calibration_item_charts import (
    curves_chart,
    fit_chart,
    forest_chart,
    item_information_chart,
    residuals_chart,
    standard_error_chart,
    test_information_chart,
    wright_map,
)
from palier.reports.calibration_person_charts import pace_chart, person_fit_chart
from palier.reports.page import Page, Prose, Section, Table, Value, render

PANELS = 12
WORST = 15


def calibration_report(run: CalibrationRun, checks: Checks) -> str:
    """The file."""
    told = summary(run)
    lead = f"{told['n_items']} items from {told['n_answers']} answers of {told['n_persons']} persons, model {told['model']}."
    sections = [_calibration(run, checks), _parameters(run, checks), *_items(run, checks), _fit(run, checks)]
    if checks.dif:
        sections.append(_groups(run, checks.dif))
    if checks.linking:
        link = (Prose(_LINK), links_table(checks.linking), *decisions_tables(checks.linking), linking_chart(checks.linking))
        sections += [
            Section("Link to the bank", link),
            Section("Drift", (_drift_counts(checks.linking), drift_chart(checks.linking))),
        ]
    sections += [_persons(checks), _not_computed(checks)]
    return render(Page("Calibration", lead, tuple(sections)))


_LINK = (
    "One linear change of scale for all items, by the anchors that agree. Where there are several competences, one whose "
    "population moved by itself shows as drift of all its items."
)


def _calibration(run: CalibrationRun, checks: Checks) -> Section:
    told, found, answers = summary(run), run.calibration, run.responses.answers_of_person
    rows: list[tuple[Value, ...]] = [
        ("model", told["model"]),
        ("persons", told["n_persons"]),
        ("items", told["n_items"]),
        ("answers", told["n_answers"]),
        ("answers of a person: least, median, most", f"{answers.min()}, {np.median(answers):g}, {answers.max()}"),
        ("items estimated", told["n_estimable"]),
        ("items settled", told["n_converged"]),
        ("converged", "yes" if told["converged"] else "no: do not use the items that had not settled"),
        ("steps", told["iterations"]),
        ("log-likelihood", told["loglik"]),
    ]
    if isinstance(found, CommonFactorCalibration):
        rows += [("competences", len(run.given.competences)), ("correlation of competences", found.rho)]
        rows += [("its standard error", found.se_rho)]
    else:
        rows += [("mean ability of the population", found.mean), ("its deviation", found.sd)]
    counts = Counter(checks.fit.verdict)
    rows += [(f"items: {verdict.value}", counts[verdict]) for verdict in FitVerdict]
    return Section("The calibration", (Table.of("What was estimated", ("", "value"), rows), Prose(_used(run))))


def _used(run: CalibrationRun) -> str:
    """Which ability each check rests on."""
    if run.model == "two-parameter":
        return "Each person is a posterior on the nodes of the calibration, never a point estimate: adaptive answers allow no other."
    return (
        "Item fit and groups: each item beside the posterior of its own competence given all answers, of all competences; a verdict "
        "holds among all items. Persons: the posterior of the common ability, and lz* on the items as functions of that ability, what "
        "is the competence's own being integrated out."
    )


def _parameters(run: CalibrationRun, checks: Checks) -> Section:
    found, fit = run.calibration, checks.fit
    head = ("item", "answers", "a", "se a", "b", "se b", "c", "settled", "fit", "RMSD")
    rows = []
    for item in _worst_first(run, checks).tolist():
        settled = bool(found.converged[item]) if found.estimable[item] else "not estimable"
        numbers = [float(column[item]) for column in (found.a, found.se_a, found.b, found.se_b, found.c)]
        said = (settled, fit.verdict[item].value, float(fit.rmsd[item]))
        rows.append((run.items[item], int(fit.answers[item]), *numbers, *said))
    worst = Table.of(f"The {min(WORST, len(rows))} items to look at first", head, rows[:WORST])
    return Section("Item parameters", (worst, Table.of("All items, the most worrying first", head, rows).fold()))


def _worst_first(run: CalibrationRun, checks: Checks) -> Ints:
    """Items that misfit, by distance; then what is not settled; then the least sure."""
    found, fit = run.calibration, checks.fit
    misfits = np.array([one is FitVerdict.MISFITS for one in fit.verdict])
    sure = np.nan_to_num(found.se_b, nan=np.inf)
    order: Ints = np.lexsort((-sure, -np.where(misfits, fit.rmsd, 0.0), found.converged & ~misfits, ~misfits))
    return order


def _items(run: CalibrationRun, checks: Checks) -> list[Section]:
    shown = np.array([place for place, one in enumerate(checks.fit.groups) if one is not None], np.intp)
    worst = shown[np.lexsort((checks.fit.p[shown], -checks.fit.rmsd[shown]))][:PANELS]
    rest = np.setdiff1d(shown, worst)
    best = rest[np.argsort(np.nan_to_num(run.calibration.se_b[rest], nan=np.inf), kind="stable")][:PANELS]
    parts = (("The worst fitting", worst), ("The best known of the others", best))
    curves = [curves_chart(run, checks, items, f"{title}: {len(items)} items") for title, items in parts if len(items)]
    curves[1:1] = [residuals_chart(run, checks, worst)] if len(worst) else []
    nothing = (Prose("No item has enough answers for a picture of its fit."),)
    made = [Section("Item characteristic curves", tuple(curves) or nothing)]
    if checks.abilities.curves.known.any():
        information = (
            item_information_chart(run, checks),
            test_information_chart(run, checks),
            standard_error_chart(run, checks),
        )
        made += [Section("Information", information), Section("Persons and items", (wright_map(checks),))]
    return made


def _fit(run: CalibrationRun, checks: Checks) -> Section:
    told = Prose(
        "A score test of each curve by ability group that holds for adaptive answers, adjusted for the number of items. "
        "An item misfits when it is both significant and away from its curve by a distance that matters."
    )
    return Section("Fit", (told, fit_chart(run, checks)))


def _groups(run: CalibrationRun, dif: GroupDif) -> Section:
    groups = dif.groups
    sizes = int((~groups.is_focal).sum()), int(groups.is_focal.sum())
    names = (f"{groups.reference} (reference)", f"{groups.focal} (focal)")
    levels = [(names[place], sizes[place], float(dif.levels.mean[place]), float(dif.levels.sd[place])) for place in (0, 1)]
    head = ["item", "Δ", "se", "gain of R²", "p uniform", "p non-uniform", "adjusted p", "verdict"]
    head += ["Δ (Mantel–Haenszel)", "adjusted p", "class"] if dif.matched else []
    rows = []
    for item in np.argsort(-np.abs(np.nan_to_num(dif.items.delta)), kind="stable").tolist():
        columns = (dif.items.delta, dif.delta_error, dif.items.gain, dif.items.p_uniform, dif.items.p_non_uniform)
        row: list[Value] = [run.items[item], *(float(one[item]) for one in (*columns, dif.items.adjusted))]
        row.append(dif.items.verdict[item].value)
        if dif.matched:
            row += [float(dif.matched.delta[item]), float(dif.matched.adjusted[item]), dif.matched.verdict[item].value]
        rows.append(tuple(row))
    told = Prose(
        "The groups are compared at the same ability, each with its own distribution of it: a difference in ability is no fault of an "
        "item. The verdict is the graver of the gain of R² and of Δ, for items that are significant over all."
    )
    by_ability = Table.of("Ability in the groups", ("group", "persons", "mean", "deviation"), levels)
    return Section("Groups", (told, by_ability, forest_chart(run, dif), Table.of("All items, by size", head, rows).fold()))


def _drift_counts(linking: Linking) -> Table:
    return Table.of("Items by verdict", ("verdict", "items"), list(linking.drift.counts().items()))


def _persons(checks: Checks) -> Section:
    persons = checks.persons
    found = Counter(reason for place in range(len(persons.names)) for reason in persons.flags(place))
    rows: list[tuple[Value, ...]] = [(flag, found[flag]) for flag in FLAGS if persons.pace or flag == FLAGS[0]]
    rows.append(("any of these", int(persons.flagged.sum())))
    told = Prose(
        "A flag asks two people to look. It never changes a score, a level or an outcome. The option --persons names them."
    )
    charts = [person_fit_chart(persons)] if np.isfinite(persons.fit.value).any() else []
    charts += [pace_chart(persons.pace)] if persons.pace else []
    return Section("Persons to look at", (told, Table.of("Flags", ("reason", "persons"), rows), *charts))


def _not_computed(checks: Checks) -> Section:
    lines = checks.not_done or ("Everything that this report knows of was computed.",)
    return Section("What was not computed, and why", tuple(Prose(line) for line in lines))
