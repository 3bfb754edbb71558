"""Two organisations that know nothing of each other, and requests to every route about one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.campaigns.organisations.invitation import Invitation, invitation_id
from chalicelib.campaigns.organisations.model import OrganisationType, OrganisationWish, Role
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.ids import derive_id
from tests.api.campaign_scenes import CAMPAIGN_PATHS, settle_campaign
from tests.api.client_scenes import CLIENT_PATHS, settle_client
from tests.api.http_client import Client, Reply
from tests.api.target_profile_scenes import PROFILE_PATHS, settle_target_profile
from tests.fakes.callers import MemoryFailures
from tests.fakes.organisations import MemoryOrganisations
from tests.worlds import World

OWNER, MEMBER = "ines", "mona"
KEY = "the-key-of-ines-and-hers"
ORGANISATION = derive_id("organisation", OWNER, KEY)
SECRET = "s" * 26
INVITATION = invitation_id(ORGANISATION, SECRET)
CODE = f"{ORGANISATION}-{SECRET}"
WISH = OrganisationWish(OrganisationType.SCHOOL, "The school of Ines")
PATHS = {
    "organisation_id": ORGANISATION,
    "person_id": MEMBER,
    "invitation_id": INVITATION,
    **CLIENT_PATHS,
    **PROFILE_PATHS,
    **CAMPAIGN_PATHS,
}
"""What stands in the path of a request about the organisation of Ines."""


def settle(world: World) -> None:
    """Let there be, as if nothing had happened since, an organisation of Ines, with a member and an open invitation."""
    services, store = world.services, world.services.ports.organisations
    assert isinstance(store, MemoryOrganisations)
    for kept in (store.kept, store.roles, store.codes):
        kept.clear()
    failures = services.ports.failures
    assert isinstance(failures, MemoryFailures)
    failures.kept.clear()
    services.creating_organisations.create(OWNER, WISH, KEY)
    store.replace_standing(store.standing(ORGANISATION, MEMBER).with_role(Role.MEMBER, world.clock.now()))
    store.remember(MEMBER, ORGANISATION)
    store.add_invitation(Invitation(INVITATION, ORGANISATION, Role.MEMBER, OWNER, Instant(world.clock.now())))
    settle_client(world, ORGANISATION)
    settle_target_profile(world, ORGANISATION)
    settle_campaign(world, ORGANISATION)


def organisation_path(path: str, **other: str) -> str:
    """The path of a route, about the organisation of Ines or what is named instead."""
    for name, value in {**PATHS, **other}.items():
        path = path.replace(f"{{{name}}}", value)
    return path


@dataclass(frozen=True)
class Asking:
    """Somebody who asks over HTTP about one organisation."""

    world: World
    client: Client
    person: str
    organisation_id: str

    @property
    def path(self) -> str:
        return f"/v1/organisations/{self.organisation_id}"

    def get(self, what: str = "") -> Reply:
        return self.client.get(self.path + what, self.world.token(self.person))

    def post(self, what: str = "", body: Any = None, **headers: str) -> Reply:
        return self.client.post(self.path + what, body, self.world.token(self.person), **headers)

    def accept(self, code: str) -> Reply:
        return self.client.post("/v1/invitations/accept", {"code": code}, self.world.token(self.person))

    def mine(self) -> list[str]:
        """The ids of the organisations that this person is told to be in."""
        reply = self.client.get("/v1/me/organisations", self.world.token(self.person))
        return [one["organisation_id"] for one in reply.json["organisations"]]

    def invite(self, role: str = "member") -> Any:
        reply = self.post("/invitations", {"role": role})
        assert reply.status == 201, reply.text
        return reply.json

    def as_person(self, person: str) -> Asking:
        """Somebody else, about the same organisation."""
        return Asking(self.world, self.client, person, self.organisation_id)

    def with_member(self, person: str, role: str = "member") -> Asking:
        """Somebody who was invited and accepted."""
        somebody = self.as_person(person)
        assert somebody.accept(self.invite(role)["code"]).status == 200
        return somebody


def created(world: World, person: str, name: str = "Town hall") -> Asking:
    """The admin of an organisation of their own."""
    client = Client(world.services)
    reply = client.post("/v1/organisations", {"type": "public-employer", "name": name}, world.token(person))
    assert reply.status == 201, reply.text
    return Asking(world, client, person, reply.json["organisation_id"])
