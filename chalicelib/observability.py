"""Logs and metrics: one JSON line per use-case, with ids and codes, never a name, an answer or a token.

The edge opens a scope (`correlated`) for each request, batch or schedule. Every line told inside carries its correlation, every
event sent inside takes it along, and what was counted inside is written when it closes, as one metric line. What each metric
means, and who looks when, stands in `infrastructure/operations`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

from chalicelib.assessments.exposure.model import Series
from chalicelib.assessments.model import Entry, EntryKind
from chalicelib.assessments.ports import MarkedEntry
from chalicelib.kernel.clock import SECOND
from chalicelib.kernel.events import Envelope, EventSender

SERVICE = "palier"
NAMESPACE = "Palier"
SKEW_TOLD_SECONDS = 2

logger = Logger(service=SERVICE, utc=True, location=None)


class Metric(StrEnum):
    """Every metric of ours, by its name in CloudWatch. Its dimensions are the service and, for two of them, one more."""

    ANSWERS = "Answers"
    ASSESSMENTS_STARTED = "AssessmentsStarted"
    ASSESSMENTS_FINISHED = "AssessmentsFinished"
    """By `why`, a `StopReason`'s code."""
    ASSESSMENTS_ABANDONED = "AssessmentsAbandoned"
    PROFILE_UPDATES = "ProfileUpdates"
    DEAD_LETTERED = "DeadLettered"
    """By `reason`, the code under which a message was given up."""
    OUTBOX_DELIVERED = "OutboxDelivered"
    OUTBOX_FAILED = "OutboxFailed"
    OUTBOX_ALARMING = "OutboxAlarming"
    OUTBOX_UNDELIVERED = "OutboxUndelivered"
    OUTBOX_OLDEST_SECONDS = "OutboxOldestSeconds"
    EXPOSURE_TESTS = "ExposureTests"
    EXPOSURE_VERSIONS = "ExposureVersions"
    EXPOSURE_FAILED = "ExposureFailed"
    EXPOSURE_UNREADABLE = "ExposureUnreadable"
    WRITE_CONFLICTS = "WriteConflicts"
    RETRIES_EXHAUSTED = "RetriesExhausted"
    RELEASE_UNUSABLE = "ReleaseUnusable"
    STORE_UNAVAILABLE = "StoreUnavailable"
    CLOCK_SKEW_SECONDS = "ClockSkewSeconds"

    @property
    def unit(self) -> MetricUnit:
        """Seconds for what is named so, else a count."""
        return MetricUnit.Seconds if self.value.endswith("Seconds") else MetricUnit.Count


Dimension = tuple[str, str] | None
"""The name and the value of the dimension besides the service; both of a short list, never an id."""

_CORRELATION = "correlation"
_COUNTED: ContextVar[list[tuple[Metric, float, Dimension]] | None] = ContextVar("counted", default=None)


def correlation_id() -> str | None:
    """The correlation of the scope that runs, or None outside every scope."""
    return logger.thread_safe_get_current_keys().get(_CORRELATION)


@contextmanager
def correlated(correlation: str) -> Iterator[None]:
    """Tell, send and count under this correlation until the block ends. A scope inside another only changes the correlation."""
    before, outer = correlation_id(), _COUNTED.get()
    counted = [] if outer is None else outer
    _COUNTED.set(counted)
    logger.thread_safe_append_keys(**{_CORRELATION: correlation})
    try:
        yield
    finally:
        _COUNTED.set(outer)
        if before is None:
            logger.thread_safe_remove_keys([_CORRELATION])
        else:
            logger.thread_safe_append_keys(**{_CORRELATION: before})
        if outer is None:
            _write(counted)


def count(metric: Metric, value: float = 1, dimension: Dimension = None) -> None:
    """Count this: with the scope that runs, or at once outside every scope."""
    counted = _COUNTED.get()
    if counted is None:
        _write([(metric, value, dimension)])
    else:
        counted.append((metric, value, dimension))


