"""Foreign pictures: PNG, or SVG that only draws; an SVG may carry programs, so anything else in it is refused."""

from __future__ import annotations

import re

from chalicelib.content.authoring.exchange.results import RefusedError
from chalicelib.content.authoring.exchange.xml import parse_xml
from chalicelib.content.authoring.pictures import acts_of

_PNG = b"\x89PNG\r\n\x1a\n"
_PATH = re.compile(r"^images/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(svg|png)$")


def image_suffix(content: bytes) -> str:
    """`png` or `svg`. Raises `RefusedError` for any other format, and for an SVG that does more than draw."""
    if content.startswith(_PNG):
        return "png"
    if b"<svg" not in content[:4096]:
        raise RefusedError("image-format", "neither PNG nor SVG")
    for act in acts_of(parse_xml(content)):
        raise RefusedError("image-not-passive", f"{act}, in an SVG")
    return "svg"


def refuse_image_path(path: str) -> None:
    """Raise `RefusedError` unless this is the path of a picture of the sources, `images/<name>.svg` or `.png`."""
    if not _PATH.match(path) or ".." in path:
        raise RefusedError("unsafe-path", f"{path[:80]!r} is no picture of the sources")
