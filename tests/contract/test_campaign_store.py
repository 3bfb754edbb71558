"""What every store of campaigns and of participations promises: on the fake, on moto and on MiniStack, through both clients."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.campaigns.participation import Participation, given_to_organisation, shared
from chalicelib.campaigns.ports import CampaignStore, ParticipationStore
from chalicelib.kernel.clock import Instant
from tests.domain.campaign_builders import CAMPAIGN, ORGANISATION, a_campaign, a_frozen, a_participation
from tests.worlds import World


@pytest.fixture
def store(world: World) -> CampaignStore:
    return world.services.ports.campaigns


@pytest.fixture
def participations(world: World) -> ParticipationStore:
    return world.services.ports.participations


def test_what_was_never_written_is_not_there(store: CampaignStore, participations: ParticipationStore) -> None:
    assert store.campaign(CAMPAIGN, strong=True) is None
    assert store.campaigns_of(ORGANISATION, "", 10) == []
    assert store.frozen(CAMPAIGN, "nothing") is None
    assert store.campaign_of("CDFGHJ234") is None
    assert participations.participation("ines", CAMPAIGN, 1) is None
    assert participations.given(CAMPAIGN, "", 10) == []


def test_a_campaign_is_read_back_whole_and_created_once(store: CampaignStore) -> None:
    one = a_campaign(name="Compétences « été »")
    stored, new = store.create(one)
    assert (stored.campaign, new) == (one, True)
    again, new = store.create(a_campaign(name="Another"))
    assert (again, new) == (stored, False)
    for strong in (True, False):
        assert store.campaign(CAMPAIGN, strong=strong) == stored


def test_a_campaign_is_replaced_only_where_it_was_read(store: CampaignStore) -> None:
    stored, _ = store.create(a_campaign())
    assert not store.replace(a_campaign(name="Two"), "another version")
    assert store.replace(a_campaign(name="Two"), stored.version)
    assert not store.replace(a_campaign(name="Three"), stored.version)
    kept = store.campaign(CAMPAIGN, strong=True)
    assert kept is not None
    assert kept.campaign.settings.name == "Two"


def test_campaigns_are_listed_in_order_page_by_page_and_not_with_anothers(store: CampaignStore) -> None:
    ids = [letter * 26 for letter in "dacb"]
    for one in ids:
        store.create(a_campaign(id=one))
    store.create(a_campaign(id="e" * 26, organisation="p" * 26))
    first = store.campaigns_of(ORGANISATION, "", 3)
    assert first == sorted(ids)[:3]
    assert store.campaigns_of(ORGANISATION, first[-1], 3) == sorted(ids)[3:]


def test_what_is_frozen_is_found_by_its_name_and_the_same_has_the_same(store: CampaignStore) -> None:
    name = store.freeze(a_frozen())
    assert store.freeze(a_frozen()) == name
    other = store.freeze(a_frozen(skills={"mail-basics": (1,)}))
    assert other != name
    assert store.frozen(CAMPAIGN, name) == a_frozen()


def test_a_code_leads_to_the_first_campaign_that_got_it(store: CampaignStore) -> None:
    assert store.give_code("CDFGHJ234", CAMPAIGN)
    assert store.give_code("CDFGHJ234", CAMPAIGN)
    assert not store.give_code("CDFGHJ234", "b" * 26)
    assert store.campaign_of("CDFGHJ234") == CAMPAIGN


def test_a_participation_is_joined_once(participations: ParticipationStore) -> None:
    first = a_participation()
    assert participations.join(first) == first
    assert participations.join(a_participation(external_id="other")) == first
    assert participations.participation("ines", CAMPAIGN, 1) == first


def test_of_many_who_share_at_once_one_is_stored_and_all_are_told_it(participations: ParticipationStore) -> None:
    participations.join(a_participation())

    def share(number: int) -> Participation:
        return participations.share(shared(a_participation(), {"number": number}, Instant(number)))

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(share, range(6)))
    stored = participations.participation("ines", CAMPAIGN, 1)
    assert all(one == stored for one in told)


def test_joining_again_never_takes_back_what_was_shared(participations: ParticipationStore) -> None:
    participations.join(a_participation())
    kept = participations.share(shared(a_participation(), {"mastery": 1}, Instant(5)))
    assert participations.join(a_participation()) == kept


def test_everything_shared_is_listed_once_page_by_page(participations: ParticipationStore) -> None:
    ids = {letter * 26 for letter in "abcdefghijk"}
    for one in ids:
        given = given_to_organisation(shared(a_participation(assessment=one), {"of": one}, Instant(5)))
        participations.give(given)
        participations.give(given)
    seen: list[str] = []
    while page := participations.given(CAMPAIGN, seen[-1] if seen else "", 4):
        seen.extend(one.assessment for one in page)
        assert all(one.results == {"of": one.assessment} for one in page)
    assert len(seen) == len(ids)
    assert set(seen) == ids
