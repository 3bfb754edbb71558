"""One journey through the whole backbone: publish, start, answer, end, deliver, sweep, count, set aside. Every call is recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from chalicelib.assessments.starting import Wish
from chalicelib.campaigns import collective
from chalicelib.campaigns.counters.counting import CountParticipations
from chalicelib.campaigns.counters.finished import CountFinished, FinishedAssessments, view_counting, view_of
from chalicelib.campaigns.counters.ports import Seen, Summary
from chalicelib.campaigns.counters.summarising import SummariseViews
from chalicelib.storage.counters import DynamoCounters, DynamoPopulation
from chalicelib.storage.meter import Meter
from chalicelib.storage.releases import StoredReleases
from chalicelib.storage.table import Table
from chalicelib.wiring import Services
from chalicelib.workers import exposure, results, sweeper
from infrastructure.local.pump import Pump, SqsQueue, queue_arn
from infrastructure.local.settings import REGION
from tests.content_of_tests import real_packed
from tests.fakes.memory import MemorySender, NumberedIds
from tests.portability.profiles import Profile
from tests.portability.recorder import Recorder
from tests.worlds import World, play_on

SCOPE = "1.1"
PROMPT, UNSENT, ABANDONED = "prompt", "unsent", "abandoned"
"""Three people: whose end is told at once, whose end could not be told, and who went away."""
RUBBISH = "not json"


@dataclass
class Journey:
    """A stage on which everything was played once, and what it came to."""

    profile: Profile
    recorder: Recorder
    world: World
    ended: dict[str, str]
    """Assessment by person."""
    counted: tuple[Summary | None, list[Seen]]


def play(profile: Profile, recorder: Recorder) -> Journey:
    """Play it."""
    profile.refill()
    world = profile.world()
    with recorder.asking("console"):
        releases = world.services.ports.releases
        assert isinstance(releases, StoredReleases)
        for _ in range(2):
            releases.publish(*real_packed(), {"an-address": b"a file", "another": b"another file"})
        releases.current()
    with recorder.asking("HTTP"):
        ended = _people(world)
    profile.raw.sqs.send_message(QueueUrl=profile.settings.results_queue_url, MessageBody=RUBBISH)
    worker = world.another_process()
    with recorder.asking("worker"):
        _deliver(profile, worker)
        world.clock.forward(61)
        sweeper.sweep(worker.sweeping)
        world.clock.forward(49 * 3600)
        sweeper.sweep(worker.sweeping)
        _deliver(profile, worker)
        for _ in range(2):
            exposure.publish(worker.publishing)
    with recorder.asking("console"):
        world.services.ports.log.entries(ended[PROMPT])
    return Journey(profile, recorder, world, ended, _counted(world, recorder, ended))


def _people(world: World) -> dict[str, str]:
    service = world.services
    silent = Services(service.settings, replace(service.ports, sender=MemorySender(down=True)))
    ended: dict[str, str] = {}
    for person, stage, answers in ((PROMPT, service, 1000), (UNSENT, silent, 3), (ABANDONED, service, 1)):
        one = replace(world, services=stage)
        progress, _ = stage.starting.start(person, Wish(SCOPE, "fr"))
        ended[person] = play_on(one, person, progress, answers).assessment_id
    silent.ending.finish(ended[UNSENT], UNSENT)
    service.reading.corrections(ended[PROMPT], PROMPT, 0)
    service.profiles.profile(PROMPT)
    assert service.ports.files.get("an-address") == b"a file"
    return ended


def _deliver(profile: Profile, stage: Services) -> None:
    """What the worker process does with the queue until it is empty."""

    def work(event: dict[str, Any], context: object) -> object:
        return results.consume(event, context, results.following_of(stage), stage.ports.dead_letters)

    url = profile.settings.results_queue_url
    pump = Pump(SqsQueue(profile.raw.sqs, url, queue_arn(url, REGION), wait_seconds=0), work, {}, 60)
    while pump.deliver():
        pass


def _counted(world: World, recorder: Recorder, ended: dict[str, str]) -> tuple[Summary | None, list[Seen]]:
    """The national view, counted twice over and rolled up, and a pass over everybody."""
    service, settings = world.services, world.services.settings
    dynamodb = world.clients.dynamodb
    people = Table(dynamodb, settings.people_table, Meter())
    store = DynamoCounters(Table(dynamodb, settings.registry_table, Meter()), people)
    source = FinishedAssessments(service.ports.log, service.ports.people, service.desk.courses)
    with recorder.asking("worker"):
        tails = [service.updating.ended(one) for one in ended.values()]
        for _ in range(2):
            CountFinished(source, CountParticipations(store, store, store)).count(tails)
        rolling = SummariseViews(store, store, store, store, world.clock, NumberedIds())
        while store.touched():
            rolling.summarise()
    with recorder.asking("console"):
        seen = list(DynamoPopulation(people, view_counting, collective.view_of).everyone([view_of(SCOPE)]))
    return store.summary(view_of(SCOPE)), seen
