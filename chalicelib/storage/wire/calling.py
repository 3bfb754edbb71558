"""One call of one service: signed, sent, read; tried again when that may help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TypeVar

from chalicelib.storage.failures import CallRefusedError, CloudCallError
from chalicelib.storage.wire.connections import Connections, HttpReply
from chalicelib.storage.wire.credentials import CredentialsSource
from chalicelib.storage.wire.machine import Machine
from chalicelib.storage.wire.retries import SUCCESS_GIVES, RetryBudget, RetryPolicy, cost_of, may_pass
from chalicelib.storage.wire.signing import Request, Signer

R = TypeVar("R")

CLOCK_REFUSED = frozenset({"RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"})
CLOCK_SUSPECTED = frozenset({"InvalidSignatureException", "SignatureDoesNotMatch"})
"""Said of a wrong key as well as of a wrong clock: the clock is corrected only when it is far out."""
FAR_OUT_SECONDS = 240.0


def instant_of(headers: Mapping[str, str]) -> float | None:
    """What time a reply says it is, in seconds since 1970; None when it does not say."""
    try:
        return parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError):
        return None


@dataclass
class Caller:
    """Calls one service. `read` takes a reply apart, or raises `CallRefusedError` or `NoReplyError` about it."""

    signer: Signer
    credentials: CredentialsSource
    policy: RetryPolicy
    machine: Machine
    budget: RetryBudget = field(default_factory=RetryBudget)
    clock_offset: float = 0.0
    """Seconds that the service's clock is ahead of ours, as far as it told."""

    def call(self, connections: Connections, request: Request, read: Callable[[HttpReply], R]) -> R:
        """What `read` gives of a reply that is fine; raises what was wrong with the last attempt."""
        spent = 0
        for attempt in range(1, self.policy.attempts + 1):
            try:
                result = self._with_right_clock(connections, request, read)
            except CloudCallError as failure:
                spent = cost_of(failure)
                if attempt == self.policy.attempts or not may_pass(failure) or not self.budget.take(spent):
                    raise
                self.machine.sleep(self.machine.draw() * self.policy.longest_wait(failure, attempt))
            else:
                self.budget.give(spent or SUCCESS_GIVES)
                return result
        raise AssertionError("the last attempt gives or raises")

    def _with_right_clock(self, connections: Connections, request: Request, read: Callable[[HttpReply], R]) -> R:
        """One attempt, and one more when the service refused it for our clock. What was refused was not carried out."""
        reply = self._sent(connections, request)
        try:
            return read(reply)
        except CallRefusedError as refused:
            if not self._learns_the_time(refused, reply.headers):
                raise
        return read(self._sent(connections, request))

    def _sent(self, connections: Connections, request: Request) -> HttpReply:
        headers = self.signer.signed(request, self.credentials.current(), self.machine.now() + self.clock_offset)
        reply = connections.exchange(request.method, request.path, headers, request.body)
        said = instant_of(reply.headers)
        if said is not None:
            self.machine.hear(said)
        return reply

    def _learns_the_time(self, refused: CallRefusedError, headers: Mapping[str, str]) -> bool:
        """Whether the refusal was about the clock; its `Date` is what we go by from now on."""
        said = instant_of(headers)
        if refused.code not in CLOCK_REFUSED | CLOCK_SUSPECTED or said is None:
            return False
        ahead = said - self.machine.now()
        if refused.code in CLOCK_SUSPECTED and abs(ahead - self.clock_offset) < FAR_OUT_SECONDS:
            return False
        self.clock_offset = ahead
        return True
