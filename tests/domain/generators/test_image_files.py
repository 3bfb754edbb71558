"""Photos: every task is solved from the bytes of its archive, its photos read by an imaging library or byte by byte."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from PIL import Image, ImageOps

from tests.domain.generators.generated_tasks import Task, tasks_of

TASKS = ("image-files-2a", "image-files-5a", "image-files-7a")
ORIENTATION, RESOLUTION, EDITED, TAKEN, DETAILS, PLACE = 0x0112, 0x011A, 0x0132, 0x9003, 0x8769, 0x8825


class Seen(NamedTuple):
    """What an imaging library reads of a photo."""

    name: str
    content: bytes
    copied: tuple[int, ...]
    size: tuple[int, int]
    data: dict[int, Any]
    details: dict[int, Any]


def photos_of(task: Task) -> tuple[Seen, ...]:
    """Every photo of the archive."""
    return _photos_in(task.made.content)


@lru_cache(maxsize=128)
def _photos_in(archived: bytes) -> tuple[Seen, ...]:
    return tuple(_each_photo(archived))


def _each_photo(archived: bytes) -> Iterator[Seen]:
    with zipfile.ZipFile(io.BytesIO(archived)) as archive:
        for entry in archive.infolist():
            content = archive.read(entry)
            with Image.open(io.BytesIO(content)) as image:
                assert image.format == "JPEG"
                exif = image.getexif()
                yield Seen(entry.filename, content, entry.date_time, image.size, dict(exif), dict(exif.get_ifd(DETAILS)))


def written_size(jpeg: bytes) -> tuple[int, int]:
    """The width and height that the frame of a JPEG states, read without a library."""
    place = 2
    while not 0xC0 <= jpeg[place + 1] <= 0xC3:
        place += 2 + struct.unpack(">H", jpeg[place + 2 : place + 4])[0]
    height, width = struct.unpack(">HH", jpeg[place + 5 : place + 9])
    return width, height


def solved_widest(task: Task) -> str:
    ranked = sorted((written_size(photo.content)[0], photo.name) for photo in photos_of(task))
    assert ranked[-1][0] >= ranked[-2][0] + 20
    return ranked[-1][1]


def solved_last(task: Task) -> str:
    ranked = sorted((photo.details[TAKEN], photo.name) for photo in photos_of(task))
    assert ranked[-1][0] > ranked[-2][0]
    return ranked[-1][1]


def solved_prints(task: Task) -> str:
    total = 0
    for photo in photos_of(task):
        width, height = written_size(photo.content)
        width = height if photo.data[ORIENTATION] >= 5 else width
        copies = re.fullmatch(r"[a-z-]+-(\d+)(?:ex|copies)\.jpg", photo.name)
        assert copies is not None
        per_inch = width / (float(task.told["cm"].replace(",", ".")) / 2.54)
        assert not 293 < per_inch < 307
        total += int(copies[1]) if per_inch >= 300 else 0
    return str(total)


SOLVERS = dict(zip(TASKS, (solved_widest, solved_last, solved_prints), strict=True))


@pytest.mark.parametrize("challenge_id", TASKS)
def test_photos_are_whole_and_both_languages_show_the_same_ones(challenge_id: str) -> None:
    for french, english in list(pairwise(tasks_of(challenge_id)))[::2]:
        assert sorted(photo.content for photo in photos_of(french)) == sorted(photo.content for photo in photos_of(english))
    for photo in photos_of(tasks_of(challenge_id)[0]):
        with Image.open(io.BytesIO(photo.content)) as image:
            image.load()
        assert photo.size == written_size(photo.content)
        assert re.fullmatch(r"[a-z0-9._-]+", photo.name)


def test_the_widest_photo_is_neither_the_highest_nor_the_largest_nor_the_heaviest() -> None:
    for task in tasks_of("image-files-2a"):
        photos = photos_of(task)
        highest = max(photos, key=lambda photo: photo.size[1])
        largest = max(photos, key=lambda photo: photo.size[0] * photo.size[1])
        heaviest = max(photos, key=lambda photo: len(photo.content))
        assert heaviest.name == task.told["heavy"]
        assert {task.verdict(photo.name) for photo in (highest, largest, heaviest)} == {"incorrect"}
        assert {photo.data[ORIENTATION] for photo in photos} == {1}


def test_neither_numbers_nor_file_dates_nor_edits_tell_which_photo_was_taken_last() -> None:
    for task in tasks_of("image-files-5a"):
        photos = photos_of(task)
        copied = max(photos, key=lambda photo: photo.copied)
        edited = max(photos, key=lambda photo: photo.data[EDITED])
        numbered = max(photos, key=lambda photo: photo.name)
        assert [copied.name, edited.name, numbered.name] == [task.told[one] for one in ("copied", "edited", "numbered")]
        assert {task.verdict(photo.name) for photo in (copied, edited, numbered)} == {"incorrect"}
        assert all(photo.data[EDITED] > photo.details[TAKEN] for photo in photos)


def test_counting_prints_without_turning_photos_or_by_the_stated_resolution_is_wrong() -> None:
    for task in tasks_of("image-files-7a"):
        least = float(task.told["cm"].replace(",", ".")) / 2.54 * 300
        copies = {photo.name: int(re.findall(r"\d+", photo.name)[0]) for photo in photos_of(task)}
        stored = sum(copies[photo.name] for photo in photos_of(task) if photo.size[0] >= least)
        stated = sum(copies[photo.name] for photo in photos_of(task) if photo.data[RESOLUTION] >= 300)
        assert {task.verdict(str(wrong)) for wrong in (stored, stated, sum(copies.values()))} == {"incorrect"}


def test_a_viewer_turns_a_photo_so_that_the_sky_is_above_the_ground() -> None:
    for photo in photos_of(tasks_of("image-files-7a")[0]):
        with Image.open(io.BytesIO(photo.content)) as image:
            upright = ImageOps.exif_transpose(image)
        low = upright.height - 3
        corners = [upright.getpixel((2, low)), upright.getpixel((upright.width - 3, low))]
        sky = [upright.getpixel((2, 2)), upright.getpixel((upright.width - 3, 2))]
        assert corners[0] == corners[1]
        assert sky[0] != corners[0]


def test_most_photos_tell_where_they_were_taken() -> None:
    photos = [photo for challenge_id in TASKS for photo in photos_of(tasks_of(challenge_id)[0])]
    assert sum(PLACE in photo.data for photo in photos) > len(photos) / 3
