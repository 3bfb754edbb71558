"""`palier data-model`: the committed page on what is stored."""

from __future__ import annotations

from typing import Annotated

import typer

from palier.console import stdout, stop
from palier.files import write as write_files
from palier.stage import ROOT

FILE = ROOT / "docs" / "data-model.md"


def data_model(write: Annotated[bool, typer.Option("--write", help="Write docs/data-model.md.")] = False) -> None:
    """Check that docs/data-model.md is what the description, the template and a journey say, or write it. Takes a few seconds."""
    from infrastructure.data_model.page import page  # it imports an emulator, for which no other command should wait

    text = page()
    if write:
        write_files({FILE: text})
        stdout.print(f"Wrote docs/{FILE.name}.")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != text:
        stop(f"docs/{FILE.name} is not what infrastructure/data_model says: run `palier data-model --write`.")
    else:
        stdout.print(f"docs/{FILE.name} is up to date.")
