"""Tokens for an organisation's clients: from the admin who creates one to the request that it makes."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus, urlencode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.api.clients import read_calling_client
from chalicelib.api.documentation import DOCUMENTED
from chalicelib.api.endpoint import Endpoint, Who
from chalicelib.api.gateway import respond
from chalicelib.api.requests import HttpRequest
from chalicelib.identity.limiting import Caller
from chalicelib.identity.limits import Purpose
from chalicelib.identity.tokens import ClientGrant
from chalicelib.storage.failures_of_callers import DynamoFailures
from chalicelib.storage.meter import Meter
from chalicelib.storage.table import Table
from chalicelib.wiring import Services
from tests.api.http_client import KINDS, Client, Kind, Reply, Request, assert_problem, bearer
from tests.api.logged import Logged
from tests.api.scenes import Failing, down
from tests.fakes.callers import MemoryFailures
from tests.worlds import World

FORM = {"content-type": "application/x-www-form-urlencoded"}
DEVICE = "a-device-of-twenty-signs"


@dataclass
class School:
    """A school whose admin is Ines, with one client."""

    world: World
    client: Client
    organisation_id: str
    issued: Any

    @property
    def path(self) -> str:
        return f"/v1/organisations/{self.organisation_id}/clients"

    @property
    def own_path(self) -> str:
        return f"{self.path}/{self.issued['client']['id']}"

    @property
    def client_id(self) -> str:
        return str(self.issued["client"]["client_id"])

    @property
    def secret(self) -> str:
        return str(self.issued["secret"])

    def post(self, path: str, body: Any = None, person: str = "ines") -> Reply:
        return self.client.post(path, body, self.world.token(person))

    def send(self, body: str, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.send(Request("POST", "/v1/token", headers={**FORM, **named}, body=body))

    def ask(self, secret: str | None = None, client_id: str | None = None, device: str = "", **other: str) -> Reply:
        """A request for a token with the secret in the body."""
        form = {"client_id": client_id or self.client_id, "client_secret": secret or self.secret}
        body = urlencode({"grant_type": "client_credentials", **form, **other})
        return self.send(body, **({"x_palier_device": device} if device else {}))

    def token(self) -> str:
        return str(self.ask().json["access_token"])

    def who_am_i(self, token: str | None = None) -> Reply:
        return self.client.get("/v1/client", token or self.token())


def basic(client_id: str, secret: str) -> str:
    joined = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return f"Basic {base64.b64encode(joined.encode()).decode()}"


def school_of(world: World, kind: Kind = "http-api") -> School:
    client = Client(world.services, kind)
    token = world.token("ines")
    created = client.post("/v1/organisations", {"type": "school", "name": "École du Port"}, token)
    assert created.status == 201, created.text
    path = f"/v1/organisations/{created.json['organisation_id']}/clients"
    issued = client.post(path, {"label": "the timetable", "scopes": ["campaigns:read", "participations:read"]}, token)
    assert issued.status == 201, issued.text
    return School(world, client, created.json["organisation_id"], issued.json)


@pytest.fixture
def school(memory: World) -> School:
    return school_of(memory)


def assert_refused(reply: Reply, status: int, error: str) -> None:
    """An error of RFC 6749, section 5.2, that no cache keeps."""
    assert (reply.status, reply.json["error"]) == (status, error), reply.text
    assert set(reply.json) == {"error", "error_description", "code"}
    assert reply.headers["content-type"] == "application/json"
    assert (reply.headers["cache-control"], reply.headers["pragma"]) == ("no-store", "no-cache")


# --- getting a token ---


@pytest.mark.parametrize("kind", KINDS)
def test_a_client_gets_a_token_and_is_who_it_says(memory: World, kind: Kind) -> None:
    school = school_of(memory, kind)
    reply = school.ask()
    assert reply.status == 200
    assert {name: value for name, value in reply.json.items() if name != "access_token"} == {
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "campaigns:read participations:read",
    }
    assert (reply.headers["cache-control"], reply.headers["pragma"]) == ("no-store", "no-cache")
    assert school.who_am_i(reply.json["access_token"]).json == {
        "organisation": school.organisation_id,
        "client": school.issued["client"]["id"],
        "label": "the timetable",
        "scopes": ["campaigns:read", "participations:read"],
    }


def test_a_token_says_which_client_of_which_organisation_for_ten_minutes(school: School) -> None:
    claims = jwt.decode(school.token(), options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 600
    assert (claims["sub"], claims["org"]) == (school.issued["client"]["id"], school.organisation_id)
    assert claims["scope"] == "client:campaigns:read participations:read"


def test_the_secret_may_come_in_the_header(school: School) -> None:
    header = basic(school.client_id, school.secret)
    assert school.send("grant_type=client_credentials", authorization=header).status == 200
    assert school.send(f"grant_type=client_credentials&client_id={school.client_id}", authorization=header).status == 200
    plain = base64.b64encode(f"{school.client_id}:{school.secret}".encode()).decode()
    assert school.send("grant_type=client_credentials", authorization=f"basic {plain}").status == 200


def test_a_form_with_a_charset_is_a_form(school: School) -> None:
    body = urlencode({"grant_type": "client_credentials", "client_id": school.client_id, "client_secret": school.secret})
    assert school.send(body, content_type="application/x-www-form-urlencoded; charset=UTF-8").status == 200


def test_a_client_may_ask_for_less_than_it_has(school: School) -> None:
    reply = school.ask(scope="participations:read")
    assert reply.json["scope"] == "participations:read"
    assert school.who_am_i(reply.json["access_token"]).json["scopes"] == ["participations:read"]


@pytest.mark.parametrize("scope", ["results:read", "campaigns:read results:read", "admin", " "])
def test_a_client_gets_no_scope_that_it_does_not_have(school: School, scope: str) -> None:
    assert_refused(school.ask(scope=scope), 400, "invalid_scope")


def test_what_the_form_says_besides_is_ignored_and_what_is_empty_is_left_out(school: School) -> None:
    assert school.ask(resource="https://palier.example", scope="").status == 200


@pytest.mark.parametrize("grant", ["password", "CLIENT_CREDENTIALS", "authorization_code"])
def test_other_grants_are_refused(school: School, grant: str) -> None:
    body = urlencode({"grant_type": grant, "client_id": school.client_id, "client_secret": school.secret})
    assert_refused(school.send(body), 400, "unsupported_grant_type")


def test_a_request_that_is_no_good_form_is_refused_as_the_standard_says(school: School) -> None:
    header = basic(school.client_id, school.secret)
    secret = urlencode({"client_id": school.client_id, "client_secret": school.secret})
    for body in (
        "",
        secret,
        f"grant_type=client_credentials&grant_type=client_credentials&{secret}",
        "grant_type=" + "x" * 300,
    ):
        assert_refused(school.send(body or " "), 400, "invalid_request")
    assert_refused(school.send(f"grant_type=client_credentials&{secret}", authorization=header), 400, "invalid_request")
    other = f"grant_type=client_credentials&client_id={'a' * 26}.{'b' * 26}"
    assert_refused(school.send(other, authorization=header), 400, "invalid_request")
    assert_refused(school.send("x=" + "x" * 70_000), 413, "invalid_request")


def test_json_is_no_form(school: School) -> None:
    reply = school.client.post("/v1/token", {"grant_type": "client_credentials"})
    assert_problem(reply, 415, "unsupported-media-type")


def test_a_form_is_no_json_elsewhere(school: School) -> None:
    headers = {**FORM, **bearer(school.world.token("ines"))}
    reply = school.client.send(Request("POST", school.path, headers=headers, body="label=x"))
    assert_problem(reply, 415, "unsupported-media-type")


# --- who is refused ---


@pytest.mark.parametrize(
    "header",
    ["Basic", "Basic ", "Basic !!!", "Basic " + base64.b64encode(b"\xff:\xff").decode(), "Basic YQ==", "Bearer x", "Digest x"],
)
def test_a_header_without_credentials_is_nobody(school: School, header: str) -> None:
    reply = school.send("grant_type=client_credentials", authorization=header)
    assert_refused(reply, 401, "invalid_client")
    assert reply.headers["www-authenticate"].startswith("Basic")


def test_a_wrong_secret_and_an_unknown_client_are_told_in_the_same_way(school: School) -> None:
    unknown = f"{school.organisation_id}.{'z' * 26}"
    replies = [
        school.ask("wrong"),
        school.ask(school.secret + "x"),
        school.ask(client_id=unknown),
        school.ask(client_id="rubbish"),
        school.ask(client_id=school.issued["client"]["id"]),
        school.send("grant_type=client_credentials"),
    ]
    assert len({reply.text for reply in replies}) == 1
    for reply in replies:
        assert_refused(reply, 401, "invalid_client")


def test_who_sends_too_many_wrong_secrets_waits_and_others_do_not(school: School) -> None:
    for _ in range(6):
        assert_refused(school.ask("wrong", device=DEVICE), 401, "invalid_client")
    reply = school.ask("wrong", device=DEVICE)
    assert_refused(reply, 429, "slow_down")
    assert (reply.headers["retry-after"], reply.json["code"]) == ("2", "too-many-failures")
    assert school.ask(device=DEVICE).status == 429, "even the right one must wait"
    assert school.ask().status == 200
    school.world.clock.forward(2)
    assert school.ask(device=DEVICE).status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_the_address_is_the_one_that_the_gateway_saw_whatever_a_header_says(memory: World, kind: Kind) -> None:
    school, failures = school_of(memory, kind), memory.services.ports.failures
    assert isinstance(failures, MemoryFailures)
    for number in range(5):
        body = urlencode({"grant_type": "client_credentials", "client_id": "x", "client_secret": "wrong"})
        assert school.send(body, x_forwarded_for=f"198.51.100.{number}").status == 401
    memory.services.limiting.failed(Purpose.CLIENT_SECRET, Caller.of("192.0.2.7", None))
    ((bucket,),) = [list(shards.values()) for shards in failures.kept.values()]
    assert bucket.failures == 6


def test_a_right_secret_writes_nothing(school: School) -> None:
    failures = school.world.services.ports.failures
    assert isinstance(failures, MemoryFailures)
    for _ in range(5):
        school.token()
    assert failures.writes == 0


def test_made_up_clients_leave_no_trace_of_their_own(school: School) -> None:
    failures = school.world.services.ports.failures
    assert isinstance(failures, MemoryFailures)
    for letter in "abcdef":
        school.ask(client_id=f"{letter * 26}.{letter * 26}")
    assert len(failures.kept) == 1, "the address"


def test_when_the_store_is_down_a_client_is_told_to_come_again(school: School) -> None:
    services = school.world.services
    ports = replace(services.ports, failures=DynamoFailures(Table(Failing(down()), "registry", Meter())))
    reply = replace(school, client=Client(Services(services.settings, ports))).ask()
    assert_refused(reply, 503, "temporarily_unavailable")
    assert reply.headers["retry-after"] == "1"


# --- rotation and revocation ---


def test_secrets_are_rotated_without_a_break(school: School) -> None:
    first_id = school.issued["secret_id"]
    second = school.post(f"{school.own_path}/secrets")
    assert second.status == 201
    assert [school.ask(one).status for one in (school.secret, second.json["secret"])] == [200, 200]
    changed = school.post(f"{school.own_path}/secrets/{first_id}/revoke")
    assert [one["id"] for one in changed.json["secrets"]] == [second.json["secret_id"]]
    assert [school.ask(one).status for one in (school.secret, second.json["secret"])] == [401, 200]


def test_a_revoked_client_gets_no_token_and_those_it_has_open_nothing(school: School) -> None:
    token = school.token()
    assert school.post(f"{school.own_path}/revoke").json["revoked_at"]
    assert_refused(school.ask(), 401, "invalid_client")
    assert_problem(school.who_am_i(token), 401, "client-gone")


def test_the_clients_of_a_deleted_organisation_are_none(school: School) -> None:
    token = school.token()
    assert school.post(f"/v1/organisations/{school.organisation_id}/delete").status == 200
    assert_refused(school.ask(), 401, "invalid_client")
    assert_problem(school.who_am_i(token), 401, "client-gone")


def test_the_list_shows_no_secret(school: School) -> None:
    listed = school.client.get(school.path, school.world.token("ines"))
    assert [one["label"] for one in listed.json["clients"]] == ["the timetable"]
    assert school.secret not in listed.text
    assert "digest" not in listed.text


@pytest.mark.parametrize("body", [{}, {"label": ""}, {"label": "x", "scopes": []}, {"label": "x", "scopes": ["admin"]}])
def test_a_client_needs_a_label_and_scopes_that_exist(school: School, body: Any) -> None:
    assert_problem(school.post(school.path, body), 422, "invalid-request")


def test_only_admins_of_the_organisation_manage_its_clients(school: School) -> None:
    for path, body in (
        (school.path, {"label": "x", "scopes": ["campaigns:read"]}),
        (f"{school.own_path}/secrets", None),
        (f"{school.own_path}/revoke", None),
        (f"{school.own_path}/secrets/{school.issued['secret_id']}/revoke", None),
    ):
        assert_problem(school.post(path, body, "noah"), 404, "organisation-not-found")
    assert_problem(school.client.get(school.path, school.world.token("noah")), 404, "organisation-not-found")
    assert school.ask().status == 200


# --- what a client's token opens ---

OF_PERSONS = [one for one in DOCUMENTED if one.who not in (Who.ANYONE, Who.CLIENT)]


@pytest.mark.parametrize("declared", OF_PERSONS, ids=lambda declared: str(declared.name))
def test_a_clients_token_never_passes_for_a_persons(school: School, declared: Endpoint) -> None:
    path = declared.path.replace("{organisation_id}", school.organisation_id)
    while "{" in path:
        path = path[: path.index("{")] + "a" * 26 + path[path.index("}") + 1 :]
    request = Request(declared.method, path, headers={"content-type": "application/json", **bearer(school.token())}, body="{}")
    assert_problem(school.client.send(request), 403, "person-needed")


def test_a_persons_token_never_passes_for_a_clients(school: School) -> None:
    assert_problem(school.who_am_i(school.world.token("ines")), 403, "client-needed")
    anonymous = school.client.post("/v1/assessments", {"scope": "1.1"}).json["token"]
    assert_problem(school.who_am_i(anonymous), 403, "client-needed")


@pytest.mark.parametrize("scope", ["campaigns:read", None])
def test_a_route_is_opened_by_the_scope_that_it_names(school: School, scope: str | None) -> None:
    request = HttpRequest("GET", "/v1/client", {}, {"authorization": f"Bearer {school.token()}"}, b"", "r")
    assert respond(replace(read_calling_client, scope=scope), school.world.services, request, {}).status_code == 200
    refused = respond(replace(read_calling_client, scope="results:read"), school.world.services, request, {})
    assert refused.status_code == 403
    assert '"scope-missing"' in refused.body


def test_a_token_lasts_ten_minutes(school: School) -> None:
    token = school.token()
    school.world.clock.forward(599)
    assert school.who_am_i(token).status == 200
    school.world.clock.forward(1)
    assert_problem(school.who_am_i(token), 401, "token-expired")


def test_who_is_trusted_to_sign_for_persons_cannot_sign_for_clients(school: School) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    settings = school.world.services.settings
    trusted = settings.model_copy(update={"token_trusted_keys": {**settings.token_trusted_keys, "idp": pem}})
    client = Client(Services(trusted, school.world.services.ports))
    claims = jwt.decode(school.token(), options={"verify_signature": False})
    person = jwt.encode({**claims, "scope": "person"}, key, algorithm="EdDSA", headers={"kid": "idp"})
    assert client.get("/v1/me/profile", person).status == 200
    forged = jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": "idp"})
    assert_problem(client.get("/v1/client", forged), 401, "token-invalid")


@pytest.mark.parametrize(("client_id", "organisation_id"), [("", "o" * 26), ("c" * 26, "x"), ("c" * 26, "o" * 26 + "\n")])
def test_a_token_that_names_no_client_is_none(school: School, client_id: str, organisation_id: str) -> None:
    grant = ClientGrant(client_id, organisation_id, frozenset({"campaigns:read"}))
    token = school.world.services.issuer.issue_to_client(grant, 600)
    assert_problem(school.who_am_i(token), 401, "token-invalid")


def test_no_secret_and_no_token_is_logged(school: School, logged: Logged) -> None:
    token = school.token()
    second = school.post(f"{school.own_path}/secrets").json["secret"]
    school.ask("a-wrong-s3cret", device=DEVICE)
    school.send("grant_type=client_credentials", authorization=basic(school.client_id, school.secret))
    school.who_am_i(token)
    assert len(logged.lines) == 5
    for said in (school.secret, second, "s3cret", DEVICE, *token.split(".")):
        assert said not in logged.text
    refused = [line for line in logged.lines if line["status"] == 401]
    assert [line["code"] for line in refused] == ["client-invalid"]
