"""An organisation, and a person's standing in it: what each becomes, decided without any store.

An organisation names *the admins it counts on*. Each of them is an admin, and there is always one; `roles` says why. What a person
may do is only ever read from their standing. A standing is never deleted: one that ended keeps its instant, so that nothing that was
decided before can bring the person back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from chalicelib.kernel.clock import Instant, later
from chalicelib.kernel.errors import ConflictError, NotFoundError, UnavailableError
from chalicelib.kernel.ids import derive_id

DEEPEST = 5
"""Organisations from the root of a tree to its deepest leaf."""

MOST_COUNTED_ON = 50
"""Admins that an organisation counts on; with ids of 64 characters its item stays under 4 KB. Others are admins all the same."""

TRIES = 8
"""How often a decision is made again when somebody else was faster."""

PERSON_PATTERN = "^[A-Za-z0-9_-]{1,64}$"
"""The id of a person: the subject of their token."""

_PERSON = re.compile(PERSON_PATTERN)


class OrganisationType(StrEnum):
    """What kind of organisation it is."""

    SCHOOL = "school"
    HIGHER_EDUCATION = "higher-education"
    PUBLIC_EMPLOYER = "public-employer"
    COMPANY = "company"
    MEDIATION = "mediation"


class Role(StrEnum):
    """What a member is."""

    ADMIN = "admin"
    MEMBER = "member"

    def covers(self, other: Role) -> bool:
        """Whether it is the other role, or a higher one."""
        return self is Role.ADMIN or other is Role.MEMBER


class PlacesPolicy(StrEnum):
    """What happens when more people take part than there are places."""

    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True)
class Places:
    """How many people may take part, and what happens to one more."""

    quota: int
    policy: PlacesPolicy


@dataclass(frozen=True)
class OrganisationWish:
    """What somebody wants an organisation to be."""

    type: OrganisationType
    name: str
    places: Places | None = None

    def fingerprint(self, parent_id: str) -> str:
        """What two wishes have in common that are the same."""
        places = ("", "") if self.places is None else (str(self.places.quota), self.places.policy)
        return derive_id("organisation wished", self.type, self.name, *places, parent_id)


@dataclass(frozen=True)
class Organisation:
    """An organisation as it is kept."""

    id: str
    type: OrganisationType
    name: str
    places: Places | None
    ancestors: tuple[str, ...]
    """From the root of its tree to its parent; set for ever when it is created, so that a tree has no cycle."""
    admins: tuple[str, ...]
    """The admins it counts on, never none."""
    created_at: Instant
    wished: str
    """The fingerprint of what it was created from."""
    deleted: bool = False
    version: int = 1
    """How many times it was written."""

    @property
    def parent_id(self) -> str | None:
        """The organisation that it was created under."""
        return self.ancestors[-1] if self.ancestors else None

    def ancestors_of_a_child(self) -> tuple[str, ...]:
        """The ancestors of a child; raises `ConflictError` when the tree would be too deep."""
        ancestors = (*self.ancestors, self.id)
        if len(ancestors) >= DEEPEST:
            raise ConflictError("tree-too-deep", "Organisations stand in at most five levels.", levels=DEEPEST)
        return ancestors

    def edited(self, name: str, places: Places | None) -> Self:
        """With this name and these places."""
        return replace(self, name=name, places=places, version=self.version + 1)

    def ended(self) -> Self:
        """Marked as deleted."""
        return replace(self, deleted=True, version=self.version + 1)

    def counting_on(self, person_id: str) -> Self:
        """Counting on this admin too, unless it does already or counts on enough."""
        if person_id in self.admins or len(self.admins) >= MOST_COUNTED_ON:
            return self
        return replace(self, admins=(*self.admins, person_id), version=self.version + 1)

    def no_longer_counting_on(self, person_id: str) -> Self:
        """The next version, without this admin; raises `ConflictError` when it would count on none."""
        admins = tuple(one for one in self.admins if one != person_id)
        if not admins:
            raise ConflictError("last-admin", "An organisation keeps an admin; make another member one first.")
        return replace(self, admins=admins, version=self.version + 1)


@dataclass(frozen=True)
class Standing:
    """What a person is in an organisation, and since when."""

    organisation_id: str
    person_id: str
    role: Role | None
    """None for somebody who is no member, or no more."""
    at: Instant
    """When the role was decided. What was decided before changes nothing any more."""
    version: int
    """How many times it was written; 0 for never."""

    @classmethod
    def none(cls, organisation_id: str, person_id: str) -> Self:
        """Of somebody who never was a member."""
        return cls(organisation_id, person_id, None, Instant(0), 0)

    def with_role(self, role: Role | None, at: Instant) -> Self:
        """This role, decided at this instant, or just after the one before."""
        return replace(self, role=role, at=max(at, self.next_at()), version=self.version + 1)

    def written_again(self) -> Self:
        """The same under another version: whoever read it before has to read again."""
        return replace(self, version=self.version + 1)

    def next_at(self) -> Instant:
        """The first instant at which something else may be decided."""
        return later(self.at, 1)


def is_person_id(text: str) -> bool:
    """Whether this text may be the id of a person."""
    return _PERSON.fullmatch(text) is not None


def no_organisation() -> NotFoundError:
    """Told alike to strangers, of what was deleted, and of what never was."""
    return NotFoundError("organisation-not-found", "There is no such organisation, or none of yours.")


def busy() -> UnavailableError:
    """Everybody else was faster, each time."""
    return UnavailableError("organisation-busy", "This organisation changes too fast; try again.")
