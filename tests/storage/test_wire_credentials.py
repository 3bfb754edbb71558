"""Where credentials come from, and that they are new in time."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from chalicelib.config import CloudIdentity
from chalicelib.storage.failures import NoReplyError
from chalicelib.storage.wire import credentials
from chalicelib.storage.wire.credentials import (
    ASKED_AGAIN_SECONDS,
    REFRESHED_SECONDS_BEFORE,
    ContainerEndpoint,
    Credentials,
    RefreshedCredentials,
    source_of,
)
from tests.storage.fault_server import Answer, Fault, FaultServer, Received, reset, running, saying

FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"


@dataclass
class Endpoint(FaultServer):
    """A container's endpoint: gives a new key at each call, one hour long."""

    now: float = 1_795_000_000.0
    given: int = 0
    token: str = ""

    def carried_out(self, request: Received) -> Answer:
        if request.headers.get("authorization", "") != self.token:
            return Answer(401, b"")
        self.given += 1
        return Answer(200, document(f"KEY{self.given}"))


def document(key: str = "KEY", **other: Any) -> bytes:
    said = {"AccessKeyId": key, "SecretAccessKey": "s", "Token": "t", "Expiration": "2026-11-18T12:06:40Z", **other}
    return json.dumps({name: value for name, value in said.items() if value is not None}).encode()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running(Endpoint()) as made:
        assert isinstance(made, Endpoint)
        yield made


def test_a_function_is_told_by_its_environment() -> None:
    keys = {"AWS_ACCESS_KEY_ID": "K", "AWS_SECRET_ACCESS_KEY": "S", "AWS_SESSION_TOKEN": "T", "AWS_PROFILE": "x"}
    source = source_of(CloudIdentity.from_environment(keys), lambda: 0.0)
    assert source.current() == Credentials("K", "S", "T")
    without = source_of(CloudIdentity.from_environment({**keys, FULL_URI: "http://127.0.0.1:1/"}), lambda: 0.0)
    assert without.current().access_key_id == "K", "the environment comes first"


@pytest.mark.parametrize("environment", [{}, {"AWS_ACCESS_KEY_ID": "K"}, {"AWS_SECRET_ACCESS_KEY": "S"}])
def test_a_process_that_nobody_told_who_it_is_fails_its_calls(environment: dict[str, str]) -> None:
    with pytest.raises(NoReplyError, match="no credentials"):
        source_of(CloudIdentity.from_environment(environment), lambda: 0.0).current()


def test_an_identity_never_prints_its_secrets() -> None:
    identity = CloudIdentity.from_environment({"AWS_SECRET_ACCESS_KEY": "m4rk3r", "AWS_SESSION_TOKEN": "m4rk3r"})
    assert "m4rk3r" not in f"{identity!r} {identity}"


def test_a_container_asks_its_endpoint_with_the_token_of_the_moment(endpoint: Endpoint, tmp_path: Path) -> None:
    held = tmp_path / "token"
    environment = {FULL_URI: f"{endpoint.url}/creds?role=x", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(held)}
    source = source_of(CloudIdentity.from_environment(environment), lambda: endpoint.now)
    for token in ("first", "second"):
        endpoint.token = token
        held.write_text(f"{token}\n")
        key = source.current()
        endpoint.now += 3600
    assert key == Credentials("KEY2", "s", "t", 1_795_000_000.0 + 3600)
    assert {one.path for one in endpoint.received} == {"/creds?role=x"}


def test_a_token_of_the_environment_is_sent(endpoint: Endpoint) -> None:
    endpoint.token = "secret-token"
    environment = {FULL_URI: endpoint.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "secret-token"}
    assert source_of(CloudIdentity.from_environment(environment), lambda: endpoint.now).current().access_key_id == "KEY1"


def test_a_relative_address_is_asked_of_the_platform(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "RELATIVE_TO", endpoint.url)
    environment = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/creds", FULL_URI: "http://127.0.0.1:1/"}
    assert source_of(CloudIdentity.from_environment(environment), lambda: endpoint.now).current().access_key_id == "KEY1"
    assert endpoint.received[0].path == "/v2/creds"


