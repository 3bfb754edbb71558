"""The whole service as a newcomer runs it: gateway, pump, embedded stack, console commands, in processes of their own."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from chalicelib.wiring import Services, cloud_ports
from infrastructure.local.supervisor import RunningStack
from load_tests.client import ApiClient, ForeignAddressError
from load_tests.smoke import run
from palier.__main__ import app

pytestmark = pytest.mark.stack


def services(stack: RunningStack) -> Services:
    return Services(stack.settings, cloud_ports(stack.settings))


def palier(*arguments: str) -> str:
    ran = CliRunner().invoke(app, list(arguments), catch_exceptions=False, env={"COLUMNS": "220"})
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_a_crowd_takes_placements_and_every_acknowledged_answer_is_stored_once(stack: RunningStack) -> None:
    outcome = run(services(stack), stack.url, people=12, at_once=6, scope="1", seed=7)
    assert outcome.errors == ()
    assert outcome.broken == ()
    assert outcome.answers > 12 * 5


def test_load_never_leaves_this_machine() -> None:
    for address in ("http://example.org:80", "https://127.0.0.2:8000", "http://localhost:8000", "http://[::1]:8000"):
        with pytest.raises(ForeignAddressError):
            ApiClient(address)


def test_the_demonstration_ends_with_a_profile(stack: RunningStack) -> None:
    shown = palier("demo", "--scope", "1.1", "--seed", "3")
    assert "It stopped after" in shown
    assert "Profile:" in shown
    assert "θ(1.1) =" in shown
    assessment_id = shown.split("palier log show ")[1].split()[0]

    log = json.loads(palier("log", "show", assessment_id, "--json"))
    assert [entry["number"] for entry in log["entries"]] == list(range(len(log["entries"])))
    assert log["entries"][-1]["then"].startswith("ends: ")
    assert "no difference" in palier("log", "audit", assessment_id)
    assert "Release" in palier("log", "show", assessment_id)


def test_a_log_that_does_not_exist_is_told_in_one_sentence(stack: RunningStack) -> None:
    ran = CliRunner().invoke(app, ["log", "show", "z" * 26])
    assert ran.exit_code == 2


def test_a_development_token_opens_ones_own_profile(stack: RunningStack) -> None:
    token = palier("token", "somebody").strip()
    with ApiClient(stack.url, token) as client:
        profile = client.get("/v1/me/profile")
    assert profile.status == 200
    assert len(profile.body["competences"]) == 16


def test_the_api_bench_prints_one_object_with_its_figures(stack: RunningStack) -> None:
    figures = json.loads(palier("bench", "api", "--json", "--seconds", "2", "--at-once", "2"))
    assert figures["errors"] == 0
    assert figures["answers"] > 0
    assert {"requests_per_second", "p50_ms", "p95_ms", "p99_ms", "handler_cpu_ms_per_answer"} <= set(figures)
