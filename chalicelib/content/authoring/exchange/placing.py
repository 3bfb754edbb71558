"""Foreign questions become draft challenges of one rung: ids, letters, the same text in both languages, the checks of the bank."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from string import ascii_lowercase
from typing import Any

from pydantic import ValidationError

from chalicelib.content.authoring.exchange.images import image_suffix
from chalicelib.content.authoring.exchange.markdown import markdown_of
from chalicelib.content.authoring.exchange.questions import (
    AnswerKey,
    InOrder,
    OneOf,
    Pairs,
    Quantity,
    Question,
    SomeOf,
    Word,
)
from chalicelib.content.authoring.exchange.results import Imported, Refusal, RefusedError
from chalicelib.content.authoring.exchange.sound import refuse_unsound
from chalicelib.content.challenges import Challenge
from chalicelib.content.releases import read_challenge
from chalicelib.content.texts import LOCALES, Locale

Document = dict[str, Any]

_SENTENCE: Mapping[Locale, str] = {"fr": "Réponse attendue : {}.", "en": "The expected answer: {}."}


@dataclass(frozen=True)
class Placement:
    """Where foreign questions go, and what their files do not say."""

    topic: str
    level: int
    author: str
    written: date
    locale: Locale | None = None
    """The language of the questions; without it, the one they declare, or else French."""
    taken: frozenset[str] = frozenset()
    """Ids that exist."""

    def free_ids(self) -> list[str]:
        """The ids left on the rung: one letter each, so 26 at most, and a used one never serves again."""
        rung = f"{self.topic}-{self.level}"
        return [f"{rung}{letter}" for letter in ascii_lowercase if f"{rung}{letter}" not in self.taken]


def place(questions: Iterable[Question], placement: Placement) -> Imported:
    """The draft challenges that these questions make, in order, and those that make none."""
    ids = iter(placement.free_ids())
    made: list[Challenge] = []
    images: dict[str, bytes] = {}
    refusals: list[Refusal] = []
    free = next(ids, None)
    for question in questions:
        try:
            if free is None:
                raise RefusedError("rung-full", f"{placement.topic}-{placement.level} has no letter left, 26 at most")
            if not question.prompt.strip():
                raise RefusedError("no-prompt", "nothing is asked")
            document = _document(question, placement, free)
            if question.picture is not None:
                path = f"images/{free}.{image_suffix(question.picture.content)}"
                document["image"] = {"fr": path, "en": path, "alt": _both(question.picture.alt)}
                images[path] = question.picture.content
            made.append(sound_challenge(document, images))
            free = next(ids, None)
        except RefusedError as error:
            refusals.append(error.at(question.where))
    shown = {challenge.image.fr for challenge in made if challenge.image is not None}
    return Imported(tuple(made), tuple(refusals), {path: content for path, content in images.items() if path in shown})


def sound_challenge(document: Any, images: Mapping[str, bytes]) -> Challenge:
    """The challenge of this document. Raises `RefusedError` when it is none, or one that the bank would never take."""
    try:
        challenge = read_challenge(document)
    except ValidationError as error:
        fault = error.errors(include_input=False)[0]
        reason = f"{'/'.join(map(str, fault['loc']))}: {fault['msg']}"
        raise RefusedError(fault["type"].replace("_", "-"), reason) from error
    except ArithmeticError as error:
        raise RefusedError("not-a-number", "a number too large to be compared") from error
    refuse_unsound(challenge, images)
    return challenge


def _document(question: Question, placement: Placement, challenge_id: str) -> Document:
    locale = placement.locale or question.locale or "fr"
    kind, own = _own_fields(question.key)
    solution = question.solution.strip() or markdown_of(_SENTENCE[locale].format(_told(question.key)))
    return {
        "id": challenge_id,
        "kind": kind,
        "status": "draft",
        "author": placement.author,
        "written": placement.written,
        "locales": dict.fromkeys(LOCALES, "draft"),
        "found_by": "knowing",
        "prompt": _both(question.prompt),
        "solution": _both(solution),
        **own,
    }


def _both(words: Any) -> Document:
    """The same in every language: a draft waits for its translation."""
    return dict.fromkeys(LOCALES, words)


def _own_fields(key: AnswerKey) -> tuple[str, Document]:
    if isinstance(key, OneOf):
        return "choice", {"options": _options(key.options, {key.right}), **_fixed(key.fixed_order)}
    if isinstance(key, SomeOf):
        return "choices", {"options": _options(key.options, key.right), **_fixed(key.fixed_order)}
    if isinstance(key, Word):
        return "text", {"accept": _both(key.accept), "refuse": _both(_outside(key)), "fold": sorted(key.fold)}
    if isinstance(key, Quantity):
        wrong = [value for value in key.refuse if abs(value - key.value) > key.tolerance]
        return "number", {"value": key.value, "tolerance": key.tolerance, "units": _both(key.units), "refuse_values": wrong}
    if isinstance(key, InOrder):
        return "order", _order(key.items)
    return "blanks", {"inputs": _selects(key)}


def _fixed(fixed: bool) -> Document:
    return {"fixed_order": True} if fixed else {}


def _options(texts: tuple[str, ...], right: Iterable[int]) -> list[Document]:
    places = set(right)
    return [
        {"id": letter, **({"right": True} if place in places else {}), **_both(text)}
        for place, (letter, text) in enumerate(zip(_letters(texts), texts, strict=True))
    ]


def _letters(texts: tuple[str, ...]) -> str:
    if len(texts) > len(ascii_lowercase):
        raise RefusedError("too-long", f"{len(texts)} texts, one letter each")
    return ascii_lowercase[: len(texts)]


def _outside(key: Word) -> tuple[str, ...]:
    """The wrong words that are not also accepted ones."""
    accepted = {word.casefold() if "case" in key.fold else word for word in key.accept}
    return tuple(word for word in key.refuse if (word.casefold() if "case" in key.fold else word) not in accepted)


def _order(texts: tuple[str, ...]) -> Document:
    """The first thing is written last, so that neither the source nor its letters tell the order."""
    shown = (*texts[1:], *texts[:1])
    letters = _letters(shown)
    items = [{"id": letter, **_both(text)} for letter, text in zip(letters, shown, strict=True)]
    return {"items": items, "right_order": [*letters[-1:], *letters[:-1]]}


def _selects(key: Pairs) -> list[Document]:
    return [
        {
            "id": letter,
            "kind": "select",
            "label": _both(label),
            "options": _options(key.options, {right}),
            **_fixed(key.fixed_order),
        }
        for letter, label, right in zip(_letters(key.labels), key.labels, key.right, strict=True)
    ]


def _told(key: AnswerKey) -> str:
    """The right answer in words."""
    if isinstance(key, OneOf):
        return _bare(key.options[key.right])
    if isinstance(key, SomeOf):
        return " ; ".join(_bare(key.options[place]) for place in sorted(key.right))
    if isinstance(key, Word):
        return key.accept[0] if key.accept else "?"
    if isinstance(key, Quantity):
        return f"{key.value:f}"
    if isinstance(key, InOrder):
        return " → ".join(map(_bare, key.items))
    return " ; ".join(
        f"{_bare(label)} → {_bare(key.options[right])}" for label, right in zip(key.labels, key.right, strict=True)
    )


def _bare(text: str) -> str:
    return re.sub("`([^`]+)`", r"\1", text)
