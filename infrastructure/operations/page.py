"""`docs/operations.md`, written from the table: what somebody reads at night, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator

from infrastructure.operations import queries as q
from infrastructure.operations.alarms import ALARMS
from infrastructure.operations.metrics import METRICS, OURS, TIME_OUT_SECONDS
from infrastructure.operations.model import Alarm, Severity, Watched
from infrastructure.operations.page_parts import (
    BEFORE,
    CERTIFICATION_DAY,
    COST,
    DAILY,
    FOLLOWING,
    LOG_LINE,
    PROMISES,
    SEVERITIES,
)
from infrastructure.operations.resources import alarm_name


def page() -> str:
    """The whole page as it is committed."""
    return "\n\n".join(part.strip() for part in _parts()) + "\n"


def _parts() -> Iterator[str]:
    yield "# Operations"
    yield (
        "What to do when an alarm rings. Written by `palier operations --write` from `infrastructure/operations/`, which also makes the "
        "alarms and the dashboard: change it there."
    )
    yield PROMISES
    yield BEFORE.replace("FUNCTIONS", " ".join(TIME_OUT_SECONDS))
    for severity in Severity:
        yield f"## Alarms: {severity}"
        yield SEVERITIES[severity]
        for alarm in ALARMS:
            if alarm.severity is severity:
                yield _alarm(alarm)
    yield DAILY
    yield CERTIFICATION_DAY
    yield LOG_LINE
    yield FOLLOWING.replace("QUERY", _block(q.CORRELATION.text))
    yield "## Queries\n\nFor CloudWatch Logs Insights, or for `insights` above. Replace what is in capitals."
    for query in q.QUERIES:
        yield f"### Query {query.name}\n\n{query.purpose}\n\n{_block(query.text)}"
    yield _metrics()
    yield COST.replace("ALARMS", str(sum(len(alarm.watched) for alarm in ALARMS))).replace("METRICS", str(len(OURS)))


def _alarm(alarm: Alarm) -> str:
    lines = [f"### {alarm.name}", f"{alarm.runbook.meaning}", f"*Fires* {fires_when(alarm)}. {_names(alarm)}"]
    looks = [f"the query [{query.name}](#query-{query.name})" for query in alarm.runbook.queries]
    if looks:
        lines.append(f"**Look** at {' and '.join(looks)}{':' if alarm.runbook.commands else '.'}")
    elif alarm.runbook.commands:
        lines.append("**Look**:")
    if alarm.runbook.commands:
        lines.append(_block("\n".join(alarm.runbook.commands), "sh"))
    lines.append("**Do**:\n" + "\n".join(f"- {action}" for action in alarm.runbook.actions))
    return "\n\n".join(lines)


def fires_when(alarm: Alarm) -> str:
    """The condition in words: `when the sum of `ReleaseUnusable` is 1 or more in a minute`."""
    condition = alarm.condition
    thresholds = dict.fromkeys(condition.threshold_of(target) for target in alarm.watched)
    limit = " or ".join(f"{one:,g}" for one in thresholds) if len(thresholds) == 1 else "four fifths of its time-out"
    side = "under" if condition.below else "at least"
    span = (
        _span(condition.period_seconds)
        if condition.periods == 1
        else f"each of {condition.periods} × {_span(condition.period_seconds)}"
    )
    silence = ", or when nothing is heard of it" if condition.below else ""
    return f"when `{alarm.on.name}` ({condition.statistic.lower()}) is {side} {limit} in {span}{silence}"


def _span(seconds: int) -> str:
    return f"{seconds // 60} min"


def _names(alarm: Alarm) -> str:
    names = [f"`palier-$STAGE-{alarm_name(alarm, target)}`" for target in alarm.watched]
    return f"Name{'s' if len(names) > 1 else ''}: {', '.join(names)}."


def _metrics() -> str:
    rows = [f"| `{_titled(one)}` | {one.statistic} | {one.meaning} | {one.panel} |" for one in METRICS]
    head = "| metric | shown as | what it counts | panel of the dashboard `palier-$STAGE` |\n|---|---|---|---|"
    return (
        "## Metrics\n\nThose of the namespace `Palier` are ours, with the dimension `service`; the others are the provider's.\n\n"
        + "\n".join((head, *rows))
    )


def _titled(one: Watched) -> str:
    return f"{one.namespace} {one.name}" + (f" by {one.split_by}" if one.split_by else "")


def _block(text: str, language: str = "text") -> str:
    return f"```{language}\n{text}\n```"
