"""Reading the texts and pictures of foreign questions, whichever format their tool wrote them in."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from chalicelib.content.authoring.exchange.markdown import plain_tree, to_markdown
from chalicelib.content.authoring.exchange.markup import Node, parse_html, take_images
from chalicelib.content.authoring.exchange.questions import Picture
from chalicelib.content.authoring.exchange.results import RefusedError
from chalicelib.content.authoring.preview import as_html

LONGEST_TEXT = 20_000
"""Characters of a text with its marks: a challenge holds 8,000 without. The parser is slow on longer ones that are damaged."""
_EMBEDDED = re.compile(r"data:image/[a-z+]+;base64,", re.IGNORECASE)


def tree_of(text: str, text_format: str) -> Node:
    """The tree of a text in one of the formats of Moodle and GIFT.

    Raises `RefusedError` for a format that nobody knows, and for a text longer than any challenge.
    """
    if len(text) > LONGEST_TEXT:
        raise RefusedError("text-too-long", f"{len(text)} characters, {LONGEST_TEXT} at most with all marks")
    if text_format == "html":
        return parse_html(_closed(text))
    if text_format == "moodle_auto_format":  # HTML where line ends count too
        return parse_html(_closed(re.sub("\r?\n", "<br>", text.strip())))
    if text_format == "markdown":
        return parse_html(as_html(text))
    if text_format == "plain_text":
        return plain_tree(text)
    raise RefusedError("text-format", f"{text_format[:40]!r}")


def _closed(html: str) -> str:
    """The same without a tag that never ends: what looks like one is text."""
    head, mark, tail = html.rpartition(">")
    return head + mark + tail.replace("<", "&lt;")


def read_prompt(tree: Node, find: Callable[[str], bytes]) -> tuple[str, Picture | None]:
    """The Markdown of a prompt, and its one picture; `find` gives the bytes of a file by its name."""
    pictures = take_images(tree)
    if len(pictures) > 1:
        raise RefusedError("several-images", f"{len(pictures)} pictures, one at most")
    picture = None
    if pictures:
        attributes = pictures[0].attributes
        picture = Picture(_content(attributes.get("src", ""), find), attributes.get("alt", ""))
    return to_markdown(tree), picture


def decoded(text: str) -> bytes:
    """The bytes that this base64 stands for."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise RefusedError("damaged-image", "its base64 cannot be read") from error


def _content(source: str, find: Callable[[str], bytes]) -> bytes:
    embedded = _EMBEDDED.match(source)
    if embedded:
        return decoded(unquote(source[embedded.end() :]))
    if urlsplit(source).scheme or source.startswith("//"):
        raise RefusedError("remote-image", source[:80])
    return find(unquote(source))
