"""Routes of target profiles: the templates of the content, and the profiles of organisations."""

from __future__ import annotations

from chalicelib.api.endpoint import Call, Endpoint, Reply, Who, endpoint
from chalicelib.api.idempotency import checked_key
from chalicelib.api.organisation_forms import GoneOut
from chalicelib.api.target_profile_forms import (
    TargetProfileCardOut,
    TargetProfileEditIn,
    TargetProfileIn,
    TargetProfileOut,
    TargetProfilesOut,
    TargetProfilesQuery,
    TemplatesOut,
)
from chalicelib.campaigns.organisations.access import Action
from chalicelib.content.releases import Release
from chalicelib.wiring import Services

_PATH = "/v1/organisations/{organisation_id}/target-profiles"


@endpoint("GET", "/v1/target-profiles", who=Who.ANYONE, reply=TemplatesOut)
def list_templates(services: Services, call: Call) -> TemplatesOut:
    """Read the target profiles that the current content carries, whole.

    Everybody may use and copy them. The duration is that of somebody of whom nothing is known yet.
    """
    del call
    release = _release(services)
    return TemplatesOut(templates=[TargetProfileOut.of(one, release) for one in services.target_profiles.templates()])


@endpoint("GET", _PATH, who=Who.ACCOUNT, query=TargetProfilesQuery, reply=TargetProfilesOut, statuses=(200, 404))
def list_target_profiles(services: Services, call: Call) -> TargetProfilesOut:
    """List the templates and the organisation's own target profiles, those in order of their ids."""
    organisation_id = _allowed(services, call, Action.READ_ORGANISATION)
    query: TargetProfilesQuery = call.query
    release, profiles = _release(services), services.target_profiles
    own = profiles.listed(organisation_id, query.after, query.limit)
    return TargetProfilesOut(
        templates=[TargetProfileCardOut.of(one, release) for one in profiles.templates()],
        profiles=[TargetProfileCardOut.of(one, release) for one in own],
        after=own[-1].profile.id if len(own) == query.limit else None,
    )


@endpoint(
    "POST",
    _PATH,
    who=Who.ACCOUNT,
    body=TargetProfileIn,
    reply=TargetProfileOut,
    statuses=(200, 201, 404, 409),
    idempotency_key=True,
)
def create_target_profile(services: Services, call: Call) -> Reply:
    """Create a target profile of the organisation's own, from what it holds or as a copy.

    Every topic must be in the current content, up to a level that its ladder has. An `Idempotency-Key` (20 to 128 letters, digits,
    `-` or `_`) makes it safe to repeat: 200 gives back what the first request created.
    """
    organisation_id = _allowed(services, call, Action.MANAGE_TARGET_PROFILES)
    body: TargetProfileIn = call.body
    profiles, key = services.target_profiles, checked_key(call.idempotency_key)
    if body.copy_of is not None:
        kept, new = profiles.copy(organisation_id, body.copy_of, body.title, key)
    else:
        assert body.targets is not None
        kept, new = profiles.create(organisation_id, body.targets, key)
    return Reply(TargetProfileOut.of(kept, _release(services)), 201 if new else 200)


@endpoint("GET", f"{_PATH}/{{profile_id}}", who=Who.ACCOUNT, reply=TargetProfileOut, statuses=(200, 404))
def read_target_profile(services: Services, call: Call) -> TargetProfileOut:
    """Read a template or one of the organisation's own target profiles."""
    organisation_id = _allowed(services, call, Action.READ_ORGANISATION)
    return TargetProfileOut.of(services.target_profiles.read(organisation_id, call.path["profile_id"]), _release(services))


@endpoint(
    "POST",
    f"{_PATH}/{{profile_id}}",
    who=Who.ACCOUNT,
    body=TargetProfileEditIn,
    reply=TargetProfileOut,
    statuses=(200, 404, 409),
)
def edit_target_profile(services: Services, call: Call) -> TargetProfileOut:
    """Change a target profile of the organisation's own.

    A campaign that is open keeps what it froze. The version says what was read: 409 when somebody changed it meanwhile.
    """
    organisation_id = _allowed(services, call, Action.MANAGE_TARGET_PROFILES)
    body: TargetProfileEditIn = call.body
    edited = services.target_profiles.edit(organisation_id, call.path["profile_id"], body.targets, body.version)
    return TargetProfileOut.of(edited, _release(services))


@endpoint("POST", f"{_PATH}/{{profile_id}}/delete", who=Who.ACCOUNT, reply=GoneOut, statuses=(200, 404))
def delete_target_profile(services: Services, call: Call) -> GoneOut:
    """Delete a target profile of the organisation's own. A campaign that was opened with it goes on."""
    organisation_id = _allowed(services, call, Action.MANAGE_TARGET_PROFILES)
    services.target_profiles.delete(organisation_id, call.path["profile_id"])
    return GoneOut(gone=call.path["profile_id"])


def _allowed(services: Services, call: Call, action: Action) -> str:
    """The organisation in the path, where the caller may do this."""
    return services.access.require(call.person_id, call.path["organisation_id"], action).organisation_id


def _release(services: Services) -> Release:
    return services.ports.releases.get(services.ports.releases.current())


ENDPOINTS: tuple[Endpoint, ...] = (
    list_templates,
    list_target_profiles,
    create_target_profile,
    read_target_profile,
    edit_target_profile,
    delete_target_profile,
)
