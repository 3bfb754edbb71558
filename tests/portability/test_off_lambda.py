"""The same handlers off Lambda: one request at a time whatever the server, and a stop that lets the work in hand finish."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest

from infrastructure.local.children import answers
from infrastructure.local.gateway import granian_command
from infrastructure.local.plan import child_environment
from infrastructure.local.ports import free_ports
from infrastructure.wsgi import make_application
from tests.workers.test_results_worker import finished
from tests.worlds import ROOT, ministack_world

SECONDS = 60.0


@contextmanager
def process(command: tuple[str, ...], settings: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of our own, that never outlives the test."""
    environment = {**child_environment(os.environ), **settings}
    started = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield started
    finally:
        started.kill()
        started.wait(10)


def until(done: Any) -> None:
    deadline = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def test_threads_of_a_server_take_turns_and_each_gets_its_own_reply() -> None:
    inside, most = 0, 0
    guard = threading.Lock()

    def handle(event: dict[str, Any], _: object) -> dict[str, Any]:
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
        time.sleep(0.002)
        with guard:
            inside -= 1
        return {"statusCode": 200, "headers": {}, "body": event["rawPath"]}

    application = make_application(handle, "eu-west-3")

    def ask(number: int) -> bool:
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": f"/{number}", "wsgi.input": BytesIO()}
        return b"".join(application(environ, lambda *_: lambda _: None)) == f"/{number}".encode()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(64)))
    assert most == 1


def test_a_server_that_is_told_to_stop_answers_the_request_in_hand_first() -> None:
    (port,) = free_ports(1)
    command = (*granian_command(port, 1)[:-1], "tests.portability.slow_service:application")
    with process(command, {}) as server:
        until(lambda: answers(f"http://127.0.0.1:{port}/health"))
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
        connection.request("GET", "/in-hand")
        time.sleep(0.3)
        server.send_signal(signal.SIGTERM)
        reply = connection.getresponse()
        assert (reply.status, reply.read()) == (200, b"/in-hand")
        connection.close()
        assert server.wait(SECONDS) == 0


def test_neither_service_nor_worker_starts_without_settings_and_both_name_them() -> None:
    server = (*granian_command(free_ports(1)[0], 1)[:-1], "infrastructure.wsgi:application")
    for command in (server, (sys.executable, "-m", "infrastructure.worker")):
        ran = subprocess.run(command, cwd=ROOT, env=child_environment(os.environ), capture_output=True, timeout=SECONDS)
        assert ran.returncode != 0
        assert "PALIER_ASSESSMENTS_TABLE: Field required" in (ran.stdout + ran.stderr).decode()


@pytest.mark.stack
def test_a_worker_delivers_what_waits_and_stops_when_told(ministack_url: str) -> None:
    world = ministack_world(ministack_url)
    assessment_id = finished(world, "1.1")
    with process((sys.executable, "-m", "infrastructure.worker"), world.services.settings.as_environment()) as worker:
        until(lambda: world.services.ports.people.profile("p1") is not None)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(SECONDS) == 0
    assert world.services.profiles.profile("p1").assessments == (assessment_id,)
    url = world.services.settings.results_queue_url
    assert "Messages" not in world.boto.sending.receive_message(QueueUrl=url)
