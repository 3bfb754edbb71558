"""One assessment with everything it pins: what is asked next, in which order options stand, what was learned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chalicelib.assessments.fold import Next
from chalicelib.assessments.model import UNASKED, Given, Outcome, Start, StopReason
from chalicelib.content.challenges import Challenge, in_variant, variants_of
from chalicelib.content.releases import Release
from chalicelib.content.shown import Shuffle
from chalicelib.engine.bank import LEVELS
from chalicelib.engine.evidence import Evidence, gains
from chalicelib.engine.picks import pick, shuffled
from chalicelib.engine.training import Choice, Estimate, Task, choose, estimate
from chalicelib.kernel.clock import SECOND, Instant, later
from chalicelib.kernel.errors import UnavailableError

MOST_COUNTED = 20
"""Possible answers counted in `Start.known`: 20 or more all guess at the least chance that counts (0.05)."""


def known_sign(right: bool, possible_answers: int) -> str:
    """One rung of `Start.known`: a letter A (free answer) to U (20 possible answers or more), small when missed."""
    sign = chr(ord("A") + min(possible_answers, MOST_COUNTED))
    return sign if right else sign.lower()


@dataclass(frozen=True)
class Secrets:
    """The secrets of the seeded picks, by version."""

    by_version: Mapping[int, bytes]

    @property
    def latest(self) -> int:
        """The version that new assessments pin."""
        return max(self.by_version)

    def of(self, version: int) -> bytes:
        """The secret of a version; raises `UnavailableError` when this stage no longer has it."""
        if version not in self.by_version:
            raise UnavailableError("secret-missing", "A secret that this assessment needs is not configured.", version=version)
        return self.by_version[version]


@dataclass(frozen=True, eq=False)
class Step:
    """One answered step, recomputed: what was known before, what that made ask, and what was known after."""

    number: int
    given: Given
    choice: Choice | None
    """The challenge that these rules ask here, and why; None when they ask nothing. Of an unaltered log, the one that was asked."""
    before: Estimate
    after: Estimate

    @property
    def as_served(self) -> bool:
        """Whether the recomputed choice is the challenge that was asked."""
        return self.choice is not None and self.choice.item == self.given.ordinal


class Course:
    """The pure mind of one assessment: everything here is a function of the start, the release and the answers."""

    def __init__(self, start: Start, release: Release, secrets: Secrets) -> None:
        self.start = start
        self.release = release
        self._secret = secrets.of(start.secret)

    @cached_property
    def task(self) -> Task:
        """What the engine needs, constant through the assessment."""
        start, release = self.start, self.release
        seen = np.zeros(len(release), bool)
        seen[list(start.seen)] = True
        priors = np.array(start.priors, float) / 1000.0
        return Task(
            bank=release.bank_in(start.locale),
            rules=release.rules.training,
            start=self._known_evidence(),
            prior_mean=priors[:, 0],
            prior_sd=priors[:, 1],
            targets=np.array([int(digit) for digit in start.targets], np.intp),
            playable=release.playable(frozenset(start.needs), start.device, start.locale),
            seen=seen,
        )

    def _known_evidence(self) -> Evidence:
        evidence = Evidence.nothing(len(self.release.topics))
        places = [place for place, sign in enumerate(self.start.known) if sign != UNASKED]
        if places:
            signs = [self.start.known[place] for place in places]
            possible = np.array([ord(sign.upper()) - ord("A") for sign in signs])
            guess = np.divide(1.0, possible, out=np.zeros(len(signs)), where=possible > 0)
            right = np.array([sign.isupper() for sign in signs])
            topic, rung = np.divmod(np.array(places), LEVELS)
            evidence.gain[topic, rung + 1] = gains(self.release.rules.training, guess, right)
        return evidence

    def estimate(self, answers: tuple[Given, ...]) -> Estimate:
        """What these answers say."""
        items = np.array([given.ordinal for given in answers], np.intp)
        right = np.array([given.outcome is Outcome.CORRECT for given in answers], bool)
        return estimate(self.task, items, right)

    def next(self, answers: tuple[Given, ...]) -> Next:
        """What follows these answers. The same answers always have the same follow-up."""
        if len(answers) >= self.start.length:
            return Next(None, stop=StopReason.LENGTH_REACHED)
        now = self.estimate(answers)
        choice = self._choice(answers, now)
        if choice is None:
            unknown = now.unknown(self.task).any()
            return Next(None, stop=StopReason.NO_CHALLENGE_LEFT if unknown else StopReason.NOTHING_UNKNOWN)
        announced = self.is_checkpoint(len(answers)) or self.release.challenge(choice.item).announced
        return Next(choice.item, announced=announced)

    def _choice(self, answers: tuple[Given, ...], now: Estimate) -> Choice | None:
        asked = np.array([given.ordinal for given in answers], np.intp)
        untimed = not answers or answers[-1].outcome is Outcome.TIMED_OUT
        return choose(self.task, now, asked, untimed, pick(self._secret, self.start.assessment_id, len(answers) + 1))

    def steps(self, answers: tuple[Given, ...]) -> Iterator[Step]:
        """Each answered step, recomputed from the answers before it: for whoever asks why, never on the way of an answer."""
        before = self.estimate(())
        for number, given in enumerate(answers, 1):
            after = self.estimate(answers[:number])
            yield Step(number, given, self._choice(answers[: number - 1], before), before, after)
            before = after

    @cached_property
    def competences(self) -> tuple[str, ...]:
        """The competences that are assessed, in the framework's order."""
        release = self.release
        if self.start.purpose == "placement":
            return release.framework.competences_in(self.start.scope)
        targeted = {topic.competence for topic, cap in zip(release.topics, self.start.targets, strict=True) if cap != "0"}
        return tuple(one for one in release.competence_index if one in targeted)

    def is_checkpoint(self, answers: int) -> bool:
        """Whether a checkpoint follows this many answers: never in an exam, whose solutions are not shown yet."""
        return self.start.purpose != "exam" and answers > 0 and answers % self.release.rules.training.checkpoint_every == 0

    def corrected_until(self, answers: int, stopped: bool) -> int:
        """The last step whose correction may be read: up to the last checkpoint, or all when it is over."""
        every = self.release.rules.training.checkpoint_every
        if stopped:
            return answers
        return 0 if self.start.purpose == "exam" else answers - answers % every

    def challenge(self, ordinal: int) -> Challenge:
        """The challenge at this place of the pinned release, in the variant that this assessment gives its person."""
        challenge = self.release.challenge(ordinal)
        return in_variant(challenge, self.variant(challenge)) if variants_of(challenge) > 1 else challenge

    def variant(self, challenge: Challenge) -> int:
        """The variant that this assessment gives: drawn for the person, then another at each new assessment."""
        drawn = pick(self._secret, f"{self.start.person_id}|{challenge.id}", 0, "variant")
        return (drawn + self.start.turn) % variants_of(challenge)

    def shuffle(self, step: int) -> Shuffle:
        """How the options of this step's challenge stand for this person; the same on every read."""
        return lambda ids, purpose: shuffled(ids, pick(self._secret, self.start.assessment_id, step, purpose))

    def deadline(self, ordinal: int, served_at: Instant) -> Instant | None:
        """When the time of a timed challenge is over, grace not counted; None when it is not timed."""
        limit = self.challenge(ordinal).time_limit_seconds
        return None if limit is None else later(served_at, limit * SECOND)

    def is_too_late(self, ordinal: int, served_at: Instant, now: Instant) -> bool:
        """Whether an answer that arrives now comes after the deadline and its grace."""
        deadline = self.deadline(ordinal, served_at)
        return deadline is not None and now > later(deadline, self.release.rules.grace_seconds * SECOND)
