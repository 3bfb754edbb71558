"""Read the deployed resources (`resources.json`) for one stage, as plain values.

The same file is merged over the deployment template and creates the local stack, so a table, a queue or a bucket is
described once. Everything here is pure but `read_template`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).with_name("resources.json")
LOCAL_ACCOUNT = "000000000000"
_DEFAULT_RETENTION_SECONDS = 345_600
_ONLY_DEPLOYED = frozenset({"AWS::KMS::Alias", "AWS::KMS::Key"})
"""Types of the template that the local stack does without."""
_VARIABLE = re.compile(r"\$\{([^}]+)\}")


class TemplateError(ValueError):
    """The template says something this reader does not understand; the message names it."""


@dataclass(frozen=True)
class Index:
    """A global secondary index: its key schema as (attribute, HASH or RANGE) pairs, and what it projects."""

    name: str
    keys: tuple[tuple[str, str], ...]
    projection: str


@dataclass(frozen=True)
class Table:
    """A table paid per request: typed key attributes as (attribute, S or N or B) pairs, key schema, indexes."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    keys: tuple[tuple[str, str], ...]
    indexes: tuple[Index, ...]


@dataclass(frozen=True)
class Queue:
    """A queue; `dead_letter` is the logical name of the queue that takes messages received `max_receives` times."""

    name: str
    visibility_seconds: int
    retention_seconds: int
    dead_letter: str | None
    max_receives: int | None


@dataclass(frozen=True)
class Bucket:
    """A bucket, and whether it keeps every version of its objects."""

    name: str
    versioned: bool


@dataclass(frozen=True)
class Resources:
    """The resources of one stage by logical name (`AssessmentsTable`, `ResultsQueue`, `ReleasesBucket`, …)."""

    tables: Mapping[str, Table]
    queues: Mapping[str, Queue]
    buckets: Mapping[str, Bucket]


def read_template(path: Path = TEMPLATE) -> dict[str, Any]:
    """Give the template as parsed JSON."""
    template: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return template


def resources_of(template: Mapping[str, Any], stage: str, account: str = LOCAL_ACCOUNT) -> Resources:
    """Give the resources of a stage with every name resolved; raise `TemplateError` for an unknown variable or type."""
    variables = {"Stage": stage, "AWS::AccountId": account}
    known = {"AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::S3::Bucket"} | _ONLY_DEPLOYED
    for logical, resource in template["Resources"].items():
        if resource["Type"] not in known:
            raise TemplateError(f"{logical} is a {resource['Type']}, which this reader does not know")
    return Resources(
        tables={key: _table(value) for key, value in _of_type(template, "AWS::DynamoDB::Table", variables)},
        queues={key: _queue(value) for key, value in _of_type(template, "AWS::SQS::Queue", variables)},
        buckets={key: _bucket(value) for key, value in _of_type(template, "AWS::S3::Bucket", variables)},
    )


def resolve(value: Any, variables: Mapping[str, str]) -> Any:
    """Replace `Fn::Sub` and `Ref` anywhere in a template value; other intrinsic functions stay as they are."""
    if isinstance(value, list):
        return [resolve(item, variables) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::Sub"}:
        return _VARIABLE.sub(lambda match: _variable(match[1], variables), value["Fn::Sub"])
    if set(value) == {"Ref"}:
        return _variable(value["Ref"], variables)
    return {key: resolve(item, variables) for key, item in value.items()}


def _variable(name: str, variables: Mapping[str, str]) -> str:
    if name not in variables:
        raise TemplateError(f"the template uses ${{{name}}}, which has no value here")
    return variables[name]


def _of_type(template: Mapping[str, Any], type_name: str, variables: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for logical, resource in template["Resources"].items():
        if resource["Type"] == type_name:
            yield logical, resolve(resource["Properties"], variables)


def _key_schema(schema: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((key["AttributeName"], key["KeyType"]) for key in schema)


def _table(properties: dict[str, Any]) -> Table:
    return Table(
        name=properties["TableName"],
        attributes=tuple((item["AttributeName"], item["AttributeType"]) for item in properties["AttributeDefinitions"]),
        keys=_key_schema(properties["KeySchema"]),
        indexes=tuple(
            Index(item["IndexName"], _key_schema(item["KeySchema"]), item["Projection"]["ProjectionType"])
            for item in properties.get("GlobalSecondaryIndexes", [])
        ),
    )


def _queue(properties: dict[str, Any]) -> Queue:
    redrive = properties.get("RedrivePolicy")
    return Queue(
        name=properties["QueueName"],
        visibility_seconds=properties.get("VisibilityTimeout", 30),
        retention_seconds=properties.get("MessageRetentionPeriod", _DEFAULT_RETENTION_SECONDS),
        dead_letter=redrive["deadLetterTargetArn"]["Fn::GetAtt"][0] if redrive else None,
        max_receives=redrive["maxReceiveCount"] if redrive else None,
    )


def _bucket(properties: dict[str, Any]) -> Bucket:
    return Bucket(
        name=properties["BucketName"],
        versioned=properties.get("VersioningConfiguration", {}).get("Status") == "Enabled",
    )
