"""One short assessment after another, a process killed at each of its writes in turn, before the store sees it and after."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from load_tests.faults.crowd import Crowd, Intent
from load_tests.faults.evidence import messages_in
from load_tests.faults.fleet import Fleet
from load_tests.faults.proxy import FaultProxy, KillAt
from load_tests.faults.stage import FaultStage

MOST_WRITES = 40
SETTLED_SECONDS = 30.0
FIRST_INTENT = 1_000_000
"""Intents of journeys are numbered from here, far from those of the crowd."""


@dataclass(frozen=True)
class Journeys:
    """Plays through the doors of a fleet; faults other than the kill are not drawn meanwhile."""

    proxy: FaultProxy
    fleet: Fleet
    crowd: Crowd
    stage: FaultStage
    seed: int

    def all(self, most: int | None) -> list[str]:
        """Cut at write 1, 2, … until there is none left to cut at; what was killed where. `most` bounds it."""
        cut: list[str] = []
        gap, self.fleet.gap_seconds = self.fleet.gap_seconds, 0.0
        for nth in range(1, (MOST_WRITES if most is None else most) + 1):
            told = [self._one(nth, "before"), self._one(nth, "after")]
            cut += [one for one in told if one is not None]
            if None in told:
                break
        self.fleet.gap_seconds = gap
        return cut

    def _one(self, nth: int, when: Literal["before", "after"]) -> str | None:
        self.fleet.await_gateways()
        number = FIRST_INTENT + 2 * nth + (when == "after")
        person = f"journey-{self.seed}-{number}"
        order = self.proxy.order = KillAt(nth, when)
        self.crowd.one(Intent(number, person, "1.1", "fr", 2, "plays", 0))
        self._settle(person)
        self.proxy.order = None
        return None if order.met is None else f"{when} write {nth}: {order.process} {order.met.name}"

    def _settle(self, person: str) -> None:
        """Wait until the assessment is in the profile and its message is gone, or for half a minute."""
        deadline = time.monotonic() + SETTLED_SECONDS
        while time.monotonic() < deadline:
            known = self.stage.services.ports.people.person(person)
            if known.contributions and not messages_in(self.stage.clients.sqs, self.stage.settings.results_queue_url):
                return
            time.sleep(0.1)
