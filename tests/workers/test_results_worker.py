"""The consumer of `results`: messages late, twice, in any order, or rubbish."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.assessments.exposure.codec import unpack_batch
from chalicelib.assessments.exposure.model import SHARDS, FinishedBatch, Series
from chalicelib.assessments.starting import Wish
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.dead_letters import REASONS, TOO_OFTEN, DeadLetter, DeadLetters
from chalicelib.kernel.events import assessment_finished
from chalicelib.observability import logger
from chalicelib.wiring import Services
from chalicelib.workers import results
from infrastructure.local.lambda_context import LambdaContext
from tests.fakes.exposure import MemoryExposureBatches
from tests.fakes.marks import MemoryDeadLetters
from tests.fakes.memory import MemoryLogs, MemoryPeople
from tests.worlds import World, memory_world, play_on

PERSON = "p1"


def record(message_id: str, body: str) -> dict[str, Any]:
    return {
        "messageId": message_id,
        "receiptHandle": f"r-{message_id}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-3:000000000000:results",
        "awsRegion": "eu-west-3",
    }


def message(assessment_id: str) -> str:
    return assessment_finished(assessment_id, PERSON, Instant(1)).model_dump_json()


def finished(world: World, scope: str) -> str:
    progress, _ = world.services.starting.start(PERSON, Wish(scope, "fr"))
    return play_on(world, PERSON, progress).assessment_id


def consume(world: World, *records: dict[str, Any], dead_letters: DeadLetters | None = None) -> list[str]:
    context = LambdaContext("results_worker", "eu-west-3", 60.0)
    stage = world.services
    reply = results.consume({"Records": list(records)}, context, results.following_of(stage), dead_letters)
    return [failure["itemIdentifier"] for failure in reply["batchItemFailures"]]


def test_a_finished_assessment_is_in_the_profile(memory: World) -> None:
    assessment_id = finished(memory, "1.1")
    assert consume(memory, record("m1", message(assessment_id))) == []
    profile = memory.services.profiles.profile(PERSON)
    assert (profile.points, profile.assessments) == (48.0, (assessment_id,))


def test_messages_twice_and_out_of_order_change_nothing_more(memory: World) -> None:
    first = finished(memory, "1.1")
    memory.clock.forward(10)
    second = finished(memory, "1.2")
    bodies = [message(second), message(first), message(second), message(first)]
    assert consume(memory, *(record(f"m{number}", body) for number, body in enumerate(bodies))) == []
    assert memory.services.profiles.profile(PERSON).assessments == (first, second)


POISON = {
    "not-json": "not json",
    "not-an-envelope": "{}",
    "unknown-type": message("a1").replace("assessment-finished.v1", "nothing-known.v1"),
    "unknown-version": message("a1").replace("finished.v1", "finished.v9"),
    "invalid-data": message("a1").replace('"assessment_id":"a1"', '"assessment_id":""'),
    "assessment-not-found": message("z" * 26),
}
"""A body for each reason for which the worker sets a message aside."""


OF_DELETED_ORGANISATIONS = "campaign-not-found"
"""`tests/api/test_campaigns.py` has the message."""


def poisoned() -> list[dict[str, Any]]:
    return [record(reason, body) for reason, body in POISON.items()]


def test_rubbish_is_set_aside_with_its_reason_and_the_rest_of_the_batch_is_done(memory: World) -> None:
    dead, assessment_id = MemoryDeadLetters(), finished(memory, "1.1")
    assert consume(memory, *poisoned(), record("good", message(assessment_id)), dead_letters=dead) == []
    assert [(one.reason, one.body) for one in dead.letters] == list(POISON.items())
    assert memory.services.profiles.profile(PERSON).points == 48.0


def test_every_reason_is_one_that_is_explained(memory: World) -> None:
    assert {*POISON, TOO_OFTEN, OF_DELETED_ORGANISATIONS} == set(REASONS)


def test_a_dead_letter_says_which_message_it_was_and_when_it_was_first_seen(memory: World) -> None:
    dead, rubbish = MemoryDeadLetters(), record("m1", "not json")
    rubbish["attributes"]["ApproximateFirstReceiveTimestamp"] = "1795000000000"
    consume(memory, rubbish, record("m2", "not json"), dead_letters=dead)
    first, second = dead.letters
    assert first == DeadLetter("not json", "not-json", "m1", "results", Instant(1_795_000_000_000))
    assert second.first_seen is None
    assert DeadLetter.received(first.body, first.attributes, "another") == first


def test_a_dead_letter_queue_that_does_not_answer_gives_rubbish_back_and_holds_up_nothing(memory: World) -> None:
    dead, assessment_id = MemoryDeadLetters(down=True), finished(memory, "1.1")
    failed = consume(memory, *poisoned(), record("good", message(assessment_id)), dead_letters=dead)
    assert failed == list(POISON)
    assert memory.services.profiles.profile(PERSON).points == 48.0


def test_without_a_dead_letter_queue_of_its_own_rubbish_is_given_back_alone(memory: World) -> None:
    assessment_id = finished(memory, "1.1")
    assert consume(memory, *poisoned(), record("good", message(assessment_id))) == list(POISON)
    assert memory.services.profiles.profile(PERSON).points == 48.0


def test_a_batch_of_rubbish_only_is_given_back_whole(memory: World) -> None:
    assert consume(memory, record("a", "{}"), record("b", "[]")) == ["a", "b"]


def test_a_message_that_comes_before_the_end_is_given_back_never_set_aside(memory: World) -> None:
    dead = MemoryDeadLetters()
    progress, _ = memory.services.starting.start(PERSON, Wish("1.1", "fr"))
    assert consume(memory, record("early", message(progress.assessment_id)), dead_letters=dead) == ["early"]
    assert dead.letters == []


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Where the log goes meanwhile."""
    before, written = logger.registered_handler.stream, io.StringIO()  # type: ignore[attr-defined]
    logger.registered_handler.setStream(written)  # type: ignore[attr-defined]
    yield written
    logger.registered_handler.setStream(before)  # type: ignore[attr-defined]


