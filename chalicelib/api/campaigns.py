"""Routes of campaigns: launching them, and taking them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from chalicelib.api.anonymous import pass_for, somebody_new
from chalicelib.api.campaign_forms import (
    CampaignCardOut,
    CampaignEditIn,
    CampaignIn,
    CampaignOut,
    CampaignsOut,
    CampaignsQuery,
    CardQuery,
    CollectiveOut,
    JoinedOut,
    JoinIn,
    ParticipationOut,
    SettingsIn,
    SettingsOut,
    SharedQuery,
    SharedResultOut,
    SharedResultsOut,
)
from chalicelib.api.endpoint import Call, Endpoint, Reply, Who, endpoint
from chalicelib.api.idempotency import checked_key
from chalicelib.assessments.starting import Wish
from chalicelib.campaigns.campaign import Campaign, Settings, Stored, why_closed
from chalicelib.campaigns.codes import read_code
from chalicelib.campaigns.collective import shown, view_of
from chalicelib.campaigns.mastery.participation_results import ParticipationResults
from chalicelib.campaigns.organisations.access import Action
from chalicelib.campaigns.participation import Participation
from chalicelib.campaigns.taking import Entrance
from chalicelib.identity.limits import Purpose
from chalicelib.kernel.clock import Instant, from_datetime, to_datetime
from chalicelib.kernel.errors import NotFoundError
from chalicelib.wiring import Services

_OF_ORGANISATION = "/v1/organisations/{organisation_id}/campaigns"
_CAMPAIGN = _OF_ORGANISATION + "/{campaign_id}"


@endpoint(
    "POST",
    _OF_ORGANISATION,
    who=Who.ACCOUNT,
    body=CampaignIn,
    reply=CampaignOut,
    statuses=(200, 201, 404, 409),
    idempotency_key=True,
)
def create_campaign(services: Services, call: Call) -> Reply:
    """Make a campaign, and open it at once if asked to.

    An `Idempotency-Key` makes this safe to repeat: the same key gives the same campaign.
    """
    organisation = _organisation(services, call, Action.MANAGE_CAMPAIGNS)
    body: CampaignIn = call.body
    launching = services.launching
    stored, new = launching.create(
        organisation, body.target_profile, _settings(body.settings), checked_key(call.idempotency_key)
    )
    if body.open:
        stored = launching.open(organisation, stored.campaign.id)
    return Reply(_campaign(stored), 201 if new else 200)


@endpoint("GET", _OF_ORGANISATION, who=Who.ACCOUNT, query=CampaignsQuery, reply=CampaignsOut, statuses=(200, 404))
def list_campaigns(services: Services, call: Call) -> CampaignsOut:
    """List the organisation's campaigns, in the order of their ids."""
    organisation = _organisation(services, call, Action.READ_RESULTS)
    found = services.launching.listed(organisation, call.query.after, call.query.limit)
    after = found[-1].campaign.id if len(found) == call.query.limit else None
    return CampaignsOut(campaigns=[_campaign(one) for one in found], after=after)


@endpoint("GET", _CAMPAIGN, who=Who.ACCOUNT, reply=CampaignOut, statuses=(200, 404))
def read_campaign(services: Services, call: Call) -> CampaignOut:
    """Read a campaign."""
    organisation = _organisation(services, call, Action.READ_RESULTS)
    return _campaign(services.launching.read(organisation, call.path["campaign_id"]))


@endpoint("POST", _CAMPAIGN, who=Who.ACCOUNT, body=CampaignEditIn, reply=CampaignOut, statuses=(200, 404, 409))
def edit_campaign(services: Services, call: Call) -> CampaignOut:
    """Change the settings that may still change.

    In a draft all of them; once it is open the name, the welcome, the closing date (an exam's only to a later one) and whether it may be
    taken again; when it is archived the name.
    """
    organisation = _organisation(services, call, Action.MANAGE_CAMPAIGNS)
    body: CampaignEditIn = call.body
    return _campaign(services.launching.edit(organisation, call.path["campaign_id"], _settings(body.settings), body.version))


@endpoint("POST", _CAMPAIGN + "/open", who=Who.ACCOUNT, reply=CampaignOut, statuses=(200, 404))
def open_campaign(services: Services, call: Call) -> CampaignOut:
    """Open a campaign, for the first time or again.

    The first time it gets its code, and the skills that it expects are frozen.
    """
    organisation = _organisation(services, call, Action.MANAGE_CAMPAIGNS)
    return _campaign(services.launching.open(organisation, call.path["campaign_id"]))


