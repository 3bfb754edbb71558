"""A calibration of tables on disk: what it starts from, what comes of it, and how that is told as CSV and JSON."""

from __future__ import annotations

import csv
import io
import math
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from chalicelib.engine.bank import Floats, Ints
from chalicelib.engine.calibration.acceleration import OnIteration, StoppingRule
from chalicelib.engine.calibration.common_factor import CommonFactorCalibration, CommonFactorSettings, calibrate_common_factor
from chalicelib.engine.calibration.free_items import Anchors
from chalicelib.engine.calibration.maximisation import WeakPrior
from chalicelib.engine.calibration.responses import Responses
from chalicelib.engine.calibration.two_parameter import Calibration, CalibrationSettings, calibrate
from palier.response_tables import ResponseTable, UnreadableTableError, read_by_item, read_numbers

Model = Literal["two-parameter", "common-factor"]


@dataclass(frozen=True, eq=False)
class Given:
    """What a calibration starts from."""

    table: ResponseTable
    c: Floats
    """Guess chance of each item, (n,)."""
    competence: Ints | None
    """Index of each item's competence in `competences`, (n,)."""
    competences: tuple[str, ...]
    anchors: Anchors | None


@dataclass(frozen=True, eq=False)
class CalibrationRun:
    """A calibration with everything that a report on it may ask for."""

    given: Given
    calibration: Calibration | CommonFactorCalibration
    seconds: float
    """Of the calibration itself."""

    @property
    def model(self) -> Model:
        """What was estimated."""
        return "two-parameter" if self.given.competence is None else "common-factor"

    @property
    def items(self) -> tuple[str, ...]:
        """Names of the items."""
        return self.given.table.items

    @property
    def responses(self) -> Responses:
        """The answers."""
        return self.given.table.responses


def read_given(table: ResponseTable, guess: Path | None, competences: Path | None, anchors: Path | None) -> Given:
    """The files beside the table, in the order of its items; items that the table lacks are passed over."""
    chances = read_numbers(guess, ("c",), 0.0, 1.0) if guess else {}
    c = np.array([chances.get(item, (0.0,))[0] for item in table.items])
    competence, names = _competences(competences, table.items) if competences else (None, ())
    return Given(table, c, competence, names, _anchors(anchors, table.items) if anchors else None)


def _competences(path: Path, items: tuple[str, ...]) -> tuple[Ints, tuple[str, ...]]:
    rows = read_by_item(path, ("competence",))
    for item in items:
        if item not in rows:
            raise UnreadableTableError(f"{path} has no line for the item {item}.")
    named = [rows[item].cells[0] for item in items]
    names = tuple(dict.fromkeys(named))
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[name] for name in named], np.intp), names


def _anchors(path: Path, items: tuple[str, ...]) -> Anchors:
    rows = read_numbers(path, ("a", "b"))
    for item, (a, _) in rows.items():
        if a == 0:
            raise UnreadableTableError(f"{path}, item {item}: a must not be 0.")
    held = np.array([item in rows for item in items])
    if not held.any():
        raise UnreadableTableError(f"{path} names no item of the responses.")
    known = np.array([rows.get(item, (1.0, 0.0)) for item in items])
    return Anchors(held, known[:, 0], known[:, 1])


def run_calibration(given: Given, max_iterations: int, prior: WeakPrior | None, told: OnIteration) -> CalibrationRun:
    """The calibration, timed; `told` hears each step. With anchors, the population is estimated too."""
    calibration: Calibration | CommonFactorCalibration
    began = time.perf_counter()
    if given.competence is not None:
        factor = CommonFactorSettings(prior=prior)
        factor = replace(factor, stopping=replace(factor.stopping, max_iterations=max_iterations))
        calibration = calibrate_common_factor(given.table.responses, given.competence, given.c, factor, told)
    else:
        settings = CalibrationSettings(
            stopping=StoppingRule(max_iterations), prior=prior, estimate_population=given.anchors is not None
        )
        calibration = calibrate(given.table.responses, given.c, settings, given.anchors, told)
    return CalibrationRun(given, calibration, time.perf_counter() - began)


def parameters(run: CalibrationRun) -> str:
    """The items as CSV; what is not known is left empty."""
    text, found = io.StringIO(), run.calibration
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["item", "a", "b", "se_a", "se_b", "c", "answers", "estimable", "converged"])
    for place, item in enumerate(run.items):
        numbers = [column[place] for column in (found.a, found.b, found.se_a, found.se_b, found.c)]
        cells = [f"{number:.8g}" if math.isfinite(number) else "" for number in numbers]
        answers = int(run.responses.answers_of_item[place])
        writer.writerow([item, *cells, answers, int(found.estimable[place]), int(found.converged[place])])
    return text.getvalue()


def summary(run: CalibrationRun) -> dict[str, Any]:
    """What is told of the whole; null where it does not apply or is not known."""
    found, responses = run.calibration, run.responses
    one = found if isinstance(found, Calibration) else None
    factor = found if isinstance(found, CommonFactorCalibration) else None
    return {
        "model": run.model,
        "loglik": found.loglik,
        "n_persons": responses.n_persons,
        "n_items": responses.n_items,
        "n_answers": int(responses.answers_of_item.sum()),
        "n_estimable": int(found.estimable.sum()),
        "n_converged": int(found.converged.sum()),
        "iterations": found.iterations,
        "converged": bool(np.all(found.converged[found.estimable])),
        "mean": one.mean if one else None,
        "sd": one.sd if one else None,
        "rho": _known(factor.rho) if factor else None,
        "rho_se": _known(factor.se_rho) if factor else None,
        "seconds": round(run.seconds, 4),
    }


def _known(number: float) -> float | None:
    return number if math.isfinite(number) else None
