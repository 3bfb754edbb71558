"""The national view of finished assessments: each person once in each scope, at the level of their last assessment of it."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest

from chalicelib.assessments.exposure.counting import CountExposure
from chalicelib.assessments.exposure.model import Series
from chalicelib.assessments.model import Tail
from chalicelib.assessments.reading import results_of
from chalicelib.assessments.starting import Wish
from chalicelib.campaigns.counters.counting import CountParticipations
from chalicelib.campaigns.counters.finished import CountBatch, CountFinished, FinishedAssessments, level_reached, shown, view_of
from chalicelib.campaigns.counters.model import Row, Totals
from chalicelib.campaigns.counters.summarising import SummariseViews
from chalicelib.kernel.clock import DAY, SECOND
from chalicelib.kernel.errors import NotFoundError, UnavailableError
from chalicelib.workers import counters
from tests.fakes.counter_schedules import counted
from tests.fakes.counters import MemoryCounters
from tests.fakes.memory import MemoryLogs, NumberedIds
from tests.worlds import World, play_on

SCOPE = "1.1"
VIEW = view_of(SCOPE)


@dataclass
class Nation:
    """A service, its counters, and people who take assessments."""

    world: World
    store: MemoryCounters

    @property
    def source(self) -> FinishedAssessments:
        services = self.world.services
        return FinishedAssessments(services.ports.log, services.ports.people, services.desk.courses)

    @property
    def counting(self) -> CountBatch:
        services = self.world.services
        exposure = CountExposure(services.ports.exposure_batches, services.desk.courses)
        counting = CountParticipations(self.store, self.store, self.store, shards=4)
        return CountBatch(CountFinished(self.source, counting), exposure)

    def finish(self, person: str, scope: str = SCOPE, *, right: bool = True, answers: int = 1_000) -> Tail:
        """An assessment from its start to its end, its contribution stored."""
        progress, _ = self.world.services.starting.start(person, Wish(scope, "fr"))
        play_on(self.world, person, progress, answers, right)
        self.world.services.ending.finish(progress.assessment_id, person)
        tail = self.world.services.updating.ended(progress.assessment_id)
        self.world.services.updating.settle(tail)
        return tail

    def totals(self) -> Totals:
        return counted(self.store)

    def level_of(self, tail: Tail) -> int:
        return level_reached(self.world.services.desk.courses.of(tail.start), tail.last.state)


@pytest.fixture
def nation(memory: World) -> Nation:
    return Nation(memory, MemoryCounters())


def test_a_finished_assessment_counts_with_the_level_that_its_results_tell(nation: Nation) -> None:
    tail = nation.finish("p1")
    counters.count([tail], nation.counting)
    (competence,) = results_of(nation.world.services.desk.courses.of(tail.start), tail.last.state).competences
    assert nation.totals() == {"finished": 1, "persons": 1, f"level-{competence.level}": 1}
    assert competence.level > 0
    assert nation.store.enrolled() == {VIEW: 4}


def test_an_area_counts_with_the_level_of_its_mean_points(nation: Nation) -> None:
    tail = nation.finish("p1", "1")
    counters.count([tail], nation.counting)
    competences = results_of(nation.world.services.desk.courses.of(tail.start), tail.last.state).competences
    level = int(sum(one.points for one in competences) / len(competences) // 8)
    assert nation.totals() == {"finished": 1, "persons": 1, f"level-{level}": 1}
    assert list(nation.store.enrolled()) == ["national:1"]


def test_an_improved_retry_replaces_the_level_and_the_person_counts_once(nation: Nation) -> None:
    worse = nation.finish("p1", right=False)
    nation.world.clock.forward(60 * DAY / SECOND)
    better = nation.finish("p1", right=True)
    assert nation.level_of(better) > nation.level_of(worse)
    for tail in (worse, better, worse):
        counters.count([tail], nation.counting)
    assert nation.totals() == {"finished": 2, "persons": 1, f"level-{nation.level_of(better)}": 1}


def test_messages_in_any_order_and_twice_give_the_same_totals(nation: Nation) -> None:
    tails = []
    for person in range(4):
        tails.append(nation.finish(f"p{person}", right=person % 2 == 0, answers=3))
        nation.world.clock.forward(60 * DAY / SECOND)
        tails.append(nation.finish(f"p{person}", right=person % 2 == 1, answers=4))
    tails += [nation.finish("p0", "1.2", answers=2)]
    outcomes = set()
    for seed in range(6):
        chance = random.Random(seed)
        delivered = [*tails, *chance.choices(tails, k=3)]
        chance.shuffle(delivered)
        nation.store = MemoryCounters()
        while delivered:
            size = chance.randint(1, 4)
            counters.count(delivered[:size], nation.counting)
            delivered = delivered[size:]
        outcomes.add(str(sorted(nation.totals().items())))
    (outcome,) = outcomes
    assert "('finished', 9)" in outcome
    assert "('persons', 5)" in outcome


def test_a_message_that_was_lost_is_made_up_for_by_the_persons_next_one(nation: Nation) -> None:
    nation.finish("p1", right=False)
    nation.world.clock.forward(60 * DAY / SECOND)
    counters.count([nation.finish("p1")], nation.counting)
    assert nation.totals()["finished"] == 2


def test_an_assessment_without_an_answer_counts_nowhere(nation: Nation) -> None:
    counters.count([nation.finish("p1", answers=0)], nation.counting)
    assert nation.store.rows == {}
    assert nation.store.enrolled() == {}


def test_somebody_without_an_account_counts_too(nation: Nation) -> None:
    services = nation.world.services
    progress, _ = services.starting_once.start("anonymous-1", Wish(SCOPE, "fr"))
    tail = services.updating.ended(play_on(nation.world, "anonymous-1", progress).assessment_id)
    services.updating.settle(tail)
    counters.count([tail], nation.counting)
    assert nation.totals()["persons"] == 1


def test_a_last_assessment_whose_log_is_gone_is_told(nation: Nation) -> None:
    tail = nation.finish("p1", answers=2)
    log = nation.world.services.ports.log
    assert isinstance(log, MemoryLogs)
    del log.entries_by_assessment[tail.start.assessment_id]
    with pytest.raises(NotFoundError):
        nation.source.wanted(VIEW, "p1")


def test_a_person_whose_last_log_is_gone_stands_as_they_are_and_stops_no_other(nation: Nation) -> None:
    first = nation.finish("p1", answers=2)
    counters.count([first], nation.counting)
    before = nation.totals()
    nation.world.clock.forward(60 * DAY / SECOND)
    second = nation.finish("p1", answers=2)
    log = nation.world.services.ports.log
    assert isinstance(log, MemoryLogs)
    del log.entries_by_assessment[second.start.assessment_id]
    counters.count([first], nation.counting)
    assert nation.totals() == before
    counters.count([first, nation.finish("p2", answers=2)], nation.counting)
    assert nation.totals()["persons"] == 2


def test_what_cannot_be_counted_is_not_left_to_exposure_control_either(nation: Nation) -> None:
    class Down(MemoryCounters):
        def replace(self, row: Row) -> bool:
            raise UnavailableError("store-unavailable", "The store did not answer.")

    tail, series = nation.finish("p1", answers=2), Series(nation.world.release.id, "practice")
    nation.store = Down()
    with pytest.raises(UnavailableError):
        counters.count([tail], nation.counting)
    batches = nation.world.services.ports.exposure_batches
    assert not any(batches.waiting(series, shard, 10) for shard in range(16)), "it would count twice when the batch comes again"
    nation.store = MemoryCounters()
    counters.count([tail], nation.counting)
    assert any(batches.waiting(series, shard, 10) for shard in range(16))


def test_the_minute_sums_up_what_was_counted_and_tells_how_many_views(nation: Nation) -> None:
    counters.count([nation.finish("p1", answers=2), nation.finish("p1", "1.2", answers=2)], nation.counting)
    store = nation.store
    done = counters.summarise(SummariseViews(store, store, store, store, nation.world.clock, NumberedIds()))
    assert (done.views, done.failed) == (2, ())
    summary = store.summary(VIEW)
    assert summary is not None
    assert summary.totals["persons"] == 1


def test_nothing_is_shown_of_fewer_than_ten_persons() -> None:
    hidden = shown({"finished": 12, "persons": 9, "level-3": 9})
    assert (hidden["finished"], hidden["persons"]) == (None, None)
    assert set(hidden["levels"].values()) == {None}
    assert len(hidden["levels"]) == 9


def test_a_level_of_few_persons_is_hidden_with_another_so_that_it_cannot_be_found() -> None:
    told = shown({"finished": 80, "persons": 60, "level-2": 30, "level-3": 26, "level-5": 4})
    assert (told["finished"], told["persons"]) == (80, 60)
    assert {name for name, figure in told["levels"].items() if figure is None} == {"level-3", "level-5"}
    assert (told["levels"]["level-2"], told["levels"]["level-0"]) == (30, 0)
