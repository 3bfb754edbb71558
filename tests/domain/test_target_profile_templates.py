"""Templates of target profiles: what ships, what is refused, and how a release carries them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chalicelib.content.authoring.building import ReleaseRefusedError, build_release
from chalicelib.content.authoring.checks import faults_of, target_profiles
from chalicelib.content.authoring.sources import read_sources
from chalicelib.content.release_files import name_of, read_arrays, write_arrays
from chalicelib.content.releases import DOCUMENTS, USUAL_SECONDS, Release
from chalicelib.content.rules import Pace
from chalicelib.content.target_profiles import Targets
from chalicelib.content.texts import LOCALES
from chalicelib.kernel.canonical import canonical_json
from chalicelib.kernel.errors import UnavailableError
from tests.content_of_tests import real_release, real_sources
from tests.domain.content_builders import ALPHA, Tree, a_tree, both, write

PROFILE = "target_profiles/desk.yaml"

DOMAIN = {
    "territoires-common-base",
    "cybersecurity-basics",
    "data-literacy",
    "collaborative-work",
    "diagnostic",
    "first-steps",
    "mediator",
}


def a_template(**override: Any) -> dict[str, Any]:
    """A faultless template over the two topics of the small tree."""
    badge = {
        "id": "done",
        "title": both("Done"),
        "description": both("All done."),
        "criteria": [{"topics": {"alpha": 2}, "threshold": 75}],
    }
    base = {
        "id": "desk",
        "title": both("Desk"),
        "description": both("For the desk."),
        "topics": {"alpha": 3, "beta": 4},
        "stages": [{"threshold": 0, "title": both("Start"), "message": both("On you go.")}],
        "badges": [badge],
    }
    return {**base, **override}


def tree_with(**override: Any) -> Tree:
    return a_tree(**{PROFILE: a_template(**override)})


# --- what ships ---


def test_the_templates_that_were_promised_ship_with_four_jobs_at_least() -> None:
    ids = set(real_release().templates)
    assert ids >= DOMAIN
    assert len({one for one in ids if one.startswith("territoires-")} - DOMAIN) >= 4


@pytest.mark.parametrize("template", real_release().templates.values(), ids=lambda one: str(one.id))
def test_each_template_speaks_to_everybody_in_every_language_and_rewards(template: Any) -> None:
    targets: Targets = template.targets
    assert len(targets.stages) >= 3
    assert targets.stages[0].threshold == 0
    assert targets.badges
    for _, wording in targets.wordings():
        told = [wording.in_(locale) for locale in LOCALES]
        assert all(told)
    assert targets.title.fr
    assert targets.description.fr != targets.description.en


def test_a_release_carries_the_templates_as_they_were_written() -> None:
    written = {one.id: one.template for _, one in real_sources().profiles}
    assert real_release().templates == written
    assert list(real_release().templates) == sorted(written)


def test_the_diagnostic_asks_the_first_levels_only_and_first_steps_goes_on_from_there() -> None:
    templates = real_release().templates
    asked, following = templates["diagnostic"].targets.topics, templates["first-steps"].targets.topics
    assert max(asked.values()) <= 2
    assert sorted(asked.values())[len(asked) // 2] == 1
    assert all(following.get(topic, 0) >= level for topic, level in asked.items())


# --- what is refused ---

SPOILT: list[tuple[str, dict[str, Any], tuple[str, str, str]]] = [
    (
        "another name than its file",
        {"id": "window"},
        (PROFILE, "misplaced-file", "expected target_profiles/window.yaml"),
    ),
    (
        "a name that could be an organisation's",
        {"id": "a" * 26},
        (PROFILE, "id-of-another-form", f"{'a' * 26} could be an organisation's own"),
    ),
    ("a topic that the bank has not", {"topics": {"alpha": 3, "gamma": 1}}, (f"{PROFILE}#/topics/gamma", "unknown-topic", "1")),
    (
        "a level above the ladder",
        {"topics": {"alpha": 3, "beta": 5}},
        (f"{PROFILE}#/topics/beta", "level-above-the-ladder", "5"),
    ),
    ("a title in one language", {"title": {"fr": "Guichet"}}, (f"{PROFILE}#/title", "missing-language", "en")),
    (
        "a message in one language",
        {"stages": [{"threshold": 0, "title": both("Start"), "message": {"en": "On you go."}}]},
        (f"{PROFILE}#/stages/0/message", "missing-language", "fr"),
    ),
    ("no stage", {"stages": []}, (f"{PROFILE}#/stages", "no-stage-from-0", "no stage")),
    (
        "nothing for who begins",
        {"stages": [{"threshold": 20, "title": both("Start"), "message": both("On you go.")}]},
        (f"{PROFILE}#/stages", "no-stage-from-0", "the first is from 20"),
    ),
]


@pytest.mark.parametrize(("override", "fault"), [(one[1], one[2]) for one in SPOILT], ids=[one[0] for one in SPOILT])
def test_a_fault_of_a_template_is_told_with_path_rule_and_value(
    override: dict[str, Any], fault: tuple[str, str, str], tmp_path: Path
) -> None:
    told = faults_of(read_sources(write(tmp_path, tree_with(**override))))
    assert fault in [(one.path, one.rule, one.reason) for one in told]


def test_a_level_below_a_ladder_is_told(tmp_path: Path) -> None:
    tree = tree_with()
    del tree[ALPHA]["skills"][0]
    tree[PROFILE]["topics"]["alpha"] = 1
    tree[PROFILE]["badges"] = []
    told = faults_of(read_sources(write(tmp_path, tree)))
    assert (f"{PROFILE}#/topics/alpha", "no-skill-up-to-this-level", "1") in [(one.path, one.rule, one.reason) for one in told]


UNREADABLE: list[tuple[str, Callable[[dict[str, Any]], object], str, str]] = [
    ("a field that does not exist", lambda one: one.update(colour="red"), "colour", "extra-forbidden"),
    ("a level of nobody", lambda one: one["topics"].update(alpha=9), "topics/alpha", "less-than-equal"),
    (
        "a badge that asks for more than the profile",
        lambda one: one["badges"][0]["criteria"][0]["topics"].update(alpha=4),
        "",
        "value-error",
    ),
    (
        "stages that go down",
        lambda one: one["stages"].insert(0, {"threshold": 50, "title": both("Half"), "message": both("Half.")}),
        "",
        "value-error",
    ),
    (
        "a percentage of more than all",
        lambda one: one["stages"][0].update(threshold=101),
        "stages/0/threshold",
        "less-than-equal",
    ),
]


@pytest.mark.parametrize(("spoil", "where", "rule"), [case[1:] for case in UNREADABLE], ids=[case[0] for case in UNREADABLE])
def test_a_template_of_a_wrong_form_is_told_where(
    spoil: Callable[[dict[str, Any]], object], where: str, rule: str, tmp_path: Path
) -> None:
    tree = tree_with()
    spoil(tree[PROFILE])
    told = [(one.path, one.rule) for one in faults_of(read_sources(write(tmp_path, tree)))]
    assert told == [(f"{PROFILE}#/{where}", rule)]


def test_a_broken_template_refuses_the_release_with_the_other_faults_at_once(tmp_path: Path) -> None:
    tree = tree_with(topics={"gamma": 1, "alpha": 8}, badges=[])
    tree[ALPHA]["skills"].reverse()
    with pytest.raises(ReleaseRefusedError) as refused:
        build_release(write(tmp_path, tree))
    assert {(one.path, one.rule) for one in refused.value.faults} == {
        (ALPHA, "levels-out-of-order"),
        (f"{PROFILE}#/topics/alpha", "level-above-the-ladder"),
        (f"{PROFILE}#/topics/gamma", "unknown-topic"),
    }


def test_every_check_of_templates_is_one_of_the_release(tmp_path: Path) -> None:
    sources = read_sources(
        write(tmp_path, tree_with(id="window", title={"fr": "G"}, stages=[], topics={"gamma": 1}, badges=[]))
    )
    alone = [list(check(sources)) for check in target_profiles.CHECKS]
    assert all(alone)
    assert {one for found in alone for one in found} <= set(faults_of(sources))


# --- how a release carries them ---


def test_a_word_of_a_template_makes_another_release_and_the_same_words_the_same(tmp_path: Path) -> None:
    first = build_release(write(tmp_path / "first", tree_with()))
    same = build_release(write(tmp_path / "same", tree_with()))
    other = build_release(write(tmp_path / "other", tree_with(title=both("Window"))))
    assert first.id == same.id != other.id
    assert Release(other.id, other.packed).templates["desk"].targets.title.en == "Window"


def test_seconds_follow_the_kind_and_never_pass_a_time_limit(tmp_path: Path) -> None:
    tree = tree_with()
    tree["rules.yaml"]["pace"] = {"choice": 100, "choices": 11}
    timed = tree[ALPHA]["skills"][0]["challenges"][0]
    timed["time_limit_seconds"] = 20
    release = Release(*_packed(build_release(write(tmp_path, tree))))
    seconds = dict(zip(release.challenge_ids, release.seconds.tolist(), strict=True))
    assert (seconds["alpha-1a"], seconds["beta-1a"], seconds["beta-2a"]) == (20, 100, 11)
    assert seconds["beta-3a"] == Pace().text


def test_a_release_made_before_there_were_templates_is_still_read(tmp_path: Path) -> None:
    built = build_release(write(tmp_path, tree_with()))
    arrays = {name: one for name, one in read_arrays(built.packed).items() if name != "seconds" and "profiles" not in name}
    head = json.loads(arrays["head"].tobytes())
    del head["profiles"], head["rules"]["pace"]
    arrays["head"] = np.frombuffer(canonical_json(head), np.uint8)
    older = Release(name_of(arrays, DOCUMENTS), write_arrays(arrays))
    assert older.templates == {}
    assert set(older.seconds.tolist()) == {USUAL_SECONDS}
    assert older.challenge(0).id == "alpha-1a"


def test_a_template_that_is_damaged_is_never_served(tmp_path: Path) -> None:
    built = build_release(write(tmp_path, tree_with()))
    arrays = dict(read_arrays(built.packed))
    packed = arrays["profiles"].copy()
    packed[-1] ^= 1
    release = Release(built.id, write_arrays({**arrays, "profiles": packed}))
    with pytest.raises(UnavailableError) as told:
        assert release.templates
    assert told.value.code == "release-damaged"


def _packed(built: Any) -> tuple[str, bytes]:
    return built.id, built.packed
