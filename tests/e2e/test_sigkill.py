"""SIGKILL between each pair of writes of a whole assessment: nothing that was answered is lost, nothing counts twice."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys

import pytest

from chalicelib.assessments.model import EntryKind
from chalicelib.assessments.starting import Wish
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.events import Envelope
from chalicelib.wiring import SystemClock
from infrastructure.local.plan import child_environment
from tests.e2e.dying_journeys import SCOPE
from tests.worlds import ROOT, World, ministack_world, play_on

pytestmark = [pytest.mark.stack, pytest.mark.long]
MOST_WRITES = 20


@pytest.fixture(scope="module")
def stage(ministack_url: str) -> World:
    world = ministack_world(ministack_url)
    world.clock.instant = SystemClock().now()
    return world


def deliver(world: World) -> None:
    """The worker's side: every message that is in the queue."""
    queue = world.services.settings.results_queue_url
    while messages := world.clients.sending.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            world.services.updating.finished(Envelope.model_validate_json(message["Body"]).data.assessment_id)
            world.clients.sending.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])


def run_dying(world: World, lines: list[str]) -> list[str]:
    environment = {**child_environment(os.environ), **world.services.settings.as_environment()}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.e2e.dying_journeys"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=120,
        check=True,
    )
    return ran.stdout.split("\n")[:-1]


def test_a_process_killed_after_any_write_loses_nothing_and_the_sweeper_finishes_its_work(stage: World) -> None:
    ends = run_dying(stage, [f"{last} kill-{last}" for last in range(1, MOST_WRITES + 1)])
    died = [number for number, end in enumerate(ends, 1) if end == "killed"]
    assert died == list(range(1, len(died) + 1))
    assert 8 <= len(died) < MOST_WRITES, f"the journey must be cut at each of its writes: {ends}"
    assert json.dumps(ends).count("failed") == 0

    stage.clock.instant = Instant(SystemClock().now() + 61_000)
    stage.another_process().sweeping.sweep()
    for number in died:
        person = f"kill-{number}"
        with contextlib.suppress(ConflictError):  # nothing is left to ask of those who had finished
            progress, _ = stage.another_process().starting.start(person, Wish(SCOPE, "fr"))
            play_on(stage, person, progress)
    deliver(stage)

    for number in died:
        person = f"kill-{number}"
        known = stage.services.ports.people.person(person)
        assert len(known.attempts) == len(known.contributions) == 1, person
        entries = stage.services.ports.log.entries(known.attempts[0].assessment_id)
        answered = [entry for entry in entries if entry.kind is EntryKind.ANSWERED]
        assert [entry.action for entry in answered] == [f"answer:{step}" for step in range(1, len(answered) + 1)]
        assert [entry.mark for entry in entries if entry.mark and entry.mark.startswith("results")] == [], person
        assert stage.services.profiles.profile(person).points == 48.0, person


def test_those_who_never_come_back_are_ended_by_the_clock_and_counted(stage: World) -> None:
    ends = run_dying(stage, [f"{last} gone-{last}" for last in (1, 2, 3, 4)])
    assert ends == ["killed"] * 4
    stage.clock.instant = Instant(SystemClock().now() + 49 * 3_600_000)
    swept = stage.another_process().sweeping.sweep()
    assert swept.ended >= 4
    deliver(stage)
    for last in (3, 4):
        assert stage.services.profiles.profile(f"gone-{last}").points > 0
