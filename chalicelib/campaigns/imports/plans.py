"""What an import would change: a pure comparison of a file's rows with the learners who are known.

An import adds and corrects. It deletes nobody: who is absent from the file is only told. It empties nothing: a cell that is empty, or
a column that is not there, leaves what is known. And it never guesses who somebody is: what could give one person's results to
another, or split a person in two, is a conflict, left alone until somebody confirms it.

Conflicts are judged against the learners as they will be, so that a plan does not depend on how much of it was applied already:
whoever retries an import that died half-way ends where it would have ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from unicodedata import combining, normalize

from chalicelib.campaigns.imports.model import Field, Learner, LearnerRow, LeftRow, Row

_Identity = tuple[str, str, date]

_JOINTS = str.maketrans("", "", " -‐‑'’ʼ")


class Policy(StrEnum):
    """What to do with a file that is not wholly right."""

    VALID_ROWS = "valid-rows"
    """Apply what is right and leave the rest."""
    ALL_OR_NONE = "all-or-none"
    """Apply nothing unless there is no fault and no conflict."""


CONFLICTS = {
    "same-external-id": "Several rows have this external id: none of them is applied.",
    "other-person": "Somebody else has this external id: neither a name nor the birth date is the same.",
    "same-person": "Somebody of the same names and birth date has another external id.",
}
"""Why a row is left alone, by its stable code. A person may confirm the last two, never the first."""


@dataclass(frozen=True)
class Changed:
    """A learner who is known otherwise."""

    line: int
    before: Learner
    after: Learner
    fields: tuple[Field, ...]
    """Which fields differ."""


@dataclass(frozen=True)
class Conflict:
    """An external id that only a person can settle."""

    code: str
    """One of `CONFLICTS`."""
    lines: tuple[int, ...]
    external_id: str = field(repr=False)
    others: tuple[str, ...] = field(default=(), repr=False)
    """The other external ids of what seems to be the same person."""


@dataclass(frozen=True)
class Plan:
    """What an import would do, in the order of the file."""

    created: tuple[LearnerRow, ...]
    changed: tuple[Changed, ...]
    unchanged: tuple[str, ...] = field(repr=False)
    """External ids."""
    conflicts: tuple[Conflict, ...]
    absent: tuple[str, ...] = field(repr=False)
    """External ids that are known and not in the file, in their order: told, never deleted."""
    faulty: int
    """Rows with a fault."""

    def to_write(self, policy: Policy) -> tuple[Learner, ...]:
        """The learners to write under this policy. Writing them once, twice or in part and again comes to the same."""
        if policy is Policy.ALL_OR_NONE and (self.faulty or self.conflicts):
            return ()
        return (*(row.learner for row in self.created), *(one.after for one in self.changed))


@dataclass
class _Read:
    """The rows of a file, sorted out."""

    rows: dict[str, LearnerRow] = field(default_factory=dict)
    """By external id, those that are right and alone with it."""
    doubled: dict[str, list[int]] = field(default_factory=dict)
    """External ids that several rows have, and their lines."""
    mentioned: set[str] = field(default_factory=set)
    """Every external id of the file, of faulty rows too."""
    faulty: int = 0


def plan(existing: Mapping[str, Learner], rows: Iterable[Row], confirmed: Set[str] = frozenset()) -> Plan:
    """Compare the rows of a file with the learners known by external id; `confirmed` are external ids whose conflict a person settled."""
    read = _sorted_out(rows)
    after = {one: _merged(existing[one], row.learner) for one, row in read.rows.items() if one in existing}
    others = {one for one in after if _is_other(existing[one], read.rows[one].learner) and one not in confirmed}
    namesakes = _namesakes(existing, after, read.rows, others)
    created, changed, unchanged, conflicts = list[LearnerRow](), list[Changed](), list[str](), list[Conflict]()
    for one, row in read.rows.items():
        if one in others:
            conflicts.append(Conflict("other-person", (row.line,), one))
        elif one not in existing and one in namesakes and one not in confirmed:
            conflicts.append(Conflict("same-person", (row.line,), one, namesakes[one]))
        elif one not in existing:
            created.append(row)
        elif fields := _differing(existing[one], after[one]):
            changed.append(Changed(row.line, existing[one], after[one], fields))
        else:
            unchanged.append(one)
    conflicts += [Conflict("same-external-id", tuple(lines), one) for one, lines in read.doubled.items()]
    conflicts.sort(key=lambda conflict: conflict.lines)
    absent = tuple(sorted(set(existing) - read.mentioned))
    return Plan(tuple(created), tuple(changed), tuple(unchanged), tuple(conflicts), absent, read.faulty)


def _sorted_out(rows: Iterable[Row]) -> _Read:
    read = _Read()
    row_before = 0
    for row in rows:
        if isinstance(row, LearnerRow):
            read.rows[row.learner.external_id] = row
            read.mentioned.add(row.learner.external_id)
            continue
        if isinstance(row, LeftRow):
            continue
        read.faulty += row.row != row_before
        row_before = row.row
        if row.external_id is not None:
            read.mentioned.add(row.external_id)
            if row.earlier_line is not None:
                read.rows.pop(row.external_id, None)
                read.doubled.setdefault(row.external_id, [row.earlier_line]).append(row.line)
    return read


def _merged(before: Learner, said: Learner) -> Learner:
    """What is known after a row: what it says, and what was known of the rest."""
    if said == before:
        return before
    filled = {one.value: value for one in Field if (value := getattr(said, one.value)) is not None}
    return replace(before, **filled)


def _differing(before: Learner, after: Learner) -> tuple[Field, ...]:
    if before is after:
        return ()
    return tuple(one for one in Field if getattr(before, one.value) != getattr(after, one.value))


def _is_other(before: Learner, said: Learner) -> bool:
    """Whether nothing that identifies a person is known to be the same."""
    if said.birth_date is not None and said.birth_date == before.birth_date:
        return False
    return _plain(before.last_name) != _plain(said.last_name) and _plain(before.first_name) != _plain(said.first_name)


def _namesakes(
    existing: Mapping[str, Learner], after: Mapping[str, Learner], rows: Mapping[str, LearnerRow], others: Set[str]
) -> dict[str, tuple[str, ...]]:
    """For each external id that is not known yet, those of people of the same names and birth date, once the import is applied."""
    added = {one: _identity(row.learner) for one, row in rows.items() if one not in existing}
    wanted = {identity for identity in added.values() if identity is not None}
    people: defaultdict[_Identity, list[str]] = defaultdict(list)
    for one, identity in added.items():
        if identity is not None:
            people[identity].append(one)
    for one, before in existing.items() if wanted else ():
        identity = _identity(before if one in others else after.get(one, before))
        if identity in wanted:
            people[identity].append(one)
    return {
        one: tuple(sorted(other for other in people[identity] if other != one))
        for one, identity in added.items()
        if identity is not None and len(people[identity]) > 1
    }


def _identity(learner: Learner) -> _Identity | None:
    """What makes two rows look like one person; None without a birth date, as names alone are shared by many."""
    return (_plain(learner.last_name), _plain(learner.first_name), learner.birth_date) if learner.birth_date else None


def _plain(name: str) -> str:
    """A name as registers disagree on it: without accents, case, hyphens, apostrophes and spaces."""
    if not name.isascii():
        name = "".join(letter for letter in normalize("NFKD", name) if not combining(letter))
    return name.casefold().translate(_JOINTS)
