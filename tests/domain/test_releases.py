"""Releases: the same content under the same name for ever, and what they tell of it: framework, places, levels, points."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import zlib
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.content.authoring.building import build_release
from chalicelib.content.authoring.calibrating import CalibrationRow
from chalicelib.content.authoring.packing import Measured, PackedTopic, pack_release
from chalicelib.content.challenges import Device, Need, guess_chance
from chalicelib.content.framework import Framework
from chalicelib.content.release_files import FORMAT, name_of, read_arrays, write_arrays
from chalicelib.content.releases import COLUMNS, DOCUMENTS, Calibration, Release, Use, read_challenge
from chalicelib.content.rules import Rules
from chalicelib.content.scores import Score, scores_of
from chalicelib.content.texts import LOCALES, Locale
from chalicelib.content.topics import Topic
from chalicelib.kernel.errors import UnavailableError
from chalicelib.kernel.ids import is_id
from tests.domain.content_builders import ALPHA, NEEDS, RULES, Document, a_framework, a_topic, a_tree, document, write

ROOT = Path(__file__).resolve().parents[2]


def pairs(*topics: Document) -> list[PackedTopic]:
    """Each topic with its challenges, as the builder of releases takes them."""
    made = []
    for source in topics:
        skills = [{key: value for key, value in skill.items() if key != "challenges"} for skill in source["skills"]]
        challenges = [read_challenge(one) for skill in source["skills"] for one in skill["challenges"]]
        made.append(
            PackedTopic(Topic.model_validate({**source, "skills": skills}), [(one, Use.PRACTICE) for one in challenges])
        )
    return made


def packed(*topics: Document, framework: Document | None = None, **rules: Any) -> tuple[str, bytes]:
    """Id and bytes of a release of these topics."""
    return pack_release(Framework.model_validate(framework or a_framework()), Rules(**rules), pairs(*topics))


def a_release(*topics: Document, framework: Document | None = None, **rules: Any) -> Release:
    """A release of these topics, or of two topics of four levels."""
    return Release(*packed(*(topics or (a_topic("alpha"), a_topic("beta"))), framework=framework, **rules))


def ids_of(release: Release) -> list[str]:
    return list(release.challenge_ids)


# --- one name for one content ---


def test_the_same_sources_always_give_the_same_id_and_bytes(tmp_path: Path) -> None:
    first = build_release(write(tmp_path / "first", a_tree()))
    second = build_release(write(tmp_path / "second", dict(reversed(a_tree().items()))))
    assert first == second
    assert is_id(first.id)


@settings(max_examples=25)
@given(st.data())
def test_the_order_in_which_topics_and_challenges_come_changes_nothing(data: st.DataObject) -> None:
    framework = Framework.model_validate(a_framework("1.1", "1.2"))
    made = pairs(a_topic("beta"), a_topic("alpha"), a_topic("gamma", "1.2"))
    expected = pack_release(framework, Rules(), made)
    shuffled = [
        PackedTopic(one.topic, data.draw(st.permutations(list(one.challenges)))) for one in data.draw(st.permutations(made))
    ]
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
print(build_release(Path(sys.argv[1])).id)
"""


def test_the_seed_of_the_process_changes_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path, a_tree())
    orders, names = set(), {build_release(folder).id}
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
    tree["calibrations.csv"] = (
        "challenge,locale,a,b,c,se_a,se_b,sample,date,status\nalpha-3a,fr,1.1,0.25,0,0.1,0.2,600,2026-11-01,validated\n"
    )


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
    assert before.id != after.id
    assert before.packed != after.packed


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
    for other in (b"", b"{}", zlib.compress(content), content[::-1], write_arrays({}), b"\x93NUMPY" + content):
        assert damaged(name, other).code == "release-damaged"


_NAME, _CONTENT = packed(a_topic("alpha", levels=2))


def all_that_it_says(release: Release) -> list[object]:
    """Everything that somebody may read of a release."""
    challenges = [release.challenge(ordinal) for ordinal in range(len(release))]
    places = [
        (release.topic_of(ordinal), release.level_of(ordinal), release.use_of(ordinal)) for ordinal in range(len(release))
    ]
    numbers = [release.calibration_of(ordinal, locale) for ordinal in range(len(release)) for locale in LOCALES]
    playable = release.playable(frozenset({"blind"}), "any", "fr").tolist()
    return [challenges, places, numbers, playable, release.rules, release.framework, release.topics, release.lessons_of(0)]


@settings(max_examples=150)
@given(st.integers(0, len(_CONTENT) - 1), st.integers(1, 255))
def test_a_flipped_byte_never_changes_what_a_release_says(place: int, flip: int) -> None:
    spoilt = bytearray(_CONTENT)
    spoilt[place] ^= flip
    said = None  # refused as damaged
    with suppress(UnavailableError):
        said = all_that_it_says(Release(_NAME, bytes(spoilt)))
    assert said in (None, all_that_it_says(Release(_NAME, _CONTENT)))


