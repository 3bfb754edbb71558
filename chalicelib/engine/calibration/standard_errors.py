"""How sure a and b are: the cross-product information of the marginal likelihood (Meilijson 1989), and the delta method.

The score of person i is the posterior mean of the complete-data score (Louis 1982):

    s_i = Σ_q p(θ_q | answers of i) · ∂ log P(u_ij | θ_q) / ∂(a_j, d_j),   I = Σ_i s_i s_iᵀ,   Cov(a, d) ≈ I⁻¹ · (m − p − 1) / m

over the p parameters inverted together and m persons. The last factor takes off what inverting a sum over few persons adds
(the mean of an inverse Wishart matrix: Anderson 2003, §7.7). With many persons for each parameter, all parameters are inverted
together, so that errors include what the common scale costs. Otherwise each item is inverted alone, over those who answered
it, which tells the errors a few per cent too small.

From (a, d) to (a, b): b = −d / a, so ∂b/∂a = −b / a and ∂b/∂d = −1 / a.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chalicelib.engine.bank import Bools, Floats, Ints
from chalicelib.engine.calibration.curves import Curves
from chalicelib.engine.calibration.maximisation import WeakPrior
from chalicelib.engine.calibration.responses import MISSING, RIGHT, Outcomes, Responses

TOGETHER = 1_500
"""Largest number of parameters that are inverted together."""
PERSONS_EACH = 5
"""Persons for each parameter, and one answer of each item, from which on they are."""


@dataclass(frozen=True, eq=False)
class ItemErrors:
    """Standard errors on the scale of ability; nan where the answers do not determine them, 0 where an item is held."""

    se_a: Floats
    """(n,)."""
    se_b: Floats
    covariance: Floats
    """Of (a, b), (n, 2, 2)."""


def person_scores(outcomes: Outcomes, posterior: Floats, nodes: Floats, at: Curves) -> Floats:
    """Posterior mean score of each person by each item's (a, d), (N, n, 2), from posterior weights (N, Q) at nodes (Q,)."""
    right, answered = outcomes == RIGHT, outcomes != MISSING
    scores = np.empty((*outcomes.shape, 2))
    for place, factor in ((0, nodes), (1, np.ones_like(nodes))):
        wrong_score = posterior @ (at.wrong_slope * factor).T
        scores[:, :, place] = np.where(right, posterior @ (at.right_slope * factor).T, wrong_score)
    scores *= answered[:, :, None]
    return scores


@dataclass(eq=False)
class ScoreSums:
    """Σ s sᵀ over persons, filled chunk by chunk: of each item alone, and of everything together where that is called for."""

    free: Bools
    """Items that were estimated, (n,)."""
    persons: int
    """Persons with an answer, N."""
    answers: Ints
    """Answers of each item, (n,)."""
    alone: Floats
    """(n, 2, 2)."""
    others: Floats
    """Of the parameters estimated beside those of items, (o, o)."""
    together: Floats | None
    """Of a and d of each free item in turn, then the others, (p, p)."""

    @classmethod
    def none(cls, free: Bools, responses: Responses, others: int = 0) -> ScoreSums:
        """No person yet; `others` is the number of parameters estimated beside those of items."""
        size = 2 * int(free.sum()) + others
        persons, answers = int(np.count_nonzero(responses.answers_of_person)), responses.answers_of_item
        enough = size <= TOGETHER and persons >= PERSONS_EACH * size and answers[free].min(initial=size) >= size
        together = np.zeros((size, size)) if enough else None
        return cls(free, persons, answers, np.zeros((len(free), 2, 2)), np.zeros((others, others)), together)

    def add(self, scores: Floats, others: Floats, count: Floats) -> None:
        """Add persons with scores (N, n, 2) and (N, others), each counted `count` (N,) times."""
        weighted = scores * count[:, None, None]
        for row, column in ((0, 0), (0, 1), (1, 1)):
            self.alone[:, row, column] += np.einsum("ij,ij->j", weighted[:, :, row], scores[:, :, column])
        self.alone[:, 1, 0] = self.alone[:, 0, 1]
        self.others += (others * count[:, None]).T @ others
        if self.together is not None:
            every = np.concatenate([scores[:, self.free].reshape(len(scores), -1), others], axis=1)
            self.together += (every * count[:, None]).T @ every


