"""The CSV files that simulations are made from: a bank of items, and the true abilities of virtual persons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from chalicelib.engine.bank import LEVELS, Floats, ItemBank
from palier.response_tables import PERSON, UnreadableTableError
from palier.table_lines import Line, read_lines

ONE_ABILITY = "theta"


@dataclass(frozen=True, eq=False)
class BankTable:
    """A bank in order of competence, and the names of what it holds."""

    path: Path
    bank: ItemBank
    items: tuple[str, ...]
    """Name of each item, (n,)."""
    competences: tuple[str, ...]
    """Name of each competence, (C,), without a leading c."""


@dataclass(frozen=True, eq=False)
class AbilityTable:
    """True abilities, and the names of the persons."""

    persons: tuple[str, ...]
    abilities: Floats
    """(N, 1) or (N, C)."""


@dataclass(frozen=True)
class _Item:
    name: str
    a: float
    b: float
    c: float
    competence: str
    topic: str
    level: int
    timed: bool


def read_bank(path: Path) -> BankTable:
    """The bank of a file with the columns item, a, b, competence, and perhaps c, topic, level, timed.

    Without topics every item has its own. Competences are sorted, items follow them in the order of the file. Raises UnreadableTableError.
    """
    items = list(_items(path, ("item", "a", "b", "competence")).values())
    competences = sorted({item.competence for item in items}, key=_natural)
    place = {name: index for index, name in enumerate(competences)}
    items.sort(key=lambda item: place[item.competence])
    topics = {topic: index for index, topic in enumerate(dict.fromkeys(item.topic for item in items))}
    owners = {item.topic: place[item.competence] for item in items}
    topic = np.array([topics[item.topic] for item in items], np.intp)
    level = np.array([item.level for item in items], np.intp)
    ladder = np.zeros((len(topics), LEVELS), bool)
    ladder[topic, level - 1] = True
    bank = ItemBank(
        discrimination=np.array([item.a for item in items]),
        difficulty=np.array([item.b for item in items]),
        guess=np.array([item.c for item in items]),
        topic=topic,
        level=level,
        timed=np.array([item.timed for item in items]),
        topic_competence=np.array([owners[topic] for topic in topics], np.intp),
        ladder=ladder,
        competences=len(competences),
    )
    return BankTable(path, bank, tuple(item.name for item in items), tuple(competences))


def read_true_bank(path: Path, table: BankTable) -> ItemBank:
    """The same items by other parameters, of a file with the columns item, a, b, and perhaps c. Raises UnreadableTableError."""
    found = _items(path, ("item", "a", "b"))
    for name, place in zip(table.items, table.bank.competence.tolist(), strict=True):
        if name not in found:
            raise UnreadableTableError(f"{path} has no line for the item {name} of {table.path}.")
        if found[name].competence not in {"", table.competences[place]}:
            raise UnreadableTableError(f"{path}: the item {name} has another competence in {table.path}.")
    known = set(table.items)
    for name in found:
        if name not in known:
            raise UnreadableTableError(f"{path}: the item {name} is not in {table.path}.")
    columns = np.array([(found[name].a, found[name].b, found[name].c) for name in table.items])
    return replace(table.bank, discrimination=columns[:, 0], difficulty=columns[:, 1], guess=columns[:, 2])


def read_abilities(path: Path, competences: Sequence[str]) -> AbilityTable:
    """The abilities of a file with one column `theta`, or one column for each of these competences.

    A first column `person` names the persons, who are numbered otherwise. Raises UnreadableTableError.
    """
    header, lines = read_lines(path)
    columns = header[1:] if header[0] == PERSON else header
    order = [ONE_ABILITY] if columns == [ONE_ABILITY] else _columns_of(path, columns, competences)
    if not lines:
        raise UnreadableTableError(f"{path} holds no person: there is no line after the header.")
    abilities = np.array([[line.real(column) for column in order] for line in lines])
    return AbilityTable(tuple(line.cells.get(PERSON, str(number)) for number, line in enumerate(lines, 1)), abilities)


def _columns_of(path: Path, columns: Sequence[str], competences: Sequence[str]) -> list[str]:
    """The column of each competence."""
    found: dict[str, str] = {}
    for column in columns:
        name = _competence(column)
        if name not in competences:
            raise UnreadableTableError(f"{path} line 1, column {column}: the bank has no such competence.")
        if name in found:
            raise UnreadableTableError(f"{path} line 1, column {column}: the competence {name} is there twice.")
        found[name] = column
    for name in competences:
        if name not in found:
            wanted = f"{ONE_ABILITY}, or one for the competence {name} of the bank"
            raise UnreadableTableError(f"{path} line 1: there is no column {wanted}.")
    return [found[name] for name in competences]


def _items(path: Path, needed: Sequence[str]) -> dict[str, _Item]:
    """The items by name, in the order of the file."""
    header, lines = read_lines(path)
    for column in needed:
        if column not in header:
            raise UnreadableTableError(f"{path} line 1: there is no column {column}.")
    if not lines:
        raise UnreadableTableError(f"{path} holds no item: there is no line after the header.")
    items: dict[str, _Item] = {}
    owner: dict[str, str] = {}
    for line in lines:
        item = _item(line)
        if item.name in items:
            raise line.fault("item", f"{item.name} is there twice")
        if owner.setdefault(item.topic, item.competence) != item.competence:
            raise line.fault("competence", f"the topic {item.topic} is one of {owner[item.topic]}")
        items[item.name] = item
    return items


def _item(line: Line) -> _Item:
    name, a, b, c = line.text("item"), line.real("a"), line.real("b"), line.real("c", 0.0)
    if not a > 0:
        raise line.fault("a", f"{line.cells['a']!r} is not positive")
    if not 0 <= c < 1:
        raise line.fault("c", f"{line.cells['c']!r} is not in [0, 1)")
    topic, competence = line.text("topic", name), _competence(line.text("competence"))
    level, timed = line.whole("level", 1, 1, LEVELS), line.whole("timed", 0, 0, 1)
    return _Item(name, a, b, c, competence, topic, level, bool(timed))


def _competence(name: str) -> str:
    """A competence's name without the c that may stand before its number."""
    return name[1:] if re.match(r"[cC]\d", name) else name


def _natural(name: str) -> list[tuple[bool, int, str]]:
    """A key that puts 1.10 after 1.9."""
    return [(not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", name)]
