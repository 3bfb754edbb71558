"""The composition root: settings and clients in, use-cases out. Nothing is built before it is used."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config

from chalicelib import __version__
from chalicelib.assessments.answering import AnswerAssessment
from chalicelib.assessments.course import Secrets
from chalicelib.assessments.desk import Courses, Desk
from chalicelib.assessments.ending import EndAssessment
from chalicelib.assessments.explaining import ExplainAssessment
from chalicelib.assessments.exposure.counting import CountExposure
from chalicelib.assessments.exposure.ports import ExposureBatches, ExposureVersions
from chalicelib.assessments.exposure.publishing import PublishExposure
from chalicelib.assessments.exposure.tables import ExposureTables
from chalicelib.assessments.outbox import Outbox
from chalicelib.assessments.ports import EventSender, FileSource, LogStore, ReleaseSource
from chalicelib.assessments.reading import ReadAssessment
from chalicelib.assessments.starting import StartAssessment, StartOnce
from chalicelib.assessments.sweeping import SweepOutbox
from chalicelib.config import Settings
from chalicelib.identity.tokens import TokenIssuer, TokenVerifier, TrustedKey
from chalicelib.kernel.clock import Clock, Instant
from chalicelib.kernel.ids import IdSource
from chalicelib.observability import ExposureLog, OutboxLog
from chalicelib.profiles.knowing import PersonKnowledge
from chalicelib.profiles.ports import PeopleStore
from chalicelib.profiles.reading import ReadProfile
from chalicelib.profiles.updating import UpdateProfile
from chalicelib.storage.exposure import DynamoExposureBatches, StoredExposureVersions
from chalicelib.storage.logs import DynamoLogs
from chalicelib.storage.meter import Meter
from chalicelib.storage.people import DynamoPeople
from chalicelib.storage.queues import QueueSender
from chalicelib.storage.releases import StoredFiles, StoredReleases
from chalicelib.storage.table import Table


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """The present instant."""
        return Instant(time.time_ns() // 1_000_000)


class RandomIds:
    """Ids from the operating system's source of chance."""

    def new(self) -> str:
        """130 random bits, as an id."""
        return base64.b32encode(secrets.token_bytes(20)).decode("ascii").lower()[:26]


@dataclass(frozen=True)
class Ports:
    """Everything outside that the use-cases touch."""

    log: LogStore
    people: PeopleStore
    releases: ReleaseSource
    files: FileSource
    sender: EventSender
    exposure_batches: ExposureBatches
    exposure_versions: ExposureVersions
    clock: Clock
    ids: IdSource


