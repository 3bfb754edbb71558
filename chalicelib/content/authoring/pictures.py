"""Pictures that may be shown anywhere: nothing in them runs, nothing in them is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = frozenset(
    {"svg", "g", "defs", "title", "desc", "rect", "circle", "ellipse", "line", "polyline", "polygon", "path"}
    | {"text", "tspan", "textPath", "marker", "pattern", "clipPath", "mask", "use", "symbol"}
    | {"linearGradient", "radialGradient", "stop", "style"}
)
_ACTS = re.compile(r"url\(\s*['\"]?\s*(?!#)|@import|expression|javascript:|data:|\\", re.IGNORECASE)
"""What fetches or runs in an attribute or a style. A backslash could spell any of it otherwise."""
LARGEST_PICTURE = 200_000
"""Bytes."""

_SIGNATURES = {"png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}


def picture_faults(path: str, content: bytes) -> list[str]:
    """What makes this picture unfit; nothing when it may be shown."""
    ending = path.rpartition(".")[2]
    faults = [f"{len(content)} bytes, at most {LARGEST_PICTURE}"] if len(content) > LARGEST_PICTURE else []
    if ending == "svg":
        return faults + _svg_faults(content)
    if ending not in _SIGNATURES or not content.startswith(_SIGNATURES[ending]):
        return [*faults, "neither an SVG, nor a PNG, nor a JPEG"]
    return faults


def _svg_faults(content: bytes) -> list[str]:
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        return [f"no safe XML: {type(error).__name__}"]
    drawing = root.tag == f"{_SVG}svg" and root.get("viewBox")
    return [*([] if drawing else ["no SVG with a viewBox"]), *acts_of(root)]


def acts_of(root: Element) -> Iterator[str]:
    """Everything that an SVG does besides drawing, or is not of an SVG at all: the one rule, for our pictures as for foreign ones."""
    for element in root.iter():
        name = element.tag.removeprefix(_SVG)
        if name not in _DRAWN or name == element.tag:
            yield f"element {name[:40]}"
        for attribute, value in element.attrib.items():
            plain = attribute.rpartition("}")[2].lower()
            if plain.startswith("on") or (plain in ("href", "src") and not value.startswith("#")) or _ACTS.search(value):
                yield f"attribute {plain[:40]} of {name[:40]}"
        if name == "style" and _ACTS.search(element.text or ""):
            yield "a style that fetches"
