"""All that a participation came to: what to study next, the same bytes for everybody who computes it, and no challenge told."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.assessments.course import Course, Secrets
from chalicelib.assessments.model import ENGINE_VERSION, Given, Outcome, Start, State, StopReason
from chalicelib.campaigns.mastery.participation_results import results_of, results_of_participation
from chalicelib.campaigns.mastery.recommendations import RankedLessons
from chalicelib.campaigns.mastery.targeted import Targeted, freeze
from chalicelib.content.authoring.calibrating import CalibrationRow
from chalicelib.content.authoring.packing import PackedTopic, pack_release
from chalicelib.content.framework import Framework
from chalicelib.content.releases import Release, Use
from chalicelib.content.rules import Rules
from chalicelib.content.target_profiles import Targets
from chalicelib.content.texts import LOCALES, Locale
from chalicelib.content.topics import Topic
from chalicelib.engine.bank import GRID
from chalicelib.kernel.clock import Instant
from tests.content_of_tests import free_text
from tests.domain.content_builders import a_framework
from tests.domain.mastery_builders import (
    CAPS,
    LADDERS,
    TITLES,
    a_badge,
    a_release,
    a_rung,
    a_stage,
    goals,
    packed,
    standing,
    sure_of,
    words,
)
from tests.worlds import ROOT

FLOORS = {"alpha": 2, "beta": 4, "gamma": 0}
any_floors = st.fixed_dictionaries({topic: st.sampled_from((0, *levels)) for topic, levels in LADDERS.items()})
any_ability = st.sampled_from([round(float(one), 1) for one in GRID])


def chance(level: int, ability: float) -> float:
    """P(right) of a free answer without data."""
    return 1.0 / (1.0 + math.exp(-1.2 * (ability - (level - 4.5) * 0.8)))


# --- recommendations ---


def test_what_is_expected_to_gain_most_comes_first_with_its_lesson_and_resources() -> None:
    first, second = results_of(a_release(), goals(), standing(FLOORS), "fr").recommendations
    assert (first.topic, first.level, first.skill, first.missed) == ("gamma", 1, "Savoir gamma 1", 2)
    assert first.expected_gain == 1.586, "1 / (1 + e^-2.16) = 0.8966, and 0.8966 / (1 + e^-1.2) = 0.6892 more"
    assert (second.topic, second.level, second.expected_gain) == ("alpha", 3, 0.56)
    assert [lesson.id for lesson in first.lessons] == ["gamma-lesson"]
    assert [(one.kind, one.url) for one in first.resources] == [
        ("succeed", "https://example.org/gamma/1/succeed"),
        ("further", "https://example.org/gamma/1/further"),
    ]


@given(st.lists(any_ability, min_size=1, max_size=3), st.sampled_from(sorted(LADDERS)), any_floors)
def test_the_gain_is_the_mean_length_of_the_climb(abilities: list[float], topic: str, floors: dict[str, int]) -> None:
    missed = [level for level in LADDERS[topic] if level > floors[topic]]
    release = a_release()
    if not missed:
        return
    climbs = []
    for ability in abilities:
        rungs = [chance(level, ability) for level in missed]
        stopped = [math.prod(rungs[:done]) * (1.0 - rungs[done]) for done in range(len(rungs))]
        climbs.append(sum(done * share for done, share in enumerate(stopped)) + len(rungs) * math.prod(rungs))
    ranked = RankedLessons(release, sure_of(*abilities), "en")
    assert ranked.gain(release.topic_index[topic], missed) == pytest.approx(sum(climbs) / len(climbs), abs=6e-4)


@given(any_ability, any_floors)
def test_a_challenge_that_can_be_guessed_promises_no_more_than_one_that_cannot(ability: float, floors: dict[str, int]) -> None:
    person = standing(floors, ability)
    free, guessed = (results_of(a_release(kind), goals(), person, "fr").recommendations for kind in ("text", "choice"))
    assert guessed == free


def test_equals_stand_in_the_framework_s_order_and_no_more_than_asked_for_are_told() -> None:
    nobody = standing({})
    equal = goals(targeted=Targeted({"beta": (1, 2), "gamma": (1, 2), "alpha": (1, 2)}))
    assert [one.topic for one in results_of(a_release(), equal, nobody, "fr").recommendations] == ["alpha", "beta", "gamma"]
    fewer = replace(equal, most_recommendations=2)
    assert [one.topic for one in results_of(a_release(), fewer, nobody, "fr").recommendations] == ["alpha", "beta"]


def test_who_has_everything_is_recommended_nothing() -> None:
    assert results_of(a_release(), goals(), standing({"alpha": 3, "beta": 4, "gamma": 2}), "fr").recommendations == ()


def test_the_calibrations_of_a_rung_s_practice_challenges_are_averaged_and_certification_s_do_not_count() -> None:
    release = a_calibrated_release({"alpha-1a": (1.0, 0.4), "alpha-1b": (2.0, -0.2), "alpha-1c": (3.0, 3.0)})
    found = RankedLessons(release, sure_of(0.0), "fr").gain(0, [1])
    assert found == pytest.approx((1 / (1 + math.exp(0.4)) + 1 / (1 + math.exp(-0.4))) / 2, abs=6e-4)
    assert RankedLessons(release, sure_of(0.0), "fr").gain(0, [2]) == pytest.approx(chance(2, 0.0), abs=6e-4), (
        "no challenge there"
    )


def a_calibrated_release(calibrations: dict[str, tuple[float, float]]) -> Release:
    """One topic of rungs 1 and 2, whose first has these challenges: the last of them is certification's."""
    topic = Topic(id="alpha", competence="1.1", title=TITLES["alpha"], skills=(a_rung("alpha", 1), a_rung("alpha", 2)))
    *practice, certification = [free_text(name) for name in calibrations]
    uses = [*((one, Use.PRACTICE) for one in practice), (certification, Use.EXPOSED)]
    rows = {(name, locale): a_calibration(name, locale, *ab) for name, ab in calibrations.items() for locale in LOCALES}
    framework = Framework.model_validate(a_framework("1.1", "1.2"))
    return Release(*pack_release(framework, Rules(), [PackedTopic(topic, uses)], rows))


