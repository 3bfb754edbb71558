"""Organisations: created once, kept by their admins, joined by invitation, left at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.campaigns.organisations.access import PERMISSIONS, Action
from chalicelib.campaigns.organisations.model import (
    DEEPEST,
    MOST_COUNTED_ON,
    OrganisationType,
    OrganisationWish,
    Places,
    PlacesPolicy,
    Role,
)
from chalicelib.kernel.errors import DomainError, ForbiddenError, NotFoundError
from chalicelib.wiring import Services
from tests.domain.organisation_builders import (
    ADA,
    BOB,
    CLEO,
    KEY,
    NOAH,
    WISH,
    a_code,
    an_organisation,
    assert_an_admin_stays,
    join,
    names_of,
    roles_of,
)
from tests.worlds import World

FOURTEEN_DAYS = 14 * 86_400
OTHER_WISH = OrganisationWish(OrganisationType.SCHOOL, "School", Places(40, PlacesPolicy.BLOCK))


@pytest.fixture
def services(memory: World) -> Services:
    return memory.services


def refusal(ask: Callable[[], object]) -> str:
    """The code that a request is refused with."""
    with pytest.raises(DomainError) as told:
        ask()
    return told.value.code


# --- creating ---


def test_whoever_creates_an_organisation_is_its_admin(services: Services) -> None:
    membership, new = services.creating_organisations.create(ADA, OTHER_WISH, None)
    assert new
    assert (membership.person_id, membership.role) == (ADA, Role.ADMIN)
    one = membership.organisation
    assert (one.type, one.name, one.places, one.parent_id) == (OrganisationType.SCHOOL, "School", OTHER_WISH.places, None)
    assert names_of(services, ADA) == [one.id]
    assert_an_admin_stays(services, one.id)


def test_the_same_key_creates_one_organisation_and_no_key_creates_another(memory: World) -> None:
    services = memory.services
    first, _ = services.creating_organisations.create(ADA, WISH, KEY)
    memory.clock.forward(5)
    again, new = services.creating_organisations.create(ADA, WISH, KEY)
    assert (again, new) == (first, False)
    other, new = services.creating_organisations.create(ADA, WISH, None)
    assert new
    assert other.organisation_id != first.organisation_id
    assert services.creating_organisations.create(BOB, WISH, KEY)[0].organisation_id != first.organisation_id


@pytest.mark.parametrize(
    "wish",
    [
        OTHER_WISH,
        OrganisationWish(WISH.type, "Another"),
        OrganisationWish(OrganisationType.COMPANY, WISH.name),
        OrganisationWish(WISH.type, WISH.name, Places(1, PlacesPolicy.WARN)),
    ],
)
def test_a_key_creates_one_thing(services: Services, wish: OrganisationWish) -> None:
    an_organisation(services)
    assert refusal(lambda: services.creating_organisations.create(ADA, wish, KEY)) == "idempotency-key-reused"


def test_a_repeated_creation_gives_the_organisation_as_it_is_now(services: Services) -> None:
    organisation_id = an_organisation(services)
    services.organisations.edit(ADA, organisation_id, "Edited since", None)
    again, _ = services.creating_organisations.create(ADA, WISH, KEY)
    assert again.organisation.name == "Edited since"


def test_a_repeated_creation_brings_nobody_back(services: Services) -> None:
    organisation_id = an_organisation(services)
    join(services, organisation_id, BOB, Role.ADMIN)
    services.members.remove(BOB, organisation_id, ADA)
    assert refusal(lambda: services.creating_organisations.create(ADA, WISH, KEY)) == "organisation-not-found"
    assert roles_of(services, organisation_id) == {BOB: Role.ADMIN}


# --- the tree ---


def test_a_tree_has_at_most_five_levels_and_each_knows_its_parent(services: Services) -> None:
    path = [an_organisation(services)]
    for level in range(2, DEEPEST + 1):
        child, new = services.creating_organisations.create_child(ADA, path[-1], WISH, f"{KEY}{level}")
        assert new
        assert (child.organisation.parent_id, child.organisation.ancestors) == (path[-1], tuple(path))
        path.append(child.organisation_id)
    assert len(path) == DEEPEST
    assert refusal(lambda: services.creating_organisations.create_child(ADA, path[-1], WISH, None)) == "tree-too-deep"


def test_only_an_admin_of_the_parent_creates_a_child(services: Services) -> None:
    parent = an_organisation(services)
    join(services, parent, BOB)
    assert refusal(lambda: services.creating_organisations.create_child(BOB, parent, WISH, None)) == "not-allowed"
    assert refusal(lambda: services.creating_organisations.create_child(NOAH, parent, WISH, None)) == "organisation-not-found"


def test_members_of_a_parent_are_no_members_of_a_child(services: Services) -> None:
    parent = an_organisation(services)
    join(services, parent, BOB, Role.ADMIN)
    child = services.creating_organisations.create_child(ADA, parent, WISH, KEY + "child")[0].organisation_id
    assert refusal(lambda: services.access.require(BOB, child, Action.READ_ORGANISATION)) == "organisation-not-found"


def test_a_key_makes_no_child_of_what_it_made_a_root(services: Services) -> None:
    parent = an_organisation(services)
    assert refusal(lambda: services.creating_organisations.create_child(ADA, parent, WISH, KEY)) == "idempotency-key-reused"


def test_children_stay_when_their_parent_is_deleted(services: Services) -> None:
    parent = an_organisation(services)
    child = services.creating_organisations.create_child(ADA, parent, WISH, None)[0].organisation_id
    services.organisations.delete(ADA, parent)
    assert names_of(services, ADA) == [child]


# --- access ---


def test_the_matrix_is_whole() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert PERMISSIONS[Role.ADMIN] == set(Action)


@pytest.mark.parametrize("action", Action)
def test_each_cell_of_the_matrix_is_what_access_does(services: Services, action: Action) -> None:
    organisation_id = an_organisation(services)
    join(services, organisation_id, BOB)
    for person, role in ((ADA, Role.ADMIN), (BOB, Role.MEMBER)):
        if action in PERMISSIONS[role]:
            membership = services.access.require(person, organisation_id, action)
            assert (membership.role, membership.organisation_id) == (role, organisation_id)
        else:
            with pytest.raises(ForbiddenError) as told:
                services.access.require(person, organisation_id, action)
            assert told.value.code == "not-allowed"


@pytest.mark.parametrize("given", ["", "a" * 25, "a" * 26, "A" * 26, "a#b", "\x00"])
def test_what_is_no_organisation_is_told_as_one_of_others(services: Services, given: str) -> None:
    theirs = an_organisation(services, BOB)
    with pytest.raises(NotFoundError) as told:
        services.access.require(ADA, given, Action.READ_ORGANISATION)
    with pytest.raises(NotFoundError) as told_of_theirs:
        services.access.require(ADA, theirs, Action.READ_ORGANISATION)
    assert (told.value.code, told.value.message, told.value.details) == (
        told_of_theirs.value.code, told_of_theirs.value.message, told_of_theirs.value.details,
    )  # fmt: skip


# --- invitations ---


def test_an_invitation_makes_one_person_a_member_once(services: Services) -> None:
    organisation_id = an_organisation(services)
    code = a_code(services, organisation_id)
    assert services.accepting.accept(BOB, code).role is Role.MEMBER
    assert services.accepting.accept(BOB, code).role is Role.MEMBER
    assert refusal(lambda: services.accepting.accept(NOAH, code)) == "invitation-used"
    assert roles_of(services, organisation_id) == {ADA: Role.ADMIN, BOB: Role.MEMBER}
    assert names_of(services, BOB) == [organisation_id]


def test_an_invited_admin_is_one_and_is_counted_on(services: Services) -> None:
    organisation_id = an_organisation(services)
    join(services, organisation_id, BOB, Role.ADMIN)
    services.members.remove(BOB, organisation_id, ADA)
    assert roles_of(services, organisation_id) == {BOB: Role.ADMIN}
    assert_an_admin_stays(services, organisation_id)


def test_a_member_becomes_an_admin_by_a_later_invitation_and_never_the_other_way(services: Services) -> None:
    organisation_id = an_organisation(services)
    join(services, organisation_id, BOB)
    join(services, organisation_id, BOB, Role.ADMIN)
    assert roles_of(services, organisation_id)[BOB] is Role.ADMIN
    code = a_code(services, organisation_id, Role.MEMBER)
    assert services.accepting.accept(BOB, code).role is Role.ADMIN
    assert services.accepting.accept(NOAH, code).role is Role.MEMBER, "a code that gives nothing is left for somebody else"


def test_an_invitation_expires_after_fourteen_days(memory: World) -> None:
    services = memory.services
    organisation_id = an_organisation(services)
    in_time, late = (a_code(services, organisation_id) for _ in range(2))
    memory.clock.forward(FOURTEEN_DAYS - 0.001)
    services.accepting.accept(BOB, in_time)
    memory.clock.forward(0.001)
    assert refusal(lambda: services.accepting.accept(CLEO, late)) == "invitation-expired"
    assert services.accepting.accept(BOB, in_time).role is Role.MEMBER, "what was accepted stays"


def test_a_withdrawn_invitation_is_worth_nothing_and_an_accepted_one_is_not_withdrawn(services: Services) -> None:
    organisation_id = an_organisation(services)
    kept, code = services.inviting.invite(ADA, organisation_id, Role.ADMIN)
    for _ in range(2):
        services.inviting.withdraw(ADA, organisation_id, kept.id)
    assert refusal(lambda: services.accepting.accept(BOB, code)) == "invitation-withdrawn"
    kept, code = services.inviting.invite(ADA, organisation_id, Role.MEMBER)
    services.accepting.accept(BOB, code)
    assert refusal(lambda: services.inviting.withdraw(ADA, organisation_id, kept.id)) == "invitation-used"


@pytest.mark.parametrize(
    "spoil", [lambda code: code[:-1], lambda code: "a" * 26 + code[26:], lambda code: code[:26], lambda _: "-"]
)
def test_what_is_no_code_leads_nowhere(services: Services, spoil: Callable[[str], str]) -> None:
    code = a_code(services, an_organisation(services))
    assert refusal(lambda: services.accepting.accept(BOB, spoil(code))) == "invitation-not-found"


def test_a_code_is_read_as_people_write_it(services: Services) -> None:
    code = a_code(services, an_organisation(services))
    assert services.accepting.accept(BOB, f" {code.upper()}\n").role is Role.MEMBER


def test_nothing_that_is_kept_holds_a_code(services: Services) -> None:
    organisation_id = an_organisation(services)
    secret = a_code(services, organisation_id).partition("-")[2]
    assert secret
    assert secret not in repr(services.ports.organisations)


def test_an_accepted_invitation_brings_back_nobody_who_was_removed(memory: World) -> None:
    services = memory.services
    organisation_id = an_organisation(services)
    code = a_code(services, organisation_id)
    services.accepting.accept(BOB, code)
    services.members.remove(ADA, organisation_id, BOB)
    memory.clock.forward(60)
    assert refusal(lambda: services.accepting.accept(BOB, code)) == "invitation-used"
    assert BOB not in roles_of(services, organisation_id)
    join(services, organisation_id, BOB)
    assert roles_of(services, organisation_id)[BOB] is Role.MEMBER, "another invitation does"


def test_a_clock_that_is_behind_keeps_nobody_out_who_was_invited_again(memory: World) -> None:
    services = memory.services
    organisation_id = an_organisation(services)
    join(services, organisation_id, BOB)
    services.members.remove(ADA, organisation_id, BOB)
    memory.clock.forward(-2)
    join(services, organisation_id, BOB)
    assert roles_of(services, organisation_id)[BOB] is Role.MEMBER


# --- members ---


def test_a_removed_member_is_out_at_once(services: Services) -> None:
    organisation_id = an_organisation(services)
    join(services, organisation_id, BOB)
    services.members.remove(ADA, organisation_id, BOB)
    assert refusal(lambda: services.access.require(BOB, organisation_id, Action.READ_ORGANISATION)) == "organisation-not-found"
    assert names_of(services, BOB) == []
    assert refusal(lambda: services.members.remove(ADA, organisation_id, BOB)) == "member-not-found"


def test_the_last_admin_neither_leaves_nor_steps_down(services: Services) -> None:
    organisation_id = an_organisation(services)
    join(services, organisation_id, BOB)
    assert refusal(lambda: services.members.remove(ADA, organisation_id, ADA)) == "last-admin"
    assert refusal(lambda: services.members.change_role(ADA, organisation_id, ADA, Role.MEMBER)) == "last-admin"
    services.members.change_role(ADA, organisation_id, BOB, Role.ADMIN)
    assert services.members.change_role(ADA, organisation_id, ADA, Role.MEMBER).role is Role.MEMBER
    assert refusal(lambda: services.members.remove(BOB, organisation_id, BOB)) == "last-admin"
    assert_an_admin_stays(services, organisation_id)


def test_giving_a_role_again_changes_nothing(services: Services) -> None:
    organisation_id = an_organisation(services)
    join(services, organisation_id, BOB)
    for role in (Role.MEMBER, Role.ADMIN, Role.ADMIN):
        told = services.members.change_role(ADA, organisation_id, BOB, role)
        before = repr(services.ports.organisations)
        assert services.members.change_role(ADA, organisation_id, BOB, role) == told
        assert repr(services.ports.organisations) == before


@pytest.mark.parametrize("person", [NOAH, "", "a#b", "x" * 65, "é"])
def test_nobody_is_given_a_role_who_is_no_member(services: Services, person: str) -> None:
    organisation_id = an_organisation(services)
    an_organisation(services, NOAH)
    for ask in (
        lambda: services.members.change_role(ADA, organisation_id, person, Role.ADMIN),
        lambda: services.members.remove(ADA, organisation_id, person),
    ):
        assert refusal(ask) == "member-not-found"


def test_more_admins_than_are_counted_on_are_admins_all_the_same(services: Services) -> None:
    organisation_id = an_organisation(services)
    for number in range(MOST_COUNTED_ON + 2):
        join(services, organisation_id, f"p{number}", Role.ADMIN)
    organisation = services.ports.organisations.organisation(organisation_id)
    assert organisation is not None
    assert len(organisation.admins) == MOST_COUNTED_ON
    last = f"p{MOST_COUNTED_ON + 1}"
    for person in organisation.admins[:-1]:
        services.members.remove(last, organisation_id, person)
    assert refusal(lambda: services.members.remove(last, organisation_id, organisation.admins[-1])) == "last-admin"
    services.members.change_role(last, organisation_id, last, Role.ADMIN)
    services.members.remove(last, organisation_id, organisation.admins[-1])
    assert_an_admin_stays(services, organisation_id)


# --- deleting ---


def test_of_a_deleted_organisation_everything_is_unknown(services: Services) -> None:
    organisation_id = an_organisation(services)
    join(services, organisation_id, BOB)
    invitation, code = services.inviting.invite(ADA, organisation_id, Role.MEMBER)
    services.organisations.delete(ADA, organisation_id)
    asked: list[Callable[[], object]] = [
        lambda: services.access.require(ADA, organisation_id, Action.READ_ORGANISATION),
        lambda: services.access.require(BOB, organisation_id, Action.READ_ORGANISATION),
        lambda: services.organisations.edit(ADA, organisation_id, "x", None),
        lambda: services.organisations.delete(ADA, organisation_id),
        lambda: services.members.members(ADA, organisation_id),
        lambda: services.members.remove(ADA, organisation_id, BOB),
        lambda: services.members.change_role(ADA, organisation_id, BOB, Role.ADMIN),
        lambda: services.inviting.invite(ADA, organisation_id, Role.MEMBER),
        lambda: services.inviting.invitations(ADA, organisation_id),
        lambda: services.inviting.withdraw(ADA, organisation_id, invitation.id),
        lambda: services.accepting.accept(NOAH, code),
        lambda: services.creating_organisations.create_child(ADA, organisation_id, WISH, None),
        lambda: services.creating_organisations.create(ADA, WISH, KEY),
    ]
    assert [refusal(ask) for ask in asked] == ["organisation-not-found"] * len(asked)
    assert names_of(services, ADA) == names_of(services, BOB) == []


def test_what_a_person_is_a_member_of_comes_by_name(services: Services) -> None:
    for number, name in enumerate("CAB"):
        services.creating_organisations.create(ADA, OrganisationWish(OrganisationType.COMPANY, name), f"{KEY}{number}")
    assert [one.organisation.name for one in services.organisations.of_person(ADA)] == ["A", "B", "C"]


def test_editing_changes_name_and_places_and_nothing_else(services: Services) -> None:
    organisation_id = an_organisation(services)
    before = services.access.membership(ADA, organisation_id).organisation
    places = Places(200, PlacesPolicy.BLOCK)
    told = services.organisations.edit(ADA, organisation_id, "Named anew", places).organisation
    assert told == services.access.membership(ADA, organisation_id).organisation == before.edited("Named anew", places)
    assert services.organisations.edit(ADA, organisation_id, "Named anew", places).organisation.version == told.version
    assert services.organisations.edit(ADA, organisation_id, "Named anew", None).organisation.places is None
