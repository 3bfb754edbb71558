"""Texts in the languages of the service."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Locale = Literal["fr", "en"]
LOCALES: tuple[Locale, ...] = ("fr", "en")

Line = Annotated[str, StringConstraints(min_length=1, max_length=8_000)]


class Strict(BaseModel):
    """A validated, immutable value that refuses unknown fields."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class Text(Strict):
    """The same text in every language."""

    fr: Line
    en: Line

    def in_(self, locale: Locale) -> str:
        """The text in this language."""
        return self.fr if locale == "fr" else self.en


class Words(Strict):
    """A list of words or phrases in every language."""

    fr: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()

    def in_(self, locale: Locale) -> tuple[str, ...]:
        """The words in this language."""
        return self.fr if locale == "fr" else self.en
