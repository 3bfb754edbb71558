"""Collective results of a campaign: who counts, once, whatever comes twice, late or never; and what is shown of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.assessments.starting import Wish
from chalicelib.campaigns.campaign import Campaign, Settings
from chalicelib.campaigns.collective import (
    COMPLETED,
    DECILES,
    MANY_PEOPLE,
    MANY_ROWS,
    ROWS,
    SHARED,
    STARTED,
    mastery_total,
    rows_for,
    shown,
    stage_total,
    view_of,
)
from chalicelib.campaigns.counters.disclosure import K_OF_CAMPAIGNS
from chalicelib.campaigns.taking import Entrance
from chalicelib.kernel.clock import DAY, SECOND
from chalicelib.kernel.errors import UnavailableError
from chalicelib.workers import results
from infrastructure.local.lambda_context import LambdaContext
from tests.domain.campaign_builders import ORGANISATION
from tests.fakes.memory import MemorySender
from tests.worlds import World, play_on

CONTEXT = LambdaContext("results-worker", "eu-west-3", 60.0)


@dataclass
class Room:
    """A campaign, its people, and the worker."""

    world: World
    campaign: Campaign

    @classmethod
    def of(cls, world: World, **settings: Any) -> Room:
        """An open campaign."""
        launching = world.services.launching
        stored, _ = launching.create(ORGANISATION, "diagnostic", Settings(name="One", **settings), None)
        return cls(world, launching.open(ORGANISATION, stored.campaign.id).campaign)

    def join(self, person: str, *, again: bool = False) -> str:
        entrance = Entrance(str(self.campaign.code), Wish("", "fr"), again=again)
        return self.world.services.taking.join(person, entrance, anonymous=False).progress.assessment_id

    def finish(self, person: str, right: bool = True, *, again: bool = False) -> str:
        assessment = self.join(person, again=again)
        play_on(self.world, person, self.world.services.reading.current(assessment, person), right=right)
        return assessment

    def share(self, person: str, right: bool = True) -> None:
        self.world.services.taking.share(self.finish(person, right), person)

    def work(self, *messages: str) -> list[str]:
        """Deliver these, or all that was sent; what is given back."""
        bodies = messages or tuple(self.sent)
        records = [
            {"messageId": f"m{number}", "body": body, "attributes": {}, "eventSourceARN": "arn:aws:sqs:eu-west-3:1:results"}
            for number, body in enumerate(bodies)
        ]
        reply = results.consume({"Records": records}, CONTEXT, results.following_of(self.world.services))
        return [one["itemIdentifier"] for one in reply["batchItemFailures"]]

    @property
    def sent(self) -> list[str]:
        sender = self.world.services.ports.sender
        assert isinstance(sender, MemorySender)
        return [one.model_dump_json() for one in sender.sent]

    @property
    def totals(self) -> dict[str, int]:
        counters, view = self.world.services.ports.counters, view_of(self.campaign.id)
        together: dict[str, int] = {}
        for shard in range(counters.shards(view)):
            for name, value in counters.row(view, shard).totals.items():
                together[name] = together.get(name, 0) + value
        return together


@pytest.fixture
def room(memory: World) -> Room:
    return Room.of(memory)


def test_each_step_of_a_person_counts_once(room: Room) -> None:
    assessment = room.join("ines")
    room.work()
    assert room.totals == {STARTED: 1}
    play_on(room.world, "ines", room.world.services.reading.current(assessment, "ines"))
    room.work()
    assert room.totals == {STARTED: 1, COMPLETED: 1}
    room.world.services.taking.share(assessment, "ines")
    room.work()
    assert room.totals[SHARED] == room.totals[mastery_total(DECILES)] == 1


def test_messages_that_come_twice_late_or_in_any_order_count_the_same(memory: World) -> None:
    room = Room.of(memory)
    room.share("ines")
    messages = room.sent
    for order in permutations(messages):
        room.work(*order, *order[:1])
    assert {name: room.totals[name] for name in (STARTED, COMPLETED, SHARED)} == {STARTED: 1, COMPLETED: 1, SHARED: 1}


def test_somebody_whose_first_message_was_lost_counts_when_they_end(room: Room) -> None:
    services = room.world.services
    silent = replace(services.taking, sender=Silent())
    joined = silent.join("ines", Entrance(str(room.campaign.code), Wish("", "fr")), anonymous=False)
    assert room.sent == []
    play_on(room.world, "ines", joined.progress)
    room.work()
    assert room.totals == {STARTED: 1, COMPLETED: 1}


class Silent:
    """A queue that never answers."""

    def send(self, envelope: object) -> None:
        raise UnavailableError("store-unavailable", "The queue does not answer.")


def test_what_a_request_that_died_did_not_give_the_worker_gives(room: Room) -> None:
    assessment, services = room.finish("ines"), room.world.services

    class Dying:
        def __getattr__(self, name: str) -> Any:
            if name in ("share", "give"):
                raise UnavailableError("store-unavailable", "The process died.")
            return getattr(services.ports.participations, name)

    dying = replace(services.taking, giving=replace(services.giving, participations=Dying()))
    with pytest.raises(UnavailableError):
        dying.share(assessment, "ines")
    assert services.ports.participations.given(room.campaign.id, "", 10) == []
    room.work()
    (given_one,) = services.ports.participations.given(room.campaign.id, "", 10)
    assert given_one.assessment == assessment
    assert room.totals[SHARED] == 1


def test_another_attempt_never_takes_back_what_was_shared(memory: World) -> None:
    room = Room.of(memory, kind="exam", several_attempts=True, closes_at=memory.clock.now() + 30 * DAY)
    room.share("ines")
    memory.clock.forward(5 * DAY / SECOND)
    assessment = room.join("ines", again=True)
    room.work()
    assert room.totals == {STARTED: 1, COMPLETED: 1, SHARED: 1, mastery_total(10): 1, stage_total(_stages(room)): 1}
    play_on(memory, "ines", memory.services.reading.current(assessment, "ines"), right=False)
    memory.services.taking.share(assessment, "ines")
    room.work()
    assert room.totals == {STARTED: 1, COMPLETED: 1, SHARED: 1, mastery_total(0): 1, **_stage_of(0, room)}


def _stages(room: Room) -> int:
    return len(room.world.services.finding_campaigns.expected(room.campaign.id).targets.stages)


def _stage_of(percent: int, room: Room) -> dict[str, int]:
    stages = room.world.services.finding_campaigns.expected(room.campaign.id).targets.stages
    return {stage_total(sum(percent >= stage.threshold for stage in stages)): 1}


def test_figures_equal_a_recomputation_from_the_logs(room: Room) -> None:
    for number in range(7):
        person = f"person-{number}"
        (room.join, room.finish, room.share)[number % 3](person)
    room.work()
    (found,) = room.world.services.reconciling.reconcile([view_of(room.campaign.id)])
    assert found.clean
    assert found.expected == room.totals
    assert (found.counted[STARTED], found.counted[COMPLETED], found.counted[SHARED]) == (7, 4, 2)


def test_a_reconciliation_counts_whom_every_message_missed(room: Room) -> None:
    room.share("ines")
    view = view_of(room.campaign.id)
    (found,) = room.world.services.reconciling.reconcile([view], repair=True)
    assert found.uncounted == 1
    assert room.totals[SHARED] == 1


def test_a_message_about_nobody_makes_no_view(memory: World) -> None:
    memory.services.counting_campaigns.count([("a" * 26, "nobody")])
    assert memory.services.ports.counters.enrolled() == {}


def test_a_campaign_counts_in_no_national_view(room: Room) -> None:
    room.share("ines")
    room.work()
    assert list(room.world.services.ports.counters.enrolled()) == [view_of(room.campaign.id)]


def test_a_campaign_for_many_is_counted_in_more_rows(memory: World) -> None:
    room = Room.of(memory, expected_people=MANY_PEOPLE)
    assert memory.services.ports.counters.enrolled() == {view_of(room.campaign.id): MANY_ROWS}
    assert rows_for(None) == rows_for(MANY_PEOPLE - 1) == ROWS


COUNTS = st.lists(st.integers(0, 12), min_size=11, max_size=11)


@given(COUNTS, st.lists(st.integers(0, 10), min_size=0, max_size=4, unique=True).map(sorted))
def test_no_figure_that_is_shown_tells_of_fewer_than_five_people(tenths: list[int], thresholds: list[int]) -> None:
    stages = [0] * (len(thresholds) + 1)
    for tenth, count in enumerate(tenths):
        stages[sum(tenth >= one for one in thresholds)] += count
    totals = {SHARED: sum(tenths), STARTED: 50, COMPLETED: 40}
    totals |= {mastery_total(tenth): count for tenth, count in enumerate(tenths) if count}
    totals |= {stage_total(number): count for number, count in enumerate(stages) if count}
    figures = shown(totals, [10 * one for one in thresholds])
    cells = [*figures.mastery.values(), *figures.stages.values(), figures.shared]
    assert all(cell is None or cell == 0 or cell >= K_OF_CAMPAIGNS for cell in cells)
    if not figures.shared:
        assert {*figures.mastery.values(), *figures.stages.values()} == {None}
        return
    hidden = [name for name, value in figures.stages.items() if value is None]
    if hidden:
        assert len(hidden) >= 2 or len(figures.stages) == 1
        assert set(figures.mastery.values()) == {None}
    shown_of_stages = sum(value or 0 for value in figures.stages.values())
    assert not hidden or figures.shared - shown_of_stages >= K_OF_CAMPAIGNS


def test_tenths_are_not_shown_beside_stages_that_cut_one_in_two() -> None:
    totals = {SHARED: 40, mastery_total(4): 20, mastery_total(5): 20, stage_total(0): 18, stage_total(1): 22}
    assert shown(totals, [45]).stages == {"0": 18, "1": 22}  # two persons between 45 % and half: the tenths would tell
    assert set(shown(totals, [45]).mastery.values()) == {None}
    assert shown({**totals, stage_total(0): 20, stage_total(1): 20}, [50]).mastery["4"] == 20
