"""For each error code of organisations, a request that is answered by it."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.campaigns.organisations.model import Organisation
from tests.api.http_client import Reply
from tests.api.organisation_scenes import Asking, created
from tests.api.scenes import Scene
from tests.fakes.organisations import MemoryOrganisations

FOURTEEN_DAYS = 14 * 86_400


class Contended(MemoryOrganisations):
    """A store where somebody else always writes first."""

    def replace(self, organisation: Organisation) -> bool:
        return False


def hers(scene: Scene) -> Asking:
    """Ines, about an organisation of hers."""
    return created(scene.world, "ines")


def busy(scene: Scene) -> Reply:
    ines = hers(scene)
    store = scene.world.services.ports.organisations
    assert isinstance(store, MemoryOrganisations)
    client = scene.over(organisations=Contended(store.kept, store.roles))
    return Asking(scene.world, client, "ines", ines.organisation_id).post(body={"name": "Another"})


def expired(scene: Scene) -> Reply:
    code = hers(scene).invite()["code"]
    scene.world.clock.forward(FOURTEEN_DAYS)
    return created(scene.world, "noah").accept(code)


def used(scene: Scene) -> Reply:
    ines = hers(scene)
    code = ines.invite()["code"]
    ines.as_person("mona").accept(code)
    return ines.as_person("noah").accept(code)


def withdrawn(scene: Scene) -> Reply:
    ines = hers(scene)
    made = ines.invite()
    ines.post(f"/invitations/{made['invitation']['invitation_id']}/withdraw")
    return ines.as_person("noah").accept(made["code"])


def too_deep(scene: Scene) -> Reply:
    parent, school = hers(scene), {"type": "school", "name": "School"}
    while (reply := parent.post("/children", school)).status == 201:
        parent = Asking(parent.world, parent.client, parent.person, reply.json["organisation_id"])
    return reply


ORGANISATION_REQUESTS: dict[str, Callable[[Scene], Reply]] = {
    "invitation-expired": expired,
    "invitation-not-found": lambda scene: hers(scene).accept("a" * 53),
    "invitation-used": used,
    "invitation-withdrawn": withdrawn,
    "last-admin": lambda scene: hers(scene).post("/members/ines/remove"),
    "member-not-found": lambda scene: hers(scene).post("/members/noah/remove"),
    "not-allowed": lambda scene: hers(scene).with_member("mona").post("/delete"),
    "organisation-busy": busy,
    "organisation-not-found": lambda scene: hers(scene).as_person("noah").get(),
    "tree-too-deep": too_deep,
}
