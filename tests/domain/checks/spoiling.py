"""Ways of spoiling faultless sources, and what the checks then report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from chalicelib.content.authoring.checks import faults_of
from chalicelib.content.authoring.sources import Fault, read_sources
from tests.domain.content_builders import (
    ALPHA,
    BETA,
    FRAMEWORK,
    Tree,
    a_framework,
    a_resource,
    a_skill,
    a_topic,
    both,
    challenge_in,
    document,
    write,
)


def faults_in(folder: Path, tree: Tree) -> list[Fault]:
    """Everything that the checks find in this tree."""
    return faults_of(read_sources(write(folder, tree)))


def places(faults: list[Fault]) -> list[tuple[str, str]]:
    return [(fault.path, fault.rule) for fault in faults]


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
