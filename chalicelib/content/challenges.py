"""Challenges: one model per kind, each knowing its guess chance and what of it may be shown to the person answering."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from chalicelib.content.texts import Line, Locale, Strict, Text, Words

Need = Literal["blind", "low-vision", "colour-blind", "motor", "deaf"]
Device = Literal["any", "computer"]
Fold = Literal["case", "accents", "spaces"]

ChallengeId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*-[1-8][a-z]$", max_length=64)]


class _Challenge(Strict):
    """What every kind has."""

    id: ChallengeId
    status: Literal["draft", "validated", "retired"]
    author: Line
    written: date
    device: Device = "any"
    suits: tuple[Need, ...] = ()
    prompt: Text
    solution: Text
    time_limit_seconds: int | None = Field(default=None, ge=20, le=600)
    focus_required: bool = False
    a: float | None = Field(default=None, gt=0.1, le=5)
    b: float | None = Field(default=None, ge=-6, le=6)

    @property
    def announced(self) -> bool:
        """Whether the person is told before it opens."""
        return self.time_limit_seconds is not None or self.focus_required


class Option(Strict):
    """One option of a choice."""

    id: Annotated[str, StringConstraints(pattern="^[a-z]$")]
    fr: Line
    en: Line
    right: bool = False

    def in_(self, locale: Locale) -> str:
        """The option's text in this language."""
        return self.fr if locale == "fr" else self.en


class _WithOptions(_Challenge):
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


class ChoiceChallenge(_WithOptions):
    """One right option among several."""

    kind: Literal["choice"]
    options: tuple[Option, ...] = Field(min_length=2, max_length=6)

    @model_validator(mode="after")
    def _one_right(self) -> Self:
        if len(self.right_options) != 1:
            raise ValueError("exactly one option must be right")
        return self

    @property
    def possible_answers(self) -> int:
        """How many answers could be given blindly; 0 when they cannot be counted."""
        return len(self.options)


class ChoicesChallenge(_WithOptions):
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


class TextChallenge(_Challenge):
    """A word or a short phrase."""

    kind: Literal["text"]
    accept: Words
    refuse: Words = Words()
    fold: frozenset[Fold] = frozenset({"case", "accents", "spaces"})
    strip_punctuation: bool = False
    tolerate_typos: bool = False
    max_bytes: int | None = Field(default=None, ge=1, le=240)

    @model_validator(mode="after")
    def _accepts_something(self) -> Self:
        if not (self.accept.fr and self.accept.en):
            raise ValueError("every language needs an accepted answer")
        return self

    @property
    def possible_answers(self) -> int:
        """Free answers cannot be counted: 0."""
        return 0


class NumberChallenge(_Challenge):
    """A number, within a tolerance."""

    kind: Literal["number"]
    value: Decimal
    tolerance: Decimal = Field(default=Decimal(0), ge=0)
    units: Words = Words()
    refuse_values: tuple[Decimal, ...] = ()

    @model_validator(mode="after")
    def _refuses_only_wrong(self) -> Self:
        if any(abs(value - self.value) <= self.tolerance for value in self.refuse_values):
            raise ValueError("a refused value is within the tolerance")
        return self

    @property
    def possible_answers(self) -> int:
        """Free answers cannot be counted: 0."""
        return 0


Challenge = Annotated[
    ChoiceChallenge | ChoicesChallenge | TextChallenge | NumberChallenge,
    Field(discriminator="kind"),
]

Answer = str | tuple[str, ...]
"""What a person answers: an option's id or a text, or a set of option ids in alphabetical order."""


def guess_chance(challenge: Challenge) -> float:
    """c: one over the number of possible answers where they can be counted, 0 for free answers. Never estimated."""
    return 1.0 / challenge.possible_answers if challenge.possible_answers else 0.0


@dataclass(frozen=True)
class ShownOption:
    """One option as the person sees it."""

    id: str
    text: str


@dataclass(frozen=True)
class ShownChallenge:
    """What the person sees: nothing that tells the answer or the calibration. (The id names the topic and the level.)"""

    id: str
    kind: Literal["choice", "choices", "text", "number"]
    prompt: str
    """A small Markdown: paragraphs, lists, bold, code, tables."""
    time_limit_seconds: int | None
    focus_required: bool
    options: tuple[ShownOption, ...] = ()


def shown(challenge: Challenge, locale: Locale, option_order: tuple[str, ...]) -> ShownChallenge:
    """The challenge in this language, its options in this order."""
    texts: dict[str, str] = {}
    if isinstance(challenge, ChoiceChallenge | ChoicesChallenge):
        texts = {option.id: option.in_(locale) for option in challenge.options}
    return ShownChallenge(
        id=challenge.id,
        kind=challenge.kind,
        prompt=challenge.prompt.in_(locale),
        time_limit_seconds=challenge.time_limit_seconds,
        focus_required=challenge.focus_required,
        options=tuple(ShownOption(option, texts[option]) for option in option_order),
    )
