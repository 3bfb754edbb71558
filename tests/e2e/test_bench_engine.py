"""`palier bench engine --json`: its shape is a contract; its timings are reported, never asserted."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from palier.__main__ import app


def test_the_engine_bench_prints_rows_of_both_engines_at_three_sizes() -> None:
    ran = CliRunner().invoke(app, ["bench", "engine", "--json", "--repeats", "5"], catch_exceptions=False)
    rows = json.loads(ran.stdout)["rows"]
    assert {(row["engine"], row["items"]) for row in rows if row["dimensions"] == 1 and row["answers"] == 32} == {
        (engine, items) for engine in ("palier", "catsim") for items in (500, 2000, 10000)
    }
    assert all(row["median_us"] > 0 for row in rows)
