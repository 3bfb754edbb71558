"""Giving results: what a participation came to, to its person; and, once they shared it, to the organisation.

That it was shared is an entry of the log, which owes a message. What follows is computed from the log alone, so that the request that
shares and the worker that gets the message write the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from chalicelib.assessments.desk import Courses
from chalicelib.assessments.model import EntryKind, Tail
from chalicelib.campaigns.finding import FindCampaigns
from chalicelib.campaigns.mastery.participation_results import ParticipationResults, results_of_participation
from chalicelib.campaigns.participation import Participation, begun, campaign_of, given_to_organisation, shared
from chalicelib.campaigns.ports import ParticipationStore
from chalicelib.kernel.errors import ConflictError


@dataclass(frozen=True)
class GiveResults:
    """Computes results and gives them to who may have them. Safe to repeat, by anyone at once."""

    finding: FindCampaigns
    participations: ParticipationStore
    courses: Courses

    def results(self, tail: Tail) -> ParticipationResults:
        """What a participation came to; raises `ConflictError` when it is not completed."""
        if tail.last.state.stop is None:
            raise ConflictError("assessment-not-finished", "This assessment is not finished.")
        frozen = self.finding.expected(campaign_of(tail.start))
        return results_of_participation(self.courses.of(tail.start), tail.last.state, frozen.skills, frozen.targets)

    def give(self, tail: Tail) -> Participation:
        """Give the organisation what was shared; raises `ConflictError` when nothing was."""
        if tail.last.kind is not EntryKind.SHARED:
            raise ConflictError("results-not-shared", "Nothing of this assessment was shared.")
        start, campaign = tail.start, campaign_of(tail.start)
        there = self.participations.participation(start.person_id, campaign, start.attempt)
        if there is None:  # whoever joined died before saying so
            there = self.participations.join(begun(start, self.finding.by_id(campaign).organisation))
        if not there.shared:
            there = self.participations.share(shared(there, told(self.results(tail)), tail.last.at))
        self.participations.give(given_to_organisation(there))
        return there


def told(results: ParticipationResults) -> dict[str, Any]:
    """What the organisation sees of results: not what the person was advised to learn."""
    seen: dict[str, Any] = json.loads(results.as_bytes())
    del seen["recommendations"]
    return seen
