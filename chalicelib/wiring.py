"""The composition root: settings and clients in, use-cases out. Nothing is built before it is used."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

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
from chalicelib.campaigns.collective import ROWS, CampaignParticipations, CountCampaigns, EveryView, view_of
from chalicelib.campaigns.counters.counting import CountParticipations
from chalicelib.campaigns.counters.finished import CountBatch, CountFinished, FinishedAssessments, view_counting
from chalicelib.campaigns.counters.ports import CounterStore, Population
from chalicelib.campaigns.counters.reconciling import ReconcileViews
from chalicelib.campaigns.counters.summarising import SummariseViews
from chalicelib.campaigns.finding import FindCampaigns
from chalicelib.campaigns.giving import GiveResults
from chalicelib.campaigns.launching import LaunchCampaigns
from chalicelib.campaigns.organisations.access import Access
from chalicelib.campaigns.organisations.creating import CreateOrganisation
from chalicelib.campaigns.organisations.invitations import AcceptInvitation, InviteMembers
from chalicelib.campaigns.organisations.keeping import KeepOrganisation
from chalicelib.campaigns.organisations.members import ManageMembers
from chalicelib.campaigns.organisations.ports import OrganisationStore
from chalicelib.campaigns.organisations.roles import AssignRole
from chalicelib.campaigns.ports import CampaignStore, ParticipationStore
from chalicelib.campaigns.taking import ExamGate, TakeCampaign
from chalicelib.campaigns.target_profiles.keeping import KeepTargetProfiles
from chalicelib.campaigns.target_profiles.ports import TargetProfileStore
from chalicelib.config import CloudIdentity, Service, Settings
from chalicelib.identity.client_credentials import AuthenticateClients
from chalicelib.identity.clients import ClientStore, ManageClients
from chalicelib.identity.limiting import FailureStore, LimitFailures
from chalicelib.identity.tokens import TokenIssuer, TokenVerifier, TrustedKey
from chalicelib.kernel.clock import Clock, CorrectedClock, Instant
from chalicelib.kernel.dead_letters import DeadLetters
from chalicelib.kernel.ids import IdSource
from chalicelib.observability import CorrelatedSender, ExposureLog, LogCounts, OutboxLog, count_clock_skew
from chalicelib.profiles.knowing import PersonKnowledge
from chalicelib.profiles.ports import PeopleStore
from chalicelib.profiles.reading import ReadProfile
from chalicelib.profiles.updating import UpdateProfile
from chalicelib.storage.campaigns import DynamoCampaigns, DynamoParticipations
from chalicelib.storage.clients import DynamoClients
from chalicelib.storage.counters import DynamoCounters, DynamoPopulation
from chalicelib.storage.dead_letters import QueueDeadLetters
from chalicelib.storage.exposure import DynamoExposureBatches, StoredExposureVersions
from chalicelib.storage.failures_of_callers import DynamoFailures
from chalicelib.storage.logs import DynamoLogs
from chalicelib.storage.meter import Meter
from chalicelib.storage.organisations import DynamoOrganisations
from chalicelib.storage.people import DynamoPeople
from chalicelib.storage.queues import QueueSender
from chalicelib.storage.releases import StoredFiles, StoredReleases
from chalicelib.storage.table import Table
from chalicelib.storage.target_profiles import DynamoTargetProfiles
from chalicelib.storage.wire.clients import Wire
from chalicelib.storage.wire.connections import Patience
from chalicelib.storage.wire.credentials import Credentials, FixedCredentials, source_of
from chalicelib.storage.wire.machine import Machine
from chalicelib.storage.wire.retries import RetryPolicy


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


class RandomSecrets:
    """Secrets of clients from the operating system's source of chance."""

    def draw(self) -> str:
        """256 random bits, as 43 characters."""
        return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class LivingOrganisations:
    """Which organisations there are (port `OrganisationRegister`)."""

    organisations: OrganisationStore

    def exists(self, organisation_id: str) -> bool:
        """Whether there is such an organisation that is not deleted."""
        found = self.organisations.organisation(organisation_id)
        return found is not None and not found.deleted


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
    counters: CounterStore
    population: Population
    organisations: OrganisationStore
    campaigns: CampaignStore
    participations: ParticipationStore
    target_profiles: TargetProfileStore
    failures: FailureStore
    api_clients: ClientStore
    dead_letters: DeadLetters | None = None
    """Of the queue `results`; None leaves setting aside to the queue itself."""


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
        outbox = Outbox(self.ports.log, CorrelatedSender(self.ports.sender), OutboxLog())
        return Desk(self.ports.log, courses, outbox, self.ports.clock, LogCounts())

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
        return ReadAssessment(self.desk, self.exam_gate)

    @cached_property
    def explaining(self) -> ExplainAssessment:
        """Explains assessments to the people who took them."""
        return ExplainAssessment(self.desk, self.exam_gate)

    @cached_property
    def profiles(self) -> ReadProfile:
        """Reads profiles."""
        return ReadProfile(self.ports.people, self.ports.releases)

    @cached_property
    def sweeping(self) -> SweepOutbox:
        """Settles what was left."""
        return SweepOutbox(self.ports.log, self.desk.outbox, self.ending, self.ports.clock, OutboxLog())

    @cached_property
    def counting(self) -> CountBatch:
        """Counts finished tests in the national views, and leaves them to the exposure writer."""
        finished = CountFinished(self.finished_assessments, self.counting_participations)
        return CountBatch(finished, CountExposure(self.ports.exposure_batches, self.desk.courses))

    @cached_property
    def finished_assessments(self) -> FinishedAssessments:
        """What each person adds to the national views."""
        return FinishedAssessments(self.ports.log, self.ports.people, self.desk.courses)

    @cached_property
    def counting_participations(self) -> CountParticipations:
        """Counts in any view."""
        return CountParticipations(self.ports.counters, self.ports.counters, self.ports.counters)

    @cached_property
    def summarising(self) -> SummariseViews:
        """Sums up the views that were counted in."""
        store = self.ports.counters
        return SummariseViews(store, store, store, store, self.ports.clock, self.ports.ids)

    @cached_property
    def reconciling(self) -> ReconcileViews:
        """Compares views with their source."""
        store, population = self.ports.counters, self.ports.population
        source = EveryView(self.finished_assessments, self.campaign_participations)
        return ReconcileViews(store, store, store, population, source, self.counting_participations)

    @cached_property
    def access(self) -> Access:
        """Who may do what in an organisation."""
        return Access(self.ports.organisations, self.ports.organisations)

    @cached_property
    def creating_organisations(self) -> CreateOrganisation:
        """Creates organisations."""
        return CreateOrganisation(self.ports.organisations, self.access, self.ports.clock, self.ports.ids)

    @cached_property
    def organisations(self) -> KeepOrganisation:
        """Edits and deletes organisations, and lists a person's own."""
        return KeepOrganisation(self.ports.organisations, self.ports.organisations, self.access)

    @cached_property
    def assigning_roles(self) -> AssignRole:
        """Gives and takes roles."""
        return AssignRole(self.ports.organisations, self.ports.organisations)

    @cached_property
    def members(self) -> ManageMembers:
        """Members of organisations."""
        return ManageMembers(self.ports.organisations, self.access, self.assigning_roles, self.ports.clock)

    @cached_property
    def inviting(self) -> InviteMembers:
        """Invites members."""
        return InviteMembers(self.ports.organisations, self.access, self.ports.clock, self.ports.ids)

    @cached_property
    def accepting(self) -> AcceptInvitation:
        """Accepts invitations."""
        return AcceptInvitation(self.ports.organisations, self.assigning_roles, self.ports.clock)

    @cached_property
    def target_profiles(self) -> KeepTargetProfiles:
        """Templates, and the target profiles of organisations."""
        return KeepTargetProfiles(self.ports.target_profiles, self.ports.releases, self.ports.ids)

    @cached_property
    def finding_campaigns(self) -> FindCampaigns:
        """Finds campaigns by code and by id."""
        return FindCampaigns(self.ports.campaigns, self.ports.organisations, self.ports.clock)

    @cached_property
    def exam_gate(self) -> ExamGate:
        """Keeps solutions of exams."""
        return ExamGate(self.finding_campaigns)

    @cached_property
    def launching(self) -> LaunchCampaigns:
        """Makes and changes campaigns."""
        ports = self.ports
        return LaunchCampaigns(ports.campaigns, self.target_profiles, ports.releases, ports.counters, ports.clock, ports.ids)

    @cached_property
    def giving(self) -> GiveResults:
        """Results of participations, to people and to organisations."""
        return GiveResults(self.finding_campaigns, self.ports.participations, self.desk.courses)

    @cached_property
    def campaign_participations(self) -> CampaignParticipations:
        """What each person adds to the views of campaigns."""
        return CampaignParticipations(self.ports.participations, self.ports.log)

    @cached_property
    def counting_campaigns(self) -> CountCampaigns:
        """Counts in the views of campaigns."""
        store = self.ports.counters
        return CountCampaigns(self.campaign_participations, CountParticipations(store, store, store, ROWS))

    @cached_property
    def taking(self) -> TakeCampaign:
        """A person's way through campaigns."""
        return TakeCampaign(
            self.finding_campaigns,
            self.starting,
            self.starting_once,
            self.ports.participations,
            self.giving,
            self.desk,
            CorrelatedSender(self.ports.sender),
        )

    @cached_property
    def limiting(self) -> LimitFailures:
        """Limits who guesses codes and secrets. Its key is the stage's latest secret: a rotation forgets all failures."""
        known = self.desk.courses.secrets
        return LimitFailures(self.ports.failures, self.ports.clock, known.of(known.latest))

    @cached_property
    def managing_clients(self) -> ManageClients:
        """What admins do with their organisation's clients."""
        return ManageClients(self.ports.api_clients, RandomSecrets(), self.ports.ids, self.ports.clock)

    @cached_property
    def authenticating_clients(self) -> AuthenticateClients:
        """Gives tokens to clients."""
        organisations = LivingOrganisations(self.ports.organisations)
        return AuthenticateClients(self.ports.api_clients, organisations, self.issuer, self.limiting)

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
        settings = self.settings
        return TokenVerifier(keys, settings.token_audience, self.ports.clock, settings.token_signing_key_id)

    @cached_property
    def issuer(self) -> TokenIssuer:
        """Signs tokens."""
        settings = self.settings
        pem = settings.token_signing_key.get_secret_value()
        return TokenIssuer.from_pem(
            pem, settings.token_signing_key_id, settings.token_issuer, settings.token_audience, self.ports.clock
        )


