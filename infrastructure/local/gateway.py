"""The local HTTP gateway: the service of `infrastructure/wsgi.py`, which says what each request cost.

Served by granian with one blocking thread a process, because the handler is not thread-safe. Requests of one process
therefore wait for each other; `Server-Timing: cpu` says what the handler itself cost.
"""

from __future__ import annotations

import importlib
import sys
import time
from typing import TYPE_CHECKING, Any

from chalicelib.config import Settings
from infrastructure.wsgi import make_application

if TYPE_CHECKING:
    from collections.abc import Mapping
    from wsgiref.types import WSGIApplication

    from infrastructure.local.lambda_context import Handler

FUNCTION_HEADER = "x-palier-function"


def make_gateway(handler: Handler, region: str = "eu-west-3", function: str | None = None) -> WSGIApplication:
    """Give the WSGI application that answers every request with `handler` and tells the CPU time it took, and whose function it is."""
    return make_application(_timed(handler, {} if function is None else {FUNCTION_HEADER: function}), region)


def _timed(handler: Handler, told: Mapping[str, str]) -> Handler:
    def timed(event: dict[str, object], context: object) -> object:
        started = time.process_time()
        reply: Any = handler(event, context)
        spent_ms = (time.process_time() - started) * 1000
        return {**reply, "headers": {**(reply.get("headers") or {}), **told, "server-timing": f"cpu;dur={spent_ms:.3f}"}}

    return timed


def granian_command(port: int, workers: int) -> tuple[str, ...]:
    """Give the command that serves this gateway on the loopback address with `workers` processes."""
    return server_command(("--host", "127.0.0.1", "--port", str(port)), workers, 1, "infrastructure.local.gateway:application")


def server_command(listen: tuple[str, ...], workers: int, threads: int, application: str) -> tuple[str, ...]:
    """Give the command that serves a WSGI application with `workers` processes of `threads` blocking threads each."""
    options = {
        "--interface": "wsgi",
        "--workers": str(workers),
        "--blocking-threads": str(threads),
        "--blocking-threads-idle-timeout": "600",
        "--runtime-threads": "1",
        "--backlog": "1024",
        "--backpressure": "128",
        "--http": "1",
        "--workers-kill-timeout": "3",
        "--log-level": "warning",
    }
    flat = [part for option in options.items() for part in option]
    return (sys.executable, "-m", "granian", *listen, *flat, "--no-ws", application)


def __getattr__(name: str) -> WSGIApplication:
    """Make `application` when a server first asks for it, so that importing this module never imports the service."""
    if name != "application":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return make_gateway(importlib.import_module("app").app, Settings.from_environment().region)
