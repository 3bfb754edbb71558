"""Challenges: one model per kind, each knowing how many answers could be given blindly."""

from __future__ import annotations

import math
from collections import Counter
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.content.expected import (
    DateExpected,
    Input,
    Item,
    NumberExpected,
    OneOptionExpected,
    Option,
    OptionsExpected,
    SelectInput,
    WordExpected,
)
from chalicelib.content.texts import Line, Locale, Strict, Text

Need = Literal["blind", "low-vision", "colour-blind", "motor", "deaf"]
NEEDS: tuple[Need, ...] = ("blind", "low-vision", "colour-blind", "motor", "deaf")
Device = Literal["any", "computer"]
Status = Literal["draft", "validated", "retired"]
Kind = Literal["choice", "choices", "text", "number", "date", "blanks", "match", "order", "file-task"]
KINDS: tuple[Kind, ...] = ("choice", "choices", "text", "number", "date", "blanks", "match", "order", "file-task")

ChallengeId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*-[1-8]([a-z]|c[0-9]{1,3})$", max_length=64)]
"""`<topic>-<level><letter>` in practice, `<topic>-<level>c<number>` in certification."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]


class LocaleStatus(Strict):
    """How far the text of a challenge is in each language."""

    fr: Status
    en: Status

    def in_(self, locale: Locale) -> Status:
        """The status in this language."""
        return self.fr if locale == "fr" else self.en


class Image(Strict):
    """A picture in each language: its path in the sources, its address in a release. And what it shows, in words."""

    fr: Line
    en: Line
    alt: Text

    def in_(self, locale: Locale) -> str:
        """The picture in this language."""
        return self.fr if locale == "fr" else self.en


class _Challenge(Strict):
    """What every kind has."""

    id: ChallengeId
    status: Status
    locales: LocaleStatus
    author: Line
    written: date
    device: Device = "any"
    suits: tuple[Need, ...] = ()
    found_by: Literal["doing", "knowing"]
    """Whether the answer is found by working on what is given, or by knowing something beforehand."""
    prompt: Text
    image: Image | None = None
    solution: Text
    time_limit_seconds: int | None = Field(default=None, ge=20, le=600)
    focus_required: bool = False

    @property
    def announced(self) -> bool:
        """Whether the person is told before it opens."""
        return self.time_limit_seconds is not None or self.focus_required

    @property
    def possible_answers(self) -> int:
        """How many answers could be given blindly; 0 when they cannot be counted."""
        return 0


class ChoiceChallenge(_Challenge, OneOptionExpected):
    """One right option among several."""

    kind: Literal["choice"]

    @property
    def possible_answers(self) -> int:
        """Each option."""
        return len(self.options)


class ChoicesChallenge(_Challenge, OptionsExpected):
    """The exact set of right options."""

    kind: Literal["choices"]
    options: tuple[Option, ...] = Field(min_length=4, max_length=7)

    @model_validator(mode="after")
    def _some_right(self) -> Self:
        if not 2 <= len(self.right_options) < len(self.options):
            raise ValueError("at least two options must be right and one wrong")
        return self

    @property
    def possible_answers(self) -> int:
        """Every set of options but the empty one."""
        return (1 << len(self.options)) - 1


class TextChallenge(_Challenge, WordExpected):
    """A word or a short phrase."""

    kind: Literal["text"]
    max_bytes: int | None = Field(default=None, ge=1, le=240)


class NumberChallenge(_Challenge, NumberExpected):
    """A number, within a tolerance."""

    kind: Literal["number"]


class DateChallenge(_Challenge, DateExpected):
    """A day."""

    kind: Literal["date"]


class BlanksChallenge(_Challenge):
    """Several independent inputs: right when each of them is."""

    kind: Literal["blanks"]
    inputs: tuple[Input, ...] = Field(min_length=2, max_length=8)

    @model_validator(mode="after")
    def _distinct_inputs(self) -> Self:
        if len({one.id for one in self.inputs}) != len(self.inputs):
            raise ValueError("two inputs have the same id")
        return self

    @property
    def possible_answers(self) -> int:
        """The product over the inputs when all of them are selects."""
        selects = [one for one in self.inputs if isinstance(one, SelectInput)]
        return math.prod(len(one.options) for one in selects) if len(selects) == len(self.inputs) else 0


class MatchChallenge(_Challenge):
    """Several typed inputs whose order is free: right when every group of accepted words is used once."""

    kind: Literal["match"]
    label: Text
    """What each input asks for."""
    groups: tuple[WordExpected, ...] = Field(min_length=2, max_length=8)


class OrderChallenge(_Challenge):
    """Things to put in order."""

    kind: Literal["order"]
    items: tuple[Item, ...] = Field(min_length=3, max_length=7)
    right_order: tuple[str, ...]

    @model_validator(mode="after")
    def _orders_every_item(self) -> Self:
        ids = [item.id for item in self.items]
        if Counter(ids) != Counter(self.right_order) or len(set(ids)) != len(ids):
            raise ValueError("right_order must name every item once")
        if list(self.right_order) in (sorted(ids), ids):
            raise ValueError("the right order must be neither that of the ids nor that of the source")
        return self

    @property
    def possible_answers(self) -> int:
        """Every order."""
        return math.factorial(len(self.items))


class WordAnswer(WordExpected):
    """A generated word to find."""

    kind: Literal["text"]


class NumberAnswer(NumberExpected):
    """A generated number to find."""

    kind: Literal["number"]


class DateAnswer(DateExpected):
    """A generated date to find."""

    kind: Literal["date"]


class VariantTexts(Strict):
    """One variant in one language: what stands in the placeholders, and the address of its file."""

    values: dict[str, str]
    file: Line


class Variant(Strict):
    """One variant of a file task: the answer that the server knows, and what it is found in."""

    expected: Annotated[WordAnswer | NumberAnswer | DateAnswer, Field(discriminator="kind")]
    fr: VariantTexts
    en: VariantTexts

    def in_(self, locale: Locale) -> VariantTexts:
        """The variant in this language."""
        return self.fr if locale == "fr" else self.en


class FileTaskChallenge(_Challenge):
    """A task whose answer is found by working on an attached, generated file.

    Prompt and solution hold placeholders, `{{name}}`. In the sources it names its generator; a release adds its variants.
    """

    kind: Literal["file-task"]
    generator: Name
    question: Name
    variants: tuple[Variant, ...] = ()


Challenge = Annotated[
    ChoiceChallenge
    | ChoicesChallenge
    | TextChallenge
    | NumberChallenge
    | DateChallenge
    | BlanksChallenge
    | MatchChallenge
    | OrderChallenge
    | FileTaskChallenge,
    Field(discriminator="kind"),
]

Answer = str | tuple[str, ...]
"""What a person answers, in its canonical form.

An option's id or a text; option ids in alphabetical order (`choices`) or as ordered (`order`); a text or id for each input, in
the order of the inputs (`blanks`) or as given (`match`), empty where nothing was entered.
"""


def variants_of(challenge: Challenge) -> int:
    """How many variants a challenge has: 1 but for file tasks."""
    return len(challenge.variants) if isinstance(challenge, FileTaskChallenge) else 1


def in_variant(challenge: Challenge, number: int) -> Challenge:
    """The challenge with only this variant, which is then the one shown and graded; others are given back as they are."""
    if not isinstance(challenge, FileTaskChallenge):
        return challenge
    return challenge.model_copy(update={"variants": (challenge.variants[number % len(challenge.variants)],)})


def guess_chance(challenge: Challenge) -> float:
    """c: one over the number of possible answers where they can be counted, 0 for free answers. Never estimated."""
    return 1.0 / challenge.possible_answers if challenge.possible_answers else 0.0
