"""The whole story of a campaign, played through the API and checked as it goes."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from chalicelib.content.releases import Release
from palier.story_agents import Conduct, Visit, draw_agents
from palier.story_checks import Wanted, collective_faults, results_faults, sharing_faults
from palier.story_employer import Employer, Launched
from palier.story_replies import LOST, BrokenError
from palier.story_visits import Crowd

LATE = 3
"""How many of those who left half-way come back after the archive; as many try to share then."""

Told = Callable[[int], None]
"""Hears how many people are done."""


@dataclass
class Story:
    """What happened."""

    seed: int
    visits: list[Visit] = field(default_factory=list)
    collective: dict[str, Any] = field(default_factory=dict)
    """As the organisation is shown them, last of all."""
    seen: list[dict[str, Any]] = field(default_factory=list)
    """The shared results that the organisation reads."""
    template: dict[str, Any] = field(default_factory=dict)
    crowd_seconds: float = 0.0
    crowd_answers: int = 0
    """In these seconds."""
    waited_seconds: float = 0.0
    """Until the collective results were up to date, from the last person's last request."""
    returned: int = 0
    """People who went on after the archive."""
    faults: list[str] = field(default_factory=list)
    """Of the organisation's side."""

    @property
    def broken(self) -> list[str]:
        """Every expectation that was broken."""
        return [*(one for visit in self.visits for one in visit.broken), *self.faults]


@dataclass(frozen=True)
class Cast:
    """Who plays, where, and with which luck."""

    api_url: str
    issue: Callable[[str], str]
    """A token for a person's id."""
    release: Release
    people: int
    at_once: int
    seed: int


def play_story(cast: Cast, told: Told) -> Story:
    """Play it to the end, or to where the organisation's side breaks. People of two runs are never the same."""
    run, story = secrets.token_hex(5), Story(cast.seed)
    employer = Employer(cast.api_url, cast.issue, run)
    try:
        launched = employer.launch()
        story.template = launched.template
        crowd = Crowd(cast.api_url, cast.issue, cast.release, launched.code, cast.seed)
        _take(story, cast, crowd, run, told)
        story.faults += _told_faults(story.visits, launched)
        _read(story, employer, launched)
        employer.archive(launched)
        _return_late(story, employer, crowd, launched)
    except BrokenError as error:
        story.faults.append(str(error))
    except LOST as error:
        story.faults.append(f"no reply to the organisation, {type(error).__name__}")
    return story


def _take(story: Story, cast: Cast, crowd: Crowd, run: str, told: Told) -> None:
    began = time.perf_counter()
    with ThreadPoolExecutor(cast.at_once) as pool:
        for done, visit in enumerate(pool.map(crowd.visit, draw_agents(cast.people, cast.seed, run)), start=1):
            story.visits.append(visit)
            told(done)
    story.crowd_seconds = time.perf_counter() - began
    story.crowd_answers = sum(len(visit.answers) for visit in story.visits)


def _told_faults(visits: list[Visit], launched: Launched) -> list[str]:
    return [
        f"{visit.agent.external_id}: {fault}"
        for visit in visits
        if visit.told is not None
        for fault in results_faults(visit.told, launched.template, launched.skills)
    ]


def _read(story: Story, employer: Employer, launched: Launched) -> None:
    """The collective results once they are up to date, and every page of shared ones."""
    wanted = Wanted.of(story.visits)
    story.collective, story.waited_seconds = employer.collective(launched, wanted.counts())
    story.seen = employer.shared_results(launched)
    story.faults += collective_faults(story.collective, wanted) + sharing_faults(story.visits, story.seen)


def _return_late(story: Story, employer: Employer, crowd: Crowd, launched: Launched) -> None:
    """After the archive some go on and nobody shares: the figures know of those who completed, and nobody counts twice."""
    left = [one for one in story.visits if one.agent.conduct is Conduct.LEAVES and one.told is None and one.assessment_id]
    kept = [one for one in story.visits if one.told is not None and not one.shared]
    for visit in (*left[:LATE], *kept[:LATE]):
        crowd.return_late(visit)
    returned = [one for one in left[:LATE] if one.told is not None]
    story.returned = len(returned)
    wanted = Wanted.of(story.visits)
    story.collective, _ = employer.collective(launched, wanted.counts())
    after = collective_faults(story.collective, wanted) + sharing_faults(story.visits, employer.shared_results(launched))
    story.faults += [f"after the archive: {fault}" for fault in (*_told_faults(returned, launched), *after)]
