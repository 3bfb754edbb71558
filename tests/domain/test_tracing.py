"""The jury's trace: it agrees with the log, the audit and the results, and its report is exact."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest

from chalicelib.assessments.final_report import PersonalAbilities, arrays_of, final_report
from chalicelib.assessments.model import Entry, EntryKind, Given
from chalicelib.assessments.traces import Trace
from chalicelib.assessments.tracing import traced
from chalicelib.content.authoring.calibrating import PRIOR_SE, CalibrationRow
from chalicelib.content.authoring.packing import PackedTopic, pack_release
from chalicelib.content.releases import Release, Use
from chalicelib.content.rules import Rules
from chalicelib.content.texts import LOCALES, Locale
from chalicelib.content.topics import Skill, Topic
from chalicelib.engine import report as exact
from chalicelib.engine.bank import GRID, probability
from tests.content_of_tests import free_text, real_release, synthetic, text
from tests.domain.explained_journeys import PERSON, Journey, again, journey
from tests.worlds import memory_world

WHICH = ("1.1", "1", "crcn", "improved")


@lru_cache(maxsize=8)
def played(which: str) -> Journey:
    """A journey over a scope; `improved` is one over an area that was played some days before."""
    world = memory_world()
    if which != "improved":
        return journey(world, which)
    journey(world)
    return again(world)


@lru_cache(maxsize=8)
def trace_of(which: str, locale: Locale = "fr") -> Trace:
    one = played(which)
    return traced(one.course, one.entries, locale)


@pytest.mark.parametrize("which", WHICH)
def test_every_step_is_the_one_that_was_served_and_the_audit_finds_nothing(which: str) -> None:
    trace = trace_of(which)
    assert trace.differences == ()
    assert len(trace.steps) == len(played(which).state.answers)
    for step in trace.steps:
        assert step.as_served
        assert step.choice is not None
        assert step.choice.challenge == step.asked.challenge
        assert 1 <= step.choice.near_equals <= step.choice.candidates


@pytest.mark.parametrize("which", WHICH)
def test_answers_outcomes_and_times_are_those_of_the_log(which: str) -> None:
    one, trace = played(which), trace_of(which)
    answered = [entry for entry in one.entries if entry.kind is EntryKind.ANSWERED]
    for step, entry in zip(trace.steps, answered, strict=True):
        assert step.answered is not None
        assert step.answered.entry == entry.number
        assert step.answered.seconds == 11.0
        assert step.outcome == entry.state.answers[-1].outcome.name.lower().replace("_", "-")
        assert (step.answered.answer is None) == (step.outcome == "skipped")


@pytest.mark.parametrize("which", WHICH)
def test_items_carry_their_calibration_and_the_chance_that_it_gives(which: str) -> None:
    one, trace = played(which), trace_of(which)
    for step, given in zip(trace.steps, one.state.answers, strict=True):
        assert step.asked.challenge == one.world.release.challenge_ids[given.ordinal]
        calibration = one.world.release.calibration_of(given.ordinal, one.course.start.locale)
        assert (step.asked.a, step.asked.b, step.asked.c) == calibration
        believed = one.course.estimate(one.state.answers[: step.step - 1]).ability
        index = one.course.task.bank.competence[given.ordinal]
        assert step.asked.chance == pytest.approx(believed.weights[index] @ probability(GRID, *map(np.asarray, calibration)))


@pytest.mark.parametrize("which", WHICH)
def test_the_trace_agrees_with_the_results_and_with_what_the_person_is_told(which: str) -> None:
    one, trace = played(which), trace_of(which)
    results = one.world.services.reading.results(one.assessment_id, PERSON)
    assert trace.stop_reason == results.stop_reason
    assert [found.competence for found in trace.report.competences] == [found.competence for found in results.competences]
    for found, result in zip(trace.report.competences, results.competences, strict=True):
        assert found.ladders == result.topics
        assert found.ability.mean == pytest.approx(result.ability, abs=0.02)
        assert found.ability.se >= result.standard_error - 0.02
    last = trace.steps[-1]
    (result,) = (found for found in results.competences if found.competence == last.asked.competence)
    assert last.after.ability.mean == pytest.approx(result.ability, abs=5e-4)
    assert last.after.ability.se == pytest.approx(result.standard_error, abs=5e-4)
    for told, step in zip(one.explanation.steps, trace.steps, strict=True):
        assert (told.step, told.why, told.outcome, told.level) == (step.step, step.why, step.outcome, step.asked.level)
        assert told.after.level == pytest.approx(min(max(4 + step.after.ability.mean / 0.8, 0), 8), abs=0.051)


@pytest.mark.parametrize("which", WHICH)
def test_each_step_starts_where_the_one_before_ended(which: str) -> None:
    steps = trace_of(which).steps
    for before, after in pairwise(steps):
        assert before.after.composite == after.before.composite
        assert after.after.composite.se < steps[0].before.composite.se
    right = [step for step in steps if step.outcome == "correct"]
    assert right
    assert all(step.after.composite.mean > step.before.composite.mean for step in right)


@pytest.mark.parametrize("which", WHICH)
def test_the_report_continues_the_steps_and_its_numbers_hang_together(which: str) -> None:
    trace = trace_of(which)
    report, last = trace.report, trace.steps[-1].after.composite
    assert report.composite.mean == pytest.approx(last.mean, abs=0.02)
    assert report.composite.se > last.se
    assert report.composite.low < report.composite.mean < report.composite.high
    for found in report.competences:
        assert sum(found.levels) == pytest.approx(1)
        assert len(found.levels) == real_release().top_levels[found.competence] + 1
        assert found.ability.low < found.ability.mean < found.ability.high


@pytest.mark.parametrize("which", WHICH)
def test_the_errors_of_the_calibrations_widen_the_report_and_move_nothing(which: str) -> None:
    one, report = played(which), trace_of(which).report
    abilities = PersonalAbilities.of(one.course)
    given = exact.Given.of(one.course.task.bank, abilities.dimensions, *arrays_of(one.state.answers))
    narrow = exact.report(abilities, given)
    assert report.composite.mean == pytest.approx(narrow.composite.mean)
    assert report.composite.se > 1.01 * narrow.composite.sd
    for found in report.competences:
        own = narrow.abilities[one.world.release.competence_index[found.competence]]
        assert found.ability.mean == pytest.approx(own.mean)
        assert found.ability.se > 1.01 * own.sd


def test_over_the_whole_framework_the_composite_is_that_of_the_estimate() -> None:
    one, trace = played("crcn"), trace_of("crcn")
    now = one.course.estimate(one.state.answers).ability
    last = trace.steps[-1].after.composite
    assert (last.mean, last.se) == pytest.approx((now.composite_mean, now.composite_sd), abs=1e-9)


def test_over_one_competence_the_composite_is_its_own_ability() -> None:
    for step in trace_of("1.1").steps:
        assert step.after.composite.mean == pytest.approx(step.after.ability.mean, abs=1e-9)
        assert step.after.composite.se == pytest.approx(step.after.ability.se, abs=1e-9)


def test_what_earlier_assessments_told_counts_in_the_report_as_in_the_estimate() -> None:
    course = played("improved").course
    assert {prior.sd for prior in trace_of("improved").priors} != {1.0}
    abilities, task = PersonalAbilities.of(course), course.task
    nothing = np.zeros((abilities.dimensions, len(GRID)))
    now = course.estimate(())
    assert abilities.joint(nothing).mean == pytest.approx(now.ability.mean, abs=1e-9)
    assert abilities.joint(nothing).sd == pytest.approx(now.ability.sd, abs=1e-9)
    assert final_report(course, (), "fr").competences[0].ability.mean == pytest.approx(now.ability.mean[0], abs=0.02)
    assert abilities.on(exact.FINE).joint(np.zeros((abilities.dimensions, len(exact.FINE)))).weights.shape[1] == 241
    assert abilities.draw(np.random.default_rng(1), 3).shape == (3, task.bank.competences)


def test_a_challenge_that_the_rules_would_not_ask_is_told_as_such_and_the_audit_sees_it() -> None:
    one = played("1")
    other = next(o for o in range(len(one.world.release)) if o not in {given.ordinal for given in one.state.answers})
    entries = [with_other_challenge(entry, 2, other) for entry in one.entries]
    trace = traced(one.course, entries, "en")
    assert trace.differences
    assert not trace.steps[2].as_served
    assert trace.steps[2].why.startswith("The rules have changed")
    assert trace.steps[2].asked.challenge == one.world.release.challenge_ids[other]


def with_other_challenge(entry: Entry, place: int, ordinal: int) -> Entry:
    """The entry, had this answer been about another challenge."""
    answers: list[Given] = list(entry.state.answers)
    if len(answers) > place:
        answers[place] = replace(answers[place], ordinal=ordinal)
    return replace(entry, state=replace(entry.state, answers=tuple(answers)))


def test_a_log_that_lost_entries_is_still_traced() -> None:
    one = journey(memory_world(synthetic(2, kind="text")), "1.1")
    trace = traced(one.course, [one.entries[0], *one.entries[-2:]], "fr")
    assert trace.differences
    assert trace.steps[0].answered is None
    assert trace.steps[-1].answered is not None
    assert len(trace.steps) == len(one.state.answers)


def test_an_assessment_without_an_answer_is_traced_with_what_was_believed() -> None:
    one = journey(memory_world(), answers=0)
    trace = traced(one.course, one.entries, "fr")
    assert (trace.steps, trace.stop_reason) == ((), None)
    assert trace.report.composite.mean == pytest.approx(0.0, abs=1e-6)
    assert [prior.in_scope for prior in trace.priors] == [prior.competence.startswith("1.") for prior in trace.priors]


def test_the_trace_is_always_the_same_and_its_words_follow_the_language_asked() -> None:
    one = played("1.1")
    assert traced(one.course, one.entries, "fr") == trace_of("1.1")
    french, english = trace_of("1.1", "fr"), trace_of("1.1", "en")
    assert french.pins == english.pins
    assert french.steps[0].why != english.steps[0].why
    assert french.report.competences[0].title != english.report.competences[0].title
    assert [step.after for step in french.steps] == [step.after for step in english.steps]


def test_the_trace_does_not_say_who() -> None:
    assert f"'{PERSON}'" not in repr(trace_of("1"))


# --- the errors of calibrations ---


@pytest.mark.parametrize("locale", LOCALES)
def test_without_data_the_errors_are_those_of_the_prior(locale: Locale) -> None:
    release: Release = real_release()
    se_a, se_b = release.calibration_errors(locale)
    assert len(se_a) == len(se_b) == len(release)
    assert (set(se_a.tolist()), set(se_b.tolist())) == ({PRIOR_SE[0]}, {PRIOR_SE[1]})


def test_a_measured_calibration_has_its_own_errors_in_its_language_only() -> None:
    row = CalibrationRow(
        challenge="one-1b",
        locale="en",
        a=1.1,
        b=0.4,
        c=0,
        se_a=0.11,
        se_b=0.07,
        sample=600,
        date="2026-11-01",
        status="validated",
    )
    skill = Skill(level=1, title=text("Skill"), hint=text("Hint"))
    topic = Topic(id="one", competence="1.1", title=text("One"), skills=(skill,))
    packed = PackedTopic(topic, [(free_text(f"one-1{letter}"), Use.PRACTICE) for letter in "ab"])
    release = Release(*pack_release(real_release().framework, Rules(), [packed], {("one-1b", "en"): row}))
    assert [errors.tolist() for errors in release.calibration_errors("en")] == [[PRIOR_SE[0], 0.11], [PRIOR_SE[1], 0.07]]
    assert [errors.tolist() for errors in release.calibration_errors("fr")] == [[error] * 2 for error in PRIOR_SE]
