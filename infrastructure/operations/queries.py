"""The saved log queries, in the syntax of CloudWatch Logs Insights, over the log groups of every function."""

from __future__ import annotations

from infrastructure.operations.model import Query

CORRELATION = Query(
    "correlation",
    "Everything that followed from one request, in every function.",
    'fields @timestamp, message, status, code, assessment, request, @log\n| filter correlation = "CORRELATION"\n| sort @timestamp',
)
ASSESSMENT = Query(
    "assessment",
    "Everything that was told of one assessment.",
    "fields @timestamp, message, status, code, correlation, request, @log\n"
    '| filter assessment = "ASSESSMENT"\n| sort @timestamp',
)
FAILURES = Query(
    "failures",
    "Requests that failed on our side, by use-case and code.",
    "filter status >= 500\n| stats count() as failures by message, code, bin(5m)\n| sort failures desc",
)
BUGS = Query(
    "bugs",
    "Errors that nobody expected, with their trace.",
    "fields @timestamp, exception_name, exception, correlation, @log\n| filter ispresent(exception_name)\n| sort @timestamp desc"
    "\n| limit 50",
)
CALLS_CUT = Query(
    "calls-cut",
    "Calls that Lambda ended: time-outs, memory, crashes at start.",
    "fields @timestamp, @message, @log\n"
    "| filter @message like /Task timed out|Runtime exited|signal: killed|Unable to import module/\n| sort @timestamp desc\n| limit 50",
)
SLOW = Query(
    "slow",
    "How long calls took, in milliseconds, and how much memory they used.",
    'filter @type = "REPORT"\n'
    "| stats count() as calls, pct(@duration, 50) as p50, pct(@duration, 99) as p99, max(@duration) as longest,\n"
    "    max(@maxMemoryUsed / 1000000) as megabytes by @log, bin(5m)\n| sort longest desc",
)
COLD = Query(
    "cold-starts",
    "How many calls started a new instance, and how long that took.",
    'filter @type = "REPORT" and ispresent(@initDuration)\n'
    "| stats count() as starts, pct(@initDuration, 50) as p50, max(@initDuration) as longest by @log, bin(5m)",
)
UNSENT = Query(
    "unsent",
    "Marks of the outbox that could not be settled, and sends that failed.",
    "fields @timestamp, message, assessment, mark, attempts, code, correlation\n"
    '| filter message in ["outbox-unsettled", "outbox-undelivered"]\n| sort attempts desc, @timestamp desc\n| limit 100',
)
SET_ASIDE = Query(
    "set-aside",
    "Messages that a consumer put aside or gave back, and why.",
    "fields @timestamp, message, reason, code, letter, correlation, @log\n"
    '| filter message in ["message-set-aside", "message-given-back"]\n| sort @timestamp desc\n| limit 100',
)
EXPOSURE = Query(
    "exposure",
    "What the exposure writer could not do.",
    "fields @timestamp, message, release, pool, batch, code\n"
    '| filter message in ["exposure-unpublished", "exposure-unreadable", "batch-uncounted"]\n| sort @timestamp desc\n| limit 100',
)
SKEW = Query(
    "clock-skew",
    "How far clocks were apart, in seconds, by function instance.",
    "filter ispresent(ClockSkewSeconds.0)\n| stats count() as entries, max(ClockSkewSeconds.0) as furthest by @logStream\n"
    "| sort furthest desc",
)
TRAFFIC = Query(
    "traffic",
    "What people asked for and how it ended, by use-case and status.",
    "filter ispresent(status)\n| stats count() as times by message, status, code\n| sort times desc",
)

QUERIES: tuple[Query, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Query))
"""All of them, in the order of this module."""
