"""A caller of the API: requests, as each kind of gateway puts them into events, to the application that is deployed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qs, quote

from chalicelib.api.gateway import PalierApp, mount
from chalicelib.wiring import Services
from infrastructure.local.lambda_context import LambdaContext
from tests.fakes.memory import MemoryLogs, MemoryPeople, MemorySender
from tests.worlds import World, right_answer, wrong_answer

Kind = Literal["http-api", "rest-api", "function-url"]
KINDS: tuple[Kind, ...] = ("http-api", "rest-api", "function-url")

JSON_BODY = {"content-type": "application/json"}
REQUEST_ID = "8b2b0a0e-request"


@dataclass(frozen=True)
class Reply:
    """What the caller gets."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    text: str
    encoded: bool = False
    """Whether the text is Base64 of bytes."""

    @property
    def content(self) -> bytes:
        """The body as bytes."""
        return base64.b64decode(self.text) if self.encoded else self.text.encode()

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        """The code of a problem."""
        return str(self.json["code"])


@dataclass(frozen=True)
class Request:
    """What a caller sends; a body that is not UTF-8 travels in Base64, as gateways do."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] | None = None
    body: str | bytes | None = None

    def event(self, kind: Kind) -> dict[str, Any]:
        """The event that this kind of gateway makes of it."""
        body, encoded = _body(self.body)
        common = {"headers": dict(self.headers or {}), "body": body, "isBase64Encoded": encoded}
        return {**common, **(self._payload_one() if kind == "rest-api" else self._payload_two(kind))}

    def _payload_one(self) -> dict[str, Any]:
        several = parse_qs(self.query, keep_blank_values=True)
        return {
            "resource": "/{proxy+}",
            "path": self.path,
            "httpMethod": self.method,
            "multiValueHeaders": {name: [value] for name, value in (self.headers or {}).items()},
            "queryStringParameters": {name: values[-1] for name, values in several.items()} or None,
            "multiValueQueryStringParameters": several or None,
            "pathParameters": {"proxy": self.path.lstrip("/")},
            "stageVariables": None,
            "requestContext": {
                "resourcePath": "/{proxy+}",
                "httpMethod": self.method,
                "path": f"/live{self.path}",
                "stage": "live",
                "requestId": REQUEST_ID,
                "identity": {"sourceIp": "192.0.2.7"},
            },
        }

    def _payload_two(self, kind: Kind) -> dict[str, Any]:
        domain = "abc.lambda-url.eu-west-3.on.aws" if kind == "function-url" else "abc.execute-api.eu-west-3.amazonaws.com"
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": self.path,
            "rawQueryString": self.query,
            "requestContext": {
                "apiId": "abc",
                "domainName": domain,
                "http": {"method": self.method, "path": self.path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7"},
                "requestId": REQUEST_ID,
                "stage": "$default",
            },
        }
        if self.query:
            several = parse_qs(self.query, keep_blank_values=True)
            event["queryStringParameters"] = {name: ",".join(values) for name, values in several.items()}
        return event


def _body(body: str | bytes | None) -> tuple[str | None, bool]:
    if isinstance(body, bytes):
        try:
            return body.decode(), False
        except UnicodeDecodeError:
            return base64.b64encode(body).decode("ascii"), True
    return body, False


class Client:
    """Calls a fresh application over these services, with events that went through JSON as Lambda's do."""

    def __init__(self, services: Services | Callable[[], Services], kind: Kind = "http-api") -> None:
        self.kind = kind
        # The logger is shared with the service; Chalice's own set-up of it and of the environment belongs to `app.py`.
        self.app = PalierApp(app_name="palier", configure_logs=False, env={})
        mount(self.app, services if callable(services) else lambda: services)

    def send(self, request: Request) -> Reply:
        event = json.loads(json.dumps(request.event(self.kind)))
        answer = json.loads(json.dumps(self.app(event, LambdaContext("palier", "eu-west-3", 30.0))))
        assert set(answer) <= {"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"}
        headers = {name.lower(): str(value) for name, value in answer["headers"].items()}
        return Reply(answer["statusCode"], headers, answer["body"], bool(answer.get("isBase64Encoded")))

    def get(self, path: str, token: str | None = None, query: str = "") -> Reply:
        return self.send(Request("GET", path, query, bearer(token)))

    def post(self, path: str, body: Any = None, token: str | None = None, **headers: str) -> Reply:
        """Send this value as JSON; None sends no body. Header names are given with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        text = None if body is None else json.dumps(body)
        return self.send(Request("POST", path, headers={**JSON_BODY, **bearer(token), **named}, body=text))


def bearer(token: str | None) -> dict[str, str]:
    """The header that carries this token, if any."""
    return {} if token is None else {"authorization": f"Bearer {token}"}


@dataclass(frozen=True)
class Player:
    """Somebody with a token who plays one assessment over HTTP."""

    world: World
    client: Client
    token: str
    assessment_id: str

    @classmethod
    def person(cls, world: World, client: Client, person: str = "ines", **wish: Any) -> Player:
        """A person with an account, at the start of an assessment (of competence 1.1 unless wished otherwise)."""
        token = world.token(person)
        reply = client.post("/v1/assessments", {"scope": "1.1", **wish}, token)
        assert reply.status in (200, 201), reply.text
        return cls(world, client, token, reply.json["assessment"]["assessment_id"])

    @classmethod
    def anonymous(cls, world: World, client: Client, **wish: Any) -> Player:
        """Somebody without an account, at the start of an assessment."""
        reply = client.post("/v1/assessments", {"scope": "1.1", **wish})
        assert reply.status == 201, reply.text
        return cls(world, client, reply.json["token"], reply.json["assessment"]["assessment_id"])

    @property
    def path(self) -> str:
        return f"/v1/assessments/{quote(self.assessment_id)}"

    def get(self, what: str = "", query: str = "") -> Reply:
        return self.client.get(self.path + what, self.token, query)

    def post(self, what: str, body: Any = None, **headers: str) -> Reply:
        return self.client.post(self.path + what, body, self.token, **headers)

    def progress(self) -> Any:
        return self.get().json

    def served(self) -> Any:
        """The progress with a challenge to answer, opened when it was only announced."""
        progress = self.progress()
        if progress["next"]["phase"] == "announced":
            return self.post("/begin", {"step": progress["next"]["step"]}).json
        return progress

    def answer(self, progress: Any, answer: Any) -> Reply:
        """Answer what waits."""
        waiting = progress["next"]
        body = {"step": waiting["step"], "challenge": waiting["challenge"]["id"], "answer": answer}
        return self.post("/answers", body)

    def known_answer(self, progress: Any, right: bool = True) -> Any:
        """A right or a wrong answer to the challenge that waits, in JSON."""
        choose = right_answer if right else wrong_answer
        seen = progress["next"]["challenge"]
        return choose(self.world, seen["id"], progress["locale"], seen["attachment"]["path"] if seen["attachment"] else None)

    def advance(self, answers: int = 1_000, right: bool = True) -> list[Reply]:
        """Begin and answer until this many answers were given or the assessment ends; every reply on the way."""
        replies: list[Reply] = []
        progress, given = self.progress(), 0
        while progress["next"] is not None and given < answers:
            if progress["next"]["phase"] == "announced":
                reply = self.post("/begin", {"step": progress["next"]["step"]})
            else:
                reply = self.answer(progress, self.known_answer(progress, right))
                given += 1
            assert reply.status == 200, reply.text
            replies.append(reply)
            progress = reply.json
        return replies


def stored(world: World) -> str:
    """Everything that the world's stores and queue hold, to compare before and after."""
    ports = world.services.ports
    assert isinstance(ports.log, MemoryLogs)
    assert isinstance(ports.people, MemoryPeople)
    assert isinstance(ports.sender, MemorySender)
    kept = (ports.log.entries_by_assessment, ports.log.attempts, ports.people.attempts, ports.people.contributions)
    return repr(
        (*kept, ports.people.profiles, ports.sender.sent, ports.organisations, ports.target_profiles, ports.api_clients)
    )


def assert_problem(reply: Reply, status: int, code: str) -> Any:
    """The reply is this problem, in the shape that every problem has; its document."""
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json"), reply.text
    told = reply.json
    assert {"type", "title", "status", "code", "detail"} <= set(told) <= {
        "type", "title", "status", "code", "detail", "errors", "details",
    }  # fmt: skip
    assert (told["status"], told["code"], told["type"]) == (status, code, f"/docs#{code}")
    assert told["title"]
    assert told["detail"].endswith(".")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-content-type-options"] == "nosniff"
    return told
