"""A zip of photos: how wide they are, when they were taken, how large they can be printed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

from chalicelib.content.authoring.generators.drawing import Drawn, Generator, MadeFile
from chalicelib.content.authoring.generators.image_files.photo_drawing import QUARTER_TURNS, SUBJECTS, Photo, drawn_scene
from chalicelib.content.authoring.generators.writing.formats import zip_of
from chalicelib.content.challenges import NumberAnswer, WordAnswer
from chalicelib.content.texts import LOCALES, Locale, Words

_NAMES: dict[str, dict[Locale, str]] = {
    "lake": {"fr": "lac", "en": "lake"},
    "bridge": {"fr": "pont", "en": "bridge"},
    "tower": {"fr": "tour", "en": "tower"},
    "boat": {"fr": "bateau", "en": "boat"},
    "tent": {"fr": "tente", "en": "tent"},
    "kite": {"fr": "cerf-volant", "en": "kite"},
    "oak": {"fr": "chene", "en": "oak"},
    "house": {"fr": "maison", "en": "house"},
    "windmill": {"fr": "moulin", "en": "windmill"},
    "balloon": {"fr": "montgolfiere", "en": "balloon"},
    "lighthouse": {"fr": "phare", "en": "lighthouse"},
    "hive": {"fr": "ruche", "en": "hive"},
    "snowman": {"fr": "bonhomme-de-neige", "en": "snowman"},
    "castle": {"fr": "chateau", "en": "castle"},
}
_CAMERAS = (("Lumivelle", "L2"), ("Orbafoc", "Poche 30"), ("Grisoline", "GX-5"), ("Palvue", "Mini"))
_FIRST_DAY = datetime(2026, 6, 12, 8)  # noqa: DTZ001 - a camera's clock has no zone
_DAYLIGHT = 12 * 3600
_COPIED = datetime(2026, 9, 1, 9)  # noqa: DTZ001 - a zip's times have no zone
_Name = Callable[[Locale], str]
_Ordered = TypeVar("_Ordered", int, datetime)


def draw(chance: random.Random, question: str) -> Drawn:
    """Between nine and twelve photos of as many subjects."""
    subjects = chance.sample(tuple(SUBJECTS), chance.randint(9, 12))
    if question == "widest-photo":
        return _widest_photo(chance, subjects)
    if question == "last-taken":
        return _last_taken(chance, subjects)
    return _prints(chance, subjects)


def _photo(chance: random.Random, subject: str, width: int, height: int, leaves: int = 0) -> Photo:
    place = (chance.uniform(44, 49), chance.uniform(0, 6)) if chance.random() < 0.6 else None
    return Photo(
        drawn_scene(chance, subject, leaves),
        width,
        height,
        taken=_FIRST_DAY + timedelta(seconds=chance.randrange(_DAYLIGHT)),
        edited=_FIRST_DAY + timedelta(days=chance.randint(2, 60), seconds=chance.randrange(_DAYLIGHT)),
        camera=chance.choice(_CAMERAS),
        place=place,
        resolution=chance.choice((72, 96, 180, 300)),
    )


def _copy_times(chance: random.Random, count: int) -> list[datetime]:
    return [_COPIED + timedelta(minutes=2 * minutes) for minutes in chance.sample(range(2000), count)]


def _drawn(
    expected: WordAnswer | NumberAnswer,
    values: dict[Locale, dict[str, str]],
    photos: Sequence[tuple[_Name, Photo]],
    copied: Sequence[datetime],
) -> Drawn:
    """The pictures are the same in both languages, under other names."""
    jpegs = cache(lambda: [photo.jpeg() for _, photo in photos])

    def make(locale: Locale) -> MadeFile:
        times = {name(locale): at for (name, _), at in zip(photos, copied, strict=True)}
        entries = sorted(zip(times, jpegs(), strict=True))
        return MadeFile("photos.zip", zip_of(entries, times))

    return Drawn(expected, values, make)


def _name(subject: str, pattern: str) -> _Name:
    """A name after a pattern where `*` stands for the subject."""
    return lambda locale: pattern.replace("*", _NAMES[subject][locale])


def _name_expected(right: _Name, wrong: Sequence[_Name]) -> WordAnswer:
    def accepted(locale: Locale) -> tuple[str, str]:
        return right(locale), right(locale).removesuffix(".jpg")

    def refused(locale: Locale) -> tuple[str, ...]:
        return tuple(name(locale) for name in wrong)

    return WordAnswer(
        kind="text",
        accept=Words(fr=accepted("fr"), en=accepted("en")),
        refuse=Words(fr=refused("fr"), en=refused("en")),
    )


# --- level 2 ---


def _widest_photo(chance: random.Random, subjects: Sequence[str]) -> Drawn:
    """The widest is neither the highest, nor the one with the most pixels, nor the heaviest file."""
    widest, large, high, heavy, *others = subjects
    width = chance.randrange(820, 900)
    sizes = {
        widest: (width, chance.randrange(300, 460)),
        large: (chance.randrange(640, 780), chance.randrange(680, 760)),
        high: (chance.randrange(300, 420), chance.randrange(800, 900)),
        heavy: (chance.randrange(380, 460), chance.randrange(240, 300)),
    }
    for subject in others:
        sizes[subject] = (chance.randrange(260, 800), chance.randrange(200, 560))
    numbers = dict(zip(subjects, chance.sample(range(101, 999), len(subjects)), strict=True))
    order = chance.sample(subjects, len(subjects))
    named = {one: _name(one, f"*-{numbers[one]}.jpg") for one in subjects}
    photos = [
        (named[one], _photo(chance, one, *sizes[one], leaves=chance.randint(450, 600) if one == heavy else 0)) for one in order
    ]
    expected = _name_expected(named[widest], [named[one] for one in order if one != widest])
    values = {
        locale: {
            "file": named[widest](locale),
            "width": str(width),
            "height": str(sizes[widest][1]),
            "heavy": named[heavy](locale),
            "count": str(len(order)),
        }
        for locale in LOCALES
    }
    return _drawn(expected, values, photos, _copy_times(chance, len(photos)))


# --- level 5 ---


def _last_taken(chance: random.Random, subjects: Sequence[str]) -> Drawn:
    """Five photos each come last in something: when taken, when edited, when copied, by number, and when taken but one."""
    last, edited, copied, numbered, close = range(5)
    count = len(subjects)
    end = 3 * _DAYLIGHT - chance.randrange(600, 2400)
    earlier = chance.sample(range(3 * _DAYLIGHT - 7200), count - 2)
    taken = [end, *earlier[:3], end - chance.randrange(130, 400), *earlier[3:]]
    edits = _with_the_highest_at(edited, chance.sample(range(3, 60), count))
    times = _with_the_highest_at(copied, _copy_times(chance, count))
    numbers = _with_the_highest_at(numbered, chance.sample(range(1, 99), count))
    photos = []
    for place, subject in enumerate(subjects):
        photo = replace(
            _photo(chance, subject, *chance.choice(((640, 480), (480, 640), (600, 400), (480, 480)))),
            taken=_FIRST_DAY + timedelta(days=taken[place] // _DAYLIGHT, seconds=taken[place] % _DAYLIGHT),
            edited=_FIRST_DAY + timedelta(days=edits[place], seconds=chance.randrange(_DAYLIGHT)),
        )
        photos.append((_name(subject, f"photo-{numbers[place]:02d}-*.jpg"), photo))
    expected = _name_expected(photos[last][0], [name for name, _ in photos[1:]])
    values = {
        locale: {
            "file": photos[last][0](locale),
            "time": photos[last][1].taken.strftime("%d/%m/%Y %H:%M:%S"),
            "edited": photos[edited][0](locale),
            "copied": photos[copied][0](locale),
            "numbered": photos[numbered][0](locale),
            "close": photos[close][0](locale),
            "count": str(count),
        }
        for locale in LOCALES
    }
    return _drawn(expected, values, photos, times)


def _with_the_highest_at(place: int, numbers: Sequence[_Ordered]) -> list[_Ordered]:
    mixed = list(numbers)
    highest = mixed.index(max(mixed))
    mixed[place], mixed[highest] = mixed[highest], mixed[place]
    return mixed


# --- level 7 ---


def _prints(chance: random.Random, subjects: Sequence[str]) -> Drawn:
    """Cameras held upright store pictures lying down: some are wide enough only once turned, others only before."""
    width_cm = chance.choice((4.0, 4.5, 5.0, 5.5))
    least = width_cm / 2.54 * 300
    roles = ["wide", "wide", "narrow", "small", "turned-narrow", "turned-wide"]
    roles += [chance.choice(roles) for _ in subjects[len(roles) :]]
    photos = [_printed(chance, subject, role, round(least)) for subject, role in zip(subjects, roles, strict=True)]
    copies = chance.sample(range(2, 30), len(photos))
    while _copies_of(photos, copies, lambda photo: photo.width >= least) in _wrong_prints(photos, copies, least):
        copies = chance.sample(range(2, 30), len(photos))
    right = _copies_of(photos, copies, lambda photo: photo.width >= least)
    names = [_copies_name(subject, number) for subject, number in zip(subjects, copies, strict=True)]
    wrong = tuple(sorted(_wrong_prints(photos, copies, least)))
    units = Words(fr=("tirages", "tirage"), en=("prints", "print"))
    expected = NumberAnswer(kind="number", value=right, units=units, refuse_values=wrong)
    kept = [name for name, photo in zip(names, photos, strict=True) if photo.width >= least]
    turned = [
        name for name, photo in zip(names, photos, strict=True) if (photo.width >= least) != (photo.stored_width >= least)
    ]
    values = {
        locale: {
            "cm": f"{width_cm:g}".replace(".", "," if locale == "fr" else "."),
            "pixels": str(round(least)),
            "example": names[0](locale),
            "copies": str(copies[0]),
            "total": str(right),
            "kept": _listed(kept, locale),
            "turned": _listed(turned, locale),
        }
        for locale in LOCALES
    }
    return _drawn(expected, values, list(zip(names, photos, strict=True)), _copy_times(chance, len(photos)))


def _printed(chance: random.Random, subject: str, role: str, least: int) -> Photo:
    """A photo well above or well below the least width, whose stated resolution misleads more often than not."""
    enough, short = chance.randint(least + 20, least + 230), chance.randint(least - 190, least - 20)
    other = chance.randint(least + 20, least + 200)
    width, height = {
        "wide": (enough, chance.choice((short, other))),
        "narrow": (short, enough),
        "small": (short, chance.randint(least - 190, least - 20)),
        "turned-narrow": (short, enough),
        "turned-wide": (enough, short),
    }[role]
    orientation = chance.choice(tuple(QUARTER_TURNS)) if role.startswith("turned") else chance.choice((1, 1, 3))
    resolution = chance.choice((72, 72, 180, 300) if width == enough else (300, 300, 600, 72))
    return replace(_photo(chance, subject, width, height), orientation=orientation, resolution=resolution)


def _copies_name(subject: str, copies: int) -> _Name:
    return lambda locale: f"{_NAMES[subject][locale]}-{copies}{'ex' if locale == 'fr' else 'copies'}.jpg"


def _listed(names: Sequence[_Name], locale: Locale) -> str:
    return ", ".join(f"`{name}`" for name in sorted(name(locale) for name in names))


def _copies_of(photos: Sequence[Photo], copies: Sequence[int], chosen: Callable[[Photo], bool]) -> int:
    return sum(number for photo, number in zip(photos, copies, strict=True) if chosen(photo))


def _wrong_prints(photos: Sequence[Photo], copies: Sequence[int], least: float) -> set[int]:
    """The turn forgotten, the longest side, the stated resolution, every print, and photos counted instead of prints."""
    return {
        _copies_of(photos, copies, lambda photo: photo.stored_width >= least),
        _copies_of(photos, copies, lambda photo: max(photo.width, photo.height) >= least),
        _copies_of(photos, copies, lambda photo: photo.resolution >= 300),
        sum(copies),
        sum(photo.width >= least for photo in photos),
    }


GENERATOR = Generator(frozenset({"widest-photo", "last-taken", "prints"}), draw)
