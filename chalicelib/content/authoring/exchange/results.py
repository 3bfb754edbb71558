"""What an exchange gives: what went through, and by name everything that did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.content.challenges import Challenge


@dataclass(frozen=True, order=True)
class Refusal:
    """One thing that did not go through: where (an id, a title, a line, a file), the rule's stable code, and why."""

    where: str
    code: str
    reason: str

    def __str__(self) -> str:
        """One line that a terminal may show, whatever the file holds."""
        line = f"{self.where}: {self.code}: {self.reason}"
        return "".join(sign if sign.isprintable() else "?" for sign in line)


class RefusedError(Exception):
    """Something is refused; `code` never changes once published, `reason` is a short English phrase."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason

    def at(self, where: str) -> Refusal:
        """The refusal of what stands there."""
        return Refusal(where, self.code, self.reason)


@dataclass(frozen=True)
class Imported:
    """What a file gave: challenges, the pictures that they show by path, and every refusal."""

    challenges: tuple[Challenge, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    images: Mapping[str, bytes] = field(default_factory=dict)
