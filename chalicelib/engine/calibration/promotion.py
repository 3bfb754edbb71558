"""From trial to use: what an item's calibration in one locale may be called, `prior`, `provisional` or `validated`, and why.

Only first exposures count: who meets an item again remembers it, so every later answer of that person to it is left out, also
when the first one was voided or given in another locale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from chalicelib.engine.bank import Bools, Ints
from chalicelib.engine.calibration.differential_functioning import DifVerdict
from chalicelib.engine.calibration.item_fit import FitVerdict
from chalicelib.engine.calibration.item_parameters import ItemParameters
from chalicelib.engine.calibration.responses import MISSING, Outcomes, Responses
from chalicelib.engine.calibration.two_parameter import Anchors, Calibration, CalibrationSettings, calibrate


class Status(StrEnum):
    """What a calibration rests on."""

    PRIOR = "prior"
    """The level that its author gave it."""
    PROVISIONAL = "provisional"
    """Answers, but too few or with a check that is not passed."""
    VALIDATED = "validated"
    """Answers enough, and every check passed: may enter a real certification score."""


@dataclass(frozen=True)
class PromotionRules:
    """How many answers each status needs. Raises ValueError naming the number out of its domain."""

    provisional_answers: int = 100
    validated_answers: int = 500

    def __post_init__(self) -> None:
        domains = {
            "provisional_answers": self.provisional_answers >= 1,
            "validated_answers": self.validated_answers >= self.provisional_answers,
        }
        wrong = [name for name, fine in domains.items() if not fine]
        if wrong:
            raise ValueError(f"out of range: {', '.join(wrong)}")


@dataclass(frozen=True)
class ItemStudy:
    """What is known of one item in one locale."""

    answers: int
    """First-time answers."""
    estimable: bool
    """Whether a and b settled, a positive, with their standard errors: `estimable_items`."""
    fit: FitVerdict | None = None
    """None where no study was made."""
    differential_functioning: Mapping[str, DifVerdict] = field(default_factory=dict)
    """Verdict of each study, by what its groups differ in (sex, age …)."""


class Reason(NamedTuple):
    """One condition, and how it was met or not."""

    condition: str
    """`answers`, `parameters`, `fit`, `differential-functioning`."""
    passed: bool
    why: str


class Promotion(NamedTuple):
    """The status decided, with all conditions looked at, passed or not."""

    status: Status
    reasons: tuple[Reason, ...]


def promote(study: ItemStudy, rules: PromotionRules | None = None) -> Promotion:
    """The status that the rule book (§1) gives this item in this locale.

    `validated` when every condition is passed; `provisional` when the parameters can be estimated from answers enough for that;
    `prior` otherwise. A study that was not made, or had too few answers, is not passed.
    """
    rules = rules or PromotionRules()
    reasons = (
        _answers(study, rules),
        Reason("parameters", study.estimable, "estimated" if study.estimable else "not estimable from these answers"),
        _fit(study.fit),
        *_differential_functioning(study.differential_functioning),
    )
    if all(reason.passed for reason in reasons):
        return Promotion(Status.VALIDATED, reasons)
    some = study.estimable and study.answers >= rules.provisional_answers
    return Promotion(Status.PROVISIONAL if some else Status.PRIOR, reasons)


def _answers(study: ItemStudy, rules: PromotionRules) -> Reason:
    enough = study.answers >= rules.validated_answers
    why = f"{study.answers} first-time answers, {rules.validated_answers} needed"
    if study.answers < rules.provisional_answers:
        why += f" ({rules.provisional_answers} to be provisional)"
    return Reason("answers", enough, why)


def _fit(verdict: FitVerdict | None) -> Reason:
    return Reason("fit", verdict is FitVerdict.FITS, "not studied" if verdict is None else verdict.value)


def _differential_functioning(verdicts: Mapping[str, DifVerdict]) -> tuple[Reason, ...]:
    condition = "differential-functioning"
    if not verdicts:
        return (Reason(condition, False, "not studied"),)
    return tuple(
        Reason(condition, verdict is DifVerdict.NEGLIGIBLE, f"{groups}: {verdict.value}")
        for groups, verdict in sorted(verdicts.items())
    )


def first_exposures(person: Ints, item: Ints, order: Ints) -> Bools:
    """Which of k exposures are that person's first to that item, (k,). Of two with the same order, the first listed.

    Give every exposure, of all locales and also the voided ones. Raises ValueError when the columns differ in length.
    """
    if not person.shape == item.shape == order.shape or person.ndim != 1:
        raise ValueError("person, item and order must have one value an exposure")
    first = np.zeros(len(person), bool)
    if len(person):
        rows = np.lexsort((order, item, person))
        changed = (np.diff(person[rows]) != 0) | (np.diff(item[rows]) != 0)
        first[rows[np.concatenate([[True], changed])]] = True
    return first


def first_responses(person: Ints, item: Ints, order: Ints, outcome: Outcomes, n_items: int) -> Responses:
    """The table of first-time outcomes, a row for each person of the exposures, by rising number, a column for each item 0 … n − 1.

    An `outcome` of −1 (voided, or of another locale) counts as an exposure and says nothing.
    Raises ValueError when the columns differ in length, there is no exposure, or an item is not in the table.
    """
    first = first_exposures(person, item, order)
    if outcome.shape != person.shape:
        raise ValueError("outcome must have one value an exposure")
    if len(item) and not (item.min() >= 0 and item.max() < n_items):
        raise ValueError(f"item must be in [0, {n_items})")
    persons, row = np.unique(person, return_inverse=True)
    outcomes = np.full((len(persons), n_items), MISSING, dtype=np.int8)
    outcomes[row[first], item[first]] = outcome[first]
    return Responses(outcomes)


def calibrate_on_bank(responses: Responses, bank: ItemParameters, held: Bools) -> Calibration:
    """a and b of the items on trial, on the scale of those that are held, (n,); the bank's c for all.

    The mean and deviation of the persons are estimated too, since those who sit a test are not the bank's population.
    Raises ValueError when no item is held or a held one has no parameters.
    """
    a, b = np.where(held, bank.a, 1.0), np.where(held, bank.b, 0.0)
    return calibrate(responses, bank.c, CalibrationSettings(estimate_population=True), Anchors(held, a, b))


def parameters_of(calibration: Calibration) -> ItemParameters:
    """What linking, screening and drift read of a calibration."""
    cross = calibration.covariance[:, 0, 1]
    return ItemParameters(calibration.a, calibration.b, calibration.c, calibration.se_a, calibration.se_b, cross)


def estimable_items(calibration: Calibration) -> Bools:
    """Which items settled on a rising curve, with standard errors, (n,)."""
    items = parameters_of(calibration)
    return calibration.estimable & calibration.converged & items.rising & items.errors_known
