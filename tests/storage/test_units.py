"""Capacity units by our own meter: one write and at most one and a half reads an answer, however long the assessment.

The start is the widest there is: the whole framework, everything the person may know reused, challenges met before.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.assessments.answering import Submission
from chalicelib.assessments.model import Entry, Start
from chalicelib.assessments.ports import Known
from chalicelib.assessments.starting import StartAssessment, Wish
from chalicelib.assessments.views import Progress, Served
from chalicelib.content.releases import Release
from chalicelib.content.rules import Rules
from chalicelib.engine.rules import TrainingRules
from chalicelib.kernel.clock import Instant
from chalicelib.storage.logs import DynamoLogs, encode_entry
from chalicelib.storage.meter import Meter, size_of
from chalicelib.storage.table import Table, Values
from chalicelib.wiring import Services
from tests.content_of_tests import synthetic
from tests.worlds import World, moto_world, submission

PERSON = "p" * 40


class KnowsAllTheyMay:
    """A person about whom every rung of every second topic is known, and who met 400 challenges."""

    def known(self, person_id: str, scope: str, targets: tuple[int, ...], release: Release, now: Instant) -> Known:
        rungs = "AaBbCcDd"
        signs = "".join(rungs if place % 2 else "." * 8 for place in range(len(release.topics)))
        priors = tuple((place * 37 - 300, 400 + place * 11) for place in range(16))
        return Known(signs, priors, tuple(range(0, 800, 2)), 0, 0, None, None)

    def remember(self, start: Start) -> None:
        """Nothing to remember."""


@pytest.fixture(scope="module")
def wide() -> Iterator[World]:
    rules = Rules(training=TrainingRules(max_answers=201))  # so that answer 200 is not the last one
    with moto_world(synthetic(8, 8, kind="text", rules=rules)) as world:
        yield world


@pytest.fixture
def started(wide: World, request: pytest.FixtureRequest) -> Progress:
    starting = StartAssessment(wide.services.desk, KnowsAllTheyMay())
    person = f"{request.node.name}-{PERSON}"[:40]
    progress, _ = starting.start(person, Wish("crcn", "fr", needs=("blind", "deaf", "low-vision", "motor", "colour-blind")))
    return progress


def person_of(world: World, progress: Progress) -> str:
    tail = world.services.ports.log.tail(progress.assessment_id)
    assert tail is not None
    return tail.start.person_id


def cold_function(world: World) -> tuple[Services, Meter]:
    services = world.another_process()
    log = services.ports.log
    assert isinstance(log, DynamoLogs)
    services.desk.courses.releases.get(world.release.id)
    log.table.meter.reset()
    return services, log.table.meter


LONGEST = '"' * 240
"""The longest answer kept: 240 bytes, all of them signs that JSON would escape."""


def answer(services: Services, world: World, person: str, progress: Progress) -> Progress:
    assert isinstance(progress.next, Served)
    sent = Submission(progress.next.step, progress.next.challenge.id, LONGEST)
    return services.answering.answer(progress.assessment_id, person, sent)


def open_next(world: World, person: str, progress: Progress) -> Progress:
    if progress.next is not None and progress.next.phase == "announced":
        return world.services.answering.begin(progress.assessment_id, person, progress.next.step)
    return progress


def test_an_answer_costs_one_write_and_at_most_one_and_a_half_reads_at_answers_1_32_and_200(
    wide: World, started: Progress
) -> None:
    person, progress = person_of(wide, started), started
    costs: dict[int, tuple[float, float, list[str]]] = {}
    for step in range(1, 202):
        progress = open_next(wide, person, progress)
        if step in (1, 2, 32, 200, 201):
            services, meter = cold_function(wide)
            progress = answer(services, wide, person, progress)
            costs[step] = (meter.reads, meter.writes, list(meter.calls))
        else:
            progress = answer(wide.services, wide, person, progress)
    for step in (1, 2, 32, 200):
        reads, writes, _ = costs[step]
        assert reads <= 1.5, f"answer {step} read {reads} units"
        assert writes == 1.0, f"answer {step} wrote {writes} units"
    assert costs[1][2] == ["Query", "PutItem"]
    assert costs[32][2] == ["Query", "GetItem", "PutItem"]
    assert progress.stop_reason == "length-reached"
    reads, _, calls = costs[201]
    assert reads <= 1.5
    assert calls == ["Query", "GetItem", "PutItem", "UpdateItem", "UpdateItem"], (
        "the last answer makes its entry and clears two marks"
    )


def test_the_second_hundred_answers_cost_what_the_first_did(wide: World, started: Progress) -> None:
    person, progress, services = person_of(wide, started), started, wide.services
    seen = set()
    for _ in range(60):
        progress = open_next(wide, person, progress)
        wide.meter.reset()
        progress = answer(services, wide, person, progress)
        seen.add((wide.meter.reads, wide.meter.writes))
    assert seen == {(1.0, 1.0)}, "a warm function keeps the start, and every answer is one Query and one PutItem"


def test_the_last_answer_costs_its_entry_two_marks_cleared_and_the_index_each_time() -> None:
    with moto_world() as world:
        progress, _ = world.services.starting.start("p1", Wish("1.1", "fr"))
        while progress.next is not None:
            if progress.next.phase == "announced":
                progress = world.services.answering.begin(progress.assessment_id, "p1", progress.next.step)
            world.meter.reset()
            progress = world.services.answering.answer(progress.assessment_id, "p1", submission(world, progress))
        assert (world.meter.reads, world.meter.writes) == (1.0, 6.0)


def test_a_retry_costs_one_more_read(wide: World, started: Progress) -> None:
    person = person_of(wide, started)
    services, meter = cold_function(wide)
    progress = answer(services, wide, person, open_next(wide, person, started))
    assert progress.answers == 1
    meter.reset()
    answer(services, wide, person, started)
    assert (meter.reads, meter.writes) == (2.0, 0.0)


def test_the_widest_start_fits_in_one_strong_read_unit(wide: World, started: Progress) -> None:
    entry = wide.services.ports.log.entry(started.assessment_id, 0)
    assert entry is not None
    assert size_of(encode_entry(started.assessment_id, entry)) <= 4096


def test_an_entry_at_answer_200_with_the_longest_text_fits_in_one_write_unit(wide: World, started: Progress) -> None:
    entries: list[Entry] = wide.services.ports.log.entries(started.assessment_id)
    assert entries
    person, progress = person_of(wide, started), started
    for _ in range(200):
        progress = answer(wide.services, wide, person, open_next(wide, person, progress))
    last = wide.services.ports.log.tail(started.assessment_id)
    assert last is not None
    assert len(last.last.state.answers) == 200
    assert size_of(encode_entry(started.assessment_id, last.last)) <= 1024


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({"pk": {"S": "abc"}}, 5),
        ({"é": {"S": "é"}}, 4),
        ({"n": {"N": "0"}}, 2),
        ({"n": {"N": "1795000000000"}}, 4),
        ({"n": {"N": "-12345"}}, 6),
        ({"b": {"B": b"\x00" * 10}}, 11),
    ],
)
def test_items_are_sized_by_the_published_rules(item: dict[str, dict[str, object]], size: int) -> None:
    assert size_of(item) == size


def test_reads_and_writes_are_rounded_up_by_the_published_rules() -> None:
    meter = Meter()
    item = {"pk": {"S": "x" * 4095}}
    meter.read("Query", [item], strong=True)
    assert meter.reads == 2.0
    meter.read("GetItem", [], strong=False)
    assert meter.reads == 2.5
    meter.write("PutItem", 1025, index_writes=1)
    assert meter.writes == 3.0


def test_the_meter_counts_a_failed_condition_as_a_write(wide: World) -> None:
    log = wide.services.ports.log
    assert isinstance(log, DynamoLogs)
    table: Table = log.table
    item: Values = {"pk": {"S": "A#x"}, "sk": {"S": "0000"}, "b": {"B": b"x" * 2000}}
    table.put_new(item)
    wide.meter.reset()
    assert table.put_new({"pk": {"S": "A#x"}, "sk": {"S": "0000"}}) is not None
    assert wide.meter.writes == 2.0
