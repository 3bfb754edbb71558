"""Whatever body is sent, the reply is the right problem with a stable code, nothing is written, and nothing sent comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.api.documentation import DOCUMENTED
from chalicelib.api.gateway import LARGEST_BODY
from tests.api import campaign_scenes
from tests.api.client_scenes import WISH
from tests.api.http_client import JSON_BODY, Player, Reply, Request, assert_problem, bearer, stored
from tests.api.organisation_scenes import CODE
from tests.api.request_parts import MARKER, answer_body, path_of
from tests.api.target_profile_scenes import CREATION, EDIT

SCHOOL = {"type": "school", "name": "School", "places": 3, "places_policy": "block"}
WRITING = [declared for declared in DOCUMENTED if declared.method == "POST" and not declared.form]
"""Forms are in `test_client_credentials.py`."""
WITH_BODY = pytest.mark.parametrize(
    "declared", [one for one in WRITING if one.body is not None], ids=lambda declared: declared.name
)


def send_raw(player: Player, path: str, body: str | bytes | None, headers: dict[str, str] | None = None) -> Reply:
    """A POST of these very bytes."""
    given = JSON_BODY if headers is None else headers
    return player.client.send(Request("POST", path, headers={**given, **bearer(player.token)}, body=body))


def good_bodies(player: Player) -> dict[str, dict[str, Any]]:
    """A body that each route takes."""
    step = {"step": 1}
    return {
        "start_assessment": {"scope": "1.2", "locale": "fr", "needs": ["deaf"], "device": "any", "length": 3},
        "begin_challenge": step,
        "answer_challenge": answer_body(player),
        "report_focus_loss": step,
        "create_organisation": SCHOOL,
        "create_child_organisation": SCHOOL,
        "edit_organisation": {"name": "School", "places": 3, "places_policy": "block"},
        "change_role": {"role": "admin"},
        "invite_member": {"role": "admin"},
        "accept_invitation": {"code": CODE},
        "create_client": WISH,
        "create_target_profile": CREATION,
        "edit_target_profile": EDIT,
        "create_campaign": campaign_scenes.CREATION,
        "edit_campaign": campaign_scenes.editing(player.world),
        "join_campaign": campaign_scenes.JOINING,
    }


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
        for value in (MARKER * 50, [MARKER] * 9, {MARKER: MARKER}, [[MARKER]], [{"x": MARKER}]):
            body = {**good_bodies(player)[declared.name], field: value}
            reply = send_raw(player, path_of(player, declared.path), json.dumps(body))
            assert reply.status == 422
            assert_problem(reply, 422, reply.code)
            # The name of an unknown field stands in its pointer, as in the test above.
            assert MARKER not in reply.text.replace(f'"/{field}/{MARKER}"', "")
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
        ({"a": 1}, {"/answer", "/answer/a"}),
    ],
)
def test_pointers_name_what_the_caller_wrote_and_no_type_of_ours(player: Player, answer: Any, pointers: set[str]) -> None:
    told = assert_problem(player.post("/answers", answer_body(player, answer=answer)), 422, "invalid-request")
    assert {fault["pointer"] for fault in told["errors"]} == pointers
