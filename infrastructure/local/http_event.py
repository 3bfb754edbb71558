"""Translate HTTP as WSGI sees it into an API Gateway event (payload 2.0), and a handler's reply back. Pure.

The path is percent-decoded and `cookie` is moved out of the headers: an HTTP API does both.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from infrastructure.template import LOCAL_ACCOUNT

_SERVER_HEADERS = frozenset({"content-length", "connection", "date", "keep-alive", "transfer-encoding"})


class MalformedRequestError(ValueError):
    """The request cannot be put into an event; the message may be shown to whoever sent it."""


@dataclass(frozen=True)
class HttpReply:
    """What to send: a status line, headers in order, and the body."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def event_of(environ: Mapping[str, Any], body: bytes, request_id: str, at: datetime) -> dict[str, Any]:
    """Give the payload 2.0 event of a WSGI request; raise `MalformedRequestError` when its text is not UTF-8."""
    path = _text(environ.get("PATH_INFO") or "/", "path")
    query = _text(environ.get("QUERY_STRING", ""), "query string")
    headers = headers_of(environ)
    cookies = [part.strip() for part in headers.pop("cookie", "").split(";") if part.strip()]
    text, encoded = body_of(body)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": LOCAL_ACCOUNT,
            "apiId": "local",
            "domainName": headers.get("host", "localhost").rsplit(":", 1)[0],
            "domainPrefix": "local",
            "http": {
                "method": str(environ["REQUEST_METHOD"]),
                "path": path,
                "protocol": str(environ.get("SERVER_PROTOCOL", "HTTP/1.1")),
                "sourceIp": str(environ.get("REMOTE_ADDR") or "127.0.0.1"),
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": at.astimezone(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(at.timestamp() * 1000),
        },
        "isBase64Encoded": encoded,
    }
    if cookies:
        event["cookies"] = cookies
    if query:
        event["queryStringParameters"] = _query_parameters(query)
    if body:
        event["body"] = text
    return event


def headers_of(environ: Mapping[str, Any]) -> dict[str, str]:
    """Give the request headers, names in lower case; a value that is not UTF-8 is read as Latin-1."""
    headers = {
        name[5:].replace("_", "-").lower(): _lenient(value) for name, value in environ.items() if name.startswith("HTTP_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = _lenient(environ[name])
    return headers


def body_of(body: bytes) -> tuple[str, bool]:
    """Give the body as text, or as Base64 when it is not UTF-8; the flag says which."""
    try:
        return body.decode("utf-8"), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), True


def reply_of(reply: Mapping[str, Any]) -> HttpReply:
    """Give the HTTP reply that a handler's answer describes (payload 1.0 or 2.0)."""
    body = reply.get("body") or ""
    content = base64.b64decode(body) if reply.get("isBase64Encoded") else str(body).encode("utf-8")
    return HttpReply(_status_line(int(reply["statusCode"])), tuple(_reply_headers(reply)), content)


def problem(status: HTTPStatus, code: str, detail: str) -> HttpReply:
    """Give an RFC 9457 reply that the gateway makes itself."""
    document = {"type": "about:blank", "title": status.phrase, "status": status.value, "code": code, "detail": detail}
    return HttpReply(
        _status_line(status.value), (("content-type", "application/problem+json"),), json.dumps(document).encode("utf-8")
    )


def _reply_headers(reply: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    several: Mapping[str, list[Any]] = reply.get("multiValueHeaders") or {}
    repeated = {name.lower() for name in several}
    for name, value in (reply.get("headers") or {}).items():
        if name.lower() not in repeated | _SERVER_HEADERS:
            yield name, str(value)
    for name, values in several.items():
        if name.lower() not in _SERVER_HEADERS:
            yield from ((name, str(value)) for value in values)
    yield from (("set-cookie", str(cookie)) for cookie in reply.get("cookies") or [])


def _status_line(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Status"


def _query_parameters(query: str) -> dict[str, str]:
    """Repeated names are joined by commas, as an HTTP API does."""
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        values.setdefault(name, []).append(value)
    return {name: ",".join(several) for name, several in values.items()}


def _text(native: str, what: str) -> str:
    """WSGI hands bytes over as Latin-1 text: take them back and read them as UTF-8."""
    try:
        return native.encode("latin-1").decode("utf-8")
    except UnicodeError as error:
        raise MalformedRequestError(f"The {what} is not UTF-8.") from error


def _lenient(native: str) -> str:
    try:
        return _text(native, "header")
    except MalformedRequestError:
        return native
