"""The promises of `tests/contract/test_events_and_releases.py`, kept on what other clouds offer."""

from __future__ import annotations

import pytest

from tests.contract import test_events_and_releases
from tests.portability.suites import suite_of
from tests.worlds import World

globals().update(suite_of(test_events_and_releases, without=frozenset({"cloud"})))


@pytest.fixture
def cloud(world: World) -> World:
    return world
