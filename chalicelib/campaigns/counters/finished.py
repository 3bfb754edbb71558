"""The national view of finished assessments: for each scope, how many finished, how many persons, and the levels they reached.

A person counts once in each scope that they finished an assessment of with at least one answer: with how many of these there are, and the
level that the last one came to. Another assessment of the scope replaces that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypedDict

from chalicelib.assessments.course import Course
from chalicelib.assessments.desk import Courses
from chalicelib.assessments.exposure.counting import CountExposure
from chalicelib.assessments.model import State, Tail
from chalicelib.assessments.ports import LogStore
from chalicelib.campaigns.counters.counting import CountParticipations
from chalicelib.campaigns.counters.disclosure import Shown, may_be_shown, shown_cells
from chalicelib.campaigns.counters.model import Participation, Totals
from chalicelib.content.scores import scores_of
from chalicelib.engine.bank import LEVELS
from chalicelib.engine.scoring import level_of
from chalicelib.kernel.errors import NotFoundError
from chalicelib.profiles.contributions import Contribution
from chalicelib.profiles.ports import PeopleStore

NATIONAL = "national:"
FINISHED, PERSONS = "finished", "persons"

CORRECTIONS = 1000
"""Ranks between two numbers of finished assessments: room for a reconciliation to replace what was counted wrongly."""


def view_of(scope: str) -> str:
    """The national view of a scope: a competence, an area or the framework."""
    return NATIONAL + scope


def level_total(level: int) -> str:
    """Name of the total of persons at this level."""
    return f"level-{level}"


def view_counting(contribution: Contribution) -> str | None:
    """The view that this contribution makes its person take part in; None without an answer, and of a campaign."""
    return view_of(contribution.scope) if contribution.answers and contribution.purpose == "placement" else None


def level_reached(course: Course, state: State) -> int:
    """The level, 0 to 8, that a finished assessment came to in its scope: ⌊p / 8⌋ of the mean points p of its competences (rule book §1).

    Of one competence it is the level that its results tell. What the person was known to know counts with what they answered.
    """
    targeted = set(course.competences)
    scores = scores_of(course.release, course.estimate(state.answers).floors)
    earned = [score.points for score in scores if score.competence in targeted]
    return min(level_of(sum(earned, Fraction(0)) / len(earned)), LEVELS)


@dataclass(frozen=True)
class FinishedAssessments:
    """What each person adds to the national views: how many assessments from their contributions, the level from the log of the last."""

    log: LogStore
    people: PeopleStore
    courses: Courses

    def wanted(self, view: str, participant: str) -> Participation:
        """A pure function of the person's partition and one log: of rank 1,000 for each contribution that counts.

        Contributions are only ever added, and whoever adds one reads them all afterwards: so the highest rank holds them all, in whatever
        order they came.
        """
        return self.participation(view, participant, {})

    def participation(self, view: str, participant: str, read: dict[str, Tail]) -> Participation:
        """The same; the logs that were read already are not read again. Raises `NotFoundError` when the last one's is gone."""
        counting = [one for one in self.people.person(participant).contributions if view_counting(one) == view]
        if not counting:
            return Participation.none(participant)
        last = max(counting, key=lambda one: one.order).assessment
        tail = read.get(last) or self.log.tail(last)
        if tail is None:
            raise NotFoundError("assessment-not-found", "There is no such assessment.", assessment=last)
        level = level_reached(self.courses.of(tail.start), tail.last.state)
        totals = {FINISHED: len(counting), PERSONS: 1, level_total(level): 1}
        return Participation(participant, CORRECTIONS * len(counting), totals)


@dataclass(frozen=True)
class CountFinished:
    """Counts a batch of finished assessments, once their contributions are stored."""

    source: FinishedAssessments
    counting: CountParticipations

    def count(self, ended: Iterable[Tail]) -> None:
        """Bring the views of these assessments up to date. Raises as `CountParticipations.count` does, and can be repeated as it can.

        A person of whom the last log is gone is left as they stand; a reconciliation tells.
        """
        read = {tail.start.assessment_id: tail for tail in ended}
        by_view: dict[str, set[str]] = {}
        for tail in read.values():
            if tail.last.state.answers and tail.start.purpose == "placement":
                by_view.setdefault(view_of(tail.start.scope), set()).add(tail.start.person_id)
        for view, persons in sorted(by_view.items()):
            wanted = [self._wanted(view, person, read) for person in sorted(persons)]
            self.counting.count(view, [one for one in wanted if one.rank])

    def _wanted(self, view: str, person: str, read: dict[str, Tail]) -> Participation:
        try:
            return self.source.participation(view, person, read)
        except NotFoundError:
            return Participation.none(person)


@dataclass(frozen=True)
class CountBatch:
    """Everything that a batch of finished assessments counts in."""

    finished: CountFinished
    exposure: CountExposure

    def count(self, ended: Iterable[Tail]) -> None:
        """Count these; raises `UnavailableError` when all must come again.

        What is exact comes first: exposure control counts a batch that comes again after it was counted as another one.
        """
        tails = list(ended)
        self.finished.count(tails)
        self.exposure.count(tails)


class NationalFigures(TypedDict):
    """What may be shown of a national view; None for what too few persons stand behind."""

    finished: int | None
    persons: int | None
    levels: Shown


def shown(totals: Totals) -> NationalFigures:
    """The figures of a national view with small counts hidden."""
    persons = totals.get(PERSONS, 0)
    levels = {level_total(level): totals.get(level_total(level), 0) for level in range(LEVELS + 1)}
    if not may_be_shown(persons):
        return NationalFigures(finished=None, persons=None, levels=dict.fromkeys(levels))
    return NationalFigures(finished=totals.get(FINISHED, 0), persons=persons, levels=shown_cells(levels))
