"""The table of what is watched: complete, true to the code, and readable at night; the page and the alarms come from it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import lru_cache

import pytest
from typer.main import get_command

from chalicelib.api.gateway import CONTEXTS
from chalicelib.api.problem_codes import CODES
from chalicelib.observability import Metric
from infrastructure.operations.alarms import ALARMS
from infrastructure.operations.metrics import METRICS, OURS, QUEUES, TIME_OUT_SECONDS
from infrastructure.operations.model import Alarm, Severity
from infrastructure.operations.page import page
from infrastructure.operations.queries import QUERIES
from infrastructure.operations.resources import alarm_name
from palier.__main__ import app
from palier.operations import FILE
from tests.worlds import ROOT

each_alarm = pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.name)


@each_alarm
def test_every_alarm_says_what_it_means_where_to_look_and_what_to_do(alarm: Alarm) -> None:
    book = alarm.runbook
    assert len(book.meaning.split()) > 5
    assert book.meaning.endswith(".")
    assert book.queries or book.commands
    assert book.actions
    assert all(len(action.split()) >= 3 and action.endswith(".") for action in book.actions)
    assert len(book.meaning) < 400, "at night nobody reads more"


def test_an_alarm_has_one_name_and_the_most_urgent_come_first() -> None:
    names = [alarm_name(alarm, target) for alarm in ALARMS for target in alarm.watched]
    assert len(set(names)) == len(names)
    order = [list(Severity).index(alarm.severity) for alarm in ALARMS]
    assert order == sorted(order)


@each_alarm
def test_an_alarm_stands_on_a_metric_of_the_table_and_on_targets_that_it_has(alarm: Alarm) -> None:
    assert alarm.on in METRICS
    assert set(alarm.targets) <= set(alarm.on.targets)


@each_alarm
def test_what_an_alarm_refers_to_exists(alarm: Alarm) -> None:
    """A name in backquotes is an alarm, a function, a code, a line of the log, a command, or a file."""
    known = {
        *(one.name for one in ALARMS),
        *TIME_OUT_SECONDS,
        *CODES,
        *strings_of_the_code(),
    }
    told = re.findall(r"`([^`]+)`", " ".join((alarm.runbook.meaning, *alarm.runbook.actions)))
    for name in told:
        if name.startswith("palier "):
            assert command_exists(name), name
        elif "/" in name:
            assert (ROOT / name).exists(), name
        else:
            assert name in known, name
    assert set(alarm.runbook.queries) <= set(QUERIES)
    for command in alarm.runbook.commands:
        assert command_exists(command), command


def command_exists(line: str) -> bool:
    """Whether it is a command of ours with such options, or one of another program."""
    words = line.split()
    if words[0] != "palier":
        return True
    command = get_command(app)
    for word in words[1:]:
        children = getattr(command, "commands", {})
        if word in children:
            command = children[word]
        elif children:
            return False
    options = {option for parameter in command.params for option in parameter.opts}
    return {word for word in words if word.startswith("--")} <= options


def test_a_command_that_does_not_exist_would_be_seen() -> None:
    assert command_exists("palier log show $ASSESSMENT")
    assert not command_exists("palier log display X")
    assert not command_exists("palier exposure show --everything")


@lru_cache(maxsize=1)
def telling_code() -> tuple[ast.AST, ...]:
    """Every node of the modules that may tell or count."""
    paths = [path for path in (ROOT / "chalicelib").rglob("*.py") if not {"authoring", "engine", "grading"} & set(path.parts)]
    return tuple(node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@lru_cache(maxsize=1)
def strings_of_the_code() -> frozenset[str]:
    """Every short text that the deployed code holds: messages of lines, reasons, codes."""
    constants = (node.value for node in telling_code() if isinstance(node, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str) and len(value) < 60)


def test_every_metric_of_the_code_is_in_the_table_once_and_no_other() -> None:
    assert sorted(one.name for one in OURS) == sorted(metric.value for metric in Metric)


def emitted() -> Iterator[str]:
    """The metrics that the deployed code names where it counts, not where they are declared."""
    for node in telling_code():
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Metric":
            yield node.attr


def test_every_metric_is_counted_somewhere_and_all_by_their_declared_names() -> None:
    assert set(emitted()) == set(Metric.__members__)
    direct = [path.name for path in (ROOT / "chalicelib").rglob("*.py") if "add_metric(" in path.read_text(encoding="utf-8")]
    assert direct == ["observability.py"]


def test_every_queue_has_an_alarm_on_its_dead_letters_and_on_its_age() -> None:
    watched = {alarm.name: set(alarm.watched) for alarm in ALARMS}
    assert watched["dead-letters"] == watched["queue-age"] == set(QUEUES)
    assert {"results", "certifications", "deliveries", "imports"} <= set(QUEUES)


def test_every_function_has_alarms_on_errors_throttles_and_time_outs() -> None:
    def targets(metric: str) -> set[str]:
        return {target for alarm in ALARMS if alarm.on.name == metric for target in alarm.watched}

    source = (ROOT / "app.py").read_text(encoding="utf-8")
    events = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and is_event(node)]
    names = {node.name.replace("_", "-") for node in events}
    functions = {"answer", "api", *names}
    assert set(TIME_OUT_SECONDS) == functions
    for metric in ("Errors", "Throttles", "Duration"):
        assert targets(metric) == functions, metric


def is_event(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(mark).startswith("app.") for mark in function.decorator_list)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
def test_a_query_asks_for_lines_that_the_code_writes(query: object) -> None:
    text = getattr(query, "text", "")
    written = strings_of_the_code() | {endpoint.name for context in CONTEXTS for endpoint in context}
    for messages in re.findall(r"message in \[([^\]]+)\]", text):
        for message in re.findall(r'"([^"]+)"', messages):
            assert message in written, message
    for name in re.findall(r"([A-Z][a-zA-Z]+)\.0", text):
        assert name in {metric.value for metric in Metric}
    assert text.splitlines()[0].startswith(("fields ", "filter "))


def test_the_committed_page_is_what_the_table_says() -> None:
    assert FILE.read_text(encoding="utf-8") == page(), "run `palier operations --write`"


def test_the_page_begins_with_what_is_urgent_and_every_link_in_it_leads_somewhere() -> None:
    text = page()
    headings = re.findall(r"^#{1,3} (.+)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= anchors
    places = [headings.index(alarm.name) for alarm in ALARMS]
    assert places == sorted(places)
    for section in ("The daily look", "A certification day", "How to read a log line", "Everything about one correlation id"):
        assert section in headings
    assert [line for line in text.splitlines() if line.startswith("```") and line != "```"]


def test_the_line_that_the_page_explains_is_a_line_that_the_code_writes() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", page(), re.DOTALL)
    assert set(json.loads(block)) == {
        "level", "message", "timestamp", "service", "status", "assessment", "request", "correlation",
    }  # fmt: skip
