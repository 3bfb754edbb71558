"""Words that are written for people: in French, in English, or in both."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from chalicelib.content.texts import Locale, Strict

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class Wording(Strict):
    """A text in at least one language of the service; who reads another one gets what there is."""

    fr: Words | None = None
    en: Words | None = None

    @model_validator(mode="after")
    def _in_one_language(self) -> Self:
        if self.fr is None and self.en is None:
            raise ValueError("give the text in French or in English")
        return self

    def in_(self, locale: Locale) -> str:
        """The text in this language, or in the other one when there is none."""
        first, second = (self.fr, self.en) if locale == "fr" else (self.en, self.fr)
        told = first or second
        assert told is not None
        return told
