"""What is worth another try, how long to wait before it, and a budget that ends all tries when a service is down.

The budget is that of AWS's standard mode (AWS SDKs and Tools reference guide, "Retry behavior"): a bucket of tokens that a
retry takes from, 10 after a time-out and 5 otherwise, that its success gives back, and that any other success fills by one.
Waits are drawn between nothing and a bound that doubles (full jitter: Brooker, "Exponential Backoff And Jitter", AWS
Architecture Blog, 2015); the bounds are shorter than AWS's, because a person waits.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from chalicelib.storage.failures import CallRefusedError, CloudCallError, NoReplyError

THROTTLES = frozenset(
    {
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
PASSING = frozenset({"InternalError", "InternalServerError", "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable"})
PASSING_STATUSES = frozenset({500, 502, 503, 504})
BUDGET = 500
TIMED_OUT_COST, RETRY_COST, SUCCESS_GIVES = 10, 5, 1


@dataclass
class RetryBudget:
    """Tokens of one client for the life of its process. Safe between threads."""

    tokens: int = BUDGET
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def take(self, cost: int) -> bool:
        """Whether that many tokens were left; they are gone now."""
        with self._lock:
            if cost > self.tokens:
                return False
            self.tokens -= cost
            return True

    def give(self, tokens: int) -> None:
        """Put tokens back, up to the full budget."""
        with self._lock:
            self.tokens = min(BUDGET, self.tokens + tokens)


@dataclass(frozen=True)
class RetryPolicy:
    """How many attempts a call is given in all, and the longest waits between them, in seconds."""

    attempts: int
    first_wait_seconds: float = 0.05
    first_wait_throttled_seconds: float = 0.2
    longest_wait_seconds: float = 1.0

    def longest_wait(self, failure: CloudCallError, attempt: int) -> float:
        """The bound of the wait after this attempt (1, 2, …)."""
        first = self.first_wait_throttled_seconds if _throttled(failure) else self.first_wait_seconds
        return min(self.longest_wait_seconds, first * 2.0 ** (attempt - 1))


def cost_of(failure: CloudCallError) -> int:
    """Tokens that a try after this failure takes."""
    return TIMED_OUT_COST if isinstance(failure, NoReplyError) and failure.timed_out else RETRY_COST


def may_pass(failure: CloudCallError) -> bool:
    """Whether the same call may succeed a moment later."""
    if not isinstance(failure, CallRefusedError):
        return True
    return _throttled(failure) or failure.code in PASSING or failure.status in PASSING_STATUSES


def _throttled(failure: CloudCallError) -> bool:
    return isinstance(failure, CallRefusedError) and (failure.code in THROTTLES or failure.status == 429)
