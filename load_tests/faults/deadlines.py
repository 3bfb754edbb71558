"""Challenges with a time limit, begun at the gateway whose clock is most behind and answered at the one most ahead.

The person answers at once. Whoever is in time by their own watch must not count as too late, whatever the clocks of the machines
that serve say. The comparison is one of the `invariants`; this only brings about what a crowd seldom meets.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import Any

from load_tests.faults.browser import Browser
from load_tests.faults.crowd import Crowd
from load_tests.faults.ledger import Line, digest_of
from load_tests.virtual_person import VirtualPerson

TIMED_SCOPES = ("1.3", "2.1", "3.2", "4.1", "5.1")
FIRST_INTENT = 2_000_000
MOST_PERSONS = 40


@dataclass(frozen=True)
class Deadlines:
    """Plays through two doors only."""

    crowd: Crowd
    behind: int
    ahead: int

    def all(self, wanted: int) -> int:
        """Play until so many challenges with a time limit were answered, or forty persons have played; how many there were."""
        met = 0
        for number in range(MOST_PERSONS):
            if met >= wanted:
                break
            met += self._one(FIRST_INTENT + number, TIMED_SCOPES[number % len(TIMED_SCOPES)])
        return met

    def _one(self, number: int, scope: str) -> int:
        """One person's assessment, up to its first challenge with a time limit."""
        rng = random.Random(f"{self.crowd.seed}-{number}")
        token = self.crowd.token_of(f"deadline-{self.crowd.seed}-{number}")
        person = VirtualPerson(self.crowd.release, rng.gauss(0.0, 1.0), rng)
        slow, fast = (Browser((door,), rng, token) for door in (self.behind, self.ahead))
        progress = slow.post("/v1/assessments", {"scope": scope, "locale": person.locale}).body["assessment"]
        path = f"/v1/assessments/{progress['assessment_id']}"
        self.crowd.ledger.write(Line("started", number, assessment=progress["assessment_id"]))
        timed = False
        while progress["status"] == "open" and not timed:
            waiting = progress["next"]
            if waiting["phase"] == "announced":
                timed = "time-limit" in waiting["because"]
                progress = slow.post(f"{path}/begin", {"step": waiting["step"]}).body
                waiting = progress["next"]
            progress = self._answered(fast if timed else slow, path, number, waiting, person)
        slow.close()
        fast.close()
        return int(timed)

    def _answered(self, browser: Browser, path: str, number: int, waiting: Any, person: VirtualPerson) -> Any:
        began, answer, step = time.monotonic(), person.answer(waiting["challenge"]), waiting["step"]
        digest = digest_of(answer, ordered=waiting["challenge"]["kind"] != "choices")
        self.crowd.ledger.write(Line("sent", number, step=step, digest=digest))
        sent = {"step": step, "challenge": waiting["challenge"]["id"], "answer": answer}
        progress = browser.post(f"{path}/answers", sent).body
        seconds = round(time.monotonic() - began, 3)
        self.crowd.ledger.write(Line("acknowledged", number, step=step, digest=digest, seconds=seconds))
        return progress
