"""One run of the suite: a storm over a crowd, then a kill at each write of one assessment, then quiet, then the comparison."""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from infrastructure.local.supervisor import private_ministack
from load_tests.faults import poison
from load_tests.faults.accounts import Accounts, accounts_of
from load_tests.faults.crowd import Intent, intents
from load_tests.faults.deadlines import Deadlines
from load_tests.faults.evidence import Evidence, messages_in, read_evidence
from load_tests.faults.invariants import Kind, Violation, Witnessed, timed_answers, violations
from load_tests.faults.journey import Journeys
from load_tests.faults.plan import Fault, Tally
from load_tests.faults.scene import Scene, make_scene
from load_tests.faults.settings import Options
from load_tests.faults.stage import FaultStage, make_stage, own_environment

HOUR = 3600.0
QUIET_SECONDS = 120.0
JOURNEY_VISIBILITY = 2
QUIET_VISIBILITY = 5
"""Longer than a full batch takes: a message that comes again while it is handled never ends."""
SKEW_SHOWS = 20
"""Assessments after which some entry was surely written by a clock behind that of the entry before."""
SKEW_METRIC = "ClockSkewSeconds"

Tell = Callable[[str], None]


@dataclass
class Ran:
    """All that a run brought to light."""

    options: Options
    tally: Tally
    accounts: Accounts
    evidence: Evidence
    violations: list[Violation]
    journeys: list[str]
    played: int
    timed: int
    seconds: float
    storm_seconds: float


def run(options: Options, tell: Tell, endpoint_url: str | None = None) -> Ran:
    """Do everything; without an address, on a MiniStack of its own. Nothing of it stays."""
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="palier-faults-")))
        address = endpoint_url or stack.enter_context(private_ministack(folder / "stack"))
        stack.enter_context(own_environment())
        without = f"-{options.without.value}" if options.without else ""
        stage = make_stage(address, f"faults{options.seed % 10_000}{without}")
        stage.set_visibility(
            options.visibility
        )  # before anybody waits for messages: what comes meanwhile takes the time-out of before
        scene = stack.enter_context(make_scene(options, stage, folder))
        tell(f"{options.processes} processes serve; {options.assessments} assessments, seed {options.seed}.")
        stormed = time.monotonic()
        played = _storm(scene, tell)
        storm_seconds = time.monotonic() - stormed
        tell(f"{played} played in {storm_seconds:.0f} s; now one is cut at each of its writes.")
        journeys = _cut(scene)
        tell(f"{len(journeys)} cut; waiting for quiet.")
        left = _quiet(scene)
        scene.fleet.stop()
        _publish(stage)
        accounts = accounts_of(scene.crowd.ledger.lines())
        evidence = read_evidence(stage.settings, stage.clients, stage.dead_queue_url)
        course_of, witnessed = stage.services.desk.courses.of, Witnessed(scene.poison, scene.proxy.stored)
        found = [
            *violations(accounts, evidence, course_of, scene.crowd.release, witnessed),
            *left,
            *_of_processes(scene, played),
            *_of_counters(stage),
        ]
        timed, seconds = timed_answers(evidence, course_of), time.monotonic() - began
        return Ran(options, scene.tally, accounts, evidence, found, journeys, played, timed, seconds, storm_seconds)


def _cut(scene: Scene) -> list[str]:
    """Cut journeys at their writes, and begin timed challenges at one clock to answer them at another; what was cut."""
    options, stage = scene.options, scene.stage
    stage.set_visibility(min(options.visibility, JOURNEY_VISIBILITY))
    journeys = Journeys(scene.proxy, scene.fleet, scene.crowd, stage, options.seed).all(options.journeys)
    if options.deadlines:
        doors = dict(zip(options.gateway_offsets, scene.crowd.doors, strict=True))
        Deadlines(scene.crowd, doors[min(doors)], doors[max(doors)]).all(options.deadlines)
    return journeys


