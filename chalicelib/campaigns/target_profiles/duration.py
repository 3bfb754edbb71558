"""How long a target profile takes: how many challenges the engine will ask, and the seconds that each takes.

The engine settles a topic by a search of its ladder. For somebody of ability θ let V(f, u) be how often each rung is asked when all is
acquired up to rung f and nothing is known up to rung u. With ℓ the rung that the engine's gain prefers (`engine.training`),

    V(f, u) = e_ℓ + P(right at ℓ | θ) · V(ℓ, u) + P(wrong at ℓ | θ) · V(f, ℓ − 1),      V = 0 where no rung is unknown

averaged over abilities as the release believes them to be. The first challenge of a competence where nothing is known is an easy one:
of the m topics targeted there, each is the first with chance 1/m. Otherwise the engine is taken to know θ, as it nearly does after a few
answers. A test holds the estimate to the engine itself, and `palier profiles estimate` shows both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

import numpy as np

from chalicelib.content.releases import Release
from chalicelib.content.target_profiles import Caps
from chalicelib.engine.bank import LEVELS, Bools, Floats, Ints, ItemBank, probability
from chalicelib.engine.rules import TrainingRules
from chalicelib.engine.scoring import level_of_ability

POINTS = 5
"""Abilities that stand for everybody's."""

Timings = Mapping[str, float]
"""Median seconds of real answers, by the id of the challenge."""
NO_TIMINGS: Timings = {}
"""Nothing collects timings yet: the release's own seconds are what counts."""


@dataclass(frozen=True)
class Duration:
    """What a profile takes somebody whom nobody knows yet. What is known already, and a campaign's budget, only shorten it."""

    challenges: float
    """Expected answers."""
    seconds: float

    @property
    def minutes(self) -> int:
        """The nearest whole minute, one at least."""
        return max(1, round(self.seconds / 60))


def duration_of(release: Release, caps: Caps, timings: Timings = NO_TIMINGS) -> Duration:
    """What these targets take with this release; topics that it does not have take nothing."""
    places = [(release.topic_index[topic], level) for topic, level in caps.items() if topic in release.topic_index]
    if not places:
        return Duration(0.0, 0.0)
    topics, levels = np.array(places, np.intp).T
    of_competence = np.bincount(release.topic_competence[topics], minlength=len(release.framework.competences))
    first = (1.0 / of_competence[release.topic_competence[topics]])[:, None]
    entered_easily, entered_anywhere = (table[topics, levels] for table in askings(release))
    asked = first * entered_easily + (1.0 - first) * entered_anywhere
    answers = float(asked.sum())
    longest = release.rules.training.max_answers
    share = min(1.0, longest / answers) if answers else 1.0
    return Duration(share * answers, share * float((asked * _seconds(release, timings)[topics]).sum()))


def answers_within(minutes: int, duration: Duration) -> int:
    """How many answers a budget of so many minutes is worth, at the mean pace of these targets; one at the least."""
    return max(1, int(minutes * 60 * duration.challenges / duration.seconds)) if duration.seconds else 1


@lru_cache(maxsize=2)
def askings(release: Release) -> tuple[Floats, Floats]:
    """How often each rung of each ladder is asked, on average, when it is targeted up to a level: (T, 9, 8), level first, then rung.

    Two tables: of a topic that is the first of its competence, and of any other. Made in some milliseconds, once for each release in a
    process.
    """
    abilities, weights = _abilities(release.rules.training)
    search = _Search.of(release, abilities)
    easy = np.maximum(np.arange(1, LEVELS + 1) - release.rules.training.start_level, 0.0)
    tables = []
    for excess in (np.broadcast_to(easy, search.excess.shape), search.excess):
        everybody = np.stack([search.entered(level, excess) for level in range(LEVELS + 1)], axis=1)
        table: Floats = np.einsum("tlqr,q->tlr", everybody, weights)
        table.flags.writeable = False
        tables.append(table)
    return tables[0], tables[1]


