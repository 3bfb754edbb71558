"""Whatever is sent, the reply is the right problem with a stable code, nothing is written, and nothing sent comes back."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chalicelib.api.documentation import DOCUMENTED
from chalicelib.api.gateway import CONTEXTS, LARGEST_BODY
from tests.api.http_client import JSON_BODY, Client, Player, Reply, Request, assert_problem, bearer, stored
from tests.worlds import World

MARKER = "m4rk3r"
WRITING = [declared for declared in DOCUMENTED if declared.method == "POST"]
WITH_BODY = pytest.mark.parametrize(
    "declared", [one for one in WRITING if one.body is not None], ids=lambda declared: declared.name
)


@pytest.fixture
def player(memory: World) -> Player:
    return Player.person(memory, Client(memory.services), scope="crcn")


def send_raw(player: Player, path: str, body: str | bytes | None, headers: dict[str, str] | None = None) -> Reply:
    """A POST of these very bytes."""
    given = JSON_BODY if headers is None else headers
    return player.client.send(Request("POST", path, headers={**given, **bearer(player.token)}, body=body))


def path_of(player: Player, path: str) -> str:
    return path.replace("{assessment_id}", player.assessment_id)


def answer_body(player: Player, **other: Any) -> dict[str, Any]:
    """A skip of what waits, with these fields instead."""
    waiting = player.progress()["next"]
    return {"step": waiting["step"], "challenge": waiting["challenge"]["id"], "answer": None, **other}


def good_bodies(player: Player) -> dict[str, dict[str, Any]]:
    """A body that each route takes."""
    step = {"step": 1}
    return {
        "start_assessment": {"scope": "1.2", "locale": "fr", "needs": ["deaf"], "device": "any", "length": 3},
        "begin_challenge": step,
        "answer_challenge": answer_body(player),
        "report_focus_loss": step,
    }


# --- the body as a whole ---

UNREADABLE: dict[str, tuple[str | bytes | None, str]] = {
    "no body": (None, "body-not-json"),
    "empty": ("", "body-not-json"),
    "white space": (" \n", "body-not-json"),
    "not JSON": (MARKER, "body-not-json"),
    "cut": ('{"step": 1', "body-not-json"),
    "two values": ('{"step": 1} {"step": 1}', "body-not-json"),
    "single quotes": ("{'step': 1}", "body-not-json"),
    "trailing comma": ('{"step": 1,}', "body-not-json"),
    "a form": ("step=1&challenge=x", "body-not-json"),
    "nested arrays": ("[" * 5_000, "body-not-json"),
    "nested objects": ('{"step":' * 2_000 + "1" + "}" * 2_000, "body-not-json"),
    "byte order mark": ("\ufeff{}", "body-not-json"),
    "lone surrogate escaped": ('{"scope": "\\ud800", "challenge": "\\udfff"}', "body-not-json"),
    "lone surrogate": ('{"scope": "\ud800"}', "body-not-utf8"),
    "not UTF-8": (b'{"scope": "caf\xe9"}', "body-not-utf8"),
    "UTF-16": ('{"step": 1}'.encode("utf-16"), "body-not-utf8"),
    "overlong NUL": (b'{"scope": "\xc0\x80"}', "body-not-utf8"),
    "endless number": ('{"step": ' + "9" * 5_000 + "}", "body-not-json"),
    "raw NUL": ('{"scope": "\x00"}', "body-not-json"),
}

NOT_AN_OBJECT = ["null", "[]", "3", '"text"', "true", '[{"step": 1}]', "1e400"]


@WITH_BODY
def test_a_body_that_cannot_be_read_is_refused(player: Player, declared: Any) -> None:
    before = stored(player.world)
    for why, (body, code) in UNREADABLE.items():
        reply = send_raw(player, path_of(player, declared.path), body)
        assert (why, reply.code) == (why, code)
        assert_problem(reply, 400, code)
        assert MARKER not in reply.text
    assert stored(player.world) == before


@WITH_BODY
def test_a_body_that_is_no_object_is_refused(player: Player, declared: Any) -> None:
    before = stored(player.world)
    for body in NOT_AN_OBJECT:
        told = assert_problem(send_raw(player, path_of(player, declared.path), body), 422, "invalid-request")
        assert [fault["rule"] for fault in told["errors"]] == ["model-type"]
    assert stored(player.world) == before


@pytest.mark.parametrize("declared", WRITING, ids=lambda declared: declared.name)
def test_a_body_over_the_limit_is_refused(player: Player, declared: Any) -> None:
    before = stored(player.world)
    for size in (LARGEST_BODY + 1, 2_000_000):
        told = assert_problem(send_raw(player, path_of(player, declared.path), "x" * size), 413, "body-too-large")
        assert told["details"] == {"limit_bytes": LARGEST_BODY}
    assert stored(player.world) == before


@WITH_BODY
def test_a_body_of_exactly_the_limit_is_read(player: Player, declared: Any) -> None:
    body = json.dumps(good_bodies(player)[declared.name])
    padded = body + " " * (LARGEST_BODY - len(body))
    assert send_raw(player, path_of(player, declared.path), padded).status in (200, 201)


@WITH_BODY
def test_a_body_that_does_not_say_it_is_json_is_read_one_that_says_otherwise_is_not(player: Player, declared: Any) -> None:
    path, body = path_of(player, declared.path), json.dumps(good_bodies(player)[declared.name])
    before = stored(player.world)
    for other in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", ""):
        assert_problem(send_raw(player, path, body, {"content-type": other}), 415, "unsupported-media-type")
    assert stored(player.world) == before
    assert send_raw(player, path, body, {}).status in (200, 201)


@WITH_BODY
def test_an_unknown_field_is_refused_and_its_name_comes_back_cut(player: Player, declared: Any) -> None:
    before = stored(player.world)
    body = {**good_bodies(player)[declared.name], "n" * 500: MARKER}
    reply = send_raw(player, path_of(player, declared.path), json.dumps(body))
    told = assert_problem(reply, 422, "invalid-request")
    assert told["errors"] == [{"pointer": "/" + "n" * 64, "rule": "extra-forbidden"}]
    assert MARKER not in reply.text
    assert stored(player.world) == before


@WITH_BODY
def test_what_was_sent_never_comes_back(player: Player, declared: Any) -> None:
    before = stored(player.world)
    for field in good_bodies(player)[declared.name]:
        for value in (MARKER * 20, [MARKER] * 9, {MARKER: MARKER}, [[MARKER]], [{"x": MARKER}]):
            body = {**good_bodies(player)[declared.name], field: value}
            reply = send_raw(player, path_of(player, declared.path), json.dumps(body))
            assert reply.status == 422
            assert_problem(reply, 422, reply.code)
            assert MARKER not in reply.text
    assert stored(player.world) == before


def pointed_at(document: Any, pointer: str) -> bool:
    """Whether an RFC 6901 pointer points into this document, or at a member that one of its objects lacks."""
    if pointer == "":
        return True
    *parents, last = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    for part in parents:
        try:
            document = document[int(part)] if isinstance(document, list) else document[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return False
    return isinstance(document, dict) or (isinstance(document, list) and last.isdigit() and int(last) < len(document))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"step": 0, "challenge": "x", "answer": None},
        {"step": "1", "challenge": 3, "answer": "a", "a/b~c": 1},
        {"step": 1, "challenge": "x", "answer": "a", "": 1},
        {"step": 1, "challenge": "x", "answer": 3},
        {"step": 1, "challenge": "x", "answer": ["a", 3]},
        [],
        None,
    ],
    ids=["empty", "range", "types", "empty key", "number", "list of a number", "array", "null"],
)
def test_pointers_point_into_the_body(player: Player, body: Any) -> None:
    told = assert_problem(send_raw(player, f"{player.path}/answers", json.dumps(body)), 422, "invalid-request")
    assert told["errors"]
    assert [fault for fault in told["errors"] if not pointed_at(body, fault["pointer"])] == []


@pytest.mark.parametrize(
    ("answer", "pointers"),
    [
        (3, {"/answer"}),
        (True, {"/answer"}),
        ("x" * 10_001, {"/answer"}),
        (["a", 3], {"/answer", "/answer/1"}),
        ([[1]], {"/answer", "/answer/0"}),
        ([{"0": 1}], {"/answer", "/answer/0"}),
        ({}, {"/answer"}),
        ({"a": 1}, {"/answer"}),
    ],
)
def test_pointers_name_what_the_caller_wrote_and_no_type_of_ours(player: Player, answer: Any, pointers: set[str]) -> None:
    told = assert_problem(player.post("/answers", answer_body(player, answer=answer)), 422, "invalid-request")
    assert {fault["pointer"] for fault in told["errors"]} == pointers


# --- starting ---

BAD_WISHES: dict[str, list[Any]] = {
    "scope": ["", "x" * 33, None, 1.1, 11, True, ["1.1"], {}],
    "locale": ["de", "", "FR", "fr-FR", None, 1, ["fr"]],
    "needs": ["deaf", ["x"], [1], [None], ["deaf"] * 6, {}, None],
    "device": ["phone", "", "ANY", None, 1],
    "length": [0, -1, 251, 10**30, "3", 2.5, 3.0, True, [3]],
}


@pytest.mark.parametrize("field", BAD_WISHES)
@pytest.mark.parametrize("account", [True, False], ids=["person", "anonymous"])
def test_a_wish_out_of_range_starts_nothing(memory: World, field: str, account: bool) -> None:
    client, before = Client(memory.services), stored(memory)
    token = memory.token("ines") if account else None
    for value in BAD_WISHES[field]:
        told = assert_problem(client.post("/v1/assessments", {"scope": "1.1", field: value}, token), 422, "invalid-request")
        assert {fault["pointer"].split("/")[1] for fault in told["errors"]} == {field}
    assert stored(memory) == before


@pytest.mark.parametrize("scope", ["9.9", "1.1 ", "1,1", "CRCN", "1.1\x00", "..", "{}", "é", "*", MARKER])
def test_a_scope_that_is_not_open_starts_nothing(memory: World, scope: str) -> None:
    client, before = Client(memory.services), stored(memory)
    for token in (memory.token("ines"), None):
        reply = client.post("/v1/assessments", {"scope": scope}, token)
        assert_problem(reply, 422, "unknown-scope")
        assert MARKER not in reply.text
    assert stored(memory) == before


@pytest.mark.parametrize(
    "key", ["", "k" * 19, "k" * 129, "k" * 19 + "é", "k" * 10 + " " + "k" * 10, "k" * 20 + ";", "\x00" * 20]
)
def test_a_key_of_another_form_starts_nothing(memory: World, key: str) -> None:
    client, before = Client(memory.services), stored(memory)
    reply = client.post("/v1/assessments", {"scope": "1.1"}, idempotency_key=key)
    assert_problem(reply, 422, "invalid-idempotency-key")
    assert stored(memory) == before


@pytest.mark.parametrize("length", [20, 128])
def test_keys_of_20_to_128_signs_are_taken(memory: World, length: int) -> None:
    key = ("-_aA1" * 40)[:length]
    assert Client(memory.services).post("/v1/assessments", {"scope": "1.1"}, idempotency_key=key).status == 201


# --- steps and challenges ---

BAD_STEPS: list[Any] = [0, -1, 10_001, 10**30, "1", "", 1.0, 1.5, -0.0, True, False, None, [1], {"step": 1}]


@pytest.mark.parametrize("path", ["/begin", "/answers", "/focus-losses"])
def test_a_step_that_cannot_be_one_is_refused(player: Player, path: str) -> None:
    before = stored(player.world)
    for step in BAD_STEPS:
        body = answer_body(player, step=step) if path == "/answers" else {"step": step}
        told = assert_problem(player.post(path, body), 422, "invalid-request")
        assert [fault["pointer"] for fault in told["errors"]] == ["/step"]
    assert stored(player.world) == before


@pytest.mark.parametrize("path", ["/begin", "/answers", "/focus-losses"])
def test_a_step_that_is_not_the_one_that_waits_is_refused(player: Player, path: str) -> None:
    player.advance(2)
    before = stored(player.world)
    for step in (4, 5, 200, 10_000):
        body = answer_body(player, step=step) if path == "/answers" else {"step": step}
        told = assert_problem(player.post(path, body), 409, "wrong-step")
        assert told["details"] == {"step": step, "expected": 3}
    for step in (1, 2):
        body = answer_body(player, step=step) if path == "/answers" else {"step": step}
        assert_problem(player.post(path, body), 409, "step-already-answered")
    assert stored(player.world) == before


def test_a_challenge_that_is_not_the_one_that_waits_is_refused(player: Player) -> None:
    before = stored(player.world)
    waiting = answer_body(player)["challenge"]
    other = next(one for one in player.world.release.ordinals if one != waiting)
    assert_problem(player.post("/answers", answer_body(player, challenge=other)), 409, "other-challenge-pending")
    for unknown in ("x", waiting.upper(), f"{waiting} ", f"{waiting}\x00", "é", "../1", MARKER):
        reply = player.post("/answers", answer_body(player, challenge=unknown))
        assert_problem(reply, 422, "unknown-challenge")
        assert MARKER not in reply.text
    impossible: list[Any] = ["", "x" * 65, None, 3, [waiting], {}]
    for bad in impossible:
        told = assert_problem(player.post("/answers", answer_body(player, challenge=bad)), 422, "invalid-request")
        assert [fault["pointer"] for fault in told["errors"]] == ["/challenge"]
    assert stored(player.world) == before


def test_answer_null_must_be_written(player: Player) -> None:
    before = stored(player.world)
    body = answer_body(player)
    del body["answer"]
    told = assert_problem(player.post("/answers", body), 422, "invalid-request")
    assert told["errors"] == [{"pointer": "/answer", "rule": "missing"}]
    assert stored(player.world) == before


# --- answers of the wrong shape, for each kind of challenge ---

NO_KIND_TAKES: list[Any] = [0, 1, 2.5, True, False, {}, {"a": "b"}, [1], [None], [["a"]], [True], ["x" * 65], "x" * 10_001]
LONG = ["x" * 300, "é" * 121, "x" * 10_000, "\U0001f600" * 61]

WRONG_SHAPES: dict[str, list[tuple[Any, str]]] = {
    "choice": [
        (["a"], "wrong-answer-shape"),
        ([], "wrong-answer-shape"),
        ("z", "unknown-option"),
        ("A", "unknown-option"),
        ("", "unknown-option"),
        ("a\x00", "unknown-option"),
        *((text, "unknown-option") for text in LONG),
    ],
    "choices": [
        ("a", "wrong-answer-shape"),
        ("", "wrong-answer-shape"),
        ([], "wrong-answer-shape"),
        (["a", "a"], "wrong-answer-shape"),
        (["a", "z"], "unknown-option"),
        (["\x00"], "unknown-option"),
        *((text, "wrong-answer-shape") for text in LONG),
    ],
    "text": [
        (["a"], "wrong-answer-shape"),
        ([], "wrong-answer-shape"),
        ("", "empty-answer"),
        (" \t\n\u00a0", "empty-answer"),
        *((text, "answer-too-long") for text in LONG),
    ],
    "number": [
        (["1"], "wrong-answer-shape"),
        ([], "wrong-answer-shape"),
        ("", "empty-answer"),
        ("   ", "empty-answer"),
        *((text, "answer-too-long") for text in LONG),
    ],
}


@pytest.mark.parametrize("kind", WRONG_SHAPES)
def test_an_answer_of_the_wrong_shape_is_never_a_wrong_answer(player: Player, kind: str) -> None:
    progress = player.progress()
    while "challenge" not in progress["next"] or progress["next"]["challenge"]["kind"] != kind:
        progress = player.advance(1)[-1].json
        if "challenge" not in progress["next"]:
            progress = player.post("/begin", {"step": progress["next"]["step"]}).json
    before = stored(player.world)
    for answer, code in WRONG_SHAPES[kind]:
        reply = player.answer(progress, answer)
        assert (answer, reply.code) == (answer, code)
        assert_problem(reply, 422, code)
    for answer in NO_KIND_TAKES:
        assert_problem(player.answer(progress, answer), 422, "invalid-request")
    assert stored(player.world) == before
    assert player.answer(progress, player.known_answer(progress)).status == 200


def test_the_longest_text_is_taken_and_one_byte_more_is_not(player: Player) -> None:
    progress = player.progress()
    while "challenge" not in progress["next"] or progress["next"]["challenge"]["kind"] != "text":
        progress = player.advance(1)[-1].json
    assert player.answer(progress, "é" * 120 + "x").code == "answer-too-long"
    assert player.answer(progress, "é" * 120).status == 200


# --- a finished assessment ---


def test_a_finished_assessment_takes_nothing_more(player: Player) -> None:
    body = answer_body(player)
    player.post("/finish")
    before = stored(player.world)
    for path, sent in (("/begin", {"step": 1}), ("/focus-losses", {"step": 1}), ("/answers", body)):
        assert_problem(player.post(path, sent), 409, "assessment-finished")
    assert stored(player.world) == before


# --- addresses, methods, parameters ---


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/v1",
        "/v1/",
        "/v2/health",
        "/V1/health",
        "/v1/Health",
        "//v1/health",
        "/v1//health",
        "/v1/health/x",
        "/v1/%68ealth",
        "/v1/assessments%2f" + "a" * 26,
        "/v1/./health",
        "/v1/framework/../health",
        "/v1/health;x=1",
        "/v1/health?x=1",
        "/v1/health\x00",
        "/v1/health\n",
        "/openapi.json.gz",
        "/.env",
        "/é",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_address_is_told_so(memory: World, path: str, method: str) -> None:
    before = stored(memory)
    reply = Client(memory.services).send(Request(method, path, headers=bearer(memory.token("ines")), body="{}"))
    assert_problem(reply, 404, "no-such-route")
    assert stored(memory) == before


@pytest.mark.parametrize("what", ["/begin/x", "/Begin", "/begin%0a", "/finish\n"])
def test_an_address_under_an_assessment_is_exact(player: Player, what: str) -> None:
    before = stored(player.world)
    assert_problem(player.client.post(player.path + what, {"step": 1}, player.token), 404, "no-such-route")
    assert stored(player.world) == before


def test_a_percent_encoded_id_is_no_id(player: Player) -> None:
    encoded = "".join(f"%{ord(sign):02x}" for sign in player.assessment_id)
    assert_problem(player.client.get(f"/v1/assessments/{encoded}", player.token), 404, "assessment-not-found")


@pytest.mark.parametrize("declared", [one for context in CONTEXTS for one in context], ids=lambda declared: declared.name)
def test_another_method_is_refused_naming_those_allowed(player: Player, declared: Any) -> None:
    before = stored(player.world)
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "QUERY", "get", ""} - {declared.method}:
        path = path_of(player, declared.path)
        reply = player.client.send(Request(method, path, headers=bearer(player.token), body="{}"))
        assert_problem(reply, 405, "method-not-allowed")
        assert reply.headers["allow"] == declared.method
    assert stored(player.world) == before


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("after=1&after=2", "repeated-parameter"),
        ("after=1&after=1", "repeated-parameter"),
        ("after=-1", "invalid-request"),
        ("after=10001", "invalid-request"),
        ("after=", "invalid-request"),
        ("after", "invalid-request"),
        ("after=x", "invalid-request"),
        ("after=1.5", "invalid-request"),
        ("after=%00", "invalid-request"),
        ("after=%ff", "invalid-request"),
        ("after=" + "9" * 5_000, "invalid-request"),
        ("After=1", "invalid-request"),
        ("after[]=1", "invalid-request"),
        (f"other={MARKER}", "invalid-request"),
        (f"after={MARKER}", "invalid-request"),
    ],
)
def test_a_parameter_out_of_range_is_refused(player: Player, query: str, code: str) -> None:
    reply = player.get("/corrections", query)
    assert_problem(reply, 422, code)
    assert MARKER not in reply.text
    if code == "invalid-request":
        assert [fault["rule"] for fault in reply.json["errors"]]


def test_parameters_of_rest_events_are_read_alike(memory: World) -> None:
    player = Player.person(memory, Client(memory.services, "rest-api"))
    assert_problem(player.get("/corrections", "after=1&after=2"), 422, "repeated-parameter")
    assert player.get("/corrections", "after=1").status == 200


def test_a_token_in_the_query_opens_nothing(player: Player) -> None:
    reply = player.client.get(player.path, None, f"access_token={player.token}&authorization=Bearer%20{player.token}")
    assert_problem(reply, 401, "token-missing")
    assert not re.search(r"ey[A-Za-z0-9_-]{20}", reply.text)
