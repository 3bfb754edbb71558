"""The checks of a calibration as CSV and JSON; what is not known is left empty, or null."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

from chalicelib.engine.calibration.differential_functioning import DifVerdict
from chalicelib.engine.calibration.item_fit import FitVerdict
from chalicelib.engine.calibration.linking import Link
from chalicelib.engine.calibration.mantel_haenszel import EtsClass
from palier.calibration_checks import Checks, Linking
from palier.calibration_item_checks import GroupDif
from palier.calibration_run import CalibrationRun

Columns = dict[str, Any]
"""Sequences of one value a line, by name."""


def item_lines(run: CalibrationRun, checks: Checks) -> str:
    """One line an item: its fit, then what forms, groups and the bank tell."""
    fit = checks.fit
    columns: Columns = {"item": run.items, "answers": fit.answers, "verdict": fit.verdict, "statistic": fit.statistic}
    columns |= {"df": fit.df, "p": fit.p, "adjusted_p": fit.adjusted, "rmsd": fit.rmsd, "shift": fit.shift}
    if checks.form:
        score, squares = checks.form.score, checks.form.squares
        columns |= {"infit": squares.infit, "infit_z": squares.infit_standardised}
        columns |= {"outfit": squares.outfit, "outfit_z": squares.outfit_standardised}
        columns |= {"s_x2": score.statistic, "s_x2_df": score.df, "s_x2_p": score.p, "s_x2_adjusted_p": score.adjusted}
    if checks.dif:
        columns |= _dif_columns(checks.dif)
    if checks.linking:
        columns |= _drift_columns(run, checks.linking)
    return _lines(columns)


def _dif_columns(dif: GroupDif) -> Columns:
    items, matched = dif.items, dif.matched
    columns: Columns = {"dif": items.verdict, "dif_delta": items.delta, "dif_gain": items.gain, "dif_shift": items.shift}
    columns |= {"dif_p_uniform": items.p_uniform, "dif_p_non_uniform": items.p_non_uniform, "dif_adjusted_p": items.adjusted}
    return columns | ({"mh": matched.verdict, "mh_delta": matched.delta, "mh_adjusted_p": matched.adjusted} if matched else {})


def _drift_columns(run: CalibrationRun, linking: Linking) -> Columns:
    drift = {one.item: one for one in linking.drift.items}
    kept = dict(zip(linking.names, linking.screening.kept.tolist(), strict=True))
    there = [drift.get(item) for item in run.items]
    return {
        "anchor": ["" if item not in kept else "kept" if kept[item] else "dropped" for item in run.items],
        "drift": [one.verdict if one else "" for one in there],
        "drift_b": [one.difficulty.value if one else math.nan for one in there],
        "drift_a": [one.discrimination.value if one else math.nan for one in there],
        "drift_rmsd": [one.rmsd if one else math.nan for one in there],
    }


def person_lines(run: CalibrationRun, checks: Checks) -> str:
    """One line a person, for people to look at: no score is made of it."""
    persons = checks.persons
    columns: Columns = {"person": persons.names, "answers": run.responses.answers_of_person, "ability": persons.ability}
    columns |= {"se": persons.se, "lz_star": persons.fit.value, "lz_star_p": persons.fit.p}
    if persons.pace:
        columns |= {"speed": persons.pace.speed, "pace_p": persons.pace.p, "longest_fast_run": persons.pace.longest_run}
    return _lines(columns | {"flags": [" ".join(persons.flags(place)) for place in range(len(persons.names))]})


def _lines(columns: Columns) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in zip(*columns.values(), strict=True))
    return text.getvalue()


def _cell(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return f"{value:.8g}" if math.isfinite(value) else ""


def checks_told(checks: Checks) -> dict[str, Any]:
    """What is told of the checks beside the calibration; null where it was not asked for."""
    return {
        "fit": _counts(
            checks.fit.verdict, {FitVerdict.FITS: "fits", FitVerdict.MISFITS: "misfits", FitVerdict.TOO_FEW: "too_few"}
        ),
        "dif": _dif_told(checks.dif) if checks.dif else None,
        "linking": _linking_told(checks.linking) if checks.linking else None,
        "drift": {key.replace("-", "_"): n for key, n in checks.linking.drift.counts().items()} if checks.linking else None,
        "flagged_persons": int(checks.persons.flagged.sum()),
        "not_done": list(checks.not_done),
    }


def _dif_told(dif: GroupDif) -> dict[str, Any]:
    kinds = {one: one.value.replace("-", "_") for one in DifVerdict}
    classes = {one: one.value.replace("-", "_") for one in EtsClass}
    impact = float(dif.levels.mean[1] - dif.levels.mean[0])
    return {
        "reference": dif.groups.reference,
        "focal": dif.groups.focal,
        "persons": [int((~dif.groups.is_focal).sum()), int(dif.groups.is_focal.sum())],
        "impact": _known(impact),
        **_counts(dif.items.verdict, kinds),
        "mantel_haenszel": _counts(dif.matched.verdict, classes) if dif.matched else None,
    }


def _linking_told(linking: Linking) -> dict[str, Any]:
    screening = linking.screening
    return {
        **_link_told(screening.link),
        "anchors": len(linking.names),
        "kept": int(screening.kept.sum()),
        "verdict": screening.verdict,
        "haebara": _link_told(linking.haebara),
    }


def _link_told(link: Link) -> dict[str, Any]:
    errors = {"se_slope": _known(link.se_slope), "se_intercept": _known(link.se_intercept)}
    return {"slope": link.slope, "intercept": link.intercept, **errors, "converged": link.converged}


def _counts(verdicts: Iterable[Any], names: dict[Any, str]) -> dict[str, int]:
    found = Counter(verdicts)
    return {name: found[verdict] for verdict, name in names.items()}


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None
