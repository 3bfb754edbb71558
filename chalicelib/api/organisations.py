"""Routes of organisations, their members and their invitations."""

from __future__ import annotations

from chalicelib.api.endpoint import Call, Endpoint, Reply, Who, endpoint
from chalicelib.api.idempotency import checked_key
from chalicelib.api.organisation_forms import (
    AcceptIn,
    EditIn,
    GoneOut,
    InvitationOut,
    InvitationsOut,
    InvitedOut,
    MemberOut,
    MembersOut,
    OrganisationIn,
    OrganisationOut,
    OrganisationsOut,
    RoleIn,
)
from chalicelib.campaigns.organisations.access import Action
from chalicelib.identity.limits import Purpose
from chalicelib.kernel.errors import NotFoundError
from chalicelib.wiring import Services

_PATH = "/v1/organisations/{organisation_id}"


@endpoint(
    "POST",
    "/v1/organisations",
    who=Who.ACCOUNT,
    body=OrganisationIn,
    reply=OrganisationOut,
    statuses=(200, 201, 404, 409),
    idempotency_key=True,
)
def create_organisation(services: Services, call: Call) -> Reply:
    """Create an organisation, and be its first admin.

    Anybody with an account may. An `Idempotency-Key` (20 to 128 letters, digits, `-` or `_`) makes it safe to repeat: 200 gives
    back what the first request created.
    """
    created, new = services.creating_organisations.create(call.person_id, call.body.wish, checked_key(call.idempotency_key))
    return Reply(OrganisationOut.of(created), 201 if new else 200)


@endpoint("GET", "/v1/me/organisations", who=Who.ACCOUNT, reply=OrganisationsOut)
def list_my_organisations(services: Services, call: Call) -> OrganisationsOut:
    """List the organisations one is a member of, by name."""
    found = services.organisations.of_person(call.person_id)
    return OrganisationsOut(organisations=[OrganisationOut.of(one) for one in found])


@endpoint("GET", _PATH, who=Who.ACCOUNT, reply=OrganisationOut, statuses=(200, 404))
def read_organisation(services: Services, call: Call) -> OrganisationOut:
    """Read an organisation that one is a member of."""
    membership = services.access.require(call.person_id, call.path["organisation_id"], Action.READ_ORGANISATION)
    return OrganisationOut.of(membership)


@endpoint("POST", _PATH, who=Who.ACCOUNT, body=EditIn, reply=OrganisationOut, statuses=(200, 404))
def edit_organisation(services: Services, call: Call) -> OrganisationOut:
    """Change what an organisation is called and its places, as an admin.

    What the body does not say is as when nothing was ever said: no quota, and the policy `warn`.
    """
    body: EditIn = call.body
    organisation_id = call.path["organisation_id"]
    return OrganisationOut.of(services.organisations.edit(call.person_id, organisation_id, body.name, body.chosen_places))


@endpoint("POST", f"{_PATH}/delete", who=Who.ACCOUNT, reply=GoneOut, statuses=(200, 404))
def delete_organisation(services: Services, call: Call) -> GoneOut:
    """Delete an organisation, as an admin.

    From then on there is no such organisation for anybody. Those created under it stay.
    """
    organisation_id = call.path["organisation_id"]
    services.organisations.delete(call.person_id, organisation_id)
    return GoneOut(gone=organisation_id)


@endpoint(
    "POST",
    f"{_PATH}/children",
    who=Who.ACCOUNT,
    body=OrganisationIn,
    reply=OrganisationOut,
    statuses=(200, 201, 404, 409),
    idempotency_key=True,
)
def create_child_organisation(services: Services, call: Call) -> Reply:
    """Create an organisation under another one, as its admin, and be the first admin of both.

    A tree has at most five levels. It is safe to repeat with an `Idempotency-Key`, as for any organisation.
    """
    created, new = services.creating_organisations.create_child(
        call.person_id, call.path["organisation_id"], call.body.wish, checked_key(call.idempotency_key)
    )
    return Reply(OrganisationOut.of(created), 201 if new else 200)


