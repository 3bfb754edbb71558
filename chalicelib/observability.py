"""Logs and metrics: one JSON line per use-case, with ids and codes, never a name, an answer or a token."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from chalicelib.assessments.exposure.model import Series
from chalicelib.assessments.ports import MarkedEntry

SERVICE = "palier"

logger = Logger(service=SERVICE, utc=True, location=None)
metrics = Metrics(namespace="Palier", service=SERVICE)


def log_use_case(name: str, status: int, **ids: Any) -> None:
    """Tell that a use-case ran: its name, the reply's status, and ids or codes."""
    logger.info(name, extra={"status": status, **{key: value for key, value in ids.items() if value is not None}})


_UNUSABLE = frozenset({"release-damaged", "release-unavailable"})


def count_unusable(code: str) -> None:
    """Metric of a release that cannot be served, on which an alarm stands; any other code is not counted."""
    if code in _UNUSABLE:
        metrics.add_metric(name="ReleaseUnusable", unit=MetricUnit.Count, value=1)
        metrics.flush_metrics()


class OutboxLog:
    """Tells deliveries that failed (ports `DeliveryLog` and `SweepLog`)."""

    def undelivered(self, assessment_id: str) -> None:
        """A send failed; the mark stays for the sweeper."""
        logger.warning("outbox-undelivered", extra={"assessment": assessment_id})

    def unsettled(self, marked: MarkedEntry, attempts: int, code: str) -> None:
        """The sweeper could not settle a mark."""
        logger.error(
            "outbox-unsettled",
            extra={"assessment": marked.assessment_id, "mark": marked.mark, "attempts": attempts, "code": code},
        )


def count_sweep(delivered: int, ended: int, failed: int, alarming: int) -> None:
    """Metrics of one sweep; `OutboxAlarming` counts marks that failed five times or more."""
    for name, value in (
        ("OutboxDelivered", delivered),
        ("AssessmentsAbandoned", ended),
        ("OutboxFailed", failed),
        ("OutboxAlarming", alarming),
    ):
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()


class ExposureLog:
    """Tells what the exposure writer could not do (port `ExposureEvents`)."""

    def unpublished(self, series: Series, code: str) -> None:
        """This series could not be brought forward now."""
        logger.error("exposure-unpublished", extra={"release": series.release, "pool": series.pool, "code": code})

    def unreadable(self, series: Series, key: str) -> None:
        """This batch cannot be read, and stays."""
        logger.error("exposure-unreadable", extra={"release": series.release, "pool": series.pool, "batch": key})


def count_exposure(tests: int, versions: int, failed: int, unreadable: int) -> None:
    """Metrics of one run of the exposure writer."""
    for name, value in (
        ("ExposureTests", tests),
        ("ExposureVersions", versions),
        ("ExposureFailed", failed),
        ("ExposureUnreadable", unreadable),
    ):
        metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    metrics.flush_metrics()
