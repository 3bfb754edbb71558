"""`.local/stack.env`: how another console finds the running stack. Shell lines KEY='value', mode 0600.

A shell reads it with `set -a; . .local/stack.env`; Python with `read_stack_file`. Values may span lines (keys do).
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from infrastructure.local.private_files import write_private

NAME = "stack.env"


def stack_lines(variables: Mapping[str, str]) -> str:
    """Give the shell text that sets these variables."""
    return "".join("{}='{}'\n".format(name, value.replace("'", "'\"'\"'")) for name, value in variables.items())


def write_stack_file(path: Path, variables: Mapping[str, str]) -> None:
    """Write the variables where only their owner reads them."""
    write_private(path, stack_lines(variables))


def read_stack_file(path: Path) -> dict[str, str]:
    """Give back the variables of a stack file; raise FileNotFoundError when no stack is running."""
    words = shlex.split(path.read_text(encoding="utf-8"))
    return dict(word.split("=", 1) for word in words)
