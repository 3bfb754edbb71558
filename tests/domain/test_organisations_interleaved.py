"""Whatever the order of the steps of requests that run at once, and whoever dies at any of them: an admin stays, who is out is out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.campaigns.organisations.access import Action
from chalicelib.campaigns.organisations.model import Role
from chalicelib.campaigns.organisations.ports import OrganisationStore
from chalicelib.kernel.errors import DomainError, NotFoundError
from chalicelib.wiring import Services
from tests.domain.organisation_builders import (
    ADA,
    BOB,
    CLEO,
    DiedError,
    Dying,
    a_code,
    an_organisation,
    assert_an_admin_stays,
    join,
    over,
    roles_of,
)
from tests.worlds import World, memory_world

Ask = Callable[[Services, str, str], object]
"""Asks a process something of an organisation, with the code of an invitation of Cleo to be an admin."""

OF_EACH_OTHER: dict[str, Ask] = {
    "Ada removes Bob": lambda process, of, _: process.members.remove(ADA, of, BOB),
    "Bob removes Ada": lambda process, of, _: process.members.remove(BOB, of, ADA),
    "Ada leaves": lambda process, of, _: process.members.remove(ADA, of, ADA),
    "Bob demotes Ada": lambda process, of, _: process.members.change_role(BOB, of, ADA, Role.MEMBER),
    "Bob deletes": lambda process, of, _: process.organisations.delete(BOB, of),
}
OF_CLEO: dict[str, Ask] = {
    "Ada removes Cleo": lambda process, of, _: process.members.remove(ADA, of, CLEO),
    "Bob demotes Cleo": lambda process, of, _: process.members.change_role(BOB, of, CLEO, Role.MEMBER),
    "Ada promotes Cleo": lambda process, of, _: process.members.change_role(ADA, of, CLEO, Role.ADMIN),
    "Cleo accepts": lambda process, _, code: process.accepting.accept(CLEO, code),
}
ASKED = {**OF_EACH_OTHER, **OF_CLEO}


class Stepped:
    """A store whose every call waits for its turn: a request runs one call at a time, in an order that a test chooses."""

    def __init__(self, store: OrganisationStore) -> None:
        self._store = store
        self._turn, self._waits = threading.Lock(), threading.Lock()
        self._turn.acquire()
        self._waits.acquire()
        self._dies = False
        self.ended = False

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def called(*arguments: Any) -> Any:
            self._waits.release()
            self._turn.acquire()
            if self._dies:
                raise DiedError
            return getattr(self._store, name)(*arguments)

        return called

    def run(self, ask: Callable[[], object], done: Callable[[], None]) -> None:
        """Ask, call by call, and tell when it was done and not refused."""
        with suppress(DiedError, DomainError):
            ask()
            done()
        self.ended = True
        self._waits.release()

    def wait(self) -> None:
        """Wait until it is about to call, or has ended."""
        assert self._waits.acquire(timeout=30)

    def step(self) -> None:
        """Let it make one call."""
        self._turn.release()
        self.wait()

    def die(self) -> None:
        """Let it make no more."""
        self._dies = True
        while not self.ended:
            self.step()


def play(world: World, of: str, code: str, names: list[str], order: list[int], check: Callable[[], None]) -> set[str]:
    """Run these requests at once in this order of steps, checking after each; those left then die. What was told as done."""
    done: set[str] = set()
    stepped: list[Stepped] = []
    threads = []
    for name in names:

        def dress(store: OrganisationStore) -> Stepped:
            stepped.append(Stepped(store))
            return stepped[-1]

        process = over(world, dress)

        def ask(process: Services = process, name: str = name) -> object:
            return ASKED[name](process, of, code)

        arguments = (ask, lambda name=name: done.add(name))
        threads.append(threading.Thread(target=stepped[-1].run, args=arguments, daemon=True))
    for thread, one in zip(threads, stepped, strict=True):
        thread.start()
        one.wait()
    for choice in order:
        running = [one for one in stepped if not one.ended]
        if not running:
            break
        running[choice % len(running)].step()
        check()
    for one in stepped:
        one.die()
    for thread in threads:
        thread.join(30)
    return done


def is_out(services: Services, of: str, person: str) -> bool:
    try:
        services.access.require(person, of, Action.READ_ORGANISATION)
    except NotFoundError:
        return True
    return False


def is_half_an_admin(world: World, of: str) -> None:
    """Cleo accepted another invitation to be an admin, and the process died before the organisation counted on her."""
    code = a_code(world.services, of, Role.ADMIN)
    with pytest.raises(DiedError):
        over(world, lambda store: Dying(store, 3, after=False)).accepting.accept(CLEO, code)


BEFORE: dict[str, Callable[[World, str, str], object]] = {
    "a stranger": lambda world, of, code: None,
    "a member": lambda world, of, _: join(world.services, of, CLEO),
    "an admin by the code": lambda world, _, code: world.services.accepting.accept(CLEO, code),
    "half an admin": lambda world, of, _: is_half_an_admin(world, of),
}
"""What Cleo is when all begins."""


ORDERS = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 8)), min_size=3, max_size=8)
"""Who makes its next calls, and how many: few changes from one to another find most faults."""


def steps(order: list[tuple[int, int]]) -> list[int]:
    return [who for who, calls in order for _ in range(calls)]


@settings(max_examples=100)
@given(names=st.lists(st.sampled_from(sorted(OF_EACH_OTHER)), min_size=2, max_size=4), order=ORDERS)
def test_of_admins_who_remove_each_other_one_stays(names: list[str], order: list[tuple[int, int]]) -> None:
    world = memory_world()
    services = world.services
    of = an_organisation(services)
    join(services, of, BOB, Role.ADMIN)
    done = play(world, of, "", names, steps(order), lambda: assert_an_admin_stays(services, of))
    if done & {"Bob deletes", "Ada removes Bob"}:
        assert is_out(services, of, BOB)
    if done & {"Bob deletes", "Bob removes Ada", "Ada leaves"}:
        assert is_out(services, of, ADA)
    if "Bob demotes Ada" in done:
        assert roles_of(services, of).get(ADA) is not Role.ADMIN


@settings(max_examples=150)
@given(
    names=st.lists(st.sampled_from(sorted(OF_CLEO)), min_size=2, max_size=3),
    order=ORDERS,
    before=st.sampled_from(sorted(BEFORE)),
)
@example(["Bob demotes Cleo", "Ada promotes Cleo"], [(0, 4), (1, 9), (0, 9)], "half an admin")
@example(["Ada removes Cleo", "Cleo accepts"], [(0, 9), (0, 9)], "an admin by the code")
def test_a_role_is_given_and_taken_in_some_order(names: list[str], order: list[tuple[int, int]], before: str) -> None:
    world = memory_world()
    services = world.services
    of = an_organisation(services)
    join(services, of, BOB, Role.ADMIN)
    code = a_code(services, of, Role.ADMIN)
    BEFORE[before](world, of, code)
    done = play(world, of, code, names, steps(order), lambda: assert_an_admin_stays(services, of))
    if "Ada removes Cleo" in done and before in ("a stranger", "an admin by the code"):
        assert is_out(services, of, CLEO), "the one invitation that Cleo had was accepted before"
    if "Bob demotes Cleo" in done and not {"Ada promotes Cleo", "Cleo accepts"} & set(names):
        assert roles_of(services, of).get(CLEO) is not Role.ADMIN
    if set(names) <= {"Ada promotes Cleo", "Cleo accepts"} and done:
        assert roles_of(services, of).get(CLEO) is Role.ADMIN


def test_the_steps_are_taken_in_the_order_that_is_asked_for() -> None:
    """What makes the above mean something: one order lets Ada remove Bob, another Bob remove Ada."""
    left = []
    for first in (0, 1):
        world = memory_world()
        of = an_organisation(world.services)
        join(world.services, of, BOB, Role.ADMIN)
        done = play(world, of, "", ["Ada removes Bob", "Bob removes Ada"], [first] * 20 + [0] * 20, lambda: None)
        left.append((done, set(roles_of(world.services, of))))
    assert left == [({"Ada removes Bob"}, {ADA}), ({"Bob removes Ada"}, {BOB})]
