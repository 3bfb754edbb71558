"""Tracked changes: every task is solved from the bytes of its document, read as a zip of XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from xml.etree import ElementTree

import pytest
from docx import Document

from chalicelib.content.texts import Locale
from tests.domain.generators.generated_tasks import Task, tasks_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TASKS = ("tracked-changes-2a", "tracked-changes-5a", "tracked-changes-7a")
MONTHS: dict[Locale, str] = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


def part(task: Task, name: str) -> ElementTree.Element:
    """One XML part of the document."""
    with zipfile.ZipFile(io.BytesIO(task.made.content)) as archive:
        assert archive.testzip() is None
        return ElementTree.fromstring(archive.read(f"word/{name}.xml"))


def original(paragraph: ElementTree.Element) -> str:
    """The words before any change."""
    return "".join(text for text, inserted, _ in pieces(paragraph) if inserted is None)


Change = tuple[str, str]
"""Who and when."""


def pieces(
    node: ElementTree.Element, inserted: Change | None = None, deleted: Change | None = None
) -> Iterator[tuple[str, Change | None, Change | None]]:
    """Every word of a paragraph, with who inserted it and who deleted it."""
    for child in node:
        who = (child.get(f"{W}author", ""), child.get(f"{W}date", ""))
        if child.tag == f"{W}ins":
            yield from pieces(child, who, deleted)
        elif child.tag == f"{W}del":
            yield from pieces(child, inserted, who)
        elif child.tag in (f"{W}t", f"{W}delText"):
            assert (child.tag == f"{W}delText") == (deleted is not None)
            yield child.text or "", inserted, deleted
        else:
            yield from pieces(child, inserted, deleted)


def solved_author(task: Task) -> str:
    body = part(task, "document")
    (paragraph,) = (one for one in body.iter(f"{W}p") if original(one).startswith(task.told["words"]))
    (start,) = paragraph.iter(f"{W}commentRangeStart")
    (comment,) = (one for one in part(task, "comments") if one.get(f"{W}id") == start.get(f"{W}id"))
    return comment.get(f"{W}author", "")


def after_sorting(paragraph: ElementTree.Element, kept: str) -> str:
    """The words once one person's changes are accepted and all others refused."""
    return "".join(
        text
        for text, inserted, deleted in pieces(paragraph)
        if (inserted is None or inserted[0] == kept) and (deleted is None or deleted[0] != kept)
    )


def solved_date(task: Task) -> str:
    about = task.told["event"][1:]
    (paragraph,) = (one for one in part(task, "document").iter(f"{W}p") if original(one)[1:].startswith(about))
    *_, day, month, year = after_sorting(paragraph, task.told["kept"]).rstrip(".").split()
    return date(int(year), MONTHS[task.locale].split().index(month) + 1, int(day)).isoformat()


def amount_of(cell: ElementTree.Element) -> int:
    """What the latest change leaves in a cell."""
    written = list(pieces(cell))
    latest = max((change[1] for _, *changes in written for change in changes if change), default=None)
    if latest is None:
        return int("".join(text for text, _, _ in written))
    kept = [text for text, inserted, _ in written if inserted and inserted[1] == latest]
    assert len(kept) <= 1
    return int(kept[0]) if kept else 0


def solved_total(task: Task) -> str:
    rows = list(part(task, "document").iter(f"{W}tr"))[1:]
    assert len(rows) == 7
    return str(sum(amount_of(list(row.iter(f"{W}tc"))[1]) for row in rows))


SOLVERS = dict(zip(TASKS, (solved_author, solved_date, solved_total), strict=True))


@pytest.mark.parametrize("challenge_id", TASKS)
def test_a_word_processor_library_reads_every_document(challenge_id: str) -> None:
    for task in tasks_of(challenge_id)[:8]:
        document = Document(io.BytesIO(task.made.content))
        assert len(document.paragraphs) >= 49
        assert len(list(document.comments)) == (22 if challenge_id == TASKS[0] else 0)
        changes = [one for tag in ("ins", "del") for one in document.element.iter(f"{W}{tag}")]
        assert len({one.get(f"{W}id") for one in changes}) == len(changes) >= 30


def test_the_author_of_the_comment_did_not_change_the_sentence() -> None:
    for task in tasks_of("tracked-changes-2a"):
        assert task.told["editor"] != task.told["author"]
        assert task.verdict(task.told["editor"]) == "incorrect"


def test_neither_the_first_text_nor_accepting_everything_gives_the_date() -> None:
    for task in tasks_of("tracked-changes-5a"):
        assert task.verdict(task.told["first"]) == task.verdict(task.told["all"]) == "incorrect"


def test_no_two_changes_of_a_line_by_different_people_have_the_same_time() -> None:
    for task in tasks_of("tracked-changes-7a"):
        for cell in part(task, "document").iter(f"{W}tc"):
            marks = {change for _, *changes in pieces(cell) for change in changes if change}
            assert len({at for _, at in marks}) == len(marks)
