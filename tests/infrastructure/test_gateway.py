"""The local gateway: what the handler receives for a request, and what the caller receives for a reply."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import Any

import pytest

from infrastructure.local.gateway import granian_command, make_gateway
from infrastructure.local.http_event import reply_of
from infrastructure.wsgi import MAX_BODY_BYTES


class Handler:
    """Answers 200 with a fixed reply and remembers what it was called with."""

    def __init__(self, **reply: Any) -> None:
        self.reply = {"statusCode": 200, "headers": {}, "body": "ok", **reply}
        self.events: list[dict[str, Any]] = []
        self.contexts: list[Any] = []

    def __call__(self, event: dict[str, Any], context: object) -> dict[str, Any]:
        self.events.append(event)
        self.contexts.append(context)
        return self.reply


class CountingInput(BytesIO):
    """A request body that counts the bytes taken from it."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        self.taken += len(part)
        return part


class Reply:
    """What the caller got."""

    def __init__(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = int(status[:3]), headers, body

    def header(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]


def send(handler: Handler, body: bytes = b"", stream: BytesIO | None = None, **environ: Any) -> Reply:
    started: list[Any] = []
    request = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/v1/assessments",
        "QUERY_STRING": "",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.9",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": stream or BytesIO(body),
        "wsgi.input_terminated": stream is not None,
        **environ,
    }
    parts = make_gateway(handler)(request, lambda *given: started.extend(given) or (lambda _: None))  # type: ignore[func-returns-value]
    return Reply(started[0], started[1], b"".join(parts))


def event_for(body: bytes = b"", **environ: Any) -> dict[str, Any]:
    handler = Handler()
    assert send(handler, body, **environ).status == 200
    return handler.events[0]


def test_a_request_becomes_a_payload_two_event() -> None:
    event = event_for(b'{"scope": "1.1"}', QUERY_STRING="a=1&a=2&b=%20", HTTP_HOST="127.0.0.1:8000", HTTP_USER_AGENT="curl")
    assert event["version"] == "2.0"
    assert event["rawPath"] == "/v1/assessments"
    assert event["rawQueryString"] == "a=1&a=2&b=%20"
    assert event["queryStringParameters"] == {"a": "1,2", "b": " "}
    assert (event["body"], event["isBase64Encoded"]) == ('{"scope": "1.1"}', False)
    assert event["requestContext"]["http"] == {
        "method": "POST",
        "path": "/v1/assessments",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.9",
        "userAgent": "curl",
    }
    assert event["requestContext"]["domainName"] == "127.0.0.1"


def test_header_names_are_in_lower_case_and_cookies_stand_apart() -> None:
    event = event_for(HTTP_X_REQUEST_ID="7", HTTP_COOKIE="a=1; b=2;c=3", CONTENT_TYPE="application/json")
    assert event["headers"] == {"x-request-id": "7", "content-type": "application/json", "content-length": "0"}
    assert event["cookies"] == ["a=1", "b=2", "c=3"]


def test_a_request_without_body_query_or_cookie_has_none_in_its_event() -> None:
    assert not {"body", "queryStringParameters", "cookies"} & set(event_for())


def test_text_beyond_ascii_arrives_unchanged() -> None:
    event = event_for("à l'été".encode(), PATH_INFO="/café".encode().decode("latin-1"))
    assert (event["body"], event["rawPath"]) == ("à l'été", "/café")


@pytest.mark.parametrize("body", [b"\x89PNG\r\n\x1a\n\x00", b'{"a": "caf\xe9"}'], ids=["binary", "not UTF-8"])
def test_a_body_that_is_not_utf8_travels_as_base64(body: bytes) -> None:
    event = event_for(body)
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == body


def test_a_header_that_is_not_utf8_is_still_delivered() -> None:
    assert event_for(HTTP_X_NAME="caf\xe9")["headers"]["x-name"] == "café"


def test_a_path_that_is_not_utf8_is_refused_in_clear() -> None:
    handler = Handler()
    reply = send(handler, PATH_INFO="/caf\xe9/\xff")
    assert (reply.status, reply.header("content-type")) == (400, ["application/problem+json"])
    assert handler.events == []


@pytest.mark.parametrize("length", ["twelve", "-1", "1e3", "²"])
def test_a_content_length_that_is_no_number_is_refused(length: str) -> None:
    assert send(Handler(), b"hello", CONTENT_LENGTH=length).status == 400


def test_a_body_cut_short_is_refused() -> None:
    assert send(Handler(), b"hel", CONTENT_LENGTH="5").status == 400


def test_an_announced_body_over_the_limit_is_refused_before_a_byte_is_read() -> None:
    body = CountingInput(b"x" * 100)
    handler = Handler()
    reply = send(handler, stream=body, CONTENT_LENGTH=str(MAX_BODY_BYTES + 1))
    assert (reply.status, json.loads(reply.body)["code"]) == (413, "body-too-large")
    assert (body.taken, handler.events) == (0, [])


def test_an_unannounced_body_is_read_no_further_than_the_limit() -> None:
    body = CountingInput(b"x" * (MAX_BODY_BYTES + 5_000))
    reply = send(Handler(), stream=body, CONTENT_LENGTH="")
    assert (reply.status, body.taken) == (413, MAX_BODY_BYTES + 1)


def test_a_body_of_exactly_the_limit_passes() -> None:
    assert send(Handler(), b"x" * MAX_BODY_BYTES).status == 200


def test_the_context_is_one_a_lambda_handler_knows() -> None:
    handler = Handler()
    send(handler)
    context = handler.contexts[0]
    assert context.aws_request_id == handler.events[0]["requestContext"]["requestId"]
    assert 0 < context.get_remaining_time_in_millis() <= 30_000
    assert context.invoked_function_arn.endswith(f":function:{context.function_name}")
    assert context.memory_limit_in_mb > 0


def test_status_headers_and_repeated_headers_of_the_reply_reach_the_caller() -> None:
    handler = Handler(
        statusCode=201,
        headers={"Location": "/v1/assessments/1", "vary": "x", "Content-Length": "99"},
        multiValueHeaders={"Vary": ["Accept", "Origin"]},
        cookies=["a=1", "b=2"],
    )
    reply = send(handler)
    assert (reply.status, reply.body) == (201, b"ok")
    assert reply.header("location") == ["/v1/assessments/1"]
    assert reply.header("vary") == ["Accept", "Origin"]
    assert reply.header("set-cookie") == ["a=1", "b=2"]
    assert reply.header("content-length") == []


def test_a_base64_reply_is_sent_as_bytes() -> None:
    handler = Handler(body=base64.b64encode(b"\x00\xff").decode(), isBase64Encoded=True)
    assert send(handler).body == b"\x00\xff"


def test_every_reply_says_what_the_handler_cost() -> None:
    (timing,) = send(Handler()).header("server-timing")
    assert timing.startswith("cpu;dur=")
    assert float(timing.removeprefix("cpu;dur=")) >= 0


def test_a_reply_without_body_is_empty_and_an_unusual_status_still_has_a_line() -> None:
    assert reply_of({"statusCode": 204, "body": None}).body == b""
    assert reply_of({"statusCode": 599}).status == "599 Status"


def test_each_process_handles_one_request_at_a_time_on_the_loopback_address() -> None:
    command = " ".join(granian_command(8000, 3))
    assert "--blocking-threads 1 " in command
    assert "--workers 3 " in command
    assert "--host 127.0.0.1 " in command
