"""Fixtures: a player, and the scene of an open assessment, over the fakes."""

from __future__ import annotations

import pytest

from tests.api.http_client import Client, Player
from tests.api.scenes import Scene
from tests.worlds import World


@pytest.fixture
def player(memory: World) -> Player:
    return Player.person(memory, Client(memory.services), scope="crcn")


@pytest.fixture
def scene(memory: World) -> Scene:
    client = Client(memory.services)
    return Scene(memory, client, Player.person(memory, client, scope="crcn"))