def a_calibration(challenge: str, locale: Locale, a: float, b: float) -> CalibrationRow:
    of_the_sample = {"se_a": 0.1, "se_b": 0.1, "sample": 600, "date": "2026-11-22", "status": "validated"}
    return CalibrationRow.model_validate({"challenge": challenge, "locale": locale, "a": a, "b": b, "c": 0.0, **of_the_sample})


# --- the whole ---


def the_start(release: Release) -> Start:
    return Start(
        assessment_id="a1",
        person_id="p1",
        scope="crcn",
        attempt=1,
        started_at=Instant(0),
        release=release.id,
        engine=ENGINE_VERSION,
        secret=1,
        locale="fr",
        needs=(),
        device="computer",
        length=20,
        targets="342",
        known="." * 8 * len(release.topics),
        priors=((0, 1000),) * len(release.competence_index),
        seen=(),
    )


def finished(release: Release, *given: tuple[str, Outcome]) -> State:
    answers = tuple(Given(release.ordinals[challenge], outcome, 1) for challenge, outcome in given)
    return State(answers, None, StopReason.NOTHING_UNKNOWN, Instant(0))


def the_targets() -> Targets:
    return Targets(
        title=words("Profile"),
        description=words("All"),
        topics=CAPS,
        stages=(a_stage(0), a_stage(50)),
        badges=(a_badge("beta", ({"beta": 4}, 100)),),
    )


