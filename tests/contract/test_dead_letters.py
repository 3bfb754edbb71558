"""Setting messages aside, through the worker: on moto and on MiniStack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.kernel.clock import Instant
from chalicelib.kernel.dead_letters import ATTRIBUTES, DeadLetter
from chalicelib.kernel.errors import UnavailableError
from chalicelib.storage.dead_letters import QueueDeadLetters
from tests.workers.test_results_worker import consume, finished, message, poisoned, record
from tests.worlds import World, ministack_world, moto_world


@pytest.fixture(params=["moto", pytest.param("ministack", marks=pytest.mark.stack)])
def cloud(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "moto":
        with moto_world() as made:
            yield made
    else:
        yield ministack_world(request.getfixturevalue("ministack_url"))


def letters(world: World) -> list[DeadLetter]:
    """What is in the dead-letter queue."""
    found: dict[str, DeadLetter] = {}
    url = world.services.settings.results_dead_queue_url
    asked: dict[str, Any] = {"MaxNumberOfMessages": 10, "VisibilityTimeout": 60, "MessageAttributeNames": list(ATTRIBUTES)}
    while got := world.clients.sending.receive_message(QueueUrl=url, **asked).get("Messages"):
        for one in got:
            told = {name: value["StringValue"] for name, value in one.get("MessageAttributes", {}).items()}
            found[one["MessageId"]] = DeadLetter.received(one["Body"], told, one["MessageId"])
    return sorted(found.values(), key=lambda letter: letter.message_id)


def test_rubbish_reaches_the_dead_letter_queue_as_it_was_and_says_why(cloud: World) -> None:
    assessment_id, first = finished(cloud, "1.1"), record("m0", "not json \N{SNOWMAN}")
    first["attributes"]["ApproximateFirstReceiveTimestamp"] = "1795000000000"
    rubbish, dead = [first, *poisoned()], cloud.services.ports.dead_letters
    assert consume(cloud, *rubbish, record("good", message(assessment_id)), dead_letters=dead) == []
    found = letters(cloud)
    assert {(one.message_id, one.body) for one in found} == {(one["messageId"], one["body"]) for one in rubbish}
    assert found[[one.message_id for one in found].index("m0")] == DeadLetter(
        first["body"], "not-json", "m0", "results", Instant(1_795_000_000_000)
    )


def test_a_message_that_is_set_aside_twice_has_the_same_original_id(cloud: World) -> None:
    for _ in range(2):
        consume(cloud, record("m1", "{}"), dead_letters=cloud.services.ports.dead_letters)
    assert [(one.message_id, one.reason) for one in letters(cloud)] == [("m1", "not-an-envelope")] * 2


def test_a_dead_letter_queue_out_of_reach_is_told_as_unavailable(cloud: World) -> None:
    out_of_reach = QueueDeadLetters(cloud.clients.sending, f"{cloud.services.settings.results_dead_queue_url}x")
    with pytest.raises(UnavailableError):
        out_of_reach.put(DeadLetter("{}", "not-an-envelope", "m1", "results", None))
    assert consume(cloud, record("m1", "{}"), dead_letters=out_of_reach) == ["m1"]
