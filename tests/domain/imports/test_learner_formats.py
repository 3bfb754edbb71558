"""Each format gives the learners that were written into it, whatever the separator and the encoding."""

from __future__ import annotations

import io
from datetime import date

import pytest
from pydantic import ValidationError

from chalicelib.campaigns.imports.formats import DeclaredColumns
from chalicelib.campaigns.imports.model import Learner, LeftRow
from tests.domain.imports.learner_files import (
    GENERIC_HEADER,
    ODD_NAMES,
    ONDE_HEADER,
    SUP_HEADER,
    WRITERS,
    a_learner,
    generic_file,
    learners,
    onde_file,
    pupil,
    reading,
    siecle_file,
    table,
    taken,
)

PEOPLE = learners(40)
FILES = {name: written(PEOPLE) for name, written in WRITERS.items()}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_each_format_gives_back_its_people(name: str) -> None:
    found = taken(FILES[name], name)
    assert found.learners == PEOPLE
    assert found.faults == []
    assert (found.source.format, found.source.encoding, found.source.unknown_columns) == (name, "utf-8", ())
    assert {(one.last_name, one.first_name) for one in found.learners} >= set(ODD_NAMES)


def test_the_golden_row_of_a_declared_table() -> None:
    content = table(
        GENERIC_HEADER, [("007", " D'Orsambre ", "Marie-Loïs", "2001-02-03", "  Voirie   nord\t", "m.l@ville.example")]
    )
    assert taken(content).learners == [
        Learner("007", "D'Orsambre", "Marie-Loïs", None, date(2001, 2, 3), "Voirie nord", "m.l@ville.example")
    ]


def test_the_golden_row_of_siecle() -> None:
    one = a_learner("110000000XY", usual_name="L’Hourdebec", group="3 B")
    found = taken(siecle_file([one]), "siecle")
    assert found.learners == [
        Learner("110000000XY", "Brindavoine", "Zélie-Ève", "L’Hourdebec", date(2015, 2, 28), "3 B", None),
    ]
    assert found.source.school == "0999999Z"


def test_the_golden_row_of_onde() -> None:
    row = (
        "Brindavoine",
        "Le Quermadec",
        "Noé",
        "01/09/2021",
        "M",
        "120000000ZZ",
        "2 rue",
        "CYCLE II",
        "CP",
        "CP Mme Vent",
        "9",
    )
    assert taken(table(ONDE_HEADER, [row]), "onde").learners == [
        Learner("120000000ZZ", "Brindavoine", "Noé", "Le Quermadec", date(2021, 9, 1), "CP Mme Vent", None)
    ]


def test_the_golden_row_of_sup() -> None:
    row = ("Злата", "Ève", "Нивальский", "", "31/12/2009", "z@univ.example", "22123456", "UFR", "TD 3", "Licence", "FI")
    assert taken(table(SUP_HEADER, [row]), "sup").learners == [
        Learner("22123456", "Нивальский", "Злата", None, date(2009, 12, 31), "TD 3", "z@univ.example")
    ]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_the_separator_and_the_mark_of_utf_8_are_detected_and_told(separator: str, encoding: str) -> None:
    people = [*PEOPLE, a_learner("M2", group='Prêt; ici, "là"')]
    found = taken(generic_file(people, separator, encoding))
    assert found.learners == people
    assert (found.source.separator, found.source.encoding) == (separator, encoding)


def test_windows_1252_is_the_fallback_and_is_told() -> None:
    people = [a_learner("M1", first_name="Œdiane"), a_learner("M2", last_name="L’Hourdebec")]
    found = taken(generic_file(people, encoding="windows-1252"))
    assert found.learners == people
    assert found.source.encoding == "windows-1252"


@pytest.mark.parametrize("encoding", ["ISO-8859-15", "ISO-8859-1", "Windows-1252", "UTF-16", "UTF-8"])
def test_siecle_is_read_in_the_encoding_that_it_declares(encoding: str) -> None:
    people = [a_learner("M1", first_name="Œdiane"), a_learner("M2", last_name="Çelmoutier")]
    found = taken(siecle_file(people, encoding), "siecle")
    assert found.learners == people
    assert found.source.encoding == encoding.lower()


def test_in_siecle_classes_may_stand_before_their_pupils() -> None:
    assert taken(siecle_file(PEOPLE, classes_first=True), "siecle").learners == PEOPLE


