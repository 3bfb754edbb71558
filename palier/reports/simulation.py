"""The report of `palier simulate`: what was asked, what came of it, and where it went well or badly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from palier.reports.accuracy_charts import coverage_by_ability, errors_by_ability, errors_by_quarter, reported_and_true
from palier.reports.cohorts import Cohort, cohorts_of
from palier.reports.exposure_charts import bank_map, rates_by_stratum, sorted_rates
from palier.reports.findings import findings
from palier.reports.level_charts import errors_by_competence, lengths, levels
from palier.reports.page import Chart, Page, Section, Table, Value, render
from palier.simulation_figures import told
from palier.simulation_run import SimulationRun

FIGURES = {
    "rmse": ("RMSE", "√ mean (reported − true)², in logits"),
    "bias": ("bias", "mean of reported − true, in logits"),
    "mean_se": ("mean standard error", "what reports say of their own error, in logits"),
    "coverage90": ("coverage of the 90 % interval", "share of the intervals that hold the truth; 0.90 is promised"),
    "level_accuracy": ("levels reported right", "share; of the competences when several are measured"),
    "right_decisions": ("decisions right", "share of the persons told on the side of the cut where they are"),
    "competence_rmse": ("RMSE of a competence", "mean over the competences, in logits"),
    "competence_mean_se": ("mean standard error of a competence", "in logits"),
    "competence_coverage90": ("coverage of a competence", "share of its 90 % intervals that hold the truth"),
    "competence_rmse_of_composite": ("RMSE of the composite for a competence", "were it reported in its place, in logits"),
    "mean_length": ("mean length", "answers"),
    "max_exposure": ("largest exposure", "share of the tests that have the item given most often"),
    "overlap": ("overlap of two tests", "share of the items of a test that another person's also has, on average"),
    "unused_share": ("items never given", "share of the bank"),
    "given_up": ("constraints given up", "a test"),
}
"""What each figure is called, and what it is."""


def simulation_report(run: SimulationRun) -> str:
    """The HTML file of a run. The same run gives the same bytes: what time it took is not in it."""
    cohorts, figures = cohorts_of(run), told(run)
    beside = "" if run.peer is None else f", beside the same tests by {run.peer.name}"
    lead = (
        f"Virtual persons whose abilities are known took the tests of {run.scenario.table.path.name}{beside}; what was "
        "reported of them is compared with the truth. Abilities are in logits."
    )
    sections = [
        Section("At a glance", (*findings(run), _summary(run, figures))),
        Section("What was asked", (_settings(run),)),
        Section("Accuracy", (reported_and_true(cohorts, run.scenario.persons.persons), errors_by_ability(cohorts))),
        Section("Honesty of what is reported", (coverage_by_ability(cohorts),)),
        Section("Levels and competences", _drawn(levels(cohorts), errors_by_competence(run, cohorts[0]))),
        Section("Use of the bank", _exposure(run, cohorts)),
        Section("Over the cohort", _drawn(errors_by_quarter(cohorts), lengths(cohorts))),
    ]
    title = f"Simulation of {len(run.truth)} persons over {len(run.pool.bank)} items"
    return render(Page(title, lead, tuple(sections)))


def _drawn(*charts: Chart | None) -> tuple[Chart, ...]:
    return tuple(one for one in charts if one is not None)


def _exposure(run: SimulationRun, cohorts: Sequence[Cohort]) -> tuple[Chart, ...]:
    return _drawn(sorted_rates(run, cohorts), rates_by_stratum(run, cohorts[0]), bank_map(run, cohorts))


def _summary(run: SimulationRun, figures: dict[str, Any]) -> Table:
    """Every figure, ours and the peer's; strata and groups have charts of their own."""
    every = [figures] if run.peer is None else [figures, figures[run.peer.name]]
    names = ["Palier"] if run.peer is None else ["Palier", run.peer.name]
    rows: list[list[Value]] = []
    for key, (label, meaning) in FIGURES.items():
        if key in figures:
            rows.append([label, *(one.get(key) for one in every), meaning])
    return Table.of("Figures of the whole cohort", ["", *names, "what it is"], rows, digits=4)


def _settings(run: SimulationRun) -> Table:
    asked, scenario = run.settings, run.scenario
    controlled = f"{asked.pricing.rounds} cohorts of {asked.pricing.persons}" if asked.controlled else "none: no limit"
    dimensions = run.truth.abilities.shape[1]
    rows: list[list[Value]] = [
        ["persons", str(len(run.truth)), "virtual, of known abilities"],
        ["abilities of a person", str(dimensions), f"correlation {asked.rho:g} believed" if dimensions > 1 else ""],
        ["items", str(len(run.pool.bank)), f"in {len(scenario.table.competences)} competences"],
        ["end of a test", _ending(run), f"at most {run.pool.blueprint.length} answers"],
        ["quotas", asked.quotas, "even: as many items of each competence"],
        ["near equal", f"{asked.near_equal:g}", "share of the best gain within which the next item is drawn"],
        ["limit of exposure", f"{asked.max_exposure:g}", "largest share of the tests with any one item"],
    ]
    if asked.stratum_exposure is not None:
        rows.append(["limit in a stratum", f"{asked.stratum_exposure:g}", "the same, in each of six strata of ability"])
    rows += [
        ["starting prices", controlled, "simulated persons that exposure control starts from"],
        ["arrival", "together" if asked.together else "in waves", "exposure control learns from the waves before"],
        ["guessing", f"{asked.guessing:g}", "share of the items not known that are guessed right"],
        ["slips", f"{asked.slips:g}", "share of the items known that are missed"],
        ["true difficulties", _off(run), "root mean square of what they differ by from the bank's, in logits"],
        ["seed", str(asked.seed), "of every draw"],
    ]
    return Table.of("Settings", ["", "asked", "what it is"], rows)


def _ending(run: SimulationRun) -> str:
    asked = run.settings
    if asked.target_se is not None:
        return f"standard error {asked.target_se:g}"
    if asked.cut is not None:
        return f"side of {asked.cut:g} told"
    return f"{run.pool.blueprint.length} answers"


def _off(run: SimulationRun) -> str:
    difference = run.truth.bank.difficulty - run.pool.bank.difficulty
    return f"off by {np.sqrt(np.mean(difference**2)):.3f}" if np.any(difference) else "as in the bank"
