"""Every error code of the code base, the status it is told with, and a request that is answered by it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pydantic import BaseModel, SecretStr, ValidationError

from chalicelib.api.problem_codes import CODES
from chalicelib.assessments.model import MOST_ENTRIES, Entry, EntryKind
from chalicelib.content.challenges import Challenge
from chalicelib.content.releases import Release, pack_release
from chalicelib.content.rules import Rules
from chalicelib.content.topics import Skill, Topic
from chalicelib.kernel import errors
from chalicelib.kernel.errors import DomainError, UnavailableError
from chalicelib.storage.logs import DynamoLogs
from chalicelib.storage.meter import Meter
from chalicelib.storage.releases import StoredReleases
from chalicelib.storage.table import Table
from chalicelib.wiring import Services
from tests.api.http_client import JSON_BODY, Client, Player, Reply, Request, assert_problem, bearer, stored
from tests.content_of_tests import choice, text
from tests.fakes.memory import MemoryLogs, MemoryReleases, MemorySender
from tests.worlds import ROOT, World

STATUSES = {
    "account-needed": 403,
    "answer-too-long": 422,
    "assessment-busy": 503,
    "assessment-finished": 409,
    "assessment-full": 409,
    "assessment-not-finished": 409,
    "assessment-not-found": 404,
    "bad-request": 400,
    "body-not-json": 400,
    "body-not-utf8": 400,
    "body-too-large": 413,
    "challenge-not-begun": 409,
    "empty-answer": 422,
    "entry-missing": 503,
    "idempotency-key-reused": 409,
    "internal-error": 500,
    "invalid-idempotency-key": 422,
    "invalid-request": 422,
    "method-not-allowed": 405,
    "no-playable-challenge": 409,
    "no-release": 503,
    "no-such-route": 404,
    "nothing-left-to-assess": 409,
    "other-assessment": 403,
    "other-challenge-pending": 409,
    "profile-busy": 503,
    "release-damaged": 503,
    "release-unavailable": 503,
    "repeated-parameter": 422,
    "secret-missing": 503,
    "step-already-answered": 409,
    "store-unavailable": 503,
    "token-expired": 401,
    "token-invalid": 401,
    "token-missing": 401,
    "too-early-to-improve": 409,
    "unknown-challenge": 422,
    "unknown-option": 422,
    "unknown-scope": 422,
    "unsupported-media-type": 415,
    "wrong-answer-shape": 422,
    "wrong-step": 409,
}
"""Published: a code is never renamed and never changes its status."""

NEVER_ASKED_FOR = {
    "profile-busy": "only the worker folds profiles again",
    "bad-request": "stands for an error that Chalice would make by itself and that no request is known to cause",
}


# --- the table is complete ---


def error_codes() -> Iterator[tuple[str, int]]:
    """Code and status of every error that the sources make."""
    families = {
        name: family.status
        for name, family in vars(errors).items()
        if isinstance(family, type) and issubclass(family, DomainError)
    }
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            given = [one.value if isinstance(one, ast.Constant) else None for one in node.args]
            if node.func.id in families:
                assert isinstance(given[0], str), f"{path}:{node.lineno}: a code is written out"
                yield given[0], families[node.func.id]
            elif node.func.id == "problem" and isinstance(given[0], int) and isinstance(given[1], str):
                yield given[1], given[0]


MADE_BY_CHALICE = {("unsupported-media-type", 415), ("internal-error", 500), ("bad-request", 400)}


def test_the_table_has_every_code_of_the_sources_and_no_other() -> None:
    found = set(error_codes()) | MADE_BY_CHALICE
    assert dict(found) == STATUSES
    assert len(found) == len(STATUSES), "a code has two statuses"


def test_every_code_is_documented_with_its_status_and_what_to_do() -> None:
    assert {code: known.status for code, known in CODES.items()} == STATUSES
    assert all(known.meaning.endswith(".") for known in CODES.values())


def test_the_codes_that_stand_for_chalices_errors_are_in_the_gateway() -> None:
    source = (ROOT / "chalicelib" / "api" / "gateway.py").read_text(encoding="utf-8")
    assert all(f'"{code}"' in source for code, _ in MADE_BY_CHALICE)


# --- ports that fail ---


class Failing:
    """A port, or a client of a store, whose every call fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fails(*_: Any, **__: Any) -> Any:
            raise self.error

        return fails


