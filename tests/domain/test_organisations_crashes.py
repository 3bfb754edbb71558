"""A process that dies at any of its writes, just before or just after: what is left is safe, and asking again finishes it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from chalicelib.campaigns.organisations.access import Action
from chalicelib.campaigns.organisations.model import Role
from chalicelib.kernel.errors import ConflictError, NotFoundError
from chalicelib.wiring import Services
from tests.domain.organisation_builders import (
    ADA,
    BOB,
    KEY,
    WISH,
    DiedError,
    Dying,
    a_code,
    an_organisation,
    assert_an_admin_stays,
    join,
    names_of,
    over,
    roles_of,
)
from tests.worlds import World, memory_world

MOST_WRITES = 5
"""More than any request makes."""

Ask = Callable[[Services], object]
Story = Callable[[Services], Ask]
"""What happens before; then what is asked, again and again."""


def creating(services: Services) -> Ask:
    return lambda process: process.creating_organisations.create(ADA, WISH, KEY)


def creating_a_child(services: Services) -> Ask:
    parent = an_organisation(services)
    return lambda process: process.creating_organisations.create_child(ADA, parent, WISH, KEY + "child")


def accepting(role: Role) -> Story:
    def story(services: Services) -> Ask:
        code = a_code(services, an_organisation(services), role)
        return lambda process: process.accepting.accept(BOB, code)

    return story


def member_accepting(services: Services) -> Ask:
    organisation_id = an_organisation(services)
    join(services, organisation_id, BOB)
    code = a_code(services, organisation_id, Role.ADMIN)
    return lambda process: process.accepting.accept(BOB, code)


def changing(before: Role, after: Role) -> Story:
    def story(services: Services) -> Ask:
        organisation_id = an_organisation(services)
        join(services, organisation_id, BOB, before)
        return lambda process: process.members.change_role(ADA, organisation_id, BOB, after)

    return story


def removing(role: Role) -> Story:
    def story(services: Services) -> Ask:
        organisation_id = an_organisation(services)
        join(services, organisation_id, BOB, role)

        def ask(process: Services) -> None:
            with suppress(NotFoundError):  # told to who asks again after it was done
                process.members.remove(ADA, organisation_id, BOB)

        return ask

    return story


def withdrawing(services: Services) -> Ask:
    organisation_id = an_organisation(services)
    made, _ = services.inviting.invite(ADA, organisation_id, Role.MEMBER)
    return lambda process: process.inviting.withdraw(ADA, organisation_id, made.id)


def deleting(services: Services) -> Ask:
    organisation_id = an_organisation(services)

    def ask(process: Services) -> None:
        with suppress(NotFoundError):
            process.organisations.delete(ADA, organisation_id)

    return ask


STORIES: dict[str, Story] = {
    "create": creating,
    "create a child": creating_a_child,
    "accept as a member": accepting(Role.MEMBER),
    "accept as an admin": accepting(Role.ADMIN),
    "accept as an admin, being a member": member_accepting,
    "promote": changing(Role.MEMBER, Role.ADMIN),
    "demote": changing(Role.ADMIN, Role.MEMBER),
    "remove a member": removing(Role.MEMBER),
    "remove an admin": removing(Role.ADMIN),
    "withdraw": withdrawing,
    "delete": deleting,
}


def seen(services: Services) -> object:
    """All that anybody can see or do, without the number of times that something was written."""
    store = services.ports.organisations
    found = sorted({one for person in (ADA, BOB) for one in store.remembered(person)})
    organisations = [store.organisation(one) for one in found]
    told = [(one.id, one.name, one.deleted, sorted(one.admins)) for one in organisations if one is not None]
    standing = {one: roles_of(services, one) for one in found}
    invitations = [(one.id, one.status, one.person_id) for of in found for one in store.invitations(of)]
    return told, standing, sorted(invitations), [names_of(services, person) for person in (ADA, BOB)]


@pytest.mark.parametrize("after", [False, True], ids=["before the write", "after the write"])
@pytest.mark.parametrize("name", STORIES)
def test_asking_again_finishes_what_a_death_left(name: str, after: bool) -> None:
    undisturbed = memory_world()
    STORIES[name](undisturbed.services)(undisturbed.services)
    expected, deaths = seen(undisturbed.services), 0
    for survived in range(MOST_WRITES):
        world = memory_world()
        ask = STORIES[name](world.services)
        dying = over(world, lambda store, survived=survived: Dying(store, survived, after=after))  # type: ignore[misc]
        with suppress(DiedError):
            ask(dying)
            break
        deaths += 1
        assert_safe(world.services)
        world.clock.forward(7)
        ask(world.services)
        assert seen(world.services) == expected, f"after {survived} writes"
    assert 0 < deaths < MOST_WRITES


def assert_safe(services: Services) -> None:
    """Every organisation that there is has an admin on whom it counts."""
    store = services.ports.organisations
    for organisation_id in {one for person in (ADA, BOB) for one in store.remembered(person)}:
        if store.organisation(organisation_id) is not None:
            assert_an_admin_stays(services, organisation_id)


def test_a_half_created_organisation_is_seen_by_nobody(memory: World) -> None:
    dying = over(memory, lambda store: Dying(store, 2, after=False))
    with pytest.raises(DiedError):
        dying.creating_organisations.create(ADA, WISH, KEY)
    (organisation_id,) = memory.services.ports.organisations.remembered(ADA)
    assert names_of(memory.services, ADA) == []
    with pytest.raises(NotFoundError):
        memory.services.access.require(ADA, organisation_id, Action.READ_ORGANISATION)


def half_an_admin(world: World) -> str:
    """An organisation where Bob accepted to be an admin, and the process died before the organisation counted on him."""
    organisation_id = an_organisation(world.services)
    code = a_code(world.services, organisation_id, Role.ADMIN)
    dying = over(world, lambda store: Dying(store, 3, after=False))
    with pytest.raises(DiedError):
        dying.accepting.accept(BOB, code)
    assert roles_of(world.services, organisation_id)[BOB] is Role.ADMIN
    return organisation_id


def test_an_admin_on_whom_nobody_counts_yet_does_not_let_the_last_one_go(memory: World) -> None:
    organisation_id = half_an_admin(memory)
    services = memory.services
    with pytest.raises(ConflictError) as told:
        services.members.remove(BOB, organisation_id, ADA)
    assert told.value.code == "last-admin"
    services.members.change_role(ADA, organisation_id, BOB, Role.ADMIN)
    services.members.remove(BOB, organisation_id, ADA)
    assert roles_of(services, organisation_id) == {BOB: Role.ADMIN}
    assert_an_admin_stays(services, organisation_id)


def test_a_demotion_that_was_told_as_done_is_not_undone_by_accepting_again(memory: World) -> None:
    services = memory.services
    organisation_id = an_organisation(services)
    code = a_code(services, organisation_id, Role.ADMIN)
    dying = over(memory, lambda store: Dying(store, 3, after=True))
    with pytest.raises(DiedError):
        dying.accepting.accept(BOB, code)
    services.members.change_role(ADA, organisation_id, BOB, Role.MEMBER)
    assert services.accepting.accept(BOB, code).role is Role.MEMBER
    assert roles_of(services, organisation_id)[BOB] is Role.MEMBER
