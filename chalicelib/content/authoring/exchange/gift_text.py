"""The text of a GIFT file, part by part: questions, titles, formats, answers. Nothing here knows what an answer means.

Escaped signs are kept apart as control characters, which no file may hold, until the parts are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.content.authoring.exchange.results import RefusedError

_ESCAPED = "~=#{}:\\n"
_APART = {f"\\{sign}": chr(place) for place, sign in enumerate(_ESCAPED, 1)}
_BACK = {place: "\n" if sign == "n" else sign for place, sign in enumerate(_ESCAPED, 1)}
_FORMATS = {"html": "html", "moodle": "moodle_auto_format", "plain": "plain_text", "markdown": "markdown"}
_FORMAT = re.compile(r"^\s*\[(html|moodle|plain|markdown)\]\s*")
_TITLE = re.compile(r"^\s*::(.*?)::\s*", re.DOTALL)
_ANSWER = re.compile(r"([=~])\s*(?:%([^%=~#]*)%)?([^=~]*)")


@dataclass(frozen=True)
class GiftText:
    """A text and its format."""

    text: str
    format: str


@dataclass(frozen=True)
class GiftAnswer:
    """One answer as it is written: `=` or `~`, its percentage if it has one, its text without feedback."""

    sign: str
    percent: str | None
    written: str


@dataclass(frozen=True)
class GiftQuestion:
    """One question: its parts are still escaped, but for the title."""

    where: str
    before: str
    body: str | None
    """What stands between braces; None without any."""
    after: str
    feedback: str
    default_format: str

    def answers(self, body: str) -> list[GiftAnswer]:
        """The answers of this list. Raises `RefusedError` when something stands before the first."""
        first = re.search("[=~]", body)
        if first is None or body[: first.start()].strip():
            raise RefusedError("damaged-item", "the answers do not begin with = or ~")
        return [GiftAnswer(one[1], one[2], without_feedback(one[3])) for one in _ANSWER.finditer(body)]

    def text_of(self, written: str) -> GiftText:
        """A part in its format, or in that of the question."""
        found = _FORMAT.match(written)
        text_format = _FORMATS[found[1]] if found else self.default_format
        return GiftText(restored(written[found.end() :] if found else written).strip(), text_format)


def without_feedback(written: str) -> str:
    """A part up to its feedback."""
    return written.partition("#")[0].strip()


def restored(written: str) -> str:
    """A part with its escaped signs back."""
    return written.translate(_BACK)


def questions_in(text: str) -> Iterator[GiftQuestion | RefusedGift]:
    """The questions of this file in order; those whose braces do not match are refused."""
    block: list[str] = []
    began = 1
    for number, line in enumerate([*text.replace("\r\n", "\n").split("\n"), ""], 1):
        bare = line.strip()
        if bare.startswith(("//", "$CATEGORY:")):
            continue
        if bare:
            began = began if block else number
            block.append(line)
        elif block:
            yield _question("\n".join(block), f"line {began}")
            block = []


@dataclass(frozen=True)
class RefusedGift:
    """A question that cannot be taken apart."""

    where: str
    error: RefusedError


def _question(block: str, place: str) -> GiftQuestion | RefusedGift:
    kept = re.sub(r"\\[~=#{}:\\n]", lambda found: _APART[found[0]], block)
    title = _TITLE.match(kept)
    where = f"{place} ({' '.join(restored(title[1]).split())[:60]})" if title else place
    rest = kept[title.end() :] if title else kept
    found = _FORMAT.match(rest)
    default = _FORMATS[found[1] if found else "moodle"]
    rest = rest[found.end() :] if found else rest
    before, opened, tail = rest.partition("{")
    inside, closed, after = tail.partition("}")
    if "}" in before or (opened and not closed) or {"{", "}"} & set(inside + after):
        return RefusedGift(where, RefusedError("damaged-item", "its braces do not match"))
    body, _, feedback = inside.partition("####")
    return GiftQuestion(where, before, body.strip() if opened else None, after, feedback, default)
