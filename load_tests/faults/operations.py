"""What a request to the store is: which call, whether it writes, and whom it is about."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from load_tests.faults.http_wire import HttpMessage

WRITES = frozenset({"PutItem", "UpdateItem", "BatchWriteItem", "SendMessage", "DeleteMessageBatch", "PutObject"})
_ASSESSMENT = re.compile(r"assessment_id\W+([a-z2-7]{26})")


@dataclass(frozen=True)
class Operation:
    """One call: `dynamodb`, `sqs` or `s3`; its name in that service; an assessment's or a person's id, or nothing."""

    service: str
    name: str
    subject: str = ""

    @property
    def writes(self) -> bool:
        """Whether it changes what is stored."""
        return self.name in WRITES


def operation_of(request: HttpMessage) -> Operation:
    """Read the call from the request's target header, its form, or for S3 its method."""
    target = request.header("x-amz-target")
    if target.startswith("DynamoDB"):
        return Operation("dynamodb", target.rpartition(".")[2], _subject_of(document_of(request)))
    if target.startswith("AmazonSQS"):
        return Operation("sqs", target.rpartition(".")[2], _message_subject(request.body))
    if request.header("content-type").startswith("application/x-www-form-urlencoded"):
        action = parse_qs(request.body.decode("utf-8", "replace")).get("Action", ["Unknown"])[0]
        return Operation("sqs", action, _message_subject(request.body))
    method = request.first_line.partition(" ")[0]
    return Operation("s3", {"GET": "GetObject", "PUT": "PutObject"}.get(method, method))


def document_of(request: HttpMessage) -> dict[str, Any]:
    """The JSON object that the request carries; empty when it carries none."""
    try:
        document = json.loads(request.body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def item_key(request: HttpMessage) -> tuple[str, str]:
    """Partition and sort key of the item that a PutItem stores."""
    item = document_of(request)["Item"]
    return str(item["pk"]["S"]), str(item["sk"]["S"])


def _subject_of(document: dict[str, Any]) -> str:
    key = document.get("Key") or document.get("Item") or document.get("ExpressionAttributeValues") or {}
    partition = (key.get("pk") or key.get(":pk") or {}).get("S", "")
    return str(partition[2:]) if partition[:2] in ("A#", "P#") else ""


def _message_subject(body: bytes) -> str:
    found = _ASSESSMENT.search(body.decode("utf-8", "replace"))
    return found[1] if found else ""