def _write(counted: list[tuple[Metric, float, Dimension]]) -> None:
    """One line for the metrics without a dimension of their own, one more for each such dimension."""
    for dimension in dict.fromkeys(one[2] for one in counted):
        emf = AmazonCloudWatchEMFProvider(namespace=NAMESPACE, service=SERVICE)
        for metric, value, own in counted:
            if own == dimension:
                emf.add_metric(name=metric.value, unit=metric.unit, value=value)
        if dimension is not None:
            emf.add_dimension(*dimension)
        emf.flush_metrics()


def log_use_case(name: str, status: int, **ids: Any) -> None:
    """Tell that a use-case ran: its name, the reply's status, and ids or codes."""
    logger.info(name, extra={"status": status, **{key: value for key, value in ids.items() if value is not None}})


_FAILURES = {
    "release-damaged": Metric.RELEASE_UNUSABLE,
    "release-unavailable": Metric.RELEASE_UNUSABLE,
    "assessment-busy": Metric.RETRIES_EXHAUSTED,
    "profile-busy": Metric.RETRIES_EXHAUSTED,
    "store-unavailable": Metric.STORE_UNAVAILABLE,
}


def count_failure(code: str) -> None:
    """Metric of a domain error that is our fault; any other code is not counted."""
    metric = _FAILURES.get(code)
    if metric is not None:
        count(metric)


@dataclass(frozen=True)
class CorrelatedSender:
    """Sends each event with the correlation of what it follows from, unless it has one (port `EventSender`)."""

    sender: EventSender

    def send(self, envelope: Envelope) -> None:
        """Send the event; raises `UnavailableError` when it could not be sent in time."""
        if envelope.correlationid is None:
            envelope = envelope.model_copy(update={"correlationid": correlation_id()})
        self.sender.send(envelope)


def count_clock_skew(seconds: float) -> None:
    """Count by how much the machine's clock is off from the store's."""
    if _COUNTED.get() is not None:
        count(Metric.CLOCK_SKEW_SECONDS, seconds)


class LogCounts:
    """Counts what is written to logs (port `LogWatch`); silent outside every scope, as in the console."""

    def written(self, entry: Entry, behind: int) -> None:
        """An entry was stored; the clock was `behind` milliseconds before the entry's time."""
        if _COUNTED.get() is None:
            return
        if entry.kind is EntryKind.STARTED:
            count(Metric.ASSESSMENTS_STARTED)
        if entry.kind is EntryKind.ANSWERED:
            count(Metric.ANSWERS)
        if entry.state.stop is not None and entry.kind is not EntryKind.SHARED:
            count(Metric.ASSESSMENTS_FINISHED, dimension=("why", entry.state.stop.code))
        if behind > SKEW_TOLD_SECONDS * SECOND:
            count(Metric.CLOCK_SKEW_SECONDS, behind / SECOND)

    def overtaken(self) -> None:
        """Somebody else took the number of an entry."""
        if _COUNTED.get() is not None:
            count(Metric.WRITE_CONFLICTS)


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
    count(Metric.OUTBOX_DELIVERED, delivered)
    count(Metric.ASSESSMENTS_ABANDONED, ended)
    count(Metric.OUTBOX_FAILED, failed)
    count(Metric.OUTBOX_ALARMING, alarming)


def count_outbox(undelivered: int, oldest_seconds: float) -> None:
    """Metrics of what a sweep found waiting: marks old enough to be swept, and the age of the oldest one, 0 without any."""
    count(Metric.OUTBOX_UNDELIVERED, undelivered)
    count(Metric.OUTBOX_OLDEST_SECONDS, oldest_seconds)


def count_dead_letter(reason: str) -> None:
    """Metric of a message that was given up for this reason, a stable code."""
    count(Metric.DEAD_LETTERED, dimension=("reason", reason))


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
    count(Metric.EXPOSURE_TESTS, tests)
    count(Metric.EXPOSURE_VERSIONS, versions)
    count(Metric.EXPOSURE_FAILED, failed)
    count(Metric.EXPOSURE_UNREADABLE, unreadable)
