"""A small HTTP server on 127.0.0.1 that plays faults: each request takes the next fault of a script, then all is well.

What it serves when well is one table of items (GetItem, and PutItem on condition that the key is free), a queue, and objects.
"""

from __future__ import annotations

import hashlib
import json
import socket
import ssl
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

JSON = "application/x-amz-json-1.0"


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        return self.headers.get("x-amz-target", self.method).rpartition(".")[2]


@dataclass(frozen=True)
class Answer:
    """A reply before it is written."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def written(self) -> bytes:
        head = {"content-type": JSON, "x-amz-crc32": str(zlib.crc32(self.body)), **self.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        return f"HTTP/1.1 {self.status} Said\r\ncontent-length: {len(self.body)}\r\n{lines}\r\n".encode() + self.body


def refusal(code: str, status: int = 400, **more: Any) -> Answer:
    return Answer(status, json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "no", **more}).encode())


def xml_refusal(code: str, status: int) -> Answer:
    return Answer(status, f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode())


Carry = Callable[[], Answer]
"""Carries the request out, and says what should be answered."""
Fault = Callable[["FaultServer", socket.socket, Carry], bool]
"""Does with a request what it likes; whether the connection stays open."""


def well(server: FaultServer, connection: socket.socket, carry: Carry) -> bool:
    connection.sendall(carry().written())
    return True


def lost(server: FaultServer, connection: socket.socket, carry: Carry) -> bool:
    """Carried out, never answered."""
    carry()
    return False


def reset(server: FaultServer, connection: socket.socket, carry: Carry) -> bool:
    """Not carried out, and the connection is reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def hang(server: FaultServer, connection: socket.socket, carry: Carry) -> bool:
    """Not carried out; says nothing until the client goes."""
    connection.settimeout(20)
    connection.recv(1)
    return False


def truncated(server: FaultServer, connection: socket.socket, carry: Carry) -> bool:
    connection.sendall(carry().written()[:-1])
    return False


def damaged(server: FaultServer, connection: socket.socket, carry: Carry) -> bool:
    """The last byte of the body is another."""
    written = carry().written()
    connection.sendall(written[:-1] + bytes([written[-1] ^ 1]))
    return True


def closed_after(server: FaultServer, connection: socket.socket, carry: Carry) -> bool:
    """Answered well; then the connection is closed without a word."""
    connection.sendall(carry().written())
    return False


def saying(answer: Answer) -> Fault:
    """Not carried out; this is answered."""

    def say(server: FaultServer, connection: socket.socket, carry: Carry) -> bool:
        connection.sendall(answer.written())
        return True

    return say


@dataclass
class FaultServer:
    """The server. A test looks at what it received, and at what it holds."""

    clock: Callable[[], float] | None = None
    """When given, signatures of another time (by five minutes) are refused with `skew_code`."""
    skew_code: str = "InvalidSignatureException"
    script: list[Fault] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    items: dict[str, Any] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0
    tls: ssl.SSLContext | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def play(self, *faults: Fault) -> None:
        with self.lock:
            self.script[:] = faults

    def carried_out(self, request: Received) -> Answer:
        if request.operation in ("GET", "PUT"):
            return self._object(request)
        document = json.loads(request.body)
        with self.lock:
            if request.operation == "GetItem":
                item = self.items.get(json.dumps(document["Key"], sort_keys=True))
                return _document({"Item": item} if item else {})
            if request.operation == "PutItem":
                item = document["Item"]
                key = json.dumps({"pk": item["pk"], "sk": item["sk"]}, sort_keys=True)
                if key in self.items and "ConditionExpression" in document:
                    return refusal("ConditionalCheckFailedException", Item=self.items[key])
                self.items[key] = item
                return _document({})
            if request.operation == "SendMessage":
                self.messages.append(document["MessageBody"])
                md5 = hashlib.md5(document["MessageBody"].encode(), usedforsecurity=False).hexdigest()
                return _document({"MessageId": "1", "MD5OfMessageBody": md5})
        return refusal("UnknownOperationException")

    def _object(self, request: Received) -> Answer:
        with self.lock:
            if request.method == "PUT":
                self.objects[request.path] = request.body
                return Answer(200, b"", {"etag": '"1"'})
            content = self.objects.get(request.path)
        return xml_refusal("NoSuchKey", 404) if content is None else Answer(200, content)

    def answer(self, request: Received) -> Answer:
        if self.clock is not None:
            now = self.clock()
            said = request.headers["x-amz-date"]
            if abs(_seconds(said) - now) > 300:
                answer = refusal(self.skew_code, 403)
                return Answer(answer.status, answer.body, {"date": formatdate(now, usegmt=True)})
        return self.carried_out(request)

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve_one, args=(connection,), daemon=True).start()

    def _serve_one(self, connection: socket.socket) -> None:
        try:
            with self.tls.wrap_socket(connection, server_side=True) if self.tls else connection as talking:
                with self.lock:
                    self.connections += 1
                talking.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with talking.makefile("rb") as reading:
                    while (request := _read(reading)) is not None:
                        with self.lock:
                            self.received.append(request)
                            fault = self.script.pop(0) if self.script else well
                        if not fault(self, talking, lambda request=request: self.answer(request)):  # type: ignore[misc]
                            return
        except OSError:  # the client went
            return


def _document(document: Any) -> Answer:
    return Answer(200, json.dumps(document).encode())


def _seconds(stamp: str) -> float:
    from datetime import UTC, datetime

    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()


def _read(reading: Any) -> Received | None:
    line = reading.readline()
    if not line:
        return None
    method, path, _ = line.decode().split(" ")
    headers = {}
    while (line := reading.readline().strip()) != b"":
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    return Received(method, path, headers, reading.read(int(headers.get("content-length", 0))))


@contextmanager
def running(server: FaultServer) -> Iterator[FaultServer]:
    """Serve on a free port of 127.0.0.1 for the length of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server.port = listening.getsockname()[1]
        thread = threading.Thread(target=server.serve, args=(listening,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def operations(server: FaultServer) -> Sequence[str]:
    return [one.operation for one in server.received]
