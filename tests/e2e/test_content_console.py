"""`palier content`: what authors type, and what they are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chalicelib.content.challenges import KINDS
from chalicelib.content.releases import Release, Use
from palier.__main__ import app
from tests.domain.checks.spoiling import SVG, with_image, with_pool, with_task
from tests.domain.content_builders import ALPHA, a_tree, an_input, challenge_in, document, items, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sources of two topics, with one more challenge of some kinds, a file task and an exposed pool."""
    tree = a_tree()
    with_image(tree)
    more = [
        document("order", "alpha-1c", items=items("abc"), right_order=["c", "a", "b"]),
        document("blanks", "alpha-1d", inputs=[an_input("a"), an_input("b", "select")]),
        document("match", "alpha-1e"),
    ]
    tree[ALPHA]["skills"][0]["challenges"] += more
    with_task(tree)
    with_pool(tree, document("choice", "alpha-2c1"))
    return write(tmp_path / "content", tree)


def run(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(app, ["content", *words], env=environment, catch_exceptions=False)


def test_faultless_sources_are_told_so(folder: Path) -> None:
    ran = run("check", "--folder", str(folder))
    assert (ran.exit_code, ran.stdout) == (0, "13 challenges, no fault.\n")
    assert run("check", "--folder", str(folder), "--under", "exposed").stdout == "1 challenges, no fault.\n"


def test_every_fault_is_told_with_its_path_and_rule(tmp_path: Path) -> None:
    tree = a_tree()
    challenge_in(tree, ALPHA, 1)["id"] = "omega-1a"
    tree[ALPHA]["skills"][2]["resources"] = []
    ran = run("check", "--folder", str(write(tmp_path, tree)))
    assert ran.exit_code == 1
    lines = " ".join(ran.stdout.split())
    assert f"{ALPHA}#omega-1a misnamed-challenge: expected alpha-1<letter>" in lines
    assert f"{ALPHA}#level 3 skill-without-resource: no resource" in lines
    assert run("check", "--folder", str(tmp_path), "--under", "topics/1.1/beta").exit_code == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["alpha-1a", "a"], "correct: right-option"),
        (["alpha-1a", "b"], "incorrect: other-option"),
        (["alpha-2a", "b", "a"], "correct: exact-set"),
        (["alpha-3a", "Clavier"], "correct: accepted-text"),
        (["alpha-4a", "12,0", "--locale", "en"], "correct: same-number"),
        (["alpha-1c", "c", "a", "b"], "correct: exact-order (right, right, right)"),
        (["alpha-1d", "a=clavier", "b=a"], "incorrect: some-input (right, wrong)"),
        (["alpha-1e", "souris", "clavier"], "correct: every-group-once (right, right)"),
        (["alpha-2c1", "a"], "correct: right-option"),
        (["alpha-1b", "nowhere", "--variant", "3"], "incorrect: other-text"),
    ],
)
def test_an_author_tries_an_answer_and_sees_the_rule_that_decides(folder: Path, words: list[str], told: str) -> None:
    ran = run("grade", *words, "--folder", str(folder))
    assert (ran.exit_code, ran.stdout.strip()) == (0, told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["omega-1a", "a"], "There is no challenge omega-1a."),
        (["alpha-1a", "z"], "unknown-option"),
        (["alpha-1d", "a=clavier"], "wrong-answer-shape"),
        (["alpha-3a", "x" * 300], "answer-too-long"),
    ],
)
def test_what_cannot_be_graded_is_told_in_one_sentence(folder: Path, words: list[str], told: str) -> None:
    ran = run("grade", *words, "--folder", str(folder))
    assert ran.exit_code == 2
    assert told in ran.stderr


def test_a_challenge_is_previewed_here_with_its_key_and_solution(folder: Path) -> None:
    shown = run("preview", "alpha-1d", "--locale", "en", "--folder", str(folder)).stdout
    for words in ("Prompt of alpha-1d", "Input a", "Option c", "clavier, b", "Solution of alpha-1d"):
        assert words in shown


def test_a_challenge_is_previewed_as_a_page_where_nothing_of_it_runs(folder: Path, tmp_path: Path) -> None:
    source = folder / ALPHA
    source.write_text(source.read_text().replace("Énoncé de alpha-1a", "Voir `<script>alert(1)</script>` **ici**"))
    page = tmp_path / "page.html"
    assert run("preview", "alpha-1a", "--html", str(page), "--folder", str(folder)).exit_code == 0
    html = page.read_text()
    assert "<strong>ici</strong>" in html
    assert "<script" not in html
    assert "data:image/svg+xml;base64," in html
    assert SVG not in html
    assert "Le plan de l&#x27;école" in html


def test_the_file_of_a_task_is_written_where_asked(folder: Path, tmp_path: Path) -> None:
    ran = run("preview", "alpha-1b", "--variant", "5", "--attachment", str(tmp_path / "files"), "--folder", str(folder))
    assert ran.exit_code == 0
    assert [file.name for file in (tmp_path / "files").iterdir()] == ["projet.zip"]


def test_certification_challenges_are_never_previewed(folder: Path) -> None:
    assert "There is no challenge alpha-2c1." in run("preview", "alpha-2c1", "--folder", str(folder)).stderr


def test_the_coverage_is_one_json_object(folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "coverage.svg"
    counted = json.loads(run("stats", "--json", "--picture", str(picture), "--folder", str(folder)).stdout)
    assert counted["challenges"] == 12
    assert set(counted["by_kind"]) == set(KINDS)
    assert sum(counted["by_kind"].values()) == sum(counted["by_level"].values()) == sum(counted["by_competence"].values()) == 12
    assert (counted["by_level"]["1"], counted["by_level"]["8"]) == (6, 0)
    assert (counted["exposed"], counted["by_competence"]) == ({"1.1": 1}, {"1.1": 12})
    assert picture.read_text().startswith("<svg ")


def test_the_coverage_is_a_table(folder: Path) -> None:
    shown = run("stats", "--folder", str(folder)).stdout
    assert "12 challenges" in shown
    assert "1 file-task" in " ".join(shown.split())


def test_a_release_is_built_to_a_file_with_the_private_pools_of_the_configuration(folder: Path, tmp_path: Path) -> None:
    private = {"secret.yaml": {"pool": "private", "challenges": [document("text", "alpha-3c7")]}}
    write(tmp_path / "private", private)
    output = tmp_path / "release.npz"
    ran = run("build", str(output), "--folder", str(folder), PALIER_PRIVATE_CONTENT=str(tmp_path / "private"))
    release = Release(ran.stdout.split()[1].rstrip(":"), output.read_bytes())
    assert release.use_of(release.ordinals["alpha-3c7"]) is Use.PRIVATE
    assert release.use_of(release.ordinals["alpha-2c1"]) is Use.EXPOSED
    assert not release.playable(frozenset(), "computer", "fr")[release.ordinals["alpha-3c7"]]
    assert "alpha-3c7" not in run("stats", "--json", "--folder", str(folder)).stdout


def test_a_private_pool_that_is_at_fault_stops_the_build(folder: Path, tmp_path: Path) -> None:
    write(tmp_path / "private", {"secret.yaml": {"pool": "private", "challenges": [document("text", "omega-3c7")]}})
    ran = run("build", str(tmp_path / "release.npz"), "--folder", str(folder), "--private", str(tmp_path / "private"))
    assert ran.exit_code == 1
    assert "no-such-skill" in ran.stdout
    assert not (tmp_path / "release.npz").exists()
