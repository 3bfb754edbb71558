"""Virtual persons of known ability: the estimate finds them, is as sure as it says, and the assessment ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from chalicelib.engine.bank import LEVELS, Floats, Ints, ItemBank
from chalicelib.engine.picks import pick
from chalicelib.engine.rules import TrainingRules
from chalicelib.engine.training import Estimate, Task, estimate, select
from tests.engine.builders import RULES, Answer, Item, a_bank, a_task, after, columns_of

SECRET = b"a secret for the tests"
PERSONS = 200
ANSWERS = 32


def a_full_bank(competences: int, topics_each: int, items_each: int, seed: int) -> ItemBank:
    """`items_each` items a topic, of difficulty N(0, 1.2) and discrimination lognormal(0, 0.3), on the rung of their difficulty."""
    rng = np.random.default_rng(seed)
    items = []
    for topic in range(competences * topics_each):
        for b in rng.normal(0.0, 1.2, items_each):
            level = int(np.clip(np.rint(b / 0.8 + 4.5), 1, LEVELS))
            items.append(
                Item(topic, level, a=float(rng.lognormal(0.0, 0.3)), b=float(b), c=float(rng.choice([0.0, 0.0, 0.2, 0.25])))
            )
    return a_bank(items, [topic // topics_each for topic in range(competences * topics_each)])


@dataclass(frozen=True, eq=False)
class Played:
    """One person's assessment, to its end or to the length."""

    answers: list[Answer]
    now: Estimate
    ended: bool


def item_chances(bank: ItemBank, items: Ints | int, theta: Floats) -> Floats:
    """P(right) of these items, each at its ability."""
    a, b, c = bank.discrimination[items], bank.difficulty[items], bank.guess[items]
    made: Floats = c + (1 - c) / (1 + np.exp(-a * (theta - b)))
    return made


def play(task: Task, abilities: Floats, name: str, length: int, rng: np.random.Generator) -> Played:
    """Ask what the engine selects; the person answers right with the chance of the model at their ability (C,)."""
    answers: list[Answer] = []
    bank = task.bank
    for step in range(1, length + 1):
        items, right = columns_of(answers)
        item = select(task, estimate(task, items, right), items, False, pick(SECRET, name, step))
        if item is None:
            return Played(answers, after(task, answers), ended=True)
        chance = item_chances(bank, item, abilities[bank.competence[item]])
        answers.append(Answer(item, bool(rng.random() < chance)))
    return Played(answers, after(task, answers), ended=False)


@cache
def crowd() -> tuple[Floats, list[Played]]:
    """Persons drawn from the prior, each assessed in one competence of 14 topics."""
    rng = np.random.default_rng(20260914)
    task = a_task(a_full_bank(competences=1, topics_each=14, items_each=20, seed=5))
    abilities = rng.normal(RULES.prior_mean, RULES.prior_sd, PERSONS)
    return abilities, [play(task, abilities[[one]], f"person-{one}", ANSWERS, rng) for one in range(PERSONS)]


def correlated(rng: np.random.Generator, persons: int, competences: int) -> Floats:
    """Abilities of the rules' mean and deviation, any two of a person correlating as the rules say, (N, C)."""
    shared, own = rng.normal(size=(persons, 1)), rng.normal(size=(persons, competences))
    z = np.sqrt(RULES.correlation) * shared + np.sqrt(1 - RULES.correlation) * own
    made: Floats = RULES.prior_mean + RULES.prior_sd * z
    return made


def column(name: str) -> Floats:
    """Mean or standard error of everyone."""
    made: Floats = np.array([getattr(one.now.ability, name)[0] for one in crowd()[1]])
    return made


def test_the_estimates_follow_the_abilities() -> None:
    correlation = np.corrcoef(crowd()[0], column("mean"))[0, 1]

    assert correlation > 0.85


def test_the_error_is_small_and_no_side_is_favoured() -> None:
    error = column("mean") - crowd()[0]

    assert np.sqrt(np.mean(error**2)) < 0.5
    assert abs(error.mean()) < 0.12


def test_the_standard_error_is_as_large_as_the_error_really_is() -> None:
    error = column("mean") - crowd()[0]

    assert 0.8 < np.std(error / column("sd")) < 1.2


def test_nine_in_ten_abilities_lie_in_the_ninety_percent_interval() -> None:
    inside = np.abs(column("mean") - crowd()[0]) <= 1.645 * column("sd")

    assert 0.84 < inside.mean() < 0.96


