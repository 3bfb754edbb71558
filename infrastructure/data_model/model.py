"""What a kind of item, a write and a read are. Plain data; nothing here knows Markdown or how a store is called."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Item = Mapping[str, Mapping[str, Any]]
"""An item as the low-level API carries it."""


@dataclass(frozen=True)
class Slot:
    """A part of a key that varies: its name, what it holds, and the form of its text as a regular expression."""

    name: str
    what: str
    form: str


class _Placeholder(str):
    """Stands for a slot in a key function, whatever the function's format of it."""

    def __format__(self, _: str) -> str:
        return str(self)


@dataclass(frozen=True)
class KeyPattern:
    """A key with its slots, as the key function writes it: `A#<assessment>`."""

    made_by: Callable[..., str] | str
    """The function of `keys.py`, or the constant."""
    slots: tuple[Slot, ...] = ()

    @cached_property
    def text(self) -> str:
        """The key with each slot's name between angle brackets."""
        if isinstance(self.made_by, str):
            return self.made_by
        return str(self.made_by(*(_Placeholder(f"<{slot.name}>") for slot in self.slots)))

    @cached_property
    def _form(self) -> re.Pattern[str]:
        forms = {f"<{slot.name}>": f"(?:{slot.form})" for slot in self.slots}
        parts = re.split(r"(<\w+>)", self.text)
        return re.compile("".join(forms.get(part, re.escape(part)) for part in parts))

    def matches(self, key: str) -> bool:
        """Whether this is such a key."""
        return self._form.fullmatch(key) is not None


@dataclass(frozen=True)
class Attribute:
    """An attribute besides the key: its type in the store (S, N or B) and what it holds."""

    name: str
    type: str
    what: str
    compressed: bool = False
    """Then the item's size depends a little on the version of the compressor."""


@dataclass(frozen=True)
class How:
    """A way to write: the call, its condition as the store is told it, and in words."""

    call: str
    condition: str
    words: str


CREATE = How("PutItem", "attribute_not_exists(sk)", "put if the key is free")
OVERWRITE = How("PutItem", "", "put over whatever is there")
SETTLE = How("UpdateItem", "mark = :mark", "update of its mark, if it still carries it")
MOVE = How("UpdateItem", "mark = :mark AND mark_at = :since", "update of its mark's instant, if nothing moved it meanwhile")
COUNT = How("UpdateItem", "attribute_not_exists(expires_at) OR expires_at > :second", "update if it counts, or there is none")
BEGIN = How("UpdateItem", "attribute_not_exists(expires_at) OR expires_at <= :second", "update if it is over, or there is none")
DELETE = How("DeleteRequest", "", "deletion")


def replace_at(attribute: str) -> How:
    """A put over the item that was read."""
    return How("PutItem", f"{attribute} = :expected", f"put if its `{attribute}` is still what was read")


def delete_at(attribute: str) -> How:
    """A deletion of the item that was read."""
    return How("DeleteItem", f"{attribute} = :expected", f"deletion if its `{attribute}` is still what was read")


@dataclass(frozen=True)
class Write:
    """Who writes an item, and how."""

    how: How
    by: tuple[str, ...]


@dataclass(frozen=True)
class ItemKind:
    """Items of one shape in one table."""

    name: str
    table: str
    """Logical name in the template without its ending: `Assessments`, `People`, `Registry`."""
    pk: KeyPattern
    sk: KeyPattern
    what: str
    attributes: tuple[Attribute, ...]
    writes: tuple[Write, ...]
    stays: str
    """How long, and what an erasure of a person finds here."""

    def holds(self, table: str, pk: str, sk: str) -> bool:
        """Whether an item of this key is of this kind."""
        return self.table == table and self.pk.matches(pk) and self.sk.matches(sk)


@dataclass(frozen=True)
class Read:
    """One call that reads: the call, what of the partition it takes, the kinds it meets, its consistency."""

    call: str
    shape: str
    kinds: tuple[ItemKind, ...]
    strong: bool


WHOLE, LAST, FIRST, RANGE, INDEX = "whole partition", "the last", "the first", "a range", "the index"
TABLE = "the whole table"


@dataclass(frozen=True)
class AccessPattern:
    """Something that is looked up, by whom, with which calls."""

    number: int
    what: str
    reads: tuple[Read, ...]
    by: tuple[str, ...]
    kept: str = ""
    """How long a warm function believes it."""


@dataclass(frozen=True)
class StoredObject:
    """A kind of object in a bucket."""

    name: str
    bucket: str
    key: KeyPattern
    what: str
    by: tuple[str, ...]
    stays: str