class Empty:
    """A client of a store that has nothing."""

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {}


class Lost(MemoryLogs):
    """A log where single entries cannot be read."""

    def entry(self, assessment_id: str, number: int) -> Entry | None:
        return None


class Contended(MemoryLogs):
    """A log where somebody else always writes first."""

    def append(self, assessment_id: str, entry: Entry) -> Entry | None:
        return replace(entry, action="somebody else's")


class Damaged:
    """A source whose releases are not what their names say."""

    def current(self) -> str:
        return "a" * 26

    def get(self, release_id: str) -> Release:
        return Release(release_id, b"rubbish")


def down(operation: str = "GetItem") -> ClientError:
    return ClientError({"Error": {"Code": "InternalServerError", "Message": "down"}}, operation)


UNREACHABLE = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")


@dataclass
class Scene:
    """Ines with an open assessment of the whole framework, and other states of the same service."""

    world: World
    client: Client
    ines: Player

    def over(self, **ports: Any) -> Client:
        """A caller of the same service with these ports instead."""
        services = self.world.services
        return Client(Services(services.settings, replace(services.ports, **ports)))

    def log_as(self, kind: type[MemoryLogs]) -> Client:
        """A caller of the service over the same log entries, kept by another kind of log."""
        log = self.world.services.ports.log
        assert isinstance(log, MemoryLogs)
        return self.over(log=kind(log.entries_by_assessment))

    def broken(self, error: Exception) -> Client:
        return self.over(log=Failing(error), people=Failing(error))

    def start(self, client: Client | None = None, **wish: Any) -> Reply:
        return (client or self.client).post("/v1/assessments", {"scope": "1.1", **wish}, self.world.token("ines"))

    def answer(self, answer: Any = None, client: Client | None = None, **other: Any) -> Reply:
        waiting = self.ines.progress()["next"]
        body = {"step": waiting["step"], "challenge": waiting["challenge"]["id"], "answer": answer, **other}
        return (client or self.client).post(f"{self.ines.path}/answers", body, self.ines.token)

    def raw(self, body: str | bytes, content_type: str = "application/json") -> Reply:
        headers = {"content-type": content_type, **bearer(self.ines.token)}
        return self.client.send(Request("POST", f"{self.ines.path}/begin", headers=headers, body=body))


@pytest.fixture
def scene(memory: World) -> Scene:
    client = Client(memory.services)
    return Scene(memory, client, Player.person(memory, client, scope="crcn"))


def shown(scene: Scene, *kinds: str) -> Player:
    """Ines, with a challenge of one of these kinds in front of her."""
    while (waiting := scene.ines.progress()["next"])["phase"] != "served" or waiting["challenge"]["kind"] not in kinds:
        scene.ines.advance(0 if waiting["phase"] == "announced" else 1)
        if waiting["phase"] == "announced":
            scene.ines.post("/begin", {"step": waiting["step"]})
    return scene.ines


def wrong_shape(scene: Scene) -> Reply:
    shown(scene, "text", "number", "choice")
    return scene.answer([])


def other_option(scene: Scene) -> Reply:
    shown(scene, "choice")
    return scene.answer("z")


def free_answer(scene: Scene, answer: str) -> Reply:
    shown(scene, "text", "number")
    return scene.answer(answer)


def of_another_assessment(scene: Scene) -> Reply:
    return scene.client.get(scene.ines.path, Player.anonymous(scene.world, scene.client).token)


def without_account(scene: Scene) -> Reply:
    return scene.client.get("/v1/me/profile", Player.anonymous(scene.world, scene.client).token)


def finished(scene: Scene) -> Reply:
    scene.ines.post("/finish")
    return scene.ines.post("/begin", {"step": 1})


