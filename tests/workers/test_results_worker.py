"""The consumer of `results`: messages late, twice, in any order, or rubbish."""

from __future__ import annotations

from typing import Any

from chalicelib.assessments.starting import Wish
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.events import assessment_finished
from chalicelib.workers import results
from infrastructure.local.lambda_context import LambdaContext
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
    reply = results.consume(
        {"Records": list(records)}, LambdaContext("results_worker", "eu-west-3", 60.0), world.services.updating
    )
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
