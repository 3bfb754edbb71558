"""What a generator is: chance in, a task out. The same seed always gives the same task, to the byte."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.content.challenges import DateAnswer, FileTaskChallenge, NumberAnswer, Variant, VariantTexts, WordAnswer
from chalicelib.content.texts import LOCALES, Locale

VARIANTS = 20
"""Variants of each file task in a release."""


class MadeFile(NamedTuple):
    """A file as the person receives it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Drawn:
    """A variant as drawn: the answer, what the placeholders say in each language, and how to make the file."""

    expected: WordAnswer | NumberAnswer | DateAnswer
    values: dict[Locale, dict[str, str]]
    make_file: Callable[[Locale], MadeFile]


@dataclass(frozen=True)
class Generator:
    """Draws the variants of a few questions on one sort of file."""

    questions: frozenset[str]
    draw: Callable[[random.Random, str], Drawn]
    """`draw(chance, question)`: everything comes from `chance`, which is seeded by the challenge and the variant."""


def draw_variant(generator: Generator, challenge: FileTaskChallenge, number: int) -> Drawn:
    """The variant of this number of a challenge."""
    chance = random.Random(f"{challenge.id}/{number}")  # noqa: S311 - nothing here is secret
    return generator.draw(chance, challenge.question)


def with_variants(
    generator: Generator, challenge: FileTaskChallenge, address: Callable[[Drawn, Locale], str]
) -> FileTaskChallenge:
    """The challenge with all its variants; `address` tells where the file of each is, in each language."""

    def variant(number: int) -> Variant:
        drawn = draw_variant(generator, challenge, number)
        texts = {locale: VariantTexts(values=drawn.values[locale], file=address(drawn, locale)) for locale in LOCALES}
        return Variant(expected=drawn.expected, fr=texts["fr"], en=texts["en"])

    return challenge.model_copy(update={"variants": tuple(variant(number) for number in range(VARIANTS))})


def drawn_only(generator: Generator, challenge: FileTaskChallenge) -> FileTaskChallenge:
    """The challenge with all its variants, no file made: enough to grade and to check."""
    return with_variants(generator, challenge, lambda _drawn, _locale: "-")
