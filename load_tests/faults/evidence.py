"""What is stored when all is quiet, read straight from the tables and queues, without the proxy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.assessments.exposure.codec import unpack_counts
from chalicelib.assessments.model import Entry
from chalicelib.config import Settings
from chalicelib.kernel.canonical import unpack_json
from chalicelib.profiles.contributions import Contribution
from chalicelib.profiles.folding import Profile
from chalicelib.storage import keys
from chalicelib.storage.logs import decode_entry
from infrastructure.local.clients import Clients

MESSAGES = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")


@dataclass(frozen=True)
class DeadLetter:
    """A message that nobody could handle: its text, and what was said of it."""

    body: str
    reason: str


@dataclass(frozen=True)
class Evidence:
    """Everything stored, by assessment or by person."""

    logs: Mapping[str, list[Entry]]
    contributions: Mapping[str, list[Contribution]]
    profiles: Mapping[str, Profile]
    attempts: Mapping[str, set[str]]
    """Ids of the assessments that each person's partition remembers."""
    waiting_batches: int
    """Exposure batches that nobody counted."""
    versions: Mapping[str, list[tuple[int, tuple[str, ...]]]]
    """By series, the number of each version of its exposure table and the keys of the batches that it counted."""
    waiting_messages: int
    dead_letters: tuple[DeadLetter, ...]


def read_evidence(settings: Settings, clients: Clients, dead_queue_url: str) -> Evidence:
    """Read it all; messages are taken from the dead-letter queue."""
    logs: dict[str, list[Entry]] = defaultdict(list)
    for item in _scanned(clients.dynamodb, settings.assessments_table):
        logs[keys.assessment_of(item["pk"]["S"])].append(decode_entry(item))
    contributions: dict[str, list[Contribution]] = defaultdict(list)
    profiles: dict[str, Profile] = {}
    attempts: dict[str, set[str]] = defaultdict(set)
    for item in _scanned(clients.dynamodb, settings.people_table):
        person, sort = item["pk"]["S"][2:], item["sk"]["S"]
        if sort.startswith(keys.CONTRIBUTION):
            contributions[person].append(Contribution.model_validate(unpack_json(bytes(item["body"]["B"]))))
        elif sort == keys.PROFILE:
            profiles[person] = Profile.model_validate(unpack_json(bytes(item["body"]["B"])))
        elif sort.startswith(keys.ATTEMPT):
            attempts[person].add(item["assessment"]["S"])
    waiting, versions = _exposure(settings, clients)
    return Evidence(
        logs={key: sorted(entries, key=lambda one: one.number) for key, entries in logs.items()},
        contributions=contributions,
        profiles=profiles,
        attempts=attempts,
        waiting_batches=waiting,
        versions=versions,
        waiting_messages=messages_in(clients.sqs, settings.results_queue_url),
        dead_letters=tuple(_drained(clients.sqs, dead_queue_url)),
    )


def messages_in(sqs: Any, url: str) -> int:
    """How many messages a queue holds, those in hand included."""
    told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(MESSAGES))["Attributes"]
    return sum(int(told.get(name, 0)) for name in MESSAGES)


def _exposure(settings: Settings, clients: Clients) -> tuple[int, dict[str, list[tuple[int, tuple[str, ...]]]]]:
    waiting, versions = 0, defaultdict(list)
    for item in sorted(_scanned(clients.dynamodb, settings.registry_table), key=lambda one: str(one["sk"]["S"])):
        partition = item["pk"]["S"].split("#")
        if partition[0] != "E":
            continue
        if len(partition) == 4:
            waiting += 1
            continue
        _, release, pool = partition
        number = int(item["sk"]["S"])
        name = keys.exposure_object(release, pool, number, item["counts"]["S"])
        packed = clients.s3.get_object(Bucket=settings.releases_bucket, Key=name)["Body"].read()
        versions[f"{release}#{pool}"].append((number, unpack_counts(packed).batches))
    return waiting, versions


def _scanned(dynamodb: Any, table: str) -> Iterator[Mapping[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def _drained(sqs: Any, url: str) -> Iterator[DeadLetter]:
    while True:
        reply = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], MessageSystemAttributeNames=["All"]
        )
        messages = reply.get("Messages", [])
        for message in messages:
            yield DeadLetter(message["Body"], _reason(message))
            try:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            except ClientError:
                continue
        if not messages:
            return


def _reason(message: Mapping[str, Any]) -> str:
    """What the worker said of it, else how often the queue gave it in vain."""
    told = {name.lower(): value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()}
    received = message.get("Attributes", {}).get("ApproximateReceiveCount", "?")
    return told.get("reason") or f"given back by the worker {received} times"
