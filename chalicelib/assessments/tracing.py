"""The full trace of an assessment, for a jury: what was pinned, each step with its numbers, and the exact report at the end.

It shows challenges, calibrations and abilities: never give it to the person, to whom `chalicelib.assessments.explaining` tells why.
"""

from __future__ import annotations

from itertools import pairwise

from chalicelib.assessments.auditing import audit
from chalicelib.assessments.codec import unpack_answer
from chalicelib.assessments.course import Course, Step
from chalicelib.assessments.explaining import told_steps
from chalicelib.assessments.explanation_texts import why_sentence
from chalicelib.assessments.final_report import PersonalAbilities, arrays_of, final_report, scope_of
from chalicelib.assessments.model import UNASKED, Entry, EntryKind, Given
from chalicelib.assessments.traces import Ability, Answered, Asked, Pins, Prior, Recomputed, Standing, Trace, TracedStep
from chalicelib.assessments.views import OUTCOMES
from chalicelib.content.texts import Locale
from chalicelib.engine.joint import Joint, log_likelihood
from chalicelib.engine.training import Estimate


def traced(course: Course, entries: list[Entry], locale: Locale) -> Trace:
    """The trace of a whole log, titles and sentences in this language."""
    state, answered = entries[-1].state, _answered(entries)
    composites = _composites(course, state.answers)
    steps = []
    for step, reasons in told_steps(course, state, len(state.answers)):
        before, after = composites[step.number - 1 : step.number + 1]
        index = _competence_of(course, step)
        steps.append(
            TracedStep(
                step=step.number,
                asked=_asked(course, step),
                choice=_recomputed(course, step),
                as_served=step.as_served,
                why=why_sentence(reasons, locale),
                answered=answered.get(step.number),
                outcome=OUTCOMES[step.given.outcome],
                before=_standing(step.before, index, before),
                after=_standing(step.after, index, after),
            )
        )
    return Trace(
        assessment_id=course.start.assessment_id,
        stop_reason=state.stop.code if state.stop else None,
        pins=_pins(course),
        differences=tuple(audit(course, entries)),
        priors=_priors(course, locale),
        steps=tuple(steps),
        report=final_report(course, state.answers, locale),
    )


def _pins(course: Course) -> Pins:
    start = course.start
    return Pins(
        scope=start.scope,
        attempt=start.attempt,
        release=start.release,
        engine=start.engine,
        secret=start.secret,
        locale=start.locale,
        device=start.device,
        needs=start.needs,
        length=start.length,
        known_rungs=len(start.known) - start.known.count(UNASKED),
        met_earlier=len(start.seen),
    )


def _priors(course: Course, locale: Locale) -> tuple[Prior, ...]:
    task, scope = course.task, scope_of(course)
    columns = zip(course.release.framework.competences, task.prior_mean.tolist(), task.prior_sd.tolist(), strict=True)
    return tuple(Prior(one.id, one.title.in_(locale), mean, sd, one.id in scope) for one, mean, sd in columns)


def _answered(entries: list[Entry]) -> dict[int, Answered]:
    """The answers of a log by their step."""
    found = {}
    for before, entry in pairwise(entries):
        if entry.kind is EntryKind.ANSWERED:
            shown_at = before.state.pending.served_at if before.state.pending else None
            seconds = None if shown_at is None else (entry.at - shown_at) / 1000
            found[len(entry.state.answers)] = Answered(entry.number, unpack_answer(entry.value), seconds)
    return found


def _competence_of(course: Course, step: Step) -> int:
    return int(course.task.bank.competence[step.given.ordinal])


def _asked(course: Course, step: Step) -> Asked:
    release, ordinal = course.release, step.given.ordinal
    topic = release.topics[release.topic_index_of(ordinal)]
    chance = float(course.task.bank.right[ordinal] @ step.before.ability.weights[_competence_of(course, step)])
    calibration = release.calibration_of(ordinal, course.start.locale)
    return Asked(
        release.challenge_ids[ordinal], topic.competence, topic.id, release.level_of(ordinal), *calibration, chance=chance
    )


def _recomputed(course: Course, step: Step) -> Recomputed | None:
    choice = step.choice
    if choice is None:
        return None
    given_up = tuple(preference.value for preference in choice.given_up)
    challenge = course.release.challenge_ids[choice.item]
    return Recomputed(challenge, choice.settled, choice.candidates, choice.near_equals, given_up)


def _standing(known: Estimate, competence: int, composite: Joint) -> Standing:
    ability = Ability(float(known.ability.mean[competence]), float(known.ability.sd[competence]))
    return Standing(ability, Ability(composite.composite_mean, composite.composite_sd))


def _composites(course: Course, answers: tuple[Given, ...]) -> list[Joint]:
    """What is known after each number of answers, from none; its composite is over the scope, an estimate's over the framework."""
    bank, abilities = course.task.bank, PersonalAbilities.of(course)
    items, right = arrays_of(answers)
    counts = range(len(answers) + 1)
    return [abilities.joint(log_likelihood(bank, bank.competences, items[:count], right[:count])) for count in counts]
