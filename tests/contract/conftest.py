"""The contract suites run over the wire adapter too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.worlds import STORES, World, world_of


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A service over each kind of store, and over each client of the real ones, in turn."""
    with world_of(request.param, lambda: str(request.getfixturevalue("ministack_url"))) as made:
        yield made
