"""From HTML to the small Markdown of the bank. What it cannot say is refused by name; what it says is read back and compared."""

from __future__ import annotations

import re

from chalicelib.content.authoring.exchange.markup import Node, parse_html
from chalicelib.content.authoring.exchange.results import RefusedError
from chalicelib.content.authoring.exchange.shape import CODE, EMPHASIS, GROUPS, INLINE, STRONG, THROUGH, code_text, shape_of
from chalicelib.content.authoring.preview import as_html

LONGEST_TEXT = 8_000
"""Characters that a text of a challenge may have."""
_BLANKS = re.compile("[ \t\r\n\f]+")
_SIGNS = re.compile(r"[\\`*_|<&]")
_LINE_START = re.compile(
    r"^(?:(?P<sign>[-+](?=\s|$)|#(?=#{0,5}(?:\s|$))|>|=(?==*\s*$)|-(?=[-\s]*$)|~(?=~~)|\[)"
    r"|(?P<number>\d{1,9})(?P<dot>[.)])(?=\s|$))"
)
"""What would begin a list, a title, a quotation, a rule or a reference."""


def to_markdown(node: Node) -> str:
    """The Markdown of this tree. Raises `RefusedError` naming the first element that the small Markdown does not have."""
    text = "\n\n".join(_blocks(node.children))
    if len(text) > LONGEST_TEXT:
        raise RefusedError("text-too-long", f"{len(text)} characters, {LONGEST_TEXT} at most")
    if shape_of(parse_html(as_html(text))) != shape_of(node):
        raise RefusedError("markup", "this mixture of marks has no Markdown that reads back the same")
    return text


def markdown_of(text: str) -> str:
    """A plain text as Markdown that shows exactly it: its lines stay lines, blank lines part paragraphs."""
    return to_markdown(plain_tree(text))


def plain_tree(text: str) -> Node:
    """The tree of a plain text."""
    root = Node("div")
    for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        inside: list[Node | str] = []
        for line in filter(str.strip, part.split("\n")):
            inside += [Node("br"), line] if inside else [line]
        root.children.append(Node("p", {}, inside))
    return root


def to_line(node: Node) -> str:
    """The text of an option, a label or a word: one line, with `code` in backquotes, other looks left out.

    Raises `RefusedError` when it is more than a line of text.
    """
    return " ".join(_line(node).split())


def _line(node: Node) -> str:
    parts = []
    for one in node.children:
        if isinstance(one, str):
            parts.append(one)
        elif one.tag in CODE and one.text().strip():
            parts.append(f"`{one.text()}`")
        elif one.tag == "p" or one.tag in GROUPS or one.tag == "br":
            parts.append(f" {_line(one)} ")
        elif one.tag in INLINE:
            parts.append(_line(one))
        else:
            raise RefusedError("markup-in-option", f"<{one.tag[:40]}> in a text that takes one line")
    return "".join(parts)


# --- blocks ---


def _blocks(children: list[Node | str]) -> list[str]:
    """The blocks of these children; texts and inline elements side by side make a paragraph."""
    made: list[str] = []
    run: list[Node | str] = []
    lists = 0
    for one in [*children, None]:
        if isinstance(one, str) or (one is not None and one.tag in INLINE):
            run.append(one)
            continue
        made.extend(_paragraphs(run))
        run = []
        if one is not None and one.tag in ("ul", "ol"):
            made.append(_list(one, lists % 2))
            lists += 1
        elif one is not None:
            made.extend(_block(one))
    return made


def _block(node: Node) -> list[str]:
    if node.tag == "p" or node.tag in GROUPS:
        return _blocks(node.children)
    if node.tag == "pre":
        return [_fenced(node)]
    if node.tag == "table":
        return [_table(node)]
    if node.tag == "blockquote":
        return [re.sub("^", "> ", "\n\n".join(_blocks(node.children)), flags=re.MULTILINE)]
    raise RefusedError("markup", f"<{node.tag[:40]}> has no Markdown here")


def _paragraphs(run: list[Node | str]) -> list[str]:
    """The paragraphs of this run: one break goes on in the next line, two or more begin a paragraph."""
    lines = [line.strip(" ") for line in _inline(run).split("\n")]
    parts = [part.split("\n") for part in re.split("\n{2,}", "\n".join(lines).strip("\n"))]
    return ["\\\n".join(_LINE_START.sub(_escaped_start, line) for line in part) for part in parts if any(map(str.strip, part))]


