"""Where commands print, how they take a file, and how they refuse."""

from __future__ import annotations

from typing import Any, NoReturn

import typer
from rich.console import Console

WRONG_USE = 2

stdout = Console()
stderr = Console(stderr=True, style="red", highlight=False)


def table_option(text: str) -> Any:
    """An option that names a file to read."""
    return typer.Option(help=text, exists=True, dir_okay=False)


def stop(sentence: str) -> NoReturn:
    """Say what is wrong and end with exit status 2."""
    printable = "".join(sign if sign.isprintable() else "?" for sign in sentence)
    stderr.print(printable, markup=False, soft_wrap=True)
    raise typer.Exit(WRONG_USE)
