"""DynamoDB Local, where `make dynamodb-local` installed it: one process, in memory, on 127.0.0.1 only, without telemetry."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from infrastructure.local.plan import child_environment
from infrastructure.local.ports import free_ports
from tests.worlds import ROOT

FOLDER = ROOT / ".local" / "dynamodb-local"
READY_SECONDS = 60.0


def absent() -> str | None:
    """Why it cannot run here; None when it can."""
    if shutil.which("java") is None:
        return "DynamoDB Local needs Java 17, which is not installed"
    if not (FOLDER / "OnLoopback.class").exists():
        return "DynamoDB Local is not installed: `make dynamodb-local` (needs Node and a JDK 17)"
    return None


@contextmanager
def dynamodb_local() -> Iterator[str]:
    """Run it for the length of the block; gives its address."""
    (port,) = free_ports(1)
    libraries = FOLDER / "emulator" / "DynamoDBLocal_lib"
    command = (
        *("java", "-Xmx256m", f"-Djava.library.path={libraries}", "-cp", f"{FOLDER}:{FOLDER}/emulator/DynamoDBLocal.jar"),
        *("OnLoopback", "-inMemory", "-disableTelemetry", "-port", str(port)),
    )
    told = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=FOLDER, env=child_environment(os.environ), stdout=told, stderr=told)
    try:
        _await(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(10)


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, "DynamoDB Local ended by itself"
            assert time.monotonic() < deadline, "DynamoDB Local does not answer"
            time.sleep(0.05)
        else:
            return
