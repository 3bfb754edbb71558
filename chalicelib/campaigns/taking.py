"""Taking a campaign: a person enters by a code, answers, reads what it came to at once, and shares it or not."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

from chalicelib.assessments.course import Course
from chalicelib.assessments.desk import Decision, Desk, following
from chalicelib.assessments.model import EntryKind, Start, Tail
from chalicelib.assessments.ports import EventSender
from chalicelib.assessments.starting import StartAssessment, StartOnce, Wish
from chalicelib.assessments.views import Progress
from chalicelib.campaigns.campaign import Campaign, Settings, State, solutions_open, why_closed
from chalicelib.campaigns.codes import read_code
from chalicelib.campaigns.finding import FindCampaigns
from chalicelib.campaigns.giving import GiveResults
from chalicelib.campaigns.mastery.participation_results import ParticipationResults
from chalicelib.campaigns.participation import Participation, begun, campaign_of
from chalicelib.campaigns.ports import ParticipationStore
from chalicelib.campaigns.target_profiles.duration import answers_within, duration_of
from chalicelib.kernel.clock import DAY, Instant, later, to_datetime
from chalicelib.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, UnavailableError
from chalicelib.kernel.events import CAMPAIGN_JOINED, CampaignJoined

RETRY_DAYS = 4
"""After which a campaign with several attempts may be taken again (rule book §3)."""


@dataclass(frozen=True)
class Entrance:
    """What a person brings to a campaign."""

    code: str
    wish: Wish
    """Language, needs and device."""
    external_id: str | None = None
    again: bool = False
    """Whether they want another attempt."""


@dataclass(frozen=True)
class Joined:
    """What entering gave."""

    progress: Progress
    participation: Participation
    new: bool


@dataclass(frozen=True)
class TakeCampaign:
    """A person's way through a campaign. Every step can be repeated."""

    finding: FindCampaigns
    starting: StartAssessment
    starting_once: StartOnce
    participations: ParticipationStore
    giving: GiveResults
    desk: Desk
    sender: EventSender

    def join(self, person_id: str, entrance: Entrance, *, anonymous: bool) -> Joined:
        """Begin, or go on: the same person has one attempt open at a time.

        Raises `NotFoundError` for an unknown code, `ConflictError` when it takes nobody now or it is too early to try again,
        `InvalidError` when the external id is missing or not asked for, `ForbiddenError` when an account is needed.
        """
        campaign = self.finding.by_code(read_code(entrance.code))
        settings = campaign.settings
        if anonymous and not settings.anonymous:
            raise ForbiddenError("account-needed", "This campaign is for people with an account; sign in to take it.")
        check_external_id(settings, entrance.external_id)
        starting = self.starting_once if anonymous else self.starting
        progress, new = starting.start(person_id, self._wish(campaign, entrance))
        if entrance.again and not new and progress.status == "finished":
            raise self._too_early(campaign, progress.assessment_id)
        tail = self.desk.tail(progress.assessment_id, person_id)
        joined = self.participations.join(begun(tail.start, campaign.organisation, entrance.external_id))
        if new:
            self._tell(joined)
        return Joined(progress, joined, new)

    def participation(self, assessment_id: str, person_id: str) -> Participation:
        """The participation that this assessment is; raises `NotFoundError` when it is of no campaign."""
        start = self.desk.tail(assessment_id, person_id).start
        found = None
        if start.purpose != "placement":
            found = self.participations.participation(person_id, campaign_of(start), start.attempt)
        if found is None:
            raise NotFoundError("participation-not-found", "This assessment is of no campaign.")
        return found

    def results(self, assessment_id: str, person_id: str) -> ParticipationResults:
        """What it came to, as soon as it is completed; raises `ConflictError` before."""
        tail = self.desk.tail(assessment_id, person_id)
        if tail.start.purpose == "placement":
            raise NotFoundError("participation-not-found", "This assessment is of no campaign.")
        return self.giving.results(tail)

    def share(self, assessment_id: str, person_id: str) -> Participation:
        """Give the results to the organisation, as they are today; sharing again changes nothing.

        Raises `ConflictError` when it is not completed, or when the campaign was archived meanwhile.
        """
        participation = self.participation(assessment_id, person_id)

        def decide(course: Course, tail: Tail, now: Instant) -> Decision:
            del course
            if tail.last.kind is EntryKind.SHARED:
                return tail.last.state
            if tail.last.state.stop is None:
                raise ConflictError("assessment-not-finished", "This assessment is not finished.")
            if self.finding.now(participation.campaign).state is State.ARCHIVED:
                raise ConflictError("campaign-archived", "This campaign is archived: nothing more is shared with it.")
            return following(tail, EntryKind.SHARED, now, "share", tail.last.state)

        self.desk.append(assessment_id, person_id, decide)
        return self.giving.give(self.desk.tail(assessment_id, person_id))

    def _wish(self, campaign: Campaign, entrance: Entrance) -> Wish:
        settings, frozen = campaign.settings, self.finding.expected(campaign.id)
        caps = {topic: max(levels) for topic, levels in frozen.skills.items()}
        releases, again = self.desk.courses.releases, None
        if settings.several_attempts:
            again = RETRY_DAYS * DAY if entrance.again else None
        return replace(
            entrance.wish,
            scope=campaign.scope,
            purpose="campaign" if settings.kind == "assessment" else "exam",
            caps=caps,
            length=answers_within(settings.budget_minutes, duration_of(releases.get(releases.current()), caps)),
            again_after=again,
            refusal=why_closed(campaign, self.desk.clock.now()),
        )

    def _tell(self, joined: Participation) -> None:
        """Tell that somebody began. When this is lost they count when their assessment ends, as all do."""
        data = CampaignJoined(campaign_id=joined.campaign, person_id=joined.person)
        with suppress(UnavailableError):
            self.sender.send(CAMPAIGN_JOINED.of(joined.assessment, data, joined.joined_at))

    def _too_early(self, campaign: Campaign, assessment_id: str) -> ConflictError:
        if not campaign.settings.several_attempts:
            return ConflictError("one-attempt-only", "This campaign is taken once.")
        tail = self.desk.log.tail(assessment_id)
        assert tail is not None
        available = to_datetime(later(tail.last.state.active_at, RETRY_DAYS * DAY)).isoformat()
        return ConflictError("too-early-to-retry", "It is too early for another attempt.", available_at=available)


@dataclass(frozen=True)
class ExamGate:
    """Keeps the solutions of an exam until it closes (port `SolutionGate`)."""

    finding: FindCampaigns

    def check(self, start: Start) -> None:
        """Raise `ConflictError` while the solutions of this exam may not be read."""
        if start.purpose != "exam":
            return
        settings = self.finding.now(campaign_of(start)).settings
        if not solutions_open(settings, self.finding.clock.now()):
            assert settings.closes_at is not None
            available = to_datetime(settings.closes_at).isoformat()
            raise ConflictError("solutions-not-yet", "Solutions are shown once the exam is over.", available_at=available)


def check_external_id(settings: Settings, given: str | None) -> None:
    """Raise `InvalidError` unless an external id is given exactly where one is asked for."""
    if settings.external_id is not None and not given:
        raise InvalidError("external-id-missing", "This campaign asks for an identifier.", label=settings.external_id)
    if settings.external_id is None and given:
        raise InvalidError("external-id-not-asked", "This campaign asks for no identifier.")
