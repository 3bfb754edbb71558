"""Who guesses codes and secrets too often waits. Only failures count: who never fails leaves no trace.

A guess is *admitted* before it is looked at, and told as *failed* when it was wrong. `limits` has the numbers,
`docs/decisions/0021-failures-are-limited-not-requests.md` says what this bounds and what it does not.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from chalicelib.identity.limits import LIMITS, Effect, Limits, Purpose, Rule
from chalicelib.kernel.clock import SECOND, Clock, Instant, later
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.ids import encode_id, shard_of

DEVICE_PATTERN = "^[A-Za-z0-9_-]{20,64}$"
"""An id that a browser drew for itself, at random, and keeps."""
_DEVICE = re.compile(DEVICE_PATTERN)
_BITS_OF_ONE_HOST = 64
"""Of an IPv6 address: the rest is the host's own to choose."""


@dataclass(frozen=True)
class Caller:
    """Who guesses: the person where a token says so, else the device, else nobody but an address."""

    address: str
    device: str | None = None
    person: str | None = None

    @classmethod
    def of(cls, address: str, device: str | None, person: str | None = None) -> Caller:
        """The caller that a request tells of. A device id of another form counts as none."""
        known = device if device is not None and _DEVICE.fullmatch(device) else None
        return cls(_host(address), known, person)

    @property
    def named(self) -> tuple[str, str] | None:
        """What the caller is known by besides the address; None when nothing."""
        if self.person is not None:
            return "person", self.person
        return None if self.device is None else ("device", self.device)


def _host(address: str) -> str:
    """The same for all addresses that one host may take."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((int(parsed), _BITS_OF_ONE_HOST), strict=False))


class Subject(NamedTuple):
    """What failures are counted at. `key` is a keyed hash: no address and no id can be read from it."""

    purpose: Purpose
    key: str


class Bucket(NamedTuple):
    """What one shard of a subject holds: failures (0 for a mere sign), the last sign, and until when it counts."""

    failures: int
    last_at: Instant
    until: Instant


class FailureStore(Protocol):
    """Where failures are kept."""

    def buckets(self, subject: Subject) -> list[Bucket]:
        """What the shards of a subject hold, eventually consistent; those that are over may be among them."""
        ...

    def add(self, subject: Subject, shard: int, at: Instant, until: Instant) -> None:
        """Count one more failure, from 1 where nothing counts any more. Failures at the same moment are all counted."""
        ...

    def sign(self, subject: Subject, shard: int, at: Instant, until: Instant) -> Bucket | None:
        """Keep that the subject was there, unless something that counts is kept already: that."""
        ...


class History(NamedTuple):
    """What counts of a subject at one moment; `last_at` is None where nothing is known of it."""

    failures: int
    last_at: Instant | None


def history(buckets: Iterable[Bucket], now: Instant) -> History:
    """The shards together, without those that are over: not every store deletes what expires."""
    counting = [bucket for bucket in buckets if bucket.until > now]
    if not counting:
        return History(0, None)
    return History(sum(bucket.failures for bucket in counting), max(bucket.last_at for bucket in counting))


def wait(delay: int, since: Instant | None, now: Instant) -> int:
    """Milliseconds that are left of a delay: never more than the delay, whatever the clocks say."""
    return 0 if since is None else max(0, min(delay, since + delay - now))


@dataclass(frozen=True)
class LimitFailures:
    """Admits guesses and counts those that were wrong. `secret` is the stage's; another one forgets everybody."""

    store: FailureStore
    clock: Clock
    secret: bytes
    limits: Mapping[Purpose, Limits] = field(default_factory=lambda: LIMITS)

    def admit(self, purpose: Purpose, caller: Caller, target: str | None = None) -> None:
        """Raise `TooManyError` when the caller must wait before they guess (at this target, where there is only one).

        One eventually consistent read, and one for the target; where there were failures one more, for the caller. A caller of
        whom nothing is known writes one sign at an address, or a target, that slows.
        """
        now, limits = self.clock.now(), self.limits[purpose]
        there = self._history(self._address(purpose, caller), now)
        aimed = self._history(self._target(purpose, target), now) if target is not None and limits.target else History(0, None)
        if there.last_at is None and aimed.last_at is None:
            return
        who = self._who(purpose, caller)
        own = self._history(who, now) if caller.named else there
        shut = wait(limits.caller.delay(own.failures), own.last_at, now) if caller.named else 0
        slow = limits.address.delay(there.failures)
        if limits.target is not None:
            delay = limits.target.delay(aimed.failures)
            if limits.target.effect is Effect.SHUTS:
                shut = max(shut, wait(delay, aimed.last_at, now))
            else:
                slow = max(slow, delay)
        if shut:
            raise TooManyError("too-many-failures", "Too many wrong tries; wait.", retry_after_seconds=_seconds(shut))
        if slow and (left := wait(slow, self._sign(purpose, caller, who, own, now), now)):
            raise TooManyError("slow-down", "Many wrong tries come from here; try again.", retry_after_seconds=_seconds(left))

    def failed(self, purpose: Purpose, caller: Caller, target: str | None = None) -> None:
        """Count a wrong guess: a write for the caller, one for the address, one for the target.

        A function that dies in between counts less, and one that repeats a write whose reply was lost counts more: neither matters.
        """
        now, limits = self.clock.now(), self.limits[purpose]
        who = self._who(purpose, caller)
        self._add(who, who, limits.caller if caller.named else limits.address, now)
        if caller.named:
            self._add(self._address(purpose, caller), who, limits.address, now)
        if target is not None and limits.target is not None:
            self._add(self._target(purpose, target), who, limits.target, now)

    def _add(self, subject: Subject, who: Subject, rule: Rule, now: Instant) -> None:
        """Callers are spread over the shards of a subject, so that many of them write to no hot item."""
        self.store.add(subject, shard_of(who.key, rule.shards), now, later(now, rule.window_seconds * SECOND))

    def _sign(self, purpose: Purpose, caller: Caller, who: Subject, own: History, now: Instant) -> Instant:
        """When the caller was last heard of; from now on, if never."""
        if own.last_at is not None:
            return own.last_at
        rule = self.limits[purpose].caller if caller.named else self.limits[purpose].address
        kept = self.store.sign(who, shard_of(who.key, rule.shards), now, later(now, rule.window_seconds * SECOND))
        return now if kept is None else kept.last_at

    def _history(self, subject: Subject, now: Instant) -> History:
        return history(self.store.buckets(subject), now)

    def _who(self, purpose: Purpose, caller: Caller) -> Subject:
        return self._address(purpose, caller) if caller.named is None else self._subject(purpose, *caller.named)

    def _address(self, purpose: Purpose, caller: Caller) -> Subject:
        return self._subject(purpose, "address", caller.address)

    def _target(self, purpose: Purpose, target: str) -> Subject:
        return self._subject(purpose, "target", target)

    def _subject(self, purpose: Purpose, kind: str, name: str) -> Subject:
        text = f"failures|{purpose}|{kind}|{name}"
        return Subject(purpose, encode_id(hmac.digest(self.secret, text.encode("utf-8", "replace"), hashlib.sha256)))


def _seconds(milliseconds: int) -> int:
    return math.ceil(milliseconds / SECOND)
