"""For each error code of target profiles, a request that is answered by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.campaigns.target_profiles.model import KeptProfile
from tests.api.http_client import Reply
from tests.api.organisation_scenes import Asking, created
from tests.api.scenes import Scene
from tests.domain.target_profile_builders import a_document
from tests.fakes.target_profiles import MemoryTargetProfiles


class Contended(MemoryTargetProfiles):
    """A store where somebody else always writes first."""

    def remove(self, kept: KeptProfile) -> bool:
        return False


def hers(scene: Scene) -> tuple[Asking, str]:
    """Ines, and a target profile of an organisation of hers."""
    ines = created(scene.world, "ines")
    made: dict[str, Any] = ines.post("/target-profiles", {"targets": a_document()}).json
    return ines, f"/target-profiles/{made['id']}"


def busy(scene: Scene) -> Reply:
    ines, profile = hers(scene)
    store = scene.world.services.ports.target_profiles
    assert isinstance(store, MemoryTargetProfiles)
    return replace(ines, client=scene.over(target_profiles=Contended(store.kept))).post(f"{profile}/delete")


def changed(scene: Scene) -> Reply:
    ines, profile = hers(scene)
    return ines.post(profile, {"targets": a_document(badges=[]), "version": 7})


TARGET_PROFILE_REQUESTS: dict[str, Callable[[Scene], Reply]] = {
    "not-in-the-content": lambda scene: created(scene.world, "ines").post(
        "/target-profiles", {"targets": a_document(topics={"nowhere": 1}, badges=[])}
    ),
    "target-profile-busy": busy,
    "target-profile-changed": changed,
    "target-profile-not-found": lambda scene: created(scene.world, "ines").get("/target-profiles/nothing"),
    "template-read-only": lambda scene: created(scene.world, "ines").post("/target-profiles/diagnostic/delete"),
}
