"""Target profiles over HTTP: templates for everybody, an organisation's own for its members, faults with their places."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.campaigns.organisations.model import Role
from tests.api.http_client import Client, Reply, assert_problem
from tests.content_of_tests import real_release
from tests.domain.organisation_builders import ADA, BOB, NOAH, an_organisation, join
from tests.domain.target_profile_builders import a_document, both
from tests.worlds import World

TEMPLATE = "territoires-common-base"


class Desk:
    """An organisation of Ada's, with Bob as a member; Noah is nobody there."""

    def __init__(self, world: World) -> None:
        self.world, self.client = world, Client(world.services)
        self.organisation = an_organisation(world.services)
        join(world.services, self.organisation, BOB, Role.MEMBER)

    def path(self, rest: str = "") -> str:
        return f"/v1/organisations/{self.organisation}/target-profiles{rest}"

    def get(self, rest: str = "", person: str = ADA, query: str = "") -> Reply:
        return self.client.get(self.path(rest), self.world.token(person), query)

    def post(self, rest: str = "", body: Any = None, person: str = ADA, **headers: str) -> Reply:
        return self.client.post(self.path(rest), body, self.world.token(person), **headers)

    def created(self, **override: Any) -> Any:
        reply = self.post(body={"targets": a_document(**override)})
        assert reply.status == 201, reply.text
        return reply.json


@pytest.fixture
def desk(memory: World) -> Desk:
    return Desk(memory)


def test_anybody_reads_the_templates_with_the_time_that_they_take(memory: World) -> None:
    reply = Client(memory.services).get("/v1/target-profiles")
    assert reply.status == 200
    found = {one["id"]: one for one in reply.json["templates"]}
    assert set(found) == set(real_release().templates)
    diagnostic = found["diagnostic"]
    assert (diagnostic["owner"], diagnostic["version"], diagnostic["not_in_content"]) == (None, 0, [])
    assert diagnostic["duration"]["minutes"] in (9, 10, 11)
    assert set(diagnostic["title"]) == {"fr", "en"}


def test_a_profile_is_created_read_edited_and_deleted_by_any_member(desk: Desk) -> None:
    made = desk.post(body={"targets": a_document()}, person=BOB)
    assert made.status == 201
    profile = made.json
    assert (profile["owner"], profile["version"], profile["topics"]) == (desk.organisation, 1, a_document()["topics"])
    assert profile["duration"]["challenges"] >= 2
    assert desk.get(f"/{profile['id']}").json == profile
    edit = {"targets": a_document(topics={"phishing-clues": 4}), "version": 1}
    edited = desk.post(f"/{profile['id']}", edit, BOB)
    assert (edited.status, edited.json["version"], edited.json["topics"]) == (200, 2, {"phishing-clues": 4})
    assert desk.post(f"/{profile['id']}/delete", person=BOB).json == {"gone": profile["id"]}
    assert_problem(desk.get(f"/{profile['id']}"), 404, "target-profile-not-found")


def test_a_copy_of_a_template_carries_all_of_it_under_its_own_title(desk: Desk) -> None:
    reply = desk.post(body={"copy_of": TEMPLATE, "title": {"fr": "Notre socle"}})
    assert reply.status == 201
    original = desk.get(f"/{TEMPLATE}").json
    assert {**reply.json, "id": "", "owner": None, "version": 0, "title": original["title"]} == {**original, "id": ""}
    assert (reply.json["title"], reply.json["owner"]) == ({"fr": "Notre socle", "en": None}, desk.organisation)


