"""What people read: stems and options that differ, a plain language, marks that every page can show, pictures in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from chalicelib.content.authoring.checks.walking import Check, challenges_in, located
from chalicelib.content.authoring.pictures import picture_faults
from chalicelib.content.authoring.readability import lix
from chalicelib.content.authoring.sources import Fault, Sources
from chalicelib.content.challenges import (
    BlanksChallenge,
    Challenge,
    ChoiceChallenge,
    ChoicesChallenge,
    FileTaskChallenge,
    OrderChallenge,
)
from chalicelib.content.expected import Item, SelectInput
from chalicelib.content.releases import level_in_id
from chalicelib.content.texts import LOCALES, Locale, Text


def _stems_differ(sources: Sources) -> Iterator[Fault]:
    for locale in LOCALES:
        stems = Counter(_stem(challenge, locale) for _, challenge in located(sources))
        for place, challenge in located(sources):
            if stems[_stem(challenge, locale)] > 1:
                yield Fault(f"{place}/{locale}", "duplicate-stem", "another challenge has the same prompt")


def _stem(challenge: Challenge, locale: Locale) -> str:
    return _squeezed(challenge.prompt.in_(locale))


def _options_differ(sources: Sources) -> Iterator[Fault]:
    for place, challenge in located(sources):
        for listed in option_lists(challenge):
            for locale in LOCALES:
                if len({_squeezed(item.in_(locale)) for item in listed}) != len(listed):
                    yield Fault(f"{place}/{locale}", "same-option-twice", "two options read the same")


def option_lists(challenge: Challenge) -> Iterator[tuple[Item, ...]]:
    """Every list of options or items of a challenge."""
    if isinstance(challenge, ChoiceChallenge | ChoicesChallenge):
        yield challenge.options
    elif isinstance(challenge, OrderChallenge):
        yield challenge.items
    elif isinstance(challenge, BlanksChallenge):
        yield from (one.options for one in challenge.inputs if isinstance(one, SelectInput))


def _squeezed(text: str) -> str:
    return " ".join(text.casefold().split())


# --- marks ---

_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
_NOT_OURS = re.compile(r"</?[a-zA-Z!]|\]\(|!\[|https?://")


def _texts_are_a_small_markdown(sources: Sources) -> Iterator[Fault]:
    for place, text in _markdown(sources):
        for locale in LOCALES:
            found = _NOT_OURS.search(_CODE.sub("", text.in_(locale)))
            if found:
                yield Fault(f"{place}/{locale}", "mark-not-allowed", found[0])


def _markdown(sources: Sources) -> Iterator[tuple[str, Text]]:
    for place, challenge in located(sources):
        yield place, challenge.prompt
        yield place, challenge.solution
    for path, topic in sources.topics:
        for lesson in topic.lessons:
            for text in (lesson.text, lesson.example, lesson.check.question, lesson.check.explanation):
                yield f"{path}#lesson {lesson.id}", text


# --- plain language ---


def _easy_prompts_read_easily(sources: Sources) -> Iterator[Fault]:
    for path, _, challenge in challenges_in(sources):
        limit = sources.rules.pool.hardest_reading(level_in_id(challenge.id))
        for locale in LOCALES:
            found = lix(challenge.prompt.in_(locale))
            if found > limit:
                yield Fault(f"{path}#{challenge.id}/{locale}", "hard-to-read", f"LIX {found:.0f}, expected {limit} at most")


# --- pictures ---

_ALT_LENGTHS = (10, 600)


def _images_are_told_in_words(sources: Sources) -> Iterator[Fault]:
    for place, challenge in located(sources):
        image = challenge.image
        if image is None:
            continue
        for locale in LOCALES:
            path, alt = image.in_(locale), image.alt.in_(locale)
            if not _ALT_LENGTHS[0] <= len(alt.strip()) <= _ALT_LENGTHS[1]:
                yield Fault(f"{place}/{locale}", "image-without-alternative", f"{len(alt.strip())} characters")
            if path not in sources.images:
                yield Fault(f"{place}/{locale}", "image-missing", path)


def _images_are_harmless_and_shown(sources: Sources) -> Iterator[Fault]:
    shown = {image.in_(locale) for _, one in located(sources) if (image := one.image) is not None for locale in LOCALES}
    for path, content in sources.images.items():
        for reason in picture_faults(path, content):
            yield Fault(path, "image-unfit", reason)
        if path not in shown:
            yield Fault(path, "image-not-shown", "no challenge shows it")


def _placeholders_have_values(sources: Sources) -> Iterator[Fault]:
    for place, challenge in located(sources):
        texts = (challenge.prompt, challenge.solution)
        if isinstance(challenge, FileTaskChallenge):
            continue
        if any("{{" in text.in_(locale) for text in texts for locale in LOCALES):
            yield Fault(place, "placeholder-without-generator", "only file tasks have placeholders")


CHECKS: tuple[Check, ...] = (
    _stems_differ,
    _options_differ,
    _texts_are_a_small_markdown,
    _easy_prompts_read_easily,
    _images_are_told_in_words,
    _images_are_harmless_and_shown,
    _placeholders_have_values,
)
