"""A campaign's life, its codes, and what happens when several act at once or somebody dies in between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.assessments.starting import Wish
from chalicelib.campaigns.campaign import EDITABLE, Campaign, Settings, State, archived, edited, opened, why_closed
from chalicelib.campaigns.codes import DIGITS, LETTERS, draw_code, read_code
from chalicelib.campaigns.participation import Participation, SharedResults
from chalicelib.campaigns.ports import Frozen
from chalicelib.campaigns.taking import Entrance, Joined
from chalicelib.campaigns.target_profiles.duration import duration_of
from chalicelib.kernel.clock import DAY, SECOND, Instant
from chalicelib.kernel.errors import ConflictError, NotFoundError, UnavailableError
from chalicelib.wiring import RandomIds, Services
from tests.domain.campaign_builders import ORGANISATION, a_campaign
from tests.fakes.campaigns import MemoryCampaigns, MemoryParticipations
from tests.worlds import World, play_on


@given(st.lists(st.sampled_from(["open", "archive", "edit"]), max_size=8))
def test_whatever_is_done_a_campaign_keeps_the_code_and_the_day_it_first_got(acts: list[str]) -> None:
    campaign, first = a_campaign(), None
    for number, act in enumerate(acts):
        campaign = _done(campaign, act, number)
        first = first or campaign.code
        assert campaign.code == first
        assert (campaign.opened_at is None) == (campaign.code is None) == (campaign.frozen is None)
        assert campaign.state is not State.DRAFT or campaign.code is None


def _done(campaign: Campaign, act: str, number: int) -> Campaign:
    if act == "open":
        return opened(campaign, f"CODE{number}", f"frozen{number}", Instant(number))
    if act == "edit":
        return edited(campaign, campaign.settings.model_copy(update={"name": f"Name {number}"}))
    if campaign.state is State.DRAFT:
        with pytest.raises(ConflictError, match="never opened"):
            archived(campaign)
        return campaign
    return archived(campaign)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_changes_exactly_in_the_states_that_the_table_says(state: State, name: str) -> None:
    other = {
        "name": "Other",
        "kind": "exam",
        "welcome": {"fr": "Bonjour"},
        "external_id": "Staff number",
        "several_attempts": True,
        "anonymous": True,
        "opens_at": Instant(5),
        "closes_at": Instant(9),
        "budget_minutes": 20,
        "expected_people": 9,
    }
    before = a_campaign(state=state, closes_at=Instant(8))
    settings = Settings(**{**before.settings.model_dump(), name: other[name]})
    if name in EDITABLE[state]:
        assert edited(before, settings).settings == settings
    else:
        with pytest.raises(ConflictError) as refused:
            edited(before, settings)
        assert refused.value.details["settings"] == [name]


@given(st.integers(-3, 3), st.integers(1, 3))
def test_a_campaign_takes_people_from_its_opening_until_its_closing(now: int, length: int) -> None:
    campaign = a_campaign(state=State.OPEN, opens_at=Instant(0), closes_at=Instant(length))
    assert (why_closed(campaign, Instant(now)) is None) == (0 <= now < length)


def test_no_two_signs_of_a_code_look_alike_and_no_code_is_a_word() -> None:
    assert not set(LETTERS) & set("AEIOUYBLSZ") - {"Y"}
    assert not set(DIGITS) & set("018")
    assert len(set(LETTERS)) ** 6 * len(set(DIGITS)) ** 3 > 8 * 10**9


def test_codes_drawn_use_every_sign_about_as_often() -> None:
    ids = RandomIds()
    codes = [draw_code(ids) for _ in range(3_000)]
    assert all(re.fullmatch(f"[{LETTERS}]{{6}}[{DIGITS}]{{3}}", code) for code in codes)
    firsts = [sum(code[0] == sign for code in codes) for sign in LETTERS]
    assert max(firsts) < 2 * min(firsts)


@given(st.text(max_size=20))
def test_any_text_is_a_code_or_is_told_that_no_campaign_has_it(typed: str) -> None:
    code = None
    with suppress(NotFoundError):
        code = read_code(typed)
    assert code is None or re.fullmatch(f"[{LETTERS}]{{6}}[{DIGITS}]{{3}}", code)


@pytest.mark.parametrize("typed", ["cdfghj234", " CDF-GHJ 234 ", "CDFGHJ-234"])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert read_code(typed) == "CDFGHJ234"


def _open(services: Services) -> Campaign:
    stored, _ = services.launching.create(ORGANISATION, "diagnostic", Settings(name="One"), None)
    return services.launching.open(ORGANISATION, stored.campaign.id).campaign


def _join(services: Services, code: str | None, person: str = "ines") -> Joined:
    return services.taking.join(person, Entrance(code or "", Wish("", "fr")), anonymous=False)


def test_opened_by_many_at_once_a_campaign_gets_one_code_and_no_other_code_leads_to_it(memory: World) -> None:
    launching = memory.services.launching
    stored, _ = launching.create(ORGANISATION, "diagnostic", Settings(name="One"), None)
    with ThreadPoolExecutor(8) as pool:
        told = {one.campaign.code for one in pool.map(lambda _: launching.open(ORGANISATION, stored.campaign.id), range(8))}
    (code,) = told
    campaigns = memory.services.ports.campaigns
    assert isinstance(campaigns, MemoryCampaigns)
    for other in set(campaigns.codes) - {str(code)}:
        with pytest.raises(NotFoundError):
            memory.services.finding_campaigns.by_code(other)
    assert memory.services.finding_campaigns.by_code(str(code)).id == stored.campaign.id


def test_what_a_campaign_expects_stays_when_its_target_profile_changes_or_goes(memory: World) -> None:
    services = memory.services
    copy, _ = services.target_profiles.copy(ORGANISATION, "diagnostic", None, None)
    stored, _ = services.launching.create(ORGANISATION, copy.profile.id, Settings(name="One"), None)
    campaign = services.launching.open(ORGANISATION, stored.campaign.id).campaign
    expected = services.finding_campaigns.expected(campaign.id)
    services.target_profiles.delete(ORGANISATION, copy.profile.id)
    services.launching.archive(ORGANISATION, campaign.id)
    services.launching.open(ORGANISATION, campaign.id)
    assert memory.another_process().finding_campaigns.expected(campaign.id) == expected


def test_joined_by_many_threads_at_once_a_person_has_one_participation(memory: World) -> None:
    code = _open(memory.services).code
    with ThreadPoolExecutor(8) as pool:
        joined = list(pool.map(lambda _: _join(memory.services, code), range(8)))
    assert len({one.participation.assessment for one in joined}) == 1
    participations = memory.services.ports.participations
    assert isinstance(participations, MemoryParticipations)
    assert len(participations.kept) == 1


def test_shared_by_many_threads_at_once_the_organisation_gets_one_result(memory: World) -> None:
    services, code = memory.services, _open(memory.services).code
    joined = _join(services, code)
    play_on(memory, "ines", joined.progress)
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: services.taking.share(joined.progress.assessment_id, "ines"), range(8)))
    assert all(one == told[0] for one in told)
    assert len(services.ports.participations.given(joined.participation.campaign, "", 10)) == 1


@dataclass
class DyingStores:
    """Both stores of campaigns; at the n-th write the process dies, before or after the store did it."""

    campaigns: MemoryCampaigns
    participations: MemoryParticipations
    dies_at: int
    after: bool
    writes: int = 0

    def _write(self, write: Iterator[object]) -> object:
        self.writes += 1
        if self.writes == self.dies_at and not self.after:
            raise UnavailableError("store-unavailable", "The process died.")
        done = next(write)
        if self.writes == self.dies_at:
            raise UnavailableError("store-unavailable", "The process died.")
        return done


def _dying(world: World, dies_at: int, *, after: bool) -> tuple[Services, DyingStores]:
    ports = world.services.ports
    assert isinstance(ports.campaigns, MemoryCampaigns)
    assert isinstance(ports.participations, MemoryParticipations)
    death = DyingStores(ports.campaigns, ports.participations, dies_at, after)

    class Campaigns(MemoryCampaigns):
        def replace(self, campaign: Campaign, version: str) -> bool:
            return bool(death._write(super(Campaigns, self).replace(campaign, version) for _ in "1"))

        def freeze(self, frozen: Frozen) -> str:
            return str(death._write(super(Campaigns, self).freeze(frozen) for _ in "1"))

        def give_code(self, code: str, campaign_id: str) -> bool:
            return bool(death._write(super(Campaigns, self).give_code(code, campaign_id) for _ in "1"))

    class Participations(MemoryParticipations):
        def join(self, participation: Participation) -> Participation:
            done = death._write(super(Participations, self).join(participation) for _ in "1")
            assert isinstance(done, Participation)
            return done

        def share(self, participation: Participation) -> Participation:
            done = death._write(super(Participations, self).share(participation) for _ in "1")
            assert isinstance(done, Participation)
            return done

        def give(self, shared: SharedResults) -> None:
            death._write(super(Participations, self).give(shared) for _ in "1")

    over = replace(
        ports,
        campaigns=Campaigns(**vars(ports.campaigns)),
        participations=Participations(**vars(ports.participations)),
    )
    return Services(world.services.settings, over), death


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("dies_at", range(1, 7))
def test_whoever_dies_between_two_writes_the_retry_finishes_what_is_missing(memory: World, dies_at: int, after: bool) -> None:
    services, death = _dying(memory, dies_at, after=after)
    stored, _ = services.launching.create(ORGANISATION, "diagnostic", Settings(name="One"), None)

    def until_done() -> Participation:
        campaign = services.launching.open(ORGANISATION, stored.campaign.id).campaign
        joined = _join(services, campaign.code)
        play_on(memory, "ines", joined.progress)
        return services.taking.share(joined.progress.assessment_id, "ines")

    told = None
    for _ in range(3):
        try:
            told = until_done()
        except UnavailableError:
            continue
    assert death.writes > dies_at
    assert told is not None
    assert told.shared
    (given_once,) = services.ports.participations.given(stored.campaign.id, "", 10)
    assert given_once.assessment == told.assessment
    campaign = services.launching.read(ORGANISATION, stored.campaign.id).campaign
    assert services.finding_campaigns.by_code(str(campaign.code)).id == campaign.id


def test_a_warm_function_notices_within_a_minute_that_a_campaign_was_archived(memory: World) -> None:
    services = memory.services
    campaign = _open(services)
    _join(services, campaign.code)
    memory.another_process().launching.archive(ORGANISATION, campaign.id)
    memory.clock.forward(60)
    with pytest.raises(ConflictError) as refused:
        _join(services, campaign.code, "awa")
    assert refused.value.code == "campaign-not-open"


def test_a_budget_in_minutes_bounds_the_answers_at_the_pace_of_what_is_targeted(memory: World) -> None:
    services = memory.services
    stored, _ = services.launching.create(ORGANISATION, "territoires-common-base", Settings(name="One", budget_minutes=5), None)
    code = services.launching.open(ORGANISATION, stored.campaign.id).campaign.code
    ended = play_on(memory, "ines", _join(services, code).progress)
    assert ended.stop_reason == "length-reached"
    estimate = duration_of(memory.release, memory.release.templates["territoires-common-base"][1].topics)
    assert ended.answers == int(300 / (estimate.seconds / estimate.challenges))


def test_an_abandoned_participation_counts_what_was_answered(memory: World) -> None:
    services = memory.services
    joined = _join(services, _open(services).code)
    play_on(memory, "ines", joined.progress, answers=2)
    memory.clock.forward(3 * DAY / SECOND)
    services.sweeping.sweep()
    results = services.taking.results(joined.progress.assessment_id, "ines")
    assert 0 < results.mastery.acquired < results.mastery.targeted
