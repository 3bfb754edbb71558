"""Profiles: any order, any duplication, eight workers at once give the same bytes."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.assessments.starting import Wish
from chalicelib.kernel.clock import DAY, Instant
from chalicelib.profiles.contributions import AnsweredSkill, Contribution
from chalicelib.profiles.folding import fold, gather
from chalicelib.wiring import Services
from tests.content_of_tests import real_release
from tests.worlds import World, play_on

RELEASE = real_release()
TOPICS = [topic.id for topic in RELEASE.topics[:4]]

answers = st.builds(
    AnsweredSkill,
    challenge=st.sampled_from(["x-1a", "y-2a", "z-3a"]),
    topic=st.sampled_from(TOPICS),
    level=st.integers(1, 4),
    right=st.booleans(),
    a=st.sampled_from([0.8, 1.2]),
    b=st.sampled_from([-2.0, -0.4]),
    c=st.sampled_from([0.0, 0.25]),
)


@st.composite
def contributions(draw: st.DrawFn) -> list[Contribution]:
    made = []
    for number in range(draw(st.integers(1, 5))):
        started_at = draw(st.integers(0, 12)) * DAY
        made.append(
            Contribution(
                assessment=f"a{number}",
                person="p1",
                scope="1",
                attempt=number,
                release=RELEASE.id,
                started_at=Instant(started_at),
                finished_at=Instant(started_at + draw(st.integers(0, 2)) * DAY),
                targets=dict.fromkeys(draw(st.lists(st.sampled_from(TOPICS), unique=True)), 4),
                answers=tuple(draw(st.lists(answers, max_size=6))),
            )
        )
    return made


@settings(max_examples=60)
@given(contributions(), st.randoms(use_true_random=False))
def test_the_order_in_which_contributions_are_folded_does_not_matter(made: list[Contribution], chance: random.Random) -> None:
    shuffled = made[:]
    chance.shuffle(shuffled)
    assert fold(made, RELEASE).as_bytes() == fold(shuffled, RELEASE).as_bytes()


@settings(max_examples=60)
@given(contributions())
def test_points_levels_and_ladders_of_a_profile_agree(made: list[Contribution]) -> None:
    profile = fold(made, RELEASE)
    assert len(profile.competences) == 16
    assert round(sum(one.points for one in profile.competences), 2) == profile.points
    for one in profile.competences:
        assert one.level == int(one.points // 8)
        assert 0 < one.standard_error <= 1.0
    for topic in profile.topics.values():
        assert topic.ceiling is None or topic.ceiling > topic.floor
        assert topic.floor == 0 or topic.direct.get(topic.floor) is True


def an_answer(level: int, right: bool) -> AnsweredSkill:
    return AnsweredSkill(challenge="x-1a", topic=TOPICS[0], level=level, right=right, a=1.2, b=-2.0, c=0.0)


def a_contribution(name: str, started_day: float, *given_answers: AnsweredSkill) -> Contribution:
    return Contribution(
        assessment=name,
        person="p1",
        scope="1.1",
        attempt=1,
        release=RELEASE.id,
        started_at=Instant(round(started_day * DAY)),
        finished_at=Instant(round(started_day * DAY) + 1),
        targets={TOPICS[0]: 4},
        answers=given_answers,
    )


def test_the_last_answer_at_a_rung_counts() -> None:
    made = [a_contribution("a1", 0, an_answer(2, False)), a_contribution("a2", 1, an_answer(2, True))]
    assert gather(made, RELEASE.rules)[TOPICS[0]][2].answer.right
    assert fold(made, RELEASE).topics[TOPICS[0]].floor == 2


def test_improving_forgets_misses_older_than_four_days_and_keeps_hits() -> None:
    first = a_contribution("a1", 0, an_answer(1, True), an_answer(3, False))
    soon, late = a_contribution("a2", 3.9), a_contribution("a2", 4.1)
    assert set(gather([first, soon], RELEASE.rules)[TOPICS[0]]) == {1, 3}
    assert set(gather([first, late], RELEASE.rules)[TOPICS[0]]) == {1}


def test_an_answer_that_was_improved_counts_once_in_the_ability() -> None:
    once = fold([a_contribution("a1", 0, an_answer(2, True))], RELEASE)
    twice = fold([a_contribution("a1", 0, an_answer(2, True)), a_contribution("a2", 9, an_answer(2, True))], RELEASE)
    assert once.competences == twice.competences


def finished(world: World, scopes: tuple[str, ...]) -> list[str]:
    """Assessments of one person, played half right, none of them folded in."""
    ids = []
    for scope in scopes:
        progress, _ = world.services.starting.start("p1", Wish(scope, "fr", length=4))
        progress = play_on(world, "p1", progress, answers=2)
        ids.append(play_on(world, "p1", progress, right=False).assessment_id)
        world.clock.forward(60)
    return ids


def test_eight_workers_with_every_message_twice_in_any_order_leave_the_same_bytes(world: World) -> None:
    ids = finished(world, ("1.1", "2", "3.4", "4"))
    people = world.services.ports.people
    messages = ids * 4
    random.Random(5).shuffle(messages)
    barrier = threading.Barrier(8)

    def worker(number: int) -> None:
        process: Services = world.another_process()
        barrier.wait(30)
        for assessment_id in messages[number::8]:
            process.updating.finished(assessment_id)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(worker, range(8)))
    stored = people.profile("p1")
    assert stored is not None
    assert set(stored.profile.assessments) == set(ids)
    expected = fold(people.person("p1").contributions, world.release)
    assert stored.profile.as_bytes() == expected.as_bytes()


def test_a_profile_nobody_has_yet_is_empty_and_complete(memory: World) -> None:
    profile = memory.services.profiles.profile("nobody")
    assert (profile.points, len(profile.competences), profile.topics) == (0.0, 16, {})
