"""Client credentials for a token (OAuth 2.0, RFC 6749 section 4.4), and whether the client behind a token still lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chalicelib.identity.clients import Client, ClientStore, known_scopes, split_client_id
from chalicelib.identity.limiting import Caller, LimitFailures
from chalicelib.identity.limits import Purpose
from chalicelib.identity.tokens import ClientGrant, TokenIssuer
from chalicelib.kernel.errors import InvalidError, UnauthenticatedError

TOKEN_SECONDS = 600
GRANT_TYPE = "client_credentials"


@dataclass(frozen=True)
class Granted:
    """A token, and what it opens."""

    token: str
    seconds: int
    scopes: tuple[str, ...]


class OrganisationRegister(Protocol):
    """Which organisations there are."""

    def exists(self, organisation_id: str) -> bool:
        """Whether there is such an organisation, now; a deleted one is none."""
        ...


@dataclass(frozen=True)
class AuthenticateClients:
    """Gives tokens to clients that know a secret of theirs."""

    store: ClientStore
    organisations: OrganisationRegister
    issuer: TokenIssuer
    limiting: LimitFailures

    def grant(self, client_id: str, secret: str, scope: str | None, caller: Caller) -> Granted:
        """A token for the scopes asked for, or for all that the client has.

        Raises `UnauthenticatedError`, the same for an unknown client and a wrong secret, `TooManyError`, and `InvalidError` for a
        scope that the client does not have.
        """
        client = self._authenticated(client_id, secret, caller)
        scopes = client.scopes if not scope else known_scopes(scope.split())
        if not set(scopes) <= set(client.scopes):
            raise InvalidError("scope-not-allowed", "The client may not ask for this scope.", scopes=list(client.scopes))
        token = self.issuer.issue_to_client(ClientGrant(client.id, client.organisation_id, frozenset(scopes)), TOKEN_SECONDS)
        return Granted(token, TOKEN_SECONDS, scopes)

    def living(self, grant: ClientGrant) -> Client:
        """The client of a believed token, read now; raises `UnauthenticatedError` when it or its organisation is no more."""
        client = self.store.client(grant.organisation_id, grant.client_id)
        if client is None or client.revoked_at is not None or not self.organisations.exists(grant.organisation_id):
            raise UnauthenticatedError("client-gone", "The client of this token is revoked.")
        return client

    def _authenticated(self, client_id: str, secret: str, caller: Caller) -> Client:
        ids = split_client_id(client_id)
        self.limiting.admit(Purpose.CLIENT_SECRET, caller, client_id if ids else None)
        client = self.store.client(*ids) if ids else None
        if client is not None and client.accepts(secret):
            if self.organisations.exists(client.organisation_id):
                return client
            raise UnauthenticatedError("client-invalid", "The client is unknown, or its secret is wrong.")
        # What does not exist is no target, or made-up ids would fill the table.
        self.limiting.failed(Purpose.CLIENT_SECRET, caller, None if client is None else client_id)
        raise UnauthenticatedError("client-invalid", "The client is unknown, or its secret is wrong.")
