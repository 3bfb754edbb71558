"""The alarms and the dashboard as CloudFormation resources: whole, within the service's limits, and deployable."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infrastructure.operations import alarm_resources, dashboard_resource
from infrastructure.operations.alarms import ALARMS, NEAR_TIME_OUT, SCHEDULE_SILENT
from infrastructure.operations.metrics import METRICS
from infrastructure.operations.resources import alarm_name, logical_name

VARIABLES = {
    "Stage": "blue",
    "HttpApi": "a1b2c3",
    "AWS::Region": "eu-west-3",
    "AWS::AccountId": "1" * 12,
    "AWS::Partition": "aws",
}
ALARM_PROPERTIES = [pytest.param(one["Properties"], id=name) for name, one in alarm_resources().items()]


def substituted(text: str) -> str:
    """The text as CloudFormation writes it."""
    done = re.sub(r"\$\{([^!}]+)\}", lambda found: VARIABLES[found[1]], text)
    return re.sub(r"\$\{!([^}]+)\}", r"${\1}", done)


def widgets() -> list[dict[str, Any]]:
    body = dashboard_resource()["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    found: list[dict[str, Any]] = json.loads(substituted(body))["widgets"]
    return found


def test_there_is_one_alarm_for_each_target_of_each_row() -> None:
    assert len(alarm_resources()) == sum(len(alarm.watched) for alarm in ALARMS)
    assert logical_name(ALARMS[0], "") == "ReleaseUnusableAlarm"
    assert logical_name(NEAR_TIME_OUT, "results-worker") == "NearTimeOutResultsWorkerAlarm"
    assert all(name.isalnum() for name in alarm_resources())


@pytest.mark.parametrize("properties", ALARM_PROPERTIES)
def test_every_alarm_carries_its_stage_tells_the_topic_and_says_where_to_read(properties: dict[str, Any]) -> None:
    assert properties["AlarmName"]["Fn::Sub"].startswith("palier-${Stage}-")
    assert properties["AlarmActions"] == {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    assert len(properties["AlarmDescription"]) <= 1024
    assert re.search(r"docs/operations\.md#[a-z-]+\.$", properties["AlarmDescription"])
    assert ("Statistic" in properties) != ("ExtendedStatistic" in properties)
    assert properties["Period"] % 60 == 0
    assert "Metrics" not in properties, "no metric math: every emulator and cloud takes these alarms"


def test_the_alarm_near_the_time_out_follows_the_time_out_of_each_function() -> None:
    made = alarm_resources()
    thresholds = {
        target: made[logical_name(NEAR_TIME_OUT, target)]["Properties"]["Threshold"] for target in NEAR_TIME_OUT.watched
    }
    assert thresholds["answer"] == 8_000
    assert thresholds["sweeper"] == 48_000


def test_only_the_silence_of_what_runs_every_minute_is_alarming() -> None:
    breaching = {name for name, one in alarm_resources().items() if one["Properties"]["TreatMissingData"] == "breaching"}
    assert breaching == {logical_name(SCHEDULE_SILENT, target) for target in SCHEDULE_SILENT.watched}
    assert "ScheduleSilentSweeperAlarm" in breaching


def test_the_dashboard_shows_every_metric_and_the_state_of_every_alarm() -> None:
    shown = json.dumps(widgets())
    assert all(one.name in shown for one in METRICS)
    (states,) = [one for one in widgets() if one["type"] == "alarm"]
    assert [arn.rpartition(":")[2] for arn in states["properties"]["alarms"]] == [
        f"palier-blue-{alarm_name(alarm, target)}" for alarm in ALARMS for target in alarm.watched
    ]
    assert len(states["properties"]["alarms"]) <= 100, "what a widget takes"
    assert "${" not in shown.replace("${PROP(", "")


def test_no_widget_lies_over_another() -> None:
    taken: set[tuple[int, int]] = set()
    for one in widgets():
        cells = {(x, y) for x in range(one["x"], one["x"] + one["width"]) for y in range(one["y"], one["y"] + one["height"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
