"""What it costs to tell of one answer: processor time and log bytes, as a request of the API tells it. `python -m load_tests.telling`."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass

from chalicelib.observability import Metric, correlated, count, log_use_case, logger

ROUNDS, REPEATS = 7, 2_000


@dataclass(frozen=True)
class Told:
    """Microseconds of processor time, the best of several rounds, and bytes of log."""

    microseconds: float
    bytes: int


def tell() -> None:
    """What the gateway tells of an answer that was stored."""
    with correlated("0f8fad5b-d9cb-469f-a165-70867728950e"):
        count(Metric.ANSWERS)
        log_use_case("answer_challenge", 200, assessment="a" * 26, request="0f8fad5b-d9cb-469f-a165-70867728950e")


def tell_line() -> None:
    """The line alone."""
    log_use_case("answer_challenge", 200, assessment="a" * 26, request="0f8fad5b-d9cb-469f-a165-70867728950e")


def measure(what: Callable[[], None], rounds: int = ROUNDS, repeats: int = REPEATS) -> Told:
    """Call it many times with its output kept away."""
    handler, sink = logger.registered_handler, io.StringIO()
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(sink)
    best = float("inf")
    try:
        with redirect_stdout(sink):
            what()
            size = len(sink.getvalue().encode())
            for _ in range(rounds):
                sink.seek(0)
                sink.truncate()
                started = time.process_time()
                for _ in range(repeats):
                    what()
                best = min(best, time.process_time() - started)
    finally:
        handler.setStream(before)
    return Told(best / repeats * 1e6, size)


def main() -> None:
    """Print both, whole and the line alone."""
    for name, what in (("an answer, told whole", tell), ("its line alone", tell_line)):
        told = measure(what)
        print(f"{name}: {told.microseconds:.0f} µs, {told.bytes} bytes")


if __name__ == "__main__":
    main()
