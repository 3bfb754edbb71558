"""The rules of a release: every check looks at all the sources and reports every fault, so that an author mends once."""

from __future__ import annotations

from chalicelib.content.authoring.checks import bank, keys, places, target_profiles, wordings
from chalicelib.content.authoring.checks.walking import Check
from chalicelib.content.authoring.sources import Fault, Progress, Sources, untold

CHECKS: tuple[Check, ...] = (*places.CHECKS, *wordings.CHECKS, *keys.CHECKS, *bank.CHECKS, *target_profiles.CHECKS)


def faults_of(sources: Sources, progress: Progress = untold) -> list[Fault]:
    """Everything that is wrong with these sources, in order of path."""
    found = list(sources.faults)
    for done, check in enumerate(CHECKS, 1):
        progress("Checking", done, len(CHECKS))
        found.extend(check(sources))
    return sorted(set(found))
