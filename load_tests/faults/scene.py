"""The processes, their doors, the crowd and the weather of one run, brought up and taken down together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from chalicelib.content.releases import Release
from infrastructure.local.ports import free_ports
from load_tests.faults.crowd import Crowd
from load_tests.faults.fleet import Fleet, Process
from load_tests.faults.ledger import Ledger
from load_tests.faults.plan import Fault, Tally, Weather
from load_tests.faults.proxy import FaultProxy
from load_tests.faults.settings import Options
from load_tests.faults.stage import FaultStage
from load_tests.faults.weakening import Defence

SWEEP_SECONDS = 2.0
TOKEN_SECONDS = 7200


@dataclass
class Scene:
    """Everything that runs while faults are injected."""

    options: Options
    stage: FaultStage
    fleet: Fleet
    proxy: FaultProxy
    crowd: Crowd
    tally: Tally
    weather: Weather
    poison: frozenset[str] = frozenset()
    """The messages sent to be refused."""


@contextmanager
def make_scene(options: Options, stage: FaultStage, folder: Path) -> Iterator[Scene]:
    """Everything up and answering for the length of the block, the weather still fine."""
    tally, weather = Tally(), Weather()
    fleet = Fleet(folder / "logs", options.kill_gap)
    proxy = FaultProxy(options.seed, tally, weather, fleet.kill, options.without)
    ledger = Ledger(folder / "ledger.jsonl")
    try:
        doors = _start(options, stage, fleet, proxy, tally)
        stage.publish(folder / "logs")
        crowd = Crowd(
            release=_release(stage),
            doors=doors,
            token_of=lambda person: stage.services.issuer.issue(person, TOKEN_SECONDS),
            ledger=ledger,
            seed=options.seed,
            two_tabs=options.two_tabs,
            forgets_its_key=options.without is Defence.ACTION,
        )
        fleet.await_gateways()
        yield Scene(options, stage, fleet, proxy, crowd, tally, weather)
    finally:
        fleet.stop()
        proxy.stop()
        ledger.close()


def _release(stage: FaultStage) -> Release:
    releases = stage.services.ports.releases
    return releases.get(releases.current())


def _start(options: Options, stage: FaultStage, fleet: Fleet, proxy: FaultProxy, tally: Tally) -> tuple[int, ...]:
    """Start every process behind a door of its own; the doors of the gateways for browsers."""
    ports = free_ports(len(options.gateway_offsets))
    made, doors = [], []
    for number, (offset, port) in enumerate(zip(options.gateway_offsets, ports, strict=True), 1):
        name = f"gateway-{number}"
        environment = stage.environment(proxy.to_store(name, stage.store_port))
        made.append(Process(name, "gateway", environment, offset, port))
        doors.append(proxy.to_service(name, port))
    for number, offset in enumerate(options.pump_offsets, 1):
        name = f"pump-{number}"
        environment = stage.environment(proxy.to_store(name, stage.store_port))
        made.append(Process(name, "pump", environment, offset, sweep_seconds=SWEEP_SECONDS))
    for process in made:
        if process.offset_seconds:
            tally.note(Fault.SKEW, process.name)
    fleet.start(*made)
    return tuple(doors)
