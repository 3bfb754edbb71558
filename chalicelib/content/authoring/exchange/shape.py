"""What a reader sees of a tree, whatever its mark-up: two trees of the same shape say the same."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.content.authoring.exchange.markup import Node

STRONG, EMPHASIS, CODE = frozenset({"strong", "b"}), frozenset({"em", "i"}), frozenset({"code", "kbd", "samp", "tt"})
THROUGH = frozenset({"span", "font", "label"})
"""Inline elements that only carry looks."""
INLINE = STRONG | EMPHASIS | CODE | THROUGH | {"br"}
GROUPS = frozenset({"div", "section", "article", "qti-content-body", "qti-item-body", "qti-prompt"})
"""Blocks that only hold others."""

_SAME: Mapping[str, str] = {
    **dict.fromkeys(STRONG, "strong"),
    **dict.fromkeys(EMPHASIS, "em"),
    **dict.fromkeys(CODE, "code"),
    **dict.fromkeys(("td", "th"), "cell"),
}
_SILENT = THROUGH | {"thead", "tbody", "tfoot"}
_EDGE, _OPEN, _CLOSE = "\x01", "\x02", "\x03"
"""Signs that no text holds."""
_MARK = f"{_OPEN}[^{_CLOSE}]*{_CLOSE}"
_BR = f"{_OPEN}br{_CLOSE}"
_BLOCK_MARK = f"{_OPEN}/?(?:ul|ol[0-9]*|li|blockquote|table|tr|cell|pre[^{_CLOSE}]*){_CLOSE}"
_SEPARATORS = str.maketrans({_EDGE: " ", _OPEN: " ", _CLOSE: " "})


def shape_of(node: Node) -> str:
    """The texts of this tree without idle blanks, and where each mark and each paragraph begins and ends."""
    text = " ".join(_seen(node).split())
    text = re.sub(f" *({_MARK}|{_EDGE}) *", r"\1", text)
    text = re.sub(f"(?:{_BR}){{2,}}", _EDGE, text)
    text = re.sub(f"(?:{_BR}|{_EDGE})*{_EDGE}(?:{_BR}|{_EDGE})*", _EDGE, text)
    text = re.sub(f"(?:{_EDGE}|{_BR})*({_BLOCK_MARK})(?:{_EDGE}|{_BR})*", r"\1", text)
    return re.sub(f"^(?:{_EDGE}|{_BR})+|(?:{_EDGE}|{_BR})+$", "", text)


def code_text(node: Node) -> str:
    """The text of a block of code, its line breaks as they stand."""
    return "".join(one if isinstance(one, str) else "\n" if one.tag == "br" else code_text(one) for one in node.children)


def _seen(node: Node) -> str:
    return "".join(_piece(one) for one in node.children)


def _piece(one: Node | str) -> str:
    if isinstance(one, str):
        return one.translate(_SEPARATORS)
    inner = _seen(one)
    if one.tag == "pre":
        return f"{_OPEN}pre {code_text(one).strip(chr(10)).encode().hex()}{_CLOSE}"
    if one.tag == "p" or one.tag in GROUPS:
        return f"{_EDGE}{inner}{_EDGE}"
    if one.tag in _SILENT or (one.tag in _SAME and one.tag not in ("td", "th") and not inner.strip()):
        return inner
    if one.tag == "br":
        return _BR
    start = one.attributes.get("start", "") if one.tag == "ol" else ""
    name = _SAME.get(one.tag, one.tag) + (start if start != "1" else "")
    return f"{_OPEN}{name}{_CLOSE}{inner}{_OPEN}/{name}{_CLOSE}"
