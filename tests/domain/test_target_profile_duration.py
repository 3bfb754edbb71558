"""How long a target profile takes: the estimate is held to the engine itself, and follows what is targeted and timed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.campaigns.target_profiles.duration import Duration, duration_of
from chalicelib.content.releases import Release
from chalicelib.content.rules import Rules
from chalicelib.engine.rules import TrainingRules
from palier.profile_sittings import Crowd, sittings
from tests.content_of_tests import real_release, synthetic

PERSONS = 12
LADDERS = real_release().ladders

CAPS = st.dictionaries(st.sampled_from(sorted(LADDERS)), st.integers(0, 7), min_size=1, max_size=20).map(
    lambda drawn: {topic: LADDERS[topic][place % len(LADDERS[topic])] for topic, place in drawn.items()}
)
"""Targets that the real bank has."""


def taken(caps: dict[str, int], mean: float = 0.0) -> tuple[float, float]:
    """Mean challenges and minutes of persons whom the engine of production asks."""
    release = real_release()
    found = list(sittings(release, caps, Crowd(PERSONS, mean)))
    return float(np.mean([len(one) for one in found])), float(np.mean([release.seconds[one].sum() for one in found])) / 60


@pytest.mark.parametrize(
    "template", ["diagnostic", "cybersecurity-basics", "territoires-finance-hr", "territoires-common-base"]
)
def test_the_estimate_is_what_the_engine_asks_to_within_an_eighth(template: str) -> None:
    caps = real_release().templates[template].targets.topics
    expected = duration_of(real_release(), caps)
    challenges, minutes = taken(caps)
    assert math.isclose(expected.challenges, challenges, rel_tol=0.125)
    assert math.isclose(expected.seconds / 60, minutes, rel_tol=0.125)


def test_few_topics_over_many_competences_are_estimated_as_well() -> None:
    caps = {topic: LADDERS[topic][-1] for topic in sorted(LADDERS)[::5]}
    assert math.isclose(duration_of(real_release(), caps).challenges, taken(caps)[0], rel_tol=0.125)


@pytest.mark.parametrize("mean", [0.0, -2.0])
def test_the_diagnostic_takes_ten_minutes_whoever_takes_it(mean: float) -> None:
    caps = real_release().templates["diagnostic"].targets.topics
    assert duration_of(real_release(), caps).minutes in (9, 10, 11)
    assert 8.5 <= taken(caps, mean)[1] <= 11.5


def test_every_template_fits_the_budget_of_a_campaign() -> None:
    minutes = {one.id: duration_of(real_release(), one.targets.topics).minutes for one in real_release().templates.values()}
    assert max(minutes.values()) <= 45


@given(CAPS)
@settings(max_examples=60, deadline=None)
def test_each_topic_costs_one_challenge_at_least_and_its_rungs_at_most(caps: dict[str, int]) -> None:
    rungs = sum(sum(level <= cap for level in LADDERS[topic]) for topic, cap in caps.items())
    assert len(caps) - 1e-9 <= duration_of(real_release(), caps).challenges <= rungs + 1e-9


@given(CAPS, st.floats(1, 600))
@settings(max_examples=40, deadline=None)
def test_past_timings_take_the_place_of_assumptions(caps: dict[str, int], median: float) -> None:
    release = real_release()
    timed = duration_of(release, caps, dict.fromkeys(release.challenge_ids, median))
    assert timed.challenges == duration_of(release, caps).challenges
    assert math.isclose(timed.seconds, median * timed.challenges)


def test_the_timing_of_one_challenge_counts_for_its_rung_only_and_of_an_unknown_one_for_nothing() -> None:
    release = real_release()
    caps = {"search-queries": 1, "source-checking": 1}
    plain = duration_of(release, caps)
    (first, second) = (one for one in release.challenge_ids if one.startswith("search-queries-1") and "c" not in one[-2:])
    slow = {first: 1_000.0, "nowhere-1a": 9_000.0, "phishing-clues-1a": 9_000.0}
    kept = float(release.seconds[release.ordinals[second]] + release.seconds[release.ordinals[first]]) / 2
    after = (1_000.0 + float(release.seconds[release.ordinals[second]])) / 2
    assert math.isclose(duration_of(release, caps, slow).seconds - plain.seconds, after - kept)


def test_what_the_content_has_no_more_takes_nothing() -> None:
    caps = {"search-queries": 2}
    assert duration_of(real_release(), {**caps, "gone": 4}) == duration_of(real_release(), caps)
    assert duration_of(real_release(), {"gone": 4}) == Duration(0.0, 0.0)


def test_no_one_is_asked_more_than_an_assessment_may_hold() -> None:
    rules = Rules(training=TrainingRules(max_answers=10))
    release = Release(*synthetic(2, rules=rules))
    caps = dict.fromkeys(release.ladders, 7)
    expected = duration_of(release, caps)
    assert math.isclose(expected.challenges, 10)
    assert expected.minutes == round(10 * rules.pace.choice / 60)
