"""A DynamoDB client that offers what ScyllaDB's Alternator documents, and less where a setting or an older version has less.

Source: "ScyllaDB Alternator for DynamoDB users" (docs/alternator/compatibility.md of scylladb/scylladb), and issue 14481 for
ReturnValuesOnConditionCheckFailure, which versions before 6.0 do not know. What is experimental there counts as absent here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.portability.not_offered import NotOfferedError

OFFERED = frozenset(
    [
        "get_item",
        "put_item",
        "update_item",
        "delete_item",
        "query",
        "scan",
        "batch_get_item",
        "batch_write_item",
        "create_table",
        "delete_table",
        "describe_table",
        "list_tables",
        "tag_resource",
        "untag_resource",
        "list_tags_of_resource",
        "describe_endpoints",
    ]
)
_PLUMBING = frozenset({"exceptions", "meta", "get_waiter", "close"})
"""Parts of boto3's client that are no calls; a waiter calls DescribeTable."""

CALLS: Mapping[str, str] = {
    "transact_write_items": "there are no transactions",
    "transact_get_items": "there are no transactions",
    "execute_statement": "there is no PartiQL",
    "execute_transaction": "there is no PartiQL",
    "batch_execute_statement": "there is no PartiQL",
    "update_time_to_live": "nothing expires by itself: TTL is experimental",
    "update_continuous_backups": "there is no point-in-time recovery through the API",
    "create_backup": "there are no backups through the API",
    "export_table_to_point_in_time": "there is no export to S3",
    "enable_kinesis_streaming_destination": "there are no Kinesis streams",
}
"""Calls that are refused for a reason of their own; any other that is not offered is refused as unknown."""

PARAMETERS: Mapping[str, str] = {
    "StreamSpecification": "streams are experimental",
    "SSESpecification": "encryption at rest is not set through the API",
}
IGNORED: Mapping[str, str] = {
    "ReturnValuesOnConditionCheckFailure": "before 6.0 a failed condition does not tell the item",
    "ReturnConsumedCapacity": "units are not counted",
    "BillingMode": "capacity is that of the cluster",
    "ProvisionedThroughput": "capacity is that of the cluster",
}
"""Parameters that are taken and do nothing."""


class Alternator:
    """A boto3 client of DynamoDB behind Alternator's limits."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        if name in _PLUMBING:
            return getattr(self._client, name)

        def call(**arguments: Any) -> Any:
            if name not in OFFERED:
                raise NotOfferedError(name, "", CALLS.get(name, "it is not implemented"))
            return getattr(self._client, name)(**_as_understood(name, arguments))

        return call


def _as_understood(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    for parameter in arguments:
        if parameter in PARAMETERS:
            raise NotOfferedError(name, parameter, PARAMETERS[parameter])
    if arguments.get("ConsistentRead") and "IndexName" in arguments:
        raise NotOfferedError(name, "ConsistentRead", "an index is never strongly consistent")
    kept = {parameter: value for parameter, value in arguments.items() if parameter not in IGNORED}
    if name == "create_table":
        kept["BillingMode"] = "PAY_PER_REQUEST"
        if "GlobalSecondaryIndexes" in kept:
            indexes = kept["GlobalSecondaryIndexes"]
            kept["GlobalSecondaryIndexes"] = [{**index, "Projection": {"ProjectionType": "ALL"}} for index in indexes]
    return kept
