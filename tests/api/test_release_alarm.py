"""A release that cannot be served raises the alarm that the template declares; nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infrastructure.operations import alarm_resources
from tests.api.scenes import Scene
from tests.fakes.memory import MemoryReleases


def alarm() -> dict[str, Any]:
    properties: dict[str, Any] = alarm_resources()["ReleaseUnusableAlarm"]["Properties"]
    return properties


def metrics_in(printed: str) -> Iterator[dict[str, Any]]:
    """Every metric printed in CloudWatch's embedded format, with its namespace and dimensions."""
    for line in printed.splitlines():
        told = json.loads(line)
        for group in told.get("_aws", {}).get("CloudWatchMetrics", ()):
            for metric in group["Metrics"]:
                dimensions = {name: told[name] for names in group["Dimensions"] for name in names}
                yield {"name": metric["Name"], "namespace": group["Namespace"], "dimensions": dimensions}


def test_a_release_out_of_reach_is_a_503_and_the_metric_that_the_alarm_watches(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    reply = scene.over(releases=MemoryReleases({})).get(scene.ines.path, scene.ines.token)
    assert (reply.status, reply.code) == (503, "release-unavailable")
    (metric,) = metrics_in(capsys.readouterr().out)
    watched = {one["Name"]: one["Value"] for one in alarm()["Dimensions"]}
    assert metric == {"name": alarm()["MetricName"], "namespace": alarm()["Namespace"], "dimensions": watched}


def test_what_is_no_fault_of_a_release_raises_no_alarm(scene: Scene, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert scene.client.get("/v1/nothing").status == 404
    assert scene.answer("x" * 9_000).status == 422
    assert list(metrics_in(capsys.readouterr().out)) == []
