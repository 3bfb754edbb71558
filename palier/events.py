"""`palier events`: the committed AsyncAPI document, and the tables of the page on events."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from chalicelib.kernel.dead_letters import REASONS
from chalicelib.kernel.events import EVENTS
from palier.asyncapi import document
from palier.console import stdout, stop
from palier.files import write as write_files
from palier.stage import ROOT

DOCUMENT = ROOT / "docs" / "asyncapi.json"
PAGE = ROOT / "docs" / "events.md"


def written() -> dict[Path, str]:
    """What each file must hold."""
    page = PAGE.read_text(encoding="utf-8")
    for name, table in (("events", _events()), ("reasons", _reasons())):
        page = _between(page, name, table)
    return {DOCUMENT: json.dumps(document(), ensure_ascii=False, indent=1) + "\n", PAGE: page}


def events(write: Annotated[bool, typer.Option("--write", help="Write both files.")] = False) -> None:
    """Check that docs/asyncapi.json and the tables of docs/events.md are what the events declare, or write them."""
    texts = written()
    if write:
        write_files(texts)
        stdout.print("Wrote docs/asyncapi.json and docs/events.md.")
        return
    late = [path.name for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if late:
        stop(f"{' and '.join(late)}: not what the events declare; run `palier events --write`.")
    stdout.print("docs/asyncapi.json and docs/events.md are up to date.")


def _events() -> str:
    rows = [
        (f"`{one.type}`", _fields(one.data.model_fields), f"`{one.queue}`", f"`{one.producer}`", _fields(one.consumers))
        for one in EVENTS
    ]
    return _table(("type", "data", "queue", "told by", "received by"), rows)


def _reasons() -> str:
    return _table(("reason", "what it means"), [(f"`{code}`", meaning) for code, meaning in REASONS.items()])


def _fields(names: Sequence[str] | dict[str, object]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _between(page: str, name: str, table: str) -> str:
    """The page with this table between the markers of this name."""
    first, last = f"<!-- {name}: `palier events --write` -->\n", f"<!-- end of {name} -->\n"
    if first not in page or last not in page:
        stop(f"{PAGE.name} has no markers for {name}.")
    return re.sub(f"{re.escape(first)}.*?{re.escape(last)}", lambda _: first + table + last, page, flags=re.DOTALL)