@endpoint("POST", _CAMPAIGN + "/archive", who=Who.ACCOUNT, reply=CampaignOut, statuses=(200, 404, 409))
def archive_campaign(services: Services, call: Call) -> CampaignOut:
    """Close a campaign to everybody new.

    Within a minute. Whoever began goes on to the end, and shares nothing more.
    """
    organisation = _organisation(services, call, Action.MANAGE_CAMPAIGNS)
    return _campaign(services.launching.archive(organisation, call.path["campaign_id"]))


@endpoint("GET", _CAMPAIGN + "/results", who=Who.ACCOUNT, reply=CollectiveOut, statuses=(200, 404))
def read_collective_results(services: Services, call: Call) -> CollectiveOut:
    """Read what a campaign came to so far.

    How many began, completed and shared; of those who shared, how much of what is expected they acquired, and which stage they reached.
    Each person counts once. Small counts are hidden.
    """
    organisation = _organisation(services, call, Action.READ_RESULTS)
    campaign = services.launching.read(organisation, call.path["campaign_id"]).campaign
    summary = services.ports.counters.summary(view_of(campaign.id))
    stages = () if campaign.frozen is None else services.finding_campaigns.expected(campaign.id).targets.stages
    figures = shown({} if summary is None else summary.totals, [stage.threshold for stage in stages])
    return CollectiveOut(as_of=None if summary is None else to_datetime(summary.at), **asdict(figures))


@endpoint("GET", _CAMPAIGN + "/shared-results", who=Who.ACCOUNT, query=SharedQuery, reply=SharedResultsOut, statuses=(200, 404))
def list_shared_results(services: Services, call: Call) -> SharedResultsOut:
    """List what people shared, each as it was on the day they shared it.

    In no particular order, and always the same one.
    """
    organisation = _organisation(services, call, Action.READ_RESULTS)
    campaign = services.launching.read(organisation, call.path["campaign_id"]).campaign
    found = services.ports.participations.given(campaign.id, call.query.after, call.query.limit)
    return SharedResultsOut(
        results=[
            SharedResultOut(
                assessment_id=one.assessment,
                attempt=one.attempt,
                external_id=one.external_id,
                joined_at=to_datetime(one.joined_at),
                shared_at=to_datetime(one.shared_at),
                results=one.results,
            )
            for one in found
        ],
        after=found[-1].assessment if len(found) == call.query.limit else None,
    )


@endpoint("GET", "/v1/campaigns/{code}", who=Who.ANYONE, query=CardQuery, reply=CampaignCardOut, statuses=(200, 404, 429))
def read_campaign_card(services: Services, call: Call) -> CampaignCardOut:
    """Read what a code leads to, before entering.

    Case, spaces and hyphens in the code do not matter. Whoever tries many wrong codes waits.
    """
    campaign, locale = _by_code(services, call, call.path["code"]), call.query.locale
    settings, expected = campaign.settings, services.finding_campaigns.expected(campaign.id)
    assert campaign.code is not None
    return CampaignCardOut(
        code=campaign.code,
        name=settings.name,
        kind=settings.kind,
        title=expected.targets.title.in_(locale),
        welcome=None if settings.welcome is None else settings.welcome.in_(locale),
        external_id=settings.external_id,
        anonymous=settings.anonymous,
        skills=sum(len(levels) for levels in expected.skills.values()),
        budget_minutes=settings.budget_minutes,
        closes_at=_datetime(settings.closes_at),
        takes_people=why_closed(campaign, services.ports.clock.now()) is None,
    )


@endpoint(
    "POST",
    "/v1/participations",
    who=Who.MAYBE,
    body=JoinIn,
    reply=JoinedOut,
    statuses=(200, 201, 404, 409, 429),
    idempotency_key=True,
)
def join_campaign(services: Services, call: Call) -> Reply:
    """Enter a campaign by its code, or go on where one was.

    With a person's token, on whatever device. Without one, where the campaign allows it, somebody new enters; the reply carries a
    token for this assessment, and an `Idempotency-Key` makes the start safe to repeat.
    """
    body: JoinIn = call.body
    _by_code(services, call, body.code)
    wish = Wish("", body.locale, tuple(sorted(set(body.needs))), body.device)
    entrance = Entrance(body.code, wish, body.external_id, body.again)
    opened = None
    if call.principal is not None:
        call.principal.may_use_account()
        joined = services.taking.join(call.principal.person_id, entrance, anonymous=False)
    else:
        person_id = somebody_new(services, call.idempotency_key)
        joined = services.taking.join(person_id, entrance, anonymous=True)
        opened = pass_for(services, person_id, joined.progress.assessment_id)
    told = JoinedOut(
        campaign_id=joined.participation.campaign,
        attempt=joined.participation.attempt,
        assessment=joined.progress,
        shared=joined.participation.shared,
        token=opened and opened.token,
        token_expires_at=opened and opened.expires_at,
    )
    return Reply(told, 201 if joined.new else 200, assessment_id=joined.progress.assessment_id)


