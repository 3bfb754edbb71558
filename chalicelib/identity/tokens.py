"""Bearer tokens: JWT signed with Ed25519 (EdDSA) or P-256 (ES256), verified here, without any call.

A token says *who*: `sub` is the person. `scope` is `person`, or `assessment:<id>` for somebody without an account, whose token
opens that assessment and nothing else.
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

PERSON_SCOPE = "person"
ASSESSMENT_SCOPE = "assessment:"
_PERSON_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_TOKEN = 4096


@dataclass(frozen=True)
class Principal:
    """Who is asking, and what their token opens."""

    person_id: str
    only_assessment: str | None = None

    def may_use(self, assessment_id: str) -> None:
        """Raise `ForbiddenError` when the token opens another assessment only."""
        if self.only_assessment is not None and self.only_assessment != assessment_id:
            raise ForbiddenError("other-assessment", "This token opens another assessment only.")

    def may_use_account(self) -> None:
        """Raise `ForbiddenError` when the token opens one assessment only."""
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
        return _principal(claims)

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
        now = self.clock.now() // SECOND
        scope = PERSON_SCOPE if assessment_id is None else ASSESSMENT_SCOPE + assessment_id
        claims = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": person_id,
            "scope": scope,
            "iat": now,
            "exp": now + seconds,
        }
        return jwt.encode(claims, self.key, algorithm="EdDSA", headers={"kid": self.key_id})
