"""The local pump: which messages are gone after a batch, when scheduled functions fire, and how it stops."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from infrastructure.local.clients import local_clients
from infrastructure.local.lambda_events import Message, done_messages, schedule_event, sqs_event
from infrastructure.local.pump import Pump, SqsQueue, queue_arn

ARN = "arn:aws:sqs:eu-west-3:000000000000:palier-test-results"


def message(number: int, **over: Any) -> Message:
    return {"MessageId": f"m{number}", "ReceiptHandle": f"r{number}", "Body": f"body {number}", **over}


class FakeQueue:
    """Gives the batches it was made with, then nothing; remembers what was deleted."""

    arn = ARN

    def __init__(self, *batches: Sequence[Message]) -> None:
        self.batches = list(batches)
        self.deleted: list[str] = []

    def receive(self) -> Sequence[Message]:
        return self.batches.pop(0) if self.batches else []

    def delete(self, messages: Sequence[Message]) -> None:
        self.deleted += [item["MessageId"] for item in messages]


def failures(*ids: object) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": one} for one in ids]}


def deleted_after(reply: object) -> list[str]:
    queue = FakeQueue([message(1), message(2), message(3)])
    Pump(queue, lambda *_: reply, {}, 20).deliver()
    return queue.deleted


@pytest.mark.parametrize("reply", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_a_batch_without_failures_is_deleted_whole(reply: object) -> None:
    assert deleted_after(reply) == ["m1", "m2", "m3"]


def test_messages_reported_as_failed_stay_and_the_others_go() -> None:
    assert deleted_after(failures("m2")) == ["m1", "m3"]


@pytest.mark.parametrize(
    "reply",
    [failures("m1", "m2", "m3"), failures("another"), failures(None), failures(""), {"batchItemFailures": ["m1"]}, "done"],
    ids=["all failed", "an unknown id", "a null id", "an empty id", "wrong items", "no object"],
)
def test_a_reply_that_reports_all_or_makes_no_sense_deletes_nothing(reply: object) -> None:
    assert deleted_after(reply) == []


def test_a_handler_that_raises_deletes_nothing_and_the_next_batch_is_served(capsys: pytest.CaptureFixture[str]) -> None:
    queue = FakeQueue([message(1)], [message(2)])

    def work(event: dict[str, Any], _: object) -> None:
        if event["Records"][0]["messageId"] == "m1":
            raise LookupError("no such assessment")

    pump = Pump(queue, work, {}, 20)
    assert (pump.deliver(), pump.deliver()) == (0, 1)
    assert queue.deleted == ["m2"]
    assert "no such assessment" in capsys.readouterr().err


class SilentSqs:
    """An SQS client whose every call fails."""

    def __getattr__(self, _: str) -> Any:
        def call(**_: Any) -> Any:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

        return call


def test_a_queue_that_does_not_answer_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    queue = SqsQueue(SilentSqs(), "http://127.0.0.1:1/000000000000/palier-test-results", ARN)
    assert Pump(queue, lambda *_: None, {}, 20).deliver() == 0
    queue.delete([message(1)])
    assert capsys.readouterr().err.count("EndpointConnectionError") >= 2


def test_the_arn_of_a_queue_is_read_from_its_url() -> None:
    assert queue_arn("http://127.0.0.1:4566/000000000000/palier-test-results", "eu-west-3") == ARN


def test_an_empty_poll_calls_nobody() -> None:
    calls: list[object] = []
    assert Pump(FakeQueue(), lambda *given: calls.append(given), {}, 20).deliver() == 0
    assert calls == []


def test_a_record_has_the_shape_lambda_gives_it() -> None:
    received = message(
        1,
        Attributes={"ApproximateReceiveCount": "1"},
        MessageAttributes={
            "kind": {"DataType": "String", "StringValue": "ended"},
            "raw": {"DataType": "Binary", "BinaryValue": b"\x00\x01"},
        },
    )
    (record,) = sqs_event([received], ARN)["Records"]
    assert (record["messageId"], record["receiptHandle"], record["body"]) == ("m1", "r1", "body 1")
    assert (record["eventSource"], record["eventSourceARN"], record["awsRegion"]) == ("aws:sqs", ARN, "eu-west-3")
    assert record["attributes"] == {"ApproximateReceiveCount": "1"}
    assert record["messageAttributes"]["kind"]["stringValue"] == "ended"
    assert record["messageAttributes"]["raw"]["binaryValue"] == "AAE="


def test_every_scheduled_function_fires_each_time_its_seconds_have_passed_even_after_a_failure() -> None:
    stop, fired, others, now = threading.Event(), [], list[object](), 0.0

    def clock() -> float:
        nonlocal now
        now += 1.0
        if now > 50:
            stop.set()
        return now

    def sweep(event: dict[str, Any], _: object) -> None:
        fired.append(now)
        assert event["source"] == "aws.events"
        raise LookupError("once more")

    def other(event: dict[str, Any], _: object) -> None:
        others.append(event["resources"])

    Pump(FakeQueue(), lambda *_: None, {"sweeper": sweep, "other": other}, 20, clock=clock).run(stop)
    assert len(fired) == len(others) == 2


def test_a_stop_lets_the_batch_in_hand_finish() -> None:
    stop = threading.Event()
    queue = FakeQueue([message(1)], [message(2)])
    Pump(queue, lambda *_: stop.set(), {}, 20).run(stop)
    assert queue.deleted == ["m1"]


def test_a_schedule_event_says_which_rule_fired_when() -> None:
    event = schedule_event("sweep", "eu-west-3", "e1", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert (event["id"], event["time"], event["detail"]) == ("e1", "2026-01-02T03:04:05Z", {})
    assert event["resources"] == ["arn:aws:events:eu-west-3:000000000000:rule/sweep"]


def test_done_messages_are_the_received_ones_themselves() -> None:
    batch = [message(1), message(2)]
    assert done_messages(batch, failures("m1")) == [batch[1]]


def test_on_sqs_only_the_failed_message_is_left() -> None:
    with mock_aws():
        sqs = local_clients(None, "eu-west-3").sqs
        url = sqs.create_queue(QueueName="results")["QueueUrl"]
        for text in ("good", "bad", "fine"):
            sqs.send_message(QueueUrl=url, MessageBody=text)

        def work(event: dict[str, Any], _: object) -> dict[str, Any]:
            return failures(*(record["messageId"] for record in event["Records"] if record["body"] == "bad"))

        pump = Pump(SqsQueue(sqs, url, ARN, wait_seconds=0), work, {}, 20)
        done = 0
        while count := pump.deliver():
            done += count
        left = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert done == 2
    assert left["ApproximateNumberOfMessagesNotVisible"] == "1"
