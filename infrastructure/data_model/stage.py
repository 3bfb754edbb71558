"""A stage to measure on: the real adapters over an emulated store, every call metered and noted, time and ids as told."""

from __future__ import annotations

import io
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.config import Settings
from chalicelib.content.releases import Release
from chalicelib.kernel.clock import SECOND, Instant, later
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import Envelope, EventSender
from chalicelib.kernel.ids import derive_id
from chalicelib.observability import logger
from chalicelib.storage.boto import NeutralClient
from chalicelib.storage.meter import Meter
from chalicelib.storage.releases import StoredReleases
from chalicelib.storage.table import Table
from chalicelib.wiring import Clients, Services, ports_over
from infrastructure.data_model.model import Item
from infrastructure.data_model.recording import Recording
from infrastructure.local.clients import local_clients
from infrastructure.local.provision import provision
from infrastructure.local.settings import REGION, LocalSecrets, local_settings, new_secrets
from infrastructure.template import read_template, resources_of

BEGINS_AT = Instant(1_795_000_000_000)
STAGE = "measured"


@dataclass
class ToldClock:
    """A clock that stands until it is moved."""

    instant: Instant = BEGINS_AT

    def now(self) -> Instant:
        """The instant it stands at."""
        return self.instant

    def forward(self, seconds: int) -> None:
        """Let time pass."""
        self.instant = later(self.instant, seconds * SECOND)


@dataclass
class CountedIds:
    """Ids of the real form, the same in every run."""

    count: int = 0

    def new(self) -> str:
        """The next id."""
        self.count += 1
        return derive_id("id", str(self.count))


@dataclass
class Weather:
    """What is out of reach now."""

    queue: bool = False
    releases: bool = False


@dataclass(frozen=True)
class Line:
    """The way to the queue (port `EventSender`)."""

    sender: EventSender
    out: Weather

    def send(self, envelope: Envelope) -> None:
        """Send, or fail as a queue does that does not answer."""
        if self.out.queue:
            raise UnavailableError("store-unavailable", "The queue does not answer.")
        self.sender.send(envelope)


@dataclass(frozen=True)
class Shelf:
    """The releases (port `ReleaseSource`)."""

    stored: StoredReleases
    out: Weather

    def current(self) -> str:
        """As stored."""
        return self.stored.current()

    def get(self, release_id: str) -> Release:
        """As stored, or as a bucket does that does not answer."""
        if self.out.releases:
            raise UnavailableError("release-unavailable", "A content release cannot be read.")
        return self.stored.get(release_id)


@dataclass(frozen=True)
class Cost:
    """What something took: capacity units by our meter, and the calls."""

    reads: float
    writes: float
    calls: tuple[tuple[str, int], ...]


@dataclass
class MeasuredStage:
    """A stage, what was asked of it by whom, what each thing cost, and every shape of item that was there."""

    settings: Settings
    clients: Clients
    boto: Any
    recording: Recording
    clock: ToldClock = field(default_factory=ToldClock)
    ids: CountedIds = field(default_factory=CountedIds)
    meter: Meter = field(default_factory=Meter)
    kept: dict[str, Release] = field(default_factory=dict)
    out: Weather = field(default_factory=Weather)
    warm: dict[str, Services] = field(default_factory=dict)
    costs: dict[str, Cost] = field(default_factory=dict)
    items: dict[tuple[str, str, str, frozenset[str]], Item] = field(default_factory=dict)
    """By table, key and names of attributes, as last seen."""

    def releases(self) -> StoredReleases:
        """The releases as a function that has just started sees them; those that were published are in its memory."""
        registry = Table(self.clients.dynamodb, self.settings.registry_table, self.meter)
        return StoredReleases(self.clients.s3, self.settings.releases_bucket, registry, self.clock, dict(self.kept))

    def function(self) -> Services:
        """A function that has just started."""
        ports = ports_over(self.clients, self.settings, self.clock, self.ids, self.meter)
        releases, sender = Shelf(self.releases(), self.out), Line(ports.sender, self.out)
        return Services(self.settings, replace(ports, releases=releases, sender=sender))

    @contextmanager
    def doing(self, by: str, measured: str = "", *, cold: bool = False) -> Iterator[Services]:
        """Let a function do something, warm after the first time unless told, and look at what it changed."""
        services = self.function() if cold else self.warm.get(by) or self.function()
        self.warm.setdefault(by, services)
        self.recording.by = by
        self.meter.reset()
        yield services
        if measured:
            self.costs[measured] = Cost(self.meter.reads, self.meter.writes, tuple(Counter(self.meter.calls).items()))
        for table, item in self.recording.stored(self.boto.dynamodb):
            self.items[table, item["pk"]["S"], item["sk"]["S"], frozenset(item)] = item

    def objects(self) -> dict[str, int]:
        """Bytes of every object in the bucket, by its name."""
        listed = self.boto.s3.list_objects_v2(Bucket=self.settings.releases_bucket)
        return {one["Key"]: one["Size"] for one in listed["Contents"]}


def measured_stage() -> MeasuredStage:
    """A stage with its tables, queues and bucket, inside moto's `mock_aws`."""
    boto = local_clients(None, REGION)
    resources = resources_of(read_template(), STAGE)
    provisioned = provision(resources, boto)
    settings = local_settings(provisioned, None, LocalSecrets(new_secrets().token_signing_key, "0" * 64))
    recording = Recording({table.name: name.removesuffix("Table") for name, table in resources.tables.items()})
    clients = Clients(
        dynamodb=NeutralClient(recording.over(boto.dynamodb)), s3=NeutralClient(boto.s3), sending=NeutralClient(boto.sqs)
    )
    return MeasuredStage(settings, clients, boto, recording)


@contextmanager
def silence() -> Iterator[None]:
    """No log line until the block ends: failures are played on purpose."""
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(io.StringIO())
    try:
        yield
    finally:
        if before is not None:
            handler.setStream(before)