class Services:
    """The use-cases of one stage, over its ports."""

    def __init__(self, settings: Settings, ports: Ports) -> None:
        self.settings = settings
        self.ports = ports

    @cached_property
    def desk(self) -> Desk:
        """Where logs are read and written."""
        by_version = {number: secret.get_secret_value().encode() for number, secret in self.settings.selection_secrets.items()}
        courses = Courses(self.ports.releases, Secrets(by_version))
        outbox = Outbox(self.ports.log, self.ports.sender, OutboxLog())
        return Desk(self.ports.log, courses, outbox, self.ports.clock)

    @cached_property
    def updating(self) -> UpdateProfile:
        """Brings profiles up to date."""
        return UpdateProfile(self.ports.log, self.ports.people, self.desk.courses)

    @cached_property
    def starting(self) -> StartAssessment:
        """Starts assessments of people with an account."""
        return StartAssessment(self.desk, PersonKnowledge(self.ports.log, self.ports.people, self.updating))

    @cached_property
    def starting_once(self) -> StartOnce:
        """Starts the assessment of somebody without an account."""
        return StartOnce(self.desk)

    @cached_property
    def answering(self) -> AnswerAssessment:
        """The hot path."""
        return AnswerAssessment(self.desk)

    @cached_property
    def ending(self) -> EndAssessment:
        """Ends assessments early."""
        return EndAssessment(self.desk)

    @cached_property
    def reading(self) -> ReadAssessment:
        """Reads assessments."""
        return ReadAssessment(self.desk)

    @cached_property
    def explaining(self) -> ExplainAssessment:
        """Explains assessments to the people who took them."""
        return ExplainAssessment(self.desk)

    @cached_property
    def profiles(self) -> ReadProfile:
        """Reads profiles."""
        return ReadProfile(self.ports.people, self.ports.releases)

    @cached_property
    def sweeping(self) -> SweepOutbox:
        """Settles what was left."""
        return SweepOutbox(self.ports.log, self.desk.outbox, self.ending, self.ports.clock, OutboxLog())

    @cached_property
    def counting(self) -> CountExposure:
        """Leaves finished tests to the exposure writer."""
        return CountExposure(self.ports.exposure_batches, self.desk.courses)

    @cached_property
    def exposure_tables(self) -> ExposureTables:
        """The exposure tables that tests pin."""
        return ExposureTables(self.ports.exposure_versions, self.ports.releases, self.ports.clock)

    @cached_property
    def publishing(self) -> PublishExposure:
        """Counts what waits and publishes the next exposure tables."""
        ports = self.ports
        return PublishExposure(
            ports.exposure_batches, ports.exposure_versions, self.exposure_tables, ports.clock, ExposureLog()
        )

    @cached_property
    def verifier(self) -> TokenVerifier:
        """Believes tokens."""
        keys = {key_id: TrustedKey.from_pem(pem) for key_id, pem in self.settings.token_trusted_keys.items()}
        return TokenVerifier(keys, self.settings.token_audience, self.ports.clock)

    @cached_property
    def issuer(self) -> TokenIssuer:
        """Signs tokens."""
        settings = self.settings
        pem = settings.token_signing_key.get_secret_value()
        return TokenIssuer.from_pem(
            pem, settings.token_signing_key_id, settings.token_issuer, settings.token_audience, self.ports.clock
        )


@dataclass(frozen=True)
class Clients:
    """boto3 clients of a stage; `sending` is the SQS client of the outbox, which is quick to give up."""

    dynamodb: Any
    s3: Any
    sending: Any


def cloud_ports(settings: Settings) -> Ports:
    """The ports of a deployed or emulated stage, through boto3.

    At each call boto3 builds a user agent and validates parameters, for some 15 % of its CPU; neither serves us.
    """
    plain = Config(user_agent=f"palier/{__version__}", parameter_validation=False)
    retrying = Config(
        connect_timeout=settings.request_timeout_seconds,
        read_timeout=settings.request_timeout_seconds,
        retries={"mode": "standard", "max_attempts": 3},
    ).merge(plain)
    sending = Config(
        connect_timeout=settings.outbox_send_timeout_seconds,
        read_timeout=settings.outbox_send_timeout_seconds,
        retries={"max_attempts": 0},
    ).merge(plain)
    clients = Clients(
        dynamodb=_client("dynamodb", settings, retrying),
        s3=_client("s3", settings, retrying),
        sending=_client("sqs", settings, sending),
    )
    return ports_over(clients, settings, SystemClock(), RandomIds(), Meter())


def ports_over(clients: Clients, settings: Settings, clock: Clock, ids: IdSource, meter: Meter) -> Ports:
    """The adapters of a stage over these clients, their units counted by this meter."""
    registry = Table(clients.dynamodb, settings.registry_table, meter)
    return Ports(
        log=DynamoLogs(Table(clients.dynamodb, settings.assessments_table, meter)),
        people=DynamoPeople(Table(clients.dynamodb, settings.people_table, meter)),
        releases=StoredReleases(clients.s3, settings.releases_bucket, registry, clock),
        files=StoredFiles(clients.s3, settings.releases_bucket),
        sender=QueueSender(clients.sending, settings.results_queue_url),
        exposure_batches=DynamoExposureBatches(registry),
        exposure_versions=StoredExposureVersions(registry, clients.s3, settings.releases_bucket),
        clock=clock,
        ids=ids,
    )


def _client(service: str, settings: Settings, config: Config) -> Any:
    return boto3.client(service, region_name=settings.region, endpoint_url=settings.endpoint_url, config=config)