def item_errors(sums: ScoreSums, a: Floats, d: Floats, prior: WeakPrior | None = None) -> ItemErrors:
    """Errors of a and b, (n,), from the sums; a prior adds its own information."""
    added = np.zeros_like(sums.alone) if prior is None else prior.pull(np.where(a > 0, a, 1.0), d)[1]
    inverse = _inverted(sums.alone + added) * _taken_off(sums.answers, 2)
    together = _inverted_together(sums, added)
    if together is not None:
        inverse = np.where(np.isfinite(together), together, inverse)
    slope = np.where((a == 0) | ~np.isfinite(inverse[:, 0, 0]), np.nan, a)
    delta = np.zeros_like(inverse)
    delta[:, 0, 0], delta[:, 1, 0], delta[:, 1, 1] = 1.0, d / slope**2, -1 / slope
    covariance = np.where(sums.free[:, None, None], delta @ inverse @ delta.transpose(0, 2, 1), 0.0)
    variance = np.stack([covariance[:, 0, 0], covariance[:, 1, 1]])
    se = np.sqrt(np.where(variance >= 0, variance, np.nan))
    return ItemErrors(se[0], se[1], covariance)


def other_errors(sums: ScoreSums) -> Floats:
    """Standard errors of the parameters beside those of items, (o,): with the items' uncertainty where all are inverted together."""
    o = len(sums.others)
    inverse = _inverse_of_all(sums, np.zeros_like(sums.alone))
    variance = 1 / np.maximum(np.diag(sums.others), 1e-300) if inverse is None else np.diag(inverse)[len(inverse) - o :]
    made: Floats = np.sqrt(np.where((variance > 0) & (variance < 1e6), variance, np.nan))
    return made


def _inverted(information: Floats) -> Floats:
    """Inverses of symmetric matrices, (n, 2, 2); nan where one is not positive definite to working precision."""
    aa, ad, dd = information[:, 0, 0], information[:, 0, 1], information[:, 1, 1]
    determinant = aa * dd - ad**2
    sound = (aa > 1e-8) & (dd > 1e-8) & (determinant > 1e-10 * aa * dd)
    turned = np.stack([np.stack([dd, -ad], axis=-1), np.stack([-ad, aa], axis=-1)], axis=-2)
    made: Floats = np.where(sound[:, None, None], turned, np.nan) / np.where(sound, determinant, 1.0)[:, None, None]
    return made


def _inverted_together(sums: ScoreSums, added: Floats) -> Floats | None:
    """The items' blocks of the inverse of everything, (n, 2, 2), nan for held items; None when it cannot be inverted."""
    inverse = _inverse_of_all(sums, added)
    if inverse is None:
        return None
    made = np.full_like(sums.alone, np.nan)
    for place, item in enumerate(np.flatnonzero(sums.free).tolist()):
        made[item] = inverse[2 * place : 2 * place + 2, 2 * place : 2 * place + 2]
    return made


def _inverse_of_all(sums: ScoreSums, added: Floats) -> Floats | None:
    """The inverse of the information on everything, (p, p), with what is added to each item, (n, 2, 2)."""
    if sums.together is None or not len(sums.together):
        return None
    information = sums.together.copy()
    for place, item in enumerate(np.flatnonzero(sums.free).tolist()):
        information[2 * place : 2 * place + 2, 2 * place : 2 * place + 2] += added[item]
    scale = np.sqrt(np.diag(information))
    if not np.all(scale > 1e-4):
        return None
    scaled = information / np.outer(scale, scale)
    values, vectors = np.linalg.eigh(scaled)
    if values[0] < 1e-10:
        return None
    made: Floats = (vectors / values) @ vectors.T / np.outer(scale, scale)
    return made * float(_taken_off(np.array([sums.persons]), len(scale))[0, 0, 0])


def _taken_off(m: Ints, p: int) -> Floats:
    """(m − p − 1) / m, (n, 1, 1), never below 1 / m."""
    made: Floats = (np.maximum(m - p - 1, 1) / np.maximum(m, 1))[:, None, None]
    return made
