"""Small programs: every task is solved by running its file, mended where it must be by a rule of this test."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Callable
from contextlib import redirect_stdout

import pytest

from tests.domain.generators.generated_tasks import Task, tasks_of

TASKS = ("program-files-2a", "program-files-5a", "program-files-7a")


def source(task: Task) -> str:
    return task.made.content.decode("utf-8")


def printed(program: str) -> list[str]:
    """What a program prints when it is run, line by line."""
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(program, "program.py", "exec"), {})
    return out.getvalue().split()


def _boundary(program: str) -> str:
    return program.replace("if age <= ", "if age < ")


def _exact_division(program: str) -> str:
    return program.replace(" // ", " / ")


def _walk_along_a_copy(program: str) -> str:
    return re.sub(r"for (\w+) in (\w+):(\s+if .*\s+\2\.remove)", r"for \1 in \2[:]:\3", program)


def _start_anew(program: str) -> str:
    return re.sub(r"total = 0\n\n(for .*:\n)", r"\n\1    total = 0\n", program)


def _whole_cost(program: str) -> str:
    return program.replace("if prix > ", "if cout > ").replace("if price > ", "if cost > ")


MENDINGS: dict[str, Callable[[str], str]] = {
    "age <= ": _boundary,
    " // ": _exact_division,
    ".remove(": _walk_along_a_copy,
    "record": _start_anew,
    " * pri": _whole_cost,
}
"""The sign of a fault, and how it is mended."""


def mended(program: str) -> str:
    (mend,) = (mending for sign, mending in MENDINGS.items() if sign in program)
    whole = mend(program)
    assert whole != program
    return whole


def solved(task: Task) -> str:
    program = source(task)
    return printed(mended(program) if task.challenge.id.endswith("7a") else program)[-1]


SOLVERS = dict.fromkeys(TASKS, solved)


@pytest.mark.parametrize("challenge_id", TASKS)
def test_both_languages_print_the_same_numbers(challenge_id: str) -> None:
    tasks = tasks_of(challenge_id)
    for french, english in zip(tasks[::2], tasks[1::2], strict=True):
        assert printed(source(french)) == printed(source(english))


@pytest.mark.parametrize("challenge_id", TASKS)
def test_programs_are_short_and_only_compute_and_print(challenge_id: str) -> None:
    for task in tasks_of(challenge_id):
        program = source(task)
        assert 15 <= len(program.splitlines()) <= 40
        assert max(map(len, program.splitlines())) <= 90
        called = {ast.unparse(node.func) for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Call)}
        assert {name.rpartition(".")[2] for name in called} <= {
            "print",
            "prix",
            "price",
            "sum",
            "len",
            "items",
            "values",
            "remove",
        }
        assert "import" not in program


def test_the_solution_tells_every_number_printed() -> None:
    for task in tasks_of("program-files-2a"):
        assert task.told["printed"].split(", ") == printed(source(task))
        assert len(printed(source(task))) == 4


def test_a_loop_prints_one_number() -> None:
    for task in tasks_of("program-files-5a"):
        assert len(printed(source(task))) == 1


def test_what_a_faulty_program_prints_is_wrong_and_named_by_the_solution() -> None:
    for task in tasks_of("program-files-7a"):
        (faulty,) = printed(source(task))
        assert task.verdict(faulty) == "incorrect"
        assert f" {faulty}." in task.told["why"]


def test_a_sentence_names_what_the_file_holds() -> None:
    for task in tasks_of("program-files-7a"):
        assert "$" not in "".join(task.told.values()) + source(task)
        for name in re.findall(r"`(?:for|if) ([^`]*):`", task.told["why"]):
            assert set(re.findall(r"\w+", name)) - {"in", "list"} <= set(re.findall(r"\w+", source(task)))


def test_each_kind_of_program_is_drawn() -> None:
    assert {sign for sign in MENDINGS for task in tasks_of("program-files-7a") if sign in source(task)} == set(MENDINGS)
    for challenge_id in ("program-files-2a", "program-files-5a"):
        french = [source(task) for task in tasks_of(challenge_id) if task.locale == "fr"]
        assert len({re.findall(r"^(\w+) = ", program, re.MULTILINE)[0] for program in french}) == 3
