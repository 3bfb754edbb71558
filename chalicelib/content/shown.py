"""What a person sees of a challenge: nothing that tells the answer or the calibration. (The id names the topic and the level.)"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from chalicelib.content.challenges import (
    BlanksChallenge,
    Challenge,
    ChoiceChallenge,
    ChoicesChallenge,
    FileTaskChallenge,
    Kind,
    MatchChallenge,
    OrderChallenge,
    in_variant,
)
from chalicelib.content.expected import Input, Item, OptionsExpected, SelectInput
from chalicelib.content.texts import Locale, Text

Shuffle = Callable[[tuple[str, ...], str], tuple[str, ...]]
"""Gives these ids in the order that this person sees, always the same for the same purpose."""


@dataclass(frozen=True)
class ShownOption:
    """One option, or one thing to put in order, as the person sees it."""

    id: str
    text: str


@dataclass(frozen=True)
class ShownInput:
    """One input to fill: the id is the key of its value in the answer to `blanks`; the answer to `match` is a plain list."""

    id: str
    label: str
    kind: Literal["text", "number", "date", "select"]
    options: tuple[ShownOption, ...] = ()


@dataclass(frozen=True)
class ShownImage:
    """A picture and its description in words."""

    path: str
    alt: str


@dataclass(frozen=True)
class ShownFile:
    """A file to open: where it is under this service, and its name."""

    path: str
    name: str


@dataclass(frozen=True)
class ShownChallenge:
    """A challenge in one language."""

    id: str
    kind: Kind
    prompt: str
    """A small Markdown: paragraphs, lists, bold, code, tables."""
    time_limit_seconds: int | None
    focus_required: bool
    options: tuple[ShownOption, ...] = ()
    """`choice`, `choices`: the options; `order`: the things to put in order."""
    inputs: tuple[ShownInput, ...] = ()
    """`blanks`, `match`: what to fill."""
    image: ShownImage | None = None
    attachment: ShownFile | None = None


FILES = "/v1/files/"
"""Where the files of releases are served."""


def shown(challenge: Challenge, locale: Locale, shuffle: Shuffle) -> ShownChallenge:
    """The challenge in this language; of a file task, the first of the variants it carries (see `in_variant`)."""
    return ShownChallenge(
        id=challenge.id,
        kind=challenge.kind,
        prompt=filled(challenge, challenge.prompt, locale),
        time_limit_seconds=challenge.time_limit_seconds,
        focus_required=challenge.focus_required,
        options=_options(challenge, locale, shuffle),
        inputs=_inputs(challenge, locale, shuffle),
        image=_image(challenge, locale),
        attachment=_attachment(challenge, locale),
    )


def _options(challenge: Challenge, locale: Locale, shuffle: Shuffle) -> tuple[ShownOption, ...]:
    if isinstance(challenge, ChoiceChallenge | ChoicesChallenge):
        return _shuffled(challenge, locale, shuffle, "options")
    if isinstance(challenge, OrderChallenge):
        ids = shuffle(tuple(item.id for item in challenge.items), "options")
        if ids == challenge.right_order:
            ids = (*ids[1:], ids[0])
        return _shown_items(challenge.items, ids, locale)
    return ()


def _shuffled(expected: OptionsExpected, locale: Locale, shuffle: Shuffle, purpose: str) -> tuple[ShownOption, ...]:
    ids = tuple(option.id for option in expected.options)
    return _shown_items(expected.options, ids if expected.fixed_order else shuffle(ids, purpose), locale)


def _shown_items(items: tuple[Item, ...], order: tuple[str, ...], locale: Locale) -> tuple[ShownOption, ...]:
    texts = {item.id: item.in_(locale) for item in items}
    return tuple(ShownOption(item, texts[item]) for item in order)


def _inputs(challenge: Challenge, locale: Locale, shuffle: Shuffle) -> tuple[ShownInput, ...]:
    if isinstance(challenge, BlanksChallenge):
        return tuple(_input(one, locale, shuffle) for one in challenge.inputs)
    if isinstance(challenge, MatchChallenge):
        label = challenge.label.in_(locale)
        return tuple(ShownInput(str(place), f"{label} {place}", "text") for place in range(1, len(challenge.groups) + 1))
    return ()


def _input(one: Input, locale: Locale, shuffle: Shuffle) -> ShownInput:
    options = _shuffled(one, locale, shuffle, f"options-{one.id}") if isinstance(one, SelectInput) else ()
    return ShownInput(one.id, one.label.in_(locale), one.kind, options)


def _image(challenge: Challenge, locale: Locale) -> ShownImage | None:
    image = challenge.image
    return None if image is None else ShownImage(FILES + image.in_(locale), image.alt.in_(locale))


def _attachment(challenge: Challenge, locale: Locale) -> ShownFile | None:
    if not isinstance(challenge, FileTaskChallenge):
        return None
    texts = challenge.variants[0].in_(locale)
    return ShownFile(FILES + texts.file, texts.file.rpartition("/")[2])


PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")


def filled(challenge: Challenge, text: Text, locale: Locale) -> str:
    """A text of the challenge in this language, its placeholders replaced by the values of its first variant."""
    if not isinstance(challenge, FileTaskChallenge) or not challenge.variants:
        return text.in_(locale)
    values = challenge.variants[0].in_(locale).values
    return PLACEHOLDER.sub(lambda found: values[found[1]], text.in_(locale))


def as_shown(challenge: Challenge, attachment_path: str | None) -> Challenge:
    """The challenge in the variant whose file is shown at this path; a challenge without a file is given back as it is.

    For whoever knows the release and sees what the service shows: virtual people, audits, tests.
    """
    if not isinstance(challenge, FileTaskChallenge) or attachment_path is None:
        return challenge
    for number, variant in enumerate(challenge.variants):
        if attachment_path in (FILES + variant.fr.file, FILES + variant.en.file):
            return in_variant(challenge, number)
    raise ValueError(f"{challenge.id} has no such file")
