"""The service's processes: started, killed without warning, started again. Only processes started here are ever ended, by their id."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from infrastructure.local.children import StackError, answers
from infrastructure.local.gateway import granian_command
from load_tests.faults.skewed import OFFSET

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60.0


@dataclass(frozen=True)
class Process:
    """A gateway (with its port) or a pump, and how far its clock is off, in seconds."""

    name: str
    kind: Literal["gateway", "pump"]
    environment: Mapping[str, str]
    offset_seconds: int = 0
    port: int = 0
    sweep_seconds: float = 2.0

    @property
    def command(self) -> tuple[str, ...]:
        """What is executed."""
        if self.kind == "gateway":
            return (*granian_command(self.port, 1)[:-1], "load_tests.faults.skewed:application")
        return (sys.executable, "-m", "load_tests.faults.skewed", "--sweep-seconds", str(self.sweep_seconds))


@dataclass
class Fleet:
    """Processes that are started again whenever they end. Each leads a process group, which holds nothing else."""

    logs: Path
    gap_seconds: float = 3.0
    """Least time between two kills that are not ordered, so that somebody is always there."""
    processes: dict[str, Process] = field(default_factory=dict)
    died: list[str] = field(default_factory=list)
    """Those that ended without being killed."""
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _killed: set[int] = field(default_factory=set)
    _last_kill: float = 0.0
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _stop: threading.Event = field(default_factory=threading.Event)
    _watcher: threading.Thread | None = None

    def start(self, *processes: Process) -> None:
        """Start these, and watch over them from now on."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with self._lock:
            for process in processes:
                self.processes[process.name] = process
                self._running[process.name] = self._spawn(process)
        self._watcher = threading.Thread(target=self._watch, name="fleet", daemon=True)
        self._watcher.start()

    def await_gateways(self) -> None:
        """Return once every gateway answers; raises `StackError` after a minute."""
        deadline = time.monotonic() + READY_SECONDS
        for process in self.processes.values():
            while process.kind == "gateway" and not answers(f"http://127.0.0.1:{process.port}/v1/health"):
                if time.monotonic() > deadline:
                    told = (self.logs / f"{process.name}.log").read_text(errors="replace")[-2000:]
                    raise StackError(f"{process.name} does not answer. Its log ends so:\n{told}")
                time.sleep(0.1)

    def kill(self, name: str) -> bool:
        """End this process by SIGKILL, unless another was killed just before; whether it was ended."""
        with self._lock:
            running = self._running.get(name)
            if running is None or running.poll() is not None or time.monotonic() - self._last_kill < self.gap_seconds:
                return False
            self._last_kill = time.monotonic()
            self._killed.add(running.pid)
            os.killpg(running.pid, signal.SIGKILL)
            return True

    def stop(self) -> None:
        """End them all."""
        self._stop.set()
        if self._watcher is not None:
            self._watcher.join(10)
        with self._lock:
            for running in self._running.values():
                if running.poll() is not None:
                    continue
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(running.pid, signal.SIGKILL)
                running.wait(10)

    def told(self, kind: str) -> str:
        """All that processes of this kind wrote."""
        return "".join(
            (self.logs / f"{one.name}.log").read_text(errors="replace") for one in self.processes.values() if one.kind == kind
        )

    def _watch(self) -> None:
        while not self._stop.wait(0.05):
            with self._lock:
                for name, running in list(self._running.items()):
                    if running.poll() is None:
                        continue
                    if running.pid not in self._killed:
                        self.died.append(name)
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(running.pid, signal.SIGKILL)  # a server whose master died may leave its worker behind
                    self._running[name] = self._spawn(self.processes[name])

    def _spawn(self, process: Process) -> subprocess.Popen[bytes]:
        with (self.logs / f"{process.name}.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - every command is one of `Process.command`
                process.command,
                cwd=ROOT,
                env={**process.environment, OFFSET: str(process.offset_seconds)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
