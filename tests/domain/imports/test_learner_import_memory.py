"""Reading holds the external ids and the classes, not the file: memory a row is far below what a row is."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.campaigns.imports.model import LIMITS, RefusedFileError
from chalicelib.campaigns.imports.reports import report
from tests.domain.imports.learner_files import GENERIC_HEADER, day_first, learners, pupil, reading, siecle_file, table

FILLING = "x" * 2_000


def wide_table(rows: int) -> bytes:
    people = learners(rows)
    return table(
        (*GENERIC_HEADER, "Adresse"),
        [(one.external_id, one.last_name, one.first_name, day_first(one.birth_date), "", "", FILLING) for one in people],
    )


def wide_siecle(rows: int) -> bytes:
    return siecle_file(learners(rows)).replace(b"<CODE_SEXE>2", b"<CODE_SEXE>" + FILLING.encode())


def peak_of(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("name", "written", "rows"), [("generic", wide_table, 4_000), ("siecle", wide_siecle, 1_500)])
def test_a_row_costs_a_fraction_of_its_bytes(name: str, written: Callable[[int], bytes], rows: int) -> None:
    content = written(rows)
    found = peak_of(lambda: report(reading(content, name)))
    assert len(content) > rows * 2_000
    assert found < 1_500_000 + rows * 400


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("generic", b"x" * 20_000_000),
        ("generic", ";".join(GENERIC_HEADER).encode() + b'\nM1;"' + b"x" * 20_000_000),
        ("siecle", b"<BEE_ELEVES a='" + b"x" * 20_000_000),
        ("siecle", b"<BEE_ELEVES>" + b"x" * 20_000_000 + b"</BEE_ELEVES>"),
        ("siecle", b"<BEE_ELEVES><DONNEES><ELEVES><ELEVE><PRENOM>" + b"x" * 20_000_000),
    ],
    ids=["line", "quote", "tag", "text", "name"],
)
def test_one_endless_thing_is_never_held_as_a_whole(name: str, content: bytes) -> None:
    def read() -> None:
        with pytest.raises(RefusedFileError):
            report(reading(content, name))

    assert peak_of(read) < 3_000_000


def test_more_pupils_than_allowed_end_the_reading() -> None:
    one = pupil(learners(1)[0], 1).encode()
    content = b"<BEE_ELEVES><DONNEES><ELEVES>" + one * 200 + b"</ELEVES></DONNEES></BEE_ELEVES>"
    rows = reading(content, "siecle", replace(LIMITS, rows=50)).rows
    assert [next(rows).line for _ in range(50)] == list(range(1, 51))
    with pytest.raises(RefusedFileError):
        next(rows)
