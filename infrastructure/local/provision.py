"""Create the tables, queues and buckets of a stage from the template, through boto3.

Idempotent: what exists is left as it is. Point-in-time recovery, encryption and public access are the deployed
template's business: an emulator keeps nothing to protect.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from posixpath import commonprefix
from typing import Any

from infrastructure.local.clients import Clients
from infrastructure.template import Bucket, Index, Queue, Resources, Table


@dataclass(frozen=True)
class Provisioned:
    """What to call each resource, by its logical name in the template."""

    tables: Mapping[str, str]
    queue_urls: Mapping[str, str]
    buckets: Mapping[str, str]


def provision(resources: Resources, clients: Clients) -> Provisioned:
    """Create what is missing, dead-letter queues first, and return every name and URL once all can be used."""
    for table in resources.tables.values():
        _create_table(table, clients.dynamodb)
    for bucket in resources.buckets.values():
        _create_bucket(bucket, clients.s3)
    return Provisioned(
        tables={logical: table.name for logical, table in resources.tables.items()},
        queue_urls=_create_queues(resources.queues, clients.sqs),
        buckets={logical: bucket.name for logical, bucket in resources.buckets.items()},
    )


def table_request(table: Table) -> dict[str, Any]:
    """Give the CreateTable request of a table."""
    request: dict[str, Any] = {
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind} for name, kind in table.attributes],
        "KeySchema": _key_schema(table.keys),
    }
    if table.indexes:
        request["GlobalSecondaryIndexes"] = [_index_request(index) for index in table.indexes]
    return request


def queue_attributes(queue: Queue, dead_letter_arn: str | None) -> dict[str, str]:
    """Give the CreateQueue attributes of a queue, whose dead-letter queue has the given ARN."""
    attributes = {
        "VisibilityTimeout": str(queue.visibility_seconds),
        "MessageRetentionPeriod": str(queue.retention_seconds),
    }
    if dead_letter_arn is not None:
        redrive = {"deadLetterTargetArn": dead_letter_arn, "maxReceiveCount": queue.max_receives}
        attributes["RedrivePolicy"] = json.dumps(redrive)
    return attributes


def dead_letters_first(queues: Mapping[str, Queue]) -> list[str]:
    """Order logical names so that a queue comes after the one that takes its failures."""
    return sorted(queues, key=lambda logical: queues[logical].dead_letter is not None)


def _key_schema(keys: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in keys]


def _index_request(index: Index) -> dict[str, Any]:
    return {
        "IndexName": index.name,
        "KeySchema": _key_schema(index.keys),
        "Projection": {"ProjectionType": index.projection},
    }


def _create_table(table: Table, dynamodb: Any) -> None:
    with contextlib.suppress(dynamodb.exceptions.ResourceInUseException):
        dynamodb.create_table(**table_request(table))
    dynamodb.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig={"Delay": 1, "MaxAttempts": 20})


def _create_queues(queues: Mapping[str, Queue], sqs: Any) -> dict[str, str]:
    urls: dict[str, str] = {}
    there = _queue_urls(commonprefix([queue.name for queue in queues.values()]), sqs)
    for logical in dead_letters_first(queues):
        queue = queues[logical]
        if queue.name in there:
            urls[logical] = there[queue.name]
        else:
            arn = queue_arn(sqs, urls[queue.dead_letter]) if queue.dead_letter else None
            created = sqs.create_queue(QueueName=queue.name, Attributes=queue_attributes(queue, arn))
            urls[logical] = created["QueueUrl"]
    return urls


def _queue_urls(prefix: str, sqs: Any) -> dict[str, str]:
    """The queues whose names start so. One call: asking for each by its name costs an error for each that is missing."""
    pages = sqs.get_paginator("list_queues").paginate(QueueNamePrefix=prefix)
    return {url.rpartition("/")[2]: url for page in pages for url in page.get("QueueUrls", ())}


def queue_arn(sqs: Any, queue_url: str) -> str:
    """Ask a queue for its ARN."""
    answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    return str(answer["Attributes"]["QueueArn"])


def _create_bucket(bucket: Bucket, s3: Any) -> None:
    region = s3.meta.region_name
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        s3.create_bucket(Bucket=bucket.name, **place)
    except (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
        return
    if bucket.versioned:
        s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
