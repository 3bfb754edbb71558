"""Archives of folders: every task is solved from the bytes of its zip alone."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable

from tests.domain.generators.generated_tasks import Task, tasks_of

TASKS = ("folder-archives-2a", "folder-archives-5a", "folder-archives-7a")


def entries(task: Task) -> dict[str, tuple[bytes, tuple[int, ...]]]:
    """Content and time of each file of the archive, by its path."""
    with zipfile.ZipFile(io.BytesIO(task.made.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(set(names)) == len(names)
        return {one.filename: (archive.read(one), one.date_time) for one in archive.infolist()}


def folder_of_the_file(task: Task) -> str:
    (path,) = (path for path in entries(task) if path.endswith("/" + task.told["file"]))
    assert path == task.told["path"]
    return path.partition("/")[0]


def latest_version(task: Task) -> str:
    start = (f"{task.told['subject']}-v", f"{task.told['subject']}-final")
    inside = {path: at for path, (_, at) in entries(task).items() if path.startswith(task.told["folder"] + "/")}
    versions = {path.rpartition("/")[2]: at for path, at in inside.items() if path.rpartition("/")[2].startswith(start)}
    assert len(versions) == 5
    assert len(set(versions.values())) == 5, "no two versions have one time"
    return max(versions, key=lambda name: versions[name])


def identical_files(task: Task) -> str:
    contents = Counter(content for content, _ in entries(task).values())
    assert max(contents.values()) == 2
    assert len({len(content) for content in contents}) == 1, "sizes tell nothing"
    return str(sum(count - 1 for count in contents.values()))


SOLVERS: dict[str, Callable[[Task], str]] = {
    "folder-archives-2a": folder_of_the_file,
    "folder-archives-5a": latest_version,
    "folder-archives-7a": identical_files,
}


def test_the_last_version_is_not_told_by_its_name() -> None:
    names = Counter(latest_version(task).rpartition("-")[2] for task in tasks_of("folder-archives-5a"))
    assert max(names.values()) < len(tasks_of("folder-archives-5a")) / 2
