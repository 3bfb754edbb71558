"""Routes of an organisation's clients, of their tokens, and of what a client asks about itself."""

from __future__ import annotations

from chalicelib.api.client_forms import (
    CallingClientOut,
    ClientIn,
    ClientOut,
    ClientsOut,
    IssuedOut,
    TokenIn,
    TokenOut,
)
from chalicelib.api.client_tokens import TOKEN_ERRORS, credentials
from chalicelib.api.endpoint import Call, Endpoint, Reply, Who, endpoint
from chalicelib.campaigns.organisations.access import Action
from chalicelib.identity.client_credentials import GRANT_TYPE
from chalicelib.kernel.errors import InvalidError
from chalicelib.wiring import Services

_PATH = "/v1/organisations/{organisation_id}/clients"
_ONE = _PATH + "/{client_id}"


@endpoint("GET", _PATH, who=Who.ACCOUNT, reply=ClientsOut, statuses=(200, 404))
def list_clients(services: Services, call: Call) -> ClientsOut:
    """List the clients of an organisation, as an admin, those that are revoked too."""
    organisation_id = _managed(services, call)
    return ClientsOut(clients=[ClientOut.of(one) for one in services.managing_clients.clients(organisation_id)])


@endpoint("POST", _PATH, who=Who.ACCOUNT, body=ClientIn, reply=IssuedOut, statuses=(201, 404, 409))
def create_client(services: Services, call: Call) -> Reply:
    """Create a client of an organisation, as an admin; its secret is shown now and never again.

    When the reply is lost, the client is in the list, and nobody knows its secret: add one, or revoke the client.
    """
    organisation_id = _managed(services, call)
    body: ClientIn = call.body
    issued = services.managing_clients.create(organisation_id, body.label, body.scopes)
    return Reply(IssuedOut.of(issued), 201)


@endpoint("POST", f"{_ONE}/secrets", who=Who.ACCOUNT, reply=IssuedOut, statuses=(201, 404, 409))
def add_client_secret(services: Services, call: Call) -> Reply:
    """Add a second secret to a client, as an admin, to change over without a break; it is shown now and never again.

    Give it to the program, then revoke the first one.
    """
    issued = services.managing_clients.add_secret(_managed(services, call), call.path["client_id"])
    return Reply(IssuedOut.of(issued), 201)


@endpoint("POST", f"{_ONE}/secrets/{{secret_id}}/revoke", who=Who.ACCOUNT, reply=ClientOut, statuses=(200, 404))
def revoke_client_secret(services: Services, call: Call) -> ClientOut:
    """Revoke a secret of a client, as an admin: it gets no token any more.

    Tokens that it got before last their ten minutes. Asking again changes nothing.
    """
    organisation_id = _managed(services, call)
    changed = services.managing_clients.revoke_secret(organisation_id, call.path["client_id"], call.path["secret_id"])
    return ClientOut.of(changed)


@endpoint("POST", f"{_ONE}/revoke", who=Who.ACCOUNT, reply=ClientOut, statuses=(200, 404))
def revoke_client(services: Services, call: Call) -> ClientOut:
    """Revoke a client for good, as an admin: with all its secrets and tokens.

    Asking again changes nothing.
    """
    return ClientOut.of(services.managing_clients.revoke(_managed(services, call), call.path["client_id"]))


@endpoint(
    "POST",
    "/v1/token",
    who=Who.ANYONE,
    body=TokenIn,
    reply=TokenOut,
    statuses=(200, 401, 429),
    form=True,
    errors=TOKEN_ERRORS,
)
def issue_token(services: Services, call: Call) -> Reply:
    """Get a token for a client (OAuth 2.0, RFC 6749 section 4.4).

    The body is a form. The client's id and secret stand in it or in an `Authorization: Basic` header. Errors are those of section
    5.2. Wrong secrets are counted, and whoever sends too many of them waits.
    """
    body: TokenIn = call.body
    client_id, secret = credentials(call.authorization, body)
    if body.grant_type != GRANT_TYPE:
        raise InvalidError("unsupported-grant-type", f"The grant type is {GRANT_TYPE}.")
    granted = services.authenticating_clients.grant(client_id, secret, body.scope, call.caller)
    return Reply(TokenOut.of(granted), headers={"Pragma": "no-cache"})


@endpoint("GET", "/v1/client", who=Who.CLIENT, reply=CallingClientOut)
def read_calling_client(services: Services, call: Call) -> CallingClientOut:
    """Read who a client's token says is asking: organisation, client, scopes.

    It reads that the client still lives.
    """
    client = services.authenticating_clients.living(call.client)
    return CallingClientOut(
        organisation=client.organisation_id, client=client.id, label=client.label, scopes=sorted(call.client.scopes)
    )


def _managed(services: Services, call: Call) -> str:
    """The organisation in the path, whose clients the person may manage."""
    organisation_id = call.path["organisation_id"]
    services.access.require(call.person_id, organisation_id, Action.MANAGE_CLIENTS)
    return organisation_id


ENDPOINTS: tuple[Endpoint, ...] = (
    list_clients,
    create_client,
    add_client_secret,
    revoke_client_secret,
    revoke_client,
    issue_token,
    read_calling_client,
)
