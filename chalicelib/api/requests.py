"""Events of every kind of API Gateway as one plain request, and that request as the event Chalice routes.

Chalice understands REST API events only (payload 1.0). An HTTP API or a Function URL sends payload 2.0: both are read here.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from chalicelib.kernel.ids import derive_id

_PARAMETER = re.compile(r"\{(\w+)\}")
_CORRELATION = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True)
class HttpRequest:
    """A request, whatever brought it."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    request_id: str
    address: str = ""
    """Where it came from, as the gateway saw it: no header is believed, since anybody may send one."""


def request_of(event: Mapping[str, Any]) -> HttpRequest:
    """The request that an API Gateway event of payload 1.0 or 2.0 carries."""
    context = event.get("requestContext") or {}
    if "http" in context:
        method, path = context["http"]["method"], event.get("rawPath") or context["http"]["path"]
        address = context["http"].get("sourceIp")
        query = parse_qs(event.get("rawQueryString") or "", keep_blank_values=True)
    else:
        method, path = event.get("httpMethod", ""), event.get("path", "")
        address = (context.get("identity") or {}).get("sourceIp")
        query = dict(event.get("multiValueQueryStringParameters") or {})
    headers = {name.lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    request_id = str(context.get("requestId", ""))
    return HttpRequest(str(method), str(path), query, headers, _body(event), request_id, str(address or ""))


def correlation_of(request: HttpRequest) -> str:
    """What every line and event that follows from this request is found by.

    The caller's `X-Correlation-Id` if it has 8 to 64 letters, digits or hyphens; else the request's id if it has, or an id derived
    from it.
    """
    for told in (request.headers.get("x-correlation-id", ""), request.request_id):
        if _CORRELATION.fullmatch(told):
            return told
    return derive_id("correlation", request.request_id)


def _body(event: Mapping[str, Any]) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body)
    except binascii.Error:
        return b"\xff"


@dataclass(frozen=True)
class Match:
    """A route that fits a path, and the values of its parameters."""

    route: str
    parameters: dict[str, str]


class RouteMatcher:
    """Finds which of these routes a path belongs to."""

    def __init__(self, routes: Iterable[str]) -> None:
        self._fixed = {route for route in routes if "{" not in route}
        self._patterns = [(route, re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", route))) for route in routes if "{" in route]

    def match(self, path: str) -> Match | None:
        """The route of this path; None when there is none. A final slash does not matter."""
        path = path.rstrip("/") or "/"
        if path in self._fixed:
            return Match(path, {})
        for route, pattern in self._patterns:
            found = pattern.fullmatch(path)
            if found:
                return Match(route, found.groupdict())
        return None


def chalice_event(request: HttpRequest, match: Match) -> dict[str, Any]:
    """The payload 1.0 event that Chalice routes to this match. Without a body, a content type says nothing and is left out."""
    headers = dict(request.headers)
    if not request.body:
        headers.pop("content-type", None)
    return {
        "resource": match.route,
        "path": request.path,
        "httpMethod": request.method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in request.query.items()},
        "multiValueQueryStringParameters": dict(request.query),
        "pathParameters": match.parameters,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": request.method,
            "resourcePath": match.route,
            "requestId": request.request_id,
            "identity": {"sourceIp": request.address},
        },
        "body": base64.b64encode(request.body).decode("ascii"),
        "isBase64Encoded": True,
    }
