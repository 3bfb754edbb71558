"""`palier operations`: the committed page for operators."""

from __future__ import annotations

from typing import Annotated

import typer

from infrastructure.operations.page import page
from palier.console import stderr, stdout
from palier.stage import ROOT

FILE = ROOT / "docs" / "operations.md"


def operations(write: Annotated[bool, typer.Option("--write", help="Write docs/operations.md.")] = False) -> None:
    """Check that docs/operations.md is what the table of alarms declares, or write it."""
    if write:
        FILE.write_text(page(), encoding="utf-8")
        stdout.print("Wrote docs/operations.md.")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != page():
        stderr.print("docs/operations.md is not what infrastructure/operations declares: run `palier operations --write`.")
        raise typer.Exit(1)
    else:
        stdout.print("docs/operations.md is up to date.")
