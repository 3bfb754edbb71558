"""How hard a text is to read, in French as in English."""

from __future__ import annotations

import re

_SKIPPED = re.compile(r"```[\s\S]*?```|`[^`]*`|^[ \t]*\|[^\n]*$|\{\{\w+\}\}", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PIECE = re.compile(r"[^\W\d_]+")
_ENDS = re.compile(r"[.!?…:;]+(?=\s|$)|\n\s*\n|\n\s*[-*]|\n\s*\d+\.")
LEAST_WORDS = 15
"""Words below which the index tells nothing, and is 0."""
LONG_WORD = 7
"""Letters from which a word is long."""


def lix(text: str) -> float:
    """The readability index LIX: words per sentence plus the percentage of words of more than six letters.

    Björnsson 1968. It needs no list of words, so it serves both languages; tables and code are not counted. About 25 is a
    children's book, 40 a newspaper, 60 a law.
    """
    prose = _SKIPPED.sub(" ", text)
    words = _PIECE.findall(prose)
    if len(words) < LEAST_WORDS:
        return 0.0
    sentences = sum(1 for part in _ENDS.split(prose) if part and _WORD.search(part))
    long_words = sum(len(word) >= LONG_WORD for word in words)
    return len(words) / max(sentences, 1) + 100.0 * long_words / len(words)
