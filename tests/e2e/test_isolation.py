"""The two HTTP functions of the running stack: each request lands in its own, and a hung `api` stops no answer."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from chalicelib.api.endpoint import Endpoint
from chalicelib.api.gateway import CONTEXTS
from chalicelib.wiring import Services
from chalicelib.wiring_boto import cloud_ports
from infrastructure.local.supervisor import RunningStack
from infrastructure.package.functions import ANSWER_ROUTES
from load_tests.client import ApiClient
from load_tests.virtual_person import VirtualPerson, play
from palier.__main__ import app

pytestmark = [pytest.mark.stack, pytest.mark.long]

ENDPOINTS = [one for context in CONTEXTS for one in context]


def headers_of(stack: RunningStack, method: str, path: str, seconds: float = 20) -> dict[str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(stack.url).port or 0, timeout=seconds)
    try:
        connection.request(method, path, b"{}", {"Content-Type": "application/json"})
        reply = connection.getresponse()
        reply.read()
        return {name.lower(): value for name, value in reply.getheaders()}
    finally:
        connection.close()


@pytest.mark.parametrize("declared", ENDPOINTS, ids=lambda declared: declared.name)
def test_every_route_lands_in_its_function(stack: RunningStack, declared: Endpoint) -> None:
    path = declared.path.replace("{", "").replace("}", "")
    function = "answer" if declared.name in ANSWER_ROUTES else "api"
    assert headers_of(stack, declared.method, path)["x-palier-function"] == function


def test_methods_that_no_route_takes_are_still_told_so(stack: RunningStack) -> None:
    for method in ("CONNECT", "HEAD", "TRACE", "DELETE"):
        assert headers_of(stack, method, "/v1/health")["allow"] == "GET"


def test_nobody_else_on_the_machine_may_knock_at_api(stack: RunningStack) -> None:
    (listening,) = stack.state.glob("api-*.socket")
    assert stat.S_IMODE(listening.stat().st_mode) == 0o600


@contextmanager
def hung(pids: list[int]) -> Iterator[None]:
    """Processes of our own stack, stopped for the length of the block."""
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def descendants(pid: int) -> list[int]:
    """A process and all those under it."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *(one for child in listed.read_text().split() for one in descendants(int(child)))]


@pytest.mark.skipif(not Path(f"/proc/self/task/{os.getpid()}/children").exists(), reason="the system does not list children")
def test_answers_go_on_while_api_hangs_and_api_goes_on_afterwards(stack: RunningStack) -> None:
    services = Services(stack.settings, cloud_ports(stack.settings))
    release = services.ports.releases.get(services.ports.releases.current())
    stuck = threading.Thread(target=headers_of, args=(stack, "GET", "/v1/framework", 60))
    with hung(descendants(stack.children.pid_of("The function api"))):
        stuck.start()
        with ApiClient(stack.url) as client:
            played = play(client, VirtualPerson(release, 0.0, random.Random(4)), "1.1")
        assert stuck.is_alive()
    stuck.join(20)
    assert not stuck.is_alive()
    assert (played.errors, played.stop_reason is not None) == ([], True)
    assert headers_of(stack, "GET", "/v1/health")["x-palier-function"] == "api"


def test_the_isolation_bench_prints_one_object_with_its_figures(stack: RunningStack) -> None:
    ran = CliRunner().invoke(app, ["bench", "isolation", "--json", "--seconds", "1"], catch_exceptions=False)
    figures = json.loads(ran.stdout)
    assert (figures["answer_errors"], figures["api_errors"]) == (0, 0)
    assert min(figures["quiet_answers"], figures["loaded_answers"]) > 0
    assert {f"{name}_{end}" for name in ("p50", "p95", "p99") for end in ("ratio", "ratio_median_of_pairs")} <= set(figures)
    assert figures["quiet_p50_ms"] <= figures["quiet_p95_ms"] <= figures["quiet_p99_ms"]
