"""The unit meter: capacity units computed from the bytes of each request and reply, by DynamoDB's published rules.

A strong read costs one unit per 4 KB begun, an eventual one half; a write one per KB begun of the larger of the old and the
new item, and again for each index whose projection it touches. A failed condition costs its write all the same. Emulators
answer constant or wrong figures; ours are what the tests assert and the cost model is fed with.
Source: Amazon DynamoDB developer guide, "Capacity unit consumption" and "Item sizes and formats".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Item = Mapping[str, Mapping[str, Any]]
"""An item as the low-level API carries it: attribute name → {type: value}."""


@dataclass
class Meter:
    """Units consumed since the last `reset`, by operation."""

    reads: float = 0.0
    writes: float = 0.0
    calls: list[str] = field(default_factory=list)

    def read(self, call: str, items: Iterable[Item], *, strong: bool) -> None:
        """Count a read that returned these items (an absent item still costs the least)."""
        units = max(1, math.ceil(sum(size_of(item) for item in items) / 4096))
        self.reads += units if strong else units / 2
        self.calls.append(call)

    def write(self, call: str, item_bytes: int, index_writes: int = 0) -> None:
        """Count a write of an item of this size that touches this many index entries (keys only: one unit each)."""
        self.writes += max(1, math.ceil(item_bytes / 1024)) + index_writes
        self.calls.append(call)

    def reset(self) -> None:
        """Forget what was counted."""
        self.reads, self.writes = 0.0, 0.0
        self.calls.clear()


def size_of(item: Item) -> int:
    """Bytes that an item counts for: UTF-8 names and values; a number half a byte a digit, plus one."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "B":
        return len(content)
    if kind == "N":
        digits = content.lstrip("-").replace(".", "").strip("0")
        return (len(digits) + 1) // 2 + 1 + (1 if content.startswith("-") else 0)
    return 1