def announced(scene: Scene) -> Reply:
    scene.ines.advance(5)
    return scene.ines.post("/focus-losses", {"step": 6})


def another_challenge(scene: Scene) -> Reply:
    waiting = scene.ines.progress()["next"]["challenge"]["id"]
    return scene.answer(challenge=next(one for one in scene.world.release.ordinals if one != waiting))


def answered_already(scene: Scene) -> Reply:
    scene.ines.advance(1)
    return scene.ines.post("/begin", {"step": 1})


def answered_lost(scene: Scene) -> Reply:
    waiting = scene.ines.progress()["next"]
    scene.ines.advance(1)
    return scene.answer(None, scene.log_as(Lost), step=1, challenge=waiting["challenge"]["id"])


def key_reused(scene: Scene) -> Reply:
    replies = [scene.client.post("/v1/assessments", {"scope": scope}, idempotency_key="k" * 20) for scope in ("1", "2")]
    return replies[-1]


def full(scene: Scene) -> Reply:
    log = scene.world.services.ports.log
    assert isinstance(log, MemoryLogs)
    entries = log.entries_by_assessment[scene.ines.assessment_id]
    entries.append(replace(entries[-1], number=MOST_ENTRIES - 1, kind=EntryKind.SERVED, start=None))
    return scene.answer()


def nothing_playable(scene: Scene) -> Reply:
    """A release whose every challenge suits no need."""
    skill = Skill(level=1, title=text("Skill"), hint=text("Hint"))
    topics: list[tuple[Topic, list[Challenge]]] = []
    for name in ("one", "two"):
        unsuited = choice(f"{name}-1a").model_copy(update={"suits": ()})
        topics.append((Topic(id=name, competence="1.1", title=text(name), skills=(skill,)), [unsuited]))
    release = Release(*pack_release(scene.world.release.framework, Rules(), topics))
    return scene.start(scene.over(releases=MemoryReleases.of(release)), needs=["blind"])


def played(scene: Scene, right: bool) -> Reply:
    player = Player.person(scene.world, scene.client, "noah", scope="1.1")
    player.advance(right=right)
    return scene.client.post("/v1/assessments", {"scope": "1.1"}, player.token)


def secret_gone(scene: Scene) -> Reply:
    settings = scene.world.services.settings.model_copy(update={"selection_secrets": {2: SecretStr("another")}})
    return Client(Services(settings, scene.world.services.ports)).get(scene.ines.path, scene.ines.token)


def expired(scene: Scene) -> Reply:
    scene.world.clock.forward(3600)
    return scene.ines.get()


def releases_over(scene: Scene, s3: Any, dynamodb: Any) -> Client:
    clock = scene.world.clock
    return scene.over(releases=StoredReleases(s3, "bucket", Table(dynamodb, "registry", Meter()), clock))


def log_down(scene: Scene) -> Reply:
    client = scene.over(log=DynamoLogs(Table(Failing(down()), "assessments", Meter())))
    return client.get(scene.ines.path, scene.ines.token)


