"""Seeded chance: the pick of (assessment, step, secret) is the same on every retry, and unpredictable without the secret."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def pick(secret: bytes, assessment: str, step: int, purpose: str = "challenge") -> int:
    """A whole number in [0, 2⁶⁴), by HMAC-SHA256; another `purpose` gives an independent one."""
    message = f"{purpose}|{assessment}|{step}".encode()
    return int.from_bytes(hmac.digest(secret, message, hashlib.sha256)[:8], "big")


def shuffled(values: Sequence[T], seed: int) -> tuple[T, ...]:
    """The values in the order that `seed` draws (Fisher–Yates with a Knuth-style 64-bit congruential stream)."""
    order, state = list(values), seed & _MASK
    for last in range(len(order) - 1, 0, -1):
        state = (state * 6364136223846793005 + 1442695040888963407) & _MASK
        swap = (state >> 33) % (last + 1)
        order[last], order[swap] = order[swap], order[last]
    return tuple(order)


_MASK = (1 << 64) - 1