ATTEMPTS = 3
"""How often a call is tried in all. The outbox tries once: its mark waits for the sweeper."""


@dataclass(frozen=True)
class Clients:
    """Low-level clients of a stage, boto3's or the wire adapter's; `sending` is the outbox's, quick to give up."""

    dynamodb: Any
    s3: Any
    sending: Any


def wire_ports(settings: Settings, identity: CloudIdentity) -> Ports:
    """The ports of a deployed or emulated stage without boto3: what the HTTP functions use."""
    clock = machine_clock()
    return ports_over(wire_clients(settings, identity, Machine(hear=clock.hear)), settings, clock, RandomIds(), Meter())


def machine_clock() -> CorrectedClock:
    """The machine's clock, put right by the store's: all functions share that one."""
    return CorrectedClock(SystemClock(), count_clock_skew)


def wire_clients(settings: Settings, identity: CloudIdentity, machine: Machine | None = None) -> Clients:
    """The wire adapter's clients of a stage; nothing is connected before its first call."""
    machine = machine or Machine()
    ours = source_of(identity, machine.now)

    def wire(service: Service) -> Wire:
        place = settings.place_of(service)
        keys = place.keys
        own = (
            None
            if keys is None
            else FixedCredentials(Credentials(keys.access_key_id, keys.secret_access_key.get_secret_value()))
        )
        return Wire(place.region, place.endpoint_url, own or ours, machine)

    patience = Patience(settings.request_timeout_seconds, settings.request_timeout_seconds)
    quick = Patience(settings.outbox_send_timeout_seconds, settings.outbox_send_timeout_seconds)
    return Clients(
        dynamodb=wire("dynamodb").dynamodb(patience, RetryPolicy(ATTEMPTS)),
        s3=wire("s3").objects(patience, RetryPolicy(ATTEMPTS)),
        sending=wire("sqs").queue(quick, RetryPolicy(1)),
    )


