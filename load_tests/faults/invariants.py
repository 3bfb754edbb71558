"""What must hold when all is quiet, whatever went wrong before. Pure: the ledger and the evidence in, violations out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from chalicelib.assessments.auditing import audit
from chalicelib.assessments.codec import unpack_answer
from chalicelib.assessments.course import Course
from chalicelib.assessments.model import Entry, EntryKind, Outcome, Start
from chalicelib.content.releases import Release
from chalicelib.profiles.contributions import contribution_of
from chalicelib.profiles.folding import fold
from chalicelib.storage import keys
from load_tests.faults.accounts import Account, Accounts
from load_tests.faults.evidence import Evidence
from load_tests.faults.ledger import digest_of


class Kind(StrEnum):
    """What a violation comes to."""

    LOST = "lost"
    DOUBLED = "doubled"
    LATE = "late"
    """Somebody was in time and counts as too late."""
    WRONG = "wrong"


@dataclass(frozen=True)
class Violation:
    """Something that must not be."""

    kind: Kind
    subject: str
    """The assessment or person it is about, or nothing."""
    told: str


@dataclass(frozen=True)
class Witnessed:
    """What was seen on the way, besides the ledger."""

    poison: frozenset[str]
    """The text of each message that was sent to be refused."""
    stored: Mapping[tuple[str, str], int]
    """How often the store accepted an item of each key from the service's processes."""


def violations(
    accounts: Accounts, evidence: Evidence, course_of: Callable[[Start], Course], current: Release, witnessed: Witnessed
) -> list[Violation]:
    """Everything that does not hold."""
    found = [Violation(Kind.WRONG, "", f"intent {line.intent} was told: {line.told}") for line in accounts.wrong]
    for assessment, account in accounts.by_assessment.items():
        entries = evidence.logs.get(assessment)
        if entries is None:
            found.append(Violation(Kind.LOST, assessment, "a started assessment has no log"))
        elif entries[0].start is None or entries[0].number != 0:
            found.append(Violation(Kind.LOST, assessment, "the log has no beginning"))
        else:
            found += of_log(assessment, entries, account, course_of(entries[0].start))
    found += of_starts(accounts, evidence)
    found += of_profiles(evidence, course_of, current)
    found += of_messages(evidence, witnessed.poison)
    found += of_writes(witnessed)
    found += of_exposure(evidence, witnessed)
    return found


def of_log(assessment: str, entries: list[Entry], account: Account, course: Course) -> Iterator[Violation]:
    """One log: without hole or repeat, every acknowledged answer once, nothing that was never sent, time never back."""
    if [entry.number for entry in entries] != list(range(len(entries))):
        yield Violation(Kind.LOST, assessment, f"entries {[entry.number for entry in entries]}")
    answered = [entry for entry in entries if entry.kind is EntryKind.ANSWERED]
    steps = [len(entry.state.answers) for entry in answered]
    if steps != list(range(1, len(steps) + 1)):
        kind = Kind.DOUBLED if len(set(steps)) < len(steps) else Kind.LOST
        yield Violation(kind, assessment, f"the log holds the steps {steps}")
    ordinals = Counter(given.ordinal for given in entries[-1].state.answers)
    for ordinal, times in ordinals.items():
        if times > 1:
            yield Violation(Kind.DOUBLED, assessment, f"challenge {ordinal} is answered {times} times")
    stored = {step: _stored_digest(course, entry) for step, entry in zip(steps, answered, strict=True)}
    for step, digests in account.acknowledged.items():
        if digests != {stored.get(step)}:
            there = "another answer" if step in stored else "nothing"
            yield Violation(Kind.LOST, assessment, f"step {step} was acknowledged, and the log has {there}")
    for step, digest in stored.items():
        if digest not in account.sent[step]:
            yield Violation(Kind.WRONG, assessment, f"step {step} holds an answer that nobody sent")
    if account.finished and entries[-1].state.stop is None:
        yield Violation(Kind.LOST, assessment, "the person was told that it is finished, and it is open")
    if any(later.at < earlier.at for earlier, later in pairwise(entries)):
        yield Violation(Kind.WRONG, assessment, "time goes back")
    for entry in entries:
        if entry.mark is not None:
            yield Violation(Kind.LOST, assessment, f"entry {entry.number} still carries the mark {entry.mark}")
    yield from _of_deadlines(assessment, answered, account, course)
    for one in audit(course, entries):
        yield Violation(Kind.WRONG, assessment, f"entry {one.entry}: {one.what} is {one.stored}, recomputed {one.recomputed}")


def _of_deadlines(assessment: str, answered: list[Entry], account: Account, course: Course) -> Iterator[Violation]:
    """Nobody who was in time by their own watch is told that they were late."""
    for step, entry in enumerate(answered, 1):
        given = entry.state.answers[-1]
        limit = course.challenge(given.ordinal).time_limit_seconds
        if limit and given.outcome is Outcome.TIMED_OUT and account.seconds.get(step, limit) < limit:
            told = f"step {step} took {account.seconds[step]} s of {limit} s, and counts as too late"
            yield Violation(Kind.LATE, assessment, told)


