"""What a call does when the network or the service fails it, through the wire adapter and through boto3 alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.kernel.errors import UnavailableError
from chalicelib.storage.failures import CallRefusedError, CloudCallError, NoReplyError
from chalicelib.storage.meter import Meter
from chalicelib.storage.table import Table, Values
from chalicelib.storage.wire.connections import Patience
from chalicelib.storage.wire.retries import RetryPolicy
from tests.storage.fault_server import (
    Fault,
    FaultServer,
    closed_after,
    damaged,
    hang,
    lost,
    operations,
    refusal,
    reset,
    running,
    saying,
    truncated,
)
from tests.storage.wire_builders import HASTY, PATIENT, boto_client, wire, wire_dynamodb

ITEM: Values = {"pk": {"S": "A#1"}, "sk": {"S": "0000"}, "state": {"B": b"\x00\xff"}}
KEY = {"pk": {"S": "A#1"}, "sk": {"S": "0000"}}

PASSING: dict[str, Fault] = {
    "throttle": saying(refusal("ProvisionedThroughputExceededException")),
    "throttle of the account": saying(refusal("ThrottlingException")),
    "500": saying(refusal("InternalServerError", 500)),
    "503": saying(refusal("ServiceUnavailable", 503)),
    "reset": reset,
    "lost reply": lost,
    "hang": hang,
    "truncated": truncated,
    "damaged": damaged,
}


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with running(FaultServer()) as made:
        yield made


@pytest.fixture(params=["wire", "boto3"])
def dynamodb(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Makes a client; neither takes time to wait between attempts."""
    made: list[Any] = []

    def make(url: str, attempts: int = 3, patience: Patience = PATIENT) -> Any:
        own = request.param == "wire"
        made.append(wire_dynamodb(url, attempts, patience) if own else boto_client("dynamodb", url, attempts, patience))
        return made[-1]

    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None, time=lambda: 0.0))
    yield make
    for client in made:
        client.service.connections.close() if request.param == "wire" else client.close()


def patience_for(fault: Fault) -> Any:
    return HASTY if fault is hang else PATIENT


@pytest.mark.parametrize("fault", PASSING)
def test_a_read_survives_two_faults(server: FaultServer, dynamodb: Callable[..., Any], fault: str) -> None:
    client = dynamodb(server.url, patience=patience_for(PASSING[fault]))
    client.put_item(TableName="t", Item=ITEM)
    server.play(PASSING[fault], PASSING[fault])
    reply = client.get_item(TableName="t", Key=KEY, ConsistentRead=True)
    assert reply["Item"] == ITEM
    assert set(operations(server)) == {"PutItem", "GetItem"}


BROKEN = ("lost reply", "reset", "truncated", "damaged")
"""boto3 takes a body that is still cut or damaged at its last attempt for an empty one; ours is in test_wire_calls.py."""


@pytest.mark.parametrize("fault", [one for one in PASSING if one not in BROKEN])
def test_three_faults_fail_the_call_with_the_last_of_them(
    server: FaultServer, dynamodb: Callable[..., Any], fault: str
) -> None:
    client = dynamodb(server.url, patience=patience_for(PASSING[fault]))
    server.play(*[PASSING[fault]] * 3)
    with pytest.raises(CloudCallError) as failed:
        client.get_item(TableName="t", Key=KEY)
    assert operations(server) == ["GetItem"] * 3
    if isinstance(failed.value, CallRefusedError):
        assert failed.value.code.startswith(("Provisioned", "Throttling", "Internal", "ServiceUnavailable"))
        assert failed.value.status in (400, 500, 503)
    else:
        assert isinstance(failed.value, NoReplyError)
        assert failed.value.timed_out == (fault == "hang")


@pytest.mark.parametrize("fault", [lost, reset], ids=["lost reply", "reset"])
def test_a_service_that_never_answers_is_told_as_no_reply(
    server: FaultServer, dynamodb: Callable[..., Any], fault: Fault
) -> None:
    server.play(*[fault] * 12)
    with pytest.raises(NoReplyError) as failed:
        dynamodb(server.url).get_item(TableName="t", Key=KEY)
    assert not failed.value.timed_out


