"""A foreign QTI 3.0 item as a question: one interaction of the subset, scored by the standard templates."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from chalicelib.content.authoring.exchange.markdown import to_line, to_markdown
from chalicelib.content.authoring.exchange.markup import Node, from_xml
from chalicelib.content.authoring.exchange.qti_names import QTI, XML_LANG
from chalicelib.content.authoring.exchange.qti_scoring import Scoring, scoring_of
from chalicelib.content.authoring.exchange.questions import (
    AnswerKey,
    InOrder,
    OneOf,
    Pairs,
    Quantity,
    Question,
    SomeOf,
    Word,
    exact_number,
)
from chalicelib.content.authoring.exchange.reading import read_prompt
from chalicelib.content.authoring.exchange.results import RefusedError
from chalicelib.content.authoring.exchange.xml import child, children, descendants, local_name, namespace
from chalicelib.content.texts import Locale

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_DYNAMIC = {"qti-template-declaration", "qti-template-processing", "qti-assessment-stimulus-ref", "qti-feedback-block"}
_GAP = "_____"
_NOT_FOR_CANDIDATES = {"author", "scorer", "tutor"}
_FEEDBACKS = ("solution", "general", "correct")
"""Identifiers of the modal feedback that explains the answer, the best first."""


def read_item(item: Element, path: str, files: Mapping[str, bytes]) -> Question:
    """The question of this item, whose file is at this path among the others.

    Raises `RefusedError` by the name of what a challenge cannot hold.
    """
    if namespace(item) != QTI or local_name(item) != "qti-assessment-item":
        raise RefusedError("not-qti3", f"<{local_name(item)[:40]}> is no item of QTI 3.0")
    if item.get("adaptive") == "true" or any(local_name(one) in _DYNAMIC for one in item.iter()):
        raise RefusedError("dynamic-item", "it changes while it is answered, or depends on something else")
    body = child(item, "qti-item-body")
    interactions = [] if body is None else [one for one in body.iter() if local_name(one).endswith("-interaction")]
    if body is None or len(interactions) != 1:
        raise RefusedError("several-interactions", f"{len(interactions)} interactions, one expected")
    (interaction,) = interactions
    reader = _READERS.get(local_name(interaction))
    if reader is None:
        raise RefusedError("unsupported-interaction", local_name(interaction)[:60])
    prompt, picture = read_prompt(_prompt(body, interaction), lambda source: _file(source, path, files))
    return Question(
        where=item.get("identifier", path),
        prompt=prompt,
        key=reader(interaction, scoring_of(item)),
        solution=_solution(item),
        picture=picture,
        locale=_locale(item),
    )


def _locale(item: Element) -> Locale | None:
    language = item.get(XML_LANG, "").lower().partition("-")[0]
    return "fr" if language == "fr" else "en" if language == "en" else None


# --- texts ---


def _prompt(body: Element, interaction: Element) -> Node:
    """What is read before answering: the body, a gap where something is typed, then the prompt of the interaction."""
    gap = _GAP if local_name(interaction) == "qti-text-entry-interaction" and _stands_in_a_text(body, interaction) else ""
    instead = {interaction: gap} | dict.fromkeys(descendants(body, "qti-rubric-block"), "")
    node = from_xml(body, instead.get)
    for one in body:
        if local_name(one) == "qti-rubric-block" and "candidate" in one.get("view", "").split():
            node.children += [_content(one)]
    own = child(interaction, "qti-prompt")
    return node if own is None else Node("div", {}, [node, from_xml(own)])


def _stands_in_a_text(body: Element, interaction: Element) -> bool:
    holder = next(one for one in body.iter() if interaction in list(one))
    texts = [holder.text, *(one.tail for one in holder), *("".join(one.itertext()) for one in holder)]
    return holder is not body and any(text and text.strip() for text in texts)


def _content(block: Element) -> Node:
    inner = child(block, "qti-content-body")
    return Node("div", {}, from_xml(block if inner is None else inner).children)


def _solution(item: Element) -> str:
    """The rubric for those who correct, or the one feedback that explains; empty without any."""
    for block in descendants(item, "qti-rubric-block"):
        if _NOT_FOR_CANDIDATES & set(block.get("view", "").split()):
            return to_markdown(Node("div", {}, [_content(block)]))
    found = {one.get("identifier", "").lower(): one for one in children(item, "qti-modal-feedback")}
    if len(found) == 1:
        return to_markdown(Node("div", {}, [_content(one) for one in found.values()]))
    for name in _FEEDBACKS:
        if name in found:
            return to_markdown(Node("div", {}, [_content(found[name])]))
    return ""


def _file(source: str, path: str, files: Mapping[str, bytes]) -> bytes:
    """The file that this item names, relative to its own place."""
    name = posixpath.normpath(posixpath.join(posixpath.dirname(path), source))
    if name not in files:
        raise RefusedError("missing-file", f"{name[:80]} is not in the package")
    return files[name]


def _texts(parent: Element, tag: str) -> tuple[tuple[str, ...], dict[str, int]]:
    """The lines of these choices, and their places by identifier."""
    found = descendants(parent, tag)
    places = {one.get("identifier", ""): place for place, one in enumerate(found)}
    if len(places) != len(found):
        raise RefusedError("damaged-item", "two choices have the same identifier")
    return tuple(to_line(from_xml(one)) for one in found), places


def _places(identifiers: tuple[str, ...], places: Mapping[str, int]) -> tuple[int, ...]:
    if not identifiers or not set(identifiers) <= set(places):
        raise RefusedError("damaged-item", "the correct response names no choice, or one that is not there")
    return tuple(places[one] for one in identifiers)


# --- interactions ---


def _choice(interaction: Element, scoring: Scoring) -> AnswerKey:
    options, places = _texts(interaction, "qti-simple-choice")
    right = _right_choices(scoring)
    found = _places(right, places)
    fixed = interaction.get("shuffle", "false") != "true"
    if interaction.get("max-choices", "1") == "1":
        if len(found) != 1:
            raise RefusedError("damaged-item", f"{len(found)} right choices where one may be made")
        return OneOf(options, found[0], fixed)
    return SomeOf(options, frozenset(found), fixed)


def _right_choices(scoring: Scoring) -> tuple[str, ...]:
    """The correct response; a mapping must say the same."""
    if scoring.way not in ("match_correct", "map_response"):
        raise RefusedError("custom-scoring", f"choices compared by {scoring.way}")
    if scoring.way == "map_response" and scoring.correct and set(scoring.correct) != set(scoring.worth_something):
        raise RefusedError("partial-credit", "choices that score are not the right ones")
    return scoring.correct or scoring.worth_something


def _order(interaction: Element, scoring: Scoring) -> AnswerKey:
    texts, places = _texts(interaction, "qti-simple-choice")
    if scoring.way != "match_correct" or len(scoring.correct) != len(texts):
        raise RefusedError("custom-scoring", "only the exact order of everything can be asked")
    return InOrder(tuple(texts[place] for place in _places(scoring.correct, places)))


def _match(interaction: Element, scoring: Scoring) -> AnswerKey:
    sets = children(interaction, "qti-simple-match-set")
    if len(sets) != 2:
        raise RefusedError("damaged-item", f"{len(sets)} sets to match, two expected")
    (labels, rows), (options, columns) = (_texts(one, "qti-simple-associable-choice") for one in sets)
    pairs = [tuple(pair.split()) for pair in _right_choices(scoring)]
    if sorted(pair[0] for pair in pairs if len(pair) == 2) != sorted(rows):
        raise RefusedError("unsupported-match", "each of the first set must match one of the second")
    found = dict(pair for pair in pairs if len(pair) == 2)
    right = _places(tuple(found[row] for row in rows), columns)
    return Pairs(labels, options, right, interaction.get("shuffle", "false") != "true")


def _text_entry(_: Element, scoring: Scoring) -> AnswerKey:
    if scoring.base_type in ("float", "integer"):
        return _quantity(scoring)
    if scoring.base_type != "string" or scoring.way not in ("match_correct", "map_response"):
        raise RefusedError("custom-scoring", f"a text of type {scoring.base_type[:40]}")
    highest = max((value for _, value in scoring.mapped), default=0)
    if any(0 < value < highest for _, value in scoring.mapped):
        raise RefusedError("partial-credit", "some answers are worth a part")
    accept = scoring.correct if scoring.way == "match_correct" else scoring.worth_something
    refuse = tuple(key for key, value in scoring.mapped if value <= 0)
    return Word(accept, refuse, frozenset({"spaces"} if scoring.case_sensitive else {"case", "spaces"}))


def _quantity(scoring: Scoring) -> Quantity:
    if scoring.bounds is not None:
        low, high = scoring.bounds
        return Quantity((low + high) / 2, (high - low) / 2)
    values = scoring.worth_something if scoring.way == "map_response" else scoring.correct
    if len(values) != 1:
        raise RefusedError("several-numbers", f"{len(values)} right numbers, one expected")
    return Quantity(exact_number(values[0]), scoring.tolerance)


_READERS: Mapping[str, Callable[[Element, Scoring], AnswerKey]] = {
    "qti-choice-interaction": _choice,
    "qti-order-interaction": _order,
    "qti-match-interaction": _match,
    "qti-text-entry-interaction": _text_entry,
}
