"""A framework of competences: versioned data, the French CRCN first."""

from __future__ import annotations

from chalicelib.content.texts import Strict, Text


class Competence(Strict):
    """One competence, with the DigComp competences it corresponds to."""

    id: str
    title: Text
    digcomp: tuple[str, ...] = ()
    digcomp_partly: tuple[str, ...] = ()


class Area(Strict):
    """A group of competences."""

    id: str
    title: Text
    competences: tuple[Competence, ...]


class Framework(Strict):
    """Areas and their competences, in order."""

    id: str
    title: Text
    version: str
    source: str
    levels: int
    mapping_note: Text
    areas: tuple[Area, ...]

    @property
    def competences(self) -> tuple[Competence, ...]:
        """All competences in the framework's order."""
        return tuple(competence for area in self.areas for competence in area.competences)

    def competences_in(self, scope: str) -> tuple[str, ...]:
        """Ids of the competences of a scope: the framework's id, an area's or a competence's. Empty for an unknown scope."""
        if scope == self.id:
            return tuple(competence.id for competence in self.competences)
        for area in self.areas:
            if scope == area.id:
                return tuple(competence.id for competence in area.competences)
        return tuple(competence.id for competence in self.competences if competence.id == scope)
