"""Logs of a service: every task is solved from the bytes of its file, line by line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import pytest

from chalicelib.content.authoring.generators.drawing import MadeFile
from tests.domain.generators.generated_tasks import Task, tasks_of

TASKS = ("event-logs-2a", "event-logs-5a", "event-logs-7a")
LINE = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (INFO|WARN|ERROR) +\[([a-z]+)\] (.+)$")
RESTARTS = ("redémarrage du service", "service restart")
BEGINS, ENDS = ("début de la maintenance", "maintenance begins"), ("fin de la maintenance", "maintenance ends")


class Event(NamedTuple):
    """A line of the log."""

    at: datetime
    level: str
    component: str
    says: str


@lru_cache(maxsize=120)
def events_of(made: MadeFile) -> list[Event]:
    """Every line, in the order of the file."""
    matches = [LINE.match(line) for line in made.content.decode().splitlines()]
    return [Event(datetime.fromisoformat(found[1]), found[2], found[3], found[4]) for found in matches if found is not None]


def failing_before(task: Task, level: str = "ERROR") -> list[set[str]]:
    """The components that report at this level in the minute before each restart."""
    events = events_of(task.made)
    restarts = [one.at for one in events if one.says in RESTARTS]
    minute = timedelta(minutes=1)
    return [{one.component for one in events if one.level == level and at - minute <= one.at < at} for at in restarts]


def numbers(events: list[Event], *words: str) -> set[str]:
    """The requests of which a line says one of these words."""
    return {found[1] for one in events if (found := re.search(rf"\b(q\d{{4}}) ({'|'.join(words)})", one.says))}


def received(events: list[Event]) -> set[str]:
    return numbers(events, "reçue", "received")


def served(events: list[Event]) -> set[str]:
    return numbers(events, "servie", "served")


def during(events: list[Event]) -> list[Event]:
    """The lines between the two events, by their times."""
    (start,), (end,) = ({one.at for one in events if one.says in words} for words in (BEGINS, ENDS))
    return [one for one in events if start < one.at < end]


def solved_time(task: Task) -> str:
    lines = task.made.content.decode().splitlines()
    return next(line.split()[1] for line in lines if line.split()[2] == "ERROR")


def solved_component(task: Task) -> str:
    (component,) = set.intersection(*failing_before(task))
    return component


def solved_lost(task: Task) -> str:
    events = events_of(task.made)
    return str(len(received(during(events)) - served(events)))


SOLVERS: dict[str, Callable[[Task], str]] = {
    "event-logs-2a": solved_time,
    "event-logs-5a": solved_component,
    "event-logs-7a": solved_lost,
}


@pytest.mark.parametrize("challenge_id", TASKS)
def test_both_languages_tell_the_same_log(challenge_id: str) -> None:
    tasks = tasks_of(challenge_id)
    for french, english in zip(tasks[::2], tasks[1::2], strict=True):
        told = [
            [(one.at, one.level, re.findall(r"\d+", one.says)) for one in events_of(task.made)] for task in (french, english)
        ]
        assert told[0] == told[1]


@pytest.mark.parametrize("challenge_id", TASKS)
def test_every_line_has_the_same_shape_and_there_are_many(challenge_id: str) -> None:
    for task in tasks_of(challenge_id):
        assert len(events_of(task.made)) == task.made.content.count(b"\n")
        assert 80 <= len(events_of(task.made)) <= 120


@pytest.mark.parametrize("challenge_id", TASKS[:2])
def test_a_whole_log_is_in_order_of_time(challenge_id: str) -> None:
    for task in tasks_of(challenge_id):
        times = [one.at for one in events_of(task.made)]
        assert times == sorted(set(times))


def test_the_first_error_comes_late_after_warnings_and_no_other_time_is_right() -> None:
    for task in tasks_of("event-logs-2a"):
        levels = [one.level for one in events_of(task.made)]
        assert levels.index("ERROR") >= 30
        assert levels.index("WARN") < levels.index("ERROR")
        assert levels.count("ERROR") >= 5
        verdicts = Counter(task.verdict(f"{one.at:%H:%M:%S}") for one in events_of(task.made))
        assert verdicts == {"correct": 1, "incorrect": len(levels) - 1}


def test_a_time_is_right_as_people_write_it() -> None:
    task = tasks_of("event-logs-2a")[0]
    hours, minutes, seconds = task.told["time"].split(":")
    assert task.verdict(f" {hours} h {minutes} min {seconds} s") == "correct"
    assert task.verdict(f"{hours}h{minutes}:{seconds}") == "correct"
    assert task.verdict(f"{hours}:{minutes}") == "incorrect"


def test_other_components_fail_more_often_or_before_all_restarts_but_one() -> None:
    for task in tasks_of("event-logs-5a"):
        events, before = events_of(task.made), failing_before(task)
        assert len(before) == int(task.told["restarts"]) == 6
        errors = Counter(one.component for one in events if one.level == "ERROR")
        often = Counter(component for failing in before for component in failing)
        (right, six), (noisy, five), (_, less), *_ = often.most_common()
        assert (six, five) == (6, 5)
        assert less <= 4
        assert errors.most_common(1)[0][0] == noisy
        assert [task.verdict(one) for one in (right, noisy)] == ["correct", "incorrect"]


def test_what_warns_before_and_what_fails_after_each_restart_are_wrong() -> None:
    for task in tasks_of("event-logs-5a"):
        events = events_of(task.made)
        (warner,) = set.intersection(*failing_before(task, "WARN"))
        after = [events[place + 1] for place, one in enumerate(events) if one.says in RESTARTS]
        (victim,) = {one.component for one in after}
        assert {one.level for one in after} == {"ERROR"}
        assert {task.verdict(warner), task.verdict(victim)} == {"incorrect"}


def test_the_last_error_before_a_restart_is_not_always_the_culprits() -> None:
    for task in tasks_of("event-logs-5a"):
        events = events_of(task.made)
        last = {events[place - 1].component for place, one in enumerate(events) if one.says in RESTARTS}
        assert len(last) >= 2


def test_the_damaged_log_is_out_of_order_with_lines_twice() -> None:
    for task in tasks_of("event-logs-7a"):
        events = events_of(task.made)
        assert [one.at for one in events] != sorted(one.at for one in events)
        assert sum(count - 1 for count in Counter(events).values()) == 10


def test_simpler_countings_of_lost_requests_are_wrong() -> None:
    for task in tasks_of("event-logs-7a"):
        events = events_of(task.made)
        inside = during(events)
        lost = received(inside) - served(events)
        lines = [one for one in set(inside) if any(name in one.says for name in lost)]
        mistakes = {
            len(received(inside)),
            len(received(inside) - served(inside)),
            len(received(events) - served(events)),
            len(lines),
        }
        assert {task.verdict(str(mistake)) for mistake in mistakes} == {"incorrect"}


def test_a_request_is_received_again_or_first_received_on_the_same_side_of_the_maintenance() -> None:
    for task in tasks_of("event-logs-7a"):
        events = events_of(task.made)
        inside = set(during(events))
        outside = [one for one in events if one not in inside]
        assert not received(list(inside)) & received(outside)
