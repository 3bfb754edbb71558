"""How a release is written: one `.npz` of arrays, its documents in compressed chunks that are read when first needed.

The *name* of a release is the hash of its contents: of every array, and of every chunk before compression. So the same contents
have the same name whatever the version of a compressor, and a chunk can be checked alone, when it is opened.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chalicelib.kernel.canonical import canonical_json
from chalicelib.kernel.ids import encode_id

FORMAT = 2
CHUNK = 24
"""Documents compressed together: a few challenges are read for an answer, whatever the size of the bank."""

Arrays = Mapping[str, NDArray[Any]]


class DamagedError(ValueError):
    """These bytes are not what their name says."""


class Documents:
    """A sequence of JSON documents, a chunk of which is decompressed and checked when one of its documents is first read."""

    def __init__(self, arrays: Arrays, name: str) -> None:
        self._packed = arrays[name].tobytes()
        self._ends: list[int] = arrays[f"{name}_ends"].tolist()
        self._hashes = arrays[f"{name}_hashes"].tobytes()
        self._chunk = lru_cache(maxsize=64)(self._read_chunk)

    def __getitem__(self, index: int) -> Any:
        """The document at this place; raises `DamagedError`."""
        return self._chunk(index // CHUNK)[index % CHUNK]

    def _read_chunk(self, number: int) -> list[Any]:
        first, end = (self._ends[number - 1] if number else 0), self._ends[number]
        try:
            document = zlib.decompress(self._packed[first:end])
        except zlib.error as error:
            raise DamagedError(f"chunk {number}") from error
        if hashlib.sha256(document).digest() != self._hashes[32 * number : 32 * (number + 1)]:
            raise DamagedError(f"chunk {number}")
        chunk: list[Any] = json.loads(document)
        return chunk


def pack_documents(name: str, documents: Iterable[Any]) -> dict[str, NDArray[Any]]:
    """The arrays that `Documents` reads."""
    packed, ends, hashes = bytearray(), [], bytearray()
    chunk: list[Any] = []

    def close() -> None:
        document = canonical_json(chunk)
        packed.extend(zlib.compress(document, 9))
        ends.append(len(packed))
        hashes.extend(hashlib.sha256(document).digest())
        chunk.clear()

    for document in documents:
        chunk.append(document)
        if len(chunk) == CHUNK:
            close()
    if chunk:
        close()
    return {
        name: np.frombuffer(bytes(packed), np.uint8),
        f"{name}_ends": np.array(ends, np.int64),
        f"{name}_hashes": np.frombuffer(bytes(hashes), np.uint8),
    }


def name_of(arrays: Arrays, compressed: Sequence[str]) -> str:
    """The name of these contents; the `compressed` arrays are told by the hashes of their chunks."""
    told = {
        name: [array.dtype.str, list(array.shape), hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()]
        for name, array in arrays.items()
        if name not in compressed and name.removesuffix("_ends") not in compressed
    }
    return encode_id(hashlib.sha256(canonical_json({"format": FORMAT, "arrays": told})).digest())


def write_arrays(arrays: Arrays) -> bytes:
    """The bytes of an `.npz`."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{name: arrays[name] for name in sorted(arrays)})
    return buffer.getvalue()


def read_arrays(packed: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of an `.npz`; raises `DamagedError`. Nothing in it can run."""
    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (zipfile.BadZipFile, ValueError, KeyError, OSError, EOFError) as error:
        raise DamagedError("no archive of arrays") from error