@endpoint(
    "GET",
    "/v1/assessments/{assessment_id}/participation",
    who=Who.ASSESSMENT,
    reply=ParticipationOut,
    statuses=(200, 404),
)
def read_participation(services: Services, call: Call) -> ParticipationOut:
    """Read which campaign an assessment is of, and whether it was shared."""
    return _participation(services.taking.participation(call.assessment_id, call.person_id))


@endpoint(
    "GET",
    "/v1/assessments/{assessment_id}/campaign-results",
    who=Who.ASSESSMENT,
    reply=ParticipationResults,
    statuses=(200, 404, 409),
)
def read_campaign_results(services: Services, call: Call) -> ParticipationResults:
    """Read what a participation came to, as soon as it is finished.

    Mastery in all, by competence and by topic; the stage reached; badges, with what is missing to the others; what to learn next.
    """
    return services.taking.results(call.assessment_id, call.person_id)


@endpoint(
    "POST",
    "/v1/assessments/{assessment_id}/share",
    who=Who.ASSESSMENT,
    reply=ParticipationOut,
    statuses=(200, 404, 409),
)
def share_results(services: Services, call: Call) -> ParticipationOut:
    """Give the results to the organisation, as they are today.

    It sees nothing of the person's before. Sharing again changes nothing.
    """
    return _participation(services.taking.share(call.assessment_id, call.person_id))


def _by_code(services: Services, call: Call, typed: str) -> Campaign:
    """The campaign of this code; a wrong one is a failure of whoever asks."""
    services.limiting.admit(Purpose.CAMPAIGN_CODE, call.caller)
    try:
        return services.finding_campaigns.by_code(read_code(typed))
    except NotFoundError:
        services.limiting.failed(Purpose.CAMPAIGN_CODE, call.caller)
        raise


def _organisation(services: Services, call: Call, action: Action) -> str:
    return services.access.require(call.person_id, call.path["organisation_id"], action).organisation_id


def _settings(form: SettingsIn) -> Settings:
    opens, closes = form.opens_at, form.closes_at
    return Settings(
        **form.model_dump(exclude={"opens_at", "closes_at"}),
        opens_at=None if opens is None else from_datetime(opens),
        closes_at=None if closes is None else from_datetime(closes),
    )


def _campaign(stored: Stored) -> CampaignOut:
    campaign = stored.campaign
    return CampaignOut(
        campaign_id=campaign.id,
        organisation_id=campaign.organisation,
        target_profile=campaign.profile,
        state=campaign.state.value,
        code=campaign.code,
        settings=_settings_of(campaign),
        created_at=to_datetime(campaign.created_at),
        opened_at=_datetime(campaign.opened_at),
        version=stored.version,
    )


def _settings_of(campaign: Campaign) -> SettingsOut:
    settings = campaign.settings
    return SettingsOut(
        **settings.model_dump(exclude={"opens_at", "closes_at"}),
        opens_at=_datetime(settings.opens_at),
        closes_at=_datetime(settings.closes_at),
    )


def _participation(participation: Participation) -> ParticipationOut:
    return ParticipationOut(
        assessment_id=participation.assessment,
        campaign_id=participation.campaign,
        attempt=participation.attempt,
        external_id=participation.external_id,
        joined_at=to_datetime(participation.joined_at),
        shared_at=_datetime(participation.shared_at),
    )


def _datetime(instant: Instant | None) -> datetime | None:
    return None if instant is None else to_datetime(instant)


ENDPOINTS: tuple[Endpoint, ...] = (
    create_campaign,
    list_campaigns,
    read_campaign,
    edit_campaign,
    open_campaign,
    archive_campaign,
    read_collective_results,
    list_shared_results,
    read_campaign_card,
    join_campaign,
    read_participation,
    read_campaign_results,
    share_results,
)
