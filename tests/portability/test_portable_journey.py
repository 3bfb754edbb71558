"""The whole backbone on what other clouds offer, and on DynamoDB Local; and every call it makes is in docs/portability.md."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from chalicelib.config import PREFIX
from infrastructure.local.clients import CREDENTIALS
from palier.__main__ import app
from tests.portability.journey import ABANDONED, PROMPT, RUBBISH, UNSENT, Journey, play
from tests.portability.profiles import other_cloud, profile
from tests.portability.recorder import Recorder
from tests.worlds import ROOT

PAGE = ROOT / "docs" / "portability.md"


@pytest.fixture(scope="module", params=["other cloud", pytest.param("DynamoDB Local", marks=pytest.mark.long)])
def journey(request: pytest.FixtureRequest) -> Iterator[Journey]:
    recorder = Recorder()
    if request.param == "other cloud":
        with profile(lambda raw: recorder.over(other_cloud(raw))) as made:
            yield play(made, recorder)
    else:
        with profile(recorder.over, request.getfixturevalue("dynamodb_local_url")) as made:
            yield play(made, recorder)


@pytest.fixture
def console(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> Journey:
    """The same, described by the environment; whatever client the console makes is of this cloud."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    for name, value in {**journey.profile.settings.as_environment(), **CREDENTIALS}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "client", lambda service, **_: getattr(journey.profile.raw, service))
    return journey


def dlq(journey: Journey, *words: str) -> Any:
    with journey.recorder.asking("console"):
        ran = CliRunner().invoke(app, ["dlq", *words, "--json"], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def test_an_end_that_was_told_one_that_was_not_and_one_that_never_came_are_all_in_the_profiles(journey: Journey) -> None:
    for person in (PROMPT, UNSENT, ABANDONED):
        assert journey.world.services.profiles.profile(person).assessments == (journey.ended[person],), person
    log = journey.world.services.ports.log
    assert [one.mark for person in journey.ended.values() for one in log.entries(person) if one.mark] == []


def test_each_person_is_counted_once_however_often(journey: Journey) -> None:
    summary, seen = journey.counted
    assert summary is not None
    assert (summary.totals["persons"], summary.totals["finished"]) == (3, 3)
    assert {one.id for one in seen} == {PROMPT, UNSENT, ABANDONED}


def test_rubbish_is_set_aside_looked_at_twice_sent_again_and_dropped(console: Journey) -> None:
    for _ in range(2):
        (found,) = [one for one in dlq(console, "list") if one["queue"] == "results"]
        assert found["reasons"] == {"not-json": 1}
    assert [one["reason"] for one in dlq(console, "show", "results")] == ["not-json"]
    assert dlq(console, "redrive", "results", "--rate", "1000")["sent"] == 1
    sqs, url = console.profile.raw.sqs, console.profile.settings.results_queue_url
    (again,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)["Messages"]
    assert again["Body"] == RUBBISH
    dead = console.profile.settings.results_dead_queue_url
    sqs.send_message(QueueUrl=dead, MessageBody="moved by the queue itself")
    assert dlq(console, "drop", "results", "--reason", "received-too-often", "--yes")["dropped"] == 1
    assert dlq(console, "show", "results") == []


def test_every_call_is_on_the_page_and_the_page_has_no_other(console: Journey) -> None:
    dead = console.profile.settings.results_dead_queue_url
    console.profile.raw.sqs.send_message(QueueUrl=dead, MessageBody="for the console")
    dlq(console, "list")
    dlq(console, "redrive", "results")
    made = [f"| {' | '.join(row)} |" for row in console.recorder.rows()]
    written = re.findall(r"^\| (?:DynamoDB|SQS|S3) \|.*\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert written == made, "the table must be:\n" + "\n".join(made)
