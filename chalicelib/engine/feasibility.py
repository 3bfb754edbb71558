"""Whether the tests of a rules version can be given at all: asked when it is published, with everything that lacks told at once.

A test has at most one item of a skill. So where n_k items show skill k and none may be in more than a share r of the tests, skill k is in
at most min(1, r n_k) of them, and competence c gives at most

    C_c = Σ_k min(1, r n_k)          items a test, on average.

Some lottery over whole tests keeps every limit and every quota if and only if

    C_c ≥ minimum_c for every competence,      Σ_c min(C_c, maximum_c) ≥ length.

That it is needed is plain. That it is enough: rates of items with these sums exist; and skills, competences and tests are nested, so the
vertices of all rates with whole bounds are whole (Edmonds 1970): the rates are a mixture of tests. Items already met by a person, enemies
and topics are not part of the proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from chalicelib.engine.bank import LEVELS, Bools, Floats, Ints, ItemBank
from chalicelib.engine.blueprint import Blueprint
from chalicelib.engine.exposure import Limits


class Lacking(StrEnum):
    """What there is too little of."""

    ITEMS = "items"
    """Playable items."""
    SKILLS = "skills"
    """Distinct skills among them."""
    TOPICS = "topics"
    """Distinct topics among them, where the competence has enough topics at all."""
    EXPOSURE = "exposure"
    """Items a test that the limit lets be given, on average."""
    STRATUM_EXPOSURE = "stratum-exposure"
    """The same under the limit of one stratum; never without the other, whose limit is not higher."""


@dataclass(frozen=True)
class Shortage:
    """One thing that there is too little of, in one competence or, where that is None, in all."""

    what: Lacking
    competence: int | None
    has: float
    needs: int


def shortages(bank: ItemBank, blueprint: Blueprint, limits: Limits, playable: Bools | None = None) -> tuple[Shortage, ...]:
    """Everything that a test of this blueprint lacks, what concerns all competences first; empty when tests can be given.

    `playable`, (n,), says which items count, all unless told. Raises ValueError when the quotas are not one a competence.
    """
    if blueprint.minimum and len(blueprint.minimum) != bank.competences:
        raise ValueError(f"quotas of {len(blueprint.minimum)} competences, and a bank of {bank.competences}")
    there = _There.of(bank, np.ones(len(bank), bool) if playable is None else playable)
    least = blueprint.minimum or (0,) * bank.competences
    most = blueprint.maximum or (blueprint.length,) * bank.competences
    rates = {Lacking.EXPOSURE: there.given(limits.population)}
    if limits.stratum is not None:
        rates[Lacking.STRATUM_EXPOSURE] = there.given(limits.stratum)
    found = [
        Shortage(Lacking.ITEMS, None, float(there.items.sum()), blueprint.length),
        Shortage(Lacking.SKILLS, None, float(np.minimum(there.skills, most).sum()), blueprint.length),
        *(Shortage(what, None, float(np.minimum(rate, most).sum()), blueprint.length) for what, rate in rates.items()),
    ]
    for c, needs in enumerate(least):
        found += [
            Shortage(Lacking.ITEMS, c, float(there.items[c]), needs),
            Shortage(Lacking.SKILLS, c, float(there.skills[c]), needs),
        ]
        if there.all_topics[c] >= needs:
            found.append(Shortage(Lacking.TOPICS, c, float(there.topics[c]), needs))
        found += [Shortage(what, c, float(rate[c]), needs) for what, rate in rates.items()]
    return tuple(one for one in found if one.has < one.needs - _ROUNDING)


@dataclass(frozen=True, eq=False)
class _There:
    """What each competence has, (C,) each but the last two."""

    items: Ints
    skills: Ints
    topics: Ints
    all_topics: Ints
    """Topics that the framework gives it, with or without a playable item."""
    items_of_skill: Ints
    """Playable items of each skill, numbered across topics, (T × 8,)."""
    competence_of_skill: Ints

    @classmethod
    def of(cls, bank: ItemBank, playable: Bools) -> _There:
        owner, competences = bank.topic_competence, bank.competences
        skill = (bank.topic * LEVELS + bank.level - 1)[playable]
        items_of_skill = np.bincount(skill, minlength=len(owner) * LEVELS)
        competence_of_skill = np.repeat(owner, LEVELS)
        with_item = np.bincount(bank.topic[playable], minlength=len(owner)) > 0
        return cls(
            np.bincount(bank.competence[playable], minlength=competences),
            np.bincount(competence_of_skill[items_of_skill > 0], minlength=competences),
            np.bincount(owner[with_item], minlength=competences),
            np.bincount(owner, minlength=competences),
            items_of_skill,
            competence_of_skill,
        )

    def given(self, limit: float) -> Floats:
        """C_c of the module's formula, (C,)."""
        rates = np.minimum(1.0, limit * self.items_of_skill)
        given: Floats = np.bincount(self.competence_of_skill, weights=rates, minlength=len(self.items)).astype(np.float64)
        return given


_ROUNDING = 1e-9