def ports_over(clients: Clients, settings: Settings, clock: Clock, ids: IdSource, meter: Meter) -> Ports:
    """The adapters of a stage over these clients, their units counted by this meter."""
    registry = Table(clients.dynamodb, settings.registry_table, meter)
    people = Table(clients.dynamodb, settings.people_table, meter)
    return Ports(
        log=DynamoLogs(Table(clients.dynamodb, settings.assessments_table, meter)),
        people=DynamoPeople(people),
        releases=StoredReleases(clients.s3, settings.releases_bucket, registry, clock),
        files=StoredFiles(clients.s3, settings.releases_bucket),
        sender=QueueSender(clients.sending, settings.results_queue_url),
        exposure_batches=DynamoExposureBatches(registry),
        exposure_versions=StoredExposureVersions(registry, clients.s3, settings.releases_bucket),
        clock=clock,
        ids=ids,
        counters=DynamoCounters(registry, people),
        population=DynamoPopulation(people, view_counting, view_of),
        organisations=DynamoOrganisations(registry),
        campaigns=DynamoCampaigns(registry),
        participations=DynamoParticipations(people, registry),
        target_profiles=DynamoTargetProfiles(registry),
        failures=DynamoFailures(registry),
        api_clients=DynamoClients(registry),
        dead_letters=_dead_letters(clients, settings.results_dead_queue_url),
    )


def _dead_letters(clients: Clients, queue_url: str | None) -> DeadLetters | None:
    return None if queue_url is None else QueueDeadLetters(clients.sending, queue_url)