@pytest.mark.parametrize(
    "url", ["http://example.org/", "http://10.0.0.1/", "http://169.254.170.99/", "file:///etc/passwd", "x"]
)
def test_plain_http_is_believed_on_this_machine_and_of_the_platform_only(url: str) -> None:
    with pytest.raises(NoReplyError, match="https"):
        ContainerEndpoint(url).fetch()


@pytest.mark.parametrize(
    "fault",
    [
        reset,
        saying(Answer(500, b"")),
        saying(Answer(200, b"rubbish")),
        saying(Answer(200, b"[]")),
        saying(Answer(200, document(AccessKeyId=None))),
        saying(Answer(200, document(Expiration="soon"))),
    ],
)
def test_an_endpoint_that_gives_no_credentials_is_told_without_its_words(endpoint: Endpoint, fault: Fault) -> None:
    endpoint.play(fault)
    with pytest.raises(NoReplyError, match="no credentials from the container endpoint"):
        ContainerEndpoint(endpoint.url).fetch()


def test_credentials_without_an_end_are_asked_for_once(endpoint: Endpoint) -> None:
    endpoint.play(saying(Answer(200, document("ALWAYS", Expiration=None))))
    source = RefreshedCredentials(ContainerEndpoint(endpoint.url).fetch, lambda: endpoint.now)
    for _ in range(3):
        assert source.current().access_key_id == "ALWAYS"
        endpoint.now += 1e9


# --- renewal ---


@dataclass
class Hourly:
    """Gives keys of one hour, or nothing."""

    now: float = 0.0
    given: int = 0
    asked: int = 0
    down: bool = False
    lives: float = 3600.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fetch(self) -> Credentials:
        with self.lock:
            self.asked += 1
            if self.down:
                raise NoReplyError("down")
            self.given += 1
            return Credentials(f"KEY{self.given}", "s", "t", self.now + self.lives)


def test_credentials_are_renewed_five_minutes_before_they_end() -> None:
    hourly = Hourly()
    source = RefreshedCredentials(hourly.fetch, lambda: hourly.now)
    for now, key in ((0, "KEY1"), (3600 - REFRESHED_SECONDS_BEFORE - 1, "KEY1"), (3600 - REFRESHED_SECONDS_BEFORE, "KEY2")):
        hourly.now = now
        assert source.current().access_key_id == key


def test_the_old_credentials_serve_while_they_live_when_none_are_given() -> None:
    hourly = Hourly()
    source = RefreshedCredentials(hourly.fetch, lambda: hourly.now)
    source.current()
    hourly.down = True
    hourly.now = 3600 - REFRESHED_SECONDS_BEFORE
    for _ in range(5):
        assert source.current().access_key_id == "KEY1"
    assert hourly.asked == 2, "not asked at every call"
    hourly.now += ASKED_AGAIN_SECONDS
    assert source.current().access_key_id == "KEY1"
    assert hourly.asked == 3
    hourly.now = 3600
    with pytest.raises(NoReplyError):
        source.current()
    hourly.down = False
    assert source.current().access_key_id == "KEY2"


def test_credentials_that_live_for_a_moment_never_serve_after_their_end() -> None:
    hourly = Hourly(lives=10.0)
    source = RefreshedCredentials(hourly.fetch, lambda: hourly.now)
    for now in range(0, 100, 3):
        hourly.now = now
        ends = source.current().expires_at
        assert ends is not None
        assert ends > now


def test_of_many_threads_one_renews() -> None:
    hourly = Hourly()
    source = RefreshedCredentials(hourly.fetch, lambda: hourly.now)
    with ThreadPoolExecutor(8) as pool:
        keys = {one.access_key_id for one in pool.map(lambda _: source.current(), range(64))}
    assert keys == {"KEY1"}
    assert hourly.asked == 1
