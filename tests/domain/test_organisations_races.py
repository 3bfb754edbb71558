"""Several processes at once, with real threads, on every store, all deciding from the same read: one wins, the others are told so."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.campaigns.organisations.access import Membership
from chalicelib.campaigns.organisations.invitation import InvitationStatus
from chalicelib.campaigns.organisations.model import Role
from chalicelib.campaigns.organisations.ports import OrganisationStore
from chalicelib.kernel.errors import DomainError
from chalicelib.wiring import Services
from tests.domain.organisation_builders import (
    ADA,
    BOB,
    CLEO,
    KEY,
    NOAH,
    WISH,
    WRITES,
    a_code,
    an_organisation,
    assert_an_admin_stays,
    join,
    names_of,
    over,
    roles_of,
)
from tests.worlds import STORES, World, world_of


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """A service over each kind of store, and over each client of the real ones, in turn."""
    with world_of(request.param, lambda: str(request.getfixturevalue("ministack_url"))) as made:
        yield made


class DecideTogether:
    """A store whose first write waits for all the others': everybody decides from the same state."""

    def __init__(self, store: OrganisationStore, barrier: threading.Barrier) -> None:
        self._store, self._barrier, self._met = store, barrier, False

    def __getattr__(self, name: str) -> Any:
        if name in WRITES and not self._met:
            self._met = True
            self._barrier.wait(30)
        return getattr(self._store, name)


def at_once(world: World, calls: Sequence[Callable[[Services], object]]) -> list[Any]:
    """What each call gives, or the code that it is refused with; each by a process of its own."""
    barrier = threading.Barrier(len(calls))
    processes = [over(world, lambda store: DecideTogether(store, barrier)) for _ in calls]

    def one(process: Services, call: Callable[[Services], object]) -> object:
        try:
            return call(process)
        except DomainError as refused:
            return refused.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, processes, calls))


def accepting(person: str, code: str) -> Callable[[Services], Membership]:
    return lambda process: process.accepting.accept(person, code)


def test_of_two_admins_who_remove_each_other_one_stays(world: World) -> None:
    of = an_organisation(world.services)
    join(world.services, of, BOB, Role.ADMIN)
    replies = at_once(
        world, [lambda process: process.members.remove(ADA, of, BOB), lambda process: process.members.remove(BOB, of, ADA)]
    )
    assert None in replies
    assert set(replies) - {None} <= {"last-admin", "organisation-not-found"}
    assert len(roles_of(world.services, of)) == 1
    assert_an_admin_stays(world.services, of)


def test_of_two_people_with_one_invitation_one_is_a_member(world: World) -> None:
    of = an_organisation(world.services)
    code = a_code(world.services, of)
    replies = at_once(world, [accepting(person, code) for person in (BOB, CLEO, NOAH)])
    (won,) = [reply for reply in replies if isinstance(reply, Membership)]
    assert replies.count("invitation-used") == 2
    assert roles_of(world.services, of) == {ADA: Role.ADMIN, won.person_id: Role.MEMBER}


def test_an_invitation_accepted_twice_at_once_is_accepted_once_and_told_twice(world: World) -> None:
    of = an_organisation(world.services)
    code = a_code(world.services, of, Role.ADMIN)
    replies = at_once(world, [accepting(BOB, code)] * 4)
    assert {(reply.person_id, reply.organisation_id, reply.role) for reply in replies} == {(BOB, of, Role.ADMIN)}
    assert names_of(world.services, BOB) == [of]
    organisation = world.services.ports.organisations.organisation(of)
    assert organisation is not None
    assert organisation.admins == (ADA, BOB)


def test_an_invitation_is_accepted_or_withdrawn(world: World) -> None:
    of = an_organisation(world.services)
    made, code = world.services.inviting.invite(ADA, of, Role.MEMBER)
    accepted, withdrawn = at_once(world, [accepting(BOB, code), lambda process: process.inviting.withdraw(ADA, of, made.id)])
    kept = world.services.ports.organisations.invitation(of, made.id)
    assert kept is not None
    if kept.status is InvitationStatus.ACCEPTED:
        assert (accepted.person_id, withdrawn, roles_of(world.services, of)[BOB]) == (BOB, "invitation-used", Role.MEMBER)
    else:
        assert (accepted, withdrawn.status) == ("invitation-withdrawn", InvitationStatus.WITHDRAWN)
        assert BOB not in roles_of(world.services, of)


def test_a_key_sent_eight_times_at_once_creates_one_organisation(world: World) -> None:
    replies = at_once(world, [lambda process: process.creating_organisations.create(ADA, WISH, KEY)] * 8)
    assert len({membership.organisation_id for membership, _ in replies}) == 1
    assert names_of(world.services, ADA) == [replies[0][0].organisation_id]


def test_edits_at_once_are_all_made_one_after_another(world: World) -> None:
    of = an_organisation(world.services)

    def edit(name: str) -> Callable[[Services], Membership]:
        return lambda process: process.organisations.edit(ADA, of, name, None)

    replies = at_once(world, [edit(name) for name in "ABCD"])
    assert sorted(reply.organisation.version for reply in replies) == [2, 3, 4, 5]
    (last,) = [reply.organisation for reply in replies if reply.organisation.version == 5]
    assert world.services.ports.organisations.organisation(of) == last
