"""The item bank of `content/`: what every reader of it may count on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import yaml

from chalicelib.content.authoring.checks import declared_answers, faults_of
from chalicelib.content.authoring.sources import SourceSkill, read_sources
from chalicelib.content.challenges import Answer, Challenge, ChoiceChallenge, Need, guess_chance
from chalicelib.content.framework import Framework
from chalicelib.content.grading import grade, read_answer
from chalicelib.content.releases import Release
from chalicelib.content.scores import scores_of
from chalicelib.content.texts import LOCALES, Locale
from tests.content_of_tests import CONTENT, real_release
from tests.domain.content_builders import KINDS, NEEDS

SOURCES = read_sources(CONTENT)
CHALLENGES = [challenge for _, topic in SOURCES.topics for skill in topic.skills for challenge in skill.challenges]
COMPETENCES = [competence.id for competence in SOURCES.framework.competences] if SOURCES.framework else []
LEVELS_OPEN = (1, 2, 3, 4)

DIGCOMP = {"1": 3, "2": 6, "3": 4, "4": 4, "5": 4}
"""Competences of each area of DigComp 2.2."""

each_challenge = pytest.mark.parametrize("challenge", CHALLENGES, ids=lambda challenge: str(challenge.id))
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
def test_every_competence_has_two_skills_and_two_challenges_at_each_open_level(competence: str) -> None:
    skills = Counter(skill.level for skill in skills_of(competence))
    challenges = Counter(skill.level for skill in skills_of(competence) for _ in skill.challenges)
    for level in LEVELS_OPEN:
        assert skills[level] >= 2
        assert challenges[level] >= 2


def test_every_competence_is_open_to_level_4(bank: Release) -> None:
    assert bank.top_levels == dict.fromkeys(COMPETENCES, 4)


def test_somebody_who_knows_it_all_has_every_open_level_in_every_competence(bank: Release) -> None:
    scores = scores_of(bank, np.full(len(bank.topics), 8))
    assert {(score.points, score.level, score.top_level) for score in scores} == {(Fraction(32), 4, 4)}
    assert [score.competence for score in scores] == COMPETENCES
    nothing = scores_of(bank, np.zeros(len(bank.topics), np.intp))
    assert {(score.points, score.level) for score in nothing} == {(Fraction(0), 0)}


@pytest.mark.parametrize("area", ["1", "2", "3", "4", "5"])
def test_every_area_asks_in_all_four_ways(area: str) -> None:
    skills = [skill for competence in the_framework().competences_in(area) for skill in skills_of(competence)]
    assert {challenge.kind for skill in skills for challenge in skill.challenges} == set(KINDS)


def test_some_challenges_are_timed_and_most_are_not(bank: Release) -> None:
    timed = [challenge.id for challenge in CHALLENGES if challenge.time_limit_seconds is not None]
    assert 1 <= len(timed) <= len(CHALLENGES) // 4
    assert {bank.challenge_id(ordinal) for ordinal in np.flatnonzero(bank.bank.timed)} == set(timed)


@pytest.mark.parametrize("need", [None, *NEEDS])
def test_whoever_has_one_need_can_start_every_competence_on_a_phone(need: Need | None, bank: Release) -> None:
    needs: frozenset[Need] = frozenset([need] if need else [])
    playable = bank.playable(needs, "any")
    levels = {(bank.topic_of(ordinal).competence, bank.level_of(ordinal)) for ordinal in playable}
    assert {(competence, level) for competence in COMPETENCES for level in (1, 2)} <= levels


# --- every challenge ---


def verdict(challenge: Challenge, answer: Answer, locale: Locale) -> str:
    """The verdict on an answer sent as a person would send it."""
    sent = list(answer) if isinstance(answer, tuple) else answer
    return grade(challenge, read_answer(challenge, sent, SOURCES.rules.longest_text_bytes), locale).verdict


@each_challenge
def test_every_declared_answer_can_be_sent_and_grades_as_declared(challenge: Challenge) -> None:
    for locale in LOCALES:
        right, wrong = declared_answers(challenge, locale)
        assert right
        assert {answer: verdict(challenge, answer, locale) for answer in right} == dict.fromkeys(right, "correct")
        assert {answer: verdict(challenge, answer, locale) for answer in wrong} == dict.fromkeys(wrong, "incorrect")


def test_every_challenge_is_validated_signed_and_has_nothing_to_guess_unless_it_has_options() -> None:
    for challenge in CHALLENGES:
        assert (challenge.status, challenge.author) == ("validated", "Palier"), challenge.id
        assert (guess_chance(challenge) > 0) == (challenge.kind in ("choice", "choices")), challenge.id


def test_a_choice_has_three_options_or_more() -> None:
    choices = [challenge for challenge in CHALLENGES if isinstance(challenge, ChoiceChallenge)]
    assert choices
    assert [challenge.id for challenge in choices if not 3 <= len(challenge.options) <= 6] == []


_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
_NOT_OURS = re.compile(r"</?[a-zA-Z!]|\]\(|!\[|https?://")


def test_prompts_and_solutions_have_no_html_no_link_and_no_image() -> None:
    for challenge in CHALLENGES:
        for text in (challenge.prompt, challenge.solution):
            for locale in LOCALES:
                assert _NOT_OURS.findall(_CODE.sub("", text.in_(locale))) == [], f"{challenge.id}/{locale}"


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
        for found in texts_of(yaml.safe_load(file.read_text(encoding="utf-8")), str(file.relative_to(CONTENT)))
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
    assert len(sentences) == 2 * len(CHALLENGES) + sum(len(topic.skills) for _, topic in SOURCES.topics)
    assert [path for path, french, english in sentences if french == english] == []


def test_the_release_holds_every_challenge_of_the_sources(bank: Release) -> None:
    assert set(bank.ordinals) == {challenge.id for challenge in CHALLENGES}
