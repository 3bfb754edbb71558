"""The variants of a file task as people receive them: a file and a prompt; and what grading makes of an answer."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from chalicelib.content.authoring.checks.walking import located
from chalicelib.content.authoring.generators import GENERATORS
from chalicelib.content.authoring.generators.drawing import VARIANTS, MadeFile, draw_variant, drawn_only
from chalicelib.content.challenges import FileTaskChallenge, in_variant
from chalicelib.content.grading import grade
from chalicelib.content.grading.answers import read_answer
from chalicelib.content.texts import LOCALES, Locale
from tests.content_of_tests import real_sources


class Task(NamedTuple):
    """One variant in one language."""

    challenge: FileTaskChallenge
    """With this variant only."""
    locale: Locale
    made: MadeFile

    @property
    def told(self) -> dict[str, str]:
        """What the prompt's placeholders say."""
        return self.challenge.variants[0].in_(self.locale).values

    def verdict(self, answer: str) -> str:
        """What grading makes of this typed answer."""
        return grade(self.challenge, read_answer(self.challenge, answer, 240), self.locale).verdict


def file_task(challenge_id: str) -> FileTaskChallenge:
    """The file task of this id, without its variants."""
    (found,) = (challenge for _, challenge in located(real_sources()) if challenge.id == challenge_id)
    assert isinstance(found, FileTaskChallenge)
    return found


@lru_cache(maxsize=32)
def tasks_of(challenge_id: str) -> tuple[Task, ...]:
    """Every variant in every language."""
    challenge = file_task(challenge_id)
    generator = GENERATORS[challenge.generator]
    whole = drawn_only(generator, challenge)
    tasks = []
    for number in range(VARIANTS):
        drawn, variant_only = draw_variant(generator, challenge, number), in_variant(whole, number)
        assert isinstance(variant_only, FileTaskChallenge)
        tasks += [Task(variant_only, locale, drawn.make_file(locale)) for locale in LOCALES]
    return tuple(tasks)


def made_again(challenge_id: str, number: int, locale: Locale) -> MadeFile:
    """The file of a variant, drawn anew."""
    challenge = file_task(challenge_id)
    return draw_variant(GENERATORS[challenge.generator], challenge, number).make_file(locale)
