"""`make run`: the whole service on this machine until Ctrl-C. Exit codes: 0 stopped, 1 a part failed, 2 wrong use."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence

from infrastructure.local.children import StackError, StopRequestedError
from infrastructure.local.plan import StackOptions
from infrastructure.local.ports import PortBusyError
from infrastructure.local.supervisor import RunningStack, running_stack

NEXT = """
Palier answers at {url}. Try:

  make demo                                  a placement from its first challenge to its profile
  {url}/docs                 the reference of the API
  curl -s -X POST {url}/v1/assessments -H 'Content-Type: application/json' -d '{{"scope": "1.1", "locale": "fr"}}'

Logs are in {logs}. Ctrl-C stops everything.
"""


def parse(arguments: Sequence[str], environment: Mapping[str, str]) -> StackOptions:
    """Read the options; each has a variable that gives its default. A wrong one ends the process with code 2."""
    default = StackOptions()
    parser = argparse.ArgumentParser(prog="python -m infrastructure.local", description=__doc__)
    parser.add_argument("--port", type=_port, default=environment.get("PORT", default.port), help="the service (PORT)")
    parser.add_argument(
        "--stack-port", type=_port, default=environment.get("STACK_PORT", default.stack_port), help="MiniStack (STACK_PORT)"
    )
    parser.add_argument(
        "--workers",
        type=_positive,
        default=environment.get("WORKERS", default.workers),
        help="processes of the function answer (WORKERS)",
    )
    parser.add_argument("--sweep-seconds", type=float, default=default.sweep_seconds, help="seconds between sweeps")
    chosen = parser.parse_args(arguments)
    return StackOptions(chosen.port, chosen.stack_port, chosen.workers, chosen.sweep_seconds)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not 1 or more")
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is not a port")
    return number


def _say_next(stack: RunningStack) -> None:
    print(NEXT.format(url=stack.url, logs=stack.state / "logs"), flush=True)


def stop_on_signals() -> threading.Event:
    """Give an event that SIGINT and SIGTERM set from now on."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


def main(arguments: Sequence[str], stop: threading.Event) -> int:
    """Run the stack until `stop` is set and return the exit code."""
    options = parse(arguments, os.environ)
    try:
        with running_stack(options, stop, print) as stack:
            _say_next(stack)
            stack.children.watch()
    except PortBusyError as error:
        print(error, file=sys.stderr)
        return 2
    except StackError as error:
        print(error, file=sys.stderr)
        return 1
    except StopRequestedError:
        pass
    print("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], stop_on_signals()))
