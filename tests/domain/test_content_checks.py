"""The checks of the sources: each fault is reported with its path and its rule, and all faults at once."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from chalicelib.content.authoring.building import ReleaseRefusedError, build_release
from chalicelib.content.authoring.checks import CHECKS, bank, faults_of, keys, wordings
from chalicelib.content.authoring.checks import places as places_checked
from chalicelib.content.authoring.declared import declared_answers
from chalicelib.content.authoring.generators import GENERATORS
from chalicelib.content.authoring.sources import Fault, Sources, read_sources
from chalicelib.content.releases import LARGEST_RELEASE, Release
from chalicelib.content.rules import Rules
from tests.domain.content_builders import (
    ALPHA,
    BETA,
    FRAMEWORK,
    RULES,
    SMALL_BANK,
    Tree,
    a_challenge,
    a_framework,
    a_lesson,
    a_number,
    a_resource,
    a_skill,
    a_text,
    a_topic,
    a_tree,
    both,
    challenge_in,
    document,
    options,
    some_choices,
    write,
)


def faults_in(folder: Path, tree: Tree) -> list[Fault]:
    """Everything that the checks find in this tree."""
    return faults_of(read_sources(write(folder, tree)))


def places(faults: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.path, fault.rule) for fault in faults]


def test_faultless_sources_have_no_fault_and_make_a_release(tmp_path: Path) -> None:
    assert faults_in(tmp_path, a_tree()) == []
    built = build_release(tmp_path)
    assert len(Release(built.id, built.packed)) == 8


# --- one fault at a time ---


class Spoilt(NamedTuple):
    """One way of spoiling the sources, and every place and rule that is then reported."""

    says: str
    spoil: Callable[[Tree], object]
    reported: list[tuple[str, str]]


def in_both(path: str, rule: str) -> list[tuple[str, str]]:
    """A fault in each language."""
    return [(f"{path}/en", rule), (f"{path}/fr", rule)]


def in_another_folder(tree: Tree) -> None:
    tree["topics/1.2/alpha.yaml"] = tree.pop(ALPHA)


def under_another_name(tree: Tree) -> None:
    tree["topics/1.1/alphabet.yaml"] = tree.pop(ALPHA)


def of_no_competence(tree: Tree) -> None:
    tree["topics/9.9/gamma.yaml"] = a_topic("gamma", "9.9")


def same_topic_twice(tree: Tree) -> None:
    again = a_topic("alpha", "1.2", 1)
    again["skills"][0]["challenges"] = [document("choice", "alpha-1b")]
    more = a_topic("gamma", "1.2", 1)
    tree |= {FRAMEWORK: a_framework("1.1", "1.2"), "topics/1.2/alpha.yaml": again, "topics/1.2/gamma.yaml": more}


def same_challenge_twice(tree: Tree) -> None:
    again = document("choice", "alpha-1a", prompt={"fr": "Autre énoncé", "en": "Another prompt"})
    tree[ALPHA]["skills"][0]["challenges"].append(again)


def same_prompt(tree: Tree, locale: str) -> None:
    challenge_in(tree, BETA, 2)["prompt"][locale] = f"  {challenge_in(tree, ALPHA, 1)['prompt'][locale].upper()}\n"


def same_option(tree: Tree) -> None:
    challenge_in(tree, ALPHA, 1)["options"][2]["en"] = " OPTION  b"


def link(tree: Tree, url: str) -> None:
    tree[ALPHA]["skills"][2]["resources"].append(a_resource(url={"fr": "https://example.org/ici", "en": url}))


def topic_of_levels(topic: str, *levels: int) -> Tree:
    """A topic with these rungs only."""
    return {**a_topic(topic), "skills": [a_skill(topic, level) for level in levels]}


HARD = (
    "Considering institutional interoperability requirements, administrations systematically harmonise documentation, "
    "terminology and procedures throughout every participating organisation."
)


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9" fill="#ddd"/></svg>'


def with_image(tree: Tree, **override: object) -> Tree:
    alt = {"fr": "Le plan de l'école, avec ses trois portes", "en": "The map of the school, with its three doors"}
    tree["images/plan.svg"] = SVG
    challenge_in(tree, ALPHA, 1)["image"] = {"fr": "images/plan.svg", "en": "images/plan.svg", "alt": alt, **override}
    return tree


def with_task(tree: Tree, challenge_id: str = "alpha-1b", path: str = ALPHA, level: int = 1, **override: object) -> Tree:
    """Add a file task to a rung."""
    own = {"generator": "project-archive", "question": "folder-of-a-file", "prompt": both("Où est {{file}} ?")}
    task = {**document("choice", challenge_id), "kind": "file-task", **own, **override}
    del task["options"]
    tree[path]["skills"][level - 1]["challenges"].append(task)
    return tree


def with_pool(tree: Tree, *challenges: Tree) -> None:
    tree["exposed/1.1.yaml"] = {"pool": "exposed", "challenges": list(challenges)}


def with_calibration(tree: Tree, line: str) -> None:
    tree["calibrations.csv"] = f"challenge,locale,a,b,c,se_a,se_b,sample,date,status\n{line}\n"


def refused_and_accepted(tree: Tree) -> None:
    challenge_in(tree, BETA, 3)["refuse"] = {"fr": ["souris", "CLAVIER"], "en": ["mouse"]}


SPOILT = [
    Spoilt("a topic in another competence's folder", in_another_folder, [("topics/1.2/alpha.yaml", "misplaced-file")]),
    Spoilt("a topic in a file of another name", under_another_name, [("topics/1.1/alphabet.yaml", "misplaced-file")]),
    Spoilt("a competence that the framework has not", of_no_competence, [("topics/9.9/gamma.yaml", "unknown-competence")]),
    Spoilt(
        "two topics of one id", same_topic_twice, [(ALPHA, "duplicate-topic"), ("topics/1.2/alpha.yaml", "duplicate-topic")]
    ),
    Spoilt("two challenges of one id", same_challenge_twice, [(f"{ALPHA}#alpha-1a", "duplicate-challenge")]),
    Spoilt("levels that fall", lambda tree: tree[ALPHA]["skills"].reverse(), [(ALPHA, "levels-out-of-order")]),
    Spoilt(
        "a level without a challenge",
        lambda tree: tree[ALPHA]["skills"][1].update(challenges=[]),
        [(f"{ALPHA}#level 2", "skill-without-challenge")],
    ),
    Spoilt(
        "a level whose challenges are all drafts",
        lambda tree: challenge_in(tree, BETA, 3).update(status="draft"),
        [(f"{BETA}#level 3", "skill-without-challenge")],
    ),
    Spoilt(
        "a level without a resource",
        lambda tree: tree[BETA]["skills"][3].update(resources=[]),
        [(f"{BETA}#level 4", "skill-without-resource")],
    ),
    Spoilt(
        "a challenge named after another topic",
        lambda tree: challenge_in(tree, ALPHA, 2).update(id="omega-2a"),
        [(f"{ALPHA}#omega-2a", "misnamed-challenge")],
    ),
    Spoilt(
        "a challenge named after another level",
        lambda tree: challenge_in(tree, ALPHA, 2).update(id="alpha-3b"),
        [(f"{ALPHA}#alpha-3b", "misnamed-challenge")],
    ),
    Spoilt(
        "a challenge whose id begins like its level and ends like another",
        lambda tree: challenge_in(tree, ALPHA, 2).update(id="alpha-2-3a"),
        [(f"{ALPHA}#alpha-2-3a", "misnamed-challenge")],
    ),
    Spoilt(
        "the same prompt in French but for case and spaces",
        lambda tree: same_prompt(tree, "fr"),
        [(f"{ALPHA}#alpha-1a/fr", "duplicate-stem"), (f"{BETA}#beta-2a/fr", "duplicate-stem")],
    ),
    Spoilt(
        "the same prompt in English",
        lambda tree: same_prompt(tree, "en"),
        [(f"{ALPHA}#alpha-1a/en", "duplicate-stem"), (f"{BETA}#beta-2a/en", "duplicate-stem")],
    ),
    Spoilt("two options that read the same", same_option, [(f"{ALPHA}#alpha-1a/en", "same-option-twice")]),
    Spoilt(
        "a right number that nobody can type",
        lambda tree: challenge_in(tree, ALPHA, 4).update(value="1" * 31),
        in_both(f"{ALPHA}#alpha-4a", "right-answer-refused"),
    ),
    Spoilt(
        "a word both accepted and refused",
        refused_and_accepted,
        [(f"{BETA}#beta-3a/fr", "accepted-and-refused"), (f"{BETA}#beta-3a/fr", "wrong-answer-accepted")],
    ),
    Spoilt(
        "an accepted word that is nothing once folded",
        lambda tree: challenge_in(tree, BETA, 3).update(accept=both(["!"]), refuse=both([]), strip_punctuation=True),
        in_both(f"{BETA}#beta-3a", "accepts-nothing"),
    ),
    Spoilt(
        "a link that is not safe", lambda tree: link(tree, "http://example.org/x"), [(f"{ALPHA}#level 3", "link-not-https")]
    ),
    Spoilt("a link that is not one", lambda tree: link(tree, "see the manual"), [(f"{ALPHA}#level 3", "link-not-https")]),
    Spoilt("a link to nowhere", lambda tree: link(tree, "https:///page"), [(f"{ALPHA}#level 3", "link-not-https")]),
    Spoilt(
        "a link to a home page", lambda tree: link(tree, "https://example.org/"), [(f"{ALPHA}#level 3", "link-to-a-home-page")]
    ),
    Spoilt(
        "a link to a home page without its slash",
        lambda tree: link(tree, "https://example.org#top"),
        [(f"{ALPHA}#level 3", "link-to-a-home-page")],
    ),
    Spoilt(
        "a rung too high to begin with",
        lambda tree: tree.update({"topics/1.1/gamma.yaml": topic_of_levels("gamma", 3, 4)}),
        [("topics/1.1/gamma.yaml", "topic-without-easy-rung")],
    ),
    Spoilt(
        "a step of four levels",
        lambda tree: tree.update({f"topics/1.1/{one}.yaml": topic_of_levels(one, 1, 5) for one in ("gamma", "delta")}),
        [("topics/1.1/delta.yaml", "step-too-high"), ("topics/1.1/gamma.yaml", "step-too-high")],
    ),
    Spoilt(
        "one skill alone at a level with others above",
        lambda tree: tree.update({"topics/1.1/gamma.yaml": topic_of_levels("gamma", 2, 5, 6)}),
        [("topics/1.1", "level-gap")],
    ),
    Spoilt(
        "one challenge where two are asked",
        lambda tree: tree[RULES]["pool"].update(challenges_a_skill=2),
        [(f"{path}#level {level}", "too-few-challenges") for path in (ALPHA, BETA) for level in range(1, 5)],
    ),
    Spoilt(
        "a topic without a lesson",
        lambda tree: (tree[RULES]["pool"].update(lessons_a_topic=1), tree[BETA].update(lessons=[a_lesson("beta")])),
        [(ALPHA, "topic-without-lesson")],
    ),
    Spoilt(
        "two lessons of one id",
        lambda tree: [tree[path].update(lessons=[a_lesson("same")]) for path in (ALPHA, BETA)],
        [(ALPHA, "duplicate-lesson"), (BETA, "duplicate-lesson")],
    ),
    Spoilt(
        "a pool too small for a need",
        lambda tree: (
            tree[RULES]["pool"].update(playable_with_a_need=8),
            challenge_in(tree, ALPHA, 1)["suits"].remove("blind"),
        ),
        [("topics/1.1/en", "pool-too-small"), ("topics/1.1/fr", "pool-too-small")],
    ),
    Spoilt(
        "a pool too small for a language",
        lambda tree: (
            tree[RULES]["pool"].update(playable_on_a_phone=8),
            challenge_in(tree, ALPHA, 1).update(locales={"fr": "validated", "en": "draft"}),
        ),
        [("topics/1.1/en", "pool-too-small")],
    ),
    Spoilt(
        "a pool too small on a phone",
        lambda tree: (
            tree[RULES]["pool"].update(playable_on_a_phone=8),
            challenge_in(tree, ALPHA, 1).update(device="computer"),
        ),
        [("topics/1.1/en", "pool-too-small"), ("topics/1.1/fr", "pool-too-small")],
    ),
    Spoilt(
        "a resource without a licence",
        lambda tree: tree[ALPHA]["skills"][2]["resources"].append(a_resource(licence="unknown")),
        [(f"{ALPHA}#level 3", "resource-without-licence")],
    ),
    Spoilt(
        "HTML in a prompt",
        lambda tree: challenge_in(tree, ALPHA, 2)["prompt"].update(fr="Lisez <b>tout</b>"),
        [(f"{ALPHA}#alpha-2a/fr", "mark-not-allowed")],
    ),
    Spoilt(
        "a link in a lesson",
        lambda tree: tree[ALPHA].update(lessons=[a_lesson("alpha", text=both("Voir https://example.org/page"))]),
        in_both(f"{ALPHA}#lesson alpha", "mark-not-allowed"),
    ),
    Spoilt(
        "a prompt too hard for beginners",
        lambda tree: challenge_in(tree, ALPHA, 1)["prompt"].update(en=HARD),
        [(f"{ALPHA}#alpha-1a/en", "hard-to-read")],
    ),
    Spoilt(
        "a picture that nobody told in words",
        lambda tree: with_image(tree, alt={"fr": "Plan", "en": "The map of the school, with its three doors"}),
        [(f"{ALPHA}#alpha-1a/fr", "image-without-alternative")],
    ),
    Spoilt(
        "a picture that is not there",
        lambda tree: (with_image(tree), tree.pop("images/plan.svg")),
        in_both(f"{ALPHA}#alpha-1a", "image-missing"),
    ),
    Spoilt(
        "a picture that would run",
        lambda tree: with_image(tree).update({"images/plan.svg": SVG.replace("</svg>", "<script>alert(1)</script></svg>")}),
        [("images/plan.svg", "image-unfit")],
    ),
    Spoilt(
        "a picture that nothing shows",
        lambda tree: tree.update({"images/other.svg": SVG}),
        [("images/other.svg", "image-not-shown")],
    ),
    Spoilt(
        "a placeholder outside a file task",
        lambda tree: challenge_in(tree, ALPHA, 2)["prompt"].update(fr="Où est {{file}} ?"),
        [(f"{ALPHA}#alpha-2a", "placeholder-without-generator")],
    ),
    Spoilt(
        "an accepted word that reads as another",
        lambda tree: challenge_in(tree, BETA, 3)["accept"].update(fr=["clavier", "CLAVIER"]),
        [(f"{BETA}#beta-3a/fr", "unreachable-answer")],
    ),
    Spoilt(
        "slips forgiven in a file name",
        lambda tree: challenge_in(tree, BETA, 3).update(accept=both(["notes.txt"]), tolerate_typos=True),
        in_both(f"{BETA}#beta-3a", "typos-not-tolerable"),
    ),
    Spoilt(
        "a generator that nobody wrote",
        lambda tree: with_task(tree, generator="no-such-thing"),
        [(f"{ALPHA}#alpha-1b", "unknown-generator")],
    ),
    Spoilt(
        "a question that its generator does not draw",
        lambda tree: with_task(tree, question="no-such-question"),
        [(f"{ALPHA}#alpha-1b", "unknown-generator")],
    ),
    Spoilt(
        "a placeholder that its generator does not fill",
        lambda tree: with_task(tree, prompt={"fr": "Où est {{file}} dans {{nowhere}} ?", "en": "Where is {{file}}?"}),
        [(f"{ALPHA}#alpha-1b/fr", "unknown-placeholder")],
    ),
    Spoilt(
        "a generator that serves four skills",
        lambda tree: [
            with_task(tree, f"{topic}-{level}b", path, level, prompt=both(f"{topic} {level}: {{{{file}}}}"))
            for topic, path, level in (("alpha", ALPHA, 1), ("alpha", ALPHA, 2), ("beta", BETA, 1), ("beta", BETA, 2))
        ],
        [("topics", "generator-serves-many-skills")],
    ),
    Spoilt(
        "a certification challenge named like practice",
        lambda tree: with_pool(tree, document("choice", "alpha-1d")),
        [("exposed/1.1.yaml#alpha-1d", "misnamed-challenge")],
    ),
    Spoilt(
        "a certification challenge of a skill that is not there",
        lambda tree: with_pool(tree, document("choice", "alpha-7c1")),
        [("exposed/1.1.yaml#alpha-7c1", "no-such-skill")],
    ),
    Spoilt(
        "a certification challenge that is a practice one",
        lambda tree: with_pool(tree, {**document("choice", "alpha-1c1"), "prompt": challenge_in(tree, ALPHA, 1)["prompt"]}),
        sorted(
            (f"{place}/{locale}", "duplicate-stem")
            for place in (f"{ALPHA}#alpha-1a", "exposed/1.1.yaml#alpha-1c1")
            for locale in ("fr", "en")
        ),
    ),
    Spoilt(
        "a calibration of nothing",
        lambda tree: with_calibration(tree, "omega-1a,fr,1,0,0.25,0.1,0.1,600,2026-11-01,validated"),
        [("calibrations.csv#omega-1a/fr", "no-such-challenge")],
    ),
    Spoilt(
        "a guess chance that was estimated",
        lambda tree: with_calibration(tree, "alpha-1a,fr,1,0,0.21,0.1,0.1,600,2026-11-01,validated"),
        [("calibrations.csv#alpha-1a/fr", "guess-chance")],
    ),
    Spoilt(
        "a validated calibration from few answers",
        lambda tree: with_calibration(tree, "alpha-3a,fr,1,0,0,0.1,0.1,499,2026-11-01,validated"),
        [("calibrations.csv#alpha-3a/fr", "sample-too-small")],
    ),
    Spoilt(
        "a competence that nobody wrote for",
        lambda tree: tree.update({FRAMEWORK: a_framework("1.1", "1.2")}),
        [("topics/1.2", "no-open-level")],
    ),
    Spoilt(
        "a competence with one skill at level 1",
        lambda tree: tree[BETA]["skills"].pop(0),
        [("topics/1.1", "no-open-level")],
    ),
]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.says) for case in SPOILT])
def test_each_fault_is_reported_with_its_path_and_rule_and_nothing_else_is(case: Spoilt, tmp_path: Path) -> None:
    tree = a_tree()
    case.spoil(tree)
    assert places(faults_in(tmp_path, tree)) == case.reported


def of_size(folder: Path, count: int) -> Sources:
    """Sources of this many challenges, by repeating one in memory: as many in YAML would take a minute to read."""
    sources = read_sources(write(folder, a_tree()))
    (path, topic), *others = sources.topics
    first, *skills = topic.skills
    repeated = first.model_copy(update={"challenges": first.challenges * (count - 7)})
    larger = topic.model_copy(update={"skills": (repeated, *skills)})
    return replace(sources, topics=((path, larger), *others))


def test_a_release_holds_as_many_challenges_as_there_are_ordinals_and_no_more(tmp_path: Path) -> None:
    full = {fault.rule: fault for fault in faults_of(of_size(tmp_path, LARGEST_RELEASE))}
    over = {fault.rule: fault for fault in faults_of(of_size(tmp_path, LARGEST_RELEASE + 1))}
    assert set(over) - set(full) == {"too-many-challenges"}
    assert over["too-many-challenges"] == Fault("topics", "too-many-challenges", "16385, at most 16384")


MODULES = (bank, keys, places_checked, wordings)


def rules_in_the_code() -> set[str]:
    """The rules that the checks may report, read from their code."""
    return {
        rule.value
        for module in MODULES
        for call in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == Fault.__name__
        for rule in call.args[1:2]
        if isinstance(rule, ast.Constant) and isinstance(rule.value, str)
    }


def test_every_rule_of_every_check_has_a_case_here() -> None:
    covered = {rule for case in SPOILT for _, rule in case.reported} | {"too-many-challenges", "variants-alike"}
    assert len(rules_in_the_code()) > 30
    assert rules_in_the_code() - covered == set()


def test_every_check_of_every_module_is_run() -> None:
    for module in MODULES:
        written = {
            name
            for name, value in vars(module).items()
            if inspect.isgeneratorfunction(value) and list(inspect.signature(value).parameters) == ["sources"]
        }
        assert {check.__name__ for check in module.CHECKS} == written - {"located", "challenges_in", "_markdown"}
        assert set(module.CHECKS) <= set(CHECKS)


@pytest.mark.parametrize("name", ["alpha-1-1a", "alpha-12-1a", "alpha-1b-1a"])
def test_an_id_with_something_between_topic_and_level_is_misnamed(name: str, tmp_path: Path) -> None:
    tree = a_tree()
    challenge_in(tree, ALPHA, 1)["id"] = name
    assert places(faults_in(tmp_path, tree)) == [(f"{ALPHA}#{name}", "misnamed-challenge")]


@pytest.mark.parametrize("override", [{"max_bytes": 6}, {"accept": both(["mot " * 61])}], ids=["own limit", "release's limit"])
def test_an_accepted_answer_that_nobody_may_send_is_refused(override: Tree, tmp_path: Path) -> None:
    tree = a_tree()
    challenge_in(tree, ALPHA, 3).update(override)
    assert places(faults_in(tmp_path, tree)) == in_both(f"{ALPHA}#alpha-3a", "right-answer-refused")


def test_variants_that_are_all_alike_are_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = GENERATORS["project-archive"]
    monkeypatch.setitem(GENERATORS, "project-archive", replace(real, draw=lambda _, question: real.draw(Random(1), question)))
    tree = a_tree()
    with_task(tree)
    assert places(faults_in(tmp_path, tree)) == [(f"{ALPHA}#alpha-1b", "variants-alike")]


# --- what cannot be read ---

UNREADABLE = [
    Spoilt("a tab where YAML has none", lambda tree: tree.update({ALPHA: "id:\n\t- alpha"}), [(ALPHA, "not-yaml")]),
    Spoilt("a bracket left open", lambda tree: tree.update({ALPHA: "id: [alpha"}), [(ALPHA, "not-yaml")]),
    Spoilt("bytes that are not UTF-8", lambda tree: tree.update({ALPHA: b"id: \xe9t\xe9"}), [(ALPHA, "not-yaml")]),
    Spoilt("a tag that makes objects", lambda tree: tree.update({ALPHA: "!!python/name:os.system"}), [(ALPHA, "not-yaml")]),
    Spoilt("a file with nothing in it", lambda tree: tree.update({ALPHA: ""}), [(f"{ALPHA}#/", "model-type")]),
    Spoilt("a list instead of a topic", lambda tree: tree.update({ALPHA: "- alpha"}), [(f"{ALPHA}#/", "model-type")]),
    Spoilt("a title forgotten", lambda tree: tree[ALPHA].pop("title"), [(f"{ALPHA}#/title", "missing")]),
    Spoilt("a field misspelt", lambda tree: tree[ALPHA].update(titel="x"), [(f"{ALPHA}#/titel", "extra-forbidden")]),
    Spoilt(
        "a ninth level",
        lambda tree: tree[ALPHA]["skills"][3].update(level=9),
        [(f"{ALPHA}#/skills/3/level", "less-than-equal")],
    ),
    Spoilt(
        "two right options in a choice",
        lambda tree: challenge_in(tree, ALPHA, 1).update(options=options("ab", "c")),
        [(f"{ALPHA}#/skills/0/challenges/0/choice", "value-error")],
    ),
    Spoilt(
        "a prompt in one language",
        lambda tree: challenge_in(tree, ALPHA, 3)["prompt"].pop("en"),
        [(f"{ALPHA}#/skills/2/challenges/0/text/prompt/en", "missing")],
    ),
    Spoilt(
        "a link in one language",
        lambda tree: tree[ALPHA]["skills"][0]["resources"][0]["url"].pop("fr"),
        [(f"{ALPHA}#/skills/0/resources/0/url/fr", "missing")],
    ),
    Spoilt(
        "a rule out of its domain",
        lambda tree: tree[RULES].update(grace_seconds=61),
        [(f"{RULES}#/grace_seconds", "less-than-equal")],
    ),
    Spoilt(
        "a number of training out of its domain",
        lambda tree: tree[RULES].update(training={"start_level": 9}),
        [(f"{RULES}#/training", "value-error")],
    ),
    Spoilt("a framework without its areas", lambda tree: tree[FRAMEWORK].pop("areas"), [(f"{FRAMEWORK}#/areas", "missing")]),
    Spoilt(
        "a pool that says it is another",
        lambda tree: tree.update({"exposed/1.1.yaml": {"pool": "private", "challenges": []}}),
        [("exposed/1.1.yaml", "wrong-pool")],
    ),
    Spoilt(
        "a table of calibrations without its columns",
        lambda tree: tree.update({"calibrations.csv": "challenge,a\n"}),
        [("calibrations.csv#line 1", "wrong-columns")],
    ),
    Spoilt(
        "a calibration that is no number",
        lambda tree: with_calibration(tree, "alpha-1a,fr,nan,0,0,0.1,0.1,600,2026-11-01,validated"),
        [("calibrations.csv#line 2", "wrong-calibration")],
    ),
    Spoilt("no framework", lambda tree: tree.pop(FRAMEWORK), [(FRAMEWORK, "missing-file")]),
]


FOLLOWING = {"no-open-level", "level-gap", "too-few-challenges", "topic-without-lesson", "pool-too-small"}
"""What a file that cannot be read leaves behind: too few challenges, or the rules of a larger bank."""


@pytest.mark.parametrize("case", [pytest.param(case, id=case.says) for case in UNREADABLE])
def test_what_cannot_be_read_is_a_fault_with_its_path_and_never_an_exception(case: Spoilt, tmp_path: Path) -> None:
    tree = a_tree()
    case.spoil(tree)
    unread = [place for place in places(faults_in(tmp_path, tree)) if place[1] not in FOLLOWING]
    assert unread == case.reported


@pytest.mark.parametrize("written", ["written: 2026-13-45", "written: 2026-11-22 25:00:00", f"level: {'1' * 5000}"])
def test_a_date_that_no_calendar_has_is_a_fault(written: str, tmp_path: Path) -> None:
    assert (ALPHA, "not-yaml") in places(faults_in(tmp_path, a_tree(**{ALPHA: written})))


def test_every_model_error_of_a_file_is_reported_at_once(tmp_path: Path) -> None:
    tree = a_tree()
    tree[ALPHA].pop("title")
    tree[ALPHA]["skills"][0]["hint"].pop("en")
    challenge_in(tree, ALPHA, 2)["kind"] = "essay"
    assert [place for place in places(faults_in(tmp_path, tree)) if place[0].startswith(ALPHA)] == [
        (f"{ALPHA}#/skills/0/hint/en", "missing"),
        (f"{ALPHA}#/skills/1/challenges/0", "union-tag-invalid"),
        (f"{ALPHA}#/title", "missing"),
    ]


def test_rules_are_the_defaults_when_there_is_no_file_of_them(tmp_path: Path) -> None:
    tree = a_tree()
    del tree[RULES]
    sources = read_sources(write(tmp_path, tree))
    assert (sources.rules, sources.faults) == (Rules(), ())


def test_rules_and_framework_reach_the_release(tmp_path: Path) -> None:
    built = build_release(write(tmp_path, a_tree(**{RULES: {"grace_seconds": 9, "pool": dict(SMALL_BANK)}})))
    release = Release(built.id, built.packed)
    assert (release.rules.grace_seconds, release.framework.id) == (9, "crcn")


# --- all at once ---


def five_faults() -> Tree:
    """Sources with a file that is not YAML, one that lacks a field, and three broken rules."""
    tree = a_tree(**{"topics/1.1/gamma.yaml": "id: [gamma", "topics/1.1/delta.yaml": a_topic("delta")})
    del tree["topics/1.1/delta.yaml"]["title"]
    challenge_in(tree, ALPHA, 2)["id"] = "omega-2a"
    same_option(tree)
    link(tree, "http://example.org/x")
    return tree


FIVE = [
    (f"{ALPHA}#alpha-1a/en", "same-option-twice"),
    (f"{ALPHA}#level 3", "link-not-https"),
    (f"{ALPHA}#omega-2a", "misnamed-challenge"),
    ("topics/1.1/delta.yaml#/title", "missing"),
    ("topics/1.1/gamma.yaml", "not-yaml"),
]


def test_five_faults_are_reported_all_at_once_in_order_of_path(tmp_path: Path) -> None:
    assert places(faults_in(tmp_path, five_faults())) == FIVE


def test_a_release_with_faults_is_refused_with_all_of_them(tmp_path: Path) -> None:
    with pytest.raises(ReleaseRefusedError) as refused:
        build_release(write(tmp_path, five_faults()))
    assert places(refused.value.faults) == FIVE
    told = str(refused.value).splitlines()
    assert [line.split(": ")[:2] for line in told] == [list(place) for place in FIVE]
    assert told[2] == f"{ALPHA}#omega-2a: misnamed-challenge: expected alpha-2<letter>"


def test_an_empty_folder_makes_no_release(tmp_path: Path) -> None:
    with pytest.raises(ReleaseRefusedError) as refused:
        build_release(tmp_path)
    assert places(refused.value.faults) == [(FRAMEWORK, "missing-file")]


# --- what an author declares ---


def test_an_author_declares_each_option_right_or_wrong() -> None:
    assert declared_answers(a_challenge("choice", options=options("b", "ac")), "fr") == (["b"], ["a", "c"])


def test_a_set_of_options_is_right_alone_neither_with_one_less_nor_with_all() -> None:
    right, wrong = declared_answers(some_choices(options=options("bd", "ac")), "en")
    assert (right, wrong) == ([("b", "d")], [("d",), ("b",), ("a", "b", "c", "d")])


def test_a_number_and_a_text_declare_what_they_accept_and_refuse() -> None:
    assert declared_answers(a_number(14.4, refuse_values=[144, 1.2]), "fr") == (["14.4"], ["144", "1.2"])
    word = a_text(accept={"fr": ["oui"], "en": ["yes"]}, refuse={"fr": ["non"], "en": ["no"]})
    assert declared_answers(word, "fr") == (["oui"], ["non"])
    assert declared_answers(word, "en") == (["yes"], ["no"])