def test_the_answers_of_a_participation_are_what_its_results_come_from() -> None:
    release = a_release()
    right, wrong = Outcome.CORRECT, Outcome.INCORRECT
    answers = finished(release, ("alpha-2a", right), ("alpha-3a", wrong), ("beta-4a", right), ("gamma-1a", wrong))
    course = Course(the_start(release), release, Secrets({1: b"secret"}))
    found = results_of_participation(course, answers, dict(freeze(release, CAPS).levels), the_targets())
    assert (found.mastery.acquired, found.mastery.targeted, found.mastery.percent) == (6, 9, 66)
    assert found.stage.reached is not None
    assert found.stage.reached.threshold == 50
    assert [badge.earned for badge in found.badges] == [True]
    assert [one.topic for one in found.recommendations] == ["gamma", "alpha"]
    again = Course(the_start(release), Release(*packed()), Secrets({1: b"secret"}))
    assert (
        results_of_participation(again, answers, {**freeze(release, CAPS).levels}, the_targets()).as_bytes() == found.as_bytes()
    )


@given(any_floors, st.lists(any_ability, min_size=1, max_size=3), st.permutations(sorted(CAPS)))
def test_the_same_inputs_give_the_same_bytes_in_whatever_order_they_were_stored(
    floors: dict[str, int], abilities: list[float], order: list[str]
) -> None:
    frozen = freeze(a_release(), CAPS)
    shuffled = Targeted({topic: frozen.levels[topic] for topic in order})
    one = results_of(a_release(), goals(50, targeted=frozen), standing(floors, *abilities), "fr")
    other = results_of(a_release(), goals(50, targeted=shuffled), standing(dict(reversed(floors.items())), *abilities), "fr")
    assert one.as_bytes() == other.as_bytes()


def test_skills_that_are_gone_are_told_and_do_not_count() -> None:
    later = a_release(without=(("alpha", 3),))
    found = results_of(later, goals(100), standing({"alpha": 2, "beta": 4, "gamma": 2}), "fr")
    assert (found.withdrawn, found.mastery.acquired, found.mastery.targeted) == ({"alpha": (3,)}, 8, 8)
    assert found.stage.next is None
    assert found.recommendations == ()


def test_no_challenge_is_told() -> None:
    release, everything = a_release(), {"alpha": 8, "beta": 8, "gamma": 8}
    asked = goals(50, badges=(a_badge("all", (everything, 100)),), targeted=freeze(release, everything))
    told = results_of(release, asked, standing({}), "fr").as_bytes().decode()
    assert "Savoir alpha 1" in told
    assert not [challenge for challenge in release.challenge_ids if challenge in told]


# --- the page ---


def test_the_worked_example_of_the_documentation_is_what_is_computed() -> None:
    badge = a_badge("filing", ({"alpha": 3, "gamma": 2}, 80))
    found = results_of(a_release(), goals(0, 66, 67, badges=(badge,)), standing(FLOORS), "fr")
    (criterion,) = found.badges[0].criteria
    assert found.stage.reached is not None
    assert found.stage.next is not None
    easiest = ", ".join(f"{one.topic} {one.level}" for one in criterion.easiest)
    gains = ", ".join(f"{one.topic} from level {one.level}: {one.expected_gain:.3f}" for one in found.recommendations)
    by_competence = ", ".join(
        f"{one.competence}: {one.mastery.acquired} of {one.mastery.targeted}" for one in found.competences
    )
    rows = {
        "mastery": f"{found.mastery.acquired} of {found.mastery.targeted}, shown as {found.mastery.percent} %",
        "by competence": by_competence,
        "stage": f"{found.stage.reached.threshold} % is reached; 67 % takes {found.stage.next.missing} skill more",
        "badge": f"{criterion.mastery.acquired} of {criterion.mastery.targeted} and not {criterion.threshold} %: "
        f"{criterion.missing} skills are missing, the easiest are {easiest}",
        "its sentence": criterion.sentence.replace("\u00a0", " "),
        "recommendations": gains,
    }
    page = (ROOT / "docs" / "campaign-results.md").read_text(encoding="utf-8")
    for name, told in rows.items():
        assert f"| {name} | {told} |" in page
