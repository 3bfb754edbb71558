"""What grading says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["correct", "incorrect"]


@dataclass(frozen=True)
class Grade:
    """The verdict, which rule gave it, and which of the inputs were right where there are several."""

    verdict: Verdict
    rule: str
    inputs: tuple[bool, ...] = ()

    @property
    def right(self) -> bool:
        """Whether the answer is correct."""
        return self.verdict == "correct"


def either(right: bool, rule_if_right: str, rule_if_wrong: str, inputs: tuple[bool, ...] = ()) -> Grade:
    """One of two grades."""
    return Grade("correct", rule_if_right, inputs) if right else Grade("incorrect", rule_if_wrong, inputs)
