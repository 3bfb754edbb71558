"""The local service under a bounded closed loop: virtual people take whole placements one after another."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from load_tests.client import Answered, ApiClient
from load_tests.virtual_person import VirtualPerson, play
from palier.stage import reached_or_own

SCOPE = "crcn"


def measure(seconds: float, at_once: int, workers: int) -> dict[str, Any]:
    """Requests per second, p50, p95 and p99 in milliseconds, errors and handler CPU, of answers only."""
    with reached_or_own(workers) as stage:
        release = stage.services.ports.releases.get(stage.services.ports.releases.current())
        ends = time.monotonic() + seconds

        def loop(number: int) -> tuple[list[Answered], list[str]]:
            rng, replies, errors = random.Random(number), [], []
            while time.monotonic() < ends:
                with ApiClient(stage.api_url) as client:
                    person = VirtualPerson(release, rng.gauss(0, 1), rng)
                    played = play(client, person, SCOPE, until=lambda: time.monotonic() >= ends)
                replies += played.replies
                errors += played.errors
            return replies, errors

        began = time.perf_counter()
        with ThreadPoolExecutor(at_once) as pool:
            loops = list(pool.map(loop, range(at_once)))
        took = time.perf_counter() - began
    replies = [reply for one, _ in loops for reply in one]
    latencies = np.array([reply.seconds for reply in replies]) * 1000
    cpu = np.array([reply.cpu_ms for reply in replies if reply.cpu_ms is not None])
    p50, p95, p99 = (round(float(value), 2) for value in np.percentile(latencies, (50, 95, 99)))
    return {
        "seconds": round(took, 2),
        "connections": at_once,
        "answers": len(replies),
        "requests_per_second": round(len(replies) / took, 1),
        "p50_ms": p50,
        "p95_ms": p95,
        "p99_ms": p99,
        "errors": sum(len(errors) for _, errors in loops),
        "handler_cpu_ms_per_answer": round(float(cpu.mean()), 3),
        "handler_cpu_ms_median": round(float(np.median(cpu)), 3),
    }
