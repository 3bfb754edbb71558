"""Explaining to the person why their assessment went as it did: step by step, in plain words, with nothing that tells a challenge.

Every step has its competence, topic and level, the person's own answer, the outcome, how the estimate moved and why this challenge was
asked. It never has the challenge, its id, options or solution, nor the parameters of the response model. The full trace is
`chalicelib.assessments.tracing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.assessments import explanation_texts as texts
from chalicelib.assessments.codec import unpack_answer
from chalicelib.assessments.course import Course, Step
from chalicelib.assessments.desk import Desk
from chalicelib.assessments.explanation_texts import Reason
from chalicelib.assessments.explanation_views import EstimatedLevel, ExplainedStep, Explanation, Statement
from chalicelib.assessments.model import UNASKED, Entry, EntryKind, Start, State
from chalicelib.assessments.ports import SolutionGate
from chalicelib.assessments.views import OUTCOMES
from chalicelib.content.challenges import Answer
from chalicelib.content.shown import ShownChallenge, ShownOption, shown
from chalicelib.engine.bank import LEVELS
from chalicelib.engine.joint import Joint
from chalicelib.engine.scoring import level_of_ability
from chalicelib.engine.training import Preference

Z_90 = 1.6448536
"""Half of a 90 % interval of a normal, in standard deviations."""


@dataclass(frozen=True)
class ExplainAssessment:
    """Explains a person's own assessments to them."""

    desk: Desk
    gate: SolutionGate

    def explanation(self, assessment_id: str, person_id: str) -> Explanation:
        """The explanation, as far as corrections may be read; raises `NotFoundError` for somebody else's.

        Raises `ConflictError` for an exam whose solutions are not shown yet: the person's own answers with their outcomes tell them.
        """
        tail = self.desk.tail(assessment_id, person_id)
        self.gate.check(tail.start)
        course, state = self.desk.courses.of(tail.start), tail.last.state
        until = course.corrected_until(len(state.answers), state.stop is not None)
        entries = self.desk.log.entries_between(assessment_id, 1, state.entry_of(until)) if until else []
        return explained(course, state, entries, until)


def explained(course: Course, state: State, entries: list[Entry], until: int) -> Explanation:
    """The explanation of the first `until` steps, whose answers these entries hold."""
    answered = [entry for entry in entries if entry.kind is EntryKind.ANSWERED]
    steps = tuple(
        _explained_step(course, step, reasons, entry)
        for (step, reasons), entry in zip(told_steps(course, state, until), answered, strict=True)
    )
    start = course.start
    return Explanation(start.assessment_id, start.locale, until, statement(start), steps)


def told_steps(course: Course, state: State, until: int) -> Iterator[tuple[Step, tuple[Reason, ...]]]:
    """The first `until` steps, recomputed, each with the reasons of its choice."""
    bank = course.task.bank
    informed = course.task.informed.copy()
    for step in course.steps(state.answers[:until]):
        competence = bank.competence[step.given.ordinal]
        yield step, reasons_of(step, first=not informed[competence])
        informed[competence] = True


def reasons_of(step: Step, first: bool) -> tuple[Reason, ...]:
    """Why this step's challenge was asked; `first` tells that nothing was known of its competence."""
    choice = step.choice
    if choice is None or not step.as_served:
        return (Reason.RULES_CHANGED,)
    if choice.candidates == 1:
        main = Reason.ONLY_ONE_SUITED
    elif first and Preference.NO_JUMP not in choice.given_up:
        main = Reason.EASY_START
    else:
        main = Reason.DRAWN if choice.near_equals > 1 else Reason.TOLD_MOST
    exceptions = tuple(texts.GIVEN_UP[preference] for preference in choice.given_up)
    changes_topic = step.number > 1 and Preference.ANOTHER_TOPIC not in choice.given_up
    return (main, *([Reason.OTHER_TOPIC] if changes_topic else []), *exceptions)


def _explained_step(course: Course, step: Step, reasons: tuple[Reason, ...], entry: Entry) -> ExplainedStep:
    release, locale, ordinal = course.release, course.start.locale, step.given.ordinal
    place, topic = release.topic_index_of(ordinal), release.topic_of(ordinal)
    index = release.competence_index[topic.competence]
    before, after = estimated_level(step.before.ability, index), estimated_level(step.after.ability, index)
    outcome = step.given.outcome
    return ExplainedStep(
        step=step.number,
        competence=topic.competence,
        competence_title=release.framework.competences[index].title.in_(locale),
        topic=topic.title.in_(locale),
        level=release.level_of(ordinal),
        answer=own_answer(
            shown(course.challenge(ordinal), locale, course.shuffle(step.number)),
            unpack_answer(entry.value),
        ),
        outcome=OUTCOMES[outcome],
        before=before,
        after=after,
        topic_level_before=int(step.before.floors[place]),
        topic_level_after=int(step.after.floors[place]),
        moved=texts.moved_sentence(outcome, before.level, after.level, after.uncertainty, locale),
        because=reasons,
        why=texts.why_sentence(reasons, locale),
    )


def estimated_level(ability: Joint, competence: int) -> EstimatedLevel:
    """The level that the posterior of a competence tells: 4 + θ/0.8, clamped to 0 … 8."""
    level = min(max(level_of_ability(float(ability.mean[competence])), 0.0), float(LEVELS))
    half = level_of_ability(Z_90 * float(ability.sd[competence])) - level_of_ability(0.0)
    return EstimatedLevel(round(level, 1), round(half, 1))


def own_answer(view: ShownChallenge, answer: Answer | None) -> tuple[str | int, ...] | None:
    """The parts of an answer, without a word of the challenge that the person saw: typed texts, and places of options."""
    if answer is None:
        return None
    parts = (answer,) if isinstance(answer, str) else answer
    if view.options:
        places = [_place(view.options, part) for part in parts]
        return tuple(sorted(places) if view.kind == "choices" else places)
    if view.kind == "blanks":
        pairs = zip(view.inputs, parts, strict=True)
        return tuple(_place(one.options, part) if one.options and part else part for one, part in pairs)
    return parts


def _place(options: tuple[ShownOption, ...], chosen: str) -> int:
    return [option.id for option in options].index(chosen) + 1


def statement(start: Start) -> Statement:
    """What this person is told about how their result came about."""
    locale = start.locale
    earlier = [texts.COUNTED_EARLIER] if start.seen or start.known.strip(UNASKED) else []
    return Statement(
        computed=texts.COMPUTED.in_(locale),
        counted=tuple(one.in_(locale) for one in (*texts.COUNTED, *earlier)),
        not_counted=tuple(one.in_(locale) for one in texts.NOT_COUNTED),
        how_to_read=tuple(one.in_(locale) for one in texts.HOW_TO_READ),
        rules=texts.RULES.in_(locale).format(release=start.release, engine=start.engine),
        release=start.release,
        engine=start.engine,
        documentation=("/docs", "docs/engine.md"),
        review=texts.REVIEW.in_(locale).format(assessment=start.assessment_id),
    )
