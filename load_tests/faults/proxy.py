"""The fault proxy: one door on 127.0.0.1 for each process, so that whoever calls is known and can be killed at the call itself.

It runs in a thread with an event loop of its own. Each request is read whole; then a fault is drawn, done and noted, or the request
goes on to the upstream port and its reply comes back. The Host header and signatures pass unchanged.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from load_tests.faults.deliveries import Deliveries
from load_tests.faults.http_wire import MOST_HEAD_BYTES, HttpMessage, MalformedMessageError
from load_tests.faults.link import Link
from load_tests.faults.operations import Operation, item_key, operation_of
from load_tests.faults.plan import DELIVERIES, KILLS, NETWORK, STORE, WAITING, Fault, Tally, Weather, draw
from load_tests.faults.replies import refusal
from load_tests.faults.weakening import Defence, weakened

T = TypeVar("T")
Kill = Callable[[str], bool]
"""Ends the process of this name at once; whether it was ended."""
CLOSING_TURNS = 5
_LOST = frozenset({Fault.LOST_REPLY, Fault.TRUNCATED})


@dataclass
class KillAt:
    """An order to kill whoever makes the n-th write from now on, before the store sees it or after it is done."""

    nth: int
    when: Literal["before", "after"]
    seen: int = 0
    met: Operation | None = None
    """The call at which the kill was done."""
    process: str = ""
    """Who made that call."""

    def meets(self, operation: Operation, process: str) -> Fault | None:
        """The kill, when this call is the one."""
        self.seen += operation.writes
        if not operation.writes or self.met is not None or self.seen < self.nth:
            return None
        self.met, self.process = operation, process
        return Fault.KILL_BEFORE if self.when == "before" else Fault.KILL_AFTER


@dataclass(frozen=True)
class Delays:
    """How long slow replies take, and hanging ones: longer than the time-out of the service's calls, in seconds."""

    slow: float = 0.08
    hang: float = 0.8


@dataclass
class FaultProxy:
    """Doors between the service and its store, and between browsers and the service."""

    seed: int
    tally: Tally
    weather: Weather
    kill: Kill
    without: Defence | None = None
    delays: Delays = field(default_factory=Delays)
    order: KillAt | None = None
    holding: dict[str, int] = field(default_factory=dict)
    """How many messages each worker has in hand."""
    stored: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often the store accepted an item of each key, whether or not the process that sent it ever knew."""
    _deliveries: Deliveries = field(default_factory=Deliveries)
    _serving: set[asyncio.Task[None]] = field(default_factory=set)
    """Held here: the loop alone would forget a task whose client has gone while the upstream still works."""
    _servers: list[asyncio.Server] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._thread.start()

    def to_store(self, process: str, upstream: int) -> int:
        """Open the door of a process to the store and return its port."""
        rng = random.Random(f"{self.seed}-{process}")
        return self._run(self._open(upstream, lambda link: self._store_call(link, process, rng)))

    def to_service(self, process: str, upstream: int) -> int:
        """Open the door of browsers to a gateway and return its port."""
        rng = random.Random(f"{self.seed}-{process}-browsers")
        return self._run(self._open(upstream, lambda link: self._browser_call(link, process, rng)))

    def stop(self) -> None:
        """Close every door."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        here = asyncio.current_task()
        for _ in range(CLOSING_TURNS):  # a connection accepted just before gets its task a few turns later
            others = [task for task in asyncio.all_tasks() if task is not here]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await asyncio.sleep(0.01)

    async def _open(self, upstream: int, call: Callable[[Link], Coroutine[Any, Any, bool]]) -> int:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            link = Link(reader, writer, upstream)
            here = asyncio.current_task()
            assert here is not None
            self._serving.add(here)
            here.add_done_callback(self._serving.discard)
            try:
                while await link.next_request() and await call(link):
                    pass
            except (OSError, MalformedMessageError, asyncio.CancelledError):
                pass  # either side went away: the other sees its connection closed
            finally:
                link.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=MOST_HEAD_BYTES)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _browser_call(self, link: Link, process: str, rng: random.Random) -> bool:
        if self.weather.stormy and draw(rng, NETWORK):
            self.tally.note(Fault.NETWORK, process)
            if rng.random() < 0.5:
                await link.forward(link.request)
            return link.cut()
        await link.reply(await link.forward(link.request))
        return True

    async def _store_call(self, link: Link, process: str, rng: random.Random) -> bool:
        """Serve one request; whether the connection goes on."""
        operation = operation_of(link.request)
        fault = self._drawn(operation, process, rng)
        refused = refusal(operation, fault)
        if refused is not None:
            self._note(fault, process, operation)
            await link.reply(refused)
            return True
        if fault is Fault.HANG:
            await asyncio.sleep(self.delays.hang)
        if fault in (Fault.RESET, Fault.HANG) or (fault is Fault.KILL_BEFORE and self._killed(process)):
            self._note(fault, process, operation)
            return link.cut()
        reply = await link.forward(weakened(link.request, operation, self.without))
        if operation.name == "PutItem" and reply.status == 200:
            self.stored[item_key(link.request)] += 1
        if operation.name == "ReceiveMessage":
            reply = self._delivered(reply, process, operation, rng)
        if reply.status < 300 and (fault in _LOST or (fault is Fault.KILL_AFTER and self._killed(process))):
            self._note(fault, process, operation)
            whole = reply.as_bytes()
            return link.cut(whole[: len(whole) - 1 - len(reply.body) // 2] if fault is Fault.TRUNCATED else b"")
        if operation.name == "DeleteMessageBatch":
            self.holding[process] = 0
        if fault is Fault.SLOW:
            self._note(fault, process, operation)
            await asyncio.sleep(self.delays.slow)
        await link.reply(reply)
        return True

    def _drawn(self, operation: Operation, process: str, rng: random.Random) -> Fault | None:
        if self.order is not None:
            return self.order.meets(operation, process)
        if not self.weather.stormy:
            return None
        fault = (draw(rng, KILLS) if operation.writes else None) or draw(rng, STORE)
        return Fault.RESET if fault is Fault.HANG and operation.name in WAITING else fault

    def _killed(self, process: str) -> bool:
        in_hand = self.holding.get(process, 0)
        if not self.kill(process):
            return False
        self.holding[process] = 0
        if in_hand:
            self.tally.note(Fault.KILL_IN_BATCH, process)
        return True

    def _delivered(self, reply: HttpMessage, process: str, operation: Operation, rng: random.Random) -> HttpMessage:
        if reply.status != 200:
            return reply
        fault = draw(rng, DELIVERIES) if self.weather.stormy else None
        reply, self.holding[process], done = self._deliveries.changed(reply, fault, rng)
        if done:
            self._note(fault, process, operation)
        return reply

    def _note(self, fault: Fault | None, process: str, operation: Operation) -> None:
        if fault is not None:
            self.tally.note(fault, process, operation)
