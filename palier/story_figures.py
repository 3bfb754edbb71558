"""The figures of a story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from palier.story_agents import Conduct
from palier.story_run import Story

Pair = tuple[float, float]


@dataclass(frozen=True)
class StoryFigures:
    """What a story came to. Times are those that clients waited."""

    seed: int
    participants: int
    completed: int
    completed_after_archive: int
    shared: int
    came_twice: int
    """People who entered from two devices at the same moment."""
    mastery_mean_sd: Pair | None
    """Percent, of the results that the organisation reads."""
    badges: dict[str, int]
    """How many of those who completed earned each."""
    stages: dict[str, int]
    """Of those who completed, by the highest stage, 0 for none."""
    answers: int
    answers_median: float | None
    """Of one person who completed."""
    seconds: float
    """From the first person's first request to the last one's last before the archive."""
    answers_per_second: float
    join_p50_p95_ms: Pair | None
    answer_p50_p95_ms: Pair | None
    figures_after_seconds: float
    """From the last request to collective results that know of it."""
    collective: dict[str, Any]
    broken: list[str]

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def figures_of(story: Story) -> StoryFigures:
    """The figures of this story; None where nobody did anything to measure."""
    done = [one for one in story.visits if one.told is not None]
    told = [one.told for one in done if one.told is not None]
    badges = [badge for one in told for badge in one["badges"]]
    earned = Counter(badge["badge"] for badge in badges if badge["earned"])
    stages = Counter((one["stage"]["reached"] or {"number": 0})["number"] for one in told)
    masteries = [one["results"]["mastery"] for one in story.seen]
    percents = [100 * one["acquired"] / one["targeted"] for one in masteries]
    answers = sum(len(one.answers) for one in story.visits)
    return StoryFigures(
        seed=story.seed,
        participants=sum(bool(one.assessment_id) for one in story.visits),
        completed=len(done),
        completed_after_archive=story.returned,
        shared=len(story.seen),
        came_twice=sum(one.agent.conduct is Conduct.COMES_TWICE for one in story.visits),
        mastery_mean_sd=(round(float(np.mean(percents)), 1), round(float(np.std(percents)), 1)) if percents else None,
        badges={one: earned[one] for one in sorted({badge["badge"] for badge in badges})},
        stages={str(number): stages[number] for number in sorted(stages)},
        answers=answers,
        answers_median=float(np.median([len(one.answers) for one in done])) if done else None,
        seconds=round(story.crowd_seconds, 1),
        answers_per_second=round(story.crowd_answers / story.crowd_seconds, 1) if story.crowd_seconds else 0.0,
        join_p50_p95_ms=_p50_p95([seconds for one in story.visits for seconds in one.joins]),
        answer_p50_p95_ms=_p50_p95([seconds for one in story.visits for seconds in one.answers]),
        figures_after_seconds=round(story.waited_seconds, 1),
        collective=story.collective,
        broken=story.broken,
    )


def _p50_p95(seconds: Sequence[float]) -> Pair | None:
    if not seconds:
        return None
    p50, p95 = np.percentile(seconds, (50, 95)) * 1000
    return round(float(p50), 1), round(float(p95), 1)
