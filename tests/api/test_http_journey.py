"""The journey over HTTP: start, answer, correct, finish, read the results and the profile."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.content.shown import as_shown, filled
from chalicelib.identity.tokens import Principal
from chalicelib.workers import results
from infrastructure.local.lambda_context import LambdaContext
from tests.api.http_client import KINDS, Client, Kind, Player, Request, assert_problem, bearer, stored
from tests.fakes.memory import MemorySender
from tests.worlds import World

KEY = "k" * 20


@pytest.fixture
def client(memory: World) -> Client:
    return Client(memory.services)


def work_through_results(world: World) -> None:
    """Let the worker consume everything that was sent, as SQS would bring it."""
    sender = world.services.ports.sender
    assert isinstance(sender, MemorySender)
    records = [
        {"messageId": envelope.id, "body": envelope.model_dump_json(), "eventSource": "aws:sqs", "receiptHandle": "handle"}
        for envelope in sender.sent
    ]
    context = LambdaContext("results", "eu-west-3", 60.0)
    reply = results.consume({"Records": records}, context, results.following_of(world.services))
    assert reply == {"batchItemFailures": []}


# --- starting ---


def test_somebody_without_an_account_starts_and_gets_a_token_for_this_assessment_only(memory: World, client: Client) -> None:
    reply = client.post("/v1/assessments", {"scope": "1.1"})
    assert reply.status == 201
    started = reply.json
    assert started["assessment"]["status"] == "open"
    assert started["assessment"]["next"]["step"] == 1
    principal = memory.services.verifier.verify(f"Bearer {started['token']}")
    assert principal == Principal(principal.person_id, started["assessment"]["assessment_id"])
    assert client.get(f"/v1/assessments/{started['assessment']['assessment_id']}", started["token"]).status == 200


def test_an_anonymous_token_lasts_as_long_as_the_reply_says(memory: World, client: Client) -> None:
    started = client.post("/v1/assessments", {"scope": "1.1"}).json
    path, token = f"/v1/assessments/{started['assessment']['assessment_id']}", started["token"]
    lasts = memory.services.settings.anonymous_token_seconds
    memory.clock.forward(lasts - 1)
    assert client.get(path, token).status == 200
    memory.clock.forward(1)
    assert_problem(client.get(path, token), 401, "token-expired")
    assert started["token_expires_at"] == "2026-11-21T11:06:40Z"


def test_two_anonymous_starts_without_a_key_are_two_people(client: Client) -> None:
    first, second = (client.post("/v1/assessments", {"scope": "1.1"}).json for _ in range(2))
    assert first["assessment"]["assessment_id"] != second["assessment"]["assessment_id"]


def test_a_repeated_anonymous_start_gives_the_same_assessment_and_a_token_as_good(memory: World, client: Client) -> None:
    first = client.post("/v1/assessments", {"scope": "1.1"}, idempotency_key=KEY)
    kept = stored(memory)
    memory.clock.forward(30)
    again = client.post("/v1/assessments", {"scope": "1.1"}, idempotency_key=KEY)
    assert (first.status, again.status) == (201, 200)
    assert again.json["assessment"] == first.json["assessment"]
    assert stored(memory) == kept
    path = f"/v1/assessments/{first.json['assessment']['assessment_id']}"
    assert [client.get(path, one.json["token"]).status for one in (first, again)] == [200, 200]


def test_a_repeated_anonymous_start_finds_the_assessment_where_it_stands(memory: World, client: Client) -> None:
    first = client.post("/v1/assessments", {"scope": "1.1"}, idempotency_key=KEY).json
    player = Player(memory, client, first["token"], first["assessment"]["assessment_id"])
    (answered,) = player.advance(1)
    assert client.post("/v1/assessments", {"scope": "1.1"}, idempotency_key=KEY).json["assessment"] == answered.json


@pytest.mark.parametrize("other", [{"scope": "1.2"}, {"locale": "en"}, {"needs": ["deaf"]}, {"device": "any"}, {"length": 3}])
def test_a_key_used_again_for_another_wish_is_refused(memory: World, client: Client, other: dict[str, Any]) -> None:
    client.post("/v1/assessments", {"scope": "1.1"}, idempotency_key=KEY)
    kept = stored(memory)
    reply = client.post("/v1/assessments", {"scope": "1.1", **other}, idempotency_key=KEY)
    assert_problem(reply, 409, "idempotency-key-reused")
    assert stored(memory) == kept


def test_two_keys_are_two_people(client: Client) -> None:
    ids = {
        client.post("/v1/assessments", {"scope": "1.1"}, idempotency_key=letter * 20).json["assessment"]["assessment_id"]
        for letter in "abc"
    }
    assert len(ids) == 3


def test_needs_are_a_set(client: Client) -> None:
    replies = [
        client.post("/v1/assessments", {"scope": "1.1", "needs": needs}, idempotency_key=KEY).status
        for needs in (["motor", "deaf"], ["deaf", "motor", "deaf"])
    ]
    assert 409 not in replies


def test_a_person_starts_then_goes_on_with_what_is_open(memory: World, client: Client) -> None:
    token = memory.token("ines")
    first = client.post("/v1/assessments", {"scope": "1.1"}, token)
    memory.clock.forward(60)
    again = client.post("/v1/assessments", {"scope": "1.1"}, token)
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    assert (first.json["token"], first.json["token_expires_at"]) == (None, None)


def test_a_persons_key_changes_nothing(memory: World, client: Client) -> None:
    token = memory.token("ines")
    first = client.post("/v1/assessments", {"scope": "1.1"}, token, idempotency_key=KEY)
    other = client.post("/v1/assessments", {"scope": "1.2"}, token, idempotency_key=KEY)
    assert (first.status, other.status) == (201, 201)


def test_the_wish_is_what_is_served(memory: World, client: Client) -> None:
    player = Player.person(memory, client, scope="1", locale="en", length=2)
    assert player.progress()["locale"] == "en"
    assert player.advance()[-1].json["stop_reason"] == "length-reached"
    assert player.get("/results").json["answers"] == 2


# --- answering ---


def test_an_answer_brings_the_next_challenge_and_reading_gives_the_same(memory: World, client: Client) -> None:
    player = Player.person(memory, client, scope="1")
    first = player.progress()
    answered = player.answer(first, player.known_answer(first))
    assert answered.status == 200
    assert (answered.json["answers"], answered.json["next"]["step"]) == (1, 2)
    memory.clock.forward(20)
    assert player.get().text == answered.text


def test_the_same_answer_sent_again_gives_the_same_reply_even_later(memory: World, client: Client) -> None:
    player = Player.person(memory, client, scope="1")
    first = player.progress()
    answered = player.answer(first, player.known_answer(first))
    player.advance(3)
    kept = stored(memory)
    assert player.answer(first, player.known_answer(first)).text == answered.text
    assert_problem(player.answer(first, None), 409, "step-already-answered")
    assert stored(memory) == kept


def test_null_skips(memory: World, client: Client) -> None:
    player = Player.person(memory, client)
    assert player.answer(player.progress(), None).json["answers"] == 1
    player.post("/finish")
    (correction,) = player.get("/corrections").json["corrections"]
    assert (correction["outcome"], correction["answer"]) == ("skipped", None)


def test_a_checkpoint_after_five_answers_is_announced_and_begin_serves_it(memory: World, client: Client) -> None:
    player = Player.person(memory, client, scope="crcn")
    replies = player.advance(5)
    waiting = replies[-1].json["next"]
    assert (waiting["phase"], waiting["step"]) == ("announced", 6)
    assert "checkpoint" in waiting["because"]
    assert "challenge" not in waiting
    served = player.post("/begin", {"step": 6})
    assert (served.status, served.json["next"]["phase"]) == (200, "served")
    memory.clock.forward(60)
    assert player.post("/begin", {"step": 6}).text == served.text


def test_an_announced_challenge_takes_no_answer_and_no_focus_loss(memory: World, client: Client) -> None:
    player = Player.person(memory, client, scope="crcn")
    player.advance(5)
    pending = memory.services.desk.tail(player.assessment_id, "ines").last.state.pending
    assert pending is not None
    before = stored(memory)
    challenge = memory.release.challenge_ids[pending.ordinal]
    assert_problem(player.post("/focus-losses", {"step": 6}), 409, "challenge-not-begun")
    answered = player.post("/answers", {"step": 6, "challenge": challenge, "answer": None})
    assert_problem(answered, 409, "challenge-not-begun")
    assert stored(memory) == before


def test_a_focus_loss_is_recorded_once_and_costs_nothing(memory: World, client: Client) -> None:
    player = Player.person(memory, client)
    before = player.progress()
    assert player.post("/focus-losses", {"step": 1}).json == before
    kept = stored(memory)
    assert player.post("/focus-losses", {"step": 1}).json == before
    assert stored(memory) == kept
    assert player.answer(before, player.known_answer(before)).status == 200


# --- corrections, end, results ---


def test_corrections_go_to_the_last_checkpoint_then_to_the_end(memory: World, client: Client) -> None:
    player = Player.person(memory, client, scope="crcn")

    def readable() -> list[int]:
        steps = [one["step"] for one in player.get("/corrections").json["corrections"]]
        assert player.progress()["corrected_until"] == len(steps)
        return steps

    seen = {}
    for given in range(12):
        seen[given] = readable()
        player.advance(1, right=given % 2 == 0)
    assert {given: len(steps) for given, steps in seen.items()} == {given: given - given % 5 for given in range(12)}
    player.post("/finish")
    assert readable() == list(range(1, 13))
    assert [one["step"] for one in player.get("/corrections", "after=9").json["corrections"]] == [10, 11, 12]
    assert player.get("/corrections", "after=12").json == {"corrections": []}


def test_a_correction_tells_what_was_right_why_and_where_to_learn(memory: World, client: Client) -> None:
    player = Player.person(memory, client, scope="1")
    shown = []
    for right in (True, False, True, False, True):
        shown.append(player.served()["next"]["challenge"])
        player.advance(1, right=right)
    corrections = player.get("/corrections").json["corrections"]
    assert [one["outcome"] for one in corrections] == ["correct", "incorrect"] * 2 + ["correct"]
    assert [one["challenge"] for one in corrections] == shown
    for one in corrections:
        whole = memory.release.challenge(memory.release.ordinals[one["challenge"]["id"]])
        attachment = one["challenge"]["attachment"]
        challenge = as_shown(whole, attachment["path"] if attachment else None)
        assert one["solution"] == filled(challenge, challenge.solution, "fr")
        assert one["right_answers"]
        assert one["hint"]
        assert one["competence"].startswith("1.")


def test_finishing_early_counts_what_was_answered_and_again_changes_nothing(memory: World, client: Client) -> None:
    player = Player.person(memory, client, scope="crcn")
    player.advance(3)
    finished = player.post("/finish")
    assert finished.status == 200
    told = finished.json
    assert (told["status"], told["stop_reason"], told["answers"], told["next"]) == ("finished", "stopped-by-person", 3, None)
    kept = stored(memory)
    memory.clock.forward(600)
    assert player.post("/finish").text == finished.text
    assert stored(memory) == kept


@pytest.mark.parametrize("body", ["", "{}", "not even JSON"])
def test_finish_needs_no_body(memory: World, client: Client, body: str) -> None:
    player = Player.person(memory, client)
    reply = client.send(Request("POST", f"{player.path}/finish", headers=bearer(player.token), body=body))
    assert (reply.status, reply.json["status"]) == (200, "finished")


def test_results_wait_for_the_end(memory: World, client: Client) -> None:
    player = Player.person(memory, client, scope="1.1")
    assert_problem(player.get("/results"), 409, "assessment-not-finished")
    player.advance(2)
    assert_problem(player.get("/results"), 409, "assessment-not-finished")
    player.advance()
    reply = player.get("/results")
    assert reply.status == 200
    told = reply.json
    (competence,) = told["competences"]
    assert (told["scope"], told["stop_reason"], told["right"]) == ("1.1", "nothing-unknown", told["answers"])
    assert (competence["competence"], competence["level"]) == ("1.1", competence["top_level"])
    assert all(topic["ceiling"] is None for topic in competence["topics"])


def test_the_profile_is_empty_then_carries_what_the_worker_folded_in(memory: World, client: Client) -> None:
    player = Player.person(memory, client, scope="1.1")
    before = client.get("/v1/me/profile", player.token).json
    assert len(before["competences"]) == 16
    assert {one["points"] for one in before["competences"]} == {0.0}
    player.advance()
    work_through_results(memory)
    after = client.get("/v1/me/profile", player.token).json
    points = {one["competence"]: one["points"] for one in after["competences"]}
    (told,) = player.get("/results").json["competences"]
    assert points.pop("1.1") == told["points"] > 0
    assert set(points.values()) == {0.0}
    assert after["assessments"] == [player.assessment_id]


def test_what_is_settled_is_not_asked_again(memory: World, client: Client) -> None:
    player = Player.person(memory, client, scope="1.1")
    player.advance()
    work_through_results(memory)
    assert_problem(client.post("/v1/assessments", {"scope": "1.1"}, player.token), 409, "nothing-left-to-assess")
    missed = Player.person(memory, client, "noah", scope="1.1")
    missed.advance(right=False)
    told = assert_problem(client.post("/v1/assessments", {"scope": "1.1"}, missed.token), 409, "too-early-to-improve")
    assert told["details"]["available_at"] == "2026-11-22T11:06:40+00:00"
    memory.clock.forward(4 * 86_400)
    assert client.post("/v1/assessments", {"scope": "1.1"}, memory.token("noah")).status == 201


# --- the service itself ---


def test_health_names_the_content_that_is_served(memory: World, client: Client) -> None:
    reply = client.get("/v1/health")
    assert (reply.status, reply.json) == (
        200,
        {"status": "ok", "release": memory.release.id, "challenges": len(memory.release)},
    )


def test_the_framework_has_16_competences_each_with_digcomp_references(client: Client) -> None:
    told = client.get("/v1/framework").json
    competences = [competence for area in told["areas"] for competence in area["competences"]]
    assert len(told["areas"]) == 5
    assert len({one["id"] for one in competences}) == 16
    for one in competences:
        assert one["digcomp"] or one["digcomp_partly"], one["id"]
        assert set(one["title"]) == {"fr", "en"}
        assert one["topics"]
        assert 0 < one["top_level"] <= 8
    assert set(told["mapping_note"]) == {"fr", "en"}


def test_the_documentation_is_served(client: Client) -> None:
    document, page = client.get("/openapi.json"), client.get("/docs")
    assert (document.status, document.headers["content-type"]) == (200, "application/json")
    assert document.json["openapi"] == "3.1.0"
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.text.startswith("<!doctype html>")


def test_replies_about_a_person_are_never_kept_by_caches(memory: World, client: Client) -> None:
    player = Player.person(memory, client)
    replies = [player.get(), player.post("/finish"), player.get("/results"), player.get("/corrections")]
    for reply in [*replies, client.get("/v1/me/profile", player.token)]:
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"


# --- every gateway ---


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_gateway_carries_the_whole_journey(memory: World, kind: Kind) -> None:
    client = Client(memory.services, kind)
    player = Player.anonymous(memory, client, scope="1.2", locale="en")
    player.advance()
    assert player.progress()["status"] == "finished"
    last = player.get("/corrections", "after=3").json["corrections"]
    assert [one["step"] for one in last][:1] == [4]
    assert player.get("/results").json["stop_reason"] == "nothing-unknown"
    assert client.get("/v1/health").status == 200
    assert_problem(client.get("/v1/nothing"), 404, "no-such-route")


def test_header_names_are_read_whatever_their_case(memory: World, client: Client) -> None:
    headers = {"AUTHORIZATION": f"bEaReR {memory.token('ines')}", "Content-Type": "Application/JSON; charset=utf-8"}
    reply = client.send(Request("POST", "/v1/assessments", headers=headers, body='{"scope": "1.1"}'))
    assert reply.status == 201
    assert client.send(Request("GET", "/v1/health", headers={"Content-Type": "text/plain"})).status == 200


def test_a_final_slash_does_not_matter(memory: World, client: Client) -> None:
    player = Player.person(memory, client)
    assert client.get("/v1/health/").text == client.get("/v1/health").text
    assert player.get("/").text == player.get().text
