"""The events Lambda makes for queue messages and schedules, and what a batch's reply means. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from infrastructure.template import LOCAL_ACCOUNT

Message = Mapping[str, Any]
"""A message as SQS ReceiveMessage gives it."""


def sqs_event(messages: Sequence[Message], queue_arn: str) -> dict[str, Any]:
    """Give the event of one batch of messages."""
    return {"Records": [_record(message, queue_arn) for message in messages]}


def schedule_event(rule: str, region: str, event_id: str, at: datetime) -> dict[str, Any]:
    """Give the event of a schedule rule that fires at `at`."""
    return {
        "version": "0",
        "id": event_id,
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": LOCAL_ACCOUNT,
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{LOCAL_ACCOUNT}:rule/{rule}"],
        "detail": {},
    }


def done_messages(messages: Sequence[Message], reply: object) -> list[Message]:
    """Give the messages that a handler's reply lets us delete.

    Lambda's rule: no reply or no failure listed, all are done; failures listed, the others are done; a reply that
    cannot be understood (wrong shape, an id that is not in the batch), none are.
    """
    if not reply:
        return list(messages)
    failures = reply.get("batchItemFailures") if isinstance(reply, Mapping) else "not an object"
    if not failures:
        return list(messages)
    if not isinstance(failures, list):
        return []
    failed = {item.get("itemIdentifier") if isinstance(item, Mapping) else None for item in failures}
    known = {message["MessageId"] for message in messages}
    return [message for message in messages if message["MessageId"] not in failed] if failed <= known else []


def _record(message: Message, queue_arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {name: _message_attribute(value) for name, value in message.get("MessageAttributes", {}).items()},
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }


def _message_attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    attribute: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if "StringValue" in value:
        attribute["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        attribute["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode("ascii")
    return attribute
