"""Bearer tokens: JWT signed with Ed25519 (EdDSA) or P-256 (ES256), verified here, without any call.

A token says *who*: `sub` is the person. `scope` is `person`, or `assessment:<id>` for somebody without an account, whose token
opens that assessment and nothing else. Or the token is a client's: then `sub` is the client, `org` its organisation, and `scope`
is `client:` and what it may do. Those are believed of the service's own key only: who signs for persons has no say in clients.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from chalicelib.kernel.clock import SECOND, Clock
from chalicelib.kernel.errors import ForbiddenError, UnauthenticatedError
from chalicelib.kernel.ids import is_id

PERSON_SCOPE = "person"
ASSESSMENT_SCOPE = "assessment:"
CLIENT_SCOPE = "client:"
_PERSON_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_TOKEN = 4096


@dataclass(frozen=True)
class ClientGrant:
    """What the token of a client says: which client, of which organisation, and what it may do."""

    client_id: str
    organisation_id: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class Principal:
    """Who is asking, and what their token opens. For a client no person is asking: `person_id` is empty."""

    person_id: str
    only_assessment: str | None = None
    client: ClientGrant | None = None

    def must_be_person(self) -> None:
        """Raise `ForbiddenError` when no person is asking."""
        if self.client is not None:
            raise ForbiddenError("person-needed", "This is the token of a client; a person's is needed.")

    def must_be_client(self, scope: str | None) -> None:
        """Raise `ForbiddenError` when no client is asking, or one without this scope; None is any client."""
        if self.client is None:
            raise ForbiddenError("client-needed", "This is the token of a person; a client's is needed.")
        if scope is not None and scope not in self.client.scopes:
            raise ForbiddenError("scope-missing", "The token lacks a scope.", scope=scope)

    def may_use(self, assessment_id: str) -> None:
        """Raise `ForbiddenError` when the token opens another assessment only, or is a client's."""
        self.must_be_person()
        if self.only_assessment is not None and self.only_assessment != assessment_id:
            raise ForbiddenError("other-assessment", "This token opens another assessment only.")

    def may_use_account(self) -> None:
        """Raise `ForbiddenError` when the token opens one assessment only, or is a client's."""
        self.must_be_person()
        if self.only_assessment is not None:
            raise ForbiddenError("account-needed", "This token opens one assessment only; sign in to do more.")


@dataclass(frozen=True)
class TrustedKey:
    """A public key and the one algorithm it is used with."""

    key: Any
    algorithm: str

    @classmethod
    def from_pem(cls, pem: str) -> TrustedKey:
        """Read an Ed25519 or P-256 public key; raises ValueError for any other."""
        key = load_pem_public_key(pem.encode())
        if isinstance(key, Ed25519PublicKey):
            return cls(key, "EdDSA")
        if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
            return cls(key, "ES256")
        raise ValueError("a trusted key must be Ed25519 or P-256")


@dataclass(frozen=True)
class TokenVerifier:
    """Believes tokens of the trusted keys."""

    keys: Mapping[str, TrustedKey]
    audience: str
    clock: Clock
    own_key_id: str | None = None
    """The one key whose clients' tokens are believed; None believes no client."""

    def verify(self, authorization: str | None) -> Principal:
        """Who this `Authorization` header says; raises `UnauthenticatedError`, never telling why in detail."""
        if not authorization:
            raise UnauthenticatedError("token-missing", "A bearer token is needed.")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > _LONGEST_TOKEN:
            raise UnauthenticatedError("token-invalid", "The bearer token cannot be believed.")
        claims = self._claims(token.strip())
        now = self.clock.now() / SECOND
        if not _number(claims["exp"]) > now:  # so written, a NaN has expired
            raise UnauthenticatedError("token-expired", "The bearer token has expired.")
        if "nbf" in claims and not _number(claims["nbf"]) <= now:
            raise UnauthenticatedError("token-invalid", "The bearer token cannot be believed.")
        return _client(claims) if self._of_client(claims, token) else _principal(claims)

    def _of_client(self, claims: Mapping[str, Any], token: str) -> bool:
        """Whether a client's token it is, of the one key that may sign such."""
        own = self.own_key_id is not None and jwt.get_unverified_header(token.strip())["kid"] == self.own_key_id
        return own and str(claims.get("scope")).startswith(CLIENT_SCOPE)

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            trusted = self.keys.get(str(jwt.get_unverified_header(token).get("kid")))
            if trusted is None:
                raise UnauthenticatedError("token-invalid", "The bearer token cannot be believed.")
            claims: dict[str, Any] = jwt.decode(
                token,
                trusted.key,
                algorithms=[trusted.algorithm],
                audience=self.audience,
                options={"require": ["exp", "sub", "aud"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise UnauthenticatedError("token-invalid", "The bearer token cannot be believed.") from error
        return claims


def _number(claim: Any) -> float:
    try:
        return float(claim) if isinstance(claim, int | float) else math.nan
    except OverflowError:
        return math.inf


def _principal(claims: Mapping[str, Any]) -> Principal:
    person, scope = str(claims["sub"]), str(claims.get("scope", PERSON_SCOPE))
    if not _PERSON_ID.fullmatch(person):
        raise UnauthenticatedError("token-invalid", "The bearer token cannot be believed.")
    if scope == PERSON_SCOPE:
        return Principal(person)
    if scope.startswith(ASSESSMENT_SCOPE):
        return Principal(person, scope.removeprefix(ASSESSMENT_SCOPE))
    raise UnauthenticatedError("token-invalid", "The bearer token cannot be believed.")


def _client(claims: Mapping[str, Any]) -> Principal:
    client, organisation = str(claims["sub"]), str(claims.get("org"))
    if not (is_id(client) and is_id(organisation)):
        raise UnauthenticatedError("token-invalid", "The bearer token cannot be believed.")
    scopes = str(claims["scope"]).removeprefix(CLIENT_SCOPE).split()
    return Principal("", client=ClientGrant(client, organisation, frozenset(scopes)))


@dataclass(frozen=True)
class TokenIssuer:
    """Signs tokens with the service's own key: anonymous starts, and development."""

    key: Ed25519PrivateKey
    key_id: str
    issuer: str
    audience: str
    clock: Clock

    @classmethod
    def from_pem(cls, pem: str, key_id: str, issuer: str, audience: str, clock: Clock) -> TokenIssuer:
        """Read an Ed25519 private key; raises ValueError for any other."""
        key = load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("the signing key must be Ed25519")
        return cls(key, key_id, issuer, audience, clock)

    def issue(self, person_id: str, seconds: int, assessment_id: str | None = None) -> str:
        """A token for this person, for everything of theirs or for one assessment only."""
        scope = PERSON_SCOPE if assessment_id is None else ASSESSMENT_SCOPE + assessment_id
        return self._signed(seconds, sub=person_id, scope=scope)

    def issue_to_client(self, grant: ClientGrant, seconds: int) -> str:
        """A token for this client."""
        scope = CLIENT_SCOPE + " ".join(sorted(grant.scopes))
        return self._signed(seconds, sub=grant.client_id, org=grant.organisation_id, scope=scope)

    def _signed(self, seconds: int, **says: str) -> str:
        now = self.clock.now() // SECOND
        claims = {"iss": self.issuer, "aud": self.audience, **says, "iat": now, "exp": now + seconds}
        return jwt.encode(claims, self.key, algorithm="EdDSA", headers={"kid": self.key_id})
