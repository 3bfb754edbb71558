"""What a route declares: one declaration is mounted, validated, documented and tested."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, cached_property
from typing import Any, Literal

from pydantic import BaseModel, TypeAdapter

from chalicelib.api.problems import Problem
from chalicelib.identity.limiting import Caller
from chalicelib.identity.tokens import ClientGrant, Principal
from chalicelib.wiring import Services

Method = Literal["GET", "POST"]


class Who(Enum):
    """Whose token a route asks for."""

    ANYONE = "anyone"
    """No token is read."""
    MAYBE = "maybe"
    """With a token as that person; without, as somebody new."""
    ASSESSMENT = "assessment"
    """A token that opens the assessment in the path."""
    ACCOUNT = "account"
    """A token that opens everything of a person."""
    CLIENT = "client"
    """A token of an organisation's client, with the scope that the route names."""


@dataclass(frozen=True)
class Call:
    """One request, read and validated."""

    principal: Principal | None
    path: Mapping[str, str]
    query: Any
    body: Any
    idempotency_key: str | None
    caller: Caller
    """Whose failures are counted, where a route counts them."""
    authorization: str | None = None
    """The header as it was sent, on a route whose body is a form: it may carry a client's id and secret."""

    @property
    def person_id(self) -> str:
        """Who asks; only on routes that need a person's token."""
        assert self.principal is not None
        assert self.principal.client is None
        return self.principal.person_id

    @property
    def client(self) -> ClientGrant:
        """The client that asks; only on routes that need a client's token."""
        assert self.principal is not None
        assert self.principal.client is not None
        return self.principal.client

    @property
    def assessment_id(self) -> str:
        """The assessment in the path."""
        return self.path["assessment_id"]


@dataclass(frozen=True)
class Reply:
    """A reply that is not a plain 200 JSON of the declared type."""

    value: Any
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    assessment_id: str | None = None
    """The assessment that came to be, where the path does not name one: for the log."""


Handler = Callable[[Services, Call], Any]


@dataclass(frozen=True)
class ErrorForm:
    """How a route tells errors when another standard than RFC 9457 has the say."""

    model: type[BaseModel]
    told: Callable[[Problem], Reply]
    """The reply that stands for a problem."""


@dataclass(frozen=True)
class Endpoint:
    """A route: where, for whom, what goes in and out, which statuses it may answer."""

    method: Method
    path: str
    name: str
    summary: str
    description: str
    who: Who
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    reply: Any
    statuses: tuple[int, ...]
    idempotency_key: bool
    media_types: tuple[str, ...]
    """What a reply that is no JSON may be."""
    handler: Handler
    scope: str | None = None
    """What a client's token must open here; None is anything."""
    form: bool = False
    """The body is an HTML form's, not JSON."""
    errors: ErrorForm | None = None
    """None is problems."""

    @property
    def content_type(self) -> str:
        """What a body must be."""
        return "application/x-www-form-urlencoded" if self.form else "application/json"

    @cached_property
    def reply_type(self) -> TypeAdapter[Any] | None:
        """Writes and documents the reply; built when first needed, because building all of them slows every cold start."""
        return None if self.reply is None else _adapter(self.reply)


@cache
def _adapter(reply: Any) -> TypeAdapter[Any]:
    return TypeAdapter(reply)


def endpoint(
    method: Method,
    path: str,
    *,
    who: Who,
    reply: Any = None,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    statuses: tuple[int, ...] = (200,),
    idempotency_key: bool = False,
    media_types: tuple[str, ...] = (),
    scope: str | None = None,
    form: bool = False,
    errors: ErrorForm | None = None,
) -> Callable[[Handler], Endpoint]:
    """Declare the decorated function as a route. Its docstring's first line is the summary, the rest the description."""

    def declare(handler: Handler) -> Endpoint:
        summary, _, description = (handler.__doc__ or "").partition("\n")
        return Endpoint(
            method=method,
            path=path,
            name=handler.__name__,
            summary=summary.strip().rstrip("."),
            description=" ".join(description.split()),
            who=who,
            body=body,
            query=query,
            reply=reply,
            statuses=statuses,
            idempotency_key=idempotency_key,
            media_types=media_types,
            handler=handler,
            scope=scope,
            form=form,
            errors=errors,
        )

    return declare
