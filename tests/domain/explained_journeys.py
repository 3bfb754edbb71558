"""Assessments to explain: played with right, wrong and skipped answers, and read back whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.assessments.course import Course
from chalicelib.assessments.explanation_views import Explanation
from chalicelib.assessments.model import Entry, State
from chalicelib.assessments.starting import Wish
from chalicelib.content.texts import Locale
from tests.worlds import World, submission

PERSON = "ines"
SKIPPED_EVERY = 7


@dataclass(frozen=True)
class Journey:
    """One assessment with its log."""

    world: World
    assessment_id: str
    course: Course
    entries: list[Entry]

    @property
    def state(self) -> State:
        return self.entries[-1].state

    @property
    def explanation(self) -> Explanation:
        return self.world.services.explaining.explanation(self.assessment_id, PERSON)


def journey(world: World, scope: str = "1", locale: Locale = "fr", answers: int = 1_000, wrong_every: int = 3) -> Journey:
    """Play so many answers of an assessment: every `wrong_every`-th wrong, every seventh skipped, the others right."""
    answering = world.services.answering
    progress, _ = world.services.starting.start(PERSON, Wish(scope, locale))
    given = progress.answers
    while progress.next is not None and given < answers:
        if progress.next.phase == "announced":
            progress = answering.begin(progress.assessment_id, PERSON, progress.next.step)
            continue
        given += 1
        sent = submission(world, progress, right=given % wrong_every != 0)
        if given % SKIPPED_EVERY == 0:
            sent = replace(sent, answer=None)
        world.clock.forward(11)
        progress = answering.answer(progress.assessment_id, PERSON, sent)
    entries = world.services.ports.log.entries(progress.assessment_id)
    assert entries[0].start is not None
    return Journey(world, progress.assessment_id, world.services.desk.courses.of(entries[0].start), entries)


def again(world: World, scope: str = "1", days: int = 5) -> Journey:
    """The assessment that improves the one that was just played, some days later."""
    world.clock.forward(days * 86_400)
    return journey(world, scope)
