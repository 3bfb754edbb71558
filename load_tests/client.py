"""A keep-alive client of the API that refuses any address but 127.0.0.1."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 20


class ForeignAddressError(ValueError):
    """The address is not this machine's."""


@dataclass(frozen=True)
class Answered:
    """A reply, how long it took, and the handler's CPU time where the gateway tells it."""

    status: int
    body: Any
    seconds: float
    cpu_ms: float | None


class ApiClient:
    """One connection, one bearer token."""

    def __init__(self, base_url: str, token: str | None = None) -> None:
        address = urlsplit(base_url)
        if address.hostname != "127.0.0.1" or address.port is None:
            raise ForeignAddressError(f"Load goes to http://127.0.0.1:<port> only, not to {base_url}.")
        self.token = token
        self._connection = http.client.HTTPConnection(address.hostname, address.port, timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str) -> Answered:
        """GET a JSON document."""
        return self._request("GET", path, None)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Answered:
        """POST a JSON document."""
        return self._request("POST", path, body)

    def _request(self, method: str, path: str, body: Mapping[str, Any] | None) -> Answered:
        headers = {"Content-Type": "application/json"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        sent = time.perf_counter()
        self._connection.request(method, path, json.dumps(body or {}).encode(), headers)
        reply = self._connection.getresponse()
        content = reply.read()
        seconds = time.perf_counter() - sent
        return Answered(
            reply.status, json.loads(content) if content else None, seconds, _cpu_ms(reply.getheader("Server-Timing"))
        )


def _cpu_ms(server_timing: str | None) -> float | None:
    for part in (server_timing or "").split(","):
        if part.strip().startswith("cpu;dur="):
            return float(part.strip().removeprefix("cpu;dur="))
    return None
