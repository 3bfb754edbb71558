"""Whole services for tests, over memory, moto or MiniStack; the tests are the same on each."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from chalicelib.assessments.answering import Submission
from chalicelib.assessments.views import Progress, Served
from chalicelib.campaigns.counters.finished import view_counting
from chalicelib.config import CloudIdentity, Settings
from chalicelib.content.authoring.declared import Declared, declared_answers
from chalicelib.content.challenges import Challenge
from chalicelib.content.grading.answers import as_sent
from chalicelib.content.releases import Release
from chalicelib.content.shown import as_shown
from chalicelib.content.texts import Locale
from chalicelib.storage.boto import NeutralClient
from chalicelib.storage.meter import Meter
from chalicelib.storage.releases import StoredReleases
from chalicelib.wiring import Clients, Ports, Services, ports_over, wire_clients
from infrastructure.local.clients import CREDENTIALS, local_clients
from infrastructure.local.provision import Provisioned, provision
from infrastructure.local.settings import REGION, LocalSecrets, local_settings, new_secrets
from infrastructure.template import read_template, resources_of
from tests.content_of_tests import real_built, real_packed
from tests.fakes.callers import MemoryClients, MemoryFailures
from tests.fakes.campaigns import MemoryCampaigns, MemoryParticipations
from tests.fakes.counters import MemoryCounters, MemoryPopulation
from tests.fakes.exposure import MemoryExposureBatches, MemoryExposureVersions
from tests.fakes.memory import FixedClock, MemoryFiles, MemoryLogs, MemoryPeople, MemoryReleases, MemorySender, NumberedIds
from tests.fakes.organisations import MemoryOrganisations
from tests.fakes.target_profiles import MemoryTargetProfiles

STAGES = itertools.count(1)


@lru_cache(maxsize=1)
def secrets() -> LocalSecrets:
    """The same secrets for every world; the picks are the same in every run."""
    return replace(new_secrets(), selection_secret="0" * 64)


@dataclass
class World:
    """A service, and what a test turns or looks at."""

    services: Services
    clock: FixedClock
    meter: Meter
    release: Release
    clients: Any = None
    """The low-level clients that the service uses; None over memory."""
    boto: Any = None
    """boto3's clients of the same stage, for a test that looks at it or disturbs it."""

    def another_process(self) -> Services:
        """The same stage seen by a function that has just started: nothing is kept from before."""
        if self.clients is None:
            return Services(self.services.settings, self.services.ports)
        ids = self.services.ports.ids
        return Services(self.services.settings, ports_over(self.clients, self.services.settings, self.clock, ids, Meter()))

    def token(self, person: str) -> str:
        """A bearer token of this person."""
        return self.services.issuer.issue(person, 3600)


@lru_cache(maxsize=8)
def loaded(packed: tuple[str, bytes]) -> Release:
    """A release, loaded once: it never changes."""
    return Release(*packed)


def memory_world(packed: tuple[str, bytes] | None = None) -> World:
    """A service over the fakes."""
    release = loaded(packed or real_packed())
    clock = FixedClock()
    counters, people, participations = MemoryCounters(), MemoryPeople(), MemoryParticipations()
    ports = Ports(
        MemoryLogs(),
        people,
        MemoryReleases.of(release),
        MemoryFiles(real_built().files),
        MemorySender(),
        MemoryExposureBatches(),
        MemoryExposureVersions(),
        clock,
        NumberedIds(),
        counters,
        MemoryPopulation(counters, people, view_counting, participations),
        organisations=MemoryOrganisations(),
        failures=MemoryFailures(),
        api_clients=MemoryClients(),
        campaigns=MemoryCampaigns(),
        participations=participations,
        target_profiles=MemoryTargetProfiles(),
    )
    return World(Services(_settings(_NAMES, None), ports), clock, Meter(), release)


_NAMES = Provisioned(
    {name: name for name in ("AssessmentsTable", "PeopleTable", "RegistryTable")},
    {"ResultsQueue": "queue"},
    {"ReleasesBucket": "bucket"},
)


def _settings(provisioned: Provisioned, endpoint_url: str | None) -> Settings:
    return local_settings(provisioned, endpoint_url, secrets())


class Serialised:
    """A boto3 client whose calls run one at a time: moto's tables are plain dictionaries, a real store's are not."""

    def __init__(self, client: Any, lock: threading.Lock) -> None:
        self._client, self._lock = client, lock

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def serialised(**arguments: Any) -> Any:
            with self._lock:
                return call(**arguments)

        return serialised


@lru_cache(maxsize=4)
def _clients(endpoint_url: str | None) -> Any:
    """boto3 clients, made once: making them is most of what a small test would cost."""
    return local_clients(endpoint_url, REGION)


