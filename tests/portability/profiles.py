"""Whole services over what other clouds offer: the doubles over moto, and DynamoDB Local where it is installed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from moto import mock_aws

from chalicelib.config import Settings
from chalicelib.storage import keys
from chalicelib.storage.boto import NeutralClient
from chalicelib.storage.meter import Meter
from chalicelib.storage.table import Table
from chalicelib.wiring import Clients, Services, ports_over
from infrastructure.local.clients import Clients as RawClients
from infrastructure.local.clients import local_clients
from infrastructure.local.provision import provision
from infrastructure.local.settings import REGION, local_settings
from infrastructure.template import read_template, resources_of
from tests.content_of_tests import real_packed
from tests.fakes.memory import FixedClock, NumberedIds
from tests.portability.alternator import Alternator
from tests.portability.scaleway_queues import ScalewayQueues
from tests.worlds import STAGES, Serialised, World, loaded, secrets

Dress = Callable[[RawClients], RawClients]
"""Puts something between the service and its clients."""


@lru_cache(maxsize=2)
def raw_clients(endpoint_url: str | None) -> RawClients:
    """boto3 clients, made once: making them is most of what a small test would cost."""
    return local_clients(endpoint_url, REGION)


def other_cloud(raw: RawClients) -> RawClients:
    """Alternator's tables and Scaleway's queues."""
    return RawClients(Alternator(raw.dynamodb), ScalewayQueues(raw.sqs), raw.s3)


@dataclass(frozen=True)
class Profile:
    """A stage on one kind of cloud. Making it takes most of what a small test costs, so a module has one and empties it."""

    settings: Settings
    raw: RawClients
    clients: Clients

    def world(self) -> World:
        """The service as a process that has just started sees it."""
        clock, meter = FixedClock(), Meter()
        ports = ports_over(self.clients, self.settings, clock, NumberedIds(), meter)
        return World(Services(self.settings, ports), clock, meter, loaded(real_packed()), self.clients, self.clients)

    def refill(self) -> None:
        """Leave nothing in the tables but the content release."""
        settings, (release_id, packed) = self.settings, real_packed()
        for name in (settings.assessments_table, settings.people_table, settings.registry_table):
            table = Table(self.clients.dynamodb, name, Meter())
            table.remove([(item["pk"]["S"], item["sk"]["S"]) for item in table.everything()])
        partition, sort = keys.CURRENT_RELEASE
        self.raw.s3.put_object(Bucket=settings.releases_bucket, Key=keys.release_object(release_id), Body=packed)
        pointer = {"pk": {"S": partition}, "sk": {"S": sort}, "release": {"S": release_id}}
        self.raw.dynamodb.put_item(TableName=settings.registry_table, Item=pointer)


@contextmanager
def profile(dress: Dress = other_cloud, dynamodb_url: str | None = None) -> Iterator[Profile]:
    """A stage over these clients: tables and queues are made through them too. Objects, and what is not dressed, are moto's.

    Calls run one at a time: moto's tables are plain dictionaries.
    """
    with mock_aws():
        made = raw_clients(None)
        dynamodb: Any = made.dynamodb if dynamodb_url is None else raw_clients(dynamodb_url).dynamodb
        raw = dress(RawClients(dynamodb, made.sqs, made.s3))
        stage = f"port{next(STAGES)}"
        provisioned = provision(resources_of(read_template(), stage), raw)
        settings = local_settings(provisioned, None, secrets()).model_copy(update={"stage": stage})
        lock = threading.Lock()
        clients = Clients(*(NeutralClient(Serialised(one, lock)) for one in (raw.dynamodb, raw.s3, raw.sqs)))
        yield Profile(settings, raw, clients)
