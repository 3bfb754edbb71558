"""Creating an organisation. Doing it again with the same key finds the same one."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.campaigns.organisations.access import Access, Action, Membership
from chalicelib.campaigns.organisations.model import Organisation, OrganisationWish, Role, Standing
from chalicelib.campaigns.organisations.ports import OrganisationStore
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import IdSource, derive_id


@dataclass(frozen=True)
class CreateOrganisation:
    """Creates organisations; whoever does is the first admin.

    The organisation is written last and decides: before it, nothing that was written can be seen or used; after it, nothing is missing.
    """

    store: OrganisationStore
    access: Access
    clock: Clock
    ids: IdSource

    def create(self, person_id: str, wish: OrganisationWish, key: str | None) -> tuple[Membership, bool]:
        """The organisation of this wish, and whether it is new.

        Raises `ConflictError` when the key created another one, `NotFoundError` when what it created is not the person's any more.
        """
        return self._create(person_id, wish, (), key)

    def create_child(self, person_id: str, parent_id: str, wish: OrganisationWish, key: str | None) -> tuple[Membership, bool]:
        """The same under a parent, whose admin the person must be; raises `ConflictError` when the tree would be too deep."""
        parent = self.access.require(person_id, parent_id, Action.EDIT_ORGANISATION).organisation
        return self._create(person_id, wish, parent.ancestors_of_a_child(), key)

    def _create(
        self, person_id: str, wish: OrganisationWish, ancestors: tuple[str, ...], key: str | None
    ) -> tuple[Membership, bool]:
        organisation_id = derive_id("organisation", person_id, key or self.ids.new())
        now = self.clock.now()
        organisation = Organisation(
            id=organisation_id,
            type=wish.type,
            name=wish.name,
            places=wish.places,
            ancestors=ancestors,
            admins=(person_id,),
            created_at=now,
            wished=wish.fingerprint(ancestors[-1] if ancestors else ""),
        )
        self.store.remember(person_id, organisation_id)
        self.store.replace_standing(Standing.none(organisation_id, person_id).with_role(Role.ADMIN, now))
        stored = self.store.create(organisation)
        if stored.wished != organisation.wished:
            raise ConflictError("idempotency-key-reused", "This Idempotency-Key created another organisation.")
        return self.access.membership(person_id, organisation_id), stored == organisation
