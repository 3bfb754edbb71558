"""XML that attacks is refused before it costs anything: no document type, no entity, nothing from outside, nothing endless."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.campaigns.imports.model import RefusedFileError
from chalicelib.campaigns.imports.plans import plan
from chalicelib.campaigns.imports.reports import report
from tests.domain.imports.learner_files import a_learner, reading, siecle_file, taken

LAUGHS = "".join(f'<!ENTITY l{depth} "{f"&l{depth - 1};" * 10}">' for depth in range(1, 10))


def code_of(content: bytes) -> str:
    with pytest.raises(RefusedFileError) as caught:
        taken(content, "siecle")
    return caught.value.code


@pytest.mark.parametrize(
    "kind",
    [
        f'<!DOCTYPE BEE_ELEVES [<!ENTITY l0 "ha">{LAUGHS}]>',
        f'<!DOCTYPE BEE_ELEVES [<!ENTITY l9 "{"ha" * 20_000}">]>',
        '<!DOCTYPE BEE_ELEVES [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE BEE_ELEVES [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
        '<!DOCTYPE BEE_ELEVES SYSTEM "http://127.0.0.1:1/other.dtd">',
        '<!DOCTYPE BEE_ELEVES PUBLIC "-//x//y" "http://127.0.0.1:1/other.dtd">',
        "<!DOCTYPE BEE_ELEVES>",
    ],
)
def test_a_document_type_is_refused_whatever_it_declares(kind: str) -> None:
    content = siecle_file([a_learner(first_name="NAME")]).decode()
    assert code_of(content.replace("?>\n", f"?>\n{kind}\n", 1).replace("NAME", "&l9;").encode()) == "xml-forbidden"
    assert (
        code_of(content.replace("?>\n", f"?>\n{kind}\n", 1).replace('"UTF-8"', '"UTF-16"').encode("utf-16")) == "xml-forbidden"
    )


def test_an_entity_that_nobody_declared_is_refused_and_the_five_of_xml_are_read() -> None:
    content = siecle_file([a_learner(first_name="NAME")])
    assert code_of(content.replace(b"NAME", b"&l9;")) == "xml-malformed"
    assert taken(content.replace(b"NAME", b"&#201;va &amp; Zo&apos;"), "siecle").learners[0].first_name == "Éva & Zo'"


def test_a_file_that_includes_another_reads_nothing_of_it(tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("secret")
    included = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{other.as_uri()}" parse="text"/>'
    content = siecle_file([a_learner(first_name="NAME")]).replace(b"NAME", b"Ada" + included.encode())
    assert [one.first_name for one in taken(content, "siecle").learners] == ["Ada"]


@pytest.mark.parametrize(
    "encoding", ["utf-7", "utf-32", "idna", "unicode_escape", "rot13", "undefined", "cp037", "shift_jis", "x"]
)
def test_an_encoding_that_we_do_not_expect_is_refused(encoding: str) -> None:
    assert code_of(f'<?xml version="1.0" encoding="{encoding}"?><BEE_ELEVES/>'.encode()) == "encoding-unknown"


@pytest.mark.parametrize(
    ("begins", "ends"),
    [(b"<a b='", b"'/>"), (b"<!--", b"-->"), (b"<?a ", b"?>"), (b"<", b"/>"), (b"<a b='>", b"'/>")],
    ids=["attribute", "comment", "instruction", "name", "attribute with >"],
)
def test_a_tag_that_does_not_end_is_refused_early(begins: bytes, ends: bytes) -> None:
    assert code_of(b"<BEE_ELEVES>" + begins + b"x" * 300_000 + ends + b"</BEE_ELEVES>") == "xml-tag-too-long"


def test_long_text_where_nothing_is_kept_is_passed_over_and_cut_where_it_is() -> None:
    long = b"x" * 300_000
    content = siecle_file([a_learner(first_name="NAME")])
    assert taken(content.replace(b"<CODE_SEXE>2", b"<CODE_SEXE>" + long), "siecle").told == []
    (fault,) = taken(content.replace(b"NAME", long), "siecle").faults
    assert (fault.code, len(fault.value)) == ("too-long", 201)
    assert taken(content.replace(b"NAME", b"<![CDATA[A<d>a]]>"), "siecle").learners[0].first_name == "A<d>a"


def test_a_file_that_breaks_off_gives_no_row_at_all() -> None:
    content = siecle_file([a_learner(f"M{number}") for number in range(20)])
    assert code_of(content[:-30]) == "xml-malformed"


def test_an_export_in_one_single_line_is_read_row_by_row() -> None:
    people = [
        a_learner("M1"),
        a_learner("M2", first_name=""),
        a_learner("M1", first_name="Eva"),
        a_learner("M3", first_name=""),
    ]
    found = taken(siecle_file(people).replace(b"\n", b""), "siecle")
    assert [(one.row, one.line, one.code) for one in found.faults] == [(2, 1, "empty"), (3, 1, "duplicate"), (4, 1, "empty")]
    counted = report(reading(siecle_file(people).replace(b"\n", b""), "siecle"))
    assert (counted.valid, counted.faulty) == (1, 3)
    assert plan({}, found.rows).faulty == 3


def test_what_looks_like_a_pupil_elsewhere_is_none() -> None:
    one = siecle_file([a_learner()]).decode()
    stray = "<AUTRE><ELEVES><ELEVE><ID_NATIONAL>Z9</ID_NATIONAL></ELEVE></ELEVES></AUTRE>"
    found = taken(one.replace("<DONNEES>", f"{stray}<DONNEES>{stray}").encode(), "siecle")
    assert [row.external_id for row in found.learners] == ["M1"]
