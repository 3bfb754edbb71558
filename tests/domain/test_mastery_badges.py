"""Badges: earned exactly, never lost by learning, and explained by what would really earn them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.mastery.badges import BadgeResult, BadgeRules
from chalicelib.campaigns.mastery.measured import measured
from chalicelib.campaigns.mastery.participation_results import results_of
from chalicelib.campaigns.mastery.sentences import counted_skills, missing_skills
from chalicelib.campaigns.mastery.targeted import freeze
from chalicelib.content.target_profiles import Badge
from chalicelib.content.texts import Locale
from tests.domain.mastery_builders import CAPS, LADDERS, a_badge, a_release, goals, standing

any_floors = st.fixed_dictionaries({topic: st.sampled_from((0, *levels)) for topic, levels in LADDERS.items()})
any_criterion = st.tuples(st.dictionaries(st.sampled_from(sorted(LADDERS)), st.integers(1, 4), min_size=1), st.integers(1, 100))
any_badge = st.lists(any_criterion, min_size=1, max_size=3).map(lambda criteria: a_badge("any", *criteria))


def read(badge: Badge, floors: dict[str, int], locale: Locale = "fr") -> BadgeResult:
    release = a_release()
    return BadgeRules(release, measured(release, freeze(release, CAPS), floors, locale), locale).result(badge)


def test_a_badge_needs_all_of_its_criteria() -> None:
    badge = a_badge("both", ({"alpha": 3}, 66), ({"beta": 4}, 100))
    assert read(badge, {"alpha": 2, "beta": 4, "gamma": 0}).earned
    assert not read(badge, {"alpha": 2, "beta": 3, "gamma": 0}).earned
    assert not read(badge, {"alpha": 1, "beta": 4, "gamma": 0}).earned


def test_two_skills_of_three_earn_66_percent_and_not_67() -> None:
    floors = {"alpha": 2, "beta": 0, "gamma": 0}
    assert read(a_badge("exact", ({"alpha": 3}, 66)), floors).earned
    (criterion,) = read(a_badge("exact", ({"alpha": 3}, 67)), floors).criteria
    assert (criterion.met, criterion.missing, criterion.mastery.percent) == (False, 1, 66)


def test_only_the_targeted_skills_up_to_the_levels_asked_for_count() -> None:
    badge = a_badge("low", ({"alpha": 4, "beta": 2, "gamma": 4}, 100))
    (criterion,) = read(badge, {"alpha": 3, "beta": 4, "gamma": 1}).criteria
    assert (criterion.mastery.acquired, criterion.mastery.targeted, criterion.met) == (6, 7, False)


def test_the_skills_of_the_lowest_levels_are_told_as_the_easiest_to_gain() -> None:
    (criterion,) = read(a_badge("most", ({"alpha": 3, "gamma": 2}, 80)), {"alpha": 1, "beta": 0, "gamma": 0}).criteria
    assert criterion.missing == 3
    assert [(one.topic, one.level) for one in criterion.easiest] == [("gamma", 1), ("alpha", 2), ("gamma", 2)]
    assert (criterion.easiest[0].topic_title, criterion.easiest[0].title) == ("Ranger", "Savoir gamma 1")


@given(any_badge, any_floors)
def test_gaining_what_is_told_fulfils_a_criterion_and_one_skill_less_does_not(badge: Badge, floors: dict[str, int]) -> None:
    for place, criterion in enumerate(read(badge, floors).criteria):
        assert len(criterion.easiest) == criterion.missing
        gained = dict(floors)
        for skill in criterion.easiest:
            gained[skill.topic] = max(gained[skill.topic], skill.level)
        after = read(badge, gained).criteria[place]
        assert after.met
        assert after.mastery.acquired == criterion.mastery.acquired + criterion.missing
        if criterion.missing:
            without_last = dict(floors)
            for skill in criterion.easiest[:-1]:
                without_last[skill.topic] = max(without_last[skill.topic], skill.level)
            assert not read(badge, without_last).criteria[place].met


@given(st.lists(any_badge, max_size=3), st.sets(st.integers(0, 100), max_size=4), any_floors, st.sampled_from(sorted(LADDERS)))
def test_one_skill_more_never_loses_a_stage_or_a_badge(
    badges: list[Badge], stages: set[int], floors: dict[str, int], topic: str
) -> None:
    asked = goals(*sorted(stages), badges=tuple(badges))
    higher = [level for level in LADDERS[topic] if level > floors[topic]]
    before = results_of(a_release(), asked, standing(floors), "fr")
    after = results_of(a_release(), asked, standing({**floors, topic: min(higher, default=floors[topic])}), "fr")
    assert after.mastery.acquired >= before.mastery.acquired
    assert (after.stage.reached.number if after.stage.reached else 0) >= (
        before.stage.reached.number if before.stage.reached else 0
    )
    for was, now in zip(before.badges, after.badges, strict=True):
        assert now.earned or not was.earned
        for one, other in zip(was.criteria, now.criteria, strict=True):
            assert other.missing <= one.missing


def test_a_criterion_whose_skills_are_gone_is_not_met_and_says_so() -> None:
    release = a_release(without=(("gamma", 1), ("gamma", 2), ("gamma", 4)))
    competences = measured(release, freeze(a_release(), CAPS), {"alpha": 3, "beta": 4}, "fr")
    found = BadgeRules(release, competences, "fr").result(a_badge("gone", ({"gamma": 2}, 50)))
    (criterion,) = found.criteria
    assert (found.earned, criterion.missing, criterion.easiest) == (False, 0, ())
    assert criterion.sentence.startswith("Ce critère ne peut plus être rempli")


# --- words ---


@pytest.mark.parametrize(
    ("number", "french", "english"),
    [
        (0, "aucune compétence", "no skills"),
        (1, "une compétence", "one skill"),
        (2, "deux compétences", "two skills"),
        (10, "dix compétences", "ten skills"),
        (11, "11 compétences", "11 skills"),
    ],
)
def test_none_and_one_are_singular_in_french_one_alone_in_english(number: int, french: str, english: str) -> None:
    assert counted_skills(number, "fr") == french
    assert counted_skills(number, "en") == english


def test_a_sentence_says_how_much_is_missing_of_what() -> None:
    nbsp = "\u00a0"
    assert missing_skills(2, ["Trier"], "fr") == f"Il vous manque deux compétences de «{nbsp}Trier{nbsp}»."
    assert missing_skills(1, ["Trier", "Ranger"], "fr") == (
        f"Il vous manque une compétence de «{nbsp}Trier{nbsp}» et «{nbsp}Ranger{nbsp}»."
    )
    assert missing_skills(0, ["Trier"], "fr") == f"Il ne vous manque aucune compétence de «{nbsp}Trier{nbsp}»."
    assert missing_skills(3, ["A", "B", "C"], "fr") == "Il vous manque trois compétences parmi celles que ce badge demande."
    assert missing_skills(2, ["Sorting"], "en") == "You miss two skills of “Sorting”."
    assert missing_skills(1, ["Sorting", "Filing"], "en") == "You miss one skill of “Sorting” and “Filing”."
    assert missing_skills(0, [], "en") == "You miss no skills among those that this badge asks for."


def test_a_criterion_names_its_topics_when_they_are_few_and_else_the_badge() -> None:
    floors = {"alpha": 0, "beta": 0, "gamma": 0}
    few = read(a_badge("few", ({"beta": 2}, 100)), floors, "en").criteria[0]
    many = read(a_badge("many", ({"alpha": 1, "beta": 1, "gamma": 1}, 100)), floors, "en").criteria[0]
    assert few.sentence == "You miss two skills of “Sorting”."
    assert many.sentence == "You miss three skills among those that this badge asks for."
