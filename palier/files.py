"""Files that commands write: all of them whole, or none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from palier.console import stop


def check_places(*places: Path | None) -> None:
    """Refuse, before the work, two outputs in one place and folders that are missing or closed."""
    named = [place for place in places if place is not None]
    for number, place in enumerate(named):
        if place.resolve() in (one.resolve() for one in named[:number]):
            stop(f"{place} is named for two outputs.")
        if not place.parent.is_dir():
            stop(f"{place} cannot be written: No such file or directory.")
        if not os.access(place.parent, os.W_OK):
            stop(f"{place} cannot be written: Permission denied.")


def write(texts: Mapping[Path, str]) -> None:
    """Write every text beside its place, then put all there: never half a file. Stops the command where that fails."""
    beside = {place: place.with_name(f".{place.name}.part") for place in texts}
    try:
        for place, text in texts.items():
            beside[place].write_text(text, encoding="utf-8")
        for place, part in beside.items():
            part.replace(place)
    except OSError as error:
        stop(f"{error.filename}: {error.strerror}.")
    finally:
        for part in beside.values():
            part.unlink(missing_ok=True)
