"""Hand a request over to the process group of the function `api`, and its reply back.

Requests are framed anew from what this server understood, each on a connection of its own, so that nobody's bytes can be
taken for somebody else's request.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from infrastructure.local.http_event import HttpReply, problem

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

SOCKET_VARIABLE = "LOCAL_API_SOCKET"
"""Names the socket on which `api` listens, for the processes of `answer`."""
FORWARDED_AT_ONCE = 32
"""Requests that wait for `api` at a time in one process; more are refused, so that answers always find a thread."""
_OF_ONE_CONNECTION = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"}
    | {"te", "trailer", "transfer-encoding", "upgrade", "expect", "content-length", "date", "server"}
)
_ALLOWED_IN_PATH = "/:@!$&'()*+,;="
_ALLOWED_IN_QUERY = _ALLOWED_IN_PATH + "?%"


class _SocketConnection(HTTPConnection):
    """HTTP over a socket that is a file."""

    def __init__(self, path: Path, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


@dataclass(frozen=True)
class Neighbour:
    """The servers that listen on the socket `path`, given `seconds` for each step of a reply."""

    path: Path
    seconds: float
    at_once: int = FORWARDED_AT_ONCE
    _places: threading.BoundedSemaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", threading.BoundedSemaphore(self.at_once))

    def reply_to(self, environ: WSGIEnvironment, body: bytes) -> HttpReply:
        """Give the reply to a request whose body is read; 503 when too many wait or nobody listens, 504 when it takes too long."""
        if not self._places.acquire(blocking=False):
            return _come_again("api-busy", "Too many requests wait for this function.")
        try:
            return self._exchange(environ, body)
        except TimeoutError:
            return problem(HTTPStatus.GATEWAY_TIMEOUT, "api-timeout", "The function did not reply in time.")
        except (OSError, HTTPException):
            return _come_again("api-unavailable", "The function does not reply.")
        finally:
            self._places.release()

    def _exchange(self, environ: WSGIEnvironment, body: bytes) -> HttpReply:
        connection = _SocketConnection(self.path, self.seconds)
        try:
            connection.putrequest(str(environ["REQUEST_METHOD"]), _target(environ), skip_host=True, skip_accept_encoding=True)
            for name, value in (*_request_headers(environ), ("content-length", str(len(body))), ("connection", "close")):
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            headers = tuple((name, value) for name, value in response.getheaders() if name.lower() not in _OF_ONE_CONNECTION)
            return HttpReply(f"{response.status} {response.reason}", headers, response.read())
        finally:
            connection.close()


def _target(environ: WSGIEnvironment) -> str:
    path = quote(str(environ.get("PATH_INFO") or "/"), safe=_ALLOWED_IN_PATH, encoding="latin-1")
    query = quote(str(environ.get("QUERY_STRING") or ""), safe=_ALLOWED_IN_QUERY, encoding="latin-1")
    return f"{path}?{query}" if query else path


def _request_headers(environ: WSGIEnvironment) -> Iterable[tuple[str, str]]:
    dropped = {*_OF_ONE_CONNECTION, *(one.strip().lower() for one in str(environ.get("HTTP_CONNECTION", "")).split(","))}
    named = {name[5:]: value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        named["CONTENT_TYPE"] = environ["CONTENT_TYPE"]
    for name, value in named.items():
        header = name.replace("_", "-").lower()
        if header not in dropped:
            yield header, str(value)


def _come_again(code: str, detail: str) -> HttpReply:
    refusal = problem(HTTPStatus.SERVICE_UNAVAILABLE, code, detail)
    return replace(refusal, headers=(*refusal.headers, ("retry-after", "1")))
