"""Every metric that is watched: ours, as `chalicelib/observability.py` emits them, and those of the cloud's services."""

from __future__ import annotations

from chalicelib.observability import NAMESPACE, SERVICE, Metric
from infrastructure.operations.model import TARGET, Watched
from infrastructure.package.functions import FUNCTIONS, HTTP
from infrastructure.template import read_template, resources_of

_RESOURCES = resources_of(read_template(), "stage")

QUEUES = tuple(queue.name.removeprefix("palier-stage-") for queue in _RESOURCES.queues.values() if queue.dead_letter)
TABLES = tuple(table.name.removeprefix("palier-stage-") for table in _RESOURCES.tables.values())
TIME_OUT_SECONDS = {function.name: function.timeout_seconds for function in FUNCTIONS}
HTTP_FUNCTIONS = tuple(function.name for function in HTTP)
EVENT_FUNCTIONS = tuple(name for name in TIME_OUT_SECONDS if name not in HTTP_FUNCTIONS)
SCHEDULED_FUNCTIONS = tuple(name for name in EVENT_FUNCTIONS if not name.endswith("-worker"))
API_ID = "${HttpApi}"
"""The logical name of the HTTP API in the template."""


def _ours(metric: Metric, panel: str, meaning: str, split_by: str | None = None) -> Watched:
    statistic = "Maximum" if metric.value.endswith("Seconds") or metric is Metric.OUTBOX_UNDELIVERED else "Sum"
    return Watched(NAMESPACE, metric.value, meaning, panel, statistic, {"service": SERVICE}, split_by=split_by)


def _of_function(name: str, panel: str, statistic: str, meaning: str, targets: tuple[str, ...]) -> Watched:
    return Watched("AWS/Lambda", name, meaning, panel, statistic, {"FunctionName": f"palier-${{Stage}}-{TARGET}"}, targets)


def _of_api(name: str, panel: str, statistic: str, meaning: str) -> Watched:
    return Watched("AWS/ApiGateway", name, meaning, panel, statistic, {"ApiId": API_ID})


def _of_table(name: str, panel: str, meaning: str) -> Watched:
    return Watched("AWS/DynamoDB", name, meaning, panel, "Sum", {"TableName": f"palier-${{Stage}}-{TARGET}"}, TABLES)


_PEOPLE, _FAULTS, _OUTBOX, _EXPOSURE = "What people do", "Our faults", "Outbox", "Exposure control"
_ALL = tuple(TIME_OUT_SECONDS)

ANSWERS = _ours(Metric.ANSWERS, _PEOPLE, "Answers stored. A repeat of the same answer is not counted again.")
STARTED = _ours(Metric.ASSESSMENTS_STARTED, _PEOPLE, "Assessments that came to be.")
FINISHED = _ours(Metric.ASSESSMENTS_FINISHED, "Why assessments end", "Assessments that ended, by the reason.", split_by="why")
ABANDONED = _ours(Metric.ASSESSMENTS_ABANDONED, _PEOPLE, "Assessments that the sweeper ended because nobody came back.")
PROFILES = _ours(Metric.PROFILE_UPDATES, _PEOPLE, "Finished assessments that were folded into a profile.")

RELEASE_UNUSABLE = _ours(Metric.RELEASE_UNUSABLE, _FAULTS, "Requests refused because a content release is damaged or missing.")
STORE_UNAVAILABLE = _ours(
    Metric.STORE_UNAVAILABLE, _FAULTS, "Requests and messages that failed because a store or a queue did not answer."
)
RETRIES_EXHAUSTED = _ours(Metric.RETRIES_EXHAUSTED, _FAULTS, "Requests and messages given up after all tries to write.")
WRITE_CONFLICTS = _ours(Metric.WRITE_CONFLICTS, "Conflicts", "Entries decided again because another took their number.")
CLOCK_SKEW = _ours(
    Metric.CLOCK_SKEW_SECONDS,
    "Clocks",
    "Seconds by which a machine's clock is off from the store's, or an entry was pushed forward, if over 2.",
)