def _world_over(endpoint_url: str | None, packed: tuple[str, bytes] | None, serialise: bool) -> World:
    packed = packed or real_packed()
    made = _clients(endpoint_url)
    provisioned = provision(resources_of(read_template(), f"test{next(STAGES)}"), made)
    settings = _settings(provisioned, endpoint_url)
    lock = threading.Lock()
    over = [NeutralClient(Serialised(one, lock) if serialise else one) for one in (made.dynamodb, made.s3, made.sqs)]
    clients = Clients(*over)
    clock, meter = FixedClock(), Meter()
    ports = ports_over(clients, settings, clock, NumberedIds(), meter)
    assert isinstance(ports.releases, StoredReleases)
    ports.releases.publish(*packed)
    meter.reset()
    return World(Services(settings, ports), clock, meter, loaded(packed), clients, clients)


@contextmanager
def moto_world(packed: tuple[str, bytes] | None = None) -> Iterator[World]:
    """A service over the adapters, on moto."""
    with mock_aws():
        yield _world_over(None, packed, serialise=True)


def ministack_world(endpoint_url: str, packed: tuple[str, bytes] | None = None) -> World:
    """A service over the adapters, on a running MiniStack; each world has tables of its own."""
    return _world_over(endpoint_url, packed, serialise=False)


@lru_cache(maxsize=1)
def _wire_clients(endpoint_url: str) -> Clients:
    """The wire adapter's clients of a running MiniStack, made once: their connections stay open. A slow machine is waited for."""
    patient = {"request_timeout_seconds": 10.0, "outbox_send_timeout_seconds": 10.0}
    settings = _settings(_NAMES, endpoint_url).model_copy(update=patient)
    return wire_clients(settings, CloudIdentity.from_environment(CREDENTIALS))


def wire_world(endpoint_url: str) -> World:
    """A service over the wire adapter, on a running MiniStack."""
    world = ministack_world(endpoint_url)
    wire, settings = _wire_clients(endpoint_url), world.services.settings
    ports = ports_over(wire, settings, world.clock, world.services.ports.ids, world.meter)
    return replace(world, services=Services(settings, ports), clients=wire)


@contextmanager
def world_of(kind: str, ministack_url: Callable[[], str]) -> Iterator[World]:
    """A service over the stores of this name, one of `STORES`."""
    if kind == "memory":
        yield memory_world()
    elif kind == "moto":
        with moto_world() as made:
            yield made
    else:
        yield {"ministack": ministack_world, "wire": wire_world}[kind](ministack_url())


STORES = ["memory", "moto", *(pytest.param(kind, marks=pytest.mark.stack) for kind in ("ministack", "wire"))]
"""Every kind of store, and boto3's and our own client of the real ones: parameters of a fixture."""

ROOT = Path(__file__).resolve().parent.parent


def right_answer(world: World, challenge_id: str, locale: Locale = "fr", path: str | None = None) -> Any:
    """An answer that the key accepts, as it is sent; a file task is known by the path of its file."""
    challenge, (right, _) = _key(world, challenge_id, locale, path)
    return as_sent(challenge, right[0])


def wrong_answer(world: World, challenge_id: str, locale: Locale = "fr", path: str | None = None) -> Any:
    """An answer that the key refuses, as it is sent."""
    challenge, (_, wrong) = _key(world, challenge_id, locale, path)
    return as_sent(challenge, wrong[0]) if wrong else "987654321"


def _key(world: World, challenge_id: str, locale: Locale, path: str | None) -> tuple[Challenge, Declared]:
    challenge = as_shown(world.release.challenge(world.release.ordinals[challenge_id]), path)
    return challenge, declared_answers(challenge, locale)


def play_on(world: World, person: str, progress: Progress, answers: int = 1_000, right: bool = True) -> Progress:
    """Answer (all right or all wrong) until the assessment ends or this many answers were given."""
    given = 0
    while progress.next is not None and given < answers:
        if progress.next.phase == "announced":
            progress = world.services.answering.begin(progress.assessment_id, person, progress.next.step)
            continue
        progress = world.services.answering.answer(progress.assessment_id, person, submission(world, progress, right))
        given += 1
    return progress


def submission(world: World, progress: Progress, right: bool = True) -> Submission:
    """The submission of a right or wrong answer to the challenge that is shown."""
    assert isinstance(progress.next, Served)
    shown = progress.next.challenge
    choose = right_answer if right else wrong_answer
    answer = choose(world, shown.id, progress.locale, shown.attachment.path if shown.attachment else None)
    return Submission(progress.next.step, shown.id, answer)