@endpoint("GET", f"{_PATH}/members", who=Who.ACCOUNT, reply=MembersOut, statuses=(200, 404))
def list_members(services: Services, call: Call) -> MembersOut:
    """List the members of an organisation, since the longest first."""
    found = services.members.members(call.person_id, call.path["organisation_id"])
    return MembersOut(members=[MemberOut.of(one) for one in found])


@endpoint("POST", f"{_PATH}/members/{{person_id}}", who=Who.ACCOUNT, body=RoleIn, reply=MemberOut, statuses=(200, 404, 409))
def change_role(services: Services, call: Call) -> MemberOut:
    """Give a member a role, as an admin.

    The last admin keeps theirs. Asking again changes nothing.
    """
    organisation_id, person_id = call.path["organisation_id"], call.path["person_id"]
    return MemberOut.of(services.members.change_role(call.person_id, organisation_id, person_id, call.body.role))


@endpoint("POST", f"{_PATH}/members/{{person_id}}/remove", who=Who.ACCOUNT, reply=GoneOut, statuses=(200, 404, 409))
def remove_member(services: Services, call: Call) -> GoneOut:
    """Remove a member, as an admin.

    They are out at once, whatever their token says. The last admin stays.
    """
    person_id = call.path["person_id"]
    services.members.remove(call.person_id, call.path["organisation_id"], person_id)
    return GoneOut(gone=person_id)


@endpoint("GET", f"{_PATH}/invitations", who=Who.ACCOUNT, reply=InvitationsOut, statuses=(200, 404))
def list_invitations(services: Services, call: Call) -> InvitationsOut:
    """List the invitations of an organisation, as an admin, the latest first."""
    found = services.inviting.invitations(call.person_id, call.path["organisation_id"])
    now = services.ports.clock.now()
    return InvitationsOut(invitations=[InvitationOut.of(one, now) for one in found])


@endpoint("POST", f"{_PATH}/invitations", who=Who.ACCOUNT, body=RoleIn, reply=InvitedOut, statuses=(201, 404))
def invite_member(services: Services, call: Call) -> Reply:
    """Invite somebody to be a member with this role, as an admin.

    The code in the reply makes one person a member, once, within 14 days. It is not kept: who loses it withdraws the invitation and
    makes another one.
    """
    made, code = services.inviting.invite(call.person_id, call.path["organisation_id"], call.body.role)
    told = InvitationOut.of(made, services.ports.clock.now())
    return Reply(InvitedOut(invitation=told, code=code), 201)


@endpoint(
    "POST",
    f"{_PATH}/invitations/{{invitation_id}}/withdraw",
    who=Who.ACCOUNT,
    reply=InvitationOut,
    statuses=(200, 404, 409),
)
def withdraw_invitation(services: Services, call: Call) -> InvitationOut:
    """Withdraw an invitation, as an admin.

    One that was accepted stays so: remove the member instead. Asking again changes nothing.
    """
    path = call.path
    withdrawn = services.inviting.withdraw(call.person_id, path["organisation_id"], path["invitation_id"])
    return InvitationOut.of(withdrawn, services.ports.clock.now())


@endpoint(
    "POST", "/v1/invitations/accept", who=Who.ACCOUNT, body=AcceptIn, reply=OrganisationOut, statuses=(200, 404, 409, 429)
)
def accept_invitation(services: Services, call: Call) -> OrganisationOut:
    """Accept an invitation by its code, and be a member.

    Asking again gives the same. A code that would give no more than one has is left for somebody else. Wrong codes are counted, and
    whoever sends too many of them waits.
    """
    services.limiting.admit(Purpose.INVITATION_CODE, call.caller)
    try:
        accepted = services.accepting.accept(call.person_id, call.body.code)
    except NotFoundError:
        services.limiting.failed(Purpose.INVITATION_CODE, call.caller)
        raise
    return OrganisationOut.of(accepted)


ENDPOINTS: tuple[Endpoint, ...] = (
    create_organisation,
    list_my_organisations,
    read_organisation,
    edit_organisation,
    delete_organisation,
    create_child_organisation,
    list_members,
    change_role,
    remove_member,
    list_invitations,
    invite_member,
    withdraw_invitation,
    accept_invitation,
)
