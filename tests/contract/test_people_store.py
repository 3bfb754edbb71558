"""What every store of people promises: run on the fake, on moto and on MiniStack."""

from __future__ import annotations

import pytest

from chalicelib.kernel.clock import Instant
from chalicelib.profiles.contributions import AnsweredSkill, Contribution
from chalicelib.profiles.folding import fold
from chalicelib.profiles.ports import Attempt, PeopleStore, Person
from tests.contract.test_log_store import a_start
from tests.worlds import World


@pytest.fixture
def people(world: World) -> PeopleStore:
    return world.services.ports.people


def a_contribution(assessment: str = "a1", finished_at: int = 5_000) -> Contribution:
    answer = AnsweredSkill(challenge="x-1a", topic="search-queries", level=1, right=True, a=1.2, b=-2.8, c=0.25)
    return Contribution(
        assessment=assessment,
        person="p1",
        scope="1.1",
        attempt=1,
        release="r",
        started_at=Instant(1_000),
        finished_at=Instant(finished_at),
        targets={"search-queries": 4},
        answers=(answer,),
    )


def test_somebody_unknown_has_nothing(people: PeopleStore) -> None:
    assert people.person("p1") == Person((), ())
    assert people.profile("p1") is None


def test_attempts_and_contributions_are_read_back_whole(people: PeopleStore) -> None:
    people.remember(a_start())
    people.remember(a_start())
    people.contribute(a_contribution())
    person = people.person("p1")
    assert person.attempts == (Attempt("a" * 26, "1.1", 1),)
    assert person.contributions == (a_contribution(),)


def test_a_contribution_is_stored_once_whoever_comes_later(people: PeopleStore) -> None:
    people.contribute(a_contribution())
    people.contribute(a_contribution(finished_at=9_999))
    assert people.person("p1").contributions == (a_contribution(),)


def test_a_profile_replaces_only_the_one_that_was_read(people: PeopleStore, world: World) -> None:
    empty, one = fold((), world.release), fold((a_contribution(),), world.release)
    two = fold((a_contribution(), a_contribution("a2")), world.release)
    assert people.replace_profile("p1", empty, None)
    assert not people.replace_profile("p1", one, None)
    stored = people.profile("p1")
    assert stored is not None
    assert stored.profile == empty
    assert people.replace_profile("p1", one, stored)
    assert not people.replace_profile("p1", two, stored)
    after = people.profile("p1")
    assert after is not None
    assert after.profile.as_bytes() == one.as_bytes()


def test_people_do_not_see_each_other(people: PeopleStore) -> None:
    people.contribute(a_contribution())
    assert people.person("p2") == Person((), ())
