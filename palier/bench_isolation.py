"""How long answers take while the function `api` is saturated, beside how long they take when it is quiet, in turns.

Virtual people answer at their own pace all the time. In every other block, processes that give way to all others send the
heaviest requests of `api`, each as soon as the one before is done, over many more connections than `api` has processes.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Literal

import numpy as np

from chalicelib.content.releases import Release
from chalicelib.wiring import Services
from infrastructure.local.priority import give_way
from load_tests.client import Answered, ApiClient
from load_tests.virtual_person import VirtualPerson, play
from palier.stage import reached_or_own

PERSONS, THINKING_SECONDS = 2, 0.02
FINISHED, SCOPE = 2, "crcn"
PROCESSES, CONNECTIONS = 2, 4
BLOCK_SECONDS, SETTLING_SECONDS = 2.0, 0.2
SPAWN = multiprocessing.get_context("spawn")

Phase = Literal["quiet", "loaded"]
PHASES: tuple[Phase, Phase] = ("quiet", "loaded")
Request = tuple[str, str | None]
"""A path of `api`, and the token it takes."""


@dataclass
class Blocks:
    """Latencies of answers, in milliseconds, by the block in which they were sent and replied to."""

    current: tuple[Phase, int] | None = None
    ended: bool = False
    errors: list[str] = field(default_factory=list)
    latencies_ms: dict[tuple[Phase, int], list[float]] = field(default_factory=dict)

    def record(self, sent_in: tuple[Phase, int] | None, seconds: float) -> None:
        """Keep a latency, unless a block began or ended meanwhile."""
        if sent_in is not None and sent_in == self.current:
            self.latencies_ms.setdefault(sent_in, []).append(seconds * 1000)

    def of(self, phase: Phase) -> list[list[float]]:
        """The latencies of each block of this phase, in order."""
        return [latencies for (one, _), latencies in sorted(self.latencies_ms.items()) if one == phase]


class _TimedClient(ApiClient):
    def __init__(self, base_url: str, blocks: Blocks) -> None:
        super().__init__(base_url)
        self._blocks = blocks

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Answered:
        sent_in = self._blocks.current
        reply = super().post(path, body)
        if path.endswith("/answers"):
            self._blocks.record(sent_in, reply.seconds)
        return reply


class Saturation:
    """Processes that send requests while they are told to, and count what came of it."""

    def __init__(self, url: str, requests: Sequence[Request]) -> None:
        self.going, self.ended = SPAWN.Event(), SPAWN.Event()
        self.counts = SPAWN.Array("q", 3)
        arguments = (url, tuple(requests), self.going, self.ended, self.counts)
        self._processes = [
            SPAWN.Process(target=_saturate, args=(number, *arguments), daemon=True) for number in range(PROCESSES)
        ]

    def start(self) -> None:
        """Start the processes; they wait."""
        for process in self._processes:
            process.start()

    def stop(self) -> None:
        """End the processes."""
        self.ended.set()
        self.going.set()
        for process in self._processes:
            process.join(10)
            if process.is_alive():
                process.kill()


def _saturate(number: int, url: str, requests: tuple[Request, ...], going: Any, ended: Any, counts: Any) -> None:
    give_way(os.getpid())  # the clients of `api` would be on machines of their own

    def loop(place: int) -> None:
        order = itertools.cycle(requests[place % len(requests) :] + requests[: place % len(requests)])
        while not ended.is_set():
            going.wait()
            with ApiClient(url) as client:
                while going.is_set() and not ended.is_set():
                    path, client.token = next(order)
                    try:
                        status = client.get(path).status
                    except (OSError, HTTPException):
                        status = 0
                    with counts.get_lock():
                        counts[0 if status == 200 else 1 if status == 503 else 2] += 1
                    if status == 0:
                        break

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(loop, range(number * CONNECTIONS, (number + 1) * CONNECTIONS)))


def measure(seconds: float, workers: int) -> dict[str, Any]:
    """Latencies of answers in both phases (milliseconds), their ratios, and what `api` served; `seconds` for each phase."""
    with reached_or_own(workers) as stage:
        url, ports = stage.api_url, stage.services.ports
        release = ports.releases.get(ports.releases.current())
        saturation = Saturation(url, _heavy_requests(stage.services, url, release))
        pairs = max(2, round(seconds / BLOCK_SECONDS))
        saturation.start()
        try:
            with _people_answering(url, release) as blocks:
                loaded_seconds = _alternate(blocks, saturation, pairs, seconds / pairs)
        finally:
            saturation.stop()
    done, refused, failed = saturation.counts[:]
    return {
        "pairs_of_blocks": pairs,
        **_figures(blocks),
        "answer_errors": len(blocks.errors),
        "api_connections": PROCESSES * CONNECTIONS,
        "api_requests_per_second": round(done / loaded_seconds, 1),
        "api_refused": refused,
        "api_errors": failed,
    }


def _heavy_requests(services: Services, url: str, release: Release) -> list[Request]:
    """What takes `api` longest: the pages of finished assessments, of their persons, and of the service."""
    requests: list[Request] = []
    for number in range(FINISHED):
        rng = random.Random(number)
        token = services.issuer.issue(f"isolation-{number}", 3600)
        with ApiClient(url, token) as client:
            played = play(client, VirtualPerson(release, rng.gauss(0, 1), rng), SCOPE)
        at = f"/v1/assessments/{played.assessment_id}"
        requests += [(f"{at}/{page}", token) for page in ("explanation", "results", "corrections")]
        requests += [("/v1/me/profile", token), ("/v1/framework", None), ("/openapi.json", None)]
    return requests


@contextmanager
def _people_answering(url: str, release: Release) -> Iterator[Blocks]:
    """People who take one assessment after another, thinking a moment before each answer, for the length of the block."""
    blocks = Blocks()

    def loop(number: int) -> None:
        rng = random.Random(100 + number)
        while not blocks.ended:
            with _TimedClient(url, blocks) as client:
                person = VirtualPerson(release, rng.gauss(0, 1), rng)
                played = play(client, person, SCOPE, lambda: blocks.ended, lambda *_: time.sleep(THINKING_SECONDS))
            blocks.errors.extend(played.errors)

    with ThreadPoolExecutor(PERSONS) as pool:
        people = [pool.submit(loop, number) for number in range(PERSONS)]
        try:
            yield blocks
        finally:
            blocks.ended = True
    for one in people:
        one.result()


def _alternate(blocks: Blocks, saturation: Saturation, pairs: int, block_seconds: float) -> float:
    """Turn the load on and off; every second pair begins with the load, so that a trend hits both. Return the loaded seconds."""
    pause, loaded_seconds = threading.Event(), 0.0
    for pair in range(pairs):
        for phase in PHASES if pair % 2 == 0 else PHASES[::-1]:
            began = time.monotonic()
            if phase == "loaded":
                saturation.going.set()
            pause.wait(SETTLING_SECONDS)
            blocks.current = (phase, pair)
            pause.wait(block_seconds)
            blocks.current = None
            if phase == "loaded":
                saturation.going.clear()
                loaded_seconds += time.monotonic() - began
    return loaded_seconds


def _figures(blocks: Blocks) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for phase in PHASES:
        together = [latency for block in blocks.of(phase) for latency in block]
        figures[f"{phase}_answers"] = len(together)
        for name, value in zip(("p50", "p95", "p99"), np.percentile(together, (50, 95, 99)), strict=True):
            figures[f"{phase}_{name}_ms"] = round(float(value), 2)
    for name, rank in (("p50", 50), ("p95", 95), ("p99", 99)):
        figures[f"{name}_ratio"] = round(figures[f"loaded_{name}_ms"] / figures[f"quiet_{name}_ms"], 2)
        pairs = zip(blocks.of("quiet"), blocks.of("loaded"), strict=True)
        ratios = [float(np.percentile(loaded, rank) / np.percentile(quiet, rank)) for quiet, loaded in pairs]
        figures[f"{name}_ratio_median_of_pairs"] = round(statistics.median(ratios), 2)
    return figures
