"""The item bank of `content/`: what every reader of it may count on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import yaml

from chalicelib.content.authoring.checks import faults_of
from chalicelib.content.authoring.coverage import as_svg, coverage_of
from chalicelib.content.authoring.declared import declared_answers
from chalicelib.content.authoring.generators import GENERATORS
from chalicelib.content.authoring.generators.drawing import drawn_only
from chalicelib.content.authoring.sources import SourceSkill
from chalicelib.content.challenges import (
    KINDS,
    Answer,
    BlanksChallenge,
    Challenge,
    ChoiceChallenge,
    FileTaskChallenge,
    Need,
    guess_chance,
    in_variant,
    variants_of,
)
from chalicelib.content.framework import Framework
from chalicelib.content.grading import grade
from chalicelib.content.grading.answers import as_sent, read_answer
from chalicelib.content.releases import Release
from chalicelib.content.scores import scores_of
from chalicelib.content.texts import LOCALES, Locale
from tests.content_of_tests import CONTENT, real_release, real_sources
from tests.domain.content_builders import NEEDS

SOURCES = real_sources()
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CHALLENGES = [challenge for _, topic in SOURCES.topics for skill in topic.skills for challenge in skill.challenges]
POOLED = [challenge for _, pool in SOURCES.pools for challenge in pool.challenges]
COMPETENCES = [competence.id for competence in SOURCES.framework.competences] if SOURCES.framework else []
LEVELS_OPEN = (1, 2, 3, 4, 5, 6)

DIGCOMP = {"1": 3, "2": 6, "3": 4, "4": 4, "5": 4}
"""Competences of each area of DigComp 2.2."""

each_challenge = pytest.mark.parametrize("challenge", [*CHALLENGES, *POOLED], ids=lambda challenge: str(challenge.id))
each_competence = pytest.mark.parametrize("competence", COMPETENCES)


@pytest.fixture(scope="module")
def bank() -> Release:
    """The release of the bank."""
    return real_release()


def the_framework() -> Framework:
    assert SOURCES.framework is not None
    return SOURCES.framework


def skills_of(competence: str) -> list[SourceSkill]:
    return [skill for _, topic in SOURCES.topics if topic.competence == competence for skill in topic.skills]


def test_the_bank_passes_every_check() -> None:
    assert faults_of(SOURCES) == []


def test_the_framework_is_the_crcn_of_2019_with_5_areas_and_16_competences() -> None:
    framework = the_framework()
    assert (framework.id, framework.version, framework.levels) == ("crcn", "2019-08-30", 8)
    assert [area.id for area in framework.areas] == ["1", "2", "3", "4", "5"]
    assert [len(area.competences) for area in framework.areas] == [3, 4, 4, 3, 2]
    numbered = [f"{area.id}.{place}" for area in framework.areas for place in range(1, len(area.competences) + 1)]
    assert numbered == COMPETENCES
    assert len(set(COMPETENCES)) == 16


def test_every_competence_refers_to_competences_that_digcomp_has() -> None:
    known = {f"{area}.{place}" for area, count in DIGCOMP.items() for place in range(1, count + 1)}
    for competence in the_framework().competences:
        assert competence.digcomp, f"{competence.id} has no DigComp reference"
        assert known.issuperset(competence.digcomp + competence.digcomp_partly)
        assert not set(competence.digcomp) & set(competence.digcomp_partly)


@each_competence
def test_every_competence_has_four_topics_two_skills_at_each_open_level_and_one_at_level_7(competence: str) -> None:
    assert sum(topic.competence == competence for _, topic in SOURCES.topics) >= 4
    skills = Counter(skill.level for skill in skills_of(competence))
    assert all(skills[level] >= 2 for level in LEVELS_OPEN)
    assert skills[7] >= 1


@each_competence
def test_every_competence_has_24_challenges_of_which_many_without_sight_and_on_a_phone(competence: str) -> None:
    challenges = [challenge for skill in skills_of(competence) for challenge in skill.challenges]
    assert len(challenges) >= 24
    assert sum("blind" in challenge.suits for challenge in challenges) >= 10
    assert sum(challenge.device == "any" for challenge in challenges) >= 12


def test_there_are_400_practice_challenges_most_of_them_found_by_doing() -> None:
    assert len(CHALLENGES) >= 400
    assert sum(challenge.found_by == "doing" for challenge in CHALLENGES) * 2 >= len(CHALLENGES)


def test_every_skill_has_two_challenges_or_variants_of_one() -> None:
    for competence in COMPETENCES:
        for skill in skills_of(competence):
            kinds = [challenge.kind for challenge in skill.challenges]
            assert len(kinds) >= 2 or kinds == ["file-task"], f"{competence}: {skill.title.en}"


def test_every_topic_has_a_lesson() -> None:
    assert [topic.id for _, topic in SOURCES.topics if not topic.lessons] == []


@each_competence
def test_every_competence_has_a_small_published_pool_for_demonstrations(competence: str) -> None:
    topics = {topic.id for _, topic in SOURCES.topics if topic.competence == competence}
    pool = [one.id for _, pool in SOURCES.pools for one in pool.challenges if one.id.rpartition("-")[0] in topics]
    assert len(pool) >= 5


def test_every_competence_is_open_to_level_6(bank: Release) -> None:
    assert bank.top_levels == dict.fromkeys(COMPETENCES, 6)


def test_somebody_who_knows_it_all_has_every_open_level_in_every_competence(bank: Release) -> None:
    scores = scores_of(bank, np.full(len(bank.topics), 8))
    assert {score.top_level for score in scores} == {6}
    assert {score.level for score in scores} <= {6, 7}
    assert min(score.points for score in scores) >= Fraction(48)
    assert [score.competence for score in scores] == COMPETENCES
    nothing = scores_of(bank, np.zeros(len(bank.topics), np.intp))
    assert {(score.points, score.level) for score in nothing} == {(Fraction(0), 0)}


@pytest.mark.parametrize("area", ["1", "2", "3", "4", "5"])
def test_every_area_asks_in_every_way(area: str) -> None:
    skills = [skill for competence in the_framework().competences_in(area) for skill in skills_of(competence)]
    assert {challenge.kind for skill in skills for challenge in skill.challenges} == set(KINDS)


def test_no_letter_of_a_choice_tells_that_it_is_right() -> None:
    letters = Counter(min(one.right_options) for one in CHALLENGES if isinstance(one, ChoiceChallenge))
    assert max(letters.values()) * 2 < sum(letters.values())


def test_some_challenges_are_timed_and_most_are_not(bank: Release) -> None:
    timed = [challenge.id for challenge in CHALLENGES if challenge.time_limit_seconds is not None]
    assert 1 <= len(timed) <= len(CHALLENGES) // 4
    assert {bank.challenge_ids[ordinal] for ordinal in np.flatnonzero(bank.bank_in("fr").timed)} == set(timed)


@pytest.mark.parametrize("need", [None, *NEEDS])
def test_whoever_has_one_need_can_start_every_competence_on_a_phone(need: Need | None, bank: Release) -> None:
    needs: frozenset[Need] = frozenset([need] if need else [])
    playable = np.flatnonzero(bank.playable(needs, "any", "fr"))
    levels = {(bank.topics[bank.topic_index_of(ordinal)].competence, bank.level_of(ordinal)) for ordinal in playable}
    assert {(competence, level) for competence in COMPETENCES for level in (1, 2)} <= levels


def test_the_committed_picture_of_the_coverage_is_that_of_the_bank() -> None:
    committed = (CONTENT / "coverage.svg").read_text(encoding="utf-8")
    assert committed == as_svg(coverage_of(SOURCES)), "run `make coverage`"


# --- every challenge ---


def verdict(challenge: Challenge, answer: Answer, locale: Locale) -> str:
    """The verdict on an answer sent as a person would send it."""
    sent = as_sent(challenge, answer)
    return grade(challenge, read_answer(challenge, sent, SOURCES.rules.longest_text_bytes), locale).verdict


@each_challenge
def test_every_declared_answer_of_every_variant_can_be_sent_and_grades_as_declared(challenge: Challenge) -> None:
    if isinstance(challenge, FileTaskChallenge):
        challenge = drawn_only(GENERATORS[challenge.generator], challenge)
        assert variants_of(challenge) == 20
    for number, locale in product(range(variants_of(challenge)), LOCALES):
        variant = in_variant(challenge, number)
        right, wrong = declared_answers(variant, locale)
        assert right
        assert {answer: verdict(variant, answer, locale) for answer in right} == dict.fromkeys(right, "correct")
        assert {answer: verdict(variant, answer, locale) for answer in wrong} == dict.fromkeys(wrong, "incorrect")


def test_every_challenge_is_validated_signed_and_has_nothing_to_guess_unless_it_has_options() -> None:
    for challenge in CHALLENGES:
        assert (challenge.status, challenge.author) == ("validated", "Palier"), challenge.id
        countable = challenge.kind in ("choice", "choices", "order") or (
            isinstance(challenge, BlanksChallenge) and all(one.kind == "select" for one in challenge.inputs)
        )
        assert (guess_chance(challenge) > 0) == countable, challenge.id


def test_a_choice_has_three_options_or_more() -> None:
    choices = [challenge for challenge in CHALLENGES if isinstance(challenge, ChoiceChallenge)]
    assert choices
    assert [challenge.id for challenge in choices if not 3 <= len(challenge.options) <= 6] == []


# --- two languages ---


def texts_of(value: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Path, French and English of every text of a document."""
    if isinstance(value, dict):
        if {"fr", "en"} & set(value):
            yield path, value.get("fr"), value.get("en")
        for key, inner in value.items():
            yield from texts_of(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from texts_of(inner, f"{path}/{place}")


def source_texts() -> list[tuple[str, Any, Any]]:
    """Every text that the sources hold, as written."""
    files = sorted(CONTENT.glob("**/*.yaml"))
    assert len(files) > 30
    return [
        found
        for file in files
        for found in texts_of(yaml.load(file.read_text(encoding="utf-8"), Loader=LOADER), str(file.relative_to(CONTENT)))
    ]


SOURCE_TEXTS = source_texts()


def test_every_text_is_there_in_french_and_in_english() -> None:
    assert len(SOURCE_TEXTS) > 1000
    for path, french, english in SOURCE_TEXTS:
        assert type(french) is type(english), path
        for side in (french, english):
            lines = side if isinstance(side, list) else [side]
            assert lines, path
            assert all(isinstance(line, str) and line.strip() for line in lines), path


def test_a_prompt_a_solution_and_a_hint_are_really_translated() -> None:
    sentences = [text for text in SOURCE_TEXTS if text[0].endswith(("/prompt", "/solution", "/hint"))]
    assert len(sentences) > 2 * len(CHALLENGES)
    assert [path for path, french, english in sentences if french == english] == []


def test_the_release_holds_every_challenge_of_the_sources(bank: Release) -> None:
    assert set(bank.ordinals) == {challenge.id for challenge in [*CHALLENGES, *POOLED]}
