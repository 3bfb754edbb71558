"""`palier dlq`: dead letters are counted, shown, sent again and deleted; none is lost, and no body is ever printed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, get_args

import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from chalicelib.config import PREFIX
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.dead_letters import DeadLetter
from chalicelib.kernel.events import QUEUES, assessment_finished
from chalicelib.storage.dead_letters import QueueDeadLetters
from infrastructure.local.clients import CREDENTIALS, Clients, local_clients
from infrastructure.local.provision import provision
from infrastructure.local.settings import REGION, local_settings
from infrastructure.template import read_template, resources_of
from palier.__main__ import app
from palier.dead_queues import DeadQueue, Held, Holding, Pace, redriven
from palier.dlq import QueueName
from tests.worlds import STAGES, secrets

SECRET = "n4me-in-a-body"
NAMES = {name: name for name in ("AssessmentsTable", "PeopleTable", "RegistryTable", "ReleasesBucket")}


@dataclass(frozen=True)
class Stage:
    """The queues of a stage that the environment describes."""

    sqs: Any
    source: str
    dead: str

    def set_aside(self, reason: str, number: int, body: str | None = None) -> None:
        """A dead letter as the worker leaves it."""
        event = assessment_finished(f"a{number}", "p1", Instant(1), f"correlation-{number}").model_dump_json()
        letter = DeadLetter(body or event, reason, f"m{number}", "palier-x-results", Instant(1_795_000_000_000))
        QueueDeadLetters(self.sqs, self.dead).put(letter)

    def bodies(self, url: str) -> list[str]:
        """What a consumer receives now."""
        found: list[str] = []
        while got := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60).get("Messages"):
            found += [message["Body"] for message in got]
        return sorted(found)


def described(monkeypatch: pytest.MonkeyPatch, clients: Clients, endpoint_url: str | None) -> Stage:
    stage = f"dlq{next(STAGES)}"
    queues = provision(replace(resources_of(read_template(), stage), tables={}, buckets={}), clients)
    settings = local_settings(replace(queues, tables=NAMES, buckets=NAMES), endpoint_url, secrets())
    settings = settings.model_copy(update={"stage": stage})
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    for name, value in {**settings.as_environment(), **CREDENTIALS}.items():
        monkeypatch.setenv(name, value)
    assert settings.results_dead_queue_url is not None
    return Stage(clients.sqs, settings.results_queue_url, settings.results_dead_queue_url)


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    """moto's, made once: making them is most of what a small test would cost."""
    with mock_aws():
        yield local_clients(None, REGION)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, clients: Clients) -> Stage:
    return described(monkeypatch, clients, None)


def palier(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["dlq", *words], input=typed)


def told(*words: str) -> Any:
    ran = palier(*words, "--json")
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)


def results() -> dict[str, Any]:
    (found,) = [one for one in told("list") if one["queue"] == "results"]
    assert isinstance(found, dict)
    return found


def test_every_queue_has_its_name_in_the_command() -> None:
    assert get_args(get_args(QueueName)[0]) == QUEUES


def test_a_quiet_stage_has_nothing_to_tell(stage: Stage) -> None:
    quiet = {"queue": "results", "exists": True, "waiting": 0, "held": 0, "oldest_seconds": None, "reasons": {}}
    assert results() == quiet
    assert told("show", "results") == []
    assert told("redrive", "results") == {"queue": "results", "sent": 0, "waiting": 0}


def test_dead_letters_are_counted_by_reason_and_left_where_they_are(stage: Stage) -> None:
    for number, reason in enumerate(["not-json", "unknown-version", "not-json"]):
        stage.set_aside(reason, number)
    stage.sqs.send_message(QueueUrl=stage.dead, MessageBody="moved here by the queue itself")
    for _ in range(2):
        found = results()
        assert (found["waiting"], found["held"]) == (4, 0)
        assert found["reasons"] == {"not-json": 2, "received-too-often": 1, "unknown-version": 1}
        assert 0 <= found["oldest_seconds"] < 600
    assert "not-json 2" in palier("list").stdout


def test_ids_and_reasons_are_shown_and_never_a_body(stage: Stage) -> None:
    stage.set_aside("unknown-version", 7)
    stage.set_aside("not-an-envelope", 8, body=json.dumps({"id": SECRET, "type": SECRET, "correlationid": f"{SECRET} x"}))
    stage.set_aside("not-json", 9, body=SECRET)
    shown = {one["original_id"]: one for one in told("show", "results")}
    assert set(shown) == {"m7", "m8", "m9"}
    event = {
        "event_type": "palier.assessment-finished.v1",
        "event_id": "assessment-finished:a7",
        "correlation": "correlation-7",
    }
    first = {"reason": "unknown-version", "source_queue": "palier-x-results", "first_seen": "2026-11-18T11:06:40+00:00"}
    assert {**event, **first}.items() <= shown["m7"].items()
    assert (shown["m8"]["event_id"], shown["m8"]["event_type"], shown["m8"]["correlation"]) == ("", "", "")
    plain = palier("show", "results")
    assert "deploy the consumer, then redrive" in plain.stdout
    assert SECRET not in plain.output + json.dumps(shown)
    assert [one["original_id"] for one in told("show", "results", "--reason", "not-json")] == ["m9"]
    assert len(told("show", "results", "--limit", "2")) == 2
    assert results()["waiting"] == 3


def test_what_is_redriven_is_in_its_queue_as_it_was_and_gone_from_here(stage: Stage) -> None:
    for number in range(12):
        stage.set_aside("unknown-version" if number % 2 else "not-json", number, body=f"body-{number}")
    assert told("redrive", "results", "--reason", "unknown-version", "--rate", "1000") == {
        "queue": "results",
        "sent": 6,
        "waiting": 6,
    }
    assert stage.bodies(stage.source) == sorted(f"body-{number}" for number in range(1, 12, 2))
    assert results()["reasons"] == {"not-json": 6}


