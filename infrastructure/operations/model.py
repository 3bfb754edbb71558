"""What a watched metric, an alarm and its runbook are. Plain data; nothing here knows CloudFormation or Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

TARGET = "{target}"
"""Stands in a dimension for each target of a metric in turn."""


class Severity(StrEnum):
    """How fast somebody must look. The order is the order of the page."""

    NOW = "now"
    TODAY = "today"
    LATER = "later"


@dataclass(frozen=True)
class Watched:
    """A metric of CloudWatch, seen once or for each of its targets (queues, functions, tables)."""

    namespace: str
    name: str
    meaning: str
    panel: str
    """The title of its graph on the dashboard."""
    statistic: str
    """As the dashboard shows it: `Sum`, `Maximum`, `Average` or a percentile such as `p99`."""
    dimensions: Mapping[str, str]
    """Values are texts for `Fn::Sub`."""
    targets: tuple[str, ...] = ()
    split_by: str | None = None
    """A further dimension, each value of which the dashboard shows by itself."""


@dataclass(frozen=True)
class Query:
    """A saved query of CloudWatch Logs Insights. Capitals such as `CORRELATION` are to be replaced."""

    name: str
    purpose: str
    text: str


@dataclass(frozen=True)
class Condition:
    """When an alarm fires: `periods` periods in a row, of each of which the statistic is on the wrong side of the threshold."""

    statistic: str
    threshold: float | Mapping[str, float]
    """In the metric's unit; by target where targets differ."""
    period_seconds: int
    periods: int = 1
    below: bool = False
    """Whether too little is what is wrong; then silence is wrong too."""

    def threshold_of(self, target: str) -> float:
        """The threshold for this target."""
        return self.threshold if isinstance(self.threshold, int | float) else self.threshold[target]


@dataclass(frozen=True)
class Runbook:
    """What an alarm means, where to look first, and what to do. Capitals such as `$QUEUE` are set by who reads."""

    meaning: str
    actions: tuple[str, ...]
    queries: tuple[Query, ...] = ()
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Alarm:
    """One alarm, or one for each target of its metric."""

    name: str
    severity: Severity
    on: Watched
    condition: Condition
    runbook: Runbook
    targets: tuple[str, ...] = field(default=())
    """Those of the metric's targets that it is for; all of them unless told."""

    @property
    def watched(self) -> tuple[str, ...]:
        """Its targets, or one empty text when the metric has none."""
        return self.targets or self.on.targets or ("",)
