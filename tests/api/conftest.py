"""The `memory` world of these many short tests: its release, which never changes, is read once for all of them."""

from __future__ import annotations

from functools import lru_cache

import pytest

from chalicelib.storage.meter import Meter
from chalicelib.wiring import Ports, Services
from tests.fakes.memory import FixedClock, MemoryLogs, MemoryPeople, MemoryReleases, MemorySender, NumberedIds
from tests.worlds import World, memory_world


@lru_cache(maxsize=1)
def first_world() -> World:
    return memory_world()


@pytest.fixture
def memory() -> World:
    """A service over fresh fakes."""
    settings, release, clock = first_world().services.settings, first_world().release, FixedClock()
    ports = Ports(MemoryLogs(), MemoryPeople(), MemoryReleases.of(release), MemorySender(), clock, NumberedIds())
    return World(Services(settings, ports), clock, Meter(), release)