def _escaped_start(found: re.Match[str]) -> str:
    return f"\\{found['sign']}" if found["sign"] else f"{found['number']}\\{found['dot']}"


def _list(node: Node, turn: int) -> str:
    """A list; two lists that follow each other take different marks, or they would be one."""
    if any(one.strip() if isinstance(one, str) else one.tag != "li" for one in node.children):
        raise RefusedError("markup", f"<{node.tag}> with something else than items")
    start = node.attributes.get("start", "")
    first = int(start) if re.fullmatch("[0-9]{1,6}", start) else 1
    loose = any(inner.tag == "p" for item in node.nodes() for inner in item.nodes())
    gap = "\n\n" if loose else "\n"
    rows = []
    for place, item in enumerate(node.nodes()):
        mark = f"{first + place}{'.)'[turn]}" if node.tag == "ol" else "-+"[turn]
        body = gap.join(_blocks(item.children)).replace("\n", "\n" + " " * (len(mark) + 1))
        rows.append(re.sub(r"\n +(?=\n)", "\n", f"{mark} {body}".rstrip(" ")))
    return gap.join(rows)


def _fenced(node: Node) -> str:
    code = [one for one in node.children if isinstance(one, Node) or one.strip()]
    held = code[0] if len(code) == 1 and isinstance(code[0], Node) and code[0].tag == "code" else node
    for one in held.walk():
        if one is not held and one.tag not in INLINE:
            raise RefusedError("markup", f"<{one.tag[:40]}> in a block of code")
    language = re.match(r"language-([\w+#-]+)$", held.attributes.get("class", ""))
    text = code_text(held).strip("\n")
    fence = "`" * max(3, 1 + _longest_run(text))
    return f"{fence}{language[1] if language else ''}\n{text}\n{fence}"


def _table(node: Node) -> str:
    rows = [row for row in node.walk() if row.tag == "tr"]
    for one in node.walk():
        if one.tag in ("caption", "colgroup") or {"colspan", "rowspan"} & set(one.attributes):
            raise RefusedError("markup", "a table with merged cells, a caption or groups")
    cells = [[_cell(cell) for cell in row.nodes()] for row in rows]
    if not cells or not cells[0] or len({len(row) for row in cells}) != 1:
        raise RefusedError("markup", "a table whose rows differ in length")
    head, *others = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([head, "|" + " --- |" * len(cells[0]), *others])


def _cell(node: Node) -> str:
    parts = _blocks(node.children)
    if len(parts) > 1 or any(one.tag in ("br", "pre", "ul", "ol", "table") for one in node.walk()):
        raise RefusedError("markup", "a cell of more than one line")
    return parts[0] if parts else " "


# --- inside a paragraph ---


def _inline(children: list[Node | str]) -> str:
    """One string where only breaks are line ends."""
    return "".join(_escaped(_BLANKS.sub(" ", one)) if isinstance(one, str) else _marked(one) for one in children)


def _escaped(text: str) -> str:
    return _SIGNS.sub(lambda sign: sign[0] if _harmless(text, sign) else f"\\{sign[0]}", text)


def _harmless(text: str, sign: re.Match[str]) -> bool:
    """Whether this sign means nothing where it stands."""
    before, after = text[: sign.start()][-1:], text[sign.end() :]
    if sign[0] == "_":
        return before.isalnum() and after[:1].isalnum()
    if sign[0] == "&":
        return re.match(r"#?\w+;", after) is None
    if sign[0] == "<":
        return re.match(r"[A-Za-z/!?]", after) is None
    if sign[0] == "\\":
        return after[:1].isalnum()
    return False


def _marked(node: Node) -> str:
    if node.tag == "br":
        return "\n"
    if node.tag in CODE:
        return _code(node.text())
    inner = _inline(node.children)
    if node.tag in THROUGH or not inner.strip():
        return inner
    assert node.tag in STRONG | EMPHASIS
    mark = "**" if node.tag in STRONG else "*"
    bare = inner.strip(" \n")
    lead, _, trail = inner.partition(bare)
    return f"{lead}{mark}{bare}{mark}{trail}"


def _code(text: str) -> str:
    text = _BLANKS.sub(" ", text)
    if not text.strip():
        return text
    ticks = "`" * (1 + _longest_run(text))
    pad = " " if text[0] == "`" or text[-1] == "`" or text[0] == text[-1] == " " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _longest_run(text: str) -> int:
    """The most backquotes in a row."""
    return max((len(run) for run in re.findall("`+", text)), default=0)
