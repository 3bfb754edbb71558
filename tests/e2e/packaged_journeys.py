"""The smallest journeys through each deployed function that together need everything it may do.

Each arranges what it needs with all rights, makes one request or event as the function would get it, and tells whether all that must
follow did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.assessments.exposure.codec import pack_batch
from chalicelib.assessments.exposure.model import (
    LIMITS,
    SHARDS,
    Counts,
    FinishedBatch,
    FinishedTest,
    Series,
    Snapshot,
    WaitingBatch,
)
from chalicelib.assessments.model import Entry
from chalicelib.assessments.starting import Wish
from chalicelib.assessments.views import Progress
from chalicelib.campaigns.campaign import Settings
from chalicelib.campaigns.counters.model import Participation, Row
from chalicelib.campaigns.taking import Entrance
from chalicelib.campaigns.target_profiles.model import Targets
from chalicelib.campaigns.wording import Wording
from chalicelib.engine.exposure import ExposureTable, Tally
from chalicelib.kernel.clock import SECOND, Instant, later
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import Envelope, assessment_finished
from chalicelib.kernel.ids import derive_id
from infrastructure.package.functions import FUNCTIONS
from load_tests.client import ApiClient
from tests.e2e.packaged_stage import FILE, PackagedStage
from tests.worlds import World, play_on, submission

Journey = Callable[[PackagedStage], bool]
WISH = Wish("1.1", "fr")
HOUR = 3_600 * SECOND
BY_NAME = {function.logical: function for function in FUNCTIONS}


class Unreachable:
    """A queue that is out of reach: the mark of what it should have been sent stays."""

    def send(self, envelope: Envelope) -> None:
        raise UnavailableError("store-unavailable", "Out of reach.")


class BeforeTheEndError(Exception):
    """The next entry would end the assessment."""


class EndlessLogs:
    """The logs of a stage, but no assessment ends."""

    def __init__(self, logs: Any) -> None:
        self._logs = logs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._logs, name)

    def append(self, assessment_id: str, entry: Entry) -> Entry | None:
        if entry.state.stop is not None:
            raise BeforeTheEndError
        taken: Entry | None = self._logs.append(assessment_id, entry)
        return taken


def somebody(stage: PackagedStage) -> str:
    return f"person-{next(stage.count)}"


def begun(world: World, person: str, answers: int) -> Progress:
    progress, _ = world.services.starting.start(person, WISH)
    return play_on(world, person, progress, answers)


def finished(world: World, person: str) -> Progress:
    progress = begun(world, person, 1)
    return world.services.ending.finish(progress.assessment_id, person)


def is_unmarked(stage: PackagedStage, assessment_id: str) -> bool:
    """Whether an assessment has ended and owes nothing: its message was sent, its marks are gone."""
    entries = stage.world().services.ports.log.entries(assessment_id)
    return entries[-1].state.stop is not None and all(entry.mark is None for entry in entries)


def somebody_starts_again(stage: PackagedStage) -> bool:
    """What they finished before is not in their profile yet: the start folds it in."""
    person, world = somebody(stage), stage.world()
    finished(stage.world(sender=Unreachable()), person)
    with stage.http(world.token(person)) as client:
        reply = client.post("/v1/assessments", {"scope": "1.2"})
    known = world.services.ports.people.person(person)
    return reply.status == 201 and len(known.contributions) == 1 and len(known.attempts) == 2


def somebody_comes_back(stage: PackagedStage) -> bool:
    person, world = somebody(stage), stage.world()
    progress = begun(world, person, 1)
    with stage.http(world.token(person)) as client:
        return client.get(f"/v1/assessments/{progress.assessment_id}").status == 200


def somebody_gives_the_last_answer(stage: PackagedStage) -> bool:
    person, world = somebody(stage), stage.world()
    progress, _ = world.services.starting.start(person, WISH)
    try:
        play_on(stage.world(log=EndlessLogs(world.services.ports.log)), person, progress)
    except BeforeTheEndError:
        progress = world.services.reading.current(progress.assessment_id, person)
    last = submission(world, progress)
    body = {"step": last.step, "challenge": last.challenge_id, "answer": last.answer}
    with stage.http(world.token(person)) as client:
        reply = client.post(f"/v1/assessments/{progress.assessment_id}/answers", body)
    return reply.status == 200 and is_unmarked(stage, progress.assessment_id)


def somebody_looks_around(stage: PackagedStage) -> bool:
    with stage.http() as client:
        return client.get("/v1/health").status == 200


def somebody_stops(stage: PackagedStage) -> bool:
    person, world = somebody(stage), stage.world()
    progress = begun(world, person, 1)
    with stage.http(world.token(person)) as client:
        reply = client.post(f"/v1/assessments/{progress.assessment_id}/finish")
    return reply.status == 200 and is_unmarked(stage, progress.assessment_id)


def somebody_reads_their_profile(stage: PackagedStage) -> bool:
    with stage.http(stage.world().token(somebody(stage))) as client:
        return client.get("/v1/me/profile").status == 200


def somebody_reads_a_profile_of_an_older_release(stage: PackagedStage) -> bool:
    """It is folded anew from the contributions."""
    person, world = somebody(stage), stage.world(sender=Unreachable())
    finished(world, person)
    people, older = world.services.ports.people, world.services.profiles.profile(person).model_copy(update={"release": "older"})
    people.replace_profile(person, older, None)
    with stage.http(world.token(person)) as client:
        return client.get("/v1/me/profile").status == 200


def somebody_reads_a_file(stage: PackagedStage) -> bool:
    with stage.http() as client:
        return client.status_of("/v1/files/" + "/".join(FILE)) == 200


def somebody_reads_a_file_that_is_not_there(stage: PackagedStage) -> bool:
    with stage.http() as client:
        return client.status_of(f"/v1/files/{FILE[0]}/nothing.png") == 404


def somebody_creates_an_organisation(stage: PackagedStage) -> bool:
    with stage.http(stage.world().token(somebody(stage))) as client:
        created = client.post("/v1/organisations", {"type": "school", "name": "School"})
        if created.status != 201:
            return False
        mine = client.get("/v1/me/organisations")
    return mine.status == 200 and mine.body["organisations"] == [created.body]


def somebody_guesses_a_secret(stage: PackagedStage) -> bool:
    """It is wrong: a failure is counted."""
    form = {"grant_type": "client_credentials", "client_id": f"{'a' * 26}.{'b' * 26}", "client_secret": "wrong"}
    with stage.http() as client:
        return client.status_of_form("/v1/token", form) == 401


def an_organisation(client: ApiClient) -> str:
    made = client.post("/v1/organisations", {"type": "school", "name": "School"})
    return f"/v1/organisations/{made.body['organisation_id']}"


def targets(stage: PackagedStage) -> Targets:
    """What may be expected of people in the content of the stage."""
    topics = {topic: max(levels) for topic, levels in list(stage.world().release.ladders.items())[:3]}
    return Targets(title=Wording(fr="Titre"), description=Wording(fr="Texte"), topics=topics)


def somebody_deletes_a_target_profile(stage: PackagedStage) -> bool:
    with stage.http(stage.world().token(somebody(stage))) as client:
        profiles = f"{an_organisation(client)}/target-profiles"
        made = client.post(profiles, {"targets": targets(stage).model_dump(mode="json", exclude_none=True)})
        return client.post(f"{profiles}/{made.body['id']}/delete").status == 200


def a_campaign(stage: PackagedStage) -> tuple[str, str]:
    """An open campaign: its id and its code. Made without the packaged functions, which the journey is not about."""
    services, organisation = stage.world().services, derive_id("organisation")
    profile, _ = services.target_profiles.create(organisation, targets(stage), None)
    made, _ = services.launching.create(organisation, profile.profile.id, Settings(name="One"), None)
    campaign = services.launching.open(made.campaign.organisation, made.campaign.id).campaign
    return campaign.id, str(campaign.code)


def somebody_joins_a_campaign(stage: PackagedStage) -> bool:
    _, code = a_campaign(stage)
    with stage.http(stage.world().token(somebody(stage))) as client:
        return client.post("/v1/participations", {"code": code}).status == 201


def somebody_mistypes_a_code(stage: PackagedStage) -> bool:
    with stage.http(stage.world().token(somebody(stage))) as client:
        return client.post("/v1/participations", {"code": "CDFGHJ234"}).status == 404


def somebody_shares_results(stage: PackagedStage) -> bool:
    person, world = somebody(stage), stage.world()
    campaign, code = a_campaign(stage)
    entrance = Entrance(code, Wish("", "fr"))
    progress = world.services.taking.join(person, entrance, anonymous=False).progress
    world.services.ending.finish(progress.assessment_id, person)
    with stage.http(world.token(person)) as client:
        reply = client.post(f"/v1/assessments/{progress.assessment_id}/share")
    given = world.services.ports.participations.given(campaign, "", 10)
    return reply.status == 200 and [one.assessment for one in given] == [progress.assessment_id]


def consumed(stage: PackagedStage, body: str) -> bool:
    record = {
        "messageId": "m1",
        "receiptHandle": "r1",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-3:000000000000:palier-cloud-results",
        "awsRegion": "eu-west-3",
    }
    return bool(stage.invoke(BY_NAME["ResultsWorker"], {"Records": [record]}) == {"reply": {"batchItemFailures": []}})


def a_result_comes(stage: PackagedStage) -> bool:
    person, world = somebody(stage), stage.world(sender=Unreachable())
    progress = finished(world, person)
    message = assessment_finished(progress.assessment_id, person, Instant(1)).model_dump_json()
    done = consumed(stage, message)
    profile = world.services.ports.people.profile(person)
    return done and profile is not None and progress.assessment_id in profile.profile.assessments


def rubbish_comes(stage: PackagedStage) -> bool:
    return consumed(stage, "rubbish")


def a_minute_passes(stage: PackagedStage) -> bool:
    """An unsent message and an abandoned assessment are settled."""
    now = stage.world().clock.now()
    unsent = finished(stage.world(later(now, -HOUR), sender=Unreachable()), somebody(stage))
    abandoned = begun(stage.world(later(now, -100 * HOUR)), somebody(stage), 1)
    woken(stage, "Sweeper")
    return is_unmarked(stage, unsent.assessment_id) and is_unmarked(stage, abandoned.assessment_id)


def finished_tests_are_counted(stage: PackagedStage) -> bool:
    """One of them pinned a table that is not the last."""
    now, ports = stage.world().clock.now(), stage.world().services.ports
    series = Series(f"release-{next(stage.count)}", "practice")
    free = ExposureTable.free(3, LIMITS)
    for number in (1, 2):
        snapshot = Snapshot(replace(free, version=number), Counts(Tally.nothing(3, LIMITS), ()))
        ports.exposure_versions.append(series, snapshot, later(now, (number - 3) * HOUR))
    batch = WaitingBatch("batch", pack_batch(FinishedBatch(3, (FinishedTest(1, 0, (0, 2)),))))
    ports.exposure_batches.enrol(series)
    ports.exposure_batches.add(series, batch)
    woken(stage, "ExposureWriter")
    last = ports.exposure_versions.last(series, strong=True)
    waiting = [one for shard in range(SHARDS) for one in ports.exposure_batches.waiting(series, shard, 1)]
    return last is not None and last.number == 3 and last.acknowledged and not waiting


def a_view_is_summed_up(stage: PackagedStage) -> bool:
    """Whoever counted in it died before writing the mark of whom they counted. Two minutes: the second finds the view at rest."""
    counters, person = stage.ports.counters, somebody(stage)
    view = f"campaign:{person}"
    counters.enrol(view, 1)
    counters.replace(Row(view, 0, {"persons": 1}, 1, (Participation(person, 1, {"persons": 1}),)))
    counters.touch(view)
    woken(stage, "CounterSummaries")
    woken(stage, "CounterSummaries")
    summary = counters.summary(view)
    waits = any(touched.view == view for touched in counters.touched())
    known = counters.mark(view, person).rank == 1 and not counters.row(view, 0).pending
    return summary is not None and summary.totals == {"persons": 1} and known and not waits


def woken(stage: PackagedStage, name: str) -> None:
    """Call a function as its schedule would."""
    event = {
        "version": "0",
        "id": "e1",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": "2026-11-22T12:00:00Z",
        "region": "eu-west-3",
        "resources": [],
        "detail": {},
    }
    stage.invoke(BY_NAME[name], event)


JOURNEYS: dict[str, tuple[Journey, ...]] = {
    "Answer": (
        somebody_starts_again,
        somebody_comes_back,
        somebody_gives_the_last_answer,
        somebody_joins_a_campaign,
        somebody_mistypes_a_code,
    ),
    "Api": (
        somebody_looks_around,
        somebody_reads_their_profile,
        somebody_reads_a_profile_of_an_older_release,
        somebody_stops,
        somebody_reads_a_file,
        somebody_reads_a_file_that_is_not_there,
        somebody_creates_an_organisation,
        somebody_guesses_a_secret,
        somebody_deletes_a_target_profile,
        somebody_shares_results,
    ),
    "ResultsWorker": (a_result_comes, rubbish_comes),
    "Sweeper": (a_minute_passes,),
    "ExposureWriter": (finished_tests_are_counted,),
    "CounterSummaries": (a_view_is_summed_up,),
}
