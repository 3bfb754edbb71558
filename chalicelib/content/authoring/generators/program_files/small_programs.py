"""Small Python programs: to follow, to run, to mend. They only compute and print."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from chalicelib.content.authoring.generators.drawing import Drawn, Generator, MadeFile
from chalicelib.content.authoring.generators.program_files.program_drafts import Draft
from chalicelib.content.authoring.generators.program_files.programs_in_steps import last_printed
from chalicelib.content.authoring.generators.program_files.programs_to_mend import mended_result
from chalicelib.content.authoring.generators.program_files.programs_with_loops import loop_result
from chalicelib.content.authoring.generators.writing.amounts import EUROS
from chalicelib.content.challenges import NumberAnswer
from chalicelib.content.texts import LOCALES, Locale

_DRAFTERS: Mapping[str, Callable[[random.Random], Draft]] = {
    "last-printed": last_printed,
    "loop-result": loop_result,
    "mended-result": mended_result,
}


def draw(chance: random.Random, question: str) -> Drawn:
    """One program of those of its question; the answer comes from a model of it, never from running it."""
    drawn = _DRAFTERS[question](chance)
    expected = NumberAnswer(kind="number", value=drawn.answer, units=EUROS, refuse_values=tuple(sorted(drawn.wrong)))
    values = {locale: drawn.sentences(locale) for locale in LOCALES}

    def make(locale: Locale) -> MadeFile:
        return MadeFile("programme.py" if locale == "fr" else "program.py", drawn.program(locale).encode())

    return Drawn(expected, values, make)


GENERATOR = Generator(frozenset(_DRAFTERS), draw)
