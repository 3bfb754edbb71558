"""What every store of organisations promises: run on the fake, on moto and on MiniStack, through both clients."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.campaigns.organisations.access import Action
from chalicelib.campaigns.organisations.invitation import Invitation, InvitationStatus
from chalicelib.campaigns.organisations.model import (
    MOST_COUNTED_ON,
    Organisation,
    OrganisationType,
    Places,
    PlacesPolicy,
    Role,
    Standing,
)
from chalicelib.campaigns.organisations.ports import OrganisationStore
from chalicelib.kernel.clock import Instant
from chalicelib.kernel.errors import NotFoundError
from tests.domain.organisation_builders import an_organisation as an_organisation_of
from tests.worlds import World

ID, OTHER, PARENT = "a" * 26, "b" * 26, "c" * 26


@pytest.fixture
def store(world: World) -> OrganisationStore:
    return world.services.ports.organisations


def an_organisation(organisation_id: str = ID) -> Organisation:
    return Organisation(
        id=organisation_id,
        type=OrganisationType.SCHOOL,
        name="Collège Éluard",
        places=None,
        ancestors=(),
        admins=("ada",),
        created_at=Instant(1_000),
        wished="w" * 26,
    )


def a_child() -> Organisation:
    places = Places(40, PlacesPolicy.BLOCK)
    return replace(an_organisation(), places=places, ancestors=(OTHER, PARENT), admins=("ada", "bob"))


def a_standing(person: str = "ada", organisation_id: str = ID) -> Standing:
    return Standing.none(organisation_id, person).with_role(Role.ADMIN, Instant(2_000))


def an_invitation(name: str = "i" * 26, organisation_id: str = ID) -> Invitation:
    return Invitation(name, organisation_id, Role.MEMBER, "ada", Instant(3_000))


def test_what_was_never_written_is_not_there(store: OrganisationStore) -> None:
    assert store.organisation(ID) is None
    assert store.standing(ID, "ada") == Standing.none(ID, "ada")
    assert store.invitation(ID, "i" * 26) is None
    assert (store.standings(ID), store.invitations(ID), store.remembered("ada")) == ([], [], [])


@pytest.mark.parametrize("one", [an_organisation(), a_child()], ids=["root", "child"])
def test_an_organisation_is_read_back_whole(store: OrganisationStore, one: Organisation) -> None:
    assert store.create(one) == one
    assert store.organisation(ID) == one


def test_an_organisation_is_created_once_whoever_comes_later(store: OrganisationStore) -> None:
    store.create(an_organisation())
    assert store.create(a_child()) == an_organisation()
    assert store.organisation(ID) == an_organisation()


def test_an_organisation_replaces_only_the_version_before(store: OrganisationStore) -> None:
    first = an_organisation()
    assert not store.replace(replace(first, version=2))
    store.create(first)
    edited, deleted = first.edited("Another", a_child().places), first.edited("x", None).ended()
    assert store.replace(edited)
    assert not store.replace(first.counting_on("bob"))
    assert store.organisation(ID) == edited
    assert store.replace(deleted)
    assert store.organisation(ID) == deleted


def test_a_standing_replaces_only_the_version_before(store: OrganisationStore) -> None:
    first = a_standing()
    assert not store.replace_standing(replace(first, version=2))
    assert store.replace_standing(first)
    assert not store.replace_standing(first)
    left = first.with_role(None, Instant(9_000))
    assert store.replace_standing(left)
    assert not store.replace_standing(first.with_role(Role.MEMBER, Instant(9_999)))
    assert store.standing(ID, "ada") == left


def test_everybody_of_an_organisation_is_listed_and_nobody_of_another(store: OrganisationStore) -> None:
    store.create(an_organisation())
    store.add_invitation(an_invitation())
    ada, zoe, left = a_standing(), a_standing("zoe"), a_standing("-_9").with_role(None, Instant(3_000))
    for one in (ada, zoe, replace(left, version=1), a_standing("bob", OTHER)):
        assert store.replace_standing(one)
    assert sorted(store.standings(ID), key=lambda one: one.person_id) == [replace(left, version=1), ada, zoe]


def test_where_a_person_may_have_a_standing_is_remembered_once(store: OrganisationStore) -> None:
    for organisation_id in (OTHER, ID, ID):
        store.remember("ada", organisation_id)
    store.remember("bob", PARENT)
    assert sorted(store.remembered("ada")) == [ID, OTHER]


def test_an_invitation_is_settled_once(store: OrganisationStore) -> None:
    invitation = an_invitation()
    accepted = invitation.accepted_by("bob", Instant(4_000), Instant(4_000))
    assert not store.settle_invitation(accepted)
    store.add_invitation(invitation)
    store.add_invitation(replace(invitation, role=Role.ADMIN))
    assert store.invitation(ID, invitation.id) == invitation
    assert store.settle_invitation(accepted)
    assert not store.settle_invitation(invitation.withdrawn())
    store.add_invitation(invitation)
    assert store.invitation(ID, invitation.id) == accepted


def test_invitations_of_an_organisation_are_listed_and_none_of_another(store: OrganisationStore) -> None:
    store.replace_standing(a_standing())
    mine, withdrawn = an_invitation(), an_invitation("j" * 26)
    for one in (mine, withdrawn, an_invitation("k" * 26, OTHER)):
        store.add_invitation(one)
    assert store.settle_invitation(withdrawn.withdrawn())
    assert {one.id: one.status for one in store.invitations(ID)} == {
        mine.id: InvitationStatus.OPEN,
        withdrawn.id: InvitationStatus.WITHDRAWN,
    }


def test_asking_whether_somebody_may_costs_two_strong_reads_and_one_for_a_stranger(world: World) -> None:
    services = world.services
    of = an_organisation_of(services, "ada")
    full = services.ports.organisations.organisation(of)
    assert full is not None
    for number in range(MOST_COUNTED_ON - 1):
        full = full.counting_on(f"{number:064d}")
        assert services.ports.organisations.replace(full)
    world.meter.reset()
    services.access.require("ada", of, Action.MANAGE_CAMPAIGNS)
    told = (world.meter.reads, world.meter.calls)
    assert told == ((0, []) if world.clients is None else (2.0, ["GetItem", "GetItem"]))
    world.meter.reset()
    with pytest.raises(NotFoundError):
        services.access.require("noah", of, Action.MANAGE_CAMPAIGNS)
    assert world.meter.reads == (0 if world.clients is None else 1.0)
