"""What a command says: results to standard output, what went wrong to standard error."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Write a line that is seen at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(error: object) -> None:
    """Write what went wrong."""
    sys.stderr.write(f"{error}\n")
