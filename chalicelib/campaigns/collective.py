"""Collective results of a campaign: how many began, completed and shared, and what those who shared came to.

A person counts once: as having begun and completed if they ever did, and with what they shared last. Nothing of who did not share counts
but that they began and completed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.assessments.ports import LogStore
from chalicelib.campaigns.counters.counting import CountParticipations
from chalicelib.campaigns.counters.disclosure import K_OF_CAMPAIGNS, Shown, may_be_shown, shown_cells
from chalicelib.campaigns.counters.finished import CORRECTIONS
from chalicelib.campaigns.counters.model import Participation as Counted
from chalicelib.campaigns.counters.model import Totals
from chalicelib.campaigns.counters.ports import ParticipationSource
from chalicelib.campaigns.participation import Participation
from chalicelib.campaigns.ports import ParticipationStore

CAMPAIGN = "campaign:"
STARTED, COMPLETED, SHARED = "started", "completed", "shared"
DECILES = 10
ROWS, MANY_ROWS, MANY_PEOPLE = 8, 128, 20_000
"""Rows of a view, and of one that so many people or more are expected in: none takes more than 100 writes a second."""


def view_of(campaign_id: str) -> str:
    """The view of a campaign."""
    return CAMPAIGN + campaign_id


def rows_for(expected_people: int | None) -> int:
    """How many rows the view of a campaign gets for so many people."""
    return MANY_ROWS if (expected_people or 0) >= MANY_PEOPLE else ROWS


def mastery_total(decile: int) -> str:
    """Name of the total of persons who share a mastery of at least so many tenths, and less than the next."""
    return f"mastery-{decile}"


def stage_total(number: int) -> str:
    """Name of the total of persons whose highest stage this is; 0 for none."""
    return f"stage-{number}"


@dataclass(frozen=True)
class CampaignParticipations:
    """What each person adds to the view of a campaign (port `ParticipationSource`): a function of their attempts and their logs."""

    participations: ParticipationStore
    log: LogStore

    def wanted(self, view: str, participant: str) -> Counted:
        """Of a rank that grows with each attempt, each end and each sharing: the highest one knows them all."""
        attempts = self.participations.participations(participant, view.removeprefix(CAMPAIGN))
        if not attempts:
            return Counted.none(participant)
        completed = [one for one in attempts if one.shared or self._is_completed(one)]
        shared = [one for one in attempts if one.shared]
        totals = {STARTED: 1}
        if completed:
            totals[COMPLETED] = 1
        if shared:
            totals |= _of_results(shared[-1].results or {})
        return Counted(participant, CORRECTIONS * (len(attempts) + len(completed) + len(shared)), totals)

    def _is_completed(self, participation: Participation) -> bool:
        tail = self.log.tail(participation.assessment)
        return tail is not None and tail.last.state.stop is not None


def _of_results(results: dict[str, Any]) -> dict[str, int]:
    mastery, stage = results["mastery"], results["stage"]
    decile = DECILES * mastery["acquired"] // max(mastery["targeted"], 1)
    reached = stage["reached"]["number"] if stage["reached"] else 0
    return {SHARED: 1, mastery_total(decile): 1, stage_total(reached): 1}


@dataclass(frozen=True)
class CountCampaigns:
    """Counts people in the views of the campaigns that they moved on in."""

    source: CampaignParticipations
    counting: CountParticipations

    def count(self, moved: Iterable[tuple[str, str]]) -> None:
        """Count these (campaign, person), each as they stand now. Raises as `CountParticipations.count` does; safe to repeat."""
        by_view: dict[str, set[str]] = {}
        for campaign, person in moved:
            by_view.setdefault(view_of(campaign), set()).add(person)
        for view, persons in sorted(by_view.items()):
            wanted = [one for one in (self.source.wanted(view, person) for person in sorted(persons)) if one.rank]
            if wanted:  # a message about nobody makes no view
                self.counting.count(view, wanted)


@dataclass(frozen=True)
class EveryView:
    """What participants add to any view (port `ParticipationSource`)."""

    national: ParticipationSource
    campaigns: ParticipationSource

    def wanted(self, view: str, participant: str) -> Counted:
        """As the source of this kind of view says."""
        source = self.campaigns if view.startswith(CAMPAIGN) else self.national
        return source.wanted(view, participant)


@dataclass(frozen=True)
class CollectiveFigures:
    """What an organisation is shown; None for what too few persons stand behind, or would tell of what is hidden."""

    started: int
    completed: int
    shared: int | None
    mastery: Shown
    """Persons by tenths of mastery, 0 to 10."""
    stages: Shown
    """Persons by the highest stage they reached, 0 for none."""


def shown(totals: Totals, thresholds: Sequence[int]) -> CollectiveFigures:
    """The figures of a campaign whose stages have these thresholds, with what must be hidden as None.

    Both distributions are of the same mastery, so one could tell what the other hides. Tenths are shown only where nothing of either is
    hidden and stages begin where tenths do: then stages are sums of tenths, and tell no more.
    """
    shared = totals.get(SHARED, 0)
    mastery = {str(decile): totals.get(mastery_total(decile), 0) for decile in range(DECILES + 1)}
    reached = {str(number): totals.get(stage_total(number), 0) for number in range(len(thresholds) + 1)}
    visible = may_be_shown(shared, K_OF_CAMPAIGNS)
    stages_shown = shown_cells(reached, K_OF_CAMPAIGNS) if visible else dict.fromkeys(reached)
    cells = (*stages_shown.values(), *shown_cells(mastery, K_OF_CAMPAIGNS).values())
    whole = visible and None not in cells and not any(threshold % DECILES for threshold in thresholds)
    return CollectiveFigures(
        started=totals.get(STARTED, 0),
        completed=totals.get(COMPLETED, 0),
        shared=shared if visible or not shared else None,
        mastery=dict(mastery) if whole else dict.fromkeys(mastery),
        stages=stages_shown,
    )