def test_nobody_listening_is_told_as_no_reply(server: FaultServer, dynamodb: Callable[..., Any]) -> None:
    with running(FaultServer()) as gone:
        url = gone.url
    with pytest.raises(NoReplyError):
        dynamodb(url).get_item(TableName="t", Key=KEY)


@pytest.mark.parametrize("fault", [lost, hang, truncated, damaged], ids=lambda fault: str(fault.__name__))
def test_a_write_whose_reply_was_lost_finds_its_own_item(
    server: FaultServer, dynamodb: Callable[..., Any], fault: Fault
) -> None:
    def after_commit(server: FaultServer, connection: Any, carry: Any) -> bool:
        answer = carry()
        return fault(server, connection, lambda: answer)

    table = Table(dynamodb(server.url, patience=patience_for(fault)), "t", Meter())
    server.play(after_commit)
    assert table.put_new(ITEM) == ITEM
    assert len(server.items) == 1
    assert operations(server) == ["PutItem", "PutItem"]


def test_a_refusal_that_will_not_pass_is_told_at_once_with_its_code(server: FaultServer, dynamodb: Callable[..., Any]) -> None:
    client = dynamodb(server.url)
    server.play(saying(refusal("ValidationException")), saying(refusal("AccessDeniedException")))
    for code in ("ValidationException", "AccessDeniedException"):
        with pytest.raises(CallRefusedError) as refused:
            client.get_item(TableName="t", Key=KEY)
        assert (refused.value.code, refused.value.status) == (code, 400)
    assert operations(server) == ["GetItem", "GetItem"]


def test_a_condition_that_fails_gives_the_old_item(server: FaultServer, dynamodb: Callable[..., Any]) -> None:
    client = dynamodb(server.url)
    client.put_item(TableName="t", Item=ITEM)
    with pytest.raises(CallRefusedError) as refused:
        client.put_item(TableName="t", Item=ITEM, ConditionExpression="attribute_not_exists(sk)")
    assert refused.value.code == "ConditionalCheckFailedException"
    assert refused.value.reply["Item"] == ITEM


def test_a_table_tells_any_failure_as_unavailable(server: FaultServer, dynamodb: Callable[..., Any]) -> None:
    table = Table(dynamodb(server.url, attempts=1), "t", Meter())
    fatal = [PASSING[one] for one in ("throttle", "500", "lost reply", "reset")]
    for fault in (*fatal, saying(refusal("ResourceNotFoundException"))):
        server.play(*[fault] * 2)  # twice: a kept connection that breaks is replaced once
        with pytest.raises(UnavailableError) as told:
            table.get("A#1", "0000", strong=True)
        assert told.value.code == "store-unavailable"
        server.play()


def test_a_connection_closed_while_idle_is_replaced_without_a_failure(
    server: FaultServer, dynamodb: Callable[..., Any]
) -> None:
    client = dynamodb(server.url)
    for _ in range(3):
        server.play(closed_after)
        assert client.get_item(TableName="t", Key=KEY).get("Item") is None
    assert server.connections == 3


@pytest.mark.parametrize("client", ["wire", "boto3"])
def test_an_object_that_is_cut_is_no_reply_and_never_a_shorter_object(server: FaultServer, client: str) -> None:
    own = wire(server.url).objects(PATIENT, RetryPolicy(3))
    objects: Any = own if client == "wire" else boto_client("s3", server.url)
    server.objects["/b/k"] = b"content" * 100
    assert objects.get_object(Bucket="b", Key="k")["Body"].read() == b"content" * 100
    server.play(*[truncated] * 3)
    with pytest.raises(NoReplyError):
        objects.get_object(Bucket="b", Key="k")
    server.play()
    with pytest.raises(CallRefusedError) as refused:
        objects.get_object(Bucket="b", Key="none")
    assert (refused.value.code, refused.value.status) == ("NoSuchKey", 404)
    for kept in own.by_origin.values():
        kept.close()
    if client == "boto3":
        objects.close()