def renamed(**other: Any) -> tuple[str, bytes]:
    """The release with these arrays instead, under the name that its contents deserve."""
    arrays = {**read_arrays(_CONTENT), **other}
    return name_of(arrays, DOCUMENTS), write_arrays(arrays)


def a_head(**other: Any) -> Any:
    head = json.loads(read_arrays(_CONTENT)["head"].tobytes())
    return np.frombuffer(json.dumps({**head, **other}).encode(), np.uint8)


def test_a_release_of_another_format_is_damaged_even_under_its_right_name() -> None:
    assert len(Release(*renamed(head=a_head()))) == 2
    assert damaged(*renamed(head=a_head(format=FORMAT + 1))).code == "release-damaged"
    for key in ("framework", "rules"):
        assert damaged(*renamed(head=a_head(**{key: {"nobody": "knows"}}))).code == "release-damaged"
    for nothing in (b"[]", b"null", b"1", b"{", b""):
        assert damaged(*renamed(head=np.frombuffer(nothing, np.uint8))).code == "release-damaged"


@pytest.mark.parametrize("part", ["format", "framework", "rules", "topics", "challenges"])
def test_a_release_whose_head_lacks_a_part_is_damaged(part: str) -> None:
    head = json.loads(read_arrays(_CONTENT)["head"].tobytes())
    del head[part]
    assert damaged(*renamed(head=np.frombuffer(json.dumps(head).encode(), np.uint8))).code == "release-damaged"


@pytest.mark.parametrize("lost", ["head", "ladder", *COLUMNS, *DOCUMENTS, *(f"{name}_ends" for name in DOCUMENTS)])
def test_a_release_that_lacks_an_array_is_damaged(lost: str) -> None:
    arrays = {name: array for name, array in read_arrays(_CONTENT).items() if name != lost}
    assert damaged(name_of(arrays, DOCUMENTS), write_arrays(arrays)).code == "release-damaged"


