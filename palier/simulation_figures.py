"""What came of a simulation, as one JSON object and as one CSV line a person."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

import numpy as np

from chalicelib.engine.exposure import SIX_STRATA
from chalicelib.engine.simulation.figures import Results
from palier.simulation_run import SimulationRun
from palier.simulation_settings import Settings

DIGITS = 6


def told(run: SimulationRun) -> dict[str, Any]:
    """Every figure of a run with what was asked, and the same of the engine beside it; null where one is not defined."""
    settings = run.settings
    asked = {
        "persons": len(run.truth),
        "items": len(run.pool.bank),
        "length": run.pool.blueprint.length,
        "max_exposure_limit": settings.max_exposure,
        "seed": settings.seed,
        "seconds": run.seconds,
        "pricing_seconds": run.pricing_seconds,
    }
    figures = _figures(run.results, settings) | asked
    if run.peer is not None:
        spent = {"seconds": run.peer.seconds, "pricing_seconds": 0.0}
        figures[run.peer.name] = _figures(run.peer.results, settings) | asked | spent
    rounded: dict[str, Any] = _rounded(figures)
    return rounded


def _figures(results: Results, settings: Settings) -> dict[str, Any]:
    figures: dict[str, Any] = dict(results.summary())
    if settings.stratum_exposure is not None:
        figures |= _strata(results, settings.stratum_exposure)
    if settings.cut is not None:
        truly = results.composite.true >= settings.cut
        decided = np.array([one.above for one in results.sittings], bool)
        figures |= {"cut": settings.cut, "right_decisions": float(np.mean(decided == truly))}
    return figures | {"quarters": results.quarters(), "by_ability": results.by_ability()}


def _strata(results: Results, limit: float) -> dict[str, Any]:
    """The largest rate of any item in each stratum of ability: as reported, which is what the limit holds for, and as it truly is."""
    reported, true = results.composite.reported, results.composite.true
    return {
        "stratum_max_limit": limit,
        "stratum_bounds": list(SIX_STRATA),
        "stratum_persons": np.bincount(np.searchsorted(SIX_STRATA, reported, side="right"), minlength=6).tolist(),
        "stratum_max": results.stratum_rates(SIX_STRATA, reported).max(axis=1).tolist(),
        "stratum_max_by_true_ability": results.stratum_rates(SIX_STRATA, true).max(axis=1).tolist(),
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_rounded(part) for part in value]
    if isinstance(value, float):
        return round(value, DIGITS) if math.isfinite(value) else None
    return value


def person_lines(run: SimulationRun) -> str:
    """One line a person as CSV, in the order in which they came."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["person", "true", "reported", "se", "low", "high", "answers"])
    composite = run.results.composite
    columns = np.column_stack([composite.true, composite.reported, composite.sd, composite.low, composite.high])
    for name, numbers, answers in zip(run.scenario.persons.persons, columns, run.results.lengths, strict=True):
        writer.writerow([name, *(f"{number:.{DIGITS}f}" for number in numbers), int(answers)])
    return text.getvalue()
