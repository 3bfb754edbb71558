"""The consumer of `results`: messages late, twice, in any order, or rubbish."""

from __future__ import annotations

from typing import Any

from chalicelib.assessments.exposure.codec import unpack_batch
from chalicelib.assessments.exposure.model import SHARDS, FinishedBatch, Series
from chalicelib.assessments.starting import Wish
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.events import assessment_finished
from chalicelib.workers import results
from infrastructure.local.lambda_context import LambdaContext
from tests.fakes.exposure import MemoryExposureBatches
from tests.worlds import World, play_on

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


def consume(world: World, *records: dict[str, Any]) -> list[str]:
    context = LambdaContext("results_worker", "eu-west-3", 60.0)
    reply = results.consume({"Records": list(records)}, context, world.services.updating, world.services.counting)
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


def test_rubbish_is_given_back_alone_and_the_rest_of_the_batch_is_done(memory: World) -> None:
    assessment_id = finished(memory, "1.1")
    unknown_version = message(assessment_id).replace("finished.v1", "finished.v9")
    failed = consume(
        memory,
        record("no-json", "not json"),
        record("good", message(assessment_id)),
        record("version", unknown_version),
        record("nobody", message("z" * 26)),
    )
    assert failed == ["no-json", "version", "nobody"]
    assert memory.services.profiles.profile(PERSON).points == 48.0


def test_a_batch_of_rubbish_only_is_given_back_whole(memory: World) -> None:
    assert consume(memory, record("a", "{}"), record("b", "[]")) == ["a", "b"]


def test_a_message_that_comes_before_the_end_is_given_back(memory: World) -> None:
    progress, _ = memory.services.starting.start(PERSON, Wish("1.1", "fr"))
    assert consume(memory, record("early", message(progress.assessment_id))) == ["early"]


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
