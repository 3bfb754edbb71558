"""`palier openapi`: the committed OpenAPI document."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from chalicelib.api import documentation
from palier.console import stderr, stdout
from palier.stage import ROOT

FILE = ROOT / "docs" / "openapi.json"


def written() -> str:
    """The document as it is committed."""
    return json.dumps(documentation.openapi(), ensure_ascii=False, indent=1) + "\n"


def openapi(write: Annotated[bool, typer.Option("--write", help="Write docs/openapi.json.")] = False) -> None:
    """Check that docs/openapi.json is what the routes declare, or write it."""
    if write:
        FILE.write_text(written(), encoding="utf-8")
        stdout.print("Wrote docs/openapi.json.")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != written():
        stderr.print("docs/openapi.json is not what the routes declare: run `make openapi`.")
        raise typer.Exit(1)
    else:
        stdout.print("docs/openapi.json is up to date.")
