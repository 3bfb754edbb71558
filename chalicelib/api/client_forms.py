"""What requests about clients and for their tokens carry, and their replies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.content.texts import Strict
from chalicelib.identity.client_credentials import GRANT_TYPE, TOKEN_SECONDS, Granted
from chalicelib.identity.clients import MOST_SECRETS, Client, Issued
from chalicelib.kernel.clock import to_datetime

Scope = Literal["campaigns:read", "participations:read", "results:read"]
Presented = Annotated[str, StringConstraints(max_length=200)]


class ClientIn(Strict):
    """A program that shall ask in the organisation's name."""

    label: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")
    ] = Field(description="what it is called in the list: which program, on which machine")
    scopes: list[Scope] = Field(min_length=1, max_length=20, description="what it may do; fixed for its life")


class _Out(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True)


class SecretOut(_Out):
    """A secret that is live; what it says is shown once, when it is made."""

    id: str
    created_at: datetime


class ClientOut(_Out):
    """A client of an organisation."""

    id: str = Field(description="its id in addresses")
    client_id: str = Field(description="what it presents to get a token")
    label: str
    scopes: list[str]
    secrets: list[SecretOut] = Field(description=f"at most {MOST_SECRETS}")
    created_at: datetime
    revoked_at: datetime | None

    @classmethod
    def of(cls, client: Client) -> Self:
        """A client as it is shown."""
        return cls(
            id=client.id,
            client_id=client.client_id,
            label=client.label,
            scopes=list(client.scopes),
            secrets=[SecretOut(id=one.id, created_at=to_datetime(one.created_at)) for one in client.secrets],
            created_at=to_datetime(client.created_at),
            revoked_at=None if client.revoked_at is None else to_datetime(client.revoked_at),
        )


class ClientsOut(_Out):
    """The clients of an organisation, the oldest first."""

    clients: list[ClientOut]


class IssuedOut(_Out):
    """A client and its fresh secret."""

    client: ClientOut
    secret_id: str
    secret: str = Field(description="shown now and never again: keep it where only the program can read it")

    @classmethod
    def of(cls, issued: Issued) -> Self:
        """What was issued."""
        return cls(client=ClientOut.of(issued.client), secret_id=issued.secret_id, secret=issued.secret)


class TokenIn(BaseModel):
    """A request for a token (RFC 6749, section 4.4.2). What it says besides is ignored, as the standard has it."""

    model_config = ConfigDict(defer_build=True, frozen=True, hide_input_in_errors=True)

    grant_type: Presented = Field(description=f"`{GRANT_TYPE}`", examples=[GRANT_TYPE])
    scope: Annotated[str, StringConstraints(max_length=500)] | None = Field(
        default=None, description="scopes with spaces between them; without it, all that the client has"
    )
    client_id: Presented | None = Field(default=None, description="here, or in an `Authorization: Basic` header")
    client_secret: Presented | None = Field(default=None, description="here, or in the header")


class TokenOut(_Out):
    """A token (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description=f"seconds that it is good for: {TOKEN_SECONDS}")
    scope: str

    @classmethod
    def of(cls, granted: Granted) -> Self:
        """What was granted."""
        return cls(access_token=granted.token, expires_in=granted.seconds, scope=" ".join(granted.scopes))


class TokenErrorOut(_Out):
    """Why there is no token (RFC 6749, section 5.2)."""

    error: Literal[
        "invalid_request",
        "invalid_client",
        "unsupported_grant_type",
        "invalid_scope",
        "slow_down",
        "temporarily_unavailable",
    ]
    error_description: str
    code: str = Field(description="the stable code, as of a problem")


class CallingClientOut(_Out):
    """Who a token says is asking."""

    organisation: str
    client: str
    label: str
    scopes: list[str] = Field(description="what this token opens")
