"""Every fault of a row and every refusal of a file, each provoked, with where it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.campaigns.imports.encodings import CHUNK
from chalicelib.campaigns.imports.model import FAULTS, LIMITS, REFUSALS, RefusedFileError
from chalicelib.campaigns.imports.reports import MOST_LISTED, report
from tests.domain.imports.learner_files import (
    GENERIC_HEADER,
    TODAY,
    a_learner,
    day_first,
    generic_file,
    learners,
    onde_file,
    reading,
    siecle_file,
    table,
    taken,
)

RIGHT = ("M1", "Vent", "Ada", "01/02/2010", "Voirie", "ada@ville.example")


def row(**changed: str) -> bytes:
    """A table of one row, right but for this."""
    names = ("external_id", "last_name", "first_name", "birth_date", "group", "email", "extra")
    cells = dict(zip(names, RIGHT, strict=False)) | changed
    return table(GENERIC_HEADER, [tuple(cells.values())])


FAULTY = [
    ("empty", "Matricule", row(external_id="")),
    ("empty", "Nom", row(last_name=" \t ")),
    ("empty", "Prénom", row(first_name="\u00a0")),
    ("too-long", "Nom", row(last_name="é" * 201)),
    ("too-long", "Service", row(group="x" * 30_000)),
    ("illegal-character", "Nom", row(last_name="Ve\x07nt")),
    ("illegal-character", "Nom", row(last_name="Ve\nnt")),
    ("illegal-character", "Prénom", row(first_name="A\u202eda")),
    ("illegal-character", "Prénom", row(first_name="A\ufffdda")),
    ("illegal-character", "Prénom", row(first_name="A\u200bda")),
    ("illegal-character", "Service", row(group="a\tb")),
    ("date-unreadable", "Né(e) le", row(birth_date="hier")),
    ("date-unreadable", "Né(e) le", row(birth_date="01/02/10")),
    ("date-unreadable", "Né(e) le", row(birth_date="٠١/٠٢/٢٠١٠")),
    ("date-impossible", "Né(e) le", row(birth_date="30/02/2010")),
    ("date-impossible", "Né(e) le", row(birth_date="12/13/2010")),
    ("date-impossible", "Né(e) le", row(birth_date="2010-00-10")),
    ("date-impossible", "Né(e) le", row(birth_date="31/12/1899")),
    ("date-in-future", "Né(e) le", row(birth_date=day_first(TODAY + timedelta(days=1)))),
    ("email-malformed", "Courriel", row(email="ada@ville")),
    ("email-malformed", "Courriel", row(email="ada ville.example")),
    ("email-malformed", "Courriel", row(email="a@b@ville.example")),
    ("number-damaged", "Matricule", row(external_id="1,23457E+11")),
    ("too-many-cells", None, row(extra="more")),
    ("quotes-malformed", None, row().replace(b"Vent", b'"Vent"x')),
    ("quotes-malformed", None, row().replace(b"Vent", b'"Vent')),
]


@pytest.mark.parametrize(("code", "column", "content"), FAULTY)
def test_a_faulty_row_is_told_with_its_line_its_column_and_its_code(code: str, column: str | None, content: bytes) -> None:
    found = taken(content)
    assert found.told == [(2, column, code)]
    assert found.learners == []


def test_every_fault_is_provoked() -> None:
    assert {code for code, _, _ in FAULTY} | {"duplicate"} == set(FAULTS)


@pytest.mark.parametrize(
    "changed",
    [
        {"birth_date": day_first(TODAY)},
        {"birth_date": "1/1/1900"},
        {"birth_date": "2000-2-29"},
        {"birth_date": ""},
        {"last_name": "é" * 200},
        {"last_name": "e\u0301" * 200},
        {"first_name": "نور\u200cسین"},
        {"email": ""},
        {"group": "", "extra": "  "},
        {"last_name": 'Vent "Ciel"'},
    ],
)
def test_what_is_unusual_but_right_is_no_fault(changed: dict[str, str]) -> None:
    assert taken(row(**changed)).told == []


def test_every_fault_of_every_row_is_told_at_once() -> None:
    content = table(GENERIC_HEADER, [("", "", "Ada", "x", "", "y"), RIGHT, ("M2", "\x01", "", "31/6/2010", "", "", "extra")])
    found = taken(content)
    assert found.told == [
        (2, "Matricule", "empty"),
        (2, "Nom", "empty"),
        (2, "Né(e) le", "date-unreadable"),
        (2, "Courriel", "email-malformed"),
        (4, None, "too-many-cells"),
        (4, "Nom", "illegal-character"),
        (4, "Prénom", "empty"),
        (4, "Né(e) le", "date-impossible"),
    ]
    assert len(found.learners) == 1


@pytest.mark.parametrize("written", [generic_file, onde_file, siecle_file], ids=["generic", "onde", "siecle"])
def test_a_duplicate_is_told_with_where_it_stood_first(written: Callable[..., bytes]) -> None:
    name = written.__name__.removesuffix("_file")
    people = [a_learner("M1"), a_learner("M2"), a_learner("M1", first_name="Eva"), a_learner("M1", birth_date=None)]
    duplicates = [one for one in taken(written(people), name).faults if one.code == "duplicate"]
    first = {"siecle": 6}.get(name, 2)
    assert [(one.line, one.earlier_line, one.external_id) for one in duplicates] == [
        (first + 2, first, "M1"),
        (first + 3, first, "M1"),
    ]


def test_the_duplicate_of_a_faulty_row_is_a_duplicate_too() -> None:
    found = taken(table(GENERIC_HEADER, [("M1", "", "Ada", "", "", ""), RIGHT]))
    assert found.told == [(2, "Nom", "empty"), (3, "Matricule", "duplicate")]


def test_a_quote_that_is_never_closed_costs_its_line_only() -> None:
    rows = "".join(f"M{number};Vent;Ada{number};;;\n" for number in range(30))
    found = taken((";".join(GENERIC_HEADER) + '\nX;"Vent;Ada;;;\n' + rows).encode())
    assert found.told == [(2, None, "quotes-malformed")]
    assert [one.external_id for one in found.learners] == [f"M{number}" for number in range(30)]


def test_a_faulty_value_is_there_for_the_person_and_in_no_printed_form() -> None:
    content = table(GENERIC_HEADER, [("M1", "Brindavoine", "Zélie", "32/01/2010", "", "")])
    found = taken(content)
    (fault,) = found.faults
    assert (fault.value, fault.external_id) == ("32/01/2010", "M1")
    for told in (repr(fault), repr(found.rows), repr(taken(generic_file([a_learner("M77")])).rows), repr(found.source)):
        assert not [one for one in ("32/01", "M1", "M77", "Brindavoine", "Zélie", "2015") if one in told]


def test_a_long_faulty_value_is_cut() -> None:
    (fault,) = taken(row(last_name="é" * 5_000)).faults
    assert fault.value == "é" * LIMITS.characters + "…"


def refused(content: bytes, name: str = "generic", **limits: int) -> tuple[str, object]:
    with pytest.raises(RefusedFileError) as caught:
        taken(content, name, replace(LIMITS, **limits))
    details = caught.value.details
    return caught.value.code, details.get("line", details.get("columns"))


BEGUN = b'<?xml version="1.0"?>\n<BEE_ELEVES>\n'
ACCENTS = "".join(f"M{number};Élan;Zoé;;;\n" for number in range(9)).encode()
HEADER = (";".join(GENERIC_HEADER) + "\n").encode()

REFUSED = [
    ("file-empty", None, b"", "generic", {}),
    ("file-empty", None, b"", "siecle", {}),
    ("file-too-large", None, row(), "generic", {"bytes": 90}),
    ("file-is-archive", None, b"PK\x03\x04....", "sup", {}),
    ("file-is-archive", None, b"PK\x03\x04....", "siecle", {}),
    ("file-is-archive", None, b"\xd0\xcf\x11\xe0....", "onde", {}),
    ("file-is-xml", None, BEGUN, "onde", {}),
    ("not-xml", 1, row(), "siecle", {}),
    ("not-text", 2, HEADER + b"M1;\0", "generic", {}),
    ("not-text", 1, "Matricule;Nom".encode("utf-16"), "generic", {}),
    ("not-text", 3, HEADER + b"M1;V\xe9nt;A;;;\nM2;V\x81nt;A;;;\n", "generic", {}),
    ("encoding-mixed", 11, HEADER + ACCENTS + b"M99;V\xe9nt;A;;;\n", "generic", {}),
    ("encoding-mixed", 11, HEADER + ACCENTS + b"M99;V\x81nt;A;;;\n", "generic", {}),
    ("column-missing", ["Matricule", "Né(e) le"], table(("Nom", "Prénom", "Service", "Courriel"), [RIGHT]), "generic", {}),
    ("column-missing", ["INE", "Nom élève", "Prénom élève", "Date naissance"], b"hello\nworld\n", "onde", {}),
    ("column-twice", ["Nom"], table((*GENERIC_HEADER, "nom "), [RIGHT]), "generic", {}),
    ("too-many-columns", None, table((*GENERIC_HEADER, *("x",) * 200), [RIGHT]), "generic", {}),
    ("line-too-long", 2, HEADER + b"x" * 70_000, "generic", {}),
    ("line-too-long", 1, b"x" * 70_000, "generic", {}),
    ("too-many-rows", 4, generic_file(learners(3)), "generic", {"rows": 2}),
    ("too-many-rows", 8, siecle_file(learners(3)).replace(b">D<", b">G<"), "siecle", {"rows": 2}),
    ("too-many-rows", 13, siecle_file(learners(3)), "siecle", {"rows": 2}),
    ("no-rows", None, HEADER, "generic", {}),
    ("no-rows", None, BEGUN + b"</BEE_ELEVES>", "siecle", {}),
    ("encoding-unknown", 1, b'<?xml version="1.0" encoding="utf-7"?><BEE_ELEVES/>', "siecle", {}),
    ("xml-malformed", 3, BEGUN + b"</BEE>", "siecle", {}),
    ("xml-malformed", 3, BEGUN, "siecle", {}),
    ("xml-forbidden", 1, b"<!DOCTYPE BEE_ELEVES><BEE_ELEVES/>", "siecle", {}),
    ("xml-other-root", 1, b"<BEE_RESPONSABLES/>", "siecle", {}),
    ("xml-too-deep", 3, BEGUN + b"<a>" * 40, "siecle", {}),
    ("xml-tag-too-long", 3, BEGUN + b"<a b='" + b"x" * (3 * CHUNK) + b"'/></BEE_ELEVES>", "siecle", {}),
]


@pytest.mark.parametrize(("code", "where", "content", "name", "limits"), REFUSED)
def test_a_file_that_is_not_what_it_claims_gets_one_refusal_that_says_where(
    code: str, where: object, content: bytes, name: str, limits: dict[str, int]
) -> None:
    assert refused(content, name, **limits) == (code, where)


def test_every_refusal_is_provoked() -> None:
    assert {code for code, *_ in REFUSED} == set(REFUSALS)


def test_a_refusal_tells_nothing_of_what_stands_in_the_file() -> None:
    with pytest.raises(RefusedFileError) as caught:
        taken(table(("Brindavoine", "Zélie", "01/02/2010"), [RIGHT]), "onde")
    assert "Brindavoine" not in f"{caught.value!r} {caught.value} {caught.value.details}"


def test_a_report_counts_all_faults_and_lists_the_first() -> None:
    content = table(GENERIC_HEADER, [(f"M{number}", "", "", "", "", "") for number in range(6_000)])
    found = report(reading(content))
    assert (found.valid, found.faulty, found.left, dict(found.by_code)) == (0, 6_000, 0, {"empty": 12_000})
    assert len(found.faults) == MOST_LISTED
