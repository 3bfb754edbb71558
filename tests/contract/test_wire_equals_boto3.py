"""The wire adapter beside boto3, its oracle, on one MiniStack: the same call, the same reply, the same refusal."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.storage.failures import CallRefusedError
from chalicelib.storage.wire.objects import WireObjects
from tests.worlds import World, wire_world

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def both(ministack_url: str) -> World:
    return wire_world(ministack_url)


def table(world: World) -> str:
    return world.services.settings.people_table


def key(of: str) -> dict[str, Any]:
    return {"pk": {"S": of}, "sk": {"S": "x"}}


def bare(reply: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in reply.items() if name != "ResponseMetadata"}


EVERY_KIND: dict[str, Any] = {
    "s": {"S": 'é\u2028\U0001f600"'},
    "n": {"N": "-12345678901234567890"},
    "b": {"B": bytes(range(256))},
    "B": {"B": b""},
    "bs": {"BS": [b"\x00", b"\xff"]},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2"]},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "m": {"M": {"B": {"S": "no bytes"}, "inner": {"M": {"B": {"B": b"bytes"}}}}},
    "l": {"L": [{"B": b"1"}, {"L": [{"B": b"2"}]}, {"S": "B"}]},
}


@pytest.mark.parametrize("writer", ["wire", "boto3"])
def test_every_kind_of_value_is_read_back_by_either(both: World, writer: str) -> None:
    clients = {"wire": both.clients.dynamodb, "boto3": both.boto.dynamodb}
    item = {**key(f"every kind {writer}"), **EVERY_KIND}
    clients[writer].put_item(TableName=table(both), Item=item)
    asked = {"TableName": table(both), "Key": key(f"every kind {writer}"), "ConsistentRead": True}
    by_wire, by_boto = (bare(client.get_item(**asked)) for client in clients.values())
    assert by_wire == by_boto == {"Item": item}


def test_pages_conditions_updates_and_batches_give_what_boto3_gives(both: World) -> None:
    name, ours, theirs = table(both), both.clients.dynamodb, both.boto.dynamodb

    def same(call: str, **arguments: Any) -> Any:
        replies = [bare(getattr(client, call)(TableName=name, **arguments)) for client in (ours, theirs)]
        assert replies[0] == replies[1]
        return replies[0]

    def same_refusal(call: str, **arguments: Any) -> CallRefusedError:
        told = []
        for client in (ours, theirs):
            with pytest.raises(CallRefusedError) as refused:
                getattr(client, call)(**{"TableName": name, **arguments})
            told.append(refused.value)
        assert (told[0].code, told[0].status) == (told[1].code, told[1].status)
        assert told[0].reply.get("Item") == told[1].reply.get("Item")
        return told[0]

    for number in range(5):
        item = {"pk": {"S": "pages"}, "sk": {"S": str(number)}, "b": {"B": b"x" * number}}
        assert same("put_item", Item=item) == {}
    asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "pages"}}, "Limit": 2}
    page = same("query", **asked)
    assert len(page["Items"]) == 2
    assert len(same("query", ExclusiveStartKey=page["LastEvaluatedKey"], **asked)["Items"]) == 2
    taken = same_refusal(
        "put_item",
        Item=page["Items"][1],
        ConditionExpression="attribute_not_exists(sk)",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    assert taken.code == "ConditionalCheckFailedException"
    assert taken.reply["Item"] == page["Items"][1]
    same(
        "update_item",
        Key={"pk": {"S": "pages"}, "sk": {"S": "3"}},
        UpdateExpression="SET b = :b",
        ExpressionAttributeValues={":b": {"B": b"new"}},
        ReturnValues="ALL_NEW",
    )
    same_refusal("get_item", TableName=name + "x", Key=key("a"))
    same_refusal("put_item", Item={"pk": {"S": "no sort key"}})
    other = {"ConditionExpression": "b = :b", "ExpressionAttributeValues": {":b": {"B": b"other"}}}
    same_refusal("delete_item", Key={"pk": {"S": "pages"}, "sk": {"S": "3"}}, **other)
    assert same("delete_item", Key={"pk": {"S": "pages"}, "sk": {"S": "4"}}) == {}
    removal = {name: [{"DeleteRequest": {"Key": {"pk": {"S": "pages"}, "sk": {"S": "0"}}}}]}
    for client in (ours, theirs):
        assert not client.batch_write_item(RequestItems=removal).get("UnprocessedItems")
    assert [item["sk"]["S"] for item in same("query", **{**asked, "Limit": 9})["Items"]] == ["1", "2", "3"]


@pytest.fixture(scope="module")
def objects(both: World) -> WireObjects:
    made: WireObjects = both.clients.s3
    return made


NAMES = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=12
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, st.binary(max_size=2000))
def test_an_object_of_any_name_is_the_same_for_either(both: World, objects: WireObjects, name: str, content: bytes) -> None:
    bucket, named = both.services.settings.releases_bucket, f"any/{name}~"
    objects.put_object(Bucket=bucket, Key=named, Body=content)
    assert both.boto.s3.get_object(Bucket=bucket, Key=named)["Body"].read() == content
    both.boto.s3.put_object(Bucket=bucket, Key=named, Body=content + b".")
    assert objects.get_object(Bucket=bucket, Key=named)["Body"].read() == content + b"."


def test_what_is_absent_is_refused_in_the_same_words(both: World) -> None:
    for bucket in (both.services.settings.releases_bucket, "no-such-bucket-of-ours"):
        told = []
        for client in (both.clients.s3, both.boto.s3):
            with pytest.raises(CallRefusedError) as refused:
                client.get_object(Bucket=bucket, Key="absent")
            told.append((refused.value.code, refused.value.status))
        assert told[0] == told[1]


@pytest.mark.parametrize("body", ["é\u2028\U0001f600", "x" * 100_000])
def test_a_message_arrives_as_it_was_sent(both: World, body: str) -> None:
    queue = both.services.settings.results_queue_url
    both.clients.sending.send_message(QueueUrl=queue, MessageBody=body)
    (message,) = both.boto.sending.receive_message(QueueUrl=queue, WaitTimeSeconds=2)["Messages"]
    assert message["Body"] == body
    both.boto.sending.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
