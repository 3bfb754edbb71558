"""`make local-cloud`: the packaged template in an emulated cloud on this machine, until Ctrl-C.

The same zip, template, roles and policies as in the cloud, in MiniStack, which here checks every signature and every permission of ours.
Slower than `make run`, and closer: nothing but MiniStack runs, and it runs the functions.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infrastructure.cloud_stack import CloudClients, StackFailedError
from infrastructure.console import complain, say
from infrastructure.deploy import Console, deploy
from infrastructure.local import ministack
from infrastructure.local.__main__ import stop_on_signals
from infrastructure.local.children import Child, Children, StackError, StopRequestedError
from infrastructure.local.clients import CREDENTIALS
from infrastructure.local.plan import child_environment
from infrastructure.local.ports import PortBusyError, WantedPort, check_ports
from infrastructure.local.settings import REGION
from infrastructure.package.packaging import BUILD, NOT_MADE, ROOT, Package, package
from infrastructure.stage_environment import stage_environment
from infrastructure.template import LOCAL_ACCOUNT

STAGE = "cloud"
Tell = Callable[[str], None]


@dataclass(frozen=True)
class LocalCloud:
    """An emulated cloud in which a stage is deployed."""

    endpoint_url: str
    outputs: Mapping[str, str]
    children: Children

    @property
    def url(self) -> str:
        """Where the service answers, by the emulator's path: its host names are known to nobody."""
        return f"{self.endpoint_url}/_aws/execute-api/{self.outputs['HttpApiId']}/$default"

    def client(self, service: str) -> Any:
        """A client with all rights."""
        return client(service, self.endpoint_url)

    def environment(self) -> dict[str, str]:
        """The settings of the stage, as its functions have them."""
        return stage_environment(STAGE, self.client("lambda"))


@lru_cache(maxsize=32)
def client(service: str, endpoint_url: str) -> Any:
    """A client of the emulated cloud with all rights: its root."""
    session = boto3.Session(CREDENTIALS["AWS_ACCESS_KEY_ID"], CREDENTIALS["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    config = Config(proxies={}, read_timeout=60, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    return session.client(service, endpoint_url=endpoint_url, config=config)


@contextmanager
def local_cloud(made: Package, state: Path, port: int, children: Children, tell: Tell) -> Iterator[LocalCloud]:
    """Start MiniStack with every service and all checks, deploy the package into it, and stop it at the end of the block."""
    endpoint_url = ministack.endpoint_url(port)
    child = enforcing(ministack.ministack_child(ROOT, state, port, REGION))
    try:
        children.start(child, child_environment(os.environ))
        children.await_answer(child, ministack.ready_url(port), ministack.READY_SECONDS)
        outputs = redeploy(made, endpoint_url, {}, Console(lambda _: True, tell, poll_seconds=0.1))
        yield LocalCloud(endpoint_url, outputs, children)
    finally:
        children.stop()


def redeploy(made: Package, endpoint_url: str, values: Mapping[str, str], console: Console) -> dict[str, str]:
    """Deploy the package into the emulated cloud at this address, with these parameters; give the outputs."""
    cloudformation, s3, secrets = (client(name, endpoint_url) for name in ("cloudformation", "s3", "secretsmanager"))
    clients = CloudClients(cloudformation, s3, secrets, LOCAL_ACCOUNT, REGION)
    return deploy(STAGE, made, {"EndpointUrl": endpoint_url, **values}, clients, console)


def enforcing(child: Child) -> Child:
    """MiniStack with every service, signatures and permissions checked."""
    environment = {name: value for name, value in child.environment.items() if name != "SERVICES"}
    return replace(child, environment={**environment, "AUTH": "true"})


def run(port: int, state: Path, children: Children) -> None:
    """Deploy, publish the content, say where the service answers, and return when the stop is requested."""
    check_ports([WantedPort(port, "MiniStack", "--port", "STACK_PORT")])
    with local_cloud(package(BUILD), state, port, children, say) as cloud:
        palier = str(Path(sys.executable).with_name("palier"))
        publishing = Child("Publishing the content", (palier, "content", "publish"), ROOT, state / "logs" / "content.log")
        say(children.run(publishing, child_environment(os.environ) | cloud.environment(), seconds=120))
        say(f"\nPalier answers at {cloud.url}/v1/health\nCtrl-C stops everything.")
        children.watch()


def main(arguments: Sequence[str], stop: threading.Event) -> int:
    """Run until `stop` is set. Exit codes: 0 stopped, 1 a part failed, 2 wrong use."""
    parser = argparse.ArgumentParser(prog="python -m infrastructure.local_cloud", description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("STACK_PORT", "4566")), help="MiniStack (STACK_PORT)")
    port = parser.parse_args(arguments).port
    try:
        with tempfile.TemporaryDirectory(prefix="palier-cloud-") as folder, suppress(StopRequestedError):
            run(port, Path(folder), Children(stop))
    except PortBusyError as error:
        complain(error)
        return 2
    except (StackError, StackFailedError, *NOT_MADE) as error:
        complain(error)
        return 1
    say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], stop_on_signals()))
