"""Foreign HTML and XHTML as one small tree, from which texts are read. Nothing is fetched, nothing is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from chalicelib.content.authoring.exchange.results import RefusedError
from chalicelib.content.authoring.exchange.xml import local_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DEEPEST = 64
VOID = frozenset({"br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
_STARTS_A_BLOCK = frozenset({"p", "div", "ul", "ol", "pre", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "blockquote"})
_ENDS_AT: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr"})),
    "tbody": (frozenset({"thead", "tbody"}), frozenset({"table"})),
}
"""What a start tag closes when its author did not, and how far up one looks for it."""


@dataclass
class Node:
    """An element: its lower-case name, its attributes, its texts and elements in order."""

    tag: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def nodes(self) -> list[Node]:
        """The elements directly inside."""
        return [one for one in self.children if isinstance(one, Node)]

    def walk(self) -> Iterator[Node]:
        """This element and every one inside, in document order."""
        yield self
        for one in self.nodes():
            yield from one.walk()

    def text(self) -> str:
        """All its texts, as they stand."""
        return "".join(one if isinstance(one, str) else one.text() for one in self.children)


def parse_html(text: str) -> Node:
    """The tree of this HTML fragment, under a `div`. Raises `RefusedError` when it is nested without end."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root


def from_xml(element: Element, instead: Callable[[Element], str | None] = lambda _: None) -> Node:
    """The tree of this XML element, some of its elements replaced by a text; `parse_xml` has bounded its depth."""
    node = Node(local_name(element), {name.rpartition("}")[2]: value for name, value in element.attrib.items()})
    if element.text:
        node.children.append(element.text)
    for one in element:
        text = instead(one)
        node.children.append(from_xml(one, instead) if text is None else text)
        if one.tail:
            node.children.append(one.tail)
    return node


def take_images(node: Node) -> list[Node]:
    """Take every `img` out of this tree, and give them in order."""
    taken: list[Node] = []
    kept: list[Node | str] = []
    for one in node.children:
        if isinstance(one, Node) and one.tag == "img":
            taken.append(one)
            continue
        if isinstance(one, Node):
            taken.extend(take_images(one))
        kept.append(one)
    node.children = kept
    return taken


class _Builder(HTMLParser):
    """Builds the tree as browsers do for the few tags that authors leave open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("div")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self._close_what_it_ends(tag)
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag in VOID:
            return
        self._open.append(node)
        if len(self._open) > DEEPEST:
            raise RefusedError("markup-too-deep", f"more than {DEEPEST} elements in each other")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element, and close it."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the nearest open element of this name, if there is one."""
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        """Add a text."""
        self._open[-1].children.append(data)

    def _close_what_it_ends(self, tag: str) -> None:
        if tag in _STARTS_A_BLOCK and self._open[-1].tag == "p":
            self._open.pop()
        ends, within = _ENDS_AT.get(tag, (frozenset(), frozenset()))
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag in within:
                return
            if self._open[place].tag in ends:
                del self._open[place:]
                return
