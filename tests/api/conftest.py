"""Fixtures: a player, and the scene of an open assessment, over the fakes; what is told meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.http_client import Client, Player
from tests.api.logged import Logged, everything_logged
from tests.api.organisation_scenes import settle
from tests.api.scenes import Scene
from tests.worlds import World


@pytest.fixture
def player(memory: World) -> Player:
    settle(memory)
    return Player.person(memory, Client(memory.services), scope="crcn")


@pytest.fixture
def scene(memory: World) -> Scene:
    client = Client(memory.services)
    return Scene(memory, client, Player.person(memory, client, scope="crcn"))


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Iterator[Logged]:
    """What is told during the test."""
    with everything_logged() as kept:
        kept.drain = lambda: capsys.readouterr().out
        yield kept
