"""`palier bench content --json`: its shape is a contract, its timings are reported and never asserted, its memory is bounded."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from palier.__main__ import app

pytestmark = pytest.mark.long


def test_the_content_bench_tells_what_building_loading_and_grading_cost() -> None:
    ran = CliRunner().invoke(app, ["bench", "content", "--json", "--challenges", "2048"], catch_exceptions=False)
    figures = json.loads(ran.stdout)
    assert figures["challenges"] == 2048
    graded = {f"grade_{kind}_us" for kind in ("choice", "choices", "text", "number", "date", "blanks", "match", "order")}
    told = {"build_seconds", "build_peak_mb", "release_bytes", "load_ms", "first_load_ms", "bank_ms", "read_a_challenge_ms"}
    assert set(figures) == {"challenges", *told, *graded}
    assert all(value > 0 for value in figures.values())
    assert figures["build_peak_mb"] < 300
