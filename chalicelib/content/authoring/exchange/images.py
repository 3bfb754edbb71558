"""Foreign pictures: PNG, or SVG that only draws; an SVG may carry programs, so anything else in it is refused."""

from __future__ import annotations

import re

from chalicelib.content.authoring.exchange.results import RefusedError
from chalicelib.content.authoring.exchange.xml import local_name, namespace, parse_xml

_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = "http://www.w3.org/2000/svg"
_SHAPES = {"svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "marker"}
_WORDS = {"title", "desc", "text", "tspan", "textPath"}
_PAINT = {"linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "style"}
_DRAWS = _SHAPES | _WORDS | _PAINT
_ACTIVE_STYLE = re.compile(r"@import|expression|url\(\s*['\"]?\s*(?!#)|javascript:|\\", re.IGNORECASE)
_PATH = re.compile(r"^images/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(svg|png)$")


def image_suffix(content: bytes) -> str:
    """`png` or `svg`. Raises `RefusedError` for any other format, and for an SVG that does more than draw."""
    if content.startswith(_PNG):
        return "png"
    if b"<svg" not in content[:4096]:
        raise RefusedError("image-format", "neither PNG nor SVG")
    _refuse_active(content)
    return "svg"


def refuse_image_path(path: str) -> None:
    """Raise `RefusedError` unless this is the path of a picture of the sources, `images/<name>.svg` or `.png`."""
    if not _PATH.match(path) or ".." in path:
        raise RefusedError("unsafe-path", f"{path[:80]!r} is no picture of the sources")


def _refuse_active(content: bytes) -> None:
    for element in parse_xml(content).iter():
        if namespace(element) != _SVG or local_name(element) not in _DRAWS:
            raise RefusedError("image-not-passive", f"<{local_name(element)[:40]}> in an SVG")
        for name, value in element.attrib.items():
            bare = name.rpartition("}")[2].lower()
            if bare.startswith("on") or (bare in ("href", "src") and not value.startswith("#")) or _ACTIVE_STYLE.search(value):
                raise RefusedError("image-not-passive", f"{bare[:40]}={value[:40]!r} in an SVG")
        if local_name(element) == "style" and _ACTIVE_STYLE.search(element.text or ""):
            raise RefusedError("image-not-passive", "a style that calls something")
