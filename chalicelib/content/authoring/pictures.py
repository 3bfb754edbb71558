"""Pictures that may be shown anywhere: nothing in them runs, nothing in them is fetched."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = frozenset(
    {"svg", "g", "defs", "title", "desc", "rect", "circle", "ellipse", "line", "polyline", "polygon", "path", "text", "tspan"}
    | {"marker", "pattern", "clipPath", "use", "symbol", "linearGradient", "radialGradient", "stop", "mask", "style"}
)
_FETCHES = re.compile(r"url\(\s*['\"]?(?!#)|@import|expression\(|javascript:|data:", re.IGNORECASE)
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
    faults = [] if root.tag == f"{_SVG}svg" and root.get("viewBox") else ["no SVG with a viewBox"]
    for element in root.iter():
        faults.extend(_element_faults(element))
    return faults


def _element_faults(element: Element) -> list[str]:
    faults = []
    name = element.tag.removeprefix(_SVG)
    if name not in _DRAWN:
        faults.append(f"element {name}")
    for attribute, value in element.attrib.items():
        plain = attribute.rpartition("}")[2].lower()
        if plain.startswith("on") or (plain == "href" and not value.startswith("#")) or _FETCHES.search(value):
            faults.append(f"attribute {plain} of {name}")
    if name == "style" and _FETCHES.search(element.text or ""):
        faults.append("a style that fetches")
    return faults
