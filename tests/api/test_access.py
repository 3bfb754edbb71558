"""A person never reads or writes what is another's. The cases are made from the declared routes, so a new one must have its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.api.documentation import DOCUMENTED
from chalicelib.api.endpoint import Endpoint, Who
from chalicelib.wiring import Services
from infrastructure.local.settings import KEY_ID
from tests.api import campaign_scenes
from tests.api.client_scenes import WISH, token_form
from tests.api.http_client import JSON_BODY, KINDS, Client, Kind, Player, Reply, Request, assert_problem, bearer, stored
from tests.api.organisation_scenes import CODE, ORGANISATION, organisation_path, settle
from tests.api.target_profile_scenes import CREATION, EDIT
from tests.content_of_tests import real_built
from tests.worlds import World

BODIES: dict[str, Any] = {
    "read_health": None,
    "read_framework": None,
    "start_assessment": {"scope": "1.1"},
    "read_assessment": None,
    "begin_challenge": {"step": 1},
    "answer_challenge": {"step": 1, "challenge": "PENDING", "answer": None},
    "report_focus_loss": {"step": 1},
    "finish_assessment": None,
    "read_corrections": None,
    "read_results": None,
    "read_explanation": None,
    "read_my_profile": None,
    "read_lessons": None,
    "read_file": None,
    "create_organisation": {"type": "school", "name": "School"},
    "list_my_organisations": None,
    "read_organisation": None,
    "edit_organisation": {"name": "School"},
    "delete_organisation": None,
    "create_child_organisation": {"type": "school", "name": "School"},
    "list_members": None,
    "change_role": {"role": "admin"},
    "remove_member": None,
    "list_invitations": None,
    "invite_member": {"role": "member"},
    "withdraw_invitation": None,
    "accept_invitation": {"code": CODE},
    "list_clients": None,
    "create_client": WISH,
    "add_client_secret": None,
    "revoke_client_secret": None,
    "revoke_client": None,
    "issue_token": token_form(ORGANISATION),
    "read_calling_client": None,
    "list_templates": None,
    "list_target_profiles": None,
    "create_target_profile": CREATION,
    "read_target_profile": None,
    "edit_target_profile": EDIT,
    "delete_target_profile": None,
    "create_campaign": campaign_scenes.CREATION,
    "list_campaigns": None,
    "read_campaign": None,
    "edit_campaign": "EDIT",
    "open_campaign": None,
    "archive_campaign": None,
    "read_collective_results": None,
    "list_shared_results": None,
    "read_campaign_card": None,
    "join_campaign": campaign_scenes.JOINING,
    "read_participation": None,
    "read_campaign_results": None,
    "share_results": None,
}
"""A body that each route would take from the person whose assessment it is."""

NOBODY_S = "a" * 26
"""The id of no assessment."""

ROUTES = pytest.mark.parametrize("declared", DOCUMENTED, ids=lambda declared: declared.name)
OF_ASSESSMENTS = pytest.mark.parametrize(
    "declared", [one for one in DOCUMENTED if one.who is Who.ASSESSMENT], ids=lambda declared: declared.name
)
TOKEN_ROUTES = pytest.mark.parametrize(
    "declared", [one for one in DOCUMENTED if one.who not in (Who.ANYONE, Who.CLIENT)], ids=lambda declared: declared.name
)
"""Of a person's token; those of a client's are in `test_client_credentials.py`."""


@dataclass
class Home:
    """A world where Ines has an open assessment, with an answer to correct."""

    world: World
    client: Client
    ines: Player

    def request(self, declared: Endpoint, authorization: str | None, assessment_id: str | None = None) -> Request:
        """What Ines would send to this route about her assessment (or this one), with this `Authorization`."""
        body = campaign_scenes.editing(self.world) if BODIES[declared.name] == "EDIT" else BODIES[declared.name]
        if body and body.get("challenge") == "PENDING":
            body = {**body, "challenge": self.ines.progress()["next"]["challenge"]["id"]}
        headers = dict({"content-type": declared.content_type} if declared.method == "POST" else {})
        written = urlencode if declared.form else json.dumps
        if authorization is not None:
            headers["authorization"] = authorization
        path = declared.path.replace("{assessment_id}", assessment_id or self.ines.assessment_id)
        path = path.replace("{file_id}/{name}", next(iter(real_built().files))).replace("{topic}", "folder-archives")
        path = organisation_path(path)
        assert "{" not in path, f"give a value to the parameters of {path}"
        return Request(declared.method, path, headers=headers, body=None if body is None else written(body))

    def ask(self, declared: Endpoint, authorization: str | None, assessment_id: str | None = None) -> Reply:
        return self.client.send(self.request(declared, authorization, assessment_id))


@pytest.fixture
def home(memory: World) -> Home:
    client = Client(memory.services)
    settle(memory)
    token = memory.token("ines")
    joined = client.post("/v1/participations", campaign_scenes.JOINING, token)
    return Home(memory, client, Player(memory, client, token, joined.json["assessment"]["assessment_id"]))


def test_every_documented_route_has_a_case() -> None:
    assert set(BODIES) == {declared.name for declared in DOCUMENTED}
    assert {declared.path for declared in DOCUMENTED if "{assessment_id}" in declared.path} == {
        declared.path for declared in DOCUMENTED if declared.who is Who.ASSESSMENT
    }


@TOKEN_ROUTES
def test_the_case_is_a_request_that_its_owner_may_make(home: Home, declared: Endpoint) -> None:
    reply = home.ask(declared, f"Bearer {home.ines.token}")
    assert reply.status in (200, 201, 409), reply.text
    assert reply.status != 409 or reply.code == "assessment-not-finished"


# --- whose token it is ---


@ROUTES
def test_without_a_token_only_open_routes_answer(home: Home, declared: Endpoint) -> None:
    before, her_log = stored(home.world), home.ines.get().text
    reply = home.ask(declared, None)
    if declared.who is Who.ANYONE:
        assert reply.status == 200
    elif declared.who is Who.MAYBE:
        assert reply.status == 201
        assert reply.json["assessment"]["assessment_id"] != home.ines.assessment_id
        assert home.ines.get().text == her_log
        return
    else:
        assert_problem(reply, 401, "token-missing")
        assert reply.headers["www-authenticate"] == "Bearer"
    assert stored(home.world) == before


@OF_ASSESSMENTS
def test_anothers_assessment_is_told_exactly_as_one_that_does_not_exist(home: Home, declared: Endpoint) -> None:
    before = stored(home.world)
    noah = f"Bearer {home.world.token('noah')}"
    foreign, unknown = home.ask(declared, noah), home.ask(declared, noah, NOBODY_S)
    assert_problem(foreign, 404, "assessment-not-found")
    assert foreign == unknown
    assert stored(home.world) == before


@OF_ASSESSMENTS
@pytest.mark.parametrize(
    "given",
    ["A" * 26, "a" * 25, "a" * 27, "a" * 25 + "1", "a" * 25 + "é", "%61" + "a" * 25, "..", "a" * 26 + "\n", "'--", "\x00" * 26],
)
def test_what_is_no_id_is_told_as_what_does_not_exist(home: Home, declared: Endpoint, given: str) -> None:
    before = stored(home.world)
    token = f"Bearer {home.ines.token}"
    assert home.ask(declared, token, given) == home.ask(declared, token, NOBODY_S)
    assert stored(home.world) == before


@OF_ASSESSMENTS
def test_a_finished_assessment_of_another_stays_unknown(home: Home, declared: Endpoint) -> None:
    home.ines.advance()
    before = stored(home.world)
    reply = home.client.send(
        Request(
            declared.method,
            declared.path.replace("{assessment_id}", home.ines.assessment_id),
            headers={**JSON_BODY, **bearer(home.world.token("noah"))},
            body=json.dumps(
                {"step": 1, "challenge": "x", "answer": None} if declared.name == "answer_challenge" else {"step": 1}
            ),
        )
    )
    assert_problem(reply, 404, "assessment-not-found")
    assert stored(home.world) == before


@TOKEN_ROUTES
def test_an_anonymous_token_opens_its_own_assessment_and_nothing_else(home: Home, declared: Endpoint) -> None:
    anonymous = Player.anonymous(home.world, home.client)
    before = stored(home.world)
    reply = home.ask(declared, f"Bearer {anonymous.token}")
    if declared.who is Who.ASSESSMENT:
        assert_problem(reply, 403, "other-assessment")
        assert reply == home.ask(declared, f"Bearer {anonymous.token}", NOBODY_S)
        assert home.client.get(anonymous.path, anonymous.token).status == 200
    else:
        assert_problem(reply, 403, "account-needed")
    assert stored(home.world) == before


def test_an_anonymous_assessment_is_unknown_to_people_with_an_account(home: Home) -> None:
    anonymous = Player.anonymous(home.world, home.client)
    assert_problem(home.client.get(anonymous.path, home.ines.token), 404, "assessment-not-found")


def test_a_token_for_an_assessment_of_another_person_opens_nothing(home: Home) -> None:
    token = home.world.services.issuer.issue("noah", 3600, home.ines.assessment_id)
    assert_problem(home.client.get(home.ines.path, token), 404, "assessment-not-found")


def test_a_profile_is_the_one_of_who_asks(home: Home) -> None:
    home.ines.advance()
    home.world.services.updating.finished(home.ines.assessment_id)
    before = stored(home.world)
    hers = home.client.get("/v1/me/profile", home.ines.token).json
    his = home.client.get("/v1/me/profile", home.world.token("noah")).json
    assert hers["assessments"] == [home.ines.assessment_id]
    assert (his["assessments"], {one["points"] for one in his["competences"]}) == ([], {0.0})
    assert home.ines.assessment_id not in json.dumps(his)
    assert stored(home.world) == before


def test_the_same_wish_of_two_people_is_two_assessments(home: Home) -> None:
    noah = Player.person(home.world, home.client, "noah")
    assert noah.assessment_id != home.ines.assessment_id
    before = home.ines.get().text
    noah.advance()
    assert home.ines.get().text == before


@pytest.mark.parametrize("kind", KINDS)
def test_no_gateway_opens_another_door(home: Home, kind: Kind) -> None:
    client = Client(home.world.services, kind)
    assert_problem(client.get(home.ines.path), 401, "token-missing")
    assert_problem(client.get(home.ines.path, home.world.token("noah")), 404, "assessment-not-found")
    assert client.get(home.ines.path, home.ines.token).status == 200


# --- tokens that cannot be believed ---


def segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def claims(home: Home, **other: Any) -> dict[str, Any]:
    """The claims of a good token of Ines, with these instead."""
    now = home.world.clock.now() // 1000
    return {"iss": "https://palier.local", "aud": "palier", "sub": "ines", "scope": "person", "exp": now + 3600, **other}


def signed(home: Home, headers: dict[str, Any] | None = None, **other: Any) -> str:
    """A token signed by the service's own key."""
    given = {"kid": KEY_ID} if headers is None else headers
    return jwt.encode(claims(home, **other), home.world.services.issuer.key, algorithm="EdDSA", headers=given)


