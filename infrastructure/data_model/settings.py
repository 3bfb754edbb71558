"""Tables, queues and buckets as the template has them, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infrastructure.template import resolve, resources_of

_NAMES = {"Stage": "<stage>", "AWS::AccountId": "<account>"}
_BILLING = {"PAY_PER_REQUEST": "per request", "PROVISIONED": "provisioned"}

Row = tuple[str, ...]


def tables(template: Mapping[str, Any]) -> Iterator[Row]:
    """Name, billing, recovery, encryption, attribute of expiry, indexes, what deleting the stack leaves."""
    for resource in _of_type(template, "AWS::DynamoDB::Table"):
        properties = resource["Properties"]
        recovery = properties.get("PointInTimeRecoverySpecification", {})
        expiry = properties.get("TimeToLiveSpecification", {})
        yield (
            f"`{properties['TableName']}`",
            _BILLING[properties.get("BillingMode", "PROVISIONED")],
            f"any second of {recovery.get('RecoveryPeriodInDays', 35)} days"
            if recovery.get("PointInTimeRecoveryEnabled")
            else "none",
            "a key of KMS" if properties.get("SSESpecification", {}).get("SSEEnabled") else "a key of DynamoDB",
            f"`{expiry['AttributeName']}`" if expiry.get("Enabled") else "none",
            "; ".join(map(_index, properties.get("GlobalSecondaryIndexes", []))) or "none",
            _left(resource),
        )


def queues(template: Mapping[str, Any]) -> Iterator[Row]:
    """Name, seconds that a message is hidden, days that it is kept, receives, and days that a dead letter is kept."""
    found = resources_of(template, _NAMES["Stage"], _NAMES["AWS::AccountId"]).queues
    for queue in found.values():
        if queue.dead_letter is not None:
            dead = found[queue.dead_letter]
            kept = (f"{one.retention_seconds // 86_400} days" for one in (queue, dead))
            yield f"`{queue.name}`", f"{queue.visibility_seconds} s", next(kept), str(queue.max_receives), next(kept)


def buckets(template: Mapping[str, Any]) -> Iterator[Row]:
    """Name, versions, encryption, public access, expiry, what deleting the stack leaves."""
    for resource in _of_type(template, "AWS::S3::Bucket"):
        properties = resource["Properties"]
        rules = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        closed = properties.get("PublicAccessBlockConfiguration", {})
        expiries = [
            rule["ExpirationInDays"] for rule in properties["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in rule
        ]
        yield (
            f"`{properties['BucketName']}`",
            "every one" if properties.get("VersioningConfiguration", {}).get("Status") == "Enabled" else "the last",
            ", ".join(rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] for rule in rules),
            "closed" if len(closed) == 4 and all(closed.values()) else "open",
            f"after {min(expiries)} days" if expiries else "never",
            _left(resource),
        )


def expiry_attributes(template: Mapping[str, Any]) -> dict[str, str]:
    """The attribute by which items of a table expire, by the table's logical name without its ending."""
    return {
        logical.removesuffix("Table"): resource["Properties"]["TimeToLiveSpecification"]["AttributeName"]
        for logical, resource in template["Resources"].items()
        if resource["Properties"].get("TimeToLiveSpecification", {}).get("Enabled")
    }


def _index(index: Mapping[str, Any]) -> str:
    keys = ", ".join(f"`{key['AttributeName']}`" for key in index["KeySchema"])
    projection = {"KEYS_ONLY": "keys only", "ALL": "everything"}.get(index["Projection"]["ProjectionType"], "some attributes")
    return f"`{index['IndexName']}` by {keys}, {projection}"


def _left(resource: Mapping[str, Any]) -> str:
    return "kept" if resource.get("DeletionPolicy") == "Retain" else "deleted"


def _of_type(template: Mapping[str, Any], type_name: str) -> Iterator[dict[str, Any]]:
    for resource in template["Resources"].values():
        if resource["Type"] == type_name:
            yield {**resource, "Properties": resolve(resource["Properties"], _NAMES)}
