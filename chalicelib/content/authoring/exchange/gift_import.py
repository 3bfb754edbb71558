"""Importing GIFT, the plain text format of quizzes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from chalicelib.content.authoring.exchange.archive import read_text
from chalicelib.content.authoring.exchange.gift_text import (
    GiftAnswer,
    GiftQuestion,
    RefusedGift,
    questions_in,
    restored,
    without_feedback,
)
from chalicelib.content.authoring.exchange.markdown import to_line, to_markdown
from chalicelib.content.authoring.exchange.placing import Placement, place
from chalicelib.content.authoring.exchange.questions import (
    TRUE_FALSE,
    AnswerKey,
    OneOf,
    Pairs,
    Question,
    SomeOf,
    exact_number,
)
from chalicelib.content.authoring.exchange.reading import read_prompt, tree_of
from chalicelib.content.authoring.exchange.results import Imported, Refusal, RefusedError
from chalicelib.content.authoring.exchange.weights import ALL, Weighed, number_key, one_right, some_right, word_key
from chalicelib.content.authoring.exchange.xml import refuse_illegal
from chalicelib.content.texts import Locale

_GAP = "_____"
"""What stands for the missing word."""
_TRUE, _FALSE = ("T", "TRUE"), ("F", "FALSE")


def import_gift(path: Path, placement: Placement) -> Imported:
    """The drafts that the questions of this file make. Raises `RefusedError` when the file cannot be read."""
    text = read_text(path)
    refuse_illegal(text)
    questions: list[Question] = []
    refusals: list[Refusal] = []
    for one in questions_in(text):
        try:
            if isinstance(one, RefusedGift):
                raise one.error
            questions.append(_question(one, placement.locale or "fr"))
        except RefusedError as error:
            refusals.append(error.at(one.where))
    if not questions and not refusals:
        raise RefusedError("no-question", "there is no question in this file")
    placed = place(questions, placement)
    return Imported(placed.challenges, (*refusals, *placed.refusals), placed.images)


def _question(gift: GiftQuestion, locale: Locale) -> Question:
    if gift.body is None:
        raise RefusedError("unsupported-kind", "a text without answers asks nothing")
    if not gift.body:
        raise RefusedError("unsupported-kind", "an essay is no kind of challenge")
    asked = gift.text_of(gift.before + (_GAP + gift.after if gift.after.strip() else ""))
    prompt, picture = read_prompt(tree_of(asked.text, asked.format), _no_file)
    feedback = gift.text_of(gift.feedback)
    solution = to_markdown(tree_of(feedback.text, feedback.format))
    return Question(gift.where, prompt, _key(gift, gift.body, locale), solution, picture)


def _no_file(source: str) -> bytes:
    raise RefusedError("missing-file", f"{source[:80]}: GIFT carries no file")


def _key(gift: GiftQuestion, body: str, locale: Locale) -> AnswerKey:
    if body.startswith("#"):
        return number_key(_numbers(gift, body[1:].strip()))
    judged = without_feedback(body).upper()
    if judged in (*_TRUE, *_FALSE):
        return OneOf(TRUE_FALSE[locale], 0 if judged in _TRUE else 1, fixed_order=True)
    answers = gift.answers(body)
    signs = {answer.sign for answer in answers}
    if signs == {"="} and any("->" in answer.written for answer in answers):
        return _pairs(gift, answers)
    weighed = [Weighed(gift.text_of(answer.written).text, _percent(answer)) for answer in answers]
    if signs == {"="}:
        return word_key(weighed, case_sensitive=False)
    options = tuple(_line(gift, answer.written) for answer in answers)
    return OneOf(options, one_right(weighed)) if "=" in signs else SomeOf(options, some_right(weighed))


def _line(gift: GiftQuestion, written: str) -> str:
    found = gift.text_of(written)
    return to_line(tree_of(found.text, found.format))


def _percent(answer: GiftAnswer) -> Decimal:
    if answer.percent is not None:
        return exact_number(answer.percent)
    return ALL if answer.sign == "=" else Decimal(0)


def _pairs(gift: GiftQuestion, answers: list[GiftAnswer]) -> Pairs:
    rows = []
    for answer in answers:
        label, arrow, option = answer.written.partition("->")
        if not arrow:
            raise RefusedError("damaged-item", "a pair lacks its arrow")
        rows.append((_line(gift, label), _line(gift, option)))
    options = tuple(dict.fromkeys(option for _, option in rows))
    asked = [(label, option) for label, option in rows if label]
    return Pairs(tuple(label for label, _ in asked), options, tuple(options.index(option) for _, option in asked))


def _numbers(gift: GiftQuestion, body: str) -> list[Weighed]:
    """The numbers of this list; an answer after `~` only holds the feedback of all the others."""
    if not body.startswith(("=", "~")):
        return [_number(without_feedback(body), ALL)]
    return [_number(one.written, _percent(one)) for one in gift.answers(body) if one.sign == "=" and one.written]


def _number(written: str, percent: Decimal) -> Weighed:
    low, dots, high = restored(written).partition("..")
    if dots:
        first, last = exact_number(low), exact_number(high)
        return Weighed(f"{(first + last) / 2:f}", percent, abs(last - first) / 2)
    value, _, tolerance = restored(written).partition(":")
    return Weighed(value, percent, exact_number(tolerance or "0"))
