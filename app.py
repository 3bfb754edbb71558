"""The map of what is deployed: the HTTP application, and one line per event function into plain code.

| function | woken by |
|---|---|
| `app` | HTTP |
| `results_worker` | queue `results`, at most 10 messages a batch |
| `sweeper` | every minute |
| `exposure_writer` | every minute |
| `counter_summaries` | every minute |

Chalice serves one request per process: its application object is not safe between threads. Event functions import their
worker and boto3 when they run, so that the HTTP functions do not pay for them when they start.
"""

# ruff: noqa: E402
from __future__ import annotations

import gc

gc.disable()  # what imports make stays: looking for garbage in it would take a tenth of a cold start

from functools import lru_cache
from typing import Any

from chalice.app import Rate

from chalicelib.api.gateway import PalierApp, mount
from chalicelib.config import CloudIdentity, Settings
from chalicelib.observability import correlated
from chalicelib.wiring import Services, wire_ports

gc.freeze()
gc.enable()

app = PalierApp(app_name="palier")


@lru_cache(maxsize=1)
def services() -> Services:
    """The use-cases of the HTTP functions, built at the first request; boto3 is not imported."""
    settings = Settings.from_environment()
    return Services(settings, wire_ports(settings, CloudIdentity.from_environment()))


@lru_cache(maxsize=1)
def event_services() -> Services:
    """The use-cases of the event functions, built at the first event, over boto3."""
    from chalicelib.wiring_boto import cloud_ports

    settings = Settings.from_environment()
    return Services(settings, cloud_ports(settings))


mount(app, services)


@app.on_sqs_message(queue="palier-results", batch_size=10)  # type: ignore[untyped-decorator]
def results_worker(event: Any) -> dict[str, Any]:
    """Fold finished assessments into profiles, leave them to exposure control, and count in campaigns."""
    from chalicelib.workers import results

    stage = event_services()
    with correlated(event.context.aws_request_id):
        return results.consume(event.to_dict(), event.context, results.following_of(stage), stage.ports.dead_letters)


@app.schedule(Rate(1, unit=Rate.MINUTES))  # type: ignore[untyped-decorator]
def sweeper(event: Any) -> None:
    """Deliver what was not sent, end what was abandoned."""
    from chalicelib.workers import sweeper as minute

    with correlated(event.context.aws_request_id):
        minute.sweep(event_services().sweeping)


@app.schedule(Rate(1, unit=Rate.MINUTES))  # type: ignore[untyped-decorator]
def exposure_writer(event: Any) -> None:
    """Count finished tests, publish the next exposure tables."""
    from chalicelib.workers import exposure

    with correlated(event.context.aws_request_id):
        exposure.publish(event_services().publishing)


@app.schedule(Rate(1, unit=Rate.MINUTES))  # type: ignore[untyped-decorator]
def counter_summaries(event: Any) -> None:
    """Sum up the collective views that were counted in."""
    from chalicelib.workers import counters

    with correlated(event.context.aws_request_id):
        counters.summarise(event_services().summarising)
