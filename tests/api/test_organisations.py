"""Organisations over HTTP: created, edited, joined by a code that is told once, left at once, deleted for everybody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.http_client import Client, assert_problem
from tests.api.logged import Logged
from tests.api.organisation_scenes import Asking, created
from tests.worlds import World

FOURTEEN_DAYS = 14 * 86_400
NAME = "n4me of an organisation"
TOWN_HALL = {"type": "public-employer", "name": "Town hall"}


@pytest.fixture
def ada(memory: World) -> Asking:
    return created(memory, "ada")


def test_an_organisation_is_told_as_it_was_wished(memory: World) -> None:
    wished = {"type": "mediation", "name": " Médiation ", "places": 12, "places_policy": "block"}
    reply = Client(memory.services).post("/v1/organisations", wished, memory.token("ada"))
    assert reply.status == 201
    told = reply.json
    assert told == {
        "organisation_id": told["organisation_id"],
        "type": "mediation",
        "name": "Médiation",
        "places": 12,
        "places_policy": "block",
        "parent_id": None,
        "created_at": told["created_at"],
        "role": "admin",
    }


@pytest.mark.parametrize("kind", ["school", "higher-education", "public-employer", "company", "mediation"])
def test_there_are_five_types(memory: World, kind: str) -> None:
    reply = Client(memory.services).post("/v1/organisations", {"type": kind, "name": "x"}, memory.token("ada"))
    assert (reply.status, reply.json["type"]) == (201, kind)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "sect", "name": "x"},
        {"type": "school", "name": " "},
        {"type": "school", "name": "x" * 201},
        {"type": "school", "name": "two\nlines"},
        {"type": "school"},
        {"type": "school", "name": "x", "places": 0},
        {"type": "school", "name": "x", "places": 1.5},
        {"type": "school", "name": "x", "places": "12"},
        {"type": "school", "name": "x", "places": 1, "places_policy": "shut"},
        {"type": "school", "name": "x", "admins": ["ada"]},
    ],
)
def test_what_is_no_organisation_is_refused_with_its_place(memory: World, body: dict[str, Any]) -> None:
    reply = Client(memory.services).post("/v1/organisations", body, memory.token("ada"))
    assert assert_problem(reply, 422, "invalid-request")["errors"]


def test_a_repeated_creation_gives_back_the_first(memory: World) -> None:
    client, token, key = Client(memory.services), memory.token("ada"), "k" * 20
    first = client.post("/v1/organisations", TOWN_HALL, token, idempotency_key=key)
    memory.clock.forward(1)
    again = client.post("/v1/organisations", TOWN_HALL, token, idempotency_key=key)
    assert (first.status, again.status, again.json) == (201, 200, first.json)
    another = client.post("/v1/organisations", {**TOWN_HALL, "name": "Another"}, token, idempotency_key=key)
    assert_problem(another, 409, "idempotency-key-reused")
    short = client.post("/v1/organisations", TOWN_HALL, token, idempotency_key="short")
    assert_problem(short, 422, "invalid-idempotency-key")


def test_an_edit_says_everything_that_may_change(ada: Asking) -> None:
    edited = ada.post(body={"name": "Another", "places": 3}).json
    assert (edited["name"], edited["places"], edited["places_policy"], edited["type"]) == (
        "Another", 3, "warn", "public-employer",
    )  # fmt: skip
    assert ada.get().json == edited
    assert ada.post(body={"name": "Another"}).json["places"] is None
    assert_problem(ada.post(body={"name": "Another", "type": "school"}), 422, "invalid-request")


def test_a_child_knows_its_parent_and_a_tree_ends_at_five_levels(ada: Asking) -> None:
    parent = ada
    for _ in range(4):
        reply = parent.post("/children", {"type": "school", "name": "Below"})
        assert (reply.status, reply.json["parent_id"]) == (201, parent.organisation_id)
        parent = Asking(ada.world, ada.client, "ada", reply.json["organisation_id"])
    assert assert_problem(parent.post("/children", TOWN_HALL), 409, "tree-too-deep")["details"] == {"levels": 5}
    assert len(ada.mine()) == 5


def test_a_code_is_told_once_and_makes_a_member(ada: Asking) -> None:
    made = ada.invite()
    code, invitation = made["code"], made["invitation"]
    assert (invitation["status"], invitation["role"], invitation["accepted_by"]) == ("open", "member", None)
    assert ada.get("/invitations").json["invitations"] == [invitation]
    assert code.partition("-")[2] not in ada.get("/invitations").text
    bob = ada.as_person("bob")
    assert_problem(bob.get(), 404, "organisation-not-found")
    accepted = bob.accept(code)
    assert (accepted.status, accepted.json["role"]) == (200, "member")
    assert bob.accept(code).json == accepted.json == bob.get().json
    (told,) = ada.get("/invitations").json["invitations"]
    assert (told["status"], told["accepted_by"]) == ("accepted", "bob")
    assert bob.mine() == [ada.organisation_id]
    assert_problem(ada.as_person("noah").accept(code), 409, "invitation-used")


def test_an_expired_a_withdrawn_and_an_unknown_code_are_told_apart(ada: Asking) -> None:
    expired = ada.invite()
    ada.world.clock.forward(FOURTEEN_DAYS)
    withdrawn = ada.invite()
    reply = ada.post(f"/invitations/{withdrawn['invitation']['invitation_id']}/withdraw")
    assert (reply.status, reply.json["status"]) == (200, "withdrawn")
    bob = ada.as_person("bob")
    assert_problem(bob.accept(expired["code"]), 409, "invitation-expired")
    assert_problem(bob.accept(withdrawn["code"]), 409, "invitation-withdrawn")
    for code in ("x", "a" * 26, f"{ada.organisation_id}-{'a' * 26}", f"{'a' * 26}-{'a' * 26}", "-", "é-é"):
        assert_problem(bob.accept(code), 404, "invitation-not-found")
    assert [one["status"] for one in ada.get("/invitations").json["invitations"]] == ["withdrawn", "expired"]
    assert bob.mine() == []


def test_whoever_guesses_codes_waits_and_nobody_else_does(ada: Asking) -> None:
    bob, cleo = ada.as_person("bob"), ada.as_person("cleo")
    code = ada.invite()["code"]
    for _ in range(6):
        assert_problem(bob.accept("wrong"), 404, "invitation-not-found")
    reply = bob.accept(code)
    assert_problem(reply, 429, "too-many-failures")
    assert cleo.accept(ada.invite()["code"]).status == 200
    ada.world.clock.forward(int(reply.headers["retry-after"]))
    assert bob.accept(code).status == 200


def test_an_unknown_invitation_and_one_of_others_are_not_withdrawn(ada: Asking) -> None:
    theirs = created(ada.world, "zoe").invite()["invitation"]["invitation_id"]
    for given in ("a" * 26, theirs, "x", "a" * 25 + "%23"):
        assert_problem(ada.post(f"/invitations/{given}/withdraw"), 404, "invitation-not-found")


def test_roles_are_given_and_taken_and_an_admin_stays(ada: Asking) -> None:
    bob = ada.with_member("bob")
    assert [(one["person_id"], one["role"]) for one in bob.get("/members").json["members"]] == [
        ("ada", "admin"),
        ("bob", "member"),
    ]
    assert_problem(ada.post("/members/ada/remove"), 409, "last-admin")
    assert_problem(ada.post("/members/ada", {"role": "member"}), 409, "last-admin")
    assert ada.post("/members/bob", {"role": "admin"}).json["role"] == "admin"
    assert bob.post("/members/ada", {"role": "member"}).json["role"] == "member"
    assert_problem(ada.post("/members/bob", {"role": "member"}), 403, "not-allowed")
    for nobody in ("noah", "x" * 65, "%23"):
        assert_problem(bob.post(f"/members/{nobody}/remove"), 404, "member-not-found")


def test_a_removed_member_is_out_at_once_with_the_token_that_they_hold(ada: Asking) -> None:
    bob = ada.with_member("bob", "admin")
    code = bob.invite()["code"]
    token = ada.world.token("bob")
    assert ada.client.get(bob.path, token).status == 200
    assert ada.post("/members/bob/remove").json == {"gone": "bob"}
    assert_problem(ada.client.get(bob.path, token), 404, "organisation-not-found")
    assert_problem(bob.post(body={"name": "Mine"}), 404, "organisation-not-found")
    assert bob.mine() == []
    assert ada.as_person("cleo").accept(code).status == 200, "whom they invited may come, unless it is withdrawn"


def test_a_deleted_organisation_is_there_for_nobody(ada: Asking) -> None:
    bob, code = ada.with_member("bob"), ada.invite()["code"]
    assert ada.post("/delete").json == {"gone": ada.organisation_id}
    for somebody in (ada, bob, ada.as_person("noah")):
        replies = [somebody.get(), somebody.get("/members"), somebody.get("/invitations"), somebody.post("/delete")]
        replies += [somebody.post(body={"name": "x"}), somebody.post("/children", TOWN_HALL), somebody.accept(code)]
        for reply in replies:
            assert_problem(reply, 404, "organisation-not-found")
        assert somebody.mine() == []


def test_no_name_and_no_code_is_logged(memory: World, logged: Logged) -> None:
    ada = created(memory, "ada", NAME)
    made = ada.invite()
    bob = ada.as_person("bob")
    bob.accept(made["code"])
    bob.accept(made["code"] + "x")
    ada.as_person("noah").accept(made["code"])
    ada.post(body={"name": NAME + " edited"})
    ada.post("/children", {"type": "school", "name": NAME})
    ada.post("/children", {"type": NAME, "name": NAME})
    assert [line["message"] for line in logged.lines].count("accept_invitation") == 3
    assert NAME not in logged.text
    assert made["code"].partition("-")[2] not in logged.text


def test_what_is_told_of_members_is_nothing_but_ids(ada: Asking) -> None:
    ada.with_member("bob")
    (told, _) = json.loads(ada.get("/members").text)["members"]
    assert set(told) == {"person_id", "role", "since"}
