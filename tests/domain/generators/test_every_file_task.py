"""Every file task of the bank: solved from its file alone, by another way than its generator; the same for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.content.authoring.checks.walking import located
from chalicelib.content.authoring.declared import declared_answers
from chalicelib.content.authoring.generators.drawing import VARIANTS
from chalicelib.content.texts import LOCALES
from tests.content_of_tests import real_sources
from tests.domain.generators import (
    test_data_files,
    test_event_logs,
    test_folder_archives,
    test_image_files,
    test_mailbox_files,
    test_program_files,
    test_suspicious_traces,
    test_tracked_changes,
    test_web_page_files,
)
from tests.domain.generators.generated_tasks import Task, made_again, tasks_of

SOLVERS: dict[str, Callable[[Task], str]] = {
    **test_data_files.SOLVERS,
    **test_event_logs.SOLVERS,
    **test_folder_archives.SOLVERS,
    **test_image_files.SOLVERS,
    **test_mailbox_files.SOLVERS,
    **test_program_files.SOLVERS,
    **test_suspicious_traces.SOLVERS,
    **test_tracked_changes.SOLVERS,
    **test_web_page_files.SOLVERS,
}
LARGEST_FILE = 100_000

each_task = pytest.mark.parametrize("challenge_id", sorted(SOLVERS))


def test_every_file_task_of_the_bank_has_a_solver_here() -> None:
    assert {one.id for _, one in located(real_sources()) if one.kind == "file-task"} == set(SOLVERS)


@each_task
def test_the_file_alone_gives_the_right_answer_of_every_variant_in_both_languages(challenge_id: str) -> None:
    tasks = tasks_of(challenge_id)
    assert len(tasks) == VARIANTS * len(LOCALES)
    for task in tasks:
        assert task.verdict(SOLVERS[challenge_id](task)) == "correct"


@each_task
def test_something_is_declared_wrong_in_every_variant_and_grades_so(challenge_id: str) -> None:
    for task in tasks_of(challenge_id):
        right, wrong = declared_answers(task.challenge, task.locale)
        assert wrong
        assert {task.verdict(str(answer)) for answer in right} == {"correct"}
        assert {task.verdict(str(answer)) for answer in wrong} == {"incorrect"}


@each_task
def test_a_seed_gives_the_same_bytes_another_seed_another_answer_and_files_are_small(challenge_id: str) -> None:
    tasks = tasks_of(challenge_id)
    for place in (0, 5, 11):
        assert made_again(challenge_id, place // 2, LOCALES[place % 2]) == tasks[place].made
    assert len({task.made.content for task in tasks}) == len(tasks)
    assert len({str(task.challenge.variants[0].expected) for task in tasks}) >= VARIANTS // 2
    assert max(len(task.made.content) for task in tasks) < LARGEST_FILE