REQUESTS: dict[str, Callable[[Scene], Reply]] = {
    "account-needed": without_account,
    "answer-too-long": lambda scene: free_answer(scene, "x" * 300),
    "assessment-busy": lambda scene: scene.answer(client=scene.log_as(Contended)),
    "assessment-finished": finished,
    "assessment-full": full,
    "assessment-not-finished": lambda scene: scene.ines.get("/results"),
    "assessment-not-found": lambda scene: scene.client.get(scene.ines.path, scene.world.token("noah")),
    "body-not-json": lambda scene: scene.raw("{"),
    "body-not-utf8": lambda scene: scene.raw(b"\xff"),
    "body-too-large": lambda scene: scene.raw("x" * 2_000_000),
    "challenge-not-begun": announced,
    "empty-answer": lambda scene: free_answer(scene, " "),
    "entry-missing": answered_lost,
    "idempotency-key-reused": key_reused,
    "internal-error": lambda scene: scene.broken(RuntimeError("m4rk3r")).get(scene.ines.path, scene.ines.token),
    "invalid-idempotency-key": lambda scene: scene.client.post("/v1/assessments", {"scope": "1"}, idempotency_key="k"),
    "invalid-request": lambda scene: scene.raw("{}"),
    "method-not-allowed": lambda scene: scene.client.post("/v1/health"),
    "no-playable-challenge": nothing_playable,
    "no-release": lambda scene: releases_over(scene, Empty(), Empty()).get("/v1/health"),
    "no-such-route": lambda scene: scene.client.get("/v1/nothing"),
    "nothing-left-to-assess": lambda scene: played(scene, right=True),
    "other-assessment": of_another_assessment,
    "other-challenge-pending": another_challenge,
    "release-damaged": lambda scene: scene.over(releases=Damaged()).get("/v1/health"),
    "release-unavailable": lambda scene: scene.over(releases=MemoryReleases({})).get(scene.ines.path, scene.ines.token),
    "repeated-parameter": lambda scene: scene.ines.get("/corrections", "after=1&after=2"),
    "secret-missing": secret_gone,
    "step-already-answered": answered_already,
    "store-unavailable": log_down,
    "token-expired": expired,
    "token-invalid": lambda scene: scene.client.get(scene.ines.path, "rubbish"),
    "token-missing": lambda scene: scene.client.get(scene.ines.path),
    "too-early-to-improve": lambda scene: played(scene, right=False),
    "unknown-challenge": lambda scene: scene.answer(challenge="x"),
    "unknown-option": other_option,
    "unknown-scope": lambda scene: scene.start(scope="9.9"),
    "unsupported-media-type": lambda scene: scene.raw("{}", "text/plain"),
    "wrong-answer-shape": wrong_shape,
    "wrong-step": lambda scene: scene.ines.post("/begin", {"step": 2}),
}


def test_every_code_is_asked_for_by_a_request_or_says_why_not() -> None:
    assert set(REQUESTS) | set(NEVER_ASKED_FOR) == set(STATUSES)
    assert not set(REQUESTS) & set(NEVER_ASKED_FOR)


@pytest.mark.parametrize("code", REQUESTS)
def test_a_request_is_answered_by_this_code_with_its_status(scene: Scene, code: str) -> None:
    reply = REQUESTS[code](scene)
    told = assert_problem(reply, STATUSES[code], code)
    assert told["title"] == HTTPStatus(STATUSES[code]).phrase
    assert ("retry-after" in reply.headers) == (STATUSES[code] == 503)
    assert ("www-authenticate" in reply.headers) == (STATUSES[code] == 401)
    assert ("allow" in reply.headers) == (STATUSES[code] == 405)


# --- not now ---


ASKING: dict[str, Callable[[Scene, Client], Reply]] = {
    "start": lambda scene, client: scene.start(client),
    "anonymous start": lambda scene, client: client.post("/v1/assessments", {"scope": "1.1"}),
    "read": lambda scene, client: client.get(scene.ines.path, scene.ines.token),
    "begin": lambda scene, client: client.post(f"{scene.ines.path}/begin", {"step": 1}, scene.ines.token),
    "answer": lambda scene, client: scene.answer(client=client),
    "focus loss": lambda scene, client: client.post(f"{scene.ines.path}/focus-losses", {"step": 1}, scene.ines.token),
    "finish": lambda scene, client: client.post(f"{scene.ines.path}/finish", None, scene.ines.token),
    "corrections": lambda scene, client: client.get(f"{scene.ines.path}/corrections", scene.ines.token),
    "results": lambda scene, client: client.get(f"{scene.ines.path}/results", scene.ines.token),
    "profile": lambda scene, client: client.get("/v1/me/profile", scene.ines.token),
}


@pytest.mark.parametrize("asking", ASKING)
def test_a_store_that_is_down_is_told_with_the_time_to_wait_and_nothing_of_the_cause(scene: Scene, asking: str) -> None:
    before = stored(scene.world)
    client = scene.broken(UnavailableError("store-unavailable", "The store did not answer: get.", retry_after_seconds=7))
    reply = ASKING[asking](scene, client)
    assert_problem(reply, 503, "store-unavailable")
    assert reply.headers["retry-after"] == "7"
    assert stored(scene.world) == before


