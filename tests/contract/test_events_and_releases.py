"""Queue and releases behind their ports: through boto3 on moto and on MiniStack, and through the wire adapter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.events import Envelope, assessment_finished
from chalicelib.storage import keys
from chalicelib.storage.queues import QueueSender
from chalicelib.storage.releases import StoredReleases
from tests.content_of_tests import real_packed, synthetic
from tests.worlds import STORES, World, world_of


@pytest.fixture(params=STORES[1:])
def cloud(request: pytest.FixtureRequest) -> Iterator[World]:
    with world_of(request.param, lambda: str(request.getfixturevalue("ministack_url"))) as made:
        yield made


def releases_of(world: World) -> StoredReleases:
    releases = world.another_process().ports.releases
    assert isinstance(releases, StoredReleases)
    return releases


def test_an_event_arrives_as_a_cloudevent_with_ids_only(cloud: World) -> None:
    sent = assessment_finished("a1", "p1", Instant(1_795_000_000_123))
    cloud.services.ports.sender.send(sent)
    queue = cloud.services.settings.results_queue_url
    (message,) = cloud.boto.sending.receive_message(QueueUrl=queue, WaitTimeSeconds=2)["Messages"]
    assert Envelope.model_validate_json(message["Body"]) == sent
    assert sent.model_dump() == {
        "specversion": "1.0",
        "id": "assessment-finished:a1",
        "source": "/palier/assessments",
        "type": "palier.assessment-finished.v1",
        "time": "2026-11-18T11:06:40.123000Z",
        "datacontenttype": "application/json",
        "data": {"assessment_id": "a1", "person_id": "p1"},
    }


def test_a_queue_out_of_reach_is_told_as_unavailable(cloud: World) -> None:
    with pytest.raises(UnavailableError):
        QueueSender(cloud.clients.sending, cloud.services.settings.results_queue_url + "x").send(
            assessment_finished("a1", "p1", Instant(0))
        )


def test_a_published_release_is_served_to_a_function_that_just_started(cloud: World) -> None:
    releases = releases_of(cloud)
    release = releases.get(releases.current())
    assert release.id == real_packed()[0]
    assert len(release) == len(cloud.release)


def test_publishing_another_release_changes_the_current_one_within_a_minute_and_keeps_the_old(cloud: World) -> None:
    warm = releases_of(cloud)
    before = warm.current()
    published = synthetic(1, 2)
    releases_of(cloud).publish(*published)
    assert warm.current() == before
    cloud.clock.forward(60)
    assert warm.current() == published[0]
    assert warm.get(before).id == before


def test_an_unknown_or_damaged_release_is_unavailable_never_served(cloud: World) -> None:
    releases = releases_of(cloud)
    with pytest.raises(UnavailableError, match="cannot be read"):
        releases.get("z" * 26)
    release_id, packed = real_packed()
    damaged = packed[:100] + bytes([packed[100] ^ 1]) + packed[101:]
    bucket = cloud.services.settings.releases_bucket
    cloud.boto.s3.put_object(Bucket=bucket, Key=keys.release_object(release_id), Body=damaged)
    with pytest.raises(UnavailableError) as failure:
        releases.get(release_id)
    assert failure.value.code == "release-damaged"


def test_a_damaged_release_is_never_published(cloud: World) -> None:
    with pytest.raises(UnavailableError):
        releases_of(cloud).publish("z" * 26, real_packed()[1])
    assert releases_of(cloud).current() == real_packed()[0]
