"""The checks of the items of a calibration: fit to their curves, fit of complete forms, and the same for two groups.

Each item is checked against the ability that it measures. Where there are several, a verdict must hold in its own competence
and among all items: the false discovery rate is that of the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from chalicelib.engine.bank import Bools, Floats, Ints
from chalicelib.engine.calibration.abilities import ItemCurves, normal_weights
from chalicelib.engine.calibration.complete_form_fit import MeanSquares, ScoreFit, mean_squares, score_fit
from chalicelib.engine.calibration.differential_functioning import Dif, DifRules, DifVerdict, differential_functioning
from chalicelib.engine.calibration.item_fit import FitRules, FitVerdict, GroupResiduals, ItemFit, item_fit
from chalicelib.engine.calibration.mantel_haenszel import MantelHaenszel, mantel_haenszel
from chalicelib.engine.calibration.responses import Responses
from chalicelib.engine.calibration.significance import benjamini_hochberg
from palier.calibration_abilities import Abilities, GroupLevels
from palier.calibration_run import CalibrationRun
from palier.calibration_tables import Groups

NORMAL = NormalDist()
ETS = 2.35
"""Points of Δ a logit (Holland & Thayer 1988)."""
MOST_SCORED_ITEMS = 300
"""Items of a complete form from which the sums over scores take too long."""


@dataclass(frozen=True, eq=False)
class FormFit:
    """What only complete forms tell, of n items; nan for an item without parameters."""

    score: ScoreFit
    squares: MeanSquares


@dataclass(frozen=True, eq=False)
class GroupDif:
    """Two groups compared at the same ability."""

    groups: Groups
    levels: GroupLevels
    items: Dif
    delta_error: Floats
    """Standard error of Δ, (n,), that gives back its test: |Δ| over its normal deviate (Miettinen 1976)."""
    matched: MantelHaenszel | None
    """On complete forms."""


def checked_fit(run: CalibrationRun, abilities: Abilities) -> ItemFit:
    """The fit of every item to its curve. Anchors are known beforehand: nothing of the answers was absorbed by them."""
    held = _held(run)
    parts, places = [], []
    for scale in abilities.scales():
        for columns, estimated in ((scale.items[~held[scale.items]], True), (scale.items[held[scale.items]], False)):
            if len(columns):
                chosen = run.responses.of_items(columns), _curves_of(abilities.curves, columns)
                parts.append(item_fit(*chosen, scale.abilities, FitRules(estimated=estimated)))
                places.append(columns)
    return _whole_fit(run.responses, places, parts)


def _held(run: CalibrationRun) -> Bools:
    """Which items were anchored, (n,)."""
    anchors = run.given.anchors
    return anchors.held if anchors is not None else np.zeros(run.responses.n_items, np.bool_)


def _curves_of(curves: ItemCurves, columns: Ints) -> ItemCurves:
    return ItemCurves(curves.a[columns], curves.b[columns], curves.c[columns])


def _whole_fit(responses: Responses, places: Sequence[Ints], parts: Sequence[ItemFit]) -> ItemFit:
    n = responses.n_items
    names = ("statistic", "df", "p", "rmsd", "shift")
    columns = {name: spread(n, places, [getattr(part, name) for part in parts]) for name in names}
    adjusted = benjamini_hochberg(columns["p"])
    verdict = [FitVerdict.TOO_FEW] * n
    groups: list[GroupResiduals | None] = [None] * n
    for rows, part in zip(places, parts, strict=True):
        for row, said, residuals in zip(rows.tolist(), part.verdict, part.groups, strict=True):
            doubtful = said is FitVerdict.MISFITS and adjusted[row] >= FitRules().alpha
            verdict[row], groups[row] = FitVerdict.FITS if doubtful else said, residuals
    return ItemFit(responses.answers_of_item, adjusted=adjusted, verdict=tuple(verdict), groups=tuple(groups), **columns)


def spread(n: int, places: Sequence[Ints], parts: Sequence[Floats]) -> Floats:
    """One column of n values from parts and where they belong, nan elsewhere."""
    column: Floats = np.full(n, np.nan)
    for rows, part in zip(places, parts, strict=True):
        column[rows] = part
    return column


def why_no_form_fit(run: CalibrationRun, abilities: Abilities) -> str | None:
    """What S-X², infit and outfit lack, if anything."""
    what = "S-X², infit and outfit"
    if run.model == "common-factor":
        return f"{what}: they match persons by one sum score, and this model has an ability for each competence."
    if not run.responses.complete:
        return f"{what} need complete forms: some person did not answer some item."
    known = int(abilities.curves.known.sum())
    if not 3 <= known <= MOST_SCORED_ITEMS:
        return f"{what} are computed for 3 to {MOST_SCORED_ITEMS} estimated items, not for {known}."
    return None


def checked_form(run: CalibrationRun, abilities: Abilities) -> FormFit:
    """S-X², infit and outfit of a form that everyone completed."""
    n, held, columns = run.responses.n_items, _held(run), np.flatnonzero(abilities.curves.known)
    responses, curves = run.responses.of_items(columns), _curves_of(abilities.curves, columns)
    nodes = abilities.common.nodes
    prior = normal_weights(nodes, *abilities.population)
    score = score_fit(responses, curves, prior, nodes)
    if held.any():
        exact, own = score_fit(responses, curves, prior, nodes, parameters=0), held[columns]
        df, p = np.where(own, exact.df, score.df), np.where(own, exact.p, score.p)
        score = ScoreFit(np.where(own, exact.statistic, score.statistic), df, p, benjamini_hochberg(p))
    squares = mean_squares(responses, curves, abilities.common.mean)
    whole = [spread(n, [columns], [one]) for one in (score.statistic, score.df, score.p, score.adjusted)]
    infit, outfit = spread(n, [columns], [squares.infit]), spread(n, [columns], [squares.outfit])
    infit_z = spread(n, [columns], [squares.infit_standardised])
    outfit_z = spread(n, [columns], [squares.outfit_standardised])
    return FormFit(ScoreFit(*whole), MeanSquares(infit, outfit, infit_z, outfit_z, run.responses.answers_of_item))


def checked_groups(run: CalibrationRun, abilities: Abilities, groups: Groups) -> GroupDif:
    """Differential functioning of every item between two groups."""
    responses = run.responses.of_persons(groups.persons)
    levels, scales = abilities.in_groups(groups.persons, groups.is_focal)
    parts, places = [], []
    for scale in scales:
        curves = _curves_of(abilities.curves, scale.items)
        part = responses.of_items(scale.items)
        parts.append(differential_functioning(part, curves, scale.abilities, groups.is_focal))
        places.append(scale.items)
    matched = responses.complete and run.model == "two-parameter"
    whole = _whole_dif(responses.n_items, places, parts)
    error = _delta_error(whole, responses, groups.is_focal)
    return GroupDif(groups, levels, whole, error, mantel_haenszel(responses, groups.is_focal) if matched else None)


def _whole_dif(n: int, places: Sequence[Ints], parts: Sequence[Dif]) -> Dif:
    names = ("statistic", "p", "p_uniform", "p_non_uniform", "gain", "delta", "shift", "signed_area", "unsigned_area")
    columns = {name: spread(n, places, [getattr(part, name) for part in parts]) for name in names}
    adjusted = benjamini_hochberg(columns["p"])
    verdict = [DifVerdict.TOO_FEW] * n
    for rows, part in zip(places, parts, strict=True):
        for row, said in zip(rows.tolist(), part.verdict, strict=True):
            doubtful = said is not DifVerdict.TOO_FEW and adjusted[row] >= DifRules().alpha
            verdict[row] = DifVerdict.NEGLIGIBLE if doubtful else said
    return Dif(adjusted=adjusted, verdict=tuple(verdict), **columns)


def _delta_error(dif: Dif, responses: Responses, focal: Bools) -> Floats:
    """Standard errors of Δ, (n,), from the test of β2; by the counts of answers (Woolf 1955) where the test tells nothing."""
    told = (dif.p_uniform > 1e-300) & (dif.p_uniform < 0.9)
    z = np.array([-NORMAL.inv_cdf(p / 2) for p in np.where(told, dif.p_uniform, 0.5).tolist()])
    counts = []
    for members in (focal, ~focal):
        part = responses.of_persons(members)
        counts += [part.right_of_item, part.answers_of_item - part.right_of_item]
    woolf = ETS * np.sqrt(sum(1.0 / (one + 0.5) for one in counts))
    return np.where(np.isnan(dif.delta), np.nan, np.where(told, np.abs(dif.delta) / z, woolf))