@pytest.mark.parametrize("error", [down(), UNREACHABLE], ids=["server error", "unreachable"])
def test_what_boto3_says_of_a_failure_stays_inside(scene: Scene, error: Exception) -> None:
    client = scene.over(log=DynamoLogs(Table(Failing(error), "assessments", Meter())))
    reply = client.get(scene.ines.path, scene.ines.token)
    assert_problem(reply, 503, "store-unavailable")
    assert "127.0.0.1" not in reply.text
    assert "InternalServerError" not in reply.text
    told = assert_problem(releases_over(scene, Failing(error), Failing(error)).get("/v1/health"), 503, "store-unavailable")
    assert "details" not in told


@pytest.mark.parametrize("asking", [one for one in ASKING if one != "profile"])
def test_a_release_that_is_gone_is_told_with_the_time_to_wait(scene: Scene, asking: str) -> None:
    class Gone(MemoryReleases):
        def current(self) -> str:
            return "a" * 26

    before = stored(scene.world)
    reply = ASKING[asking](scene, scene.over(releases=Gone({})))
    if asking == "results":  # it is refused before its release is needed
        assert_problem(reply, 409, "assessment-not-finished")
        return
    assert_problem(reply, 503, "release-unavailable")
    assert int(reply.headers["retry-after"]) >= 1
    assert stored(scene.world) == before


def test_a_queue_that_is_down_keeps_nobody_from_finishing(scene: Scene) -> None:
    sender = scene.world.services.ports.sender
    assert isinstance(sender, MemorySender)
    sender.down = True
    assert scene.ines.post("/finish").status == 200
    assert scene.ines.get("/results").status == 200


# --- bugs ---


@pytest.mark.parametrize("asking", ASKING)
def test_a_bug_is_told_without_a_word_of_it(scene: Scene, asking: str) -> None:
    before = stored(scene.world)
    reply = ASKING[asking](scene, scene.broken(RuntimeError("m4rk3r")))
    told = assert_problem(reply, 500, "internal-error")
    assert set(told) == {"type", "title", "status", "code", "detail"}
    for word in ("m4rk3r", "Traceback", "RuntimeError", ".py", "File"):
        assert word not in reply.text
    assert stored(scene.world) == before


def test_settings_that_are_missing_are_a_bug_too(scene: Scene) -> None:
    def services() -> Services:
        raise RuntimeError("PALIER_TOKEN_SIGNING_KEY: m4rk3r")

    reply = Client(services).get("/v1/health")
    assert_problem(reply, 500, "internal-error")
    assert "PALIER" not in reply.text


def test_the_service_goes_on_after_a_bug(scene: Scene) -> None:
    broken = scene.broken(RuntimeError("m4rk3r"))
    assert broken.get(scene.ines.path, scene.ines.token).status == 500
    assert broken.get("/v1/health").status == 200


def test_something_stored_that_cannot_be_validated_is_our_fault_not_the_callers(scene: Scene) -> None:
    class Kept(BaseModel):
        release: str

    with pytest.raises(ValidationError) as caught:
        Kept.model_validate({})
    reply = scene.broken(caught.value).get(scene.ines.path, scene.ines.token)
    assert_problem(reply, 500, "internal-error")


def test_a_problem_says_where_it_is_documented(scene: Scene) -> None:
    assert scene.client.get("/v1/nothing").json["type"] == "/docs#no-such-route"


def test_the_page_has_the_anchor_of_every_code(scene: Scene) -> None:
    page = scene.client.get("/docs").text
    assert [code for code in STATUSES if page.count(f'id="{code}"') != 1] == []


def test_json_headers_name_the_problem_type(scene: Scene) -> None:
    reply = scene.client.send(Request("POST", "/v1/assessments", headers=JSON_BODY, body="{"))
    assert reply.headers["content-type"] == "application/problem+json"
