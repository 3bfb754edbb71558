"""Clients of DynamoDB, S3 and SQS for the calls that `chalicelib.storage` makes, by the names that boto3 gives them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from chalicelib.storage.failures import NoReplyError
from chalicelib.storage.wire.calling import Caller
from chalicelib.storage.wire.connections import Connections, Origin, Patience
from chalicelib.storage.wire.credentials import CredentialsSource
from chalicelib.storage.wire.json_calls import JsonService
from chalicelib.storage.wire.machine import Machine
from chalicelib.storage.wire.objects import WireObjects
from chalicelib.storage.wire.retries import RetryPolicy
from chalicelib.storage.wire.signing import Signer


@dataclass(frozen=True)
class WireDynamo:
    """DynamoDB. Arguments and replies are those of boto3's low-level client."""

    service: JsonService

    def get_item(self, **arguments: Any) -> dict[str, Any]:
        """GetItem."""
        return self.service.call("GetItem", arguments)

    def query(self, **arguments: Any) -> dict[str, Any]:
        """Query."""
        return self.service.call("Query", arguments)

    def put_item(self, **arguments: Any) -> dict[str, Any]:
        """PutItem."""
        return self.service.call("PutItem", arguments)

    def update_item(self, **arguments: Any) -> dict[str, Any]:
        """UpdateItem."""
        return self.service.call("UpdateItem", arguments)

    def delete_item(self, **arguments: Any) -> dict[str, Any]:
        """DeleteItem."""
        return self.service.call("DeleteItem", arguments)

    def batch_write_item(self, **arguments: Any) -> dict[str, Any]:
        """BatchWriteItem."""
        return self.service.call("BatchWriteItem", arguments)


@dataclass(frozen=True)
class WireQueue:
    """SQS, to send."""

    service: JsonService

    def send_message(self, **arguments: Any) -> dict[str, Any]:
        """SendMessage; raises `NoReplyError` when the queue took in another body than was sent."""
        reply = self.service.call("SendMessage", arguments)
        sent = hashlib.md5(arguments["MessageBody"].encode(), usedforsecurity=False).hexdigest()
        if reply.get("MD5OfMessageBody") != sent:
            raise NoReplyError("the queue took in another message than was sent")
        return reply


@dataclass(frozen=True)
class Wire:
    """Makes clients of one region, or of one endpoint that stands for all services."""

    region: str
    endpoint_url: str | None
    credentials: CredentialsSource
    machine: Machine

    def dynamodb(self, patience: Patience, policy: RetryPolicy) -> WireDynamo:
        """A client of DynamoDB."""
        return WireDynamo(self.json_service("dynamodb", "DynamoDB_20120810", "1.0", patience, policy))

    def queue(self, patience: Patience, policy: RetryPolicy) -> WireQueue:
        """A client of SQS."""
        return WireQueue(self.json_service("sqs", "AmazonSQS", "1.0", patience, policy))

    def objects(self, patience: Patience, policy: RetryPolicy) -> WireObjects:
        """A client of S3."""
        signer = Signer("s3", self.region, signs_payload_header=True)
        caller = Caller(signer, self.credentials, policy, self.machine)
        return WireObjects(caller, self.region, self.endpoint_url, patience)

    def json_service(
        self, service: str, target_prefix: str, json_version: str, patience: Patience, policy: RetryPolicy
    ) -> JsonService:
        """Any service that speaks JSON, by the name it is signed for."""
        caller = Caller(Signer(service, self.region), self.credentials, policy, self.machine)
        origin = Origin.of(self.endpoint_url or f"https://{service}.{self.region}.amazonaws.com")
        return JsonService(caller, Connections(origin, patience, self.machine), target_prefix, json_version)
