"""Answers with percentages, as Moodle and GIFT mark them: right is 100 %, wrong is nothing or a penalty, a part is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.content.authoring.exchange.questions import Quantity, Word, exact_number
from chalicelib.content.authoring.exchange.results import RefusedError

ALL = Decimal(100)
_ROUNDING = Decimal(1)
"""Three thirds make 99.99."""
_WILDCARD = re.compile(r"(?<!\\)\*")


@dataclass(frozen=True)
class Weighed:
    """One answer, and what it is worth in percent. A number has a tolerance."""

    text: str
    percent: Decimal
    tolerance: Decimal = Decimal(0)


def one_right(answers: Sequence[Weighed]) -> int:
    """The place of the one right answer. Raises `RefusedError` when several are, or one is in part."""
    _refuse_parts(answers)
    right = [place for place, answer in enumerate(answers) if answer.percent == ALL]
    if len(right) != 1:
        raise RefusedError("several-right-answers" if right else "no-right-answer", f"{len(right)} right, one expected")
    return right[0]


def some_right(answers: Sequence[Weighed]) -> frozenset[int]:
    """The places of the answers that make 100 % together. Raises `RefusedError` when they make more or less."""
    right = [place for place, answer in enumerate(answers) if answer.percent > 0]
    if not right:
        raise RefusedError("no-right-answer", "nothing is right")
    total = sum((answers[place].percent for place in right), Decimal(0))
    if abs(total - ALL) > _ROUNDING:
        raise RefusedError("partial-credit", f"the right answers make {total:f} % together")
    return frozenset(right)


def word_key(answers: Sequence[Weighed], case_sensitive: bool) -> Word:
    """The words accepted and refused. A wrong `*` stands for anything else, and says nothing."""
    _refuse_parts(answers)
    listed = [answer for answer in answers if answer.text.strip() != "*" or answer.percent > 0]
    for answer in listed:
        if _WILDCARD.search(answer.text):
            raise RefusedError("wildcard", f"{answer.text[:60]!r} stands for many answers")
    accept, refuse = (
        tuple(answer.text.replace(r"\*", "*").strip() for answer in listed if (answer.percent > 0) is right)
        for right in (True, False)
    )
    if not accept:
        raise RefusedError("no-right-answer", "no word is right")
    return Word(accept, refuse, frozenset({"spaces"} if case_sensitive else {"case", "spaces"}))


def number_key(answers: Sequence[Weighed], units: tuple[str, ...] = ()) -> Quantity:
    """The one right number, and the wrong ones that people give."""
    listed = [answer for answer in answers if answer.text.strip() != "*" or answer.percent > 0]
    right = listed[one_right(listed)]
    refuse = tuple(exact_number(answer.text) for answer in listed if answer is not right)
    return Quantity(exact_number(right.text), abs(right.tolerance), units, refuse)


def _refuse_parts(answers: Sequence[Weighed]) -> None:
    if any(0 < answer.percent < ALL for answer in answers):
        raise RefusedError("partial-credit", "an answer is worth a part")
