"""The promises of `tests/contract/test_mark_store.py`, kept on what other clouds offer."""

from __future__ import annotations

import pytest

from tests.contract import test_mark_store
from tests.portability.suites import suite_of
from tests.worlds import World

globals().update(suite_of(test_mark_store, without=frozenset({"store"})))


@pytest.fixture
def store(world: World) -> test_mark_store.Store:
    return test_mark_store.on_dynamo(world)
