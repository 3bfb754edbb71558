"""The key: what is declared right grades right, what is declared wrong grades wrong, and everything declared can be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.content.authoring.checks.walking import Check, located
from chalicelib.content.authoring.declared import declared_answers
from chalicelib.content.authoring.generators import GENERATORS
from chalicelib.content.authoring.generators.drawing import VARIANTS, drawn_only
from chalicelib.content.authoring.sources import Fault, Sources
from chalicelib.content.challenges import (
    Answer,
    BlanksChallenge,
    Challenge,
    FileTaskChallenge,
    MatchChallenge,
    in_variant,
    variants_of,
)
from chalicelib.content.expected import WordExpected
from chalicelib.content.grading import grade
from chalicelib.content.grading.answers import as_sent, read_answer
from chalicelib.content.grading.words import folded
from chalicelib.content.shown import PLACEHOLDER
from chalicelib.content.texts import LOCALES, Locale
from chalicelib.kernel.errors import InvalidError


def _key_grades_right(sources: Sources) -> Iterator[Fault]:
    for place, challenge in located(sources):
        if isinstance(challenge, FileTaskChallenge):
            yield from _task_keeps_its_promises(place, challenge, sources)
        else:
            yield from _key_faults(place, challenge, sources)


def _key_faults(place: str, challenge: Challenge, sources: Sources) -> Iterator[Fault]:
    for locale in LOCALES:
        right, wrong = declared_answers(challenge, locale)
        for answer in right:
            if not is_accepted(challenge, answer, locale, sources.rules.longest_text_bytes):
                yield Fault(f"{place}/{locale}", "right-answer-refused", str(answer))
        for answer in wrong:
            if grade(challenge, answer, locale).right:
                yield Fault(f"{place}/{locale}", "wrong-answer-accepted", str(answer))


def is_accepted(challenge: Challenge, answer: Answer, locale: Locale, longest_text_bytes: int) -> bool:
    """Whether this answer can be sent and grades right."""
    try:
        read = read_answer(challenge, as_sent(challenge, answer), longest_text_bytes)
    except InvalidError:
        return False
    return grade(challenge, read, locale).right


def _task_keeps_its_promises(place: str, challenge: FileTaskChallenge, sources: Sources) -> Iterator[Fault]:
    generator = GENERATORS.get(challenge.generator)
    if generator is None or challenge.question not in generator.questions:
        yield Fault(place, "unknown-generator", f"{challenge.generator}/{challenge.question}")
        return
    drawn = drawn_only(generator, challenge)
    for locale in LOCALES:
        named = {*PLACEHOLDER.findall(challenge.prompt.in_(locale)), *PLACEHOLDER.findall(challenge.solution.in_(locale))}
        for variant in drawn.variants:
            for missing in named - set(variant.in_(locale).values):
                yield Fault(f"{place}/{locale}", "unknown-placeholder", missing)
    answers = {str(variant.expected) for variant in drawn.variants}
    if len(answers) < VARIANTS // 4:
        yield Fault(place, "variants-alike", f"{len(answers)} different answers in {VARIANTS} variants")
    for number in range(variants_of(drawn)):
        variant_only = in_variant(drawn, number)
        yield from _key_faults(f"{place}/variant {number}", variant_only, sources)


# --- words ---


def words_expected(challenge: Challenge) -> Iterator[WordExpected]:
    """Every word that is expected somewhere in this challenge."""
    if isinstance(challenge, WordExpected):
        yield challenge
    elif isinstance(challenge, BlanksChallenge):
        yield from (one for one in challenge.inputs if isinstance(one, WordExpected))
    elif isinstance(challenge, MatchChallenge):
        yield from challenge.groups


def _words_can_be_reached(sources: Sources) -> Iterator[Fault]:
    for place, challenge in located(sources):
        for expected in words_expected(challenge):
            for locale in LOCALES:
                yield from _word_faults(f"{place}/{locale}", expected, locale)


def _word_faults(place: str, expected: WordExpected, locale: Locale) -> Iterator[Fault]:
    met: dict[str, str] = {}
    for word in expected.accept.in_(locale):
        shape = folded(expected, word)
        if not shape:
            yield Fault(place, "accepts-nothing", "an accepted answer is empty once folded")
        elif shape in met:
            yield Fault(place, "unreachable-answer", f"{word}: reads as {met[shape]}")
        met.setdefault(shape, word)
    for word in expected.refuse.in_(locale):
        if folded(expected, word) in met:
            yield Fault(place, "accepted-and-refused", word)


_NOT_FOR_TYPOS = re.compile(r"[\d@/\\=<>+*_.:#$(){}\[\]]")


def _typos_are_forgiven_in_words_only(sources: Sources) -> Iterator[Fault]:
    for place, challenge in located(sources):
        for expected in words_expected(challenge):
            for locale in LOCALES:
                for word in expected.accept.in_(locale) if expected.tolerate_typos else ():
                    if _NOT_FOR_TYPOS.search(word):
                        yield Fault(f"{place}/{locale}", "typos-not-tolerable", word)


CHECKS: tuple[Check, ...] = (_key_grades_right, _words_can_be_reached, _typos_are_forgiven_in_words_only)
