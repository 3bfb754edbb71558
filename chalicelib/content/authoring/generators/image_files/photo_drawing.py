"""Drawing small photos, with the data that a camera writes into them."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from datetime import datetime

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

_Colour = tuple[int, int, int]
_Shape = tuple[str, str, tuple[int, ...]]

QUARTER_TURNS = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
"""Orientations of a camera held upright, and how a picture is turned to be stored so."""
_TURNS = {1: None, 3: Image.Transpose.ROTATE_180, **QUARTER_TURNS}

SUBJECTS: dict[str, tuple[_Shape, ...]] = {
    "lake": (("ellipse", "#4f8fc0", (0, 62, 100, 98)), ("ellipse", "#7fb4dc", (18, 70, 70, 84))),
    "bridge": (
        ("rectangle", "#8d7b68", (0, 45, 100, 58)),
        ("rectangle", "#75644f", (18, 58, 28, 100)),
        ("rectangle", "#75644f", (72, 58, 82, 100)),
    ),
    "tower": (("rectangle", "#9a8f86", (38, 10, 62, 100)), ("polygon", "#7a3b2e", (32, 12, 50, -14, 68, 12))),
    "boat": (("polygon", "#7a3b2e", (10, 78, 90, 78, 75, 98, 25, 98)), ("polygon", "#f4f1e8", (50, 5, 50, 74, 88, 74))),
    "tent": (("polygon", "#d9822b", (5, 100, 50, 30, 95, 100)), ("polygon", "#7a4516", (40, 100, 50, 58, 60, 100))),
    "kite": (("polygon", "#c0392b", (50, -40, 76, -10, 50, 30, 24, -10)), ("line", "#ffffff", (50, 30, 44, 66, 58, 100))),
    "oak": (("rectangle", "#6b4a2f", (45, 50, 55, 100)), ("ellipse", "#2f6b34", (12, -10, 88, 64))),
    "house": (("rectangle", "#efe0c2", (18, 50, 82, 100)), ("polygon", "#a63d2f", (8, 52, 50, 14, 92, 52))),
    "windmill": (
        ("polygon", "#d8cdb8", (38, 100, 44, 30, 56, 30, 62, 100)),
        ("line", "#5a4632", (14, 5, 86, 55, 50, 30, 24, 64, 76, -4)),
    ),
    "balloon": (("ellipse", "#b5336b", (20, -45, 80, 25)), ("rectangle", "#6b4a2f", (43, 38, 57, 50))),
    "lighthouse": (("polygon", "#f2efe9", (36, 100, 42, 5, 58, 5, 64, 100)), ("rectangle", "#c0392b", (40, -8, 60, 6))),
    "hive": (("ellipse", "#d6a531", (25, 30, 75, 110)), ("ellipse", "#4a3513", (45, 70, 55, 84))),
    "snowman": (("ellipse", "#f7f9fb", (25, 45, 75, 100)), ("ellipse", "#f7f9fb", (34, 8, 66, 48))),
    "castle": (("rectangle", "#a79c8e", (10, 40, 90, 100)), ("rectangle", "#8d8274", (40, 5, 60, 100))),
}
"""What stands in the middle of a photo, in a box of 100 by 100 whose bottom is on the ground."""

_SKIES: tuple[_Colour, ...] = ((150, 200, 235), (235, 190, 150), (70, 85, 130), (200, 215, 225), (120, 170, 215))
_GROUNDS: tuple[_Colour, ...] = ((96, 140, 72), (178, 160, 104), (120, 128, 96), (150, 172, 110), (228, 232, 236))


@dataclass(frozen=True)
class Scene:
    """What is seen, in fractions of the picture."""

    subject: str
    sky: _Colour
    ground: _Colour
    sun: tuple[float, float]
    hills: tuple[float, ...]
    leaves: tuple[tuple[float, float, _Colour], ...] = ()
    """Small spots all over, which make a heavy file."""


def drawn_scene(chance: random.Random, subject: str, leaves: int = 0) -> Scene:
    """A landscape around this subject."""
    return Scene(
        subject,
        chance.choice(_SKIES),
        chance.choice(_GROUNDS),
        (chance.uniform(0.05, 0.8), chance.uniform(0.05, 0.3)),
        tuple(chance.uniform(0.42, 0.62) for _ in range(6)),
        tuple((chance.random(), chance.random(), _leaf_colour(chance)) for _ in range(leaves)),
    )


def _leaf_colour(chance: random.Random) -> _Colour:
    return chance.randint(60, 255), chance.randint(60, 200), chance.randint(0, 120)


@dataclass(frozen=True)
class Photo:
    """A photo: its size as it is seen the right way up, and what the camera wrote into it."""

    scene: Scene
    width: int
    height: int
    taken: datetime
    edited: datetime
    camera: tuple[str, str]
    place: tuple[float, float] | None = None
    """Degrees north and east."""
    orientation: int = 1
    resolution: int = 72

    @property
    def stored_width(self) -> int:
        """The width in the file, before a viewer turns the picture."""
        return self.height if self.orientation in QUARTER_TURNS else self.width

    def jpeg(self) -> bytes:
        """The bytes of the file."""
        image = _picture(self)
        turn = _TURNS[self.orientation]
        stored = image if turn is None else image.transpose(turn)
        buffer = io.BytesIO()
        quality = 90 if self.scene.leaves else 40
        stored.save(buffer, "JPEG", quality=quality, dpi=(self.resolution, self.resolution), exif=_exif(self, stored.size))
        return buffer.getvalue()


def _picture(photo: Photo) -> Image.Image:
    scene, wide, high = photo.scene, photo.width, photo.height
    image = Image.new("RGB", (wide, high), scene.sky)
    pen = ImageDraw.Draw(image)
    radius = min(wide, high) // 12
    left, top = int(scene.sun[0] * wide), int(scene.sun[1] * high)
    pen.ellipse((left, top, left + 2 * radius, top + 2 * radius), fill=(250, 226, 130))
    step = wide / (len(scene.hills) - 1)
    crest = [(round(place * step), round(level * high)) for place, level in enumerate(scene.hills)]
    pen.polygon([(0, high), *crest, (wide, high)], fill=_darker(scene.ground))
    pen.rectangle((0, round(0.68 * high), wide, high), fill=scene.ground)
    side = 0.45 * min(wide, high)
    for kind, colour, numbers in SUBJECTS[scene.subject]:
        points = [
            (round(wide / 2 + (x / 100 - 0.5) * side), round(0.86 * high + (y / 100 - 1) * side))
            for x, y in zip(numbers[::2], numbers[1::2], strict=True)
        ]
        _stroke(pen, kind, points, colour, max(3, wide // 120))
    for x, y, leaf in scene.leaves:
        pen.ellipse((x * wide, y * high, x * wide + 5, y * high + 4), fill=leaf)
    return image


def _stroke(pen: ImageDraw.ImageDraw, kind: str, points: list[tuple[int, int]], colour: str, thick: int) -> None:
    if kind == "ellipse":
        pen.ellipse(points, fill=colour)
    elif kind == "rectangle":
        pen.rectangle(points, fill=colour)
    elif kind == "line":
        pen.line(points, fill=colour, width=thick)
    else:
        pen.polygon(points, fill=colour)


def _darker(colour: _Colour) -> _Colour:
    return colour[0] * 3 // 4, colour[1] * 3 // 4, colour[2] * 3 // 4


def _exif(photo: Photo, stored: tuple[int, int]) -> Image.Exif:
    data = Image.Exif()
    data[Base.Make], data[Base.Model] = photo.camera
    data[Base.Orientation] = photo.orientation
    data[Base.XResolution] = data[Base.YResolution] = float(photo.resolution)
    data[Base.ResolutionUnit] = 2
    data[Base.DateTime] = _stamp(photo.edited)
    details = data.get_ifd(IFD.Exif)
    details[Base.DateTimeOriginal] = details[Base.DateTimeDigitized] = _stamp(photo.taken)
    details[Base.ExifImageWidth], details[Base.ExifImageHeight] = stored
    if photo.place is not None:
        north, east = photo.place
        where = data.get_ifd(IFD.GPSInfo)
        where[GPS.GPSLatitudeRef], where[GPS.GPSLatitude] = "N", _degrees(north)
        where[GPS.GPSLongitudeRef], where[GPS.GPSLongitude] = "E", _degrees(east)
    return data


def _stamp(at: datetime) -> str:
    return at.strftime("%Y:%m:%d %H:%M:%S")


def _degrees(angle: float) -> tuple[float, float, float]:
    """Degrees, minutes and whole seconds."""
    seconds = round(angle * 3600)
    return float(seconds // 3600), float(seconds // 60 % 60), float(seconds % 60)
