"""docs/imports.md says what the code does: columns, codes, limits, and the example that it shows."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import pytest

from chalicelib.campaigns.imports.formats import FORMS, DeclaredColumns, Form, read_learners
from chalicelib.campaigns.imports.model import FAULTS, REFUSALS, Field
from chalicelib.campaigns.imports.plans import CONFLICTS
from chalicelib.campaigns.imports.reports import report
from chalicelib.campaigns.imports.siecle import SiecleForm
from tests.domain.imports.learner_files import TODAY
from tests.worlds import ROOT

DOCUMENT = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")


def cell(form: Form, field: Field) -> str:
    column = next((one for one in form.columns if one.field is field), None)
    if column is None:
        return "–"
    must = ["must be there"] if column.required and not isinstance(form, SiecleForm) else []
    return ", ".join([" or ".join(column.titles), *must, *(["filled"] if column.filled else [])])


def declared(field: Field) -> str:
    return "declared, filled" if DeclaredColumns.model_fields[field.value].is_required() else "may be declared"


@pytest.mark.parametrize("field", Field)
def test_the_document_shows_the_columns_of_each_format(field: Field) -> None:
    cells = [f"`{field.value}`", declared(field), *(cell(FORMS[name], field) for name in ("siecle", "onde", "sup"))]
    assert f"| {' | '.join(cells)} |" in DOCUMENT


@pytest.mark.parametrize(("title", "codes"), [("Code", {**FAULTS, **REFUSALS}), ("Conflict", CONFLICTS)])
def test_the_document_has_every_code_and_no_other(title: str, codes: Mapping[str, str]) -> None:
    tables = re.findall(rf"\| {title} \| Meaning \|\n\|---\|---\|\n((?:\|.*\n)+)", DOCUMENT)
    rows = [line for table in tables for line in table.splitlines()]
    assert sorted(rows) == sorted(f"| `{code}` | {meaning} |" for code, meaning in codes.items())


def test_the_declaration_and_the_table_of_the_document_go_together() -> None:
    blocks = re.findall(r"```(?:json)?\n(.*?)```", DOCUMENT, re.DOTALL)
    declaration = next(block for block in blocks if block.startswith("{"))
    table = next(block for block in blocks if block.startswith("Matricule"))
    form = DeclaredColumns.model_validate_json(declaration).form()
    found = report(read_learners(io.BytesIO(table.encode()), form, TODAY))
    assert (found.valid, found.faulty, found.source.unknown_columns) == (2, 0, ())