def _storm(scene: Scene, tell: Tell) -> int:
    """Let the crowd play in waves while everything goes wrong; how many intents were played."""
    options = scene.options
    crowd = intents(options.seed, options.assessments, options.scopes)
    share = -(-len(crowd) // len(options.waves))
    stop = threading.Event()
    texts = poison.poisons(options.seed, options.poison)
    mischief = threading.Thread(target=_mischief, args=(scene, texts, stop), name="mischief")
    scene.poison = frozenset(texts)
    played, began = 0, time.monotonic()
    with scene.weather.storm():
        mischief.start()
        try:
            for number, at_once in enumerate(options.waves):
                for part in _parts(crowd[number * share : (number + 1) * share], 4 * at_once):
                    if time.monotonic() - began > options.limit:
                        break
                    scene.crowd.play(part, at_once)
                    played += len(part)
                tell(f"  {played} played, {len(scene.tally.done)} faults.")
        finally:
            stop.set()
            mischief.join()
    return played


def _parts(some: list[Intent], size: int) -> Iterator[list[Intent]]:
    for first in range(0, len(some), size):
        yield some[first : first + size]


def _mischief(scene: Scene, texts: list[str], stop: threading.Event) -> None:
    """Poison at the start, some more in between; and any process killed at any moment."""
    rng = random.Random(f"{scene.options.seed}-mischief")
    waiting = list(texts)
    while waiting or not stop.is_set():
        if waiting and (stop.is_set() or len(waiting) > len(texts) // 2 or rng.random() < 0.2):
            poison.send(scene.stage.clients.sqs, scene.stage.settings.results_queue_url, waiting.pop(), rng)
            scene.tally.note(Fault.POISON, "")
        name = rng.choice(list(scene.fleet.processes))
        if rng.random() < 0.1 and scene.fleet.kill(name):
            scene.tally.note(Fault.KILL_ANY, name)
            if scene.proxy.holding.pop(name, 0):
                scene.tally.note(Fault.KILL_IN_BATCH, name)
        stop.wait(0.2)


def _quiet(scene: Scene) -> list[Violation]:
    """Let the workers empty the queue and the sweeper settle every mark, at the time when all is due."""
    stage = scene.stage
    scene.fleet.gap_seconds = 0.0
    stage.set_visibility(QUIET_VISIBILITY)
    deadline = time.monotonic() + QUIET_SECONDS
    sweeps = 0
    while time.monotonic() < deadline:
        if messages_in(stage.clients.sqs, stage.settings.results_queue_url):
            time.sleep(0.2)
            continue
        stage.clock.seconds = 49 * HOUR
        swept = stage.services.sweeping.sweep()
        sweeps += 1
        if not (swept.delivered or swept.ended or swept.rearmed or swept.failed):
            return []
    return [Violation(Kind.WRONG, "", f"not quiet after {QUIET_SECONDS:.0f} s and {sweeps} sweeps")]


def _publish(stage: FaultStage) -> None:
    """Count what exposure control still waits for, as the writer would in its next minutes."""
    for minute in range(1, 4):
        stage.clock.seconds = 50 * HOUR + 60.0 * minute
        if not stage.services.publishing.publish().batches:
            return


def _of_counters(stage: FaultStage) -> Iterator[Violation]:
    """Every collective view is what the contributions make it: nobody missing, nobody twice."""
    views = list(stage.services.ports.counters.enrolled())
    if not views:
        yield Violation(Kind.LOST, "", "nobody was counted in any view")
    for found in stage.services.reconciling.reconcile(views):
        if found.uncounted:
            yield Violation(Kind.LOST, found.view, f"{found.uncounted} of {found.participants} persons are not counted")
        if not found.clean:
            yield Violation(
                Kind.WRONG, found.view, f"counted {found.counted}, wanted {found.expected}; rows {found.wrong_rows}"
            )


def _of_processes(scene: Scene, played: int) -> Iterator[Violation]:
    """No process ends by itself, everybody was played, and clocks that are off are told."""
    for name in sorted(set(scene.fleet.died)):
        yield Violation(Kind.WRONG, "", f"{name} ended by itself {scene.fleet.died.count(name)} times")
    if played < scene.options.assessments:
        yield Violation(Kind.WRONG, "", f"only {played} of {scene.options.assessments} were played in time")
    if any(scene.options.gateway_offsets) and played >= SKEW_SHOWS and SKEW_METRIC not in scene.fleet.told("gateway"):
        yield Violation(Kind.WRONG, "", f"clocks are off, and no {SKEW_METRIC} was told")
