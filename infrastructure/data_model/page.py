"""`docs/data-model.md`: the text of `page.md`, its blanks filled from the description, the template and a journey."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from string import Template

from chalicelib.storage.meter import size_of
from infrastructure.data_model import layouts, settings
from infrastructure.data_model.items import ITEMS, OBJECTS, kind_of
from infrastructure.data_model.journey import Played, played
from infrastructure.data_model.layouts import Array, Field
from infrastructure.data_model.model import ItemKind, Read
from infrastructure.data_model.reads import PATTERNS
from infrastructure.data_model.slots import SLOTS
from infrastructure.data_model.stage import Cost
from infrastructure.template import read_template

TEXT = Path(__file__).with_name("page.md")
ROUNDED = 100
"""Bytes to which the size of an item with something compressed is rounded up: compressors differ a little."""


def page() -> str:
    """The whole page as it is committed; takes a few seconds."""
    template, journey = read_template(), played()
    return Template(TEXT.read_text(encoding="utf-8")).substitute(
        tables=_table(
            ("table", "paid", "recovery", "encrypted by", "expiry", "index", "without the stack"), settings.tables(template)
        ),
        queues=_table(("queue", "hidden for", "kept", "receives", "dead letters kept"), settings.queues(template)),
        buckets=_table(
            ("bucket", "versions", "encryption", "public", "expires", "without the stack"), settings.buckets(template)
        ),
        assessments=_items("Assessments", journey),
        people=_items("People", journey),
        registry=_items("Registry", journey),
        objects=_objects(),
        slots=_table(("in a key", "what it is"), ((f"`<{one.name}>`", one.what) for one in SLOTS)),
        patterns=_patterns(),
        units=_table(("what", "read units", "write units", "calls"), _costs(journey.stage.costs)),
        state=_fields(layouts.STATE),
        batch=_fields(layouts.BATCH),
        release=_arrays(layouts.RELEASE),
        exposure_table=_arrays(layouts.EXPOSURE_TABLE),
        exposure_counts=_arrays(layouts.EXPOSURE_COUNTS),
    )


def _items(table: str, journey: Played) -> str:
    return "\n".join(_item(kind, journey) for kind in ITEMS if kind.table == table).strip()


def _item(kind: ItemKind, journey: Played) -> str:
    numbers = (str(one.number) for one in PATTERNS if any(kind in read.kinds for read in one.reads))
    lines = [f"### {_capital(kind.name)}: `{kind.pk.text}`, `{kind.sk.text}`", f"{kind.what} {_sizes(kind, journey)}."]
    if kind.attributes:
        lines.append(_table(("attribute", "type", "what"), ((f"`{one.name}`", one.type, one.what) for one in kind.attributes)))
    told = [f"{_capital(write.how.words)}: {_list(write.by)}." for write in kind.writes]
    told += [f"Read by the [patterns](#access-patterns) {_list(numbers)}.", f"Stays {kind.stays}."]
    lines.append("\n".join(f"- {one}" for one in told))
    return "\n\n".join(lines) + "\n"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _sizes(kind: ItemKind, journey: Played) -> str:
    """The least and the most bytes of such an item in the journey, by the meter."""
    sizes = sorted(size_of(item) for (table, pk, sk, _), item in journey.stage.items.items() if kind_of(table, pk, sk) is kind)
    if any(one.compressed for one in kind.attributes):
        return f"At most {ROUNDED * math.ceil(sizes[-1] / ROUNDED)} bytes"
    return f"{sizes[0]} bytes" if sizes[0] == sizes[-1] else f"{sizes[0]} to {sizes[-1]} bytes"


def _objects() -> str:
    rows = ((f"`{one.key.text}`", one.what, _list(one.by), one.stays) for one in OBJECTS)
    return _table(("object", "what", "written by", "stays"), rows)


def _patterns() -> str:
    rows = (
        (str(one.number), one.what, "; then ".join(map(_read, one.reads)), _list(one.by), one.kept or "no") for one in PATTERNS
    )
    return _table(("", "what is looked up", "how", "by", "kept"), rows)


def _read(read: Read) -> str:
    strength = "strong" if read.strong else "eventual"
    shape = f", {read.shape}" if read.shape else ""
    return f"{strength} {read.call}{shape}: {_list(one.name for one in read.kinds)}"


def _costs(costs: Mapping[str, Cost]) -> Iterator[Sequence[str]]:
    """The costs, those that begin with the same word together."""
    words = list(dict.fromkeys(_first_word(name) for name in costs))
    for name, cost in sorted(costs.items(), key=lambda one: words.index(_first_word(one[0]))):
        calls = ", ".join(call if count == 1 else f"{count} {call}" for call, count in cost.calls)
        yield name, f"{cost.reads:g}", f"{cost.writes:g}", calls


def _first_word(name: str) -> str:
    return re.split(r"\W", name)[0]


def _fields(fields: Iterable[Field]) -> str:
    return _table(("bytes", "what"), ((one.bytes, one.what) for one in fields))


def _arrays(arrays: Iterable[Array]) -> str:
    rows = ((", ".join(f"`{name}`" for name in one.names), one.shape, one.what) for one in arrays)
    return _table(("array", "shape", "what"), rows)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def lines() -> Iterator[Sequence[str]]:
        yield head
        yield ["---"] * len(head)
        yield from rows

    return "".join(f"| {' | '.join(line)} |\n" for line in lines()).rstrip()
