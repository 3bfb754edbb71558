"""A client that never gives in: what is not answered is sent again, the same, to whichever gateway is there."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

ATTEMPT_SECONDS = 4.0
PATIENCE_SECONDS = 60.0
_RETRIED = frozenset({408, 429, 500, 502, 503, 504})


class GaveUpError(Exception):
    """Nobody answered for a minute."""


@dataclass(frozen=True)
class Replied:
    """A reply that settles a request, and how many times it was sent."""

    status: int
    body: Any
    tries: int


class Browser:
    """One tab: a keep-alive connection to one of several doors, another one after every failure."""

    def __init__(self, doors: tuple[int, ...], rng: random.Random, token: str | None = None) -> None:
        self._doors, self._rng, self.token = doors, rng, token
        self._connection: http.client.HTTPConnection | None = None

    def another(self) -> Browser:
        """A second tab of the same person, with its own connection, to another door if there is one."""
        others = tuple(door for door in self._doors if self._connection is None or door != self._connection.port)
        return Browser(others or self._doors, random.Random(self._rng.random()), self.token)

    def get(self, path: str) -> Replied:
        """GET until it is answered."""
        return self._send("GET", path, None, dict)

    def post(self, path: str, body: Mapping[str, Any], headers: Callable[[], Mapping[str, str]] = dict) -> Replied:
        """POST until it is answered; raises `GaveUpError`. `headers` is asked at every try."""
        return self._send("POST", path, body, headers)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Callable[[], Mapping[str, str]]
    ) -> Replied:
        deadline, tries = time.monotonic() + PATIENCE_SECONDS, 0
        while time.monotonic() < deadline:
            tries += 1
            try:
                status, content = self._try(method, path, body, headers())
            except (OSError, http.client.HTTPException):
                status, content = 503, b""
                self.close()
            if status not in _RETRIED:
                return Replied(status, json.loads(content) if content else None, tries)
            time.sleep(self._rng.uniform(0.0, min(0.5, 0.05 * 2**tries)))
        raise GaveUpError(f"{method} {path.rpartition('/')[2]}: {tries} tries")

    def _try(self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        if self._connection is None:
            port = self._rng.choice(self._doors)
            self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ATTEMPT_SECONDS)
        sent = {"Content-Type": "application/json", **headers}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        self._connection.request(method, path, None if body is None else json.dumps(body).encode(), sent)
        reply = self._connection.getresponse()
        return reply.status, reply.read()
