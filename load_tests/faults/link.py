"""One connection of a client through the proxy, and the one behind it."""

from __future__ import annotations

import asyncio
import socket
import struct

from load_tests.faults.http_wire import MOST_HEAD_BYTES, HttpMessage, MalformedMessageError, read_message

_GONE = struct.pack("ii", 1, 0)
"""SO_LINGER of zero seconds: closing resets the connection."""


class Link:
    """One connection of a client, and the connection behind it to the upstream port, made again when it was closed."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: int) -> None:
        self._reader, self._writer, self._port = reader, writer, upstream
        self._behind: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.request = HttpMessage("", ())

    async def next_request(self) -> bool:
        """Read the next request; False when the client is done."""
        request = await read_message(self._reader, self._writer)
        self.request = request or self.request
        return request is not None

    async def forward(self, request: HttpMessage) -> HttpMessage:
        """Send it on and give the reply; raises OSError or `MalformedMessageError` when upstream is gone."""
        if self._behind is None:
            self._behind = await asyncio.open_connection("127.0.0.1", self._port, limit=MOST_HEAD_BYTES)
        reader, writer = self._behind
        writer.write(request.as_bytes())
        await writer.drain()
        reply = await read_message(reader)
        if reply is None:
            raise MalformedMessageError("upstream closed without a reply")
        if reply.header("connection").lower() == "close":
            writer.close()
            self._behind = None
        return reply

    async def reply(self, reply: HttpMessage) -> None:
        """Send the reply to the client."""
        self._writer.write(reply.as_bytes())
        await self._writer.drain()

    def cut(self, part: bytes = b"") -> bool:
        """Send a part of a reply, or reset the connection when there is none. Always False: the connection is over."""
        if part:
            self._writer.write(part)
        else:
            self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _GONE)
        return False

    def close(self) -> None:
        """Close both sides."""
        self._writer.close()
        if self._behind is not None:
            self._behind[1].close()
