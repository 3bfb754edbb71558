"""Organisations to test with: who is in them, what must always hold, and stores that die or wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from chalicelib.campaigns.organisations.model import OrganisationType, OrganisationWish, Role
from chalicelib.campaigns.organisations.ports import OrganisationStore
from chalicelib.wiring import Services
from tests.worlds import World

ADA, BOB, CLEO, NOAH = "ada", "bob", "cleo", "noah"
WISH = OrganisationWish(OrganisationType.PUBLIC_EMPLOYER, "Town hall")
KEY = "k" * 20

WRITES = frozenset({"create", "replace", "replace_standing", "remember", "add_invitation", "settle_invitation"})


def an_organisation(services: Services, admin: str = ADA, key: str = KEY) -> str:
    """The id of an organisation of this admin."""
    return services.creating_organisations.create(admin, WISH, key)[0].organisation_id


def a_code(services: Services, organisation_id: str, role: Role = Role.MEMBER, admin: str = ADA) -> str:
    """The code of an invitation."""
    return services.inviting.invite(admin, organisation_id, role)[1]


def join(services: Services, organisation_id: str, person: str, role: Role = Role.MEMBER) -> None:
    """Let this person be a member, by an invitation."""
    services.accepting.accept(person, a_code(services, organisation_id, role))


def roles_of(services: Services, organisation_id: str) -> dict[str, Role]:
    """The role of each member."""
    store = services.ports.organisations
    return {one.person_id: one.role for one in store.standings(organisation_id) if one.role is not None}


def names_of(services: Services, person: str) -> list[str]:
    """The ids of the organisations that a person is told to be a member of."""
    return [one.organisation_id for one in services.organisations.of_person(person)]


def assert_an_admin_stays(services: Services, organisation_id: str) -> None:
    """Whoever the organisation counts on is an admin, and it counts on somebody."""
    organisation = services.ports.organisations.organisation(organisation_id)
    assert organisation is not None
    admins = {person for person, role in roles_of(services, organisation_id).items() if role is Role.ADMIN}
    assert organisation.admins
    assert set(organisation.admins) <= admins


def over(world: World, dress: Callable[[OrganisationStore], Any]) -> Services:
    """A process of this world that sees the organisations through something."""
    ports = world.another_process().ports
    return Services(world.services.settings, replace(ports, organisations=dress(ports.organisations)))


class DiedError(Exception):
    """The process is gone."""


class Dying:
    """A store whose process dies at its n-th write, from 0: just before it, or just after."""

    def __init__(self, store: OrganisationStore, survived: int, *, after: bool) -> None:
        self._store, self._left, self._after = store, survived, after

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call: Callable[..., Any] = getattr(self._store, name)
        if name not in WRITES:
            return call

        def written(*arguments: Any) -> Any:
            self._left -= 1
            if self._left < 0 and not self._after:
                raise DiedError
            result = call(*arguments)
            if self._left < 0:
                raise DiedError
            return result

        return written
