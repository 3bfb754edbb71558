"""The `Idempotency-Key` of a request that creates something."""

from __future__ import annotations

import re

from chalicelib.kernel.errors import InvalidError

_KEY = re.compile(r"[A-Za-z0-9_-]{20,128}")


def checked_key(key: str | None) -> str | None:
    """The key as it was sent, or None; raises `InvalidError` for one that is too short, too long or of other signs."""
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidError("invalid-idempotency-key", "An Idempotency-Key has 20 to 128 letters, digits, '-' or '_'.")
    return key
