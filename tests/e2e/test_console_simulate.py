"""`palier simulate`: its JSON is a contract, and the same arguments give the same figures."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from chalicelib.engine.simulation.pricing import Pricing
from palier.simulate import read_scenario
from palier.simulation_run import SimulationRun, simulate_cohort
from palier.simulation_settings import Settings
from tests.e2e.simulation_files import COMPETENCES, QUICK, Files, bank_text, figures, item_lines, made, simulate, timeless
from tests.worlds import ROOT

CONTRACT = {"rmse", "bias", "mean_se", "coverage90", "max_exposure", "overlap", "unused_share", "level_accuracy"}
SETTINGS = {"persons", "items", "length", "max_exposure_limit", "seed", "seconds", "pricing_seconds"}
MORE = {"mean_length", "given_up", "quarters", "by_ability"}
OF_COMPETENCES = {"competence_rmse", "competence_coverage90", "competence_mean_se", "competence_rmse_of_composite"}


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return made(tmp_path)


def played(files: Files, settings: Settings) -> SimulationRun:
    return simulate_cohort(read_scenario(files.bank, files.four, None, settings), 1, lambda persons: None)


def test_the_figures_of_one_ability_are_one_json_object(files: Files) -> None:
    told = figures(files.bank, files.one, "--seed", "3")
    assert set(told) == CONTRACT | SETTINGS | MORE
    assert (told["persons"], told["items"], told["length"]) == (40, 120, 8)
    assert (told["max_exposure_limit"], told["seed"], told["mean_length"]) == (0.4, 3, 8.0)
    assert len(told["quarters"]) == 4
    assert sum(row["persons"] for row in told["by_ability"]) == 40
    assert all(0 <= told[key] <= 1 for key in ("coverage90", "max_exposure", "overlap", "unused_share", "level_accuracy"))
    assert told["rmse"] == round(told["rmse"], 6) > 0


def test_abilities_of_every_competence_add_figures_of_competences(files: Files) -> None:
    told = figures(files.bank, files.four)
    assert set(told) == CONTRACT | SETTINGS | MORE | OF_COMPETENCES
    assert told["competence_rmse"] > told["rmse"]


@pytest.mark.long
def test_two_processes_give_the_figures_of_one_and_never_load_catsim(files: Files) -> None:
    words = ("--stratum-exposure", "0.6")
    given = [
        "simulate",
        "--bank",
        str(files.bank),
        "--abilities",
        str(files.four),
        *QUICK,
        *words,
        "--processes",
        "2",
        "--json",
    ]
    code = "import sys; from palier.__main__ import app; app(standalone_mode=False); sys.exit('catsim' in sys.modules)"
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, *given]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert timeless(json.loads(ran.stdout)) == timeless(figures(files.bank, files.four, *words))


def test_the_same_seed_gives_the_same_figures_and_another_others(files: Files) -> None:
    first, again, other = (timeless(figures(files.bank, files.one, "--seed", seed)) for seed in "113")
    assert first == again
    assert other["rmse"] != first["rmse"]


def test_a_leading_c_and_a_person_column_and_the_order_of_columns_and_items_change_nothing(files: Files) -> None:
    rows = list(csv.reader(files.four.read_text().splitlines()))
    turned = [["person", *COMPETENCES[::-1]], *([f"p{place}", *row[::-1]] for place, row in enumerate(rows[1:]))]
    other = files.write("turned.csv", "\n".join(",".join(row) for row in turned))
    grouped = sorted(item_lines(), key=lambda line: COMPETENCES.index(line.rsplit(",", 1)[1]), reverse=True)
    named = [",".join([*line.split(",")[:3], "c" + line.split(",")[3]]) for line in grouped]
    bank = files.write("grouped.csv", bank_text(named))
    assert timeless(figures(bank, other)) == timeless(figures(files.bank, files.four))


def test_the_lines_of_persons_are_what_the_figures_are_made_of(files: Files) -> None:
    out = files.folder / "persons.csv"
    told = figures(files.bank, files.one, "--out", str(out))
    lines = list(csv.DictReader(out.read_text().splitlines()))
    assert list(lines[0]) == ["person", "true", "reported", "se", "low", "high", "answers"]
    assert [line["person"] for line in lines] == [str(number) for number in range(1, 41)]
    off = [float(line["reported"]) - float(line["true"]) for line in lines]
    assert math.sqrt(np.mean(np.square(off))) == pytest.approx(told["rmse"], abs=1e-5)
    covered = [float(line["low"]) <= float(line["true"]) <= float(line["high"]) for line in lines]
    assert np.mean(covered) == pytest.approx(told["coverage90"], abs=1e-6)


def test_without_a_limit_nothing_is_priced_and_items_are_given_more_often(files: Files) -> None:
    free = figures(files.bank, files.one, "--max-exposure", "1")
    limited = figures(files.bank, files.one, "--max-exposure", "0.2")
    assert free["pricing_seconds"] == 0 < limited["pricing_seconds"]
    assert free["max_exposure"] > limited["max_exposure"]
    assert free["overlap"] > limited["overlap"]


def test_even_quotas_give_each_competence_as_many_items(files: Files) -> None:
    pricing = Pricing(rounds=1, persons=10)
    even, none = (played(files, Settings(8, quotas, max_exposure=0.4, pricing=pricing)) for quotas in ("even", "none"))
    counts = [np.bincount(even.pool.bank.competence[one.items], minlength=4).tolist() for one in even.results.sittings]
    assert counts == [[2, 2, 2, 2]] * 40
    assert none.pool.blueprint.minimum == ()
    assert even.scenario.table.competences == COMPETENCES


def test_persons_who_start_together_teach_exposure_control_nothing(files: Files) -> None:
    pricing = Pricing(rounds=1, persons=10)
    alone, together = (played(files, Settings(8, max_exposure=0.4, together=told, pricing=pricing)) for told in (False, True))
    assert together.end is together.start
    assert alone.end.version > alone.start.version
    assert np.array_equal(alone.start.eligibility, together.start.eligibility)


def test_limits_by_stratum_are_told_stratum_by_stratum(files: Files) -> None:
    told = figures(files.bank, files.one, "--max-exposure", "0.3", "--stratum-exposure", "0.5")
    assert len(told["stratum_max"]) == len(told["stratum_max_by_true_ability"]) == len(told["stratum_persons"]) == 6
    assert sum(told["stratum_persons"]) == 40
    assert max(told["stratum_max"]) >= told["max_exposure"]
    assert told["stratum_max_limit"] == 0.5


def test_persons_answer_by_the_true_bank_and_the_engine_believes_its_own(files: Files) -> None:
    same = files.write("same.csv", bank_text(item_lines()[::-1]))
    harder = files.write("harder.csv", bank_text(item_lines(shift=1.0)))
    believed = figures(files.bank, files.one)
    assert timeless(figures(files.bank, files.one, "--true-bank", str(same))) == timeless(believed)
    assert figures(files.bank, files.one, "--true-bank", str(harder))["bias"] < believed["bias"] - 0.4


def test_errors_of_parameters_are_drawn_from_the_seed_and_cost_precision(files: Files) -> None:
    words = ("--parameter-error", "2.5")
    wrong = figures(files.bank, files.one, *words)
    assert timeless(wrong) == timeless(figures(files.bank, files.one, *words))
    assert wrong["rmse"] > figures(files.bank, files.one)["rmse"]


def test_lucky_guesses_lift_what_is_reported_and_slips_lower_it(files: Files) -> None:
    biases = [figures(files.bank, files.one, *words)["bias"] for words in (("--slips", "0.3"), (), ("--guessing", "0.3"))]
    assert biases == sorted(biases)
    assert biases[2] - biases[0] > 0.5


def test_tests_end_at_the_standard_error_asked_for(files: Files) -> None:
    out = files.folder / "persons.csv"
    told = figures(files.bank, files.one, "--target-se", "0.5", "--longest", "30", "--out", str(out))
    lines = list(csv.DictReader(out.read_text().splitlines()))
    assert told["length"] == 30
    assert 5 <= told["mean_length"] < 30
    assert all(float(line["se"]) <= 0.51 or line["answers"] == "30" for line in lines)


def test_a_cut_ends_tests_sooner_the_farther_persons_are_from_it(files: Files) -> None:
    near, far = (figures(files.bank, files.one, "--cut", cut, "--longest", "40") for cut in ("0", "-3.5"))
    assert near["cut"] == 0
    assert 0.7 <= near["right_decisions"] <= far["right_decisions"] == 1.0
    assert far["mean_length"] < near["mean_length"] < 40


def test_catsim_is_given_the_same_persons_and_told_beside(files: Files) -> None:
    few = files.write("few.csv", "\n".join(files.one.read_text().splitlines()[:16]))
    told = figures(files.bank, few, "--beside", "catsim")
    assert set(told["catsim"]) == set(told) - {"catsim"} == CONTRACT | SETTINGS | MORE
    assert told["catsim"]["mean_length"] == 8
    assert 0 < told["catsim"]["max_exposure"] <= 0.4
    assert 0 < told["catsim"]["rmse"] < 1.5
    again = figures(files.bank, few, "--beside", "catsim")["catsim"]
    assert timeless(again) == timeless(told["catsim"])


@pytest.mark.parametrize("words", [("--cut", "0", "--longest", "12"), ("--target-se", "0.6", "--longest", "12")])
def test_catsim_ends_by_the_same_kind_of_rule(files: Files, words: tuple[str, ...]) -> None:
    few = files.write("few.csv", "\n".join(files.one.read_text().splitlines()[:9]))
    told = figures(files.bank, few, "--beside", "catsim", *words)
    assert 1 <= told["catsim"]["mean_length"] <= 12
    assert ("right_decisions" in told["catsim"]) == (words[0] == "--cut")


def test_without_json_the_figures_are_a_table(files: Files) -> None:
    ran = simulate(files.bank, files.four, "--stratum-exposure", "0.5")
    shown = " ".join(ran.stdout.split())
    assert ran.exit_code == 0
    for words in ("40 persons, 120 items, limit 0.4", "RMSE", "coverage of a competence", "Largest exposure in each stratum"):
        assert words in shown


def test_one_person_is_a_cohort(files: Files) -> None:
    alone = files.write("alone.csv", "person,theta\nAda,0.3\n")
    out = files.folder / "persons.csv"
    told = figures(files.bank, alone, "--out", str(out))
    assert (told["persons"], told["overlap"], len(told["quarters"])) == (1, 0, 1)
    assert out.read_text().splitlines()[1].startswith("Ada,0.300000,")
