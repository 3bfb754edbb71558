"""The event functions off Lambda: `python -m infrastructure.worker` delivers the queue `results` and fires the schedules.

Settings come from the environment, as in a function. Any number of these processes may run beside each other: every
handler bears a message that comes twice and a schedule that fires twice. SIGTERM and SIGINT let the batch in hand finish.
"""

from __future__ import annotations

import argparse
import importlib
import signal
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.config import Config

from chalicelib.config import Settings
from chalicelib.wiring_boto import boto3_client
from infrastructure.local.lambda_context import Handler
from infrastructure.local.pump import Pump, SqsQueue, queue_arn

PATIENCE = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 3, "mode": "standard"})


def main(arguments: Sequence[str] | None = None) -> None:
    """Work for the stage that the environment describes, until SIGTERM or SIGINT; raises `SettingsError` when it describes none."""
    parser = argparse.ArgumentParser(prog="python -m infrastructure.worker", description=__doc__)
    parser.add_argument("--sweep-seconds", type=float, default=60.0, help="how often scheduled functions run")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings = Settings.from_environment()
    url, region = settings.results_queue_url, settings.place_of("sqs").region
    queue = SqsQueue(boto3_client("sqs", settings, PATIENCE), url, queue_arn(url, region))
    app = importlib.import_module("app")
    Pump(queue, app.results_worker, scheduled(app.app), options.sweep_seconds, region).run(stop)


def scheduled(app: Any) -> Mapping[str, Handler]:
    """Every function of the application that a schedule wakes, by its name in AWS's style."""
    return {
        source.name.replace("_", "-"): app.handler_map[source.name]
        for source in app.event_sources
        if hasattr(source, "schedule_expression")
    }


if __name__ == "__main__":
    main()
