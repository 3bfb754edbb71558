"""What the browsers know: every answer sent, every answer acknowledged, on disk as it happens, so that it survives anything."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from chalicelib.kernel.canonical import canonical_json

What = Literal["started", "sent", "acknowledged", "finished", "wrong", "gave-up"]


@dataclass(frozen=True)
class Line:
    """One thing that a browser did or was told; which fields are used depends on what it is."""

    what: What
    intent: int
    assessment: str = ""
    person: str = ""
    step: int = 0
    digest: str = ""
    seconds: float = 0.0
    """From the moment the challenge was shown to the acknowledgement, on the browser's own watch."""
    told: str = ""


class Ledger:
    """An append-only file of lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, line: Line) -> None:
        """Append the line; it is with the operating system when this returns."""
        with self._lock:
            self._file.write(json.dumps({key: value for key, value in asdict(line).items() if value}) + "\n")
            self._file.flush()

    def lines(self) -> Iterator[Line]:
        """Every line, read back from the file."""
        with self._path.open(encoding="utf-8") as written:
            for text in written:
                yield Line(**{"intent": 0, **json.loads(text)})

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def digest_of(answer: str | Sequence[str] | Mapping[str, Any] | None, *, ordered: bool) -> str:
    """The same for an answer as a browser sends it and as the log keeps it; the order counts only where it is the answer."""
    parts = list(answer.values()) if isinstance(answer, Mapping) else answer
    if isinstance(parts, list | tuple):
        parts = list(parts) if ordered else sorted(parts)
    return hashlib.sha256(canonical_json(parts)).hexdigest()[:16]