def timed_answers(evidence: Evidence, course_of: Callable[[Start], Course]) -> int:
    """How many stored answers were to challenges with a time limit: how often the rule of deadlines was tried."""
    count = 0
    for entries in evidence.logs.values():
        if entries[0].start is not None:
            course = course_of(entries[0].start)
            count += sum(course.challenge(one.ordinal).time_limit_seconds is not None for one in entries[-1].state.answers)
    return count


def _stored_digest(course: Course, entry: Entry) -> str:
    kind = course.challenge(entry.state.answers[-1].ordinal).kind
    return digest_of(unpack_answer(entry.value), ordered=kind != "choices")


def of_starts(accounts: Accounts, evidence: Evidence) -> Iterator[Violation]:
    """One wish is one assessment, and the persons' own lists know them."""
    for assessment in evidence.logs.keys() - accounts.by_assessment.keys():
        if not accounts.gave_up:
            yield Violation(Kind.DOUBLED, assessment, "nobody was told of this assessment: one wish made two")
    for intent, started in accounts.assessments.items():
        if len(started) > 1:
            yield Violation(Kind.DOUBLED, min(started), f"intent {intent} was given {len(started)} assessments")
    for assessment, account in accounts.by_assessment.items():
        if len(account.intents) > 1:
            yield Violation(Kind.DOUBLED, assessment, f"the intents {sorted(account.intents)} were given one assessment")
    for person, remembered in evidence.attempts.items():
        for assessment in remembered - evidence.logs.keys():
            yield Violation(Kind.WRONG, person, f"the attempt {assessment} has no log")


def of_profiles(evidence: Evidence, course_of: Callable[[Start], Course], current: Release) -> Iterator[Violation]:
    """Each finished assessment is one contribution, and each profile is the fold of its person's contributions."""
    expected: dict[str, dict[str, list[Entry]]] = defaultdict(dict)
    for assessment, entries in evidence.logs.items():
        start = entries[0].start
        if start is not None and entries[-1].state.stop is not None:
            expected[start.person_id][assessment] = entries
        elif start is not None:
            yield Violation(Kind.LOST, assessment, "the clock did not end this assessment")
    for person in expected.keys() | evidence.contributions.keys():
        there = Counter(one.assessment for one in evidence.contributions.get(person, ()))
        for assessment in expected[person].keys() - there.keys():
            yield Violation(Kind.LOST, assessment, "finished, and not in the profile")
        for assessment, times in there.items():
            if times > 1 or assessment not in expected[person]:
                yield Violation(Kind.DOUBLED, assessment, f"{times} contributions")
        for one in evidence.contributions.get(person, ()):
            entries = expected[person].get(one.assessment, [])
            if entries and entries[0].start and contribution_of(course_of(entries[0].start), entries[-1].state) != one:
                yield Violation(Kind.WRONG, one.assessment, "the contribution is not what the log says")
        profile = evidence.profiles.get(person)
        if profile != fold(evidence.contributions.get(person, ()), current):
            yield Violation(Kind.LOST, person, "the profile is not the fold of the contributions")


def of_messages(evidence: Evidence, poison: frozenset[str]) -> Iterator[Violation]:
    """No message waits, every poisoned one and no other is a dead letter."""
    if evidence.waiting_messages:
        yield Violation(Kind.LOST, "", f"{evidence.waiting_messages} messages wait in the queue")
    dead = {letter.body for letter in evidence.dead_letters}
    for body in sorted(dead - poison):
        yield Violation(Kind.LOST, "", f"a dead letter that was no poison: {body[:200]}")
    for body in sorted(poison - dead):
        yield Violation(Kind.LOST, "", f"a poisoned message is nowhere: {body[:200]}")


def of_writes(witnessed: Witnessed) -> Iterator[Violation]:
    """An entry of a log and a contribution are stored once: nothing that is there is ever stored over."""
    for (partition, sort), times in witnessed.stored.items():
        once = partition.startswith(keys.log("")) or sort.startswith(keys.CONTRIBUTION)
        if once and times > 1:
            yield Violation(Kind.DOUBLED, partition[2:], f"the item {sort} was stored {times} times")


def of_exposure(evidence: Evidence, witnessed: Witnessed) -> Iterator[Violation]:
    """Every batch that was stored is counted as often as it was stored, and versions have no hole.

    A batch is stored again when its messages come again after it was counted: then it counts twice, by decision 12.
    """
    if evidence.waiting_batches:
        yield Violation(Kind.LOST, "", f"{evidence.waiting_batches} exposure batches were not counted")
    for series, versions in evidence.versions.items():
        numbers = [number for number, _ in versions]
        if numbers != list(range(1, len(numbers) + 1)):
            yield Violation(Kind.LOST, "", f"the exposure table of {series} has the versions {numbers}")
        counted = Counter(key for _, batches in versions for key in batches)
        stored: Counter[str] = Counter()
        for (partition, sort), times in witnessed.stored.items():
            if partition.rpartition("#")[0] == keys.exposure_versions(*series.split("#")):
                stored[sort] += times
        for key in sorted(counted.keys() | stored.keys()):
            if counted[key] != stored[key]:
                kind = Kind.DOUBLED if counted[key] > stored[key] else Kind.LOST
                told = f"the exposure batch {key} was stored {stored[key]} times and is counted {counted[key]} times"
                yield Violation(kind, "", told)
