"""The skills that a campaign targets, frozen when it opens: later releases replace challenges, never what is expected of people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from chalicelib.content.releases import Release
from chalicelib.engine.bank import LEVELS
from chalicelib.kernel.errors import InvalidError


@dataclass(frozen=True)
class Targeted:
    """The targeted levels of each topic, by its id. Raises ValueError when there is none, or they are not 1 to 8 and increasing."""

    levels: Mapping[str, tuple[int, ...]]

    def __post_init__(self) -> None:
        if not self.levels:
            raise ValueError("nothing is targeted")
        for topic, levels in self.levels.items():
            if not levels or list(levels) != sorted(set(levels)) or not 1 <= levels[0] <= levels[-1] <= LEVELS:
                raise ValueError(f"{topic}: levels are 1 to {LEVELS}, increasing, at least one")

    def encoded(self) -> dict[str, list[int]]:
        """The canonical form that is stored: JSON values, topics in order of id."""
        return {topic: list(self.levels[topic]) for topic in sorted(self.levels)}

    @classmethod
    def decoded(cls, stored: Mapping[str, list[int]]) -> Targeted:
        """What `encoded` encoded; raises ValueError as the class does."""
        return cls({topic: tuple(levels) for topic, levels in stored.items()})

    def held_by(self, release: Release) -> dict[int, tuple[int, ...]]:
        """What of it this release can ask: levels by the topic's place, in the framework's order."""
        there = ((release.topic_index.get(topic), levels) for topic, levels in self.levels.items())
        held = {place: _rungs(release, place, levels) for place, levels in there if place is not None}
        return {place: held[place] for place in sorted(held) if held[place]}

    def withdrawn_from(self, release: Release) -> dict[str, tuple[int, ...]]:
        """What of it this release can no longer ask: levels by the topic's id, in order of id."""
        held = {release.topics[place].id: levels for place, levels in self.held_by(release).items()}
        gone = {
            topic: tuple(one for one in self.levels[topic] if one not in held.get(topic, ())) for topic in sorted(self.levels)
        }
        return {topic: levels for topic, levels in gone.items() if levels}


def freeze(release: Release, caps: Mapping[str, int]) -> Targeted:
    """The rungs of these topics' ladders up to their caps; raises `InvalidError("nothing-targeted")` when there is none.

    `left_out` tells the topics that it leaves out.
    """
    rungs = {topic: _up_to(release, topic, cap) for topic, cap in caps.items()}
    if not any(rungs.values()):
        raise InvalidError("nothing-targeted", "The content has none of the skills that this target profile names.")
    return Targeted({topic: levels for topic, levels in rungs.items() if levels})


def left_out(release: Release, caps: Mapping[str, int]) -> tuple[str, ...]:
    """The topics that the release does not have, or that have no rung up to their cap, in order of id."""
    return tuple(topic for topic in sorted(caps) if not _up_to(release, topic, caps[topic]))


def _up_to(release: Release, topic: str, cap: int) -> tuple[int, ...]:
    place = release.topic_index.get(topic)
    return () if place is None else _rungs(release, place, tuple(range(1, min(cap, LEVELS) + 1)))


def _rungs(release: Release, place: int, levels: tuple[int, ...]) -> tuple[int, ...]:
    there = np.flatnonzero(release.ladder[place]) + 1
    return tuple(level for level in levels if level in there)
