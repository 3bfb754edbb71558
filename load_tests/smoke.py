"""Smoke scenario: a small crowd takes placements at once, then the stores are checked against what was acknowledged.

    python -m load_tests.smoke --people 40 --at-once 8 --scope 1

It runs on a stack of its own. Exit status 1 when an invariant is broken, each case listed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from chalicelib.assessments.codec import unpack_answer
from chalicelib.assessments.model import EntryKind
from chalicelib.wiring import Services
from chalicelib.wiring_boto import cloud_ports
from infrastructure.local.supervisor import private_stack
from load_tests.client import ApiClient
from load_tests.virtual_person import Played, VirtualPerson, play

MOST_PEOPLE, MOST_AT_ONCE = 500, 32
PROFILE_SECONDS = 60.0


@dataclass(frozen=True)
class Outcome:
    """What the crowd did, and every invariant found broken."""

    people: int
    answers: int
    seconds: float
    answers_per_second: float
    errors: tuple[str, ...]
    broken: tuple[str, ...]


def run(services: Services, base_url: str, people: int, at_once: int, scope: str, seed: int) -> Outcome:
    """Let the crowd play, wait for the profiles, check the invariants."""
    release = services.ports.releases.get(services.ports.releases.current())
    began = time.perf_counter()

    def one(number: int) -> Played:
        rng = random.Random(f"{seed}-{number}")
        person = VirtualPerson(release, rng.gauss(0.0, 1.0), rng, rng.choice(("fr", "en")))
        token = services.issuer.issue(person_id(seed, number), 3600)
        with ApiClient(base_url, token) as client:
            return play(client, person, scope)

    with ThreadPoolExecutor(at_once) as pool:
        crowd = list(pool.map(one, range(people)))
    seconds = time.perf_counter() - began
    answers = sum(len(played.acknowledged) for played in crowd)
    return Outcome(
        people=people,
        answers=answers,
        seconds=round(seconds, 2),
        answers_per_second=round(answers / seconds, 1),
        errors=tuple(error for played in crowd for error in played.errors),
        broken=tuple(
            broken for number, played in enumerate(crowd) for broken in broken_of(services, person_id(seed, number), played)
        ),
    )


def person_id(seed: int, number: int) -> str:
    """A person of this run only: two runs never share one."""
    return f"smoke-{seed}-{number}"


def broken_of(services: Services, person: str, played: Played) -> list[str]:
    """The invariants that this person's stored data breaks: each acknowledged answer once, the profile up to date."""
    if not played.assessment_id:
        return []
    entries = services.ports.log.entries(played.assessment_id)
    stored = [unpack_answer(entry.value) for entry in entries if entry.kind is EntryKind.ANSWERED]
    acknowledged = [_canonical(value) for _, value in sorted(played.acknowledged.items())]
    broken = []
    if [_sorted(value) for value in acknowledged] != [_sorted(value) for value in stored]:
        broken.append(f"{played.assessment_id}: acknowledged {acknowledged}, stored {stored}")
    if played.stop_reason is not None and not _profile_has(services, person, played.assessment_id):
        broken.append(f"{played.assessment_id}: not in the profile after {PROFILE_SECONDS} s")
    return broken


def _canonical(sent: object) -> object:
    """A sent answer as it is stored, but for the order of a set of options."""
    if isinstance(sent, dict):
        return tuple(sent.values())
    return tuple(sent) if isinstance(sent, list) else sent


def _sorted(value: object) -> object:
    return tuple(sorted(value)) if isinstance(value, tuple) else value


def _profile_has(services: Services, person: str, assessment_id: str) -> bool:
    deadline = time.monotonic() + PROFILE_SECONDS
    while time.monotonic() < deadline:
        if assessment_id in services.profiles.profile(person).assessments:
            return True
        time.sleep(0.2)
    return False


def main() -> int:
    """Run the scenario against a stack of its own and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--scope", default="1")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not (1 <= options.people <= MOST_PEOPLE and 1 <= options.at_once <= MOST_AT_ONCE):
        parser.error(f"at most {MOST_PEOPLE} people, {MOST_AT_ONCE} at once")
    with private_stack(workers=2) as stack:
        os.environ.update(stack.environment)
        services = Services(stack.settings, cloud_ports(stack.settings))
        outcome = run(services, stack.url, options.people, options.at_once, options.scope, options.seed)
    print(json.dumps(asdict(outcome), indent=2))
    return 1 if outcome.errors or outcome.broken else 0


if __name__ == "__main__":
    sys.exit(main())
