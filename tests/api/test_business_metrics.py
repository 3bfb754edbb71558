"""What is counted: the figures of the business and of our faults, in few lines, and never by anything that names a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.assessments.model import Entry, StopReason, Tail
from chalicelib.assessments.starting import Wish
from chalicelib.kernel.dead_letters import REASONS
from chalicelib.kernel.errors import UnavailableError
from chalicelib.observability import Metric, correlated, count, count_dead_letter, count_failure
from chalicelib.wiring import Services
from chalicelib.workers import exposure, results, sweeper
from infrastructure.local.lambda_context import LambdaContext
from load_tests.telling import measure, tell
from tests.api.http_client import REQUEST_ID, Client, Player
from tests.api.logged import Logged
from tests.api.scenes import Failing, Scene
from tests.fakes.memory import MemoryLogs, MemorySender
from tests.worlds import World

CONTEXT = LambdaContext("results", "eu-west-3", 60.0)


def work(world: World, event: dict[str, Any]) -> None:
    with correlated("of-the-batch"):
        results.consume(event, CONTEXT, results.following_of(world.services))


def sent(world: World) -> dict[str, Any]:
    """The batch of what was sent."""
    sender = world.services.ports.sender
    assert isinstance(sender, MemorySender)
    bodies = [envelope.model_dump_json() for envelope in sender.sent]
    return {"Records": [{"messageId": str(n), "body": body, "eventSource": "aws:sqs"} for n, body in enumerate(bodies)]}


def test_a_journey_is_counted_from_its_start_to_its_profile(memory: World, logged: Logged) -> None:
    client = Client(memory.services)
    replies = Player.person(memory, client, scope="crcn").advance(3)
    Player.person(memory, client, "paul").post("/finish")
    work(memory, sent(memory))
    answers = sum(reply.json["answers"] > 0 for reply in replies)
    assert answers >= 3
    counted = {name: logged.total(name) for name in ("AssessmentsStarted", "Answers", "ProfileUpdates")}
    assert counted == {"AssessmentsStarted": 2, "Answers": 3, "ProfileUpdates": 1}
    assert logged.by("why", "AssessmentsFinished") == {"stopped-by-person": 1}


def test_an_assessment_that_ends_by_its_last_answer_is_an_answer_and_an_end(memory: World, logged: Logged) -> None:
    player = Player.person(memory, Client(memory.services), length=2)
    player.advance()
    assert (logged.total("Answers"), logged.by("why", "AssessmentsFinished")) == (2, {"length-reached": 1})


def test_a_repeat_is_not_counted_again(memory: World, logged: Logged) -> None:
    client = Client(memory.services)
    player = Player.person(memory, client)
    Player.person(memory, client)
    progress = player.served()
    assert [player.answer(progress, None).status for _ in range(3)] == [200] * 3
    player.post("/finish")
    player.post("/finish")
    assert [logged.total(name) for name in ("AssessmentsStarted", "Answers", "AssessmentsFinished")] == [1, 1, 1]


def test_an_anonymous_start_is_counted_once_by_its_key(memory: World, logged: Logged) -> None:
    client = Client(memory.services)
    for seconds in (0, 5):
        memory.clock.forward(seconds)
        client.post("/v1/assessments", {"scope": "1.1"}, idempotency_key="k" * 24)
    assert logged.total("AssessmentsStarted") == 1


def test_what_the_sweeper_ends_is_abandoned_and_what_it_sends_is_counted(memory: World, logged: Logged) -> None:
    client = Client(memory.services)
    Player.person(memory, client)
    sender = memory.services.ports.sender
    assert isinstance(sender, MemorySender)
    sender.down = True
    Player.person(memory, client, "paul").post("/finish")
    sender.down = False
    memory.clock.forward(49 * 3600)
    with correlated("of-the-sweep"):
        sweeper.sweep(memory.services.sweeping)
    assert logged.by("why", "AssessmentsFinished") == {"stopped-by-person": 1, "abandoned": 1}
    figures = ("AssessmentsAbandoned", "OutboxDelivered", "OutboxFailed", "OutboxUndelivered", "OutboxOldestSeconds")
    assert [logged.total(name) for name in figures] == [1, 1, 0, 1, 49 * 3600]


def test_a_quiet_sweep_tells_zero_so_that_silence_is_not_mistaken_for_peace(memory: World, logged: Logged) -> None:
    with correlated("of-the-sweep"):
        sweeper.sweep(memory.services.sweeping)
        exposure.publish(memory.services.publishing)
    told = {point.name: point.value for point in logged.points}
    assert set(told) >= {"OutboxUndelivered", "OutboxOldestSeconds", "OutboxAlarming", "ExposureFailed", "ExposureUnreadable"}
    assert set(told.values()) == {0.0}
    assert len(logged.metric_lines) == 1


def test_a_clock_that_goes_back_is_told_in_seconds_once_it_is_over_two(scene: Scene, logged: Logged) -> None:
    for seconds in (-2, -300):
        scene.world.clock.forward(seconds)
        assert scene.answer(None).status == 200
        scene.world.clock.forward(-seconds)
    assert [point.value for point in logged.points if point.name == "ClockSkewSeconds"] == [300.0]


class TakenLogs(MemoryLogs):
    """Somebody else takes the number of every entry that is tried, `times` times."""

    times = 0

    def append(self, assessment_id: str, entry: Entry) -> Entry | None:
        if self.times == 0:
            return super().append(assessment_id, entry)
        self.times -= 1
        first = self.entry(assessment_id, 0)
        assert first is not None
        return first


@pytest.mark.parametrize(("times", "status", "exhausted"), [(0, 200, 0), (2, 200, 0), (5, 503, 1)])
def test_lost_races_are_counted_and_so_is_giving_up(
    scene: Scene, logged: Logged, times: int, status: int, exhausted: int
) -> None:
    client = scene.log_as(TakenLogs)
    TakenLogs.times = times
    try:
        assert scene.answer(None, client).status == status
    finally:
        TakenLogs.times = 0
    assert (logged.total("WriteConflicts"), logged.total("RetriesExhausted")) == (times, exhausted)


def test_a_store_that_does_not_answer_is_our_fault(scene: Scene, logged: Logged) -> None:
    broken = scene.broken(UnavailableError("store-unavailable", "The store did not answer: query."))
    assert broken.get(scene.ines.path, scene.ines.token).status == 503
    assert logged.total("StoreUnavailable") == 1


class Broken(MemoryLogs):
    """A log whose every read is a bug."""

    def tail(self, assessment_id: str) -> Tail | None:
        raise ZeroDivisionError


def finished(memory: World, **ports: Any) -> dict[str, Any]:
    """The batch of an assessment that is handled over these ports: what is told of it."""
    Player.person(memory, Client(memory.services)).post("/finish")
    services = Services(memory.services.settings, replace(memory.services.ports, **ports))
    with correlated("of-the-batch"):
        return results.consume(sent(memory), CONTEXT, results.following_of(services))


def test_a_message_that_is_given_back_is_told_with_its_cause_and_counted_if_it_is_our_fault(
    memory: World, logged: Logged
) -> None:
    down = Failing(UnavailableError("store-unavailable", "The store did not answer: query."))
    assert finished(memory, log=down)["batchItemFailures"] == [{"itemIdentifier": "0"}]
    told = logged.lines[-1]
    assert (told["message"], told["status"], told["code"], told["letter"]) == (
        "message-given-back",
        503,
        "store-unavailable",
        "0",
    )
    assert told["correlation"] == REQUEST_ID, "the event's, not the batch's"
    assert (logged.total("StoreUnavailable"), logged.total("ProfileUpdates")) == (1, 0)


def test_a_bug_in_a_consumer_is_recorded_with_its_trace(memory: World, logged: Logged) -> None:
    assert finished(memory, log=Broken())["batchItemFailures"] == [{"itemIdentifier": "0"}]
    told = logged.lines[-1]
    assert (told["message"], told["level"], told["exception_name"]) == ("message-failed", "ERROR", "ZeroDivisionError")


@pytest.mark.parametrize("code", ["assessment-finished", "invalid-request", "too-early-to-improve", "unknown"])
def test_what_people_do_wrong_is_not_counted_as_our_fault(logged: Logged, code: str) -> None:
    count_failure(code)
    assert logged.points == []


def test_a_request_writes_one_metric_line_and_one_more_where_an_assessment_ends(memory: World, logged: Logged) -> None:
    player = Player.person(memory, Client(memory.services), length=2)
    lines: list[int] = []
    while (progress := player.progress())["next"] is not None:
        before = len(logged.metric_lines)
        if progress["next"]["phase"] == "announced":
            player.post("/begin", {"step": progress["next"]["step"]})
        else:
            player.answer(progress, None)
            lines.append(len(logged.metric_lines) - before)
    before = len(logged.metric_lines)
    player.get("/results")
    assert (lines, len(logged.metric_lines)) == ([1, 2], before)


def test_no_metric_has_an_id_for_a_dimension(memory: World, logged: Logged) -> None:
    for name in ("ines", "paul"):
        Player.person(memory, Client(memory.services), name).post("/finish")
    work(memory, sent(memory))
    for reason in REASONS:
        count_dead_letter(reason)
    values = {"service": {"palier"}, "why": {one.code for one in StopReason}, "reason": set(REASONS)}
    assert logged.points
    for point in logged.points:
        assert point.namespace == "Palier"
        assert set(point.dimensions) <= set(values)
        assert all(value in values[name] for name, value in point.dimensions.items())
    for line in logged.metric_lines:
        assert set(line) <= {"_aws", "service", "why", "reason"} | {metric.value for metric in Metric}


def test_outside_every_scope_a_console_that_writes_to_logs_prints_nothing(memory: World, logged: Logged) -> None:
    memory.services.starting.start("ines", Wish("1.1", "fr"))
    assert logged.metric_lines == []
    count(Metric.PROFILE_UPDATES)
    assert logged.total("ProfileUpdates") == 1


def test_a_scope_that_fails_still_writes_what_it_counted(logged: Logged) -> None:
    def fail() -> None:
        with correlated("of-a-request"):
            count(Metric.ANSWERS)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert logged.total("Answers") == 1


def test_telling_of_an_answer_takes_less_than_six_hundred_bytes() -> None:
    assert 0 < measure(tell, rounds=1, repeats=1).bytes < 600
