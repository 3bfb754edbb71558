"""The part of the journey that is about an organisation: created, joined by invitation, kept by its admins, deleted."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.campaigns.organisations.access import Action
from chalicelib.campaigns.organisations.model import OrganisationType, OrganisationWish, Places, PlacesPolicy, Role
from infrastructure.data_model.stage import MeasuredStage

ADMIN, MEMBER = "person-who-creates-an-organisation", "person-who-is-invited"
WISH = OrganisationWish(OrganisationType.PUBLIC_EMPLOYER, "A town hall of the journey")
KEY = "the-key-of-the-journey"
BY = "organisations"


@dataclass(frozen=True)
class Tenant:
    """What happens with one organisation and one under it."""

    stage: MeasuredStage

    def play(self) -> None:
        """A person is invited to be a member, made an admin, and removed; another invitation is withdrawn."""
        with self.stage.doing(BY, "organisation, create") as services:
            organisation = services.creating_organisations.create(ADMIN, WISH, KEY)[0].organisation_id
        with self.stage.doing(BY) as services:
            services.creating_organisations.create_child(ADMIN, organisation, WISH, None)
        with self.stage.doing(BY, "organisation, whether somebody may") as services:
            services.access.require(ADMIN, organisation, Action.MANAGE_CAMPAIGNS)
        with self.stage.doing(BY, "organisation, invite") as services:
            _, code = services.inviting.invite(ADMIN, organisation, Role.MEMBER)
        with self.stage.doing(BY, "organisation, accept an invitation") as services:
            services.accepting.accept(MEMBER, code)
        with self.stage.doing(BY, "organisation, make a member an admin") as services:
            services.members.change_role(ADMIN, organisation, MEMBER, Role.ADMIN)
        with self.stage.doing(BY, "organisation, remove an admin") as services:
            services.members.remove(ADMIN, organisation, MEMBER)
        with self.stage.doing(BY) as services:
            made, _ = services.inviting.invite(ADMIN, organisation, Role.ADMIN)
            services.inviting.withdraw(ADMIN, organisation, made.id)
            services.inviting.invitations(ADMIN, organisation)
            services.members.members(ADMIN, organisation)
        with self.stage.doing(BY, "organisation, list one's own two") as services:
            services.organisations.of_person(ADMIN)
        with self.stage.doing(BY) as services:
            services.organisations.edit(ADMIN, organisation, WISH.name, Places(40, PlacesPolicy.BLOCK))
            services.organisations.delete(ADMIN, organisation)
