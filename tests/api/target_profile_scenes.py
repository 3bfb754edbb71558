"""A target profile that an organisation has, and requests that its members may make about it."""

from __future__ import annotations

from typing import Any

from tests.domain.target_profile_builders import PROFILE, a_document, a_profile
from tests.fakes.target_profiles import MemoryTargetProfiles
from tests.worlds import World

PROFILE_PATHS = {"profile_id": PROFILE}
"""What stands in the path of a request about the profile."""
CREATION: dict[str, Any] = {"copy_of": "diagnostic"}
EDIT: dict[str, Any] = {"targets": a_document(), "version": 1}


def settle_target_profile(world: World, organisation_id: str) -> None:
    """Let this organisation have one target profile, as if nothing had happened since, and no other have any."""
    store = world.services.ports.target_profiles
    assert isinstance(store, MemoryTargetProfiles)
    store.kept.clear()
    store.create(a_profile(owner=organisation_id))
