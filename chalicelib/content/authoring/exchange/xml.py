"""Foreign XML: no document type, no entity, nothing from outside, no endless nesting; any failure is a refusal by name."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from chalicelib.content.authoring.exchange.results import RefusedError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DEEPEST = 64
MOST_ELEMENTS = 500_000
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, even as a reference."""


def parse_xml(content: bytes) -> Element:
    """The root of this document. Raises `RefusedError` when it is unsafe or malformed."""
    depth = count = 0
    root: Element | None = None
    try:
        for event, element in iterparse(io.BytesIO(content), ("start", "end"), forbid_dtd=True):
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            count += event == "start"
            if depth > DEEPEST or count > MOST_ELEMENTS:
                raise RefusedError("xml-too-deep", f"more than {DEEPEST} levels or {MOST_ELEMENTS} elements")
    except DefusedXmlException as error:
        raise RefusedError("xml-forbidden", "a document type, an entity or something from outside") from error
    except (ParseError, LookupError, ValueError) as error:  # an encoding that nobody knows raises the last two
        raise RefusedError("xml-malformed", " ".join(str(error).split())[:120]) from error
    assert root is not None
    return root


def refuse_illegal(text: str) -> None:
    """Raise `RefusedError` when XML cannot hold this text: control characters, halves of characters."""
    found = _ILLEGAL.search(text)
    if found:
        raise RefusedError("illegal-character", f"U+{ord(found[0]):04X} has no place in XML")


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def namespace(element: Element) -> str:
    """The namespace of an element, empty when it has none."""
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def child(element: Element, name: str) -> Element | None:
    """The first child of this local name."""
    return next((one for one in element if local_name(one) == name), None)


def children(element: Element, name: str) -> list[Element]:
    """The children of this local name."""
    return [one for one in element if local_name(one) == name]


def descendants(element: Element, name: str) -> list[Element]:
    """Everything of this local name inside, in document order."""
    return [one for one in element.iter() if one is not element and local_name(one) == name]
