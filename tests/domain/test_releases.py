"""Releases: the same content under the same name for ever, and what they tell of it: framework, places, levels, points."""

from __future__ import annotations

import copy
import subprocess
import sys
import zlib
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.content.authoring.building import build_release
from chalicelib.content.challenges import Challenge, Device, Need
from chalicelib.content.framework import Framework
from chalicelib.content.releases import FORMAT, Release, calibration, pack_release, read_challenge, release_id_of
from chalicelib.content.rules import Rules
from chalicelib.content.scores import Score, scores_of
from chalicelib.content.topics import Topic
from chalicelib.kernel.canonical import canonical_json
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.ids import is_id
from tests.domain.content_builders import ALPHA, NEEDS, RULES, Document, a_framework, a_topic, a_tree, document, write

ROOT = Path(__file__).resolve().parents[2]
Pair = tuple[Topic, list[Challenge]]


def pairs(*topics: Document) -> list[Pair]:
    """Each topic with its challenges, as the builder of releases takes them."""
    made = []
    for source in topics:
        skills = [{key: value for key, value in skill.items() if key != "challenges"} for skill in source["skills"]]
        challenges = [read_challenge(one) for skill in source["skills"] for one in skill["challenges"]]
        made.append((Topic.model_validate({**source, "skills": skills}), challenges))
    return made


def packed(*topics: Document, framework: Document | None = None, **rules: Any) -> tuple[str, bytes]:
    """Id and bytes of a release of these topics."""
    return pack_release(Framework.model_validate(framework or a_framework()), Rules(**rules), pairs(*topics))


def a_release(*topics: Document, framework: Document | None = None, **rules: Any) -> Release:
    """A release of these topics, or of two topics of four levels."""
    return Release(*packed(*(topics or (a_topic("alpha"), a_topic("beta"))), framework=framework, **rules))


def ids_of(release: Release) -> list[str]:
    return [release.challenge_id(ordinal) for ordinal in range(len(release))]


# --- one name for one content ---


def test_the_same_sources_always_give_the_same_id_and_bytes(tmp_path: Path) -> None:
    first = build_release(write(tmp_path / "first", a_tree()))
    second = build_release(write(tmp_path / "second", dict(reversed(a_tree().items()))))
    assert first == second
    assert is_id(first[0])


@settings(max_examples=25)
@given(st.data())
def test_the_order_in_which_topics_and_challenges_come_changes_nothing(data: st.DataObject) -> None:
    framework = Framework.model_validate(a_framework("1.1", "1.2"))
    made = pairs(a_topic("beta"), a_topic("alpha"), a_topic("gamma", "1.2"))
    expected = pack_release(framework, Rules(), made)
    shuffled = [(topic, data.draw(st.permutations(challenges))) for topic, challenges in data.draw(st.permutations(made))]
    assert pack_release(framework, Rules(), shuffled) == expected


def test_the_order_in_which_switches_and_needs_are_written_changes_nothing() -> None:
    def written(fold: Sequence[str], suits: Sequence[str]) -> tuple[str, bytes]:
        topic = a_topic("alpha", levels=1)
        topic["skills"][0]["challenges"] = [document("text", fold=fold, suits=suits)]
        return packed(topic)

    assert written(["case", "accents", "spaces"], NEEDS) == written(["spaces", "accents", "case"], NEEDS[::-1])


_HASHED = """
import sys
from pathlib import Path
from chalicelib.content.authoring.building import build_release
print(list(frozenset(["case", "accents", "spaces"])))
print(build_release(Path(sys.argv[1]))[0])
"""


