"""The context object that Lambda hands to a handler, as far as handlers look at it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from infrastructure.template import LOCAL_ACCOUNT

Handler = Callable[[dict[str, object], object], object]
"""A Lambda handler: an event and a context in, a JSON value out."""


@dataclass(frozen=True)
class LambdaContext:
    """One invocation of a local function; its deadline starts when the object is made."""

    function_name: str
    region: str
    timeout_seconds: float
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    clock: Callable[[], float] = time.monotonic
    started: float = field(init=False)
    function_version: str = "$LATEST"
    memory_limit_in_mb: int = 1024

    def __post_init__(self) -> None:
        object.__setattr__(self, "started", self.clock())

    @property
    def invoked_function_arn(self) -> str:
        """The ARN this function would have."""
        return f"arn:aws:lambda:{self.region}:{LOCAL_ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds left before the time-out, never negative. Nothing stops a local handler at zero."""
        return max(0, int(1000 * (self.started + self.timeout_seconds - self.clock())))
