"""Keep-alive HTTP connections to one service, each used by one request at a time."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Self
from urllib.parse import urlsplit

from chalicelib.storage.failures import NoReplyError
from chalicelib.storage.wire.machine import Machine

KEPT = 8
"""Idle connections kept: one is enough for a function, the rest is for threads."""
IDLE_SECONDS = 50.0
"""A connection that was idle longer is not trusted: what stands between may have forgotten it without a word."""


@dataclass(frozen=True)
class Origin:
    """Where a service answers: `https` with certificates verified, or `http` for an emulator."""

    tls: bool
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Self:
        """The origin of this URL; raises ValueError when it is none."""
        at = urlsplit(url)
        if at.scheme not in ("http", "https") or not at.hostname:
            raise ValueError("an endpoint is an http or https URL with a host")
        return cls(at.scheme == "https", at.hostname, at.port or (443 if at.scheme == "https" else 80))

    @property
    def host_header(self) -> str:
        """The value of `Host`: the port only when it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.tls else 80) else f"{host}:{self.port}"


@dataclass(frozen=True)
class Patience:
    """How long to wait for a connection and for each part of a reply, in seconds."""

    connect_seconds: float
    read_seconds: float


@dataclass(frozen=True)
class HttpReply:
    """What came back, whole. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class _Idle:
    connection: HTTPConnection
    since: float


@dataclass
class Connections:
    """Connections to one origin, opened when needed. Safe between threads: each takes one that nobody uses."""

    origin: Origin
    patience: Patience
    machine: Machine
    _idle: list[_Idle] = field(default_factory=list, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> HttpReply:
        """Send a request and read the whole reply; raises `NoReplyError` when that breaks at any point.

        A kept connection that turns out to be closed is replaced by a fresh one at once: servers close idle ones as they like.
        """
        kept = self._take()
        try:
            if kept is not None:
                try:
                    return self._exchanged(kept, method, path, headers, body)
                except TimeoutError:
                    raise
                except OSError:
                    pass
            return self._exchanged(self._opened(), method, path, headers, body)
        except TimeoutError as error:
            raise NoReplyError("no reply in time", timed_out=True) from error
        except (OSError, HTTPException) as error:
            raise NoReplyError(f"the connection broke: {type(error).__name__}") from error

    def close(self) -> None:
        """Close what is idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for one in idle:
            one.connection.close()

    def _exchanged(
        self, connection: HTTPConnection, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> HttpReply:
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            content = response.read()
        except BaseException:
            connection.close()
            raise
        reply = HttpReply(response.status, {name.lower(): value for name, value in response.getheaders()}, content)
        self._keep(connection, response.will_close)
        return reply

    def _opened(self) -> HTTPConnection:
        origin, patience = self.origin, self.patience
        connection = (
            HTTPSConnection(origin.host, origin.port, timeout=patience.connect_seconds, context=_verifying())
            if origin.tls
            else HTTPConnection(origin.host, origin.port, timeout=patience.connect_seconds)
        )
        try:
            connection.connect()
        except BaseException:
            connection.close()
            raise
        connection.sock.settimeout(patience.read_seconds)
        return connection

    def _take(self) -> HTTPConnection | None:
        """The connection used last, unless it was idle for too long; then so were all the others."""
        with self._lock:
            last = self._idle.pop() if self._idle else None
        if last is None:
            return None
        if self.machine.elapsed() - last.since <= IDLE_SECONDS:
            return last.connection
        last.connection.close()
        self.close()
        return None

    def _keep(self, connection: HTTPConnection, will_close: bool) -> None:
        with self._lock:
            if not will_close and len(self._idle) < KEPT:
                self._idle.append(_Idle(connection, self.machine.elapsed()))
                return
        connection.close()


@lru_cache(maxsize=1)
def _verifying() -> ssl.SSLContext:
    """Certificates and host names are verified. Reading the system's certificates takes long, so it is done once a process."""
    return ssl.create_default_context()
