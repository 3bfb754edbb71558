"""Explaining to the person: the facts of each step, in sentences that say them, in every language."""

from __future__ import annotations

import re
import string
from dataclasses import asdict, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.assessments import explanation_texts as texts
from chalicelib.assessments.course import Step
from chalicelib.assessments.explaining import estimated_level, own_answer, reasons_of
from chalicelib.assessments.explanation_texts import Reason, moved_sentence, why_sentence
from chalicelib.assessments.model import Given, Outcome
from chalicelib.content.authoring.declared import declared_answers
from chalicelib.content.challenges import KINDS, Answer, Kind, in_variant
from chalicelib.content.shown import shown
from chalicelib.content.texts import LOCALES, Locale, Text
from chalicelib.engine.bank import GRID
from chalicelib.engine.joint import Joint
from chalicelib.engine.training import Choice, Preference
from chalicelib.kernel.errors import NotFoundError
from tests.content_of_tests import real_release, synthetic
from tests.domain.explained_journeys import Journey, again, journey
from tests.worlds import World, memory_world

SCOPES = ("1.1", "1", "crcn")


@lru_cache(maxsize=8)
def played(scope: str = "1", locale: Locale = "fr") -> Journey:
    return journey(memory_world(), scope, locale)


@lru_cache(maxsize=1)
def improved() -> Journey:
    """An area played twice: the second time what is known and what was met count."""
    world = memory_world()
    journey(world)
    return again(world)


# --- the facts ---


@pytest.mark.parametrize("scope", SCOPES)
def test_every_choice_of_a_log_is_found_again(scope: str) -> None:
    one = played(scope)
    steps = list(one.course.steps(one.state.answers))
    assert len(steps) == len(one.state.answers) > 5
    assert all(step.as_served for step in steps)
    for before, after in pairwise(steps):
        assert before.after is after.before


def test_an_improvement_is_found_again_with_what_was_known_before() -> None:
    one = improved()
    assert one.course.start.seen
    assert all(step.as_served for step in one.course.steps(one.state.answers))


def test_each_step_has_its_challenges_competence_topic_level_and_outcome() -> None:
    one = played()
    release, corrections = one.world.release, one.world.services.reading.corrections(one.assessment_id, "ines", 0)
    for told, correction in zip(one.explanation.steps, corrections, strict=True):
        facts = (correction.step, correction.competence, correction.topic, correction.level, correction.outcome)
        assert (told.step, told.competence, told.topic, told.level, told.outcome) == facts
        index = release.competence_index[told.competence]
        assert told.competence_title == release.framework.competences[index].title.fr
    assert {told.outcome for told in one.explanation.steps} == {"correct", "incorrect", "skipped"}


def test_the_estimate_moves_the_way_of_the_answer_and_ends_at_the_results() -> None:
    one = played()
    results = one.world.services.reading.results(one.assessment_id, "ines")
    for told in one.explanation.steps:
        right = told.outcome == "correct"
        assert (told.after.level >= told.before.level) if right else (told.after.level <= told.before.level)
        assert (told.topic_level_after >= told.topic_level_before) if right else True
        assert 0 < told.after.uncertainty <= told.before.uncertainty + 0.1
    last = one.explanation.steps[-1]
    (competence,) = (found for found in results.competences if found.competence == last.competence)
    assert last.after.level == pytest.approx(4 + competence.ability / 0.8, abs=0.051)
    assert last.after.uncertainty == pytest.approx(1.645 * competence.standard_error / 0.8, abs=0.051)
    shown_last = {(told.competence, told.topic): told.topic_level_after for told in one.explanation.steps}
    floors = {(found.competence, topic.title): topic.floor for found in results.competences for topic in found.topics}
    assert shown_last == {key: floors[key] for key in shown_last}


def test_the_highest_level_shown_in_a_topic_goes_on_from_where_it_was() -> None:
    one = played("crcn")
    reached: dict[str, int] = {}
    for told in one.explanation.steps:
        assert told.topic_level_before == reached.get(told.topic, 0)
        reached[told.topic] = told.topic_level_after
    assert max(reached.values()) > 3


def test_the_same_assessment_is_always_explained_alike() -> None:
    one = played()
    assert one.explanation == one.explanation
    assert one.world.another_process().explaining.explanation(one.assessment_id, "ines") == one.explanation


