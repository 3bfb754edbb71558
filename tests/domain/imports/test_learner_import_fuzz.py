"""Any bytes are a report or a refusal, never a crash; and reading twice gives the same."""

from __future__ import annotations

from unicodedata import is_normalized

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.campaigns.imports.cells import FaultyCellError, read_text
from chalicelib.campaigns.imports.model import FAULTS, REFUSALS, LearnerRow, LeftRow, RefusedFileError, Row
from tests.domain.imports.learner_files import WRITERS, learners, reading

PEOPLE = learners(4)
WHOLE = {name: written(PEOPLE) for name, written in WRITERS.items()}

SIGNS = (
    b'"',
    b";",
    b",",
    b"\t",
    b"\n",
    b"\r",
    b"\0",
    b"\xe9",
    b"\xc3\xa9",
    b"\xff\xfe",
    b"\x81",
    b"M1",
    b"31/02/2010",
    b"E+11",
)
MARKUP = (
    b"<",
    b">",
    b"<ELEVE>",
    b"</ELEVE>",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE a>",
    b"&a;",
    b"&#0;",
    b"<!--",
    b'<?xml encoding="x"?>',
)
PIECES = st.sampled_from((*SIGNS, *MARKUP)) | st.binary(max_size=6)


@st.composite
def spoilt(draw: st.DrawFn, content: bytes) -> bytes:
    """A right file, some of whose bytes were replaced."""
    for _ in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(0, len(content)))
        end = begin + draw(st.integers(0, 30))
        content = content[:begin] + draw(PIECES) + content[end:]
    return content


def outcome(content: bytes, name: str) -> list[Row] | str:
    try:
        return list(reading(content, name).rows)
    except RefusedFileError as error:
        return error.code


@pytest.mark.parametrize("name", WHOLE)
def test_any_bytes_are_a_report_or_a_refusal(name: str) -> None:
    @settings(max_examples=150)
    @given(st.binary(max_size=200) | st.lists(PIECES, max_size=30).map(b"".join) | spoilt(WHOLE[name]))
    def holds(content: bytes) -> None:
        found = outcome(content, name)
        assert found == outcome(content, name)
        if isinstance(found, str):
            assert found in REFUSALS
            return
        for row in found:
            assert isinstance(row, LearnerRow | LeftRow) or row.code in FAULTS
            if isinstance(row, LearnerRow):
                one = row.learner
                assert one.external_id
                assert one.last_name
                assert one.first_name
        ids = [row.learner.external_id for row in found if isinstance(row, LearnerRow)]
        assert len(set(ids)) == len(ids)

    holds()


@given(st.text(max_size=40))
def test_text_is_normal_trimmed_printable_and_reading_it_again_changes_nothing(raw: str) -> None:
    try:
        text = read_text(raw, 200)
    except FaultyCellError:
        return
    if text is None:
        assert not raw.strip()
        return
    assert is_normalized("NFC", text)
    assert text == " ".join(text.split())
    assert read_text(text, 200) == text
