"""Child processes: start them, wait until they answer, notice when one dies, stop them all.

Each child leads its own process group, so that Ctrl-C reaches the supervisor only and the order of the stop is ours. All stay
in one session, so that those which give way give way to the others.
Nothing is ever ended but these children and what they started themselves.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from infrastructure.local.priority import give_way

POLL_SECONDS = 0.05


class StackError(RuntimeError):
    """The stack cannot run; the message is for the person at the console."""


class StopRequestedError(RuntimeError):
    """Somebody asked for the stop while the stack was starting."""


@dataclass(frozen=True)
class Child:
    """A process to start: its name, command, working folder, log file, and its own additions to the environment."""

    name: str
    command: tuple[str, ...]
    folder: Path
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    gives_way: bool = False
    """Whether it leaves the processor to the others."""


class Children:
    """The processes of one stack, in the order they were started. `stop` may be set from a signal handler."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop_requested = stop
        self._running: list[tuple[Child, subprocess.Popen[bytes]]] = []

    def start(self, child: Child, environment: Mapping[str, str]) -> int:
        """Start a child with exactly this environment and its own additions; return its process id."""
        process = self._spawn(child, environment)
        self._running.append((child, process))
        return process.pid

    def pid_of(self, name: str) -> int:
        """Give the process id of a running child; raises LookupError when there is none of this name."""
        for child, process in self._running:
            if child.name == name:
                return process.pid
        raise LookupError(f"no child is named {name}")

    def run(self, child: Child, environment: Mapping[str, str], seconds: float) -> str:
        """Run a child to its end and return the last line it wrote; raise `StackError` unless it exits with 0."""
        self.start(child, environment)
        process = self._running[-1][1]
        deadline = time.monotonic() + seconds
        while process.poll() is None:
            self._check_running(deadline, child, seconds, ignore=child)
            time.sleep(POLL_SECONDS)
        del self._running[-1]
        if process.returncode != 0:
            raise StackError(f"{child.name} failed (exit code {process.returncode}).{_last_lines(child)}")
        lines = child.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[-1] if lines else ""

    def await_answer(self, child: Child, url: str, seconds: float) -> None:
        """Return once a GET of `url` answers 200; raise `StackError` if any child dies first or time runs out."""
        deadline = time.monotonic() + seconds
        while not answers(url):
            self._check_running(deadline, child, seconds)
            time.sleep(POLL_SECONDS)

    def watch(self) -> None:
        """Return when the stop is requested; raise `StackError` naming the first child that ends by itself."""
        while not self.stop_requested.wait(0.2):
            self._check_alive()

    def stop(self, seconds: float = 10.0) -> None:
        """End all children, the last started first, and kill what is left after `seconds` in all."""
        deadline = time.monotonic() + seconds
        while self._running:
            _, process = self._running.pop()
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            # What the child itself started, if it left any behind, is in its group: the group never holds anything else.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _spawn(self, child: Child, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        for folder in (child.folder, child.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        with child.log.open("wb") as log:
            try:
                process = subprocess.Popen(
                    child.command,
                    cwd=child.folder,
                    env={**environment, **child.environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    process_group=0,
                )
            except FileNotFoundError as error:
                raise StackError(f"{child.name} is not installed: {child.command[0]} is missing. Run: make setup") from error
        if child.gives_way:
            give_way(process.pid)
        return process

    def _check_running(self, deadline: float, child: Child, seconds: float, ignore: Child | None = None) -> None:
        if self.stop_requested.is_set():
            raise StopRequestedError
        self._check_alive(ignore)
        if time.monotonic() > deadline:
            raise StackError(f"{child.name} is not ready after {seconds:.0f} seconds.{_last_lines(child)}")

    def _check_alive(self, ignore: Child | None = None) -> None:
        for child, process in self._running:
            if child is not ignore and process.poll() is not None:
                raise StackError(f"{child.name} stopped (exit code {process.returncode}).{_last_lines(child)}")


def answers(url: str) -> bool:
    """Tell whether a GET answers 200 within a few seconds. No proxy is asked."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=5)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _last_lines(child: Child, count: int = 12) -> str:
    lines = child.log.read_text(encoding="utf-8", errors="replace").splitlines() if child.log.exists() else []
    told = "".join(f"\n  | {line}" for line in lines[-count:])
    return f" Its log is {child.log}{':' if told else ' (empty).'}{told}"