OUTBOX_DELIVERED = _ours(Metric.OUTBOX_DELIVERED, _OUTBOX, "Messages that the sweeper sent for a function that could not.")
OUTBOX_FAILED = _ours(Metric.OUTBOX_FAILED, _OUTBOX, "Marks that a sweep could not settle; the next one tries again.")
OUTBOX_ALARMING = _ours(Metric.OUTBOX_ALARMING, _OUTBOX, "Marks that failed five times or more.")
OUTBOX_UNDELIVERED = _ours(Metric.OUTBOX_UNDELIVERED, _OUTBOX, "Messages older than a minute that a sweep found unsent.")
OUTBOX_OLDEST = _ours(Metric.OUTBOX_OLDEST_SECONDS, "Oldest unsent message", "Age in seconds of the oldest of them.")
DEAD_LETTERED = _ours(
    Metric.DEAD_LETTERED, "Why messages are given up", "Messages put aside by a consumer, by reason.", split_by="reason"
)

EXPOSURE_TESTS = _ours(Metric.EXPOSURE_TESTS, _EXPOSURE, "Finished tests counted by the exposure writer.")
EXPOSURE_VERSIONS = _ours(Metric.EXPOSURE_VERSIONS, _EXPOSURE, "Exposure tables published.")
EXPOSURE_FAILED = _ours(Metric.EXPOSURE_FAILED, _EXPOSURE, "Series that a run could not bring forward.")
EXPOSURE_UNREADABLE = _ours(Metric.EXPOSURE_UNREADABLE, _EXPOSURE, "Batches of finished tests that cannot be read.")

REQUESTS = _of_api("Count", "HTTP requests", "SampleCount", "Requests.")
CLIENT_ERRORS = _of_api("4xx", "HTTP requests", "Sum", "Requests refused.")
SERVER_ERRORS = _of_api("5xx", "HTTP requests", "Sum", "Requests that failed on our side; its average is their share.")
LATENCY = _of_api("Latency", "HTTP latency", "p99", "Milliseconds from request to reply, the gateway included.")

INVOCATIONS = _of_function("Invocations", "Invocations", "Sum", "Times that a function was called.", _ALL)
ERRORS = _of_function(
    "Errors", "Function errors", "Sum", "Calls that ended by an error, a time-out or for want of memory.", _ALL
)
THROTTLES = _of_function("Throttles", "Function throttles", "Sum", "Calls refused for want of concurrency.", _ALL)
DURATION = _of_function("Duration", "Function duration", "p99", "Milliseconds that a call took.", _ALL)

QUEUE_AGE = Watched(
    "AWS/SQS",
    "ApproximateAgeOfOldestMessage",
    "Age in seconds of the oldest message that waits.",
    "Oldest message of each queue",
    "Maximum",
    {"QueueName": f"palier-${{Stage}}-{TARGET}"},
    QUEUES,
)
DEAD_LETTERS = Watched(
    "AWS/SQS",
    "ApproximateNumberOfMessagesVisible",
    "Messages in a dead-letter queue.",
    "Dead letters",
    "Maximum",
    {"QueueName": f"palier-${{Stage}}-{TARGET}-dead"},
    QUEUES,
)

READ_THROTTLES = _of_table("ReadThrottleEvents", "Table throttles", "Reads that a table refused for now.")
WRITE_THROTTLES = _of_table("WriteThrottleEvents", "Table throttles", "Writes that a table refused for now.")
SYSTEM_ERRORS = Watched(
    "AWS/DynamoDB",
    "SystemErrors",
    "Calls of somebody answering that failed inside DynamoDB.",
    "Table errors",
    "Sum",
    {"TableName": "palier-${Stage}-assessments", "Operation": TARGET},
    ("Query", "PutItem"),
)

METRICS: tuple[Watched, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Watched))
"""All of them, in the order of this module."""
OURS = tuple(one for one in METRICS if one.namespace == NAMESPACE)
