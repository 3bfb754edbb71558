"""The checks of the sources: each fault is reported with its path and its rule, and all faults at once."""

from __future__ import annotations

import ast
import inspect
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from chalicelib.content.authoring.building import ReleaseRefusedError, build_release
from chalicelib.content.authoring.checks import CHECKS, bank, faults_of, keys, wordings
from chalicelib.content.authoring.checks import places as places_checked
from chalicelib.content.authoring.generators import GENERATORS
from chalicelib.content.authoring.sources import Fault, Sources, read_sources
from chalicelib.content.releases import LARGEST_RELEASE, Release
from tests.domain.checks import spoilt_bank, spoilt_keys, spoilt_places, spoilt_wordings
from tests.domain.checks.spoiling import (
    Spoilt,
    faults_in,
    in_both,
    link,
    places,
    same_option,
    with_task,
)
from tests.domain.content_builders import (
    ALPHA,
    FRAMEWORK,
    Tree,
    a_topic,
    a_tree,
    both,
    challenge_in,
    write,
)

SPOILT = [*spoilt_places.SPOILT, *spoilt_wordings.SPOILT, *spoilt_keys.SPOILT, *spoilt_bank.SPOILT]


def test_faultless_sources_have_no_fault_and_make_a_release(tmp_path: Path) -> None:
    assert faults_in(tmp_path, a_tree()) == []
    built = build_release(tmp_path)
    assert len(Release(built.id, built.packed)) == 8


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
