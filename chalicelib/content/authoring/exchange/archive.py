"""Reading foreign files and zip packages, which may be hostile: every size is measured, none is believed.

Whatever goes wrong is a `RefusedError`: a file is never read whole before its size is known to be sane, an entry is decompressed
piece by piece and left as soon as it passes a limit.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from chalicelib.content.authoring.exchange.results import RefusedError

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """How large a package may be; what it holds is measured as it is decompressed."""

    package_bytes: int = 100 * MEGABYTE
    """On disk."""
    entries: int = 2_000
    entry_bytes: int = 20 * MEGABYTE
    total_bytes: int = 100 * MEGABYTE
    ratio: int = 200
    """Times a big entry, or the whole package, may grow."""
    big_bytes: int = MEGABYTE
    """From which the ratio counts: short repetitive texts compress well and harm nobody."""


LIMITS = Limits()
LARGEST_TEXT = LIMITS.entry_bytes
"""Bytes of a foreign file that is no package."""
_LARGEST_DIRECTORY = 2 * MEGABYTE
"""Bytes that the list of entries may take: `zipfile` reads it at once."""
_CHUNK = 1 << 16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_NOT_RELATIVE = re.compile(r"^/|^[A-Za-z]:|\\|[\x00-\x1f\x7f]")
_DAMAGES = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)


def read_file(path: Path, limit: int = LARGEST_TEXT) -> bytes:
    """The bytes of a foreign file of this many bytes at most; a larger one is refused before it is read."""
    _refuse_unreadable(path, limit)
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise RefusedError("file-too-large", f"more than {limit} bytes")
    return content


def read_text(path: Path) -> str:
    """The text of a foreign file in UTF-8, with or without a byte-order mark."""
    try:
        return read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError("not-utf8", f"byte {error.start} is no UTF-8") from error


def read_archive(path: Path, limits: Limits = LIMITS) -> dict[str, bytes]:
    """Every file of a zip package by its name. Raises `RefusedError` when anything of it is unsafe, too large or damaged."""
    _refuse_unreadable(path, limits.package_bytes)
    try:
        with _BoundedFile(path) as file, zipfile.ZipFile(file) as archive:
            entries = _checked(archive.infolist(), limits)
            return _Reader(archive, limits, path.stat().st_size).read(entries)
    except _DAMAGES as error:
        raise RefusedError("not-a-zip", f"no package that can be read: {' '.join(str(error).split())[:120]}") from error


def _refuse_unreadable(path: Path, limit: int) -> None:
    try:
        found = path.stat()
    except OSError as error:
        raise RefusedError("no-such-file", "it cannot be found or read") from error
    if not stat.S_ISREG(found.st_mode):
        raise RefusedError("not-a-file", "it is no plain file")
    if found.st_size > limit:
        raise RefusedError("file-too-large", f"{found.st_size} bytes, {limit} at most")


class _BoundedFile(io.FileIO):
    """A file that refuses to be read in large pieces, which only an enormous list of entries would ask for."""

    def read(self, size: int | None = -1, /) -> bytes:
        """At most this many bytes; raises `RefusedError` when more than a sane list of entries is asked for."""
        wanted = _LARGEST_DIRECTORY + 1 if size is None or size < 0 else size
        if wanted > _LARGEST_DIRECTORY + 1:
            raise RefusedError("too-many-entries", f"the list of entries takes {wanted} bytes")
        return super().read(wanted) or b""


def _checked(entries: list[zipfile.ZipInfo], limits: Limits) -> list[zipfile.ZipInfo]:
    if len(entries) > limits.entries:
        raise RefusedError("too-many-entries", f"{len(entries)} entries, {limits.entries} at most")
    names = set()
    for entry in entries:
        refuse_unsafe_name(entry.orig_filename)
        if entry.filename in names:
            raise RefusedError("duplicate-entry", entry.filename)
        names.add(entry.filename)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise RefusedError("link-in-archive", f"{entry.filename} is a link or a device")
        if entry.flag_bits & _ENCRYPTED:
            raise RefusedError("encrypted-entry", entry.filename)
        if entry.compress_type not in _METHODS:
            raise RefusedError("compression-method", f"{entry.filename}: method {entry.compress_type}")
    return [entry for entry in entries if not entry.is_dir()]


def refuse_unsafe_name(name: str) -> None:
    """Raise `RefusedError` unless this is a plain path under the package: relative, never upwards, of any system."""
    if not name or _NOT_RELATIVE.search(name) or ".." in name.split("/"):
        raise RefusedError("unsafe-path", f"{name[:80]!r} would leave the package")


class _Reader:
    """Decompresses entries, counting what really comes out."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits, on_disk: int) -> None:
        self._archive = archive
        self._limits = limits
        self._on_disk = on_disk
        self._total = 0

    def read(self, entries: Iterable[zipfile.ZipInfo]) -> dict[str, bytes]:
        """The content of every entry by its name."""
        return {entry.filename: self._read(entry) for entry in entries}

    def _read(self, entry: zipfile.ZipInfo) -> bytes:
        content = bytearray()
        packed = min(entry.compress_size, self._on_disk)
        try:
            with self._archive.open(entry) as file:
                while chunk := file.read(_CHUNK):
                    content += chunk
                    self._total += len(chunk)
                    self._refuse_excess(entry.filename, len(content), packed)
        except _DAMAGES as error:
            raise RefusedError("damaged-entry", f"{entry.filename} cannot be decompressed") from error
        if len(content) != entry.file_size:
            raise RefusedError("size-lies", f"{entry.filename}: {len(content)} bytes, {entry.file_size} announced")
        return bytes(content)

    def _refuse_excess(self, name: str, size: int, packed: int) -> None:
        limits = self._limits
        if size > limits.entry_bytes:
            raise RefusedError("entry-too-large", f"{name}: more than {limits.entry_bytes} bytes")
        if self._total > limits.total_bytes:
            raise RefusedError("archive-too-large", f"more than {limits.total_bytes} bytes in all")
        if size > limits.big_bytes and size > limits.ratio * packed:
            raise RefusedError("compression-ratio", f"{name}: grows more than {limits.ratio} times")
        if self._total > limits.big_bytes and self._total > limits.ratio * self._on_disk:
            raise RefusedError("compression-ratio", f"the package grows more than {limits.ratio} times")
