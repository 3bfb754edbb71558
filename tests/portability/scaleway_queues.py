"""An SQS client that offers what Scaleway Queues documents, and no FIFO queue, which we want to do without.

Source: "Scaleway Queues - Supported Actions" (pages/queues/reference-content/queues-support.mdx of scaleway/docs-content), and its
troubleshooting page on ApproximateNumberOfMessagesNotVisible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tests.portability.not_offered import NotOfferedError

OFFERED = frozenset(
    [
        "create_queue",
        "delete_queue",
        "list_queues",
        "get_queue_url",
        "get_queue_attributes",
        "set_queue_attributes",
        "purge_queue",
        "send_message",
        "send_message_batch",
        "receive_message",
        "delete_message",
        "delete_message_batch",
        "change_message_visibility",
        "change_message_visibility_batch",
    ]
)
_PLUMBING = frozenset({"exceptions", "meta", "get_paginator", "close"})
"""Parts of boto3's client that are no calls; only ListQueues is asked for by pages, and sends no parameter of pages then."""

CALLS: Mapping[str, str] = {
    "start_message_move_task": "dead letters are not sent again by the queue",
    "list_dead_letter_source_queues": "it is not offered",
    "tag_queue": "queues have no tags",
    "add_permission": "queues have no policies",
}
_SENT: Mapping[str, str] = {
    "DelaySeconds": "no message waits",
    "MessageGroupId": "there are no groups, and we want no FIFO queue",
    "MessageDeduplicationId": "we want no FIFO queue",
    "MessageSystemAttributes": "a sender sets none",
}
PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "receive_message": {
        "VisibilityTimeout": "what is received is hidden for as long as the queue says",
        "ReceiveRequestAttemptId": "we want no FIFO queue",
        "MessageSystemAttributeNames": "only the older AttributeNames is documented",
    },
    "send_message": _SENT,
    "list_queues": {"MaxResults": "there are no pages", "NextToken": "there are no pages"},
    "create_queue": {"tags": "queues have no tags"},
}
QUEUE_ATTRIBUTES = frozenset(
    [
        "All",
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "CreatedTimestamp",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "QueueArn",
        "ReceiveMessageWaitTimeSeconds",
        "RedrivePolicy",
        "VisibilityTimeout",
    ]
)
MESSAGE_ATTRIBUTES = frozenset(["All", "ApproximateReceiveCount", "SequenceNumber", "SenderId", "SentTimestamp"])
_WAITING, _HELD = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"


class ScalewayQueues:
    """A boto3 client of SQS behind the limits of Scaleway Queues."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._delivered: dict[str, dict[str, str]] = {}
        """By queue, the messages that were delivered and not deleted, by receipt: they count as held for ever."""

    def __getattr__(self, name: str) -> Any:
        if name in _PLUMBING:
            return getattr(self._client, name)

        def call(**arguments: Any) -> Any:
            if name not in OFFERED:
                raise NotOfferedError(name, "", CALLS.get(name, "it is not offered"))
            self._check(name, arguments)
            reply = getattr(self._client, name)(**arguments)
            return self._as_told(name, arguments, reply)

        return call

    def _check(self, name: str, arguments: Mapping[str, Any]) -> None:
        _refuse(name, arguments, PARAMETERS.get(name, {}))
        if name == "send_message_batch":
            for entry in arguments["Entries"]:
                _refuse(name, entry, _SENT)
        if name in ("create_queue", "set_queue_attributes"):
            _known(name, arguments.get("Attributes", {}), QUEUE_ATTRIBUTES)
        if name == "get_queue_attributes":
            _known(name, arguments.get("AttributeNames", ()), QUEUE_ATTRIBUTES)
        if name == "receive_message":
            _known(name, arguments.get("AttributeNames", ()), MESSAGE_ATTRIBUTES)
        if name == "change_message_visibility":
            self._check_visibility(name, arguments["QueueUrl"], [arguments])
        if name == "change_message_visibility_batch":
            self._check_visibility(name, arguments["QueueUrl"], arguments["Entries"])

    def _check_visibility(self, name: str, url: str, entries: Iterable[Mapping[str, Any]]) -> None:
        asked = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        for entry in entries:
            if entry["VisibilityTimeout"] not in (0, int(asked["Attributes"]["VisibilityTimeout"])):
                raise NotOfferedError(name, "VisibilityTimeout", "only 0 and the queue's own are taken")

    def _as_told(self, name: str, arguments: Mapping[str, Any], reply: Any) -> Any:
        delivered = self._delivered.setdefault(arguments.get("QueueUrl", ""), {})
        if name == "receive_message":
            for message in reply.get("Messages", ()):
                delivered[message["ReceiptHandle"]] = message["MessageId"]
                for absent in ("ApproximateFirstReceiveTimestamp", "AWSTraceHeader"):
                    message.get("Attributes", {}).pop(absent, None)
        gone = {arguments["ReceiptHandle"]} if name == "delete_message" else set()
        if name == "delete_message_batch":
            gone = {entry["ReceiptHandle"] for entry in arguments["Entries"]}
        if gone:
            deleted = {delivered[receipt] for receipt in gone if receipt in delivered}
            self._delivered[arguments["QueueUrl"]] = {r: m for r, m in delivered.items() if m not in deleted}
        if name == "get_queue_attributes" and {_WAITING, _HELD} <= set(reply.get("Attributes", ())):
            counted = reply["Attributes"]
            there, held = int(counted[_WAITING]) + int(counted[_HELD]), len(set(delivered.values()))
            reply = {**reply, "Attributes": {**counted, _WAITING: str(there - held), _HELD: str(held)}}
        return reply


def _refuse(call: str, arguments: Mapping[str, Any], refused: Mapping[str, str]) -> None:
    for parameter in arguments:
        if parameter in refused:
            raise NotOfferedError(call, parameter, refused[parameter])


def _known(call: str, names: Iterable[str], known: frozenset[str]) -> None:
    for name in names:
        if name not in known:
            raise NotOfferedError(call, name, "this attribute is not supported")