def test_a_text_that_is_damaged_is_refused_when_it_is_read_and_no_sooner() -> None:
    arrays = read_arrays(_CONTENT)
    texts = arrays["challenges"].copy()
    texts[len(texts) // 2] ^= 0xFF
    release = Release(_NAME, write_arrays({**arrays, "challenges": texts}))
    assert ids_of(release) == ["alpha-1a", "alpha-2a"]
    with pytest.raises(UnavailableError) as caught:
        release.challenge(0)
    assert (caught.value.code, caught.value.details) == ("release-damaged", {"release": _NAME})


def test_the_name_of_a_release_does_not_depend_on_how_well_it_is_compressed() -> None:
    arrays = read_arrays(_CONTENT)
    ends = arrays["challenges_ends"].tolist()
    chunks = [arrays["challenges"][first:end].tobytes() for first, end in pairwise([0, *ends])]
    looser = [zlib.compress(zlib.decompress(chunk), 1) + b"" for chunk in chunks]
    other = {
        **arrays,
        "challenges": np.frombuffer(b"".join(looser), np.uint8),
        "challenges_ends": np.cumsum([len(chunk) for chunk in looser]),
    }
    assert name_of(other, DOCUMENTS) == _NAME
    assert all_that_it_says(Release(_NAME, write_arrays(other))) == all_that_it_says(Release(_NAME, _CONTENT))


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
        release.topic(0).skill(5)


def calibrated(challenge: str, locale: Locale, **override: Any) -> CalibrationRow:
    base = {"c": 0, "se_a": 0.1, "se_b": 0.1, "sample": 600, "date": "2026-11-01", "status": "validated"}
    return CalibrationRow.model_validate({**base, "challenge": challenge, "locale": locale, **override})


def test_the_bank_holds_each_challenge_with_its_calibration_at_its_ordinal() -> None:
    timed = a_topic("beta", "1.2")
    timed["skills"][1]["challenges"][0] |= {"time_limit_seconds": 60}
    measured: Measured = {("beta-3a", "fr"): calibrated("beta-3a", "fr", a=0.5, b=1.25)}
    framework = Framework.model_validate(a_framework("1.1", "1.2"))
    release = Release(*pack_release(framework, Rules(), pairs(a_topic("alpha"), timed), measured))
    bank = release.bank_in("fr")
    for ordinal in range(len(release)):
        expected = release.calibration_of(ordinal, "fr")
        assert (bank.discrimination[ordinal], bank.difficulty[ordinal], bank.guess[ordinal]) == expected
        assert release.topics[bank.topic[ordinal]].id == release.topic_of(ordinal).id
        assert bank.level[ordinal] == release.level_of(ordinal)
    assert np.flatnonzero(bank.timed).tolist() == [release.ordinals["beta-2a"]]
    assert bank.topic_competence.tolist() == [0, 1]
    assert bank.ladder.tolist() == [[True] * 4 + [False] * 4] * 2


def test_a_calibration_holds_in_its_language_only() -> None:
    measured: Measured = {("alpha-3a", "en"): calibrated("alpha-3a", "en", a=0.5, b=1.25)}
    release = Release(*pack_release(Framework.model_validate(a_framework()), Rules(), pairs(a_topic("alpha")), measured))
    assert release.calibration_of(2, "en") == Calibration(0.5, 1.25, 0.0)
    assert release.calibration_of(2, "fr") == Calibration(1.2, -1.2, 0.0)
    assert release.bank_in("en").difficulty[2] == 1.25
    assert release.bank_in("fr").difficulty[2] == -1.2


def test_without_calibrations_both_languages_share_one_bank() -> None:
    release = a_release()
    assert release.bank_in("fr") is release.bank_in("en")


@pytest.mark.parametrize(("level", "b"), [(1, -2.8), (2, -2.0), (4, -0.4), (5, 0.4), (8, 2.8)])
def test_without_data_difficulty_follows_the_level(level: int, b: float) -> None:
    release = a_release(a_topic("alpha", levels=8))
    ordinal = release.ordinals[f"alpha-{level}a"]
    found = release.calibration_of(ordinal, "fr")
    assert found.a == 1.2
    assert found.b == pytest.approx(b)
    assert found.c == guess_chance(release.challenge(ordinal))


# --- certification pools ---


def test_certification_challenges_are_in_the_release_and_never_playable_in_practice() -> None:
    (topic,) = pairs(a_topic("alpha"))
    pool = [(read_challenge(document("choice", f"alpha-2c{n}")), use) for n, use in ((1, Use.EXPOSED), (22, Use.PRIVATE))]
    both_uses = PackedTopic(topic.topic, [*topic.challenges, *pool])
    release = Release(*pack_release(Framework.model_validate(a_framework()), Rules(), [both_uses]))
    assert ids_of(release) == ["alpha-1a", "alpha-2a", "alpha-2c1", "alpha-2c22", "alpha-3a", "alpha-4a"]
    assert [release.use_of(ordinal) for ordinal in (1, 2, 3)] == [Use.PRACTICE, Use.EXPOSED, Use.PRIVATE]
    assert release.level_of(3) == 2
    assert np.flatnonzero(release.playable(frozenset(), "computer", "fr")).tolist() == [0, 1, 4, 5]


# --- who can play what ---


def able(release: Release, needs: tuple[Need, ...], device: Device, locale: Locale = "fr") -> list[int]:
    """Ordinals of what somebody can play."""
    return [int(one) for one in np.flatnonzero(release.playable(frozenset(needs), device, locale))]


def test_what_is_not_ready_in_a_language_is_not_played_in_it() -> None:
    topic = a_topic("alpha")
    topic["skills"][1]["challenges"][0]["locales"] = {"fr": "validated", "en": "draft"}
    topic["skills"][2]["challenges"][0]["locales"] = {"fr": "retired", "en": "validated"}
    release = a_release(topic)
    assert able(release, (), "computer", "fr") == [0, 1, 3]
    assert able(release, (), "computer", "en") == [0, 2, 3]


def test_what_is_playable_suits_every_need_and_the_device() -> None:
    topic = a_topic("alpha")
    changes: list[Document] = [{"suits": []}, {"suits": ["motor"]}, {"device": "computer"}, {"device": "computer", "suits": []}]
    for skill, change in zip(topic["skills"], changes, strict=True):
        skill["challenges"][0] |= change
    release = a_release(topic)
    assert able(release, (), "computer") == [0, 1, 2, 3]
    assert able(release, (), "any") == [0, 1]
    assert able(release, ("motor",), "any") == [1]
    assert able(release, ("motor",), "computer") == [1, 2]
    assert able(release, ("motor", "blind"), "any") == []


@pytest.mark.parametrize("device", ["any", "computer"])
def test_what_is_playable_is_exactly_what_suits_whatever_the_needs(device: Device) -> None:
    topic = a_topic("alpha")
    suited: list[set[Need]] = [{"blind", "deaf"}, set(), {"motor"}, set(NEEDS)]
    for skill, suits in zip(topic["skills"], suited, strict=True):
        skill["challenges"][0] |= {"suits": sorted(suits), "device": "computer" if "deaf" in suits else "any"}
    release = a_release(topic)
    for needs in (frozenset(some) for count in range(6) for some in combinations(NEEDS, count)):
        suiting = [place for place, suits in enumerate(suited) if not needs - suits]
        expected = [place for place in suiting if device == "computer" or "deaf" not in suited[place]]
        assert able(release, tuple(needs), device) == expected


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
