"""AWS's JSON protocol: an operation named in a header, a document there and a document back.

Binary values travel as Base64 and are bytes on our side, as with boto3's low-level clients: `{"B": b"…"}`.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.storage.failures import CallRefusedError, NoReplyError
from chalicelib.storage.wire.calling import Caller
from chalicelib.storage.wire.connections import Connections, HttpReply
from chalicelib.storage.wire.signing import Request


@dataclass(frozen=True)
class JsonService:
    """One service that speaks JSON, such as (`DynamoDB_20120810`, `1.0`)."""

    caller: Caller
    connections: Connections
    target_prefix: str
    json_version: str

    def call(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The reply to one operation; raises `CallRefusedError` or `NoReplyError`."""
        headers = {
            "content-type": f"application/x-amz-json-{self.json_version}",
            "x-amz-target": f"{self.target_prefix}.{operation}",
        }
        body = json.dumps(arguments, default=_in_base64, separators=(",", ":")).encode()
        request = Request("POST", self.connections.origin.host_header, "/", headers, body)
        return self.caller.call(self.connections, request, read_json)


def read_json(reply: HttpReply) -> dict[str, Any]:
    """The document of a reply. One that is damaged is none: DynamoDB sends the CRC-32 of what it sent."""
    told = reply.headers.get("x-amz-crc32")
    if told is not None and told != str(zlib.crc32(reply.body)):
        raise NoReplyError("the reply was damaged on its way")
    try:
        document = json.loads(reply.body or b"{}", object_hook=_from_base64)
    except (ValueError, binascii.Error) as error:
        if reply.status >= 300:
            raise CallRefusedError("Unknown", reply.status) from error
        raise NoReplyError("the reply cannot be read") from error
    if reply.status >= 300:
        said = document if isinstance(document, dict) else {}
        raise CallRefusedError(_code(said, reply.headers), reply.status, said)
    if not isinstance(document, dict):
        raise NoReplyError("the reply is no document")
    return document


def _code(said: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """`ns#Name`, `Name:uri` and `Name` are all the same name."""
    named = str(headers.get("x-amzn-errortype") or said.get("__type") or said.get("code") or "Unknown")
    return named.rpartition("#")[2].partition(":")[0]


def _in_base64(value: Any) -> str:
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"a {type(value).__name__} cannot be sent")


def _from_base64(document: dict[str, Any]) -> dict[str, Any]:
    """An attribute value of bytes, from its Base64; anything else as it is. An attribute *named* B or BS holds a document."""
    if len(document) == 1:
        one, several = document.get("B"), document.get("BS")
        if isinstance(one, str):
            return {"B": base64.b64decode(one, validate=True)}
        if isinstance(several, list):
            return {"BS": [base64.b64decode(content, validate=True) for content in several]}
    return document
