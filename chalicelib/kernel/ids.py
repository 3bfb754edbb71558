"""Identifiers: derived from natural keys wherever there is one, so that doing a thing twice gives the same id."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Protocol

ID_PATTERN = "^[a-z2-7]{26}$"
"""Every id of ours: 26 characters of lower-case base 32 (130 bits), safe in an address and in a file name."""

FILE_NAME_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"
"""Every name of a file that we serve."""

_ID = re.compile(ID_PATTERN)
_FILE_NAME = re.compile(FILE_NAME_PATTERN)


class IdSource(Protocol):
    """Where an id comes from when nothing natural can give one."""

    def new(self) -> str:
        """A new id that nobody can guess, of the form `ID_PATTERN`."""
        ...


def encode_id(digest: bytes) -> str:
    """The first 130 bits of `digest` (at least 17 bytes) as an id."""
    return base64.b32encode(digest[:20]).decode("ascii").lower()[:26]


def derive_id(*natural_key: str) -> str:
    """The id of the thing that this natural key names: the same key always gives the same id.

    The parts are length-prefixed before hashing, so ("ab", "c") and ("a", "bc") differ.
    """
    digest = hashlib.sha256()
    for part in natural_key:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    return encode_id(digest.digest())


def shard_of(identifier: str, shards: int) -> int:
    """Which of `shards` partitions this id falls into, evenly and for ever."""
    return int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:4], "big") % shards


def is_id(text: str) -> bool:
    """Whether this text has the form of an id of ours."""
    return _ID.fullmatch(text) is not None


def is_file_name(text: str) -> bool:
    """Whether this text may name a file of ours: no folder, no sign that a system could read otherwise."""
    return _FILE_NAME.fullmatch(text) is not None
