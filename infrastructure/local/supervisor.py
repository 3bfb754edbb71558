"""Execute the plan of `plan.py`: a whole stack that lives as long as a `with` block."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chalicelib.config import Settings
from infrastructure.local import ministack
from infrastructure.local.children import Children
from infrastructure.local.clients import local_clients
from infrastructure.local.plan import ROOT, Provision, Run, StackOptions, Start, Step, child_environment, stack_plan
from infrastructure.local.ports import check_ports, free_ports
from infrastructure.local.provision import provision
from infrastructure.local.settings import REGION, STAGE, kept_secrets, local_settings
from infrastructure.local.stack_file import NAME, write_stack_file
from infrastructure.template import read_template, resources_of

Tell = Callable[[str], None]
URL_VARIABLE = "PALIER_API_URL"


@dataclass(frozen=True)
class RunningStack:
    """A stack that answers: its addresses, settings, the environment a client process needs, and its children."""

    url: str
    endpoint_url: str
    environment: Mapping[str, str]
    state: Path
    children: Children

    @property
    def settings(self) -> Settings:
        """The settings the service runs with."""
        return Settings.from_environment(self.environment)


@contextmanager
def running_stack(
    options: StackOptions, stop: threading.Event | None = None, tell: Tell = lambda _: None
) -> Iterator[RunningStack]:
    """Bring a stack up and stop it at the end of the block, whatever happens.

    Raises `PortBusyError` before anything starts, `StackError` when a part fails, `StopRequestedError` when `stop`
    is set before all answers.
    """
    check_ports(options.wanted_ports)
    options.api_socket.unlink(missing_ok=True)  # left by a stack that was killed: nobody listens on the port
    children = Children(stop or threading.Event())
    stack_file = options.state / NAME
    try:
        environment = execute(stack_plan(options), children, child_environment(os.environ), tell)
        environment[URL_VARIABLE] = options.url
        write_stack_file(stack_file, _for_consoles(environment))
        yield RunningStack(options.url, options.endpoint_url, environment, options.state, children)
    finally:
        stack_file.unlink(missing_ok=True)
        children.stop()


@contextmanager
def private_stack(workers: int = 1, sweep_seconds: float = 2.0) -> Iterator[RunningStack]:
    """Run a stack on free ports in a folder of its own, for tests and measures; nothing of it stays."""
    port, stack_port = free_ports(2)
    with tempfile.TemporaryDirectory(prefix="palier-stack-") as folder:
        options = StackOptions(port, stack_port, workers, sweep_seconds, Path(folder))
        with running_stack(options) as stack:
            yield stack


@contextmanager
def private_ministack(state: Path) -> Iterator[str]:
    """Run a MiniStack alone, on a free port, its files in this folder; its address."""
    (port,) = free_ports(1)
    children = Children(threading.Event())
    child = ministack.ministack_child(ROOT, state, port, REGION)
    try:
        children.start(child, child_environment(os.environ))
        children.await_answer(child, ministack.ready_url(port), ministack.READY_SECONDS)
        yield ministack.endpoint_url(port)
    finally:
        children.stop()


def execute(plan: tuple[Step, ...], children: Children, environment: Mapping[str, str], tell: Tell) -> dict[str, str]:
    """Do the steps in order and return the environment the last children got."""
    current = dict(environment)
    for step in plan:
        match step:
            case Start():
                children.start(step.child, current)
                if step.ready_url is not None:
                    children.await_answer(step.child, step.ready_url, step.ready_seconds)
            case Run():
                tell(children.run(step.child, current, step.seconds))
            case Provision():
                current |= _provision(step)
    return current


def _provision(step: Provision) -> dict[str, str]:
    resources = resources_of(read_template(), STAGE)
    provisioned = provision(resources, local_clients(step.endpoint_url, REGION))
    return local_settings(provisioned, step.endpoint_url, kept_secrets(step.state)).as_environment()


def _for_consoles(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(("PALIER_", "AWS_"))}
