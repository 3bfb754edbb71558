"""Who may do what, cell by cell through the API; and whatever a member of one organisation asks, they learn nothing of another."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.api import organisations
from chalicelib.api.endpoint import Endpoint
from chalicelib.campaigns.organisations.access import PERMISSIONS, Action
from chalicelib.campaigns.organisations.model import Role
from tests.api.http_client import JSON_BODY, Client, Reply, Request, assert_problem, bearer
from tests.api.organisation_scenes import Asking, created
from tests.fakes.organisations import MemoryOrganisations
from tests.worlds import ROOT, World, memory_world

MATRIX: dict[Action, set[str]] = {
    Action.READ_ORGANISATION: {"admin", "member"},
    Action.EDIT_ORGANISATION: {"admin"},
    Action.MANAGE_MEMBERS: {"admin"},
    Action.MANAGE_CLIENTS: {"admin"},
    Action.MANAGE_TARGET_PROFILES: {"admin", "member"},
    Action.MANAGE_CAMPAIGNS: {"admin", "member"},
    Action.READ_RESULTS: {"admin", "member"},
    Action.MANAGE_LEARNERS: {"admin"},
}
"""What was decided, written out once more: a slip in the data would show."""

SCHOOL = {"type": "school", "name": "School"}
ACTIONS: dict[str, tuple[Action, Callable[[Asking, str], Reply]]] = {
    "read_organisation": (Action.READ_ORGANISATION, lambda one, _: one.get()),
    "list_members": (Action.READ_ORGANISATION, lambda one, _: one.get("/members")),
    "edit_organisation": (Action.EDIT_ORGANISATION, lambda one, _: one.post(body={"name": "Edited"})),
    "create_child_organisation": (Action.EDIT_ORGANISATION, lambda one, _: one.post("/children", SCHOOL)),
    "delete_organisation": (Action.EDIT_ORGANISATION, lambda one, _: one.post("/delete")),
    "change_role": (Action.MANAGE_MEMBERS, lambda one, _: one.post("/members/bob", {"role": "admin"})),
    "remove_member": (Action.MANAGE_MEMBERS, lambda one, _: one.post("/members/bob/remove")),
    "list_invitations": (Action.MANAGE_MEMBERS, lambda one, _: one.get("/invitations")),
    "invite_member": (Action.MANAGE_MEMBERS, lambda one, _: one.post("/invitations", {"role": "admin"})),
    "withdraw_invitation": (Action.MANAGE_MEMBERS, lambda one, name: one.post(f"/invitations/{name}/withdraw")),
}
"""What each route about an organisation asks for, and a request that an admin may make."""

UNDER_ONE = {one.name for one in organisations.ENDPOINTS if "{organisation_id}" in one.path}


class Home:
    """An organisation of Ada's with Bob as a member, one of Zoe's with Yann, each with an open invitation."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ada, self.zoe = created(world, "ada"), created(world, "zoe", "Another")
        self.bob, self.yann = self.ada.with_member("bob"), self.zoe.with_member("yann")
        self.invitations = [one.invite()["invitation"]["invitation_id"] for one in (self.ada, self.zoe)]

    def of_zoe(self) -> Any:
        """All that is kept of Zoe's organisation."""
        store = self.world.services.ports.organisations
        assert isinstance(store, MemoryOrganisations)
        name = self.zoe.organisation_id
        return store.kept[name], store.standings(name), store.invitations(name)


@pytest.fixture
def home(memory: World) -> Home:
    return Home(memory)


def test_the_matrix_is_what_was_decided() -> None:
    assert {action: {role.value for role in Role if action in PERMISSIONS[role]} for action in Action} == MATRIX


def test_every_route_about_an_organisation_is_in_the_table() -> None:
    assert set(ACTIONS) == UNDER_ONE


@pytest.mark.parametrize("role", ["admin", "member", "stranger"])
@pytest.mark.parametrize("name", ACTIONS)
def test_each_cell_of_the_matrix_is_what_the_api_does(home: Home, name: str, role: str) -> None:
    action, ask = ACTIONS[name]
    person = {"admin": home.ada, "member": home.bob, "stranger": home.ada.as_person("noah")}[role]
    before = repr(home.world.services.ports.organisations)
    reply = ask(person, home.invitations[0])
    if role in MATRIX[action]:
        assert reply.status in (200, 201), reply.text
        return
    code = (404, "organisation-not-found") if role == "stranger" else (403, "not-allowed")
    assert_problem(reply, *code)
    assert repr(home.world.services.ports.organisations) == before


@pytest.mark.parametrize("name", ACTIONS)
def test_anothers_organisation_is_told_exactly_as_one_that_does_not_exist(home: Home, name: str) -> None:
    _, ask = ACTIONS[name]
    nowhere = Asking(home.world, home.ada.client, "ada", "a" * 26)
    theirs, no_id = home.zoe.as_person("ada"), Asking(home.world, home.ada.client, "ada", "nothing")
    replies = [ask(one, home.invitations[1]) for one in (theirs, nowhere, no_id)]
    assert_problem(replies[0], 404, "organisation-not-found")
    assert replies[0] == replies[1] == replies[2]


def test_the_document_shows_the_matrix() -> None:
    text = (ROOT / "docs" / "organisations.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \|.*\| (yes|no) \|$", text, re.MULTILINE))
    shown = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| (yes|no) \| (yes|no) \|$", text, re.MULTILINE)
    assert len(rows) == len(shown) == len(Action)
    for action, admin, member in shown:
        assert {role for role, told in (("admin", admin), ("member", member)) if told == "yes"} == MATRIX[Action(action)]


# --- tenants ---

ROUTES = [one for one in organisations.ENDPOINTS if one.name != "create_organisation"]
BODIES: dict[str, Any] = {
    "edit_organisation": {"name": "Seized"},
    "create_child_organisation": SCHOOL,
    "change_role": {"role": "admin"},
    "invite_member": {"role": "admin"},
}


def request_of(home: Home, declared: Endpoint, organisation: str, person: str, invitation: str) -> Request:
    path = declared.path.replace("{organisation_id}", organisation).replace("{person_id}", person)
    body = BODIES.get(declared.name, {"code": f"{organisation}-{invitation}"} if declared.body else None)
    headers = {**JSON_BODY, **bearer(home.world.token("ada"))}
    return Request(declared.method, path.replace("{invitation_id}", invitation), headers=headers, body=_json(body))


def _json(body: Any) -> str | None:
    return None if body is None else json.dumps(body)


@settings(max_examples=40)
@given(data=st.data())
def test_whatever_a_member_of_one_asks_another_is_neither_read_nor_changed(data: st.DataObject) -> None:
    home = Home(memory_world())
    client = Client(home.world.services)
    before, zoes = home.of_zoe(), home.zoe.organisation_id
    for _ in range(data.draw(st.integers(1, 12))):
        declared = data.draw(st.sampled_from(ROUTES))
        organisation = data.draw(st.sampled_from([zoes, zoes, home.ada.organisation_id]))
        person = data.draw(st.sampled_from(["ada", "bob", "zoe", "yann", "noah"]))
        invitation = data.draw(st.sampled_from(home.invitations))
        reply = client.send(request_of(home, declared, organisation, person, invitation))
        assert home.of_zoe() == before
        assert zoes not in reply.text
        assert "Another" not in reply.text
        if organisation == zoes and "{organisation_id}" in declared.path:
            assert_problem(reply, 404, "organisation-not-found")
        if person in ("zoe", "yann") and "{person_id}" in declared.path:
            assert reply.status == 404
