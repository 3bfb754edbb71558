"""Words in both languages, as generators write them."""

from __future__ import annotations

from chalicelib.content.texts import Text


def both(fr: str, en: str) -> Text:
    """These words in French and in English."""
    return Text(fr=fr, en=en)


def same(words: str) -> Text:
    """Words that are alike in both languages: a name, a number, an address."""
    return Text(fr=words, en=words)
