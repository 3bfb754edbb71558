"""From finished placements to the next table, through the worker of the results and the exposure writer."""

from __future__ import annotations

import numpy as np
import pytest

from chalicelib.assessments.starting import Wish
from chalicelib.engine.exposure import Limits
from chalicelib.workers import exposure
from tests.workers.test_results_worker import consume, items_of, message, record
from tests.worlds import World, play_on


def take(world: World, people: range) -> list[str]:
    """Placements of these people, each finished."""
    ends = []
    for person in people:
        progress, _ = world.services.starting.start(f"p{person}", Wish("1.1", "fr"))
        ends.append(play_on(world, f"p{person}", progress, right=person % 2 == 0).assessment_id)
    return ends


def test_finished_placements_become_the_next_table_of_their_release(world: World) -> None:
    ends = take(world, range(4))
    bodies = [message(one) for one in ends]
    assert consume(world, *(record(f"m{number}", body) for number, body in enumerate(bodies))) == []
    done = exposure.publish(world.another_process().publishing)
    assert (done.versions, done.tests, done.failed) == (1, 4, 0)
    table = world.another_process().exposure_tables.current(world.release.id, "practice")
    given = np.bincount(np.concatenate([items_of(world, one) for one in ends]), minlength=len(world.release))
    expected = np.where(given > 0, np.minimum(1.0, Limits().aim * 0.2 * 4 / np.maximum(given, 1)), 1.0)
    assert table.version == 1
    assert table.eligibility[0] == pytest.approx(expected, abs=2e-5)


def test_a_run_with_nothing_to_do_is_told_as_such(memory: World) -> None:
    done = exposure.publish(memory.services.publishing)
    assert (done.versions, done.tests, done.failed, done.unreadable) == (0, 0, 0, 0)
