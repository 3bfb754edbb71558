"""The doubles refuse what the clouds do not offer: without this, passing on them would say nothing. Each call of ours is made there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.portability import alternator, scaleway_queues
from tests.portability.alternator import Alternator
from tests.portability.not_offered import NotOfferedError
from tests.portability.profiles import Profile, profile
from tests.portability.scaleway_queues import ScalewayQueues
from tests.worlds import ROOT

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}


class Anything:
    """A client that gives back what it was asked."""

    def __getattr__(self, name: str) -> Any:
        return lambda **arguments: {"asked": arguments, "Attributes": {"VisibilityTimeout": "120"}}


@pytest.mark.parametrize("call", [*alternator.CALLS, "describe_stream", "get_records"])
def test_a_dynamodb_call_that_alternator_lacks_is_refused_by_its_name(call: str) -> None:
    with pytest.raises(NotOfferedError, match=call):
        getattr(Alternator(Anything()), call)(TableName="t")


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("create_table", {"StreamSpecification": {"StreamEnabled": True}}),
        ("create_table", {"SSESpecification": {"Enabled": True}}),
        ("query", {"IndexName": "outbox", "ConsistentRead": True}),
    ],
)
def test_a_parameter_that_alternator_lacks_is_refused(call: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(NotOfferedError, match=f"{call}: "):
        getattr(Alternator(Anything()), call)(TableName="t", **arguments)


def test_what_alternator_ignores_does_nothing_and_its_indexes_hold_everything() -> None:
    put = Alternator(Anything()).put_item(TableName="t", Item=KEY, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert put["asked"] == {"TableName": "t", "Item": KEY}
    index = {"IndexName": "outbox", "Projection": {"ProjectionType": "KEYS_ONLY"}}
    made = Alternator(Anything()).create_table(TableName="t", GlobalSecondaryIndexes=[index])
    assert made["asked"]["GlobalSecondaryIndexes"][0]["Projection"] == {"ProjectionType": "ALL"}


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        *((call, {}) for call in scaleway_queues.CALLS),
        *((call, {name: 1}) for call, names in scaleway_queues.PARAMETERS.items() for name in names),
        ("send_message_batch", {"Entries": [{"Id": "1", "MessageBody": "", "DelaySeconds": 3}]}),
        ("create_queue", {"Attributes": {"FifoQueue": "true"}}),
        ("set_queue_attributes", {"Attributes": {"DelaySeconds": "3"}}),
        ("get_queue_attributes", {"AttributeNames": ["ApproximateNumberOfMessagesDelayed"]}),
        ("receive_message", {"AttributeNames": ["ApproximateFirstReceiveTimestamp"]}),
        ("change_message_visibility", {"VisibilityTimeout": 60}),
        ("change_message_visibility_batch", {"Entries": [{"Id": "1", "VisibilityTimeout": 0}, {"VisibilityTimeout": 60}]}),
    ],
)
def test_an_sqs_call_or_parameter_that_scaleway_lacks_is_refused(call: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(NotOfferedError, match=f"^{call}"):
        getattr(ScalewayQueues(Anything()), call)(QueueUrl="q", **arguments)


def test_a_message_counts_as_held_from_its_first_delivery_on(stage: Profile) -> None:
    sqs, url = stage.raw.sqs, stage.settings.results_queue_url
    sqs.send_message(QueueUrl=url, MessageBody="one")
    (message,) = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"]
    assert "ApproximateFirstReceiveTimestamp" not in message["Attributes"]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert counts(sqs, url) == ("0", "1")
    (again,) = sqs.receive_message(QueueUrl=url)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
    assert counts(sqs, url) == ("0", "0")


@pytest.fixture
def stage() -> Iterator[Profile]:
    with profile() as made:
        yield made


def counts(sqs: Any, url: str) -> tuple[str, str]:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return told[names[0]], told[names[1]]


CLIENTS = {"client", "s3", "sqs", "dynamodb"}
"""What our code calls a client of a cloud service."""
CODE = (*(ROOT / "chalicelib").rglob("*.py"), *(ROOT / "palier").rglob("*.py"), ROOT / "infrastructure/local/pump.py")


def calls_in(source: Path) -> set[str]:
    """The methods of clients that a module calls: `….client.put_item(…)`."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            if name in CLIENTS and "_" in node.func.attr:
                found.add(node.func.attr)
    return found


def test_every_call_in_the_code_is_on_the_page() -> None:
    page = (ROOT / "docs" / "portability.md").read_text(encoding="utf-8")
    called = set().union(*(calls_in(source) for source in CODE))
    assert {"put_item", "send_message", "get_object", "receive_message"} <= called
    for call in sorted(called):
        operation = "".join(part.capitalize() for part in call.split("_")).replace("V2", "V2")
        assert f" | {operation} | " in page, operation