def test_every_answer_makes_the_estimate_surer_on_the_whole() -> None:
    shrinkage = [one.now.ability.sd[0] for one in crowd()[1]]

    assert max(shrinkage) < 0.65
    assert np.mean(shrinkage) < 0.5


def test_floors_lie_near_the_true_level() -> None:
    abilities, played = crowd()
    true_levels = np.clip(4 + abilities / 0.8, 0, LEVELS)
    shown = np.array([one.now.floors.mean() for one in played])

    assert np.corrcoef(true_levels, shown)[0, 1] > 0.85
    assert abs(np.mean(shown - true_levels)) < 0.6
    assert np.mean(np.abs(shown - true_levels)) < 0.9


def test_nobody_is_asked_the_same_item_twice_nor_the_same_skill() -> None:
    bank = a_full_bank(competences=1, topics_each=14, items_each=20, seed=5)

    for one in crowd()[1]:
        items, _ = columns_of(one.answers)
        assert len(set(items)) == len(items)
        assert len(set(zip(bank.topic[items], bank.level[items], strict=True))) == len(items)


def test_an_assessment_ends_when_nothing_is_unknown_and_not_before() -> None:
    task, (_, played) = a_task(a_full_bank(competences=1, topics_each=14, items_each=20, seed=5)), crowd()

    assert {one.ended for one in played} == {True, False}
    for one in played:
        before_the_last = after(task, one.answers[:-1])
        assert before_the_last.unknown(task).any()
        assert one.ended != one.now.unknown(task).any() or len(one.answers) == ANSWERS


def test_a_whole_framework_is_asked_to_its_end_without_asking_every_skill() -> None:
    rng = np.random.default_rng(11)
    task = a_task(a_full_bank(competences=16, topics_each=3, items_each=20, seed=8))
    abilities = correlated(rng, 8, 16)

    everyone = [play(task, one, f"whole-{number}", RULES.max_answers, rng) for number, one in enumerate(abilities)]

    for played in everyone:
        assert played.ended
        assert not played.now.unknown(task).any()
        assert len(played.answers) < 0.6 * task.bank.ladder.sum()
    estimates = np.array([played.now.ability.mean for played in everyone])
    surely = 1.645 * np.array([played.now.ability.sd for played in everyone])
    assert np.corrcoef(abilities.ravel(), estimates.ravel())[0, 1] > 0.55
    assert 0.8 < np.mean(np.abs(estimates - abilities) <= surely) < 0.98


def test_what_was_answered_in_the_other_competences_makes_each_estimate_better() -> None:
    rng = np.random.default_rng(17)
    bank = a_full_bank(competences=4, topics_each=2, items_each=10, seed=9)
    abilities = correlated(rng, 150, 4)
    asked = [np.sort(rng.choice(len(bank), 16, replace=False)) for _ in abilities]
    right = [
        rng.random(16) < item_chances(bank, items, own[bank.competence[items]])
        for items, own in zip(asked, abilities, strict=True)
    ]

    def error(rules: TrainingRules) -> float:
        task = a_task(bank, rules=rules)
        means = [estimate(task, items, outcome).ability.mean for items, outcome in zip(asked, right, strict=True)]
        return float(np.sqrt(np.mean((np.array(means) - abilities) ** 2)))

    assert error(RULES) < 0.9 * error(TrainingRules(correlation=0.0))


def test_someone_who_always_succeeds_is_shown_everything_and_someone_who_never_does_nothing() -> None:
    task = a_task(a_full_bank(competences=1, topics_each=4, items_each=24, seed=3))
    rng = np.random.default_rng(1)
    tops = [max(level for level in range(1, LEVELS + 1) if row[level - 1]) for row in task.bank.ladder]

    able, unable = (play(task, np.array([theta]), "extreme", RULES.max_answers, rng) for theta in (60.0, -60.0))

    assert able.now.floors.tolist() == tops
    assert able.now.ability.mean[0] > 1.5
    assert unable.now.ability.mean[0] < -0.5


def test_the_same_secret_and_the_same_answers_replay_the_same_assessment() -> None:
    task = a_task(a_full_bank(competences=1, topics_each=4, items_each=24, seed=3))

    once, again = (play(task, np.array([0.4]), "replayed", ANSWERS, np.random.default_rng(7)) for _ in range(2))

    assert once.answers == again.answers
    assert np.array_equal(once.now.ability.mean, again.now.ability.mean)
