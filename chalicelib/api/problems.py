"""Errors as RFC 9457 `application/problem+json`, with stable codes, and JSON pointers where the body is at fault."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.kernel.canonical import canonical_json
from chalicelib.kernel.errors import DomainError, TooManyError, UnavailableError

CONTENT_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One thing wrong with a request; never the value that was sent."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    pointer: str = Field(description="JSON pointer (RFC 6901) into the body, or the name of a parameter")
    rule: str = Field(description="the rule that is broken")


class Problem(BaseModel):
    """An error (RFC 9457). `code` is stable; `detail` is for people and may change."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    type: str = Field(description="a reference to the documentation of this kind of problem")
    title: str
    status: int
    code: str
    detail: str
    errors: list[Fault] = []
    details: dict[str, Any] = {}


def problem(status: int, code: str, detail: str, errors: list[Fault] | None = None, **details: Any) -> Problem:
    """A problem of this status and code."""
    title = HTTPStatus(status).phrase
    return Problem(
        type=f"/docs#{code}", title=title, status=status, code=code, detail=detail, errors=errors or [], details=details
    )


def of_domain(error: DomainError) -> tuple[Problem, dict[str, str]]:
    """The problem that tells a domain error, and headers that go with it."""
    headers = {}
    if isinstance(error, UnavailableError | TooManyError):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem(error.status, error.code, error.message, **error.details), headers


def of_validation(error: ValidationError, document: Any) -> Problem:
    """The problem that tells what is wrong with the form of this document."""
    told = error.errors(include_url=False, include_context=False, include_input=False)
    faults = [
        Fault(pointer=_pointer(one["loc"], document, lacking=one["type"] == "missing"), rule=one["type"].replace("_", "-"))
        for one in told
    ]
    distinct = list(dict.fromkeys(faults))
    return problem(422, "invalid-request", "The request does not have the expected form.", distinct)


def _pointer(location: tuple[int | str, ...], document: Any, lacking: bool) -> str:
    """Where in the document, or which member it lacks. Steps that are not in it are names of the model's own alternatives."""
    pointer, here = "", document
    for place, part in enumerate(location):
        if _holds(here, part):
            here = here[part]
        elif not (lacking and place == len(location) - 1):
            continue
        pointer += "/" + _escaped(str(part))
    return pointer


def _holds(value: Any, part: int | str) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def _escaped(part: str) -> str:
    # An unknown key is the client's own text: it is cut, so that no long value comes back.
    return part.replace("~", "~0").replace("/", "~1")[:64]


def body_of(told: Problem) -> str:
    """The problem as JSON, empty members left out."""
    return canonical_json(told.model_dump(exclude_defaults=True)).decode()
