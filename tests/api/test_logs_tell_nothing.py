"""The logs of a whole journey: one JSON line a use-case, with ids and codes, and never a name, an answer or a token."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from chalicelib.observability import logger
from chalicelib.wiring import Services
from chalicelib.workers import results
from infrastructure.local.lambda_context import LambdaContext
from tests.api.http_client import JSON_BODY, REQUEST_ID, Client, Player, Reply, Request, bearer
from tests.api.logged import Logged
from tests.fakes.memory import MemorySender
from tests.worlds import World

NAME = "n4me-in-a-subject"
ANSWER = "4nswer-of-marker"
ALWAYS = {"level", "message", "timestamp", "service", "status", "request", "correlation"}


def whole_journey(world: World) -> list[str]:
    """Ines answers, is refused, finishes and is worked through; somebody anonymous starts. The tokens that travelled."""
    client = Client(world.services)
    ines = Player.person(world, client, NAME, scope="crcn")
    anonymous = client.post("/v1/assessments", {"scope": "1.1"}, idempotency_key=ANSWER + "-" * 8).json["token"]
    while (progress := ines.progress())["answers"] < 12:
        waiting = progress["next"]
        if waiting["phase"] == "announced":
            ines.post("/begin", {"step": waiting["step"]})
        elif waiting["challenge"]["kind"] in ("text", "number"):
            assert ines.answer(progress, ANSWER).status == 200
            assert ines.answer(progress, f"{ANSWER}, another").status == 409
        else:
            for refused in (ANSWER, [ANSWER], {ANSWER: ANSWER}, ANSWER * 1_000):
                assert ines.answer(progress, refused).status == 422
            ines.advance(1)
    ines.post("/focus-losses", {"step": 13, ANSWER: ANSWER})
    client.post("/v1/assessments", {"scope": ANSWER}, ines.token)
    client.get(ines.path, ines.token[:-4])
    client.get(ines.path, anonymous)
    client.send(Request("POST", f"{ines.path}/answers", headers={**JSON_BODY, **bearer(ines.token)}, body=f'{{"{ANSWER}'))
    ines.get("/corrections", f"after={ANSWER}")
    ines.get("/corrections")
    ines.get("/explanation")
    ines.post("/finish")
    ines.get("/results")
    client.get("/v1/me/profile", ines.token)
    client.get(f"/v1/{ANSWER}", ines.token)
    sender = world.services.ports.sender
    assert isinstance(sender, MemorySender)
    records = [{"messageId": "1", "body": one.model_dump_json(), "eventSource": "aws:sqs"} for one in sender.sent]
    context = LambdaContext("results", "eu-west-3", 60.0)
    results.consume({"Records": records}, context, results.following_of(world.services))
    return [ines.token, anonymous]


def test_the_logs_of_a_whole_journey_have_no_name_no_answer_and_no_token(memory: World, logged: Logged) -> None:
    tokens = whole_journey(memory)
    assert len(logged.lines) > 40
    for token in tokens:
        for part in token.split("."):
            assert part not in logged.text
    for marker in (NAME, ANSWER, "Bearer", "authorization", "prompt", memory.services.settings.stage + "-1"):
        assert marker not in logged.text
    for secret in memory.services.settings.selection_secrets.values():
        assert secret.get_secret_value() not in logged.text


def test_the_markers_would_be_found_if_they_were_logged(memory: World, logged: Logged) -> None:
    logger.info("x", extra={"who": NAME})
    logging.getLogger("a.library").debug("the answer is %s", ANSWER)
    assert NAME in logged.text
    assert ANSWER in logged.text


def test_each_use_case_writes_one_json_line_with_ids_and_the_code(memory: World, logged: Logged) -> None:
    client = Client(memory.services)
    ines = Player.person(memory, client)
    progress = ines.progress()
    asked: list[tuple[Callable[[], Reply], str, int, str | None]] = [
        (ines.get, "read_assessment", 200, None),
        (lambda: ines.post("/begin", {"step": 9}), "begin_challenge", 409, "wrong-step"),
        (lambda: ines.answer(progress, " "), "answer_challenge", 422, "empty-answer"),
        (lambda: ines.answer(progress, 3), "answer_challenge", 422, "invalid-request"),
        (lambda: ines.answer(progress, None), "answer_challenge", 200, None),
        (lambda: ines.get("/results"), "read_results", 409, "assessment-not-finished"),
        (lambda: client.get(ines.path), "read_assessment", 401, "token-missing"),
        (lambda: ines.post("/finish"), "finish_assessment", 200, None),
    ]
    for ask, name, status, code in asked:
        before = len(logged.lines)
        ask()
        (line,) = logged.lines[before:]
        told = (line["message"], line["status"], line.get("code"), line["level"])
        assert told == (name, status, code, "INFO")
        assert (line["assessment"], line["request"]) == (ines.assessment_id, REQUEST_ID)


def test_the_worker_writes_a_line_for_each_assessment(memory: World, logged: Logged) -> None:
    whole_journey(memory)
    (line,) = [line for line in logged.lines if line["message"] == "profile-updated"]
    assert set(line) == (ALWAYS - {"request"}) | {"assessment"}


def test_every_line_is_json_on_one_line_with_the_time_in_utc(memory: World, logged: Logged) -> None:
    whole_journey(memory)
    for line in logged.lines:
        assert line["timestamp"].endswith("+0000")
        assert line["service"] == "palier"
        assert set(line) <= ALWAYS | {"assessment", "code"}


@pytest.mark.parametrize("text", [NAME, "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl", "x" * 5_000])
def test_what_stands_in_the_place_of_an_id_is_logged_only_if_it_is_one(memory: World, logged: Logged, text: str) -> None:
    Client(memory.services).get(f"/v1/assessments/{text}", memory.token("ines"))
    assert text not in logged.text


@pytest.mark.parametrize("account", [True, False], ids=["person", "anonymous"])
def test_the_line_of_a_start_names_the_assessment(memory: World, logged: Logged, account: bool) -> None:
    client = Client(memory.services)
    started = client.post("/v1/assessments", {"scope": "1.1"}, memory.token("ines") if account else None).json
    assert logged.lines[-1].get("assessment") == started["assessment"]["assessment_id"]


def test_a_bug_is_recorded_once_with_its_trace(memory: World, logged: Logged) -> None:
    def services() -> Services:
        raise ZeroDivisionError

    assert Client(services).get("/v1/health").status == 500
    (line,) = logged.lines
    assert (line["level"], line["exception_name"]) == ("ERROR", "ZeroDivisionError")
