"""Importing a Moodle XML question bank."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.content.authoring.exchange.archive import read_file
from chalicelib.content.authoring.exchange.markdown import to_line, to_markdown
from chalicelib.content.authoring.exchange.markup import Node
from chalicelib.content.authoring.exchange.placing import Placement, place
from chalicelib.content.authoring.exchange.questions import (
    TRUE_FALSE,
    AnswerKey,
    InOrder,
    OneOf,
    Pairs,
    Question,
    SomeOf,
    exact_number,
)
from chalicelib.content.authoring.exchange.reading import decoded, read_prompt, tree_of
from chalicelib.content.authoring.exchange.results import Imported, Refusal, RefusedError
from chalicelib.content.authoring.exchange.weights import Weighed, number_key, one_right, some_right, word_key
from chalicelib.content.authoring.exchange.xml import child, children, local_name, parse_xml
from chalicelib.content.texts import Locale

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_FILES = "@@PLUGINFILE@@/"
_YES, _NO = ("true", "1"), ("false", "0")
_EVERY_ITEM = ("", "0", "ALL")
_UNIT_NOT_GRADED = ("", "0")


def import_moodle(path: Path, placement: Placement) -> Imported:
    """The drafts that the questions of this file make. Raises `RefusedError` when the file cannot be trusted or read."""
    quiz = parse_xml(read_file(path))
    if local_name(quiz) != "quiz":
        raise RefusedError("not-moodle", f"<{local_name(quiz)[:40]}> is no question bank of Moodle")
    questions: list[Question] = []
    refusals: list[Refusal] = []
    for number, element in enumerate(children(quiz, "question"), 1):
        if element.get("type") == "category":
            continue
        where = _name(element) or f"question {number}"
        try:
            questions.append(_question(element, where, placement.locale or "fr"))
        except RefusedError as error:
            refusals.append(error.at(where))
    placed = place(questions, placement)
    return Imported(placed.challenges, (*refusals, *placed.refusals), placed.images)


def _question(element: Element, where: str, locale: Locale) -> Question:
    kind = element.get("type", "")
    reader = _READERS.get(kind)
    asked = child(element, "questiontext")
    if reader is None:
        raise RefusedError("unsupported-kind", f"{kind[:40]!r} is no kind of challenge")
    if asked is None:
        raise RefusedError("damaged-item", "the text of the question is missing")
    prompt, picture = read_prompt(_tree(asked), lambda source: _file(asked, source))
    feedback = child(element, "generalfeedback")
    solution = "" if feedback is None else to_markdown(_tree(feedback))
    return Question(where, prompt, reader(element, locale), solution, picture)


def _name(element: Element) -> str:
    name = child(element, "name")
    return "" if name is None else " ".join(_field(name, "text").split())[:80]


def _field(element: Element, name: str) -> str:
    found = child(element, name)
    return "" if found is None else (found.text or "").strip()


def _tree(element: Element, default: str = "html") -> Node:
    return tree_of(_field(element, "text"), element.get("format", default))


def _file(asked: Element, source: str) -> bytes:
    for one in children(asked, "file"):
        if source == f"{_FILES}{one.get('path', '/').lstrip('/')}{one.get('name', '')}":
            return decoded(one.text or "")
    raise RefusedError("missing-file", f"{source[:80]} is not in the file")


# --- kinds ---


def _multichoice(element: Element, _: Locale) -> AnswerKey:
    options = tuple(to_line(_tree(one)) for one in children(element, "answer"))
    fixed = _field(element, "shuffleanswers") in _NO
    if _field(element, "single") in _NO:
        return SomeOf(options, some_right(_weighed(element)), fixed)
    return OneOf(options, one_right(_weighed(element)), fixed)


def _truefalse(element: Element, locale: Locale) -> AnswerKey:
    answers = _weighed(element)
    right = answers[one_right(answers)].text.lower()
    if right not in ("true", "false"):
        raise RefusedError("damaged-item", f"{right[:40]!r} is neither true nor false")
    return OneOf(TRUE_FALSE[locale], 0 if right == "true" else 1, fixed_order=True)


def _shortanswer(element: Element, _: Locale) -> AnswerKey:
    return word_key(_weighed(element), case_sensitive=_field(element, "usecase") in _YES)


def _numerical(element: Element, _: Locale) -> AnswerKey:
    listed = child(element, "units")
    units = [] if listed is None else children(listed, "unit")
    if _field(element, "unitgradingtype") not in _UNIT_NOT_GRADED:
        raise RefusedError("graded-unit", "the unit is part of the answer")
    if any(exact_number(_field(unit, "multiplier") or "1") != 1 for unit in units):
        raise RefusedError("several-units", "units that change the number")
    return number_key(_weighed(element), tuple(_field(unit, "unit_name") for unit in units))


def _matching(element: Element, _: Locale) -> AnswerKey:
    """Rows without a text only add an option that is never right."""
    rows: list[tuple[str, str]] = []
    for one in children(element, "subquestion"):
        answer = child(one, "answer")
        rows.append((to_line(_tree(one)), "" if answer is None else _field(answer, "text")))
    options = tuple(dict.fromkeys(option for _, option in rows))
    asked = [(label, option) for label, option in rows if label]
    fixed = _field(element, "shuffleanswers") in _NO
    return Pairs(tuple(label for label, _ in asked), options, tuple(options.index(option) for _, option in asked), fixed)


def _ordering(element: Element, _: Locale) -> AnswerKey:
    if _field(element, "selecttype") not in _EVERY_ITEM:
        raise RefusedError("random-subset", "each person is asked other items")
    return InOrder(tuple(to_line(_tree(one)) for one in children(element, "answer")))


def _weighed(element: Element) -> list[Weighed]:
    return [
        Weighed(_field(one, "text"), exact_number(one.get("fraction", "0")), exact_number(_field(one, "tolerance") or "0"))
        for one in children(element, "answer")
    ]


_READERS: Mapping[str, Callable[[Element, Locale], AnswerKey]] = {
    "multichoice": _multichoice,
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "matching": _matching,
    "ordering": _ordering,
}
