"""Decide, before anything is started, every step that brings the local stack up. Pure.

MiniStack, then the resources in it, then the content release, then the pump, then the functions `api` and `answer`. The
route that says all is well is `api`'s, behind `answer`. The stop takes the processes in the opposite order.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infrastructure.local import ministack
from infrastructure.local.children import Child
from infrastructure.local.clients import CREDENTIALS
from infrastructure.local.forwarding import FORWARDED_AT_ONCE, SOCKET_VARIABLE
from infrastructure.local.gateway import server_command
from infrastructure.local.ports import WantedPort
from infrastructure.local.settings import REGION

ROOT = Path(__file__).resolve().parents[2]
_FUNCTIONS = "infrastructure.local.http_functions"
API_PROCESSES = 1
"""As reserved instances bound `api` in the cloud: two of them would take the store, which is one process here, from answers."""
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")


@dataclass(frozen=True)
class StackOptions:
    """What a person may choose: ports, processes of `answer`, seconds between sweeps, and the folder of all state."""

    port: int = 8000
    stack_port: int = 4566
    workers: int = 2
    sweep_seconds: float = 20.0
    state: Path = ROOT / ".local"

    @property
    def url(self) -> str:
        """Where the service answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_socket(self) -> Path:
        """Where the function `api` listens. Of this port only: two stacks of one folder never meet."""
        return self.state / f"api-{self.port}.socket"

    @property
    def endpoint_url(self) -> str:
        """Where MiniStack answers."""
        return ministack.endpoint_url(self.stack_port)

    @property
    def wanted_ports(self) -> tuple[WantedPort, ...]:
        """The ports that must be free."""
        return (
            WantedPort(self.port, "the service", "--port", "PORT"),
            WantedPort(self.stack_port, "MiniStack", "--stack-port", "STACK_PORT"),
        )


@dataclass(frozen=True)
class Start:
    """Start a child, and wait until `ready_url` answers 200 when there is one."""

    child: Child
    ready_url: str | None = None
    ready_seconds: float = 30.0


@dataclass(frozen=True)
class Provision:
    """Create the resources at `endpoint_url`; from here on children get the settings that name them."""

    endpoint_url: str
    state: Path


@dataclass(frozen=True)
class Run:
    """Run a child to its end; it must exit with 0."""

    child: Child
    seconds: float = 120.0


Step = Start | Provision | Run


def stack_plan(options: StackOptions, root: Path = ROOT) -> tuple[Step, ...]:
    """Give the steps that bring up the stack of these options."""
    logs = options.state / "logs"
    palier = str(Path(sys.executable).with_name("palier"))
    pump = (sys.executable, "-m", "infrastructure.worker", "--sweep-seconds", str(options.sweep_seconds))
    return (
        Start(
            ministack.ministack_child(root, options.state, options.stack_port, REGION),
            ministack.ready_url(options.stack_port),
            ministack.READY_SECONDS,
        ),
        Provision(options.endpoint_url, options.state),
        Run(Child("Publishing the content", (palier, "content", "publish"), root, logs / "content.log")),
        Start(Child("The pump", pump, root, logs / "pump.log")),
        Start(_api(options, root)),
        Start(_answer(options, root), f"{options.url}/v1/health"),
    )


def _api(options: StackOptions, root: Path) -> Child:
    """Where nobody but `answer` finds it; it leaves the processor to everybody else, as if it had machines of its own."""
    listen = ("--uds", str(options.api_socket), "--uds-permissions", "0600")
    command = server_command(listen, API_PROCESSES, 1, f"{_FUNCTIONS}:api")
    return Child("The function api", command, root, options.state / "logs" / "api.log", gives_way=True)


def _answer(options: StackOptions, root: Path) -> Child:
    """On the port. It hands over what is `api`'s."""
    listen = ("--host", "127.0.0.1", "--port", str(options.port))
    command = server_command(listen, options.workers, 1 + FORWARDED_AT_ONCE, f"{_FUNCTIONS}:answer")
    environment = {SOCKET_VARIABLE: str(options.api_socket)}
    return Child("The function answer", command, root, options.state / "logs" / "answer.log", environment)


def child_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Give what every child gets: a few variables of this process, dummy credentials, and nothing else.

    A closed list on purpose: AWS profiles must never reach the local stack, proxies must not stand before it, and
    granian would show a variable named HTTP_PROXY to the service as a request header.
    """
    kept = {name: inherited[name] for name in _INHERITED if name in inherited}
    return {
        **kept,
        **CREDENTIALS,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONUNBUFFERED": "1",
    }
