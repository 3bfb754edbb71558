"""`palier bench engine --json`: its shape is a contract; its timings are reported, never asserted."""

from __future__ import annotations

import json

import numpy as np
from typer.testing import CliRunner

from palier.__main__ import app
from palier.bench_engine import synthetic_bank
from palier.bench_measuring_step import Server, models, with_time_limits


def test_the_engine_bench_prints_rows_of_both_engines_at_three_sizes() -> None:
    ran = CliRunner().invoke(app, ["bench", "engine", "--json", "--repeats", "5"], catch_exceptions=False)
    rows = json.loads(ran.stdout)["rows"]
    assert {(row["engine"], row["items"]) for row in rows if row["dimensions"] == 1 and row["answers"] == 32} == {
        (engine, items) for engine in ("palier", "catsim") for items in (500, 2000, 10000)
    }
    assert all(row["median_us"] > 0 for row in rows)


def test_the_measuring_step_is_timed_with_each_model_of_ability_and_beside_catsim_in_one_dimension() -> None:
    ran = CliRunner().invoke(app, ["bench", "engine", "--json", "--repeats", "5"], catch_exceptions=False)
    rows = [row for row in json.loads(ran.stdout)["rows"] if row["step"] == "measuring"]

    assert {(row["engine"], row["abilities"], row["dimensions"], row["answers"]) for row in rows if row["items"] == 2000} == {
        (engine, abilities, dimensions, answers)
        for answers in (1, 32)
        for engine, abilities, dimensions in (
            ("palier", "one-ability", 1),
            ("catsim", "one-ability", 1),
            ("palier", "common-factor", 16),
            ("palier", "full-matrix", 16),
        )
    }
    assert {row["dimensions"] for row in rows if "ratio_to_catsim" in row} == {1}
    assert all(row["ratio_to_catsim"] > 0 for row in rows if (row["engine"], row["dimensions"]) == ("palier", 1))


def test_the_answers_that_are_timed_are_those_of_a_test_under_every_constraint() -> None:
    bank = with_time_limits(synthetic_bank(2000, 16))

    answered = Server(bank, models()["common-factor"]).answered(32)

    assert set(np.bincount(bank.competence[answered.items], minlength=16).tolist()) <= {1, 2, 3}
    assert len(set(bank.topic[answered.items])) == 32
    assert bank.timed.mean() > 0.1
    assert not np.any(bank.timed[answered.items][1:] & bank.timed[answered.items][:-1])
