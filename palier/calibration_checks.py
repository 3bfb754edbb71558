"""Everything that a report on a calibration shows, computed once: item fit, groups, link to the bank, drift, persons.

A flag on a person asks two people to look. It never changes a score, and nothing here enters one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import Bools, Floats
from chalicelib.engine.calibration.anchor_screening import Screening, ScreeningSettings, screen_anchors
from chalicelib.engine.calibration.drift import DriftReport, DriftSettings, drift_report
from chalicelib.engine.calibration.item_fit import ItemFit
from chalicelib.engine.calibration.item_parameters import ItemParameters
from chalicelib.engine.calibration.linking import Link, haebara
from chalicelib.engine.calibration.person_fit import PersonFit, PersonFitRules, person_fit
from chalicelib.engine.calibration.response_times import Pace, TimedAnswers, TimeModel, pace, time_model
from palier.calibration_abilities import Abilities, abilities_of
from palier.calibration_item_checks import FormFit, GroupDif, checked_fit, checked_form, checked_groups, why_no_form_fit
from palier.calibration_run import CalibrationRun
from palier.calibration_tables import CheckTables, CurrentBank

FLAGS = ("unlikely-answers", "fast-run", "uneven-pace")
"""Reasons that ask people to look."""


@dataclass(frozen=True, eq=False)
class Linking:
    """The new calibration on the scale of the current bank, by the m items that both have."""

    names: tuple[str, ...]
    bank: CurrentBank
    fresh: ItemParameters
    """On the scale of the calibration; nan for an item whose errors are not known or that has too few answers."""
    screening: Screening
    """The anchors, and the link by Stocking and Lord."""
    haebara: Link
    """The link by Haebara with the anchors that were kept."""
    drift: DriftReport

    @property
    def moved(self) -> ItemParameters:
        """The new calibration on the scale of the bank."""
        return self.screening.link.transform(self.fresh)


@dataclass(frozen=True, eq=False)
class PersonChecks:
    """N persons, (N,) each."""

    names: tuple[str, ...]
    ability: Floats
    """Expected ability."""
    se: Floats
    """Deviation of its posterior."""
    fit: PersonFit
    pace: Pace | None
    times: TimeModel | None

    @property
    def flagged(self) -> Bools:
        """Whom people should look at."""
        return self.fit.flagged if self.pace is None else self.fit.flagged | self.pace.flagged

    def flags(self, person: int) -> tuple[str, ...]:
        """Why, one word a reason."""
        told = (self.fit.reason[person], self.pace.reason[person] if self.pace else "")
        return tuple(one for one in told if one in FLAGS)


@dataclass(frozen=True, eq=False)
class Checks:
    """The checks of a calibration."""

    abilities: Abilities
    fit: ItemFit
    form: FormFit | None
    dif: GroupDif | None
    linking: Linking | None
    persons: PersonChecks
    not_done: tuple[str, ...]
    """What was not computed, and why, a sentence each."""


def check(run: CalibrationRun, tables: CheckTables) -> Checks:
    """All checks that the tables allow."""
    abilities = abilities_of(run)
    form_lack = why_no_form_fit(run, abilities)
    linking = linked(run, tables.bank) if tables.bank else None
    dif = checked_groups(run, abilities, tables.groups) if tables.groups else None
    persons = _persons(run, abilities, tables)
    lacks = [form_lack, *_group_lacks(run, dif), *_bank_lacks(tables, linking), *_person_lacks(tables, persons)]
    return Checks(
        abilities,
        checked_fit(run, abilities),
        None if form_lack else checked_form(run, abilities),
        dif,
        linking,
        persons,
        tuple(lack for lack in lacks if lack),
    )


def linked(run: CalibrationRun, bank: CurrentBank) -> Linking | None:
    """The link and the drift; None where no common item has usable parameters.

    An item with fewer answers than drift asks for carries no scale either: its error may be so large that the link's is nothing.
    """
    found, rows = run.calibration, bank.items
    sure = found.estimable & np.isfinite(found.a + found.b + found.se_a + found.se_b)
    sure &= (run.responses.answers_of_item >= DriftSettings().least_answers) | (found.se_b == 0)
    a, b = np.where(sure, found.a, np.nan), np.where(sure, found.b, np.nan)
    covariance = np.where(sure, found.covariance[:, 0, 1], 0.0)
    fresh = ItemParameters(a, b, found.c, np.where(sure, found.se_a, np.nan), np.where(sure, found.se_b, np.nan), covariance)
    fresh = fresh.take(rows)
    if not (fresh.rising & bank.parameters.rising).any():
        return None
    names = tuple(run.items[row] for row in rows.tolist())
    screening = screen_anchors(names, fresh, bank.parameters, ScreeningSettings())
    kept = screening.kept
    other = haebara(fresh.take(kept), bank.parameters.take(kept))
    answers = run.responses.answers_of_item[rows]
    drift = drift_report(names, answers, bank.parameters, screening.link.transform(fresh))
    return Linking(names, bank, fresh, screening, other, drift)


def _persons(run: CalibrationRun, abilities: Abilities, tables: CheckTables) -> PersonChecks:
    mean, sd = abilities.population
    rules = PersonFitRules(prior_mean=float(np.clip(mean, -6, 6)), prior_sd=float(np.clip(sd, 0.1, 10)))
    fit = person_fit(run.responses, abilities.common_curves, rules)
    times, paces = _paces(tables.times, run) if tables.times else (None, None)
    ability = abilities.common.mean
    spread = np.maximum(abilities.common.weights @ abilities.common.nodes**2 - ability**2, 0.0)
    return PersonChecks(tables.persons, ability, np.sqrt(spread), fit, paces, times)


def _paces(answers: TimedAnswers, run: CalibrationRun) -> tuple[TimeModel, Pace]:
    model = time_model(answers, run.responses.n_items)
    return model, pace(answers, model, run.responses.n_persons)


def _group_lacks(run: CalibrationRun, dif: GroupDif | None) -> list[str]:
    if dif is None:
        return ["Differential functioning needs --groups."]
    left_out = run.responses.n_persons - len(dif.groups.persons)
    told = [f"{left_out} persons without a group are left out of differential functioning."] if left_out else []
    if dif.matched is None:
        told.append("Mantel–Haenszel needs complete forms and one ability: it matches persons by their sum score.")
    return told


def _bank_lacks(tables: CheckTables, linking: Linking | None) -> list[str]:
    if tables.bank is None:
        return ["Linking and drift need --bank."]
    if linking is None:
        return [f"Linking and drift: no item of the bank has {DriftSettings().least_answers} answers and known errors here."]
    told = [] if tables.bank.errors_given else ["The bank tells no standard errors: it is taken as exact."]
    if linking.screening.verdict == "too-few-anchors":
        told.append("Too few anchors agree: do not trust the link, nor the drift that rests on it.")
    return told


def _person_lacks(tables: CheckTables, persons: PersonChecks) -> list[str]:
    few = persons.fit.reason.count("too-few-answers")
    told = ["Response times need --times."] if tables.times is None else []
    if few:
        told.append(f"Person fit says nothing of {few} persons: they have fewer than {PersonFitRules().least_answers} answers.")
    return told
