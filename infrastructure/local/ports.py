"""Loopback ports: is one free, which one is."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass


class PortBusyError(RuntimeError):
    """A port is taken; the message is one sentence that says what to do."""


@dataclass(frozen=True)
class WantedPort:
    """A port that a child will listen on, and how a person chooses another."""

    number: int
    purpose: str
    option: str
    variable: str


def check_ports(wanted: Sequence[WantedPort]) -> None:
    """Raise `PortBusyError` for the first port that is asked for twice, or that something listens on already.

    granian would not tell: it shares its port with any other server that allows sharing, another granian for one.
    """
    seen: set[int] = set()
    for port in wanted:
        if port.number in seen or not is_free(port.number):
            raise PortBusyError(
                f"Port {port.number} ({port.purpose}) is already in use: choose another with {port.option} or {port.variable}=…"
            )
        seen.add(port.number)


def is_free(number: int) -> bool:
    """Tell whether nothing listens on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", number)) == 0:
            return False
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Give distinct free loopback ports; nothing holds them, so use them soon."""
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(socket.socket()) for _ in range(count)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [int(listener.getsockname()[1]) for listener in listeners]