def test_no_more_than_the_limit_is_redriven_and_the_rest_can_be_received_at_once(stage: Stage) -> None:
    for number in range(5):
        stage.set_aside("not-json", number, body=f"body-{number}")
    ran = palier("redrive", "results", "--limit", "2", "--rate", "1000")
    assert ran.exit_code == 0, ran.output
    assert "Sent 2 messages to" in ran.stdout
    assert len(stage.bodies(stage.source)) == 2
    assert len(stage.bodies(stage.dead)) == 3


def test_a_redrive_that_dies_before_it_deletes_doubles_and_loses_nothing(stage: Stage) -> None:
    stage.set_aside("not-json", 1, body="kept")
    queue = DeadQueue(Undeleting(stage.sqs), "dead", stage.dead, stage.source.rpartition("/")[2])

    def send_again() -> None:
        with queue.holding() as holding:
            list(redriven(holding, None, Pace(1000)))

    with pytest.raises(KeyboardInterrupt):
        send_again()
    assert told("redrive", "results")["sent"] == 1
    assert stage.bodies(stage.source) == ["kept", "kept"]


@dataclass(frozen=True)
class Undeleting:
    """An SQS client whose user is interrupted when it deletes."""

    sqs: Any

    def delete_message(self, **_: Any) -> None:
        raise KeyboardInterrupt

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sqs, name)


def test_messages_are_dropped_by_either_id_or_by_reason_after_a_question(stage: Stage) -> None:
    for number, reason in enumerate(["not-json", "not-json", "unknown-type", "invalid-data"]):
        stage.set_aside(reason, number)
    refused = palier("drop", "results", "--reason", "not-json", typed="n\n")
    assert refused.exit_code == 1
    assert "Delete 2 messages" in refused.stderr
    assert results()["waiting"] == 4
    assert palier("drop", "results", "--reason", "not-json", typed="y\n").exit_code == 0
    assert told("drop", "results", "--id", "m2", "--yes") == {"queue": "results", "dropped": 1}
    (left,) = told("show", "results")
    assert told("drop", "results", "--id", left["id"], "--yes")["dropped"] == 1
    assert told("drop", "results", "--id", "nobody", "--yes")["dropped"] == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("drop", "results"), "Say which messages: --id or --reason."),
        (("drop", "results", "--id", "m1", "--json"), "--json asks nothing: say --yes."),
        (("show", "results", "--reason", "tired"), "There is no reason tired."),
        (("redrive", "results", "--reason", "tired"), "There is no reason tired."),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(stage: Stage, words: tuple[str, ...], sentence: str) -> None:
    ran = palier(*words)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(sentence)


def test_a_queue_that_the_stage_does_not_have_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALIER_STAGE", "elsewhere")
    assert [one["exists"] for one in told("list")] == [False] * 4
    assert "no such queue" in palier("list").stdout
    for words in (("show", "results"), ("redrive", "imports"), ("drop", "deliveries", "--id", "m1")):
        ran = palier(*words)
        assert (ran.exit_code, ran.stderr) == (2, f"There is no queue palier-elsewhere-{words[1]}-dead.\n")
    assert palier("show", "nothing").exit_code == 2


def test_a_stage_that_does_not_answer_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALIER_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    ran = palier("list")
    assert ran.exit_code == 2
    assert ran.stderr.startswith("The queues do not answer: ")


@dataclass
class Clockwork:
    """A clock that only a sleep moves."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


def test_no_more_go_in_a_second_than_asked_and_idle_time_is_not_saved_up() -> None:
    clock = Clockwork()
    pace = Pace(4, lambda: clock.now, clock.sleep)
    for _ in range(3):
        pace.wait()
    assert clock.slept == [0.25, 0.25]
    clock.now += 60
    for _ in range(2):
        pace.wait()
    assert clock.slept == [0.25, 0.25, 0.25]


def test_a_message_that_comes_again_while_it_is_held_is_given_once() -> None:
    @dataclass
    class Again:
        """SQS that forgot that the first message is held."""

        receives: int = 0

        def receive_message(self, **_: Any) -> dict[str, Any]:
            self.receives += 1
            names = ["a", "b"] if self.receives == 1 else ["a"]
            sent = {"SentTimestamp": "1"}
            return {
                "Messages": [
                    {"MessageId": n, "ReceiptHandle": f"{n}{self.receives}", "Body": "", "Attributes": sent} for n in names
                ]
            }

    client = Again()
    holding = Holding(DeadQueue(client, "dead", "url", "source"), 5, 10)
    given: list[Held] = list(holding)
    assert [one.id for one in given] == ["a", "b"]
    assert client.receives == 4, "three receives that give nothing more, then no further one"
    assert {one.receipt for one in holding.held.values()} == {"a4", "b1"}, "the last receipt is the one that counts"


@pytest.mark.stack
def test_the_emulated_stage_counts_redrives_and_drops_too(ministack_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = described(monkeypatch, local_clients(ministack_url, REGION), ministack_url)
    stage.set_aside("unknown-version", 1, body="again")
    stage.set_aside("not-json", 2)
    assert results()["reasons"] == {"not-json": 1, "unknown-version": 1}
    assert told("redrive", "results", "--reason", "unknown-version", "--rate", "1000")["sent"] == 1
    assert told("drop", "results", "--id", "m2", "--yes")["dropped"] == 1
    assert stage.bodies(stage.source) == ["again"]
    assert results()["waiting"] == 0