def test_a_repeated_creation_gives_back_the_first(desk: Desk) -> None:
    first, again = (desk.post(body={"copy_of": TEMPLATE}, idempotency_key="k" * 20) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    other = desk.post(body={"copy_of": "diagnostic"}, idempotency_key="k" * 20)
    assert_problem(other, 409, "idempotency-key-reused")
    assert_problem(desk.post(body={"copy_of": TEMPLATE}, idempotency_key="k"), 422, "invalid-idempotency-key")


def test_lists_show_templates_and_ones_own_page_by_page(desk: Desk) -> None:
    ids = sorted(desk.created()["id"] for _ in range(3))
    first = desk.get(query="limit=2").json
    rest = desk.get(query=f"limit=2&after={first['after']}").json
    assert [one["id"] for one in first["profiles"] + rest["profiles"]] == ids
    assert (first["after"], rest["after"]) == (ids[1], None)
    assert [one["id"] for one in first["templates"]] == sorted(real_release().templates)
    assert first["profiles"][0]["topics"] == 2


def test_skills_that_the_content_does_not_have_are_pointed_at(desk: Desk) -> None:
    wrong = a_document(topics={"search-queries": 7, "nowhere": 1}, badges=[])
    told = assert_problem(desk.post(body={"targets": wrong}), 422, "not-in-the-content")
    assert told["errors"] == [
        {"pointer": "/targets/topics/search-queries", "rule": "level-above-the-ladder"},
        {"pointer": "/targets/topics/nowhere", "rule": "unknown-topic"},
    ]
    mine = desk.created()["id"]
    assert_problem(desk.post(f"/{mine}", {"targets": wrong, "version": 1}), 422, "not-in-the-content")
    assert desk.get(f"/{mine}").json["version"] == 1


@pytest.mark.parametrize(
    ("body", "pointer", "rule"),
    [
        ({}, "", "value-error"),
        ({"copy_of": TEMPLATE, "targets": a_document()}, "", "value-error"),
        ({"targets": a_document(), "title": both("Desk")}, "", "value-error"),
        ({"targets": a_document(topics={"search-queries": 0})}, "/targets/topics/search-queries", "greater-than-equal"),
        ({"targets": a_document(topics={})}, "/targets/topics", "too-short"),
        ({"targets": a_document(title={})}, "/targets/title", "value-error"),
        ({"targets": a_document(topics={"search-queries": 3})}, "/targets", "value-error"),
    ],
)
def test_a_wrong_form_is_pointed_at(desk: Desk, body: Any, pointer: str, rule: str) -> None:
    told = assert_problem(desk.post(body=body), 422, "invalid-request")
    assert {"pointer": pointer, "rule": rule} in told["errors"]


def test_who_read_an_older_version_is_told_so(desk: Desk) -> None:
    mine = desk.created()["id"]
    assert desk.post(f"/{mine}", {"targets": a_document(title=both("Second")), "version": 1}).status == 200
    late = desk.post(f"/{mine}", {"targets": a_document(title=both("Third")), "version": 1})
    assert_problem(late, 409, "target-profile-changed")


def test_templates_are_read_and_never_changed(desk: Desk) -> None:
    edit = {"targets": a_document(), "version": 1}
    assert_problem(desk.post(f"/{TEMPLATE}", edit), 403, "template-read-only")
    assert_problem(desk.post(f"/{TEMPLATE}/delete"), 403, "template-read-only")
    assert desk.get(f"/{TEMPLATE}").json["version"] == 0


@pytest.mark.parametrize("person", [NOAH, "admin-of-another"])
def test_whoever_is_no_member_learns_nothing(desk: Desk, person: str) -> None:
    theirs = an_organisation(desk.world.services, "admin-of-another", "z" * 20)
    mine = desk.created()["id"]
    edit = {"targets": a_document(), "version": 1}
    for reply in (
        desk.get(person=person),
        desk.get(f"/{mine}", person),
        desk.post(body={"copy_of": TEMPLATE}, person=person),
        desk.post(f"/{mine}", edit, person),
        desk.post(f"/{mine}/delete", person=person),
    ):
        assert_problem(reply, 404, "organisation-not-found")
    other = desk.client.get(f"/v1/organisations/{theirs}/target-profiles/{mine}", desk.world.token("admin-of-another"))
    assert_problem(other, 404, "target-profile-not-found")
    assert desk.get(f"/{mine}").json["version"] == 1
