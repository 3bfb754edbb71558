"""What every store of target profiles promises: run on the fake, on moto and on MiniStack, through both clients."""

from __future__ import annotations

import pytest

from chalicelib.campaigns.target_profiles.ports import TargetProfileStore
from tests.domain.target_profile_builders import ORGANISATION, OTHER, PROFILE, a_profile, both
from tests.worlds import World


@pytest.fixture
def store(world: World) -> TargetProfileStore:
    return world.services.ports.target_profiles


def test_what_was_never_written_is_not_there(store: TargetProfileStore) -> None:
    assert store.find(ORGANISATION, PROFILE) is None
    assert store.listed(ORGANISATION, "", 10) == []
    assert not store.replace(a_profile(2))
    assert not store.remove(a_profile())


def test_a_profile_is_read_back_whole_and_created_once(store: TargetProfileStore) -> None:
    one = a_profile(title={"fr": "Accueil « été »"}, stages=[], badges=[])
    assert store.create(one) is None
    assert store.create(a_profile(title=both("Another"))) == one
    assert store.find(ORGANISATION, PROFILE) == one


def test_a_version_replaces_the_one_before_it_only(store: TargetProfileStore) -> None:
    store.create(a_profile())
    second = a_profile(2, title=both("Second"))
    assert not store.replace(a_profile(3))
    assert store.replace(second)
    assert not store.replace(a_profile(2, title=both("Late")))
    assert store.find(ORGANISATION, PROFILE) == second


def test_only_the_version_that_is_there_is_removed(store: TargetProfileStore) -> None:
    store.create(a_profile())
    assert not store.remove(a_profile(2))
    assert store.find(ORGANISATION, PROFILE) is not None
    assert store.remove(a_profile())
    assert store.find(ORGANISATION, PROFILE) is None
    assert store.create(a_profile()) is None


def test_profiles_are_listed_in_order_a_page_at_a_time_and_not_with_anothers(store: TargetProfileStore) -> None:
    ids = [letter * 26 for letter in "dacb"]
    for one in ids:
        store.create(a_profile(profile_id=one))
    store.create(a_profile(owner=OTHER))
    pages, after = [], ""
    while page := store.listed(ORGANISATION, after, 3):
        after = page[-1].profile.id
        pages.append([one.profile.id for one in page])
    assert pages == [sorted(ids)[:3], sorted(ids)[3:]]
    assert [one.profile.id for one in store.listed(OTHER, "", 10)] == [PROFILE]