def test_an_open_assessment_is_explained_up_to_its_last_checkpoint(memory: World) -> None:
    for answers, until in ((0, 0), (4, 0), (5, 5), (9, 5), (10, 10)):
        told = journey(memory, "crcn", answers=answers).explanation
        assert (told.explained_until, [step.step for step in told.steps]) == (until, list(range(1, until + 1)))


def test_a_stopped_assessment_is_explained_to_its_end(memory: World) -> None:
    one = journey(memory, "crcn", answers=7)
    memory.services.ending.finish(one.assessment_id, "ines")
    assert len(one.explanation.steps) == 7


def test_an_assessment_ended_before_its_first_answer_has_a_statement_and_no_step(memory: World) -> None:
    one = journey(memory, answers=0)
    memory.services.ending.finish(one.assessment_id, "ines")
    assert one.explanation.steps == ()
    assert one.explanation.statement.review


def test_another_persons_assessment_is_not_explained() -> None:
    with pytest.raises(NotFoundError):
        played().world.services.explaining.explanation(played().assessment_id, "noah")


# --- why ---


@pytest.mark.parametrize("one", [*(pytest.param(scope, id=scope) for scope in SCOPES), "improved"])
def test_what_the_reasons_say_is_so(one: str) -> None:
    found = improved() if one == "improved" else played(one)
    task, answers = found.course.task, found.state.answers
    release, seen = found.world.release, set(found.course.start.seen)
    counted = {int(competence) for competence in np.flatnonzero(task.informed)}
    for step, told in zip(found.course.steps(answers), found.explanation.steps, strict=True):
        ordinal, reasons = step.given.ordinal, set(told.because)
        previous = answers[step.number - 2].ordinal if step.number > 1 else None
        same_topic = previous is not None and release.topic_index_of(previous) == release.topic_index_of(ordinal)
        assert (Reason.SAME_TOPIC in reasons) == same_topic
        assert (Reason.OTHER_TOPIC in reasons) == (previous is not None and not same_topic)
        if Reason.MET in reasons:
            assert ordinal in seen
        first = int(task.bank.competence[ordinal]) not in counted
        if Reason.EASY_START in reasons:
            assert first
            assert told.level <= task.rules.start_level
        elif first:
            assert reasons & {Reason.ONLY_ONE_SUITED, Reason.HARDER}
        counted.add(int(task.bank.competence[ordinal]))


def test_some_journey_gives_each_ordinary_reason() -> None:
    given_ = {reason for scope in SCOPES for told in played(scope).explanation.steps for reason in told.because}
    given_ |= {reason for told in improved().explanation.steps for reason in told.because}
    assert given_ >= {Reason.EASY_START, Reason.TOLD_MOST, Reason.DRAWN, Reason.OTHER_TOPIC, Reason.HARDER}


def test_a_bank_of_timed_challenges_says_that_nothing_untimed_was_left() -> None:
    told = journey(memory_world(synthetic(2, kind="timed")), "1.1").explanation
    assert Reason.TIMED in told.steps[0].because
    assert "limite de temps" in told.steps[0].why


def test_when_one_of_two_topics_is_settled_the_other_is_asked_again_and_it_is_said() -> None:
    told = journey(memory_world(synthetic(2)), "1.1", wrong_every=2).explanation
    repeated = [step for step in told.steps if Reason.SAME_TOPIC in step.because]
    assert repeated
    for step in repeated:
        assert step.topic == told.steps[step.step - 2].topic
        assert "même sujet" in step.why


CHOICE = Choice(3, 1.5, 1, 9, ())


def a_step(choice: Choice | None = CHOICE, number: int = 2, item: int = 3) -> Step:
    nothing = next(iter(played().course.steps(played().state.answers[:1])))
    return replace(nothing, number=number, given=Given(item, Outcome.CORRECT, 1), choice=choice)


def giving_up(*preferences: Preference) -> Choice:
    return CHOICE._replace(given_up=preferences)


