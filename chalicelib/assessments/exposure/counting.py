"""Counting finished tests: the worker stores what exposure control needs of them, one small item a batch and series."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from chalicelib.assessments.course import Course
from chalicelib.assessments.desk import Courses
from chalicelib.assessments.exposure.codec import FURTHEST, pack_batch
from chalicelib.assessments.exposure.model import NO_TABLE, FinishedBatch, FinishedTest, Series, WaitingBatch
from chalicelib.assessments.exposure.ports import ExposureBatches
from chalicelib.assessments.model import State, Tail
from chalicelib.kernel.ids import derive_id


@dataclass(frozen=True)
class CountExposure:
    """Leaves finished tests to the writer. The same assessments are the same item, however often they come."""

    batches: ExposureBatches
    courses: Courses
    enrolled: set[Series] = field(default_factory=set)
    """The series that this function enrolled: a warm one writes nothing but its batches."""

    def count(self, ended: Iterable[Tail]) -> int:
        """Store the tests of a batch of ended assessments; how many items were written.

        An assessment without an answer gave nothing and is not counted. Raises `UnavailableError` when the store does not answer.
        """
        by_series: dict[Series, dict[str, Tail]] = {}
        for tail in ended:
            series = Series.of(tail.start)
            if series is not None and tail.last.state.answers:
                by_series.setdefault(series, {})[tail.start.assessment_id] = tail
        for series, tails in by_series.items():
            self._enrol(series)
            self.batches.add(series, self._batch(tails))
        return len(by_series)

    def _enrol(self, series: Series) -> None:
        if series not in self.enrolled:
            self.batches.enrol(series)
            self.enrolled.add(series)

    def _batch(self, tails: dict[str, Tail]) -> WaitingBatch:
        order = sorted(tails)
        courses = [self.courses.of(tails[one].start) for one in order]
        tests = [finished_test(course, tails[one].last.state) for one, course in zip(order, courses, strict=True)]
        batch = FinishedBatch(len(courses[0].release), tuple(tests))
        return WaitingBatch(derive_id("exposure-batch", *order), pack_batch(batch))


def finished_test(course: Course, state: State) -> FinishedTest:
    """What exposure control needs of this finished assessment; its ability is the mean over the competences that it targeted."""
    release = course.release
    targeted = [release.competence_index[one] for one in course.competences]
    ability = float(course.estimate(state.answers).ability.mean[targeted].mean())
    thousandths = max(-FURTHEST, min(FURTHEST, round(ability * 1000)))
    return FinishedTest(NO_TABLE, thousandths, tuple(given.ordinal for given in state.answers))
