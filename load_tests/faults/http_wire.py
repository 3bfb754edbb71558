"""HTTP/1.1 messages as bytes on a stream: read whole, changed a little, written again. Nothing is interpreted but the framing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Self

MOST_HEAD_BYTES = 1 << 16
_FRAMING = frozenset({"content-length", "transfer-encoding", "expect", "trailer"})
_BODILESS = frozenset({"204", "304"})


class MalformedMessageError(Exception):
    """The stream does not carry HTTP, or ended inside a message."""


@dataclass(frozen=True)
class HttpMessage:
    """A request or a reply: its first line, its headers in order, and its whole body, chunks joined."""

    first_line: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str) -> str:
        """The first value of a header, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def status(self) -> int:
        """The status of a reply."""
        return int(self.first_line.split(" ")[1])

    def with_body(self, body: bytes) -> Self:
        """The same message with another body."""
        return replace(self, body=body)

    def as_bytes(self) -> bytes:
        """The message as it is sent, its body framed by its length."""
        kept = [f"{key}: {value}" for key, value in self.headers if key.lower() not in _FRAMING]
        length = [] if self._bodiless else [f"Content-Length: {len(self.body)}"]
        return "\r\n".join([self.first_line, *kept, *length, "", ""]).encode("latin-1") + self.body

    @property
    def _bodiless(self) -> bool:
        return self.first_line.startswith("HTTP/") and self.first_line.split(" ")[1] in _BODILESS


async def read_message(reader: asyncio.StreamReader, writer: asyncio.StreamWriter | None = None) -> HttpMessage | None:
    """The next message, or None at the end of the stream; a request that expects `100 Continue` gets it from `writer`.

    A reply to HEAD is not read right: no adapter of the service asks for one. Raises `MalformedMessageError` when the stream
    ends inside a message.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise MalformedMessageError("the stream ended in a head") from error
    except asyncio.LimitOverrunError as error:
        raise MalformedMessageError("the head is too long") from error
    first_line, *lines = head[:-4].decode("latin-1").split("\r\n")
    headers = tuple((key.strip(), value.strip()) for key, _, value in (line.partition(":") for line in lines))
    message = HttpMessage(first_line, headers)
    if writer is not None and message.header("expect").lower() == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
    try:
        return message.with_body(await _body(reader, message))
    except (asyncio.IncompleteReadError, ValueError) as error:
        raise MalformedMessageError("the stream ended in a body") from error


async def _body(reader: asyncio.StreamReader, message: HttpMessage) -> bytes:
    if message.header("transfer-encoding").lower() == "chunked":
        return await _chunks(reader)
    length = message.header("content-length")
    if length:
        return await reader.readexactly(int(length))
    is_reply = message.first_line.startswith("HTTP/")
    return await reader.read() if is_reply and message.first_line.split(" ")[1] not in _BODILESS else b""


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass
    return b"".join(parts)
