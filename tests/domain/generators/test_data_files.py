"""Data files: every task is solved from the bytes of its file, with a reader that the generators do not use."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import pytest
from odfdo import Document
from openpyxl import load_workbook

from chalicelib.content.authoring.generators.drawing import MadeFile
from tests.domain.generators.generated_tasks import Task, tasks_of

TASKS = ("data-files-2a", "data-files-5a", "data-files-5b", "data-files-7a")


class Entry(NamedTuple):
    """A line of a club's accounts."""

    day: date
    number: str
    who: str
    section: str
    purpose: str
    amount: Decimal


Sheets = dict[str, list[tuple[Any, ...]]]


@lru_cache(maxsize=80)
def sheets_of(made: MadeFile) -> Sheets:
    """The rows of each sheet, headings first, whatever the sort of workbook."""
    content = io.BytesIO(made.content)
    if made.name.endswith(".ods"):
        return {str(table.name): [tuple(row) for row in table.get_values()] for table in Document(content).body.tables}
    book = load_workbook(content, read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def entries(task: Task, sheet: str) -> list[Entry]:
    rows = sheets_of(task.made)[sheet][1:]
    return [Entry(_date(day), number, who, section, what, Decimal(str(cost))) for day, number, who, section, what, cost in rows]


def _date(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def expenses(task: Task) -> list[Entry]:
    return entries(task, "Dépenses" if task.locale == "fr" else "Expenses")


def income(task: Task) -> list[Entry]:
    return entries(task, "Recettes" if task.locale == "fr" else "Income")


def solved_payee(task: Task) -> str:
    last, *_ = sorted(expenses(task), key=lambda entry: entry.amount, reverse=True)
    return last.who


def solved_total(task: Task) -> str:
    pivot: Counter[tuple[str, str]] = Counter()
    for entry in expenses(task):
        pivot[entry.section, entry.purpose] += int(entry.amount * 100)
    return f"{Decimal(pivot[task.told['section'], task.told['purpose']]) / 100:.2f}".replace(
        ".", "," if task.locale == "fr" else "."
    )


def rooms(task: Task) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each room with its bookings."""
    names = (
        ("batiments", "salles", "nom", "reservations") if task.locale == "fr" else ("buildings", "rooms", "name", "bookings")
    )
    for building in json.loads(task.made.content)[names[0]]:
        for room in building[names[1]]:
            yield room[names[2]], room[names[3]]


CANCELLED = {"fr": ("statut", "annulée"), "en": ("status", "cancelled")}


def solved_room(task: Task) -> str:
    """As with a text editor: from one room's name to the next, count the lines that say so."""
    key, word = CANCELLED[task.locale]
    name, places = ("nom", "places") if task.locale == "fr" else ("name", "seats")
    text = task.made.content.decode()
    starts = list(re.finditer(rf'"{name}": "([^"]+)",\s+"{places}":', text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    counts = {start[1]: text.count(f'"{key}": "{word}"', start.end(), end) for start, end in zip(starts, ends, strict=True)}
    assert len(counts) == 8
    return max(counts, key=counts.__getitem__)


MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}
Row = dict[str, str]


def sold(task: Task) -> list[Row]:
    """The rows of the CSV, under their French headings."""
    french = ("Vente", "Date", "Spectacle", "Tarif", "Places", "Prix d'une place")
    text = task.made.content.decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if task.locale == "fr" else ",")
    assert len(head) == 6
    return [dict(zip(french, row, strict=True)) for row in rows]


def day(row: Row) -> date:
    """Each writing is told from the others by its shape alone."""
    written = row["Date"]
    if "/" in written:
        return date(*map(int, reversed(written.split("/"))))
    if " " in written:
        number, name, year = written.split()
        return date(int(year), [month[:3] for month in MONTHS["en"].split()].index(name) + 1, int(number))
    return date.fromisoformat(written)


def wanted(task: Task) -> tuple[int, int]:
    month, year = task.told["month"].split()
    return int(year), MONTHS[task.locale].split().index(month) + 1


def paid(row: Row) -> Decimal:
    return int(row["Places"]) * Decimal(row["Prix d'une place"].replace(",", "."))


def takings(rows: list[Row], month: tuple[int, int]) -> Decimal:
    return sum((paid(row) for row in rows if (day(row).year, day(row).month) == month), Decimal(0))


def solved_takings(task: Task) -> str:
    by_number = sorted(sold(task), key=lambda row: row["Vente"])
    once = [next(same) for _, same in groupby(by_number, key=lambda row: row["Vente"])]
    return str(takings(once, wanted(task)))


SOLVERS: dict[str, Callable[[Task], str]] = {
    "data-files-2a": solved_payee,
    "data-files-5a": solved_total,
    "data-files-5b": solved_room,
    "data-files-7a": solved_takings,
}


@pytest.mark.parametrize("challenge_id", TASKS)
def test_both_languages_tell_the_same_variant(challenge_id: str) -> None:
    tasks = tasks_of(challenge_id)
    for french, english in zip(tasks[::2], tasks[1::2], strict=True):
        if challenge_id in ("data-files-2a", "data-files-5a"):
            fr, en = expenses(french), expenses(english)
            assert [(one.day, one.number, one.amount) for one in fr] == [(one.day, one.number, one.amount) for one in en]
        elif challenge_id == "data-files-5b":
            assert [[one["code"] for one in inside] for _, inside in rooms(french)] == [
                [one["code"] for one in inside] for _, inside in rooms(english)
            ]
        else:
            assert [(one["Vente"], day(one), paid(one)) for one in sold(french)] == [
                (one["Vente"], day(one), paid(one)) for one in sold(english)
            ]


def test_some_workbooks_are_open_documents_and_some_are_not() -> None:
    for challenge_id in ("data-files-2a", "data-files-5a"):
        ends = Counter(task.made.name.rpartition(".")[2] for task in tasks_of(challenge_id))
        assert set(ends) == {"ods", "xlsx"}
        assert min(ends.values()) >= 10


def test_an_open_document_begins_with_its_type_and_names_its_parts() -> None:
    task = next(task for task in tasks_of("data-files-2a") if task.made.name.endswith(".ods"))
    with zipfile.ZipFile(io.BytesIO(task.made.content)) as archive:
        first, *others = archive.infolist()
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        manifest = archive.read("META-INF/manifest.xml").decode()
    assert all(part.filename in manifest for part in others if not part.filename.startswith("META-INF/"))


def test_one_expense_is_above_all_others_and_below_an_income() -> None:
    for task in tasks_of("data-files-2a"):
        first, second, *_ = sorted((entry.amount for entry in expenses(task)), reverse=True)
        assert first > second + 200
        assert max(entry.amount for entry in income(task)) > first
        assert 80 <= len(expenses(task)) <= 120


def test_the_payee_of_the_other_sheet_and_of_amounts_sorted_as_texts_are_wrong() -> None:
    for task in tasks_of("data-files-2a"):
        as_texts = max(expenses(task), key=lambda entry: str(entry.amount))
        other_sheet = max(income(task), key=lambda entry: entry.amount)
        assert task.verdict(as_texts.who) == task.verdict(other_sheet.who) == "incorrect"


def test_a_forgotten_filter_or_a_longer_section_name_gives_a_wrong_total() -> None:
    for task in tasks_of("data-files-5a"):
        section, purpose = task.told["section"], task.told["purpose"]
        kept = expenses(task)
        mistakes = (
            [entry for entry in kept if entry.section == section],
            [entry for entry in kept if entry.purpose == purpose],
            [entry for entry in kept if section.casefold() in entry.section.casefold() and entry.purpose == purpose],
            kept,
        )
        for mistake in mistakes:
            assert task.verdict(str(sum(entry.amount for entry in mistake))) == "incorrect"
        right = [entry for entry in mistakes[0] if entry.purpose == purpose]
        assert task.told["count"] == str(len(right))
        assert len(right) >= 5


def test_one_room_has_the_most_cancelled_bookings_and_searching_for_the_word_misleads() -> None:
    for task in tasks_of("data-files-5b"):
        key, word = CANCELLED[task.locale]
        counts = Counter({name: sum(one[key] == word for one in inside) for name, inside in rooms(task)})
        (first, most), (_, second) = counts.most_common(2)
        assert most == second + 1
        assert task.verdict(first) == "correct"
        by_word = Counter({name: sum(word in str(one.values()) for one in inside) for name, inside in rooms(task)})
        in_all = Counter({name: len(inside) for name, inside in rooms(task)})
        for (misleading, _), *_ in (by_word.most_common(), in_all.most_common()):
            assert task.verdict(misleading) == "incorrect"


def test_untidy_sales_mislead_whoever_does_not_clean_them() -> None:
    for task in tasks_of("data-files-7a"):
        rows, month = sold(task), wanted(task)
        usual = "/" if task.locale == "fr" else " "
        distinct = list({tuple(row.values()): row for row in rows}.values())
        without_numbers = list({(day(row), *list(row.values())[2:]): row for row in rows}.values())
        once = list({row["Vente"]: row for row in rows}.values())
        mistakes = (rows, distinct, without_numbers, [row for row in once if usual in row["Date"]])
        for mistake in mistakes:
            assert task.verdict(str(takings(mistake, month))) == "incorrect"
        assert 90 <= len(rows) <= 120


def test_a_sale_sent_twice_says_the_same_both_times() -> None:
    for task in tasks_of("data-files-7a"):
        for _, same in groupby(sorted(sold(task), key=lambda row: row["Vente"]), key=lambda row: row["Vente"]):
            told = [(day(row), *list(row.values())[2:]) for row in same]
            assert len(told) <= 2
            assert len(set(told)) == 1
