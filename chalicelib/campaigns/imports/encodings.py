"""What kind of file this is, before a row is read: its size, and how its text is encoded. Streams must be able to seek."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO

from chalicelib.campaigns.imports.model import Limits, RefusedFileError

CHUNK = 1 << 16

_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf", b"Rar!")
_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = bytes(range(128, 256))
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
"""Bytes that Windows-1252 gives no meaning."""


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of a stream from its beginning, a chunk at a time."""
    stream.seek(0)
    return iter(partial(stream.read, CHUNK), b"")


def check_size(stream: BinaryIO, limits: Limits) -> bytes:
    """The first bytes of a file that is neither empty nor too large nor an archive. Raises `RefusedFileError`."""
    size = stream.seek(0, io.SEEK_END)
    if not size:
        raise RefusedFileError("file-empty")
    if size > limits.bytes:
        raise RefusedFileError("file-too-large")
    stream.seek(0)
    head = stream.read(1024)
    if head.startswith(_ARCHIVES):
        raise RefusedFileError("file-is-archive")
    return head


def begins_as_xml(head: bytes) -> bool:
    """Whether these first bytes may be those of XML, in one or two bytes a character."""
    return head.lstrip(codecs.BOM_UTF8 + codecs.BOM_UTF16 + b"\xfe\xff\0 \t\r\n").startswith(b"<")


def encoding_of(stream: BinaryIO) -> str:
    """`utf-8-sig`, `utf-8`, or else `windows-1252`. Raises `RefusedFileError` with the line of what is neither."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, broken = 1, None
    begins_with_mark = False
    for place, chunk in enumerate(chunks(stream)):
        begins_with_mark |= not place and chunk.startswith(codecs.BOM_UTF8)
        if (nothing := chunk.find(b"\0")) >= 0:
            raise RefusedFileError("not-text", line=line + chunk.count(b"\n", 0, nothing))
        if broken is None:
            held = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                broken = line + chunk.count(b"\n", 0, max(0, error.start - held))
        line += chunk.count(b"\n")
    if broken is None and not decoder.getstate()[0]:
        return "utf-8-sig" if begins_with_mark else "utf-8"
    _check_windows_1252(stream, line if broken is None else broken)
    return "windows-1252"


def _check_windows_1252(stream: BinaryIO, broken: int) -> None:
    """Refuse what has no meaning in Windows-1252, and UTF-8 with a flaw: read so, it would spoil every accent."""
    line, sequences, stray, meaningless = 1, 0, 0, None
    for chunk in chunks(stream):
        found = _SEQUENCE.findall(chunk)
        sequences += len(found)
        stray += len(chunk) - len(chunk.translate(None, _HIGH)) - sum(map(len, found))
        if meaningless is None and (undefined := _UNDEFINED.search(chunk)):
            meaningless = line + chunk.count(b"\n", 0, undefined.start())
        line += chunk.count(b"\n")
    if sequences > stray:
        raise RefusedFileError("encoding-mixed", line=broken)
    if meaningless is not None:
        raise RefusedFileError("not-text", line=meaningless)


@contextmanager
def opened_text(stream: BinaryIO, encoding: str) -> Iterator[io.TextIOWrapper]:
    """The text of a stream from its beginning, line ends untouched; the stream is left open."""
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        yield text
    finally:
        text.detach()
