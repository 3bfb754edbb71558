"""What the service tells while a test runs: lines, metrics, and all that any library writes."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import Any

from chalicelib.observability import logger


@dataclass(frozen=True)
class Point:
    """One value of a metric, as it stands in an embedded line."""

    name: str
    value: float
    namespace: str
    dimensions: dict[str, str]


@dataclass
class Logged:
    """Everything written: by the service's logger as JSON lines, by every other logger as plain text, and the metric lines."""

    stream: io.StringIO = field(default_factory=io.StringIO)
    others: io.StringIO = field(default_factory=io.StringIO)
    printed: io.StringIO = field(default_factory=io.StringIO)
    drain: Callable[[], str] = str
    """What was printed since it was last asked, where something else catches what is printed."""

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    @property
    def text(self) -> str:
        return self.stream.getvalue() + self.others.getvalue() + self._all_printed()

    def _all_printed(self) -> str:
        self.printed.write(self.drain())
        return self.printed.getvalue()

    @property
    def metric_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._all_printed().splitlines()]

    @property
    def points(self) -> list[Point]:
        """Every value of every metric that was written."""
        return [
            Point(
                metric["Name"], value, group["Namespace"], {name: line[name] for names in group["Dimensions"] for name in names}
            )
            for line in self.metric_lines
            for group in line["_aws"]["CloudWatchMetrics"]
            for metric in group["Metrics"]
            for value in line[metric["Name"]]
        ]

    def total(self, name: str) -> float:
        """The sum of a metric."""
        return sum(point.value for point in self.points if point.name == name)

    def by(self, dimension: str, name: str) -> dict[str, float]:
        """The sum of a metric by the value of a dimension."""
        sums: dict[str, float] = {}
        for point in self.points:
            if point.name == name:
                value = point.dimensions[dimension]
                sums[value] = sums.get(value, 0) + point.value
        return sums


@contextmanager
def everything_logged() -> Iterator[Logged]:
    """Keep what is told until the block ends, down to DEBUG for libraries."""
    kept = Logged()
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(kept.stream)
    root, also = logging.getLogger(), logging.StreamHandler(kept.others)
    level = root.level
    root.addHandler(also)
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(kept.printed):
            yield kept
    finally:
        root.setLevel(level)
        root.removeHandler(also)
        handler.setStream(before)
