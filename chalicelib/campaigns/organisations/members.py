"""The members of an organisation."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.campaigns.organisations.access import Access, Action
from chalicelib.campaigns.organisations.model import TRIES, Role, Standing, busy, is_person_id
from chalicelib.campaigns.organisations.ports import Standings
from chalicelib.campaigns.organisations.roles import AssignRole
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import NotFoundError


@dataclass(frozen=True)
class ManageMembers:
    """What an admin does with members. Whoever is removed is out at once: their standing is what every request reads."""

    standings: Standings
    access: Access
    roles: AssignRole
    clock: Clock

    def members(self, person_id: str, organisation_id: str) -> list[Standing]:
        """The members, since the longest first."""
        self.access.require(person_id, organisation_id, Action.READ_ORGANISATION)
        found = [one for one in self.standings.standings(organisation_id) if one.role is not None]
        return sorted(found, key=lambda one: (one.at, one.person_id))

    def change_role(self, admin_id: str, organisation_id: str, person_id: str, role: Role) -> Standing:
        """Give a member this role; asking again changes nothing. Raises `ConflictError` for the last admin."""
        return self._assign(admin_id, organisation_id, person_id, role)

    def remove(self, admin_id: str, organisation_id: str, person_id: str) -> None:
        """Let somebody be no member any more. Raises `ConflictError` for the last admin, `NotFoundError` for who is no member."""
        self._assign(admin_id, organisation_id, person_id, None)

    def _assign(self, admin_id: str, organisation_id: str, person_id: str, role: Role | None) -> Standing:
        for _ in range(TRIES):
            organisation = self.access.require(admin_id, organisation_id, Action.MANAGE_MEMBERS).organisation
            standing, now = self._member(organisation_id, person_id), self.clock.now()
            if role is Role.ADMIN:
                done = self.roles.give(organisation, standing, role, now)
            else:
                done = self.roles.take(organisation, standing, role, now)
            if done:
                return standing if standing.role is role else standing.with_role(role, now)
        raise busy()

    def _member(self, organisation_id: str, person_id: str) -> Standing:
        standing = self.standings.standing(organisation_id, person_id) if is_person_id(person_id) else None
        if standing is None or standing.role is None:
            raise NotFoundError("member-not-found", "There is no such member in this organisation.")
        return standing
