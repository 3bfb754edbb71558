"""`palier bench measuring --json`: its shape is a contract; its figures are told, and their bars are never an exit status."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from chalicelib.engine.exposure import SIX_STRATA, ExposureTable
from chalicelib.engine.simulation.cohort import Start
from palier.__main__ import app
from palier.bench_bars import BY_STRATUM, BY_STRATUM_ELSEWHERE, FIGURES, ONE_COHORT, POOLED, POOLED_ELSEWHERE
from palier.bench_calibration import published_rows, timed_rows
from palier.bench_cohorts import Played, Size, play
from palier.bench_conditions import CONDITIONS, ITEMS, true_bank
from palier.bench_measuring import ELSEWHERE, LARGEST, NAMES, condition_rows

pytestmark = pytest.mark.long

KEYS = {"name", "figure", "value", "at_least", "aim", "sd_over_cohorts", "cohorts", "persons", "seconds"}


def bench(*options: str) -> list[dict[str, Any]]:
    """The rows of a small run in one process."""
    small = ["--cohorts", "2", "--persons", "20", "--processes", "1"]
    ran = CliRunner().invoke(app, ["bench", "measuring", "--json", *small, *options], catch_exceptions=False)
    assert ran.exit_code == 0
    rows: list[dict[str, Any]] = json.loads(ran.stdout)["rows"]
    return rows


def test_a_row_tells_a_figure_with_its_bars_and_its_spread_over_cohorts() -> None:
    rows = bench("--only", "precision", "--only", "cut-by-ratio")

    assert all(set(row) == KEYS for row in rows)
    assert [(row["name"], row["figure"]) for row in rows] == [
        (name, figure.name) for name in ("precision", "cut-by-ratio") for figure in FIGURES[name]
    ]
    length = rows[0]
    assert (length["at_least"], length["aim"], length["cohorts"], length["persons"]) == (15.0, 14.3, 2, 20)
    assert 10 < length["value"] < 20
    assert length["sd_over_cohorts"] > 0
    assert rows[-1]["cohorts"] == 1  # half of the cohorts tell enough of it
    assert rows[-1]["sd_over_cohorts"] is None


def test_the_figures_do_not_depend_on_the_number_of_processes() -> None:
    one, two = bench("--only", "cut-by-interval"), bench("--only", "cut-by-interval", "--processes", "2")

    assert [{**row, "seconds": 0} for row in one] == [{**row, "seconds": 0} for row in two]


def test_another_seed_is_another_bank_and_other_persons() -> None:
    assert bench("--only", "cut-by-ratio")[0]["value"] != bench("--only", "cut-by-ratio", "--seed", "2")[0]["value"]


def test_an_unknown_condition_is_refused_with_the_names_that_there_are() -> None:
    ran = CliRunner().invoke(app, ["bench", "measuring", "--only", "sixten"])

    assert ran.exit_code == 2
    assert "No condition is named sixten." in ran.stderr
    assert all(name in ran.stderr for name in NAMES)


def test_the_table_for_people_holds_the_names_whole() -> None:
    options = ["--cohorts", "1", "--persons", "20", "--processes", "1", "--only", "cut-by-interval"]

    ran = CliRunner().invoke(app, ["bench", "measuring", *options], catch_exceptions=False)

    assert "cut-by-interval: 1 × 20 persons" in ran.stdout
    assert all(figure.name in ran.stdout for figure in FIGURES["cut-by-interval"])


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_cohort_of_every_condition_tells_every_figure_of_its_rows(name: str) -> None:
    free = Start.free(ExposureTable.free(ITEMS, CONDITIONS[name].setup.limits))

    played = play(name, Size(cohorts=1, persons=40), 0, free)

    assert {figure.name for figure in FIGURES[name]} <= {*played.figures, *LARGEST, *ELSEWHERE, ONE_COHORT}
    assert played.sessions.sum() == played.persons == (4 if CONDITIONS[name].beside_catsim else 40)
    assert played.given.sum() == round(played.figures["mean_length"] * played.persons)


def test_every_condition_has_figures() -> None:
    assert set(FIGURES) == set(CONDITIONS)


def cohort(largest: dict[int, int]) -> Played:
    """Ten persons of the lowest stratum and ten of the highest, to whom these items were given so often, half in each."""
    sessions = np.zeros(len(SIX_STRATA) + 1, np.intp)
    sessions[[0, -1]] = 10
    given = np.zeros((len(sessions), 5), np.intp)
    for item, times in largest.items():
        given[[0, -1], item] = times // 2
    return Played({"rmse": 0.2, POOLED: max(largest.values()) / 20}, 20, sessions, given, 1.0)


def test_the_expected_rate_of_an_item_is_that_of_all_cohorts_together() -> None:
    rows = {row["figure"]: row for row in condition_rows("strata-one", [cohort({1: 8}), cohort({1: 2, 3: 6})], 3.0)}

    assert rows[POOLED]["value"] == 10 / 40
    assert rows[BY_STRATUM]["value"] == 5 / 20
    assert rows[POOLED_ELSEWHERE]["value"] == (2 / 20 + 0 / 20) / 2  # item 1 in the second cohort, item 3 in the first
    assert rows[BY_STRATUM_ELSEWHERE]["value"] == (1 / 10 + 0 / 10) / 2
    assert rows[POOLED]["sd_over_cohorts"] == pytest.approx(np.std([0.4, 0.3], ddof=1))
    assert rows[POOLED]["seconds"] == 5.0


def test_every_second_item_of_the_guessable_bank_can_be_guessed_and_is_else_the_same() -> None:
    plain, guessable = true_bank(1, False), true_bank(1, True)

    assert np.array_equal(plain.difficulty, guessable.difficulty)
    assert (guessable.guess == 0.25).mean() == 0.5
    assert np.bincount(plain.competence).tolist() == [125] * 16


def test_the_published_likelihoods_of_lsat_are_reached() -> None:
    assert [round(row["value"], 2) for row in published_rows()] == [0.0, 0.0]


def test_calibration_is_timed_beside_a_second_program() -> None:
    rows = {row["figure"]: row["value"] for row in timed_rows(1, persons=200, items=6)}

    assert rows["mirt_seconds_over_ours"] == pytest.approx(rows["mirt_seconds"] / rows["seconds"])
    assert abs(rows["loglik_above_mirt"]) < 1.0