@pytest.mark.parametrize(
    ("step", "first", "reasons"),
    [
        (a_step(), False, (Reason.TOLD_MOST, Reason.OTHER_TOPIC)),
        (a_step(CHOICE._replace(near_equals=2)), False, (Reason.DRAWN, Reason.OTHER_TOPIC)),
        (a_step(number=1), True, (Reason.EASY_START,)),
        (a_step(CHOICE._replace(candidates=1)), True, (Reason.ONLY_ONE_SUITED, Reason.OTHER_TOPIC)),
        (a_step(giving_up(Preference.NO_JUMP)), True, (Reason.TOLD_MOST, Reason.OTHER_TOPIC, Reason.HARDER)),
        (
            a_step(giving_up(Preference.UNTIMED, Preference.NOT_MET, Preference.ANOTHER_TOPIC)),
            False,
            (Reason.TOLD_MOST, Reason.TIMED, Reason.MET, Reason.SAME_TOPIC),
        ),
        (a_step(item=4), False, (Reason.RULES_CHANGED,)),
        (a_step(None), True, (Reason.RULES_CHANGED,)),
    ],
)
def test_the_reasons_are_those_of_the_choice(step: Step, first: bool, reasons: tuple[Reason, ...]) -> None:
    assert reasons_of(step, first) == reasons


def test_a_choice_that_is_not_found_again_is_not_given_a_reason() -> None:
    one = played()
    answers = one.state.answers
    other = next(ordinal for ordinal in range(len(one.world.release)) if ordinal not in {given_.ordinal for given_ in answers})
    steps = list(one.course.steps((*answers[:3], replace(answers[3], ordinal=other))))
    assert reasons_of(steps[3], first=False) == (Reason.RULES_CHANGED,)


# --- the sentences ---


def all_texts() -> list[Text]:
    tables = [*texts.WHY.values(), *texts.JUDGED.values(), *texts.COUNTED, *texts.NOT_COUNTED, *texts.HOW_TO_READ]
    return [*tables, *(value for value in vars(texts).values() if isinstance(value, Text))]


ENGLISH = re.compile(r"\b(the|your|you|was|is|of|and|answer|challenge|it|we|level)\b", re.IGNORECASE)
FRENCH = re.compile(r"\b(le|la|les|votre|vous|est|de|et|réponse|défi|il|nous|niveau)\b", re.IGNORECASE)


@pytest.mark.parametrize("text", all_texts(), ids=lambda text: text.en[:30])
def test_every_sentence_is_whole_in_both_languages(text: Text) -> None:
    assert text.fr != text.en
    assert not ENGLISH.search(text.fr)
    assert not FRENCH.search(text.en)
    assert fields_of(text.fr) == fields_of(text.en)


def fields_of(template: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(template)} - {None}


def test_every_reason_outcome_and_preference_has_its_words() -> None:
    assert set(texts.WHY) == set(Reason)
    assert set(texts.JUDGED) == set(Outcome)
    assert set(texts.GIVEN_UP) == set(Preference)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_words_are_those_of_the_assessments_language(locale: Locale) -> None:
    told = played("1.1", locale).explanation
    foreign = ENGLISH if locale == "fr" else FRENCH
    assert told.locale == locale
    said = [value for value in asdict(told.statement).values() if isinstance(value, str)]
    lists = [*told.statement.counted, *told.statement.not_counted, *told.statement.how_to_read]
    for sentence in (*said, *lists, *(step.why for step in told.steps), *(step.moved for step in told.steps)):
        assert not foreign.search(sentence.replace("docs/engine.md", "")), sentence


@given(st.lists(st.sampled_from(Reason), min_size=1, max_size=4, unique=True), st.sampled_from(LOCALES))
def test_reasons_make_one_sentence(reasons: list[Reason], locale: Locale) -> None:
    sentence = why_sentence(tuple(reasons), locale)
    assert sentence.endswith(".")
    assert sentence.count(".") == 1
    assert all(texts.WHY[reason].in_(locale) in sentence for reason in reasons)


def test_what_an_answer_did_is_one_sentence_with_the_languages_own_decimals() -> None:
    assert moved_sentence(Outcome.CORRECT, 3.2, 3.6, 1.5, "fr") == (
        "Votre réponse était juste : votre niveau estimé dans cette compétence monte de 3,2 à 3,6, à 1,5 près."
    )
    assert moved_sentence(Outcome.TIMED_OUT, 3.2, 2.0, 1.5, "en") == (
        "The time was over, which counts as a wrong answer: your estimated level in this competence goes down from 3.2 to 2.0, "
        "give or take 1.5."
    )
    assert "reste à 8,0" in moved_sentence(Outcome.CORRECT, 8.0, 8.0, 1.5, "fr")


