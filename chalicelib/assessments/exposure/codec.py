"""Batches, tables and counts as bytes.

Batch, version 1, big-endian: version 1 byte, items of the release 2, then for each test the pinned table's version 4, the final ability
in thousandths 2 (signed), how many items 2, and 2 for the ordinal of each.

A table and the counts are each an `.npz`. Eligibility is kept as its highest eligible draw, 16 bits: a table read back draws the very
same sets, and what it says of eligibility is what its tests met.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from chalicelib.assessments.exposure.model import Counts, FinishedBatch, FinishedTest
from chalicelib.content.release_files import Arrays, DamagedError, read_arrays, write_arrays
from chalicelib.engine.exposure import ExposureTable, Limits, Tally
from chalicelib.kernel.canonical import canonical_json

VERSION = 1
FURTHEST = 32_767
"""Thousandths that fit."""

_HEAD = struct.Struct(">BH")
_TEST = struct.Struct(">IhH")
_TURN = 1 << 16
_KEY_BYTES = 26

T = TypeVar("T")


class UnreadableBatchError(Exception):
    """These bytes are not a batch of a version we know."""


def pack_batch(batch: FinishedBatch) -> bytes:
    """The batch as bytes."""
    packed = bytearray(_HEAD.pack(VERSION, batch.items))
    for test in batch.tests:
        packed += _TEST.pack(test.version, max(-FURTHEST, min(FURTHEST, test.thousandths)), len(test.items))
        packed += np.array(test.items, ">u2").tobytes()
    return bytes(packed)


def unpack_batch(packed: bytes) -> FinishedBatch:
    """The batch that these bytes hold; raises `UnreadableBatchError`."""
    try:
        version, items = _HEAD.unpack_from(packed)
        tests, place = [], _HEAD.size
        while version == VERSION and place < len(packed):
            pinned, thousandths, length = _TEST.unpack_from(packed, place)
            ordinals = np.frombuffer(packed, ">u2", length, place + _TEST.size)
            tests.append(FinishedTest(pinned, thousandths, tuple(ordinals.tolist())))
            place += _TEST.size + 2 * length
    except (struct.error, ValueError) as error:
        raise UnreadableBatchError(f"{len(packed)} bytes") from error
    if version != VERSION or any(ordinal >= items for test in tests for ordinal in test.items):
        raise UnreadableBatchError(f"version {version}, {len(packed)} bytes")
    return FinishedBatch(items, tuple(tests))


def pack_table(table: ExposureTable) -> bytes:
    """The table as an archive of arrays."""
    highest = np.ceil(np.clip(table.eligibility, 1.0 / _TURN, 1.0) * _TURN) - 1
    head = {"version": table.version, "limits": asdict(table.limits)}
    prices = table.prices.astype(np.float32)
    return write_arrays({"head": _bytes(canonical_json(head)), "highest_draw": highest.astype(np.uint16), "prices": prices})


def unpack_table(packed: bytes) -> ExposureTable:
    """The table that this archive holds; raises `DamagedError`."""

    def read(arrays: Arrays) -> ExposureTable:
        head = json.loads(arrays["head"].tobytes())
        limits = Limits(**{**head["limits"], "bounds": tuple(head["limits"]["bounds"])})
        eligibility = (arrays["highest_draw"].astype(np.float64) + 1.0) / _TURN
        if not eligibility.shape == arrays["prices"].shape == (limits.strata, eligibility.shape[-1]):
            raise DamagedError("shapes differ")
        return ExposureTable(head["version"], limits, eligibility, arrays["prices"])

    return _undamaged(packed, read)


def pack_counts(counts: Counts) -> bytes:
    """The counts as an archive of arrays."""
    tally = counts.tally
    keys = _bytes("".join(counts.batches).encode())
    return write_arrays({"sessions": tally.sessions, "given": tally.given, "eligible": tally.eligible, "batches": keys})


def unpack_counts(packed: bytes) -> Counts:
    """The counts that this archive holds; raises `DamagedError`."""

    def read(arrays: Arrays) -> Counts:
        keys = arrays["batches"].tobytes().decode()
        batches = tuple(keys[place : place + _KEY_BYTES] for place in range(0, len(keys), _KEY_BYTES))
        return Counts(Tally(arrays["sessions"], arrays["given"], arrays["eligible"]), batches)

    return _undamaged(packed, read)


def _undamaged(packed: bytes, read: Callable[[Arrays], T]) -> T:
    try:
        return read(read_arrays(packed))
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError("not what it should be") from error


def _bytes(content: bytes) -> NDArray[Any]:
    return np.frombuffer(content, np.uint8)