@dataclass(frozen=True, eq=False)
class _Search:
    """V(f, u) of every ladder at once, at each ability, each worked out once."""

    ladder: Bools
    """(T, 8)"""
    right: Floats
    """P(right) on each rung, (T, Q, 8)."""
    knowing: Floats
    """The chance to be right by knowing, (T, Q, 8)."""
    excess: Floats
    """Levels that each rung stands too high for each ability, (Q, 8)."""
    done: dict[tuple[int, int], Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, release: Release, abilities: Floats) -> Self:
        bank, rules = release.bank_in("fr"), release.rules.training
        practice = _practice(release)
        right = _mean_of_rungs(bank, practice, _chances(bank, abilities))
        guess = _mean_of_rungs(bank, practice, bank.guess[:, None])
        highest = np.maximum(np.floor(level_of_ability(abilities) + rules.largest_jump + 1e-9), 1.0)
        excess: Floats = np.maximum(np.arange(1, LEVELS + 1) - highest[:, None], 0.0)
        return cls(bank.ladder, right, (right - guess) / (1.0 - guess), excess)

    def entered(self, top: int, excess: Floats) -> Floats:
        """V(0, top), (T, Q, 8), the first rung chosen by these levels too high."""
        return self._worked_out(0, top, excess)

    def visits(self, floor: int, top: int) -> Floats:
        """V(floor, top), (T, Q, 8)."""
        if (floor, top) not in self.done:
            self.done[floor, top] = self._worked_out(floor, top, self.excess)
        return self.done[floor, top]

    def _worked_out(self, floor: int, top: int, excess: Floats) -> Floats:
        result = np.zeros_like(self.right)
        if floor >= top:
            return result
        asked = self._asked(floor, top, excess)
        for level in range(floor + 1, top + 1):
            here = (asked == level)[:, :, None]
            if here.any():
                right = self.right[:, :, level - 1, None]
                after = right * self.visits(level, top) + (1.0 - right) * self.visits(floor, level - 1)
                after[:, :, level - 1] += 1.0
                np.copyto(result, after, where=here)
        return result

    def _asked(self, floor: int, top: int, excess: Floats) -> Ints:
        """The level to ask, (T, Q), 0 where nothing is unknown: most skills settled, not far above the ability."""
        unknown: Bools = self.ladder[:, floor:top]
        below = np.cumsum(unknown, axis=1)[:, None, :]
        above = np.cumsum(unknown[:, ::-1], axis=1)[:, None, ::-1]
        between = slice(floor, top)
        settled = self.knowing[:, :, between] * below + (1.0 - self.right[:, :, between]) * above
        value: Floats = np.where(unknown[:, None, :], settled - _TOO_HIGH * excess[:, between], -np.inf)
        asked: Ints = np.where(np.any(unknown, axis=1, keepdims=True), floor + 1 + np.argmax(value, axis=2), 0)
        return asked


_TOO_HIGH = 100.0
"""More than any ladder's skills: a rung too high is asked only where no other is unknown, the least too high first."""


def _abilities(rules: TrainingRules) -> tuple[Floats, Floats]:
    """Abilities and their weights, (Q,) each, as a normal has them (Gauss-Hermite quadrature)."""
    points, weights = np.polynomial.hermite_e.hermegauss(POINTS)
    return rules.prior_mean + rules.prior_sd * points, weights / weights.sum()


def _practice(release: Release) -> Bools:
    """Which challenges somebody without needs is asked at a computer, (n,)."""
    return release.playable(frozenset(), "computer", "fr")


def _mean_of_rungs(bank: ItemBank, practice: Bools, values: Floats) -> Floats:
    """The mean over each rung's challenges of (n, Q) values: (T, Q, 8), 0 where there is no challenge."""
    place = bank.topic[practice] * LEVELS + bank.level[practice] - 1
    rungs = bank.ladder.size
    count = np.bincount(place, minlength=rungs)
    sums = np.stack([np.bincount(place, column, minlength=rungs) for column in values[practice].T])
    means: Floats = (sums / np.maximum(count, 1)).reshape(len(sums), *bank.ladder.shape).transpose(1, 0, 2)
    return means


def _chances(bank: ItemBank, abilities: Floats) -> Floats:
    """P(right) of each challenge, (n, Q)."""
    return probability(abilities, bank.discrimination[:, None], bank.difficulty[:, None], bank.guess[:, None])


def _seconds(release: Release, timings: Timings) -> Floats:
    """Mean seconds of the challenges of each rung, (T, 8)."""
    seconds = release.seconds.astype(float)
    for challenge, median in timings.items():
        if challenge in release.ordinals:
            seconds[release.ordinals[challenge]] = median
    return _mean_of_rungs(release.bank_in("fr"), _practice(release), seconds[:, None])[:, 0]