def unsigned(home: Home, algorithm: str) -> str:
    header = json.dumps({"alg": algorithm, "typ": "JWT", "kid": KEY_ID}).encode()
    return f"{segment(header)}.{segment(json.dumps(claims(home)).encode())}."


def signed_with_the_public_key(home: Home, algorithm: str = "HS256") -> str:
    """The confusion of algorithms: the public key's PEM taken for a shared secret."""
    pem = home.world.services.settings.token_trusted_keys[KEY_ID].encode()
    message = unsigned(home, algorithm).removesuffix(".")
    return f"{message}.{segment(hmac.digest(pem, message.encode(), hashlib.sha256))}"


def with_other_claims(home: Home) -> str:
    """A good token whose claims were replaced and whose signature was kept."""
    header, _, signature = home.world.token("noah").split(".")
    return f"{header}.{segment(json.dumps(claims(home)).encode())}.{signature}"


def of_a_strangers_key(home: Home) -> str:
    return jwt.encode(claims(home), Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": KEY_ID})


UNBELIEVABLE: dict[str, Callable[[Home], str]] = {
    "rubbish": lambda home: "Bearer rubbish",
    "two dots": lambda home: "Bearer ..",
    "not ASCII": lambda home: "Bearer é.é.é",
    "a lone surrogate": lambda home: "Bearer \ud800.a.a",
    "NUL": lambda home: "Bearer \x00",
    "nothing after Bearer": lambda home: "Bearer ",
    "Bearer alone": lambda home: "Bearer",
    "no scheme": lambda home: home.ines.token,
    "Basic": lambda home: f"Basic {base64.b64encode(b'ines:ines').decode('ascii')}",
    "two tokens": lambda home: f"Bearer {home.ines.token}, Bearer {home.ines.token}",
    "too long": lambda home: f"Bearer {home.ines.token}{'A' * 4096}",
    "cut": lambda home: f"Bearer {home.ines.token[:-8]}",
    "other claims": lambda home: f"Bearer {with_other_claims(home)}",
    "untrusted key": lambda home: f"Bearer {of_a_strangers_key(home)}",
    "alg none": lambda home: f"Bearer {unsigned(home, 'none')}",
    "alg None": lambda home: f"Bearer {unsigned(home, 'None')}",
    "EdDSA unsigned": lambda home: f"Bearer {unsigned(home, 'EdDSA')}",
    "HS256 with the public key": lambda home: f"Bearer {signed_with_the_public_key(home)}",
    "EdDSA in name, HS256 in fact": lambda home: f"Bearer {signed_with_the_public_key(home, 'EdDSA')}",
    "another audience": lambda home: f"Bearer {signed(home, aud='another')}",
    "no audience": lambda home: f"Bearer {signed(home, aud=None)}",
    "no kid": lambda home: f"Bearer {signed(home, headers={})}",
    "unknown kid": lambda home: f"Bearer {signed(home, headers={'kid': 'another'})}",
    "unknown scope": lambda home: f"Bearer {signed(home, scope='admin')}",
    "no subject": lambda home: f"Bearer {signed(home, sub='')}",
}


@TOKEN_ROUTES
def test_a_token_that_cannot_be_believed_is_refused_without_saying_why(home: Home, declared: Endpoint) -> None:
    before = stored(home.world)
    replies = {why: home.ask(declared, authorization(home)) for why, authorization in UNBELIEVABLE.items()}
    assert {why: reply.status for why, reply in replies.items()} == dict.fromkeys(UNBELIEVABLE, 401)
    reply = replies["untrusted key"]
    assert_problem(reply, 401, "token-invalid")
    assert reply.headers["www-authenticate"] == "Bearer"
    assert [why for why, other in replies.items() if other != reply] == []
    assert stored(home.world) == before


@TOKEN_ROUTES
def test_an_expired_token_is_refused(home: Home, declared: Endpoint) -> None:
    home.world.clock.forward(3600)
    before = stored(home.world)
    request = home.request(declared, None) if "PENDING" not in str(BODIES[declared.name]) else None
    if request is None:
        body = json.dumps({"step": 1, "challenge": "x-1a", "answer": None})
        request = Request(declared.method, f"{home.ines.path}/answers", body=body)
    expired = Request(request.method, request.path, headers={**JSON_BODY, **bearer(home.ines.token)}, body=request.body)
    assert_problem(home.client.send(expired), 401, "token-expired")
    assert stored(home.world) == before


@TOKEN_ROUTES
def test_a_token_signed_by_the_services_own_key_with_these_claims_is_good(home: Home, declared: Endpoint) -> None:
    """What makes the refusals above mean something: the same claims, rightly signed, pass."""
    assert home.ask(declared, f"Bearer {signed(home)}").status in (200, 201, 409)


@TOKEN_ROUTES
def test_a_trusted_p256_key_is_as_good(home: Home, declared: Endpoint) -> None:
    key = generate_private_key(SECP256R1())
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
    settings = home.world.services.settings
    trusted = settings.model_copy(update={"token_trusted_keys": {**settings.token_trusted_keys, "idp": pem}})
    client = Client(Services(trusted, home.world.services.ports))
    good = jwt.encode(claims(home), key, algorithm="ES256", headers={"kid": "idp"})
    assert client.send(home.request(declared, f"Bearer {good}")).status in (200, 201, 409)
    mixed_up = jwt.encode(claims(home), key, algorithm="ES256", headers={"kid": KEY_ID})
    assert_problem(client.send(home.request(declared, f"Bearer {mixed_up}")), 401, "token-invalid")
    assert_problem(home.ask(declared, f"Bearer {good}"), 401, "token-invalid")


@pytest.mark.parametrize(
    "declared", [one for one in DOCUMENTED if one.who is Who.ANYONE and not one.form], ids=lambda declared: declared.name
)
def test_open_routes_read_no_token(home: Home, declared: Endpoint) -> None:
    assert home.ask(declared, "Bearer rubbish").status == 200
