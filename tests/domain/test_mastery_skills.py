"""What a campaign freezes, and how much of it is acquired: exact counts, thresholds that are never rounded."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.mastery.measured import Mastery, measured
from chalicelib.campaigns.mastery.stages import stage_of
from chalicelib.campaigns.mastery.targeted import Targeted, freeze, left_out
from chalicelib.kernel.canonical import canonical_json
from chalicelib.kernel.errors import InvalidError
from tests.domain.mastery_builders import CAPS, LADDERS, a_release, a_stage

FLOORS = {"alpha": 2, "beta": 4, "gamma": 0}

any_caps = st.dictionaries(st.sampled_from(sorted(LADDERS)), st.integers(1, 8), min_size=1)
any_floors = st.fixed_dictionaries({topic: st.sampled_from((0, *levels)) for topic, levels in LADDERS.items()})


def test_the_rungs_of_each_ladder_up_to_its_cap_are_frozen() -> None:
    assert freeze(a_release(), CAPS).levels == {"alpha": (1, 2, 3), "beta": (1, 2, 3, 4), "gamma": (1, 2)}


def test_topics_that_are_gone_or_begin_above_their_cap_are_left_out_and_told() -> None:
    release, caps = a_release(without=(("gamma", 1), ("gamma", 2))), {"alpha": 2, "gamma": 3, "unknown": 5}
    assert freeze(release, caps).levels == {"alpha": (1, 2)}
    assert left_out(release, caps) == ("gamma", "unknown")
    assert left_out(a_release(), CAPS) == ()


def test_a_profile_of_which_nothing_is_there_cannot_be_frozen() -> None:
    with pytest.raises(InvalidError) as told:
        freeze(a_release(), {"unknown": 5})
    assert told.value.code == "nothing-targeted"


@given(any_caps)
def test_what_is_frozen_is_stored_as_plain_values_and_read_back(caps: dict[str, int]) -> None:
    frozen = freeze(a_release(), caps)
    stored = canonical_json(frozen.encoded())
    assert list(frozen.encoded()) == sorted(frozen.levels)
    assert Targeted.decoded(json.loads(stored)) == frozen
    assert canonical_json(freeze(a_release(), dict(reversed(caps.items()))).encoded()) == stored


@pytest.mark.parametrize(
    "wrong", [{}, {"alpha": ()}, {"alpha": (2, 1)}, {"alpha": (1, 1)}, {"alpha": (0,)}, {"alpha": (9,)}], ids=str
)
def test_levels_that_nobody_froze_are_refused(wrong: dict[str, tuple[int, ...]]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Targeted(wrong)


def test_skills_up_to_the_floor_are_acquired_by_competence_and_by_topic() -> None:
    first, second = measured(a_release(), freeze(a_release(), CAPS), FLOORS, "fr")
    assert (first.competence, first.mastery, second.competence, second.mastery) == (
        "1.1",
        Mastery(6, 7, 85),
        "1.2",
        Mastery(0, 2, 0),
    )
    alpha, beta = first.topics
    assert (alpha.title, alpha.acquired, alpha.missed, beta.acquired, beta.missed) == (
        "Chercher",
        (1, 2),
        (3,),
        (1, 2, 3, 4),
        (),
    )


@given(any_caps, any_floors)
def test_the_parts_add_up_to_the_whole(caps: dict[str, int], floors: dict[str, int]) -> None:
    targeted = freeze(a_release(), caps)
    found = measured(a_release(), targeted, floors, "en")
    whole = {(topic, level) for topic, levels in targeted.levels.items() for level in levels}
    acquired = {(topic, level) for topic, level in whole if level <= floors[topic]}
    topics = [topic for competence in found for topic in competence.topics]
    assert {(one.topic, level) for one in topics for level in one.acquired} == acquired
    assert {(one.topic, level) for one in topics for level in one.missed} == whole - acquired
    for parts in (found, topics):
        assert sum(one.mastery.acquired for one in parts) == len(acquired)
        assert sum(one.mastery.targeted for one in parts) == len(whole)


def test_skills_that_the_release_can_no_longer_ask_do_not_count_and_are_told() -> None:
    later = a_release(without=(("alpha", 3), ("gamma", 1), ("gamma", 2), ("gamma", 4)))
    targeted = freeze(a_release(), CAPS)
    assert targeted.withdrawn_from(later) == {"alpha": (3,), "gamma": (1, 2)}
    assert targeted.withdrawn_from(a_release()) == {}
    (only,) = measured(later, targeted, FLOORS, "fr")
    assert only.mastery == Mastery(6, 6, 100)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 100))
def test_a_threshold_is_reached_exactly_or_not_at_all(one: int, other: int, threshold: int) -> None:
    acquired, targeted = min(one, other), max(one, other, 1)
    mastery = Mastery.of(acquired, targeted)
    assert mastery.reaches(threshold) == (acquired * 100 >= threshold * targeted)
    missing = mastery.missing_to(threshold)
    assert Mastery.of(acquired + missing, targeted).reaches(threshold)
    assert missing == 0 or not Mastery.of(acquired + missing - 1, targeted).reaches(threshold)
    assert (mastery.percent == 100) == (acquired == targeted)
    assert mastery.percent <= 100 * mastery.share < mastery.percent + 1


def test_two_thirds_reach_66_percent_and_not_67() -> None:
    mastery = Mastery.of(2, 3)
    assert (mastery.share, mastery.percent) == (Fraction(2, 3), 66)
    assert mastery.reaches(66)
    assert not mastery.reaches(67)
    assert mastery.missing_to(67) == 1


def test_199_skills_of_200_are_shown_as_99_percent() -> None:
    assert Mastery.of(199, 200).percent == 99


def test_where_nothing_is_targeted_nothing_is_reached_but_zero() -> None:
    nothing = Mastery.of(0, 0)
    assert nothing.reaches(0)
    assert not nothing.reaches(1)


def test_the_highest_stage_that_is_reached_is_told_and_how_much_the_next_one_takes() -> None:
    stages = [a_stage(0), a_stage(50), a_stage(66), a_stage(67), a_stage(100)]
    found = stage_of(Mastery.of(6, 9), stages, "fr")
    assert found.reached is not None
    assert (found.reached.number, found.reached.threshold, found.reached.message) == (3, 66, "You reached 66.")
    assert found.next is not None
    assert (found.next.number, found.next.threshold, found.next.missing, found.stages) == (4, 67, 1, 5)


def test_below_the_first_stage_there_is_only_a_next_one_and_at_the_top_none() -> None:
    stages = [a_stage(50), a_stage(100)]
    below, top = stage_of(Mastery.of(4, 9), stages, "fr"), stage_of(Mastery.of(9, 9), stages, "fr")
    assert below.reached is None
    assert below.next is not None
    assert below.next.missing == 1
    assert top.reached is not None
    assert top.reached.number == 2
    assert top.next is None
    assert stage_of(Mastery.of(9, 9), [], "fr").reached is None
