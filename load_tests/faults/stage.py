"""A stage of its own on a MiniStack: tables, queues and bucket with names that no other stage has, the content published."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from chalicelib.config import Settings
from chalicelib.kernel.clock import SECOND, Clock, Instant, later
from chalicelib.wiring import Services
from chalicelib.wiring_boto import cloud_ports
from infrastructure.local.children import Child, Children
from infrastructure.local.clients import Clients, local_clients
from infrastructure.local.plan import child_environment
from infrastructure.local.provision import provision
from infrastructure.local.settings import REGION, local_settings, new_secrets
from infrastructure.template import read_template, resources_of
from load_tests.faults.fleet import ROOT

REQUEST_SECONDS, SEND_SECONDS = 0.5, 0.25
"""Time-outs of the service's calls: shorter than deployed, so that a hanging call costs less of a run."""


@dataclass
class MovedClock:
    """A clock that is moved by hand: how the sweeper is taken to the time when everything is due."""

    machine: Clock
    seconds: float = 0.0

    def now(self) -> Instant:
        """The machine's instant, moved."""
        return later(self.machine.now(), self.seconds * SECOND)


@dataclass(frozen=True)
class FaultStage:
    """Where everything is, and the service's use-cases over it without the proxy."""

    settings: Settings
    clients: Clients
    dead_queue_url: str
    services: Services
    clock: MovedClock

    def environment(self, door: int) -> Mapping[str, str]:
        """The environment of a process that reaches the store through this door."""
        straight = (self.settings.endpoint_url or "").removeprefix("http://")
        settings = {name: text.replace(straight, f"127.0.0.1:{door}") for name, text in self.settings.as_environment().items()}
        return {**child_environment(os.environ), "OPENBLAS_NUM_THREADS": "1", **settings}

    def publish(self, logs: Path) -> None:
        """Publish the content, without the proxy."""
        command = (sys.executable, "-m", "palier", "content", "publish")
        environment = {**child_environment(os.environ), **self.settings.as_environment()}
        Children(threading.Event()).run(
            Child("Publishing the content", command, ROOT, logs / "content.log"), environment, 120.0
        )

    @property
    def store_port(self) -> int:
        """The port of MiniStack."""
        return int((self.settings.endpoint_url or "").rpartition(":")[2])

    def set_visibility(self, seconds: int) -> None:
        """Let the queue give messages again after so long."""
        self.clients.sqs.set_queue_attributes(
            QueueUrl=self.settings.results_queue_url, Attributes={"VisibilityTimeout": str(seconds)}
        )


@contextmanager
def own_environment() -> Iterator[None]:
    """Dummy credentials in this process's environment, for boto3, and what was there before at the end."""
    before = dict(os.environ)
    os.environ.update(child_environment({}))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def make_stage(endpoint_url: str, name: str) -> FaultStage:
    """Create the stage of this name, still without content."""
    clients = local_clients(endpoint_url, REGION)
    provisioned = provision(resources_of(read_template(), name), clients)
    settings = local_settings(provisioned, endpoint_url, new_secrets()).model_copy(
        update={"stage": name, "request_timeout_seconds": REQUEST_SECONDS, "outbox_send_timeout_seconds": SEND_SECONDS}
    )
    ports = cloud_ports(settings)
    clock = MovedClock(ports.clock)
    services = Services(settings, replace(ports, clock=clock))
    return FaultStage(settings, clients, provisioned.queue_urls["ResultsDeadQueue"], services, clock)
