"""How virtual persons really answer: by a true bank, with lucky guesses and slips, whatever the engine believes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import Bools, Floats, ItemBank, probability


@dataclass(frozen=True)
class Behaviour:
    """How persons depart from the model. Raises ValueError when a share is not one."""

    guessing: float = 0.0
    """Share of the items not known that are guessed right all the same."""
    slips: float = 0.0
    """Share of the items known that are missed all the same."""

    def __post_init__(self) -> None:
        if not (0 <= self.guessing < 1 and 0 <= self.slips < 1):
            raise ValueError("guessing and slips must be in [0, 1)")


@dataclass(frozen=True, eq=False)
class Truth:
    """N persons and the items they answer. Each person's outcome at each item is drawn once, whatever the order of asking."""

    bank: ItemBank
    """The parameters by which they answer."""
    abilities: Floats
    """(N, D): one column, or one a competence."""
    seed: int
    behaviour: Behaviour = Behaviour()

    def __post_init__(self) -> None:
        if self.abilities.ndim != 2 or self.abilities.shape[1] not in {1, self.bank.competences}:
            raise ValueError("abilities must have one column, or one for each competence")
        if not np.all(np.isfinite(self.abilities)):
            raise ValueError("every ability must be finite")

    def __len__(self) -> int:
        return len(self.abilities)

    @property
    def composite(self) -> Floats:
        """The true mean ability of each person, (N,)."""
        composite: Floats = self.abilities.mean(axis=1)
        return composite

    def outcomes(self, person: int) -> Bools:
        """What this person would answer right, (n,)."""
        bank, own = self.bank, self.abilities[person]
        theta = own[bank.competence] if len(own) > 1 else np.full(len(bank), own[0])
        chance = probability(theta, bank.discrimination, bank.difficulty, bank.guess)
        chance = chance * (1.0 - self.behaviour.slips) + (1.0 - chance) * self.behaviour.guessing
        right: Bools = self.chance(person).random(len(bank)) < chance
        return right

    def chance(self, person: int, purpose: int = 0) -> np.random.Generator:
        """This person's own stream of chance, the same in every run."""
        return np.random.Generator(np.random.Philox(key=[self.seed & _MASK, person * 16 + purpose]))


_MASK = (1 << 64) - 1