def test_the_seed_of_the_process_changes_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path, a_tree())
    orders, names = set(), {build_release(folder)[0]}
    for seed in ("1", "2"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", _HASHED, str(folder)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        order, name = done.stdout.splitlines()
        orders.add(order)
        names.add(name)
    assert len(orders) == 2, "these seeds must order sets differently, or this test tells nothing"
    assert len(names) == 1


def another_word(tree: dict[str, Any]) -> None:
    tree[ALPHA]["skills"][0]["challenges"][0]["solution"]["en"] += "!"


def another_number(tree: dict[str, Any]) -> None:
    tree[RULES]["improve_after_days"] = 5


def another_calibration(tree: dict[str, Any]) -> None:
    tree[ALPHA]["skills"][0]["challenges"][0]["b"] = 0.25


def another_title(tree: dict[str, Any]) -> None:
    tree["frameworks/crcn.yaml"]["areas"][0]["title"]["fr"] = "Autre"


def one_challenge_retired(tree: dict[str, Any]) -> None:
    skill = tree[ALPHA]["skills"][0]
    skill["challenges"].append(document("choice", "alpha-1b"))


@pytest.mark.parametrize(
    "change",
    [another_word, another_number, another_calibration, another_title, one_challenge_retired],
    ids=lambda c: c.__name__,
)
def test_anything_that_changes_gives_another_release(tmp_path: Path, change: Any) -> None:
    tree = a_tree()
    before = build_release(write(tmp_path / "before", tree))
    change(tree)
    after = build_release(write(tmp_path / "after", tree))
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_only_validated_challenges_enter_a_release(tmp_path: Path) -> None:
    tree = a_tree()
    before = build_release(write(tmp_path / "before", tree))
    drafts = [document("choice", f"alpha-1{letter}", status=status) for letter, status in (("b", "draft"), ("c", "retired"))]
    tree[ALPHA]["skills"][0]["challenges"] += drafts
    assert build_release(write(tmp_path / "after", tree)) == before


# --- damage ---


def damaged(release_id: str, content: bytes) -> UnavailableError:
    """The error that loading these bytes raises."""
    with pytest.raises(UnavailableError) as caught:
        Release(release_id, content)
    return caught.value


def test_a_release_loads_under_its_own_name_only() -> None:
    name, content = packed(a_topic("alpha"))
    other, _ = packed(a_topic("beta"))
    assert Release(name, content).id == name
    error = damaged(other, content)
    assert (error.code, error.status, error.details) == ("release-damaged", 503, {"release": other})


@pytest.mark.parametrize("kept", [0, 1, 2, 100, -4, -1])
def test_a_truncated_release_is_damaged(kept: int) -> None:
    name, content = packed(a_topic("alpha"))
    assert damaged(name, content[:kept]).code == "release-damaged"


def test_bytes_that_are_not_a_release_are_damaged() -> None:
    name, content = packed(a_topic("alpha"))
    for other in (b"", b"{}", zlib.decompress(content), zlib.compress(b""), content[::-1]):
        assert damaged(name, other).code == "release-damaged"


_NAME, _CONTENT = packed(a_topic("alpha", levels=2))


@settings(max_examples=100)
@given(st.integers(0, len(_CONTENT) - 1), st.integers(1, 255))
def test_a_flipped_byte_never_changes_what_a_release_says(place: int, flip: int) -> None:
    spoilt = bytearray(_CONTENT)
    spoilt[place] ^= flip
    same = False
    with suppress(zlib.error):
        same = zlib.decompress(bytes(spoilt)) == zlib.decompress(_CONTENT)
    if same:  # a bit of padding, or of the compressor's own hints
        assert ids_of(Release(_NAME, bytes(spoilt))) == ["alpha-1a", "alpha-2a"]
    else:
        assert damaged(_NAME, bytes(spoilt)).code == "release-damaged"


def renamed(document: Any) -> tuple[str, bytes]:
    """This document as a release with the name that its bytes deserve."""
    written = canonical_json(document)
    return release_id_of(written), zlib.compress(written)


def test_a_release_of_another_format_is_damaged_even_under_its_right_name() -> None:
    content = {
        "format": FORMAT,
        "framework": Framework.model_validate(a_framework()).model_dump(mode="json"),
        "rules": Rules().model_dump(mode="json"),
        "topics": [],
        "challenges": [],
    }
    assert len(Release(*renamed(content))) == 0
    assert damaged(*renamed({**content, "format": FORMAT + 1})).code == "release-damaged"
    for key in content:
        assert damaged(*renamed({name: value for name, value in content.items() if name != key})).code == "release-damaged"
        assert damaged(*renamed({**content, key: {"nobody": "knows"}} if key != "challenges" else [])).code == "release-damaged"
    nothings: list[Any] = [None, [], "text", 1]
    for nothing in nothings:
        assert damaged(*renamed(nothing)).code == "release-damaged"


# --- places ---


def test_challenges_are_in_order_of_competence_topic_level_and_id() -> None:
    zeta, beta, alpha = a_topic("zeta", "1.1", 2), a_topic("beta", "1.2", 1), a_topic("alpha", "1.2", 2)
    alpha["skills"][0]["challenges"] = [document("choice", "alpha-1c"), document("choice", "alpha-1b")]
    release = a_release(alpha, beta, zeta, framework=a_framework("1.1", "1.2"))
    assert ids_of(release) == ["zeta-1a", "zeta-2a", "alpha-1b", "alpha-1c", "alpha-2a", "beta-1a"]
    assert release.topic_index == {"zeta": 0, "alpha": 1, "beta": 2}
    assert release.competence_index == {"1.1": 0, "1.2": 1}


def test_competences_are_in_the_order_of_the_framework_not_of_their_ids() -> None:
    release = a_release(a_topic("alpha", "1.1", 1), a_topic("beta", "1.2", 1), framework=a_framework("1.2", "1.1"))
    assert ids_of(release) == ["beta-1a", "alpha-1a"]


def test_an_ordinal_leads_to_the_challenge_its_topic_level_and_skill() -> None:
    release = a_release()
    assert [release.ordinals[name] for name in ids_of(release)] == list(range(len(release))) == list(range(8))
    for name, ordinal in release.ordinals.items():
        topic, level = name.rsplit("-", 1)
        assert release.challenge(ordinal).id == name
        assert release.topic_of(ordinal).id == topic
        assert release.level_of(ordinal) == release.skill_of(ordinal).level == int(level[0])
        assert release.skill_of(ordinal).title.en == f"Skill {level[0]}"


def test_a_challenge_comes_out_of_a_release_as_it_went_in() -> None:
    release, topic = a_release(), a_topic("alpha")
    went_in = [read_challenge(skill["challenges"][0]) for skill in topic["skills"]]
    assert [release.challenge(ordinal) for ordinal in range(4)] == went_in
    assert release.challenge(2) is release.challenge(2), "it is read once"


def test_what_no_release_has_is_not_found() -> None:
    release = a_release()
    assert "gamma-1a" not in release.ordinals
    with pytest.raises(IndexError):
        release.challenge(8)
    with pytest.raises(KeyError):
        release.topics[0].skill(5)


def test_the_bank_holds_each_challenge_with_its_calibration_at_its_ordinal() -> None:
    timed = a_topic("beta", "1.2")
    timed["skills"][1]["challenges"][0] |= {"time_limit_seconds": 60, "a": 0.5, "b": 1.25}
    release = a_release(a_topic("alpha"), timed, framework=a_framework("1.1", "1.2"))
    bank = release.bank
    for ordinal in range(len(release)):
        expected = calibration(release.challenge(ordinal), release.level_of(ordinal))
        assert (bank.discrimination[ordinal], bank.difficulty[ordinal], bank.guess[ordinal]) == expected
        assert release.topics[bank.topic[ordinal]] == release.topic_of(ordinal)
        assert bank.level[ordinal] == release.level_of(ordinal)
    assert (bank.discrimination[5], bank.difficulty[5]) == (0.5, 1.25)
    assert np.flatnonzero(bank.timed).tolist() == [release.ordinals["beta-2a"]]
    assert bank.topic_competence.tolist() == [0, 1]
    assert bank.ladder.tolist() == [[True] * 4 + [False] * 4] * 2


# --- who can play what ---


def test_what_is_playable_suits_every_need_and_the_device() -> None:
    topic = a_topic("alpha")
    changes: list[Document] = [{"suits": []}, {"suits": ["motor"]}, {"device": "computer"}, {"device": "computer", "suits": []}]
    for skill, change in zip(topic["skills"], changes, strict=True):
        skill["challenges"][0] |= change
    release = a_release(topic)
    assert release.playable(frozenset(), "computer") == (0, 1, 2, 3)
    assert release.playable(frozenset(), "any") == (0, 1)
    assert release.playable(frozenset({"motor"}), "any") == (1,)
    assert release.playable(frozenset({"motor"}), "computer") == (1, 2)
    assert release.playable(frozenset({"motor", "blind"}), "any") == ()


@pytest.mark.parametrize("device", ["any", "computer"])
def test_what_is_playable_is_exactly_what_suits_whatever_the_needs(device: Device) -> None:
    topic = a_topic("alpha")
    suited: list[set[Need]] = [{"blind", "deaf"}, set(), {"motor"}, set(NEEDS)]
    for skill, suits in zip(topic["skills"], suited, strict=True):
        skill["challenges"][0] |= {"suits": sorted(suits), "device": "computer" if "deaf" in suits else "any"}
    release = a_release(topic)
    for needs in (frozenset(some) for count in range(6) for some in combinations(NEEDS, count)):
        able = [place for place, suits in enumerate(suited) if not needs - suits]
        expected = [place for place in able if device == "computer" or "deaf" not in suited[place]]
        assert list(release.playable(needs, device)) == expected


# --- levels and points ---


def test_a_level_is_open_with_two_skills_there_and_at_every_level_below() -> None:
    shorter, gap = a_topic("beta", levels=3), a_topic("delta", "1.2", 4)
    del gap["skills"][1]
    release = a_release(a_topic("alpha"), shorter, a_topic("gamma", "1.2"), gap, framework=a_framework("1.1", "1.2", "1.3"))
    assert release.top_levels == {"1.1": 3, "1.2": 1, "1.3": 0}


def test_no_more_levels_are_open_than_the_rules_allow() -> None:
    full = (a_topic("alpha", levels=8), a_topic("beta", levels=8))
    assert a_release(*full).top_levels == {"1.1": 7}
    assert a_release(*full, highest_open_level=8).top_levels == {"1.1": 8}
    assert a_release(*full, highest_open_level=2).top_levels == {"1.1": 2}


def test_two_skills_share_a_level_and_one_skill_alone_is_worth_four_points() -> None:
    release = a_release(
        a_topic("alpha"), a_topic("beta", levels=1), a_topic("gamma", "1.2"), framework=a_framework("1.1", "1.2")
    )
    first, second = scores_of(release, np.array([2, 1, 4]))
    assert first == Score("1.1", (0, 1), Fraction(12), level=1, top_level=1)
    assert second == Score("1.2", (2,), Fraction(16), level=2, top_level=0)


def test_three_skills_share_a_level_exactly() -> None:
    release = a_release(a_topic("alpha", levels=1), a_topic("beta", levels=1), a_topic("gamma", levels=1))
    worth = [scores_of(release, np.array(floors))[0] for floors in ([1, 0, 0], [1, 1, 0], [1, 1, 1])]
    assert [(score.points, score.level) for score in worth] == [(Fraction(8, 3), 0), (Fraction(16, 3), 0), (Fraction(8), 1)]


@given(st.lists(st.integers(0, 8), min_size=2, max_size=2), st.integers(0, 1))
def test_points_and_level_never_fall_when_a_floor_rises(floors: list[int], place: int) -> None:
    higher = copy.copy(floors)
    higher[place] += 1
    (before,), (after,) = scores_of(_TWO_LADDERS, np.array(floors)), scores_of(_TWO_LADDERS, np.array(higher))
    assert 0 <= before.points <= after.points <= 64
    assert before.level <= after.level


_TWO_LADDERS = a_release(a_topic("alpha", levels=8), a_topic("beta", levels=6))


# --- framework and rules ---


def test_a_scope_is_a_framework_an_area_or_a_competence() -> None:
    source = a_framework("1.1", "1.2")
    source["areas"].append(
        {"id": "2", "title": {"fr": "b", "en": "b"}, "competences": [{**source["areas"][0]["competences"][0], "id": "2.1"}]}
    )
    framework = Framework.model_validate(source)
    assert framework.competences_in("crcn") == ("1.1", "1.2", "2.1")
    assert framework.competences_in("1") == ("1.1", "1.2")
    assert framework.competences_in("2") == framework.competences_in("2.1") == ("2.1",)
    for unknown in ("3", "1.3", "", "CRCN", "1."):
        assert framework.competences_in(unknown) == ()


def test_rules_default_to_the_rule_book() -> None:
    rules = Rules()
    assert (rules.highest_open_level, rules.improve_after_days, rules.verify_again_after_days) == (7, 4, 1095)
    assert (rules.grace_seconds, rules.longest_text_bytes, rules.training.start_level) == (5, 240, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"highest_open_level": 9},
        {"improve_after_days": -1},
        {"grace_seconds": 61},
        {"longest_text_bytes": 241},
        {"improve_after_dayz": 4},
        {"training": {"right_below": 0.4}},
        {"training": {"right_belw": 0.9}},
    ],
    ids=str,
)
def test_a_rule_out_of_its_domain_or_unknown_is_refused(wrong: Document) -> None:
    with pytest.raises(ValidationError):
        Rules.model_validate(wrong)


def test_a_release_carries_its_rules() -> None:
    assert a_release(improve_after_days=9, grace_seconds=0).rules == Rules(improve_after_days=9, grace_seconds=0)
