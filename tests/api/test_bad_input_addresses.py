"""Whatever address is asked for, the reply is the right problem with a stable code, nothing is written, and nothing sent comes back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.api.gateway import CONTEXTS
from tests.api.http_client import Client, Player, Request, assert_problem, bearer, stored
from tests.api.request_parts import MARKER, path_of
from tests.worlds import World


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
    allowed = {one.method for context in CONTEXTS for one in context if one.path == declared.path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "QUERY", "get", ""} - allowed:
        path = path_of(player, declared.path)
        reply = player.client.send(Request(method, path, headers=bearer(player.token), body="{}"))
        assert_problem(reply, 405, "method-not-allowed")
        assert reply.headers["allow"] == ", ".join(sorted(allowed))
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