def test_in_siecle_a_pupil_without_a_class_has_no_group_and_who_left_is_passed_over() -> None:
    content = siecle_file([a_learner("M1"), a_learner("M2"), a_learner("M3", group=None)]).decode()
    here = "<CODE_MEF>10010012110</CODE_MEF>"
    left = content.replace(here, here + "<DATE_SORTIE>01/09/2030</DATE_SORTIE>", 1)
    leaving = left.replace("<ID_NATIONAL>M2", "<DATE_SORTIE>03/09/2030</DATE_SORTIE><ID_NATIONAL>M2")
    found = taken(leaving.encode(), "siecle")
    assert [(one.external_id, one.group) for one in found.learners] == [("M2", "CM1 A"), ("M3", None)]
    assert [row.line for row in found.rows if isinstance(row, LeftRow)] == [6]


def test_in_siecle_the_first_title_that_is_filled_counts() -> None:
    content = siecle_file([a_learner("M1")]).decode()
    content = content.replace("<ID_NATIONAL>M1</ID_NATIONAL>", "<ID_NATIONAL/><INE_RNIE>110000000XY</INE_RNIE>")
    content = content.replace("NOM_DE_FAMILLE>", "NOM>")
    (found,) = taken(content.encode(), "siecle").learners
    assert (found.external_id, found.last_name) == ("110000000XY", "Brindavoine")


def test_a_pupil_of_siecle_stands_at_the_line_of_its_element() -> None:
    parts = [pupil(a_learner(f"M{number}", first_name=""), number) for number in (1, 2)]
    content = f'<?xml version="1.0"?>\n<BEE_ELEVES><DONNEES><ELEVES>\n{parts[0]}\n{parts[1]}</ELEVES></DONNEES></BEE_ELEVES>'
    assert taken(content.encode(), "siecle").told == [(3, "PRENOM", "empty"), (5, "PRENOM", "empty")]


def test_titles_are_recognised_without_accents_case_spaces_and_sorts_of_apostrophes() -> None:
    header = ("NOM ELEVE", "Nom d’usage  élève", "prenom élève *", " Date Naissance", "ine")
    found = taken(table(header, [("Vent", "Ciel", "Ada", "1/2/2020", "X1")]), "onde")
    assert found.learners == [Learner("X1", "Vent", "Ada", "Ciel", date(2020, 2, 1))]


def test_unknown_columns_are_told_and_those_of_the_format_are_not() -> None:
    content = table((*GENERIC_HEADER, "Allergies", ""), [("M1", "Vent", "Ada", "", "", "", "x", "")])
    assert taken(content).source.unknown_columns == ("Allergies",)
    assert taken(onde_file(PEOPLE), "onde").source.unknown_columns == ()


def test_names_become_normal_form_c_and_keep_apostrophes_and_hyphens() -> None:
    content = table(GENERIC_HEADER, [("M1", "d'Oŕs  ambre\u00a0Le", "Ze\u0301lie‑Ève", "", "", "")])
    (found,) = taken(content).learners
    assert (found.last_name, found.first_name) == ("d'Oŕs ambre Le", "Zélie‑Ève")


def test_blank_lines_missing_last_cells_and_empty_extra_cells_are_no_fault() -> None:
    content = ";".join(GENERIC_HEADER) + "\n\n ; ;\nM1;Vent;Ada\nM2;Vent;Eva;;;;;;\n"
    found = taken(content.encode())
    assert [one.external_id for one in found.learners] == ["M1", "M2"]
    assert [row.line for row in found.rows] == [4, 5]


def test_a_quoted_cell_may_have_line_breaks_in_a_column_that_is_not_kept() -> None:
    content = table(
        (*GENERIC_HEADER, "Adresse"), [("M1", "Vent", "Ada", "", "", "", "1 rue\r\nau bout"), ("M2", "Vent", "Eva")]
    )
    found = taken(content)
    assert [one.external_id for one in found.learners] == ["M1", "M2"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_sort_of_line_end_is_read(end: str) -> None:
    content = table(GENERIC_HEADER, [("M1", "Vent", "Ada", "", "", ""), ("M2", "Ciel", "Eva", "", "", "")], end=end)
    assert [one.external_id for one in taken(content).learners] == ["M1", "M2"]


def test_two_fields_may_not_have_the_same_column() -> None:
    with pytest.raises(ValidationError, match="two fields have the same column"):
        DeclaredColumns(external_id="Matricule", last_name="Nom", first_name="NOM ")


@pytest.mark.parametrize("name", FILES)
def test_the_stream_stays_open_and_may_be_read_again(name: str) -> None:
    stream = io.BytesIO(FILES[name])
    first = list(reading(stream, name).rows)
    half_read = reading(stream, name).rows
    next(half_read)
    del half_read
    assert list(reading(stream, name).rows) == first
    assert not stream.closed
