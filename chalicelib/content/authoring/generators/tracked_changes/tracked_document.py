"""A document that several people have reviewed: its comments, its tracked changes, and a budget they disagree on."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from chalicelib.content.authoring.generators.drawing import Drawn, Generator, MadeFile
from chalicelib.content.authoring.generators.tracked_changes import tracked_document_texts as texts
from chalicelib.content.authoring.generators.tracked_changes.tracked_budget import drawn_lines, wrong_totals
from chalicelib.content.authoring.generators.tracked_changes.tracked_dates import DatedEvent, moments, written
from chalicelib.content.authoring.generators.writing.bilingual import both
from chalicelib.content.authoring.generators.writing.word_document import Mark, Note, Passage, Piece, WordDocument
from chalicelib.content.challenges import DateAnswer, NumberAnswer, WordAnswer
from chalicelib.content.texts import LOCALES, Locale, Text, Words

_Section = tuple[Text, list[Passage]]


def draw(chance: random.Random, question: str) -> Drawn:
    """Eight sections of five points, reviewed by four to six people in January; in later questions, dates or a budget too."""
    if question == "author-of-a-comment":
        return _author_of_a_comment(chance)
    if question == "date-of-an-event":
        return _date_of_an_event(chance)
    return _total_of_a_budget(chance)


# --- the reviewed text ---


def _sections(chance: random.Random, people: Sequence[str]) -> list[_Section]:
    """Points in an order of their own; somebody changed most of them."""
    return [
        (title, [_point(chance, sentence, people) for sentence in chance.sample(sentences, 5)])
        for title, sentences in texts.SECTIONS
    ]


def _point(chance: random.Random, sentence: Text, people: Sequence[str]) -> Passage:
    mark = Mark(chance.choice(people), moments(chance, 1)[0])
    before, old, new, after = _parts(sentence)
    if chance.random() < 0.3:
        return Passage((Piece(before), Piece(old), Piece(after)))
    return Passage((Piece(before), *_replaced(old, new, mark), Piece(after)))


def _parts(sentence: Text) -> list[Text]:
    """`before [old|new] after` in both languages."""
    cuts = zip(*(re.split(r"[\[|\]]", sentence.in_(locale)) for locale in LOCALES), strict=True)
    return [both(fr, en) for fr, en in cuts]


def _replaced(old: Text, new: Text, mark: Mark) -> tuple[Piece, Piece]:
    return Piece(old, deleted=mark), Piece(new, inserted=mark)


def _drawn(
    chance: random.Random,
    expected: WordAnswer | NumberAnswer | DateAnswer,
    values: dict[Locale, dict[str, str]],
    sections: Sequence[_Section],
    budget: Sequence[tuple[Text, Passage]] = (),
) -> Drawn:
    title = chance.choice(texts.TITLES)

    def make(locale: Locale) -> MadeFile:
        document = WordDocument(locale, title.in_(locale))
        for heading, points in sections:
            document.heading(heading.in_(locale))
            for point in points:
                document.item(point)
        if budget:
            document.heading("Budget")
            document.table(texts.BUDGET_HEADINGS[locale], [(Passage((Piece(label),)), amount) for label, amount in budget])
        return MadeFile(texts.FILE.in_(locale), document.content())

    return Drawn(expected, values, make)


# --- level 2 ---


def _author_of_a_comment(chance: random.Random) -> Drawn:
    """Nobody comments on a sentence that they changed."""
    people = chance.sample(texts.PEOPLE, 6)
    sections = _sections(chance, people)
    places = chance.sample([(section, point) for section in range(len(sections)) for point in range(5)], 22)
    for (section, point), text in zip(places, chance.sample(texts.NOTES, len(places)), strict=True):
        passage = sections[section][1][point]
        writer = chance.choice([one for one in people if one not in _editors(passage)])
        sections[section][1][point] = replace(passage, note=Note(text, Mark(writer, moments(chance, 1)[0])))
    wanted = chance.choice([passage for _, points in sections for passage in points if passage.note and _editors(passage)])
    assert wanted.note is not None
    author = wanted.note.mark.author
    others = tuple(name for one in people if one != author for name in _names(one))
    expected = WordAnswer(
        kind="text",
        accept=Words(fr=_names(author), en=_names(author)),
        refuse=Words(fr=others, en=others),
    )
    values = {
        locale: {
            "words": wanted.pieces[0].text.in_(locale).strip(),
            "comment": wanted.note.text.in_(locale),
            "author": author,
            "editor": _editors(wanted)[0],
        }
        for locale in LOCALES
    }
    return _drawn(chance, expected, values, sections)


def _editors(passage: Passage) -> list[str]:
    return [piece.inserted.author for piece in passage.pieces if piece.inserted]


def _names(person: str) -> tuple[str, str]:
    return person.split()[0], person


# --- level 5 ---


def _date_of_an_event(chance: random.Random) -> Drawn:
    """The kept person changed the day, the month or both; others changed the rest, and changed one of those changes again."""
    people = chance.sample(texts.PEOPLE, 4)
    sections = _sections(chance, people)
    events = chance.sample(texts.EVENTS, 5)
    kept, others = people[0], people[1:]
    dated = [DatedEvent.drawn(chance, event, kept, others) for event in events]
    wanted = chance.choice(dated)
    sections.insert(chance.randrange(1, len(sections)), (texts.CALENDAR, [one.passage() for one in dated]))
    expected = DateAnswer(kind="date", day=wanted.answer, refuse_days=tuple(sorted(wanted.possible - {wanted.answer})))
    values = {
        locale: {
            "kept": kept,
            "event": _lowered(wanted.event.in_(locale)),
            "date": written(wanted.answer, locale),
            "first": written(wanted.first, locale),
            "all": written(wanted.all_accepted, locale),
        }
        for locale in LOCALES
    }
    return _drawn(chance, expected, values, sections)


def _lowered(text: str) -> str:
    return text[0].lower() + text[1:]


# --- level 7 ---


def _total_of_a_budget(chance: random.Random) -> Drawn:
    people = chance.sample(texts.PEOPLE, 5)
    sections = _sections(chance, people)
    lines = drawn_lines(chance, people)
    while (total := sum(line.amount for line in lines)) in wrong_totals(lines):
        lines = drawn_lines(chance, people)
    expected = NumberAnswer(
        kind="number",
        value=total,
        units=Words(fr=("€", "euros", "euro", "EUR"), en=("€", "euros", "euro", "EUR")),
        refuse_values=tuple(sorted(wrong_totals(lines))),
    )
    values = {
        locale: {"total": str(total), "details": "\n".join(line.told(locale) for line in lines), "count": str(len(lines))}
        for locale in LOCALES
    }
    return _drawn(chance, expected, values, sections, [(line.label, line.passage()) for line in lines])


GENERATOR = Generator(frozenset({"author-of-a-comment", "date-of-an-event", "total-of-a-budget"}), draw)
