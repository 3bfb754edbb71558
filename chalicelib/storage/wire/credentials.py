"""Who we are for the cloud: the fixed credentials of a function, or those that a container's endpoint hands out and renews.

Source of the endpoint's rules: AWS SDKs and Tools reference guide, "Container credential provider".
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from math import inf
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from chalicelib.config import CloudIdentity
from chalicelib.storage.failures import NoReplyError

REFRESHED_SECONDS_BEFORE = 300
"""How long before their end credentials are replaced."""
ASKED_AGAIN_SECONDS = 30
"""How long after a refresh that failed the next is tried, while the old credentials live."""
ENDPOINT_SECONDS = 2.0
RELATIVE_TO = "http://169.254.170.2"
"""Where a relative address of the container endpoint is found."""
TRUSTED_WITHOUT_TLS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23")


@dataclass(frozen=True)
class Credentials:
    """What signs: a key pair, and the token that goes with a temporary one."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)
    expires_at: float | None = None
    """Seconds since 1970."""


class CredentialsSource(Protocol):
    """Where credentials come from."""

    def current(self) -> Credentials:
        """Credentials that are good now; raises `NoReplyError` when there are none."""
        ...


@dataclass(frozen=True)
class FixedCredentials:
    """The same credentials for the life of the process, as in a Lambda function."""

    credentials: Credentials

    def current(self) -> Credentials:
        """These credentials."""
        return self.credentials


@dataclass(frozen=True)
class NoCredentials:
    """Nobody told this process who it is: every call fails."""

    def current(self) -> Credentials:
        """Raise `NoReplyError`."""
        raise NoReplyError("no credentials: neither AWS_ACCESS_KEY_ID nor a container endpoint is in the environment")


@dataclass
class RefreshedCredentials:
    """Credentials that `fetch` renews five minutes before they end; the old ones serve while they live if that fails."""

    fetch: Callable[[], Credentials]
    now: Callable[[], float]
    _kept: Credentials | None = field(default=None, init=False, repr=False)
    _due: float = field(default=0.0, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def current(self) -> Credentials:
        """Credentials that live; one thread at a time renews them."""
        with self._lock:
            now = self.now()
            if self._kept is None or now >= self._due:
                self._renew(now)
            assert self._kept is not None
            return self._kept

    def _renew(self, now: float) -> None:
        try:
            self._kept = self.fetch()
        except NoReplyError:
            kept = self._kept
            if kept is None or kept.expires_at is None or kept.expires_at <= now:
                raise
            self._due = min(now + ASKED_AGAIN_SECONDS, kept.expires_at)
            return
        ends = self._kept.expires_at
        self._due = inf if ends is None else min(max(ends - REFRESHED_SECONDS_BEFORE, now + ASKED_AGAIN_SECONDS), ends)


@dataclass(frozen=True)
class ContainerEndpoint:
    """The endpoint that hands a container its credentials. Plain HTTP is believed on loopback and AWS's own addresses only."""

    url: str
    token: str = field(default="", repr=False)
    token_file: str = ""
    """A file that holds the token, read at each refresh because the platform replaces it."""

    def fetch(self) -> Credentials:
        """Ask once; raises `NoReplyError` when the endpoint does not give credentials."""
        try:
            document = json.loads(self._asked())
            ends = document.get("Expiration")
            return Credentials(
                str(document["AccessKeyId"]),
                str(document["SecretAccessKey"]),
                str(document.get("Token") or ""),
                datetime.fromisoformat(ends).timestamp() if ends else None,
            )
        except (HTTPException, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoReplyError(f"no credentials from the container endpoint: {type(error).__name__}") from error

    def _asked(self) -> bytes:
        at = urlsplit(self.url)
        host = at.hostname or ""
        if at.scheme != "https" and not _trusted_without_tls(host):
            raise NoReplyError("the container endpoint must speak https, or be this machine or AWS's own")
        connect = HTTPSConnection if at.scheme == "https" else HTTPConnection
        connection = connect(host, at.port, timeout=ENDPOINT_SECONDS)
        token = Path(self.token_file).read_text(encoding="utf-8").strip() if self.token_file else self.token
        try:
            path = (at.path or "/") + (f"?{at.query}" if at.query else "")
            connection.request(
                "GET", path, headers={"Accept": "application/json", **({"Authorization": token} if token else {})}
            )
            reply = connection.getresponse()
            if reply.status != 200:
                raise NoReplyError(f"no credentials from the container endpoint: status {reply.status}")
            return reply.read()
        finally:
            connection.close()


def _trusted_without_tls(host: str) -> bool:
    try:
        return host == "localhost" or host in TRUSTED_WITHOUT_TLS or ip_address(host).is_loopback
    except ValueError:
        return False


def source_of(identity: CloudIdentity, now: Callable[[], float]) -> CredentialsSource:
    """Where this process's credentials come from: its environment first, else the container endpoint it is told of."""
    secret, token = identity.secret_access_key.get_secret_value(), identity.session_token.get_secret_value()
    if identity.access_key_id and secret:
        return FixedCredentials(Credentials(identity.access_key_id, secret, token))
    relative, url = identity.container_credentials_relative_uri, identity.container_credentials_full_uri
    if not (relative or url):
        return NoCredentials()
    authorization = identity.container_authorization_token.get_secret_value()
    endpoint = ContainerEndpoint(
        RELATIVE_TO + relative if relative else url, authorization, identity.container_authorization_token_file
    )
    return RefreshedCredentials(endpoint.fetch, now)