def test_what_is_told_of_a_message_carries_its_correlation_and_of_rubbish_its_reason(memory: World, lines: io.StringIO) -> None:
    event = assessment_finished(finished(memory, "1.1"), PERSON, Instant(1), "correlation-of-a-request")
    consume(memory, record("m1", event.model_dump_json()), record("m2", "not json"), dead_letters=MemoryDeadLetters())
    told = {line["message"]: line for line in map(json.loads, lines.getvalue().splitlines())}
    assert told["profile-updated"]["correlation"] == "correlation-of-a-request"
    assert (told["message-set-aside"]["reason"], told["message-set-aside"]["letter"]) == ("not-json", "m2")
    assert "correlation" not in told["message-set-aside"]


@pytest.fixture(scope="module")
def three_ends() -> tuple[World, list[str]]:
    """A world in which somebody finished three assessments whose messages were never delivered."""
    world = memory_world()
    ends = []
    for scope in ("1.1", "1.2", "1.3"):
        ends.append(finished(world, scope))
        world.clock.forward(10)
    return world, ends


@given(data=st.data())
@settings(max_examples=25)
def test_however_messages_come_nothing_is_lost_and_nothing_counts_twice(
    three_ends: tuple[World, list[str]], data: st.DataObject
) -> None:
    world, ends = three_ends
    logs = world.services.ports.log
    assert isinstance(logs, MemoryLogs)
    log = MemoryLogs({one: list(entries) for one, entries in logs.entries_by_assessment.items()})
    ports = replace(world.services.ports, log=log, people=MemoryPeople(), exposure_batches=MemoryExposureBatches())
    stage, dead = replace(world, services=Services(world.services.settings, ports)), MemoryDeadLetters()
    early, _ = stage.services.starting.start(PERSON, Wish("2.1", "fr"))
    goods = [record(one, message(one)) for one in (*ends, early.assessment_id)]
    everything = data.draw(st.permutations([*goods, *poisoned(), *data.draw(st.lists(st.sampled_from(goods), max_size=5))]))
    size = data.draw(st.integers(1, 10))

    def deliver(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        back: list[dict[str, Any]] = []
        for first in range(0, len(records), size):
            batch = records[first : first + size]
            failed = consume(stage, *batch, dead_letters=dead)
            back += [one for one in batch if one["messageId"] in failed]
        return back

    back = deliver(list(everything))
    assert {one["messageId"] for one in back} == {early.assessment_id}
    stage.services.ending.finish(early.assessment_id, PERSON)
    assert deliver(back) == []
    assert sorted(one.reason for one in dead.letters) == sorted(POISON)
    assert stage.services.profiles.profile(PERSON).assessments == (*ends, early.assessment_id)


def counted(world: World) -> list[FinishedBatch]:
    """What waits for the exposure writer."""
    series, store = Series(world.release.id, "practice"), world.services.ports.exposure_batches
    return [unpack_batch(one.packed) for shard in range(SHARDS) for one in store.waiting(series, shard, 100)]


def items_of(world: World, assessment_id: str) -> tuple[int, ...]:
    tail = world.services.ports.log.tail(assessment_id)
    assert tail is not None
    return tuple(given.ordinal for given in tail.last.state.answers)


def test_a_batch_is_one_item_for_the_exposure_writer(memory: World) -> None:
    ends = [finished(memory, "1.1"), finished(memory, "1.2")]
    consume(memory, *(record(f"m{number}", message(one)) for number, one in enumerate(ends)))
    (batch,) = counted(memory)
    assert batch.items == len(memory.release)
    assert {test.items for test in batch.tests} == {items_of(memory, one) for one in ends}
    assert all(test.version == 0 for test in batch.tests)
    assert all(test.ability > 0 for test in batch.tests), "everything was answered right"


def test_a_batch_that_comes_again_in_any_order_is_the_same_item(memory: World) -> None:
    ends = [finished(memory, "1.1"), finished(memory, "1.2")]
    records = [record(f"m{number}", message(one)) for number, one in enumerate(ends)]
    consume(memory, *records)
    consume(memory, *reversed(records), records[0])
    assert len(counted(memory)) == 1


def test_rubbish_in_a_batch_is_not_counted_and_the_rest_is(memory: World) -> None:
    assessment_id = finished(memory, "1.1")
    consume(memory, record("no-json", "not json"), record("good", message(assessment_id)), record("nobody", message("z" * 26)))
    (batch,) = counted(memory)
    assert [test.items for test in batch.tests] == [items_of(memory, assessment_id)]


def test_an_assessment_without_an_answer_is_not_counted(memory: World) -> None:
    progress, _ = memory.services.starting.start(PERSON, Wish("1.1", "fr"))
    memory.services.ending.finish(progress.assessment_id, PERSON)
    assert consume(memory, record("m", message(progress.assessment_id))) == []
    assert counted(memory) == []


def test_a_batch_that_cannot_be_counted_is_given_back_and_counted_when_it_comes_late(memory: World) -> None:
    store = memory.services.ports.exposure_batches
    assert isinstance(store, MemoryExposureBatches)
    assessment_id = finished(memory, "1.1")
    store.down = True
    assert consume(memory, record("bad", "{}"), record("m", message(assessment_id))) == ["bad", "m"]
    assert memory.services.profiles.profile(PERSON).points == 48.0
    store.down = False
    memory.clock.forward(3 * 24 * 3600)
    assert consume(memory, record("m", message(assessment_id))) == []
    assert len(counted(memory)) == 1
