"""What a drawn program is made of: a story told in both languages, the numbers that fill it, what it prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import Template

from chalicelib.content.texts import LOCALES, Locale

TOWNS = ("Tillebrune", "Corlieu", "Valsorgue", "Brévelin", "Montelune", "Sorgeval", "Marvaloux", "Belrive", "Coursange")
PEOPLE = ("Lina", "Tao", "Sacha", "Nour", "Maud", "Ilan", "Zoé", "Karim", "Ewen", "Rosa")

Number = int | Decimal
Filling = Mapping[str, object]


@dataclass(frozen=True)
class Story:
    """A program and the sentences about it, with `$name` where something is drawn."""

    program: Mapping[Locale, str]
    sentences: Mapping[Locale, Mapping[str, str]]


@dataclass(frozen=True)
class Draft:
    """A story with what fills it in each language, the number asked and those that usual mistakes give."""

    story: Story
    filling: Mapping[Locale, Filling]
    answer: Number
    wrong: frozenset[Number]

    def program(self, locale: Locale) -> str:
        """The program in this language."""
        return Template(self.story.program[locale]).substitute(self.filling[locale])

    def sentences(self, locale: Locale) -> dict[str, str]:
        """The sentences in this language, and the answer as it is read there."""
        told = {name: Template(text).substitute(self.filling[locale]) for name, text in self.story.sentences[locale].items()}
        return told | {"answer": number(self.answer, locale)}


def drafted(story: Story, filling: Filling, answer: Number, wrong: Iterable[Number], **words: Mapping[Locale, str]) -> Draft:
    """A draft filled alike in both languages, but for these words; what would be right is not kept among the wrong."""
    own = {locale: {**filling, **{name: word[locale] for name, word in words.items()}} for locale in LOCALES}
    return Draft(story, own, answer, frozenset(one for one in wrong if one != answer and one >= 0))


def number(value: Number, locale: Locale) -> str:
    """A number as it is read in this language, without useless zeros."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",") if locale == "fr" else text


def listed(numbers: Sequence[object], a_line: int = 10) -> str:
    """The inside of a Python list, a few elements a line."""
    lines = [numbers[start : start + a_line] for start in range(0, len(numbers), a_line)]
    return "\n".join("    " + " ".join(f"{one}," for one in line) for line in lines)
