"""Domain errors: each has a stable code, a sentence in English and details without any personal value."""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """Something the rules refuse. `status` is the family's HTTP status, `code` never changes once published."""

    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details


class MalformedError(DomainError):
    """The request cannot be read at all."""

    status = 400


class UnauthenticatedError(DomainError):
    """Nobody, or nobody we can believe, is asking."""

    status = 401


class ForbiddenError(DomainError):
    """We know who asks, and it is not theirs."""

    status = 403


class NotFoundError(DomainError):
    """There is no such thing, or none that this person may know of."""

    status = 404


class ConflictError(DomainError):
    """The request was fine, but not now: the state of the thing refuses it."""

    status = 409


class TooLargeError(DomainError):
    """The request is larger than anything we would ever need."""

    status = 413


class InvalidError(DomainError):
    """The request can be read but breaks a rule of its form."""

    status = 422


class TooManyError(DomainError):
    """Too many tries failed; asking again before `retry_after_seconds` have passed gives the same."""

    status = 429

    def __init__(self, code: str, message: str, *, retry_after_seconds: int, **details: Any) -> None:
        super().__init__(code, message, **details)
        self.retry_after_seconds = retry_after_seconds


class UnavailableError(DomainError):
    """We cannot answer now; asking again in `retry_after_seconds` is safe."""

    status = 503

    def __init__(self, code: str, message: str, *, retry_after_seconds: int = 1, **details: Any) -> None:
        super().__init__(code, message, **details)
        self.retry_after_seconds = retry_after_seconds
