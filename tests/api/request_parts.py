"""Parts of a player's requests: the path, the body of an answer, and a word that must never come back."""

from __future__ import annotations

from typing import Any

from tests.api.http_client import Player
from tests.api.organisation_scenes import organisation_path

MARKER = "m4rk3r"


def path_of(player: Player, path: str) -> str:
    return organisation_path(path.replace("{assessment_id}", player.assessment_id))


def answer_body(player: Player, **other: Any) -> dict[str, Any]:
    """A skip of what waits, with these fields instead."""
    waiting = player.progress()["next"]
    return {"step": waiting["step"], "challenge": waiting["challenge"]["id"], "answer": None, **other}
