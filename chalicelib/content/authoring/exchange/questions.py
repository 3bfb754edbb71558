"""A question as any tool may ask it: what Moodle, GIFT and QTI files are read into, before it becomes a challenge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from chalicelib.content.authoring.exchange.results import RefusedError
from chalicelib.content.expected import Fold
from chalicelib.content.texts import Locale

LONGEST_NUMBER = 15
"""Digits before or after the decimal mark: more is no answer that a person types."""


@dataclass(frozen=True)
class OneOf:
    """One right option, by its place."""

    options: tuple[str, ...]
    right: int
    fixed_order: bool = False


@dataclass(frozen=True)
class SomeOf:
    """The exact set of right options, by their places."""

    options: tuple[str, ...]
    right: frozenset[int]
    fixed_order: bool = False


@dataclass(frozen=True)
class Word:
    """A word or a short phrase."""

    accept: tuple[str, ...]
    refuse: tuple[str, ...] = ()
    fold: frozenset[Fold] = frozenset({"case", "spaces"})
    """What does not count. Other tools forgive the case of letters, never accents."""


@dataclass(frozen=True)
class Quantity:
    """A number within a tolerance."""

    value: Decimal
    tolerance: Decimal = Decimal(0)
    units: tuple[str, ...] = ()
    refuse: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class InOrder:
    """Things in their right order."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Pairs:
    """Labels, each with the place of its option in the list that they share."""

    labels: tuple[str, ...]
    options: tuple[str, ...]
    right: tuple[int, ...]
    fixed_order: bool = False


AnswerKey = OneOf | SomeOf | Word | Quantity | InOrder | Pairs


@dataclass(frozen=True)
class Picture:
    """A picture and what it shows, in words."""

    content: bytes
    alt: str


@dataclass(frozen=True)
class Question:
    """One foreign question, in one language. Prompt and solution are Markdown; options, labels and words are lines."""

    where: str
    """Its id or title, as its file gives it."""
    prompt: str
    key: AnswerKey
    solution: str = ""
    picture: Picture | None = None
    locale: Locale | None = None
    """The language that its file declares, if any."""


def exact_number(text: str) -> Decimal:
    """The number that this text is, with a decimal point. Raises `RefusedError` for anything else, and for the enormous."""
    try:
        value = Decimal(text.strip())
    except InvalidOperation as error:
        raise RefusedError("not-a-number", f"{text.strip()[:40]!r}") from error
    refuse_odd_number(value)
    return value


def refuse_odd_number(value: Decimal) -> None:
    """Raise `RefusedError` for a number that nobody could type: infinite, enormous, minute."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -LONGEST_NUMBER or (value and value.adjusted() >= LONGEST_NUMBER):
        raise RefusedError("not-a-number", f"more than {LONGEST_NUMBER} digits before or after the decimal mark")


TRUE_FALSE: Mapping[Locale, tuple[str, str]] = {"fr": ("Vrai", "Faux"), "en": ("True", "False")}
"""How a statement is judged, right first."""
