"""The map of what is deployed: the HTTP application, and one line per event function into plain code.

| function | woken by |
|---|---|
| `app` | HTTP |
| `results_worker` | queue `results`, at most 10 messages a batch |
| `sweeper` | every minute |
| `exposure_writer` | every minute |

Chalice serves one request per process: its application object is not safe between threads. Event functions import their
worker when they run, so that the HTTP functions do not pay for it when they start.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from chalice.app import Rate

from chalicelib.api.gateway import PalierApp, mount
from chalicelib.config import Settings
from chalicelib.wiring import Services, cloud_ports

app = PalierApp(app_name="palier")


@lru_cache(maxsize=1)
def services() -> Services:
    """The use-cases of this stage, built at the first request."""
    settings = Settings.from_environment()
    return Services(settings, cloud_ports(settings))


mount(app, services)


@app.on_sqs_message(queue="palier-results", batch_size=10)  # type: ignore[untyped-decorator]
def results_worker(event: Any) -> dict[str, Any]:
    """Fold finished assessments into profiles, and leave them to exposure control."""
    from chalicelib.workers import results

    return results.consume(event.to_dict(), event.context, services().updating, services().counting)


@app.schedule(Rate(1, unit=Rate.MINUTES))  # type: ignore[untyped-decorator]
def sweeper(event: Any) -> None:
    """Deliver what was not sent, end what was abandoned."""
    from chalicelib.workers import sweeper as minute

    del event
    minute.sweep(services().sweeping)


@app.schedule(Rate(1, unit=Rate.MINUTES))  # type: ignore[untyped-decorator]
def exposure_writer(event: Any) -> None:
    """Count finished tests, publish the next exposure tables."""
    from chalicelib.workers import exposure

    del event
    exposure.publish(services().publishing)
