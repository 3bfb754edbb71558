"""CloudFormation: the alarms and the dashboard of the table, ready to be merged into the template."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from infrastructure.operations.alarms import ALARMS
from infrastructure.operations.metrics import METRICS
from infrastructure.operations.model import TARGET, Alarm, Watched

TOPIC, HAS_TOPIC = "AlarmTopicArn", "HasAlarmTopic"
"""The parameter that says where alarms are sent, and the condition that it says anything: `infrastructure/package/parameters.py`."""
_WIDTH, _HEIGHT, _COLUMNS = 8, 6, 3
_LEVEL = re.compile(r"p\d+(\.\d+)?")


def alarm_resources() -> dict[str, dict[str, Any]]:
    """Every alarm by its logical name; they are sent to the topic of the stage, if it has one."""
    return {logical_name(alarm, target): _alarm(alarm, target) for alarm in ALARMS for target in alarm.watched}


def logical_name(alarm: Alarm, target: str) -> str:
    """`ReleaseUnusableAlarm`, `DeadLettersResultsAlarm`."""
    words = f"{alarm.name}-{target[:1].upper()}{target[1:]}".split("-")
    return "".join(word[:1].upper() + word[1:] for word in words) + "Alarm"


def alarm_name(alarm: Alarm, target: str) -> str:
    """The alarm's name without its stage: `release-unusable`, `dead-letters-results`."""
    return "-".join(part for part in (alarm.name, target.lower()) if part)


def dashboard_resource() -> dict[str, dict[str, Any]]:
    """The one dashboard of a stage: the state of every alarm, then every metric by panel."""
    body = json.dumps({"start": "-PT3H", "widgets": list(_widgets())}, separators=(",", ":"))
    properties = {"DashboardName": {"Fn::Sub": "palier-${Stage}"}, "DashboardBody": {"Fn::Sub": body}}
    return {"Dashboard": {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}}


def _alarm(alarm: Alarm, target: str) -> dict[str, Any]:
    condition, on = alarm.condition, alarm.on
    kind = "ExtendedStatistic" if _LEVEL.fullmatch(condition.statistic) else "Statistic"
    action = {"Fn::If": [HAS_TOPIC, [{"Ref": TOPIC}], {"Ref": "AWS::NoValue"}]}
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": {"Fn::Sub": f"palier-${{Stage}}-{alarm_name(alarm, target)}"},
            "AlarmDescription": f"[{alarm.severity}] {alarm.runbook.meaning} See docs/operations.md#{alarm.name}.",
            "Namespace": on.namespace,
            "MetricName": on.name,
            "Dimensions": [{"Name": name, "Value": _sub(value)} for name, value in dimensions_of(on, target).items()],
            kind: condition.statistic,
            "Period": condition.period_seconds,
            "EvaluationPeriods": condition.periods,
            "Threshold": condition.threshold_of(target),
            "ComparisonOperator": "LessThanThreshold" if condition.below else "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "breaching" if condition.below else "notBreaching",
            "AlarmActions": action,
            "OKActions": action,
        },
    }


def dimensions_of(watched: Watched, target: str) -> dict[str, str]:
    """The dimensions of this metric for one of its targets."""
    return {name: value.replace(TARGET, target) for name, value in watched.dimensions.items()}


def _sub(text: str) -> Any:
    return {"Fn::Sub": text} if "${" in text else text


def _widgets() -> Iterator[dict[str, Any]]:
    arns = [
        f"arn:${{AWS::Partition}}:cloudwatch:${{AWS::Region}}:${{AWS::AccountId}}:alarm:palier-${{Stage}}-{alarm_name(alarm, target)}"
        for alarm in ALARMS
        for target in alarm.watched
    ]
    whole = {"x": 0, "y": 0, "width": _WIDTH * _COLUMNS, "height": _HEIGHT}
    yield {"type": "alarm", **whole, "properties": {"title": "Alarms", "alarms": arns}}
    for place, panel in enumerate(dict.fromkeys(one.panel for one in METRICS)):
        row, column = divmod(place, _COLUMNS)
        yield {
            "type": "metric",
            "x": column * _WIDTH,
            "y": (row + 1) * _HEIGHT,
            "width": _WIDTH,
            "height": _HEIGHT,
            "properties": {
                "title": panel,
                "region": "${AWS::Region}",
                "period": 60,
                "metrics": [line for one in METRICS if one.panel == panel for line in _lines(one)],
            },
        }


def _lines(watched: Watched) -> Iterator[list[Any]]:
    if watched.split_by is not None:
        names = ",".join((watched.namespace, *watched.dimensions, watched.split_by))
        chosen = " ".join(f'{name}="{value}"' for name, value in watched.dimensions.items())
        search = f"SEARCH('{{{names}}} MetricName=\"{watched.name}\" {chosen}', '{watched.statistic}', 60)"
        yield [{"expression": search, "label": f"${{!PROP('Dim.{watched.split_by}')}}"}]
        return
    for target in watched.targets or ("",):
        flat = [part for pair in dimensions_of(watched, target).items() for part in pair]
        label = " ".join(part for part in (target, watched.name) if part)
        yield [watched.namespace, watched.name, *flat, {"stat": watched.statistic, "label": label}]