def test_the_statement_names_the_rules_the_review_and_what_never_counts() -> None:
    one = played("1.1", "en")
    told, start = one.explanation.statement, one.course.start
    assert "algorithm" in told.computed
    assert {"your school", "your age", "your sex", "your campaigns"} <= set(told.not_counted)
    assert (told.release, told.engine) == (start.release, start.engine)
    assert start.release in told.rules
    assert "/docs" in told.rules
    assert one.assessment_id in told.review


def test_earlier_assessments_are_named_only_when_they_counted() -> None:
    assert texts.COUNTED_EARLIER.fr not in played().explanation.statement.counted
    assert texts.COUNTED_EARLIER.fr in improved().explanation.statement.counted


# --- levels and answers ---


def at(theta: float, sd: float = 0.5) -> Joint:
    weights = np.exp(-0.5 * ((GRID - theta) / sd) ** 2)[None, :]
    weights /= weights.sum()
    return Joint(weights, np.zeros_like(weights), np.ones(1))


@pytest.mark.parametrize(
    ("theta", "level"), [(-5.0, 0.0), (-3.2, 0.0), (0.0, 4.0), (0.8, 5.0), (-0.4, 3.5), (3.2, 8.0), (5.0, 8.0)]
)
def test_levels_are_clamped_between_none_and_the_last(theta: float, level: float) -> None:
    found = estimated_level(at(theta), 0)
    assert found.level == level
    assert found.uncertainty == pytest.approx(1.645 * 0.5 / 0.8, abs=0.06)


@given(st.floats(-6, 6), st.floats(0.2, 2))
def test_a_level_has_one_decimal_and_tells_no_more_of_the_ability(theta: float, sd: float) -> None:
    found = estimated_level(at(theta, sd), 0)
    assert 0 <= found.level <= 8
    for number in (found.level, found.uncertainty):
        assert number == round(number, 1)


def some_of(kind: Kind) -> list[int]:
    release = real_release()
    return [ordinal for ordinal in range(len(release)) if release.challenge(ordinal).kind == kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", LOCALES)
def test_an_own_answer_is_the_typed_texts_and_the_places_of_options(kind: Kind, locale: Locale) -> None:
    for ordinal in some_of(kind):
        challenge = in_variant(real_release().challenge(ordinal), 0)
        view = shown(challenge, locale, lambda ids, purpose: tuple(reversed(ids)))
        right, wrong = declared_answers(challenge, locale)
        for answer in (*right, *wrong):
            parts = own_answer(view, answer)
            assert parts is not None
            assert as_answered(kind, view.options, parts, answer)
            if kind == "blanks":
                for one, part, sent in zip(view.inputs, parts, answer, strict=True):
                    assert part == sent if one.kind != "select" or not sent else one.options[int(part) - 1].id == sent


def as_answered(kind: Kind, options: tuple[object, ...], parts: tuple[str | int, ...], answer: Answer) -> bool:
    """Whether these parts stand for this answer: places within the options where there are any, else the texts as typed."""
    sent = (answer,) if isinstance(answer, str) else answer
    if kind in ("choice", "choices", "order"):
        ids = [getattr(option, "id") for option in options]  # noqa: B009
        chosen = [ids[part - 1] for part in parts if isinstance(part, int) and 1 <= part <= len(ids)]
        return chosen == list(sent) if kind != "choices" else sorted(chosen) == list(sent)
    return kind == "blanks" or parts == sent


def test_an_input_that_was_left_empty_stays_empty() -> None:
    for ordinal in some_of("blanks"):
        view = shown(real_release().challenge(ordinal), "fr", lambda ids, purpose: ids)
        empty = ("",) * len(view.inputs)
        assert own_answer(view, empty) == empty


def test_a_skip_has_no_answer() -> None:
    told = played().explanation.steps
    assert [step.answer is None for step in told] == [step.outcome == "skipped" for step in told]
