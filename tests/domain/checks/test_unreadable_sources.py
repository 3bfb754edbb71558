"""Sources that cannot be read: every fault has its path, none is an exception."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.content.authoring.building import build_release
from chalicelib.content.authoring.sources import read_sources
from chalicelib.content.releases import Release
from chalicelib.content.rules import Rules
from tests.domain.checks.spoiling import (
    Spoilt,
    faults_in,
    places,
    with_calibration,
)
from tests.domain.content_builders import (
    ALPHA,
    FRAMEWORK,
    RULES,
    SMALL_BANK,
    a_tree,
    challenge_in,
    options,
    write,
)

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
