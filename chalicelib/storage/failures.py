"""How a call to a cloud service fails, whichever client makes it: refused, or without a reply that can be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CONDITION_FAILED = "ConditionalCheckFailedException"


class CloudCallError(Exception):
    """A call did not give what was asked."""


class CallRefusedError(CloudCallError):
    """The service answered, and refused."""

    def __init__(self, code: str, status: int, reply: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code} ({status})")
        self.code = code
        """The service's own name of the failure, such as `ConditionalCheckFailedException` or `NoSuchKey`."""
        self.status = status
        """The HTTP status."""
        self.reply = reply or {}
        """What the service said; a failed condition says the old item under `Item` when it was asked to."""


class NoReplyError(CloudCallError):
    """No usable reply came: refused connection, reset, time-out, TLS, damage. The call may have been carried out."""

    def __init__(self, why: str, *, timed_out: bool = False) -> None:
        super().__init__(why)
        self.timed_out = timed_out
        """Whether waiting was what failed."""
