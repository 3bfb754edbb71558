"""What a typed or selected answer is compared with: a word, a number, a date, or an option. Challenges are made of these."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.content.texts import Line, Locale, Strict, Text, Words

Fold = Literal["case", "accents", "spaces"]

LetterId = Annotated[str, StringConstraints(pattern="^[a-z]$")]


class WordExpected(Strict):
    """A word or a short phrase."""

    accept: Words
    refuse: Words = Words()
    """Wrong answers that people really give."""
    fold: frozenset[Fold] = frozenset({"case", "accents", "spaces"})
    strip_punctuation: bool = False
    tolerate_typos: bool = False

    @model_validator(mode="after")
    def _accepts_something(self) -> Self:
        if not (self.accept.fr and self.accept.en):
            raise ValueError("every language needs an accepted answer")
        return self


class NumberExpected(Strict):
    """A number, within a tolerance."""

    value: Decimal
    tolerance: Decimal = Field(default=Decimal(0), ge=0)
    units: Words = Words()
    """Accepted beside the number, never required."""
    refuse_values: tuple[Decimal, ...] = ()

    @model_validator(mode="after")
    def _refuses_only_wrong(self) -> Self:
        if any(abs(value - self.value) <= self.tolerance for value in self.refuse_values):
            raise ValueError("a refused value is within the tolerance")
        return self


class DateExpected(Strict):
    """A day."""

    day: date
    refuse_days: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _refuses_only_wrong(self) -> Self:
        if self.day in self.refuse_days:
            raise ValueError("the right day is refused")
        return self


class Item(Strict):
    """Something to choose or to put in order."""

    id: LetterId
    fr: Line
    en: Line

    def in_(self, locale: Locale) -> str:
        """The text in this language."""
        return self.fr if locale == "fr" else self.en


class Option(Item):
    """One option, right or not."""

    right: bool = False


class OptionsExpected(Strict):
    """Options of which some are right."""

    options: tuple[Option, ...]
    fixed_order: bool = False

    @property
    def right_options(self) -> frozenset[str]:
        """Ids of the right options."""
        return frozenset(option.id for option in self.options if option.right)

    @model_validator(mode="after")
    def _distinct_options(self) -> Self:
        if len({option.id for option in self.options}) != len(self.options):
            raise ValueError("two options have the same id")
        return self


class OneOptionExpected(OptionsExpected):
    """The one right option."""

    options: tuple[Option, ...] = Field(min_length=2, max_length=6)

    @model_validator(mode="after")
    def _one_right(self) -> Self:
        if len(self.right_options) != 1:
            raise ValueError("exactly one option must be right")
        return self


class TextInput(WordExpected):
    """An input where a word is typed."""

    kind: Literal["text"]
    id: LetterId
    label: Text


class NumberInput(NumberExpected):
    """An input where a number is typed."""

    kind: Literal["number"]
    id: LetterId
    label: Text


class DateInput(DateExpected):
    """An input where a date is typed."""

    kind: Literal["date"]
    id: LetterId
    label: Text


class SelectInput(OneOptionExpected):
    """An input where one option is selected."""

    kind: Literal["select"]
    id: LetterId
    label: Text


Input = Annotated[TextInput | NumberInput | DateInput | SelectInput, Field(discriminator="kind")]
TypedExpected = WordExpected | NumberExpected | DateExpected
