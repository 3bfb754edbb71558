"""The whole service as a newcomer runs it: gateway, pump, embedded stack, console commands, in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from typer.testing import CliRunner

from chalicelib.wiring import Services
from chalicelib.wiring_boto import cloud_ports
from infrastructure.local.supervisor import RunningStack
from load_tests.client import Answered, ApiClient, ForeignAddressError
from load_tests.smoke import run
from palier.__main__ import app
from tests.worlds import ROOT

pytestmark = pytest.mark.stack


def services(stack: RunningStack) -> Services:
    return Services(stack.settings, cloud_ports(stack.settings))


def palier(*arguments: str) -> str:
    ran = CliRunner().invoke(app, list(arguments), catch_exceptions=False, env={"COLUMNS": "220"})
    assert ran.exit_code == 0, ran.output
    return ran.output


@pytest.mark.long
def test_a_crowd_takes_placements_and_every_acknowledged_answer_is_stored_once(stack: RunningStack) -> None:
    outcome = run(services(stack), stack.url, people=12, at_once=6, scope="1", seed=7)
    assert outcome.errors == ()
    assert outcome.broken == ()
    assert outcome.answers > 12 * 5


def test_finished_placements_reach_the_exposure_table_of_their_release(stack: RunningStack) -> None:
    run(services(stack), stack.url, people=2, at_once=2, scope="1.1", seed=8)
    deadline = time.monotonic() + 60
    shown: dict[str, Any] = {"version": 0}
    while not shown["version"] and time.monotonic() < deadline:
        time.sleep(0.5)
        shown = json.loads(palier("exposure", "show", "--json"))
    assert shown["version"] >= 1
    assert shown["sessions"] >= 1
    assert shown["largest_rate"] > 0


def an_answer(challenge: dict[str, Any]) -> object:
    """Some answer that fits the kind of this challenge."""
    ids = [option["id"] for option in challenge["options"]]
    by_kind: dict[str, Callable[[], object]] = {
        "choice": lambda: ids[0],
        "choices": lambda: ids[:1],
        "order": lambda: ids,
        "match": lambda: ["12" for _ in challenge["inputs"]],
        "blanks": lambda: {one["id"]: one["options"][0]["id"] if one["options"] else "12" for one in challenge["inputs"]},
    }
    return by_kind.get(challenge["kind"], lambda: "12")()


def sent_at_once(stack: RunningStack, skips: list[bool]) -> tuple[str, list[Answered]]:
    """One assessment, and a skip or one answer to its first challenge, each over a connection of its own, all at once."""
    with ApiClient(stack.url) as client:
        started = client.post("/v1/assessments", {"scope": "1.1"}).body
    assessment_id, shown = started["assessment"]["assessment_id"], started["assessment"]["next"]
    barrier = threading.Barrier(len(skips))

    def send(skip: bool) -> Answered:
        with ApiClient(stack.url, started["token"]) as client:
            barrier.wait(30)
            answer = None if skip else an_answer(shown["challenge"])
            body = {"step": 1, "challenge": shown["challenge"]["id"], "answer": answer}
            return client.post(f"/v1/assessments/{assessment_id}/answers", body)

    with ThreadPoolExecutor(len(skips)) as pool:
        return assessment_id, list(pool.map(send, skips))


def test_eight_clients_sending_one_answer_store_one_entry_and_read_one_reply(stack: RunningStack) -> None:
    assessment_id, replies = sent_at_once(stack, [False] * 8)
    assert {reply.status for reply in replies} == {200}
    assert all(reply.body == replies[0].body for reply in replies)
    assert len(services(stack).ports.log.entries(assessment_id)) == 2


def test_eight_clients_sending_two_answers_are_told_which_one_is_stored(stack: RunningStack) -> None:
    assessment_id, replies = sent_at_once(stack, [True, False] * 4)
    statuses = [reply.status for reply in replies]
    assert statuses in ([200, 409] * 4, [409, 200] * 4)
    assert {reply.body["code"] for reply in replies if reply.status == 409} == {"step-already-answered"}
    assert len(services(stack).ports.log.entries(assessment_id)) == 2


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


@pytest.mark.long
def test_the_api_bench_prints_one_object_with_its_figures(stack: RunningStack) -> None:
    figures = json.loads(palier("bench", "api", "--json", "--seconds", "2", "--at-once", "2"))
    assert figures["errors"] == 0
    assert figures["answers"] > 0
    assert {"requests_per_second", "p50_ms", "p95_ms", "p99_ms", "handler_cpu_ms_per_answer"} <= set(figures)


def clean_environment() -> dict[str, str]:
    """What a newcomer's shell holds: nothing of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PALIER_", "AWS_"))}


@pytest.mark.long
@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["-m", "palier", "demo", "--scope", "1.1"], "It stopped after"),
        (["-m", "load_tests.smoke", "--people", "2", "--at-once", "2", "--scope", "1.1"], '"broken": []'),
    ],
    ids=["demo", "smoke"],
)
def test_what_needs_a_stack_starts_one_when_none_is_within_reach(stack: RunningStack, command: list[str], told: str) -> None:
    ran = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert told in ran.stdout


def test_publishing_again_says_in_one_line_what_is_published(stack: RunningStack) -> None:
    ran = CliRunner().invoke(app, ["content", "publish"], catch_exceptions=False, env={**stack.environment, "COLUMNS": "60"})
    (line,) = ran.stdout.splitlines()
    assert line.startswith("Published release ")
    assert line.endswith(" files.")


def test_a_command_without_a_stack_says_so_in_one_sentence() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "palier", "token", "somebody"],
        cwd=ROOT,
        env={**clean_environment(), "PALIER_ASSESSMENTS_TABLE": "t"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 2
    assert "PALIER_PEOPLE_TABLE" in ran.stderr
    assert "Traceback" not in ran.stderr
