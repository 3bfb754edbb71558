"""`palier content export` and `import`: one sentence with a stable code for every bad input, and all or nothing on disk."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from chalicelib.content.authoring.exchange.qti_export import export_qti
from chalicelib.content.authoring.sources import read_sources
from chalicelib.content.releases import read_challenge
from palier.__main__ import app
from tests.domain.content_builders import ALPHA, a_date, a_tree, both, write
from tests.domain.exchange.samples import DRAWING, saved
from tests.worlds import ROOT

PLACED = ["--topic", "alpha", "--level", "1", "--author", "Ada"]
GIFT = "One? {=a ~b}\n\nTwo? {T}\n"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """Sources on disk: two topics whose four rungs hold a choice, choices, a text and a number; one shows a picture."""
    tree = a_tree()
    shown = tree[ALPHA]["skills"][0]["challenges"][0]
    shown["image"] = {**both("images/nine.svg"), "alt": both("Nine black points")}
    return write(tmp_path / "content", {**tree, "images/nine.svg": DRAWING})


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["content", *map(str, words)])


def refused(result: Result, code: str, status: int) -> None:
    """Whether this ended with this status, and a sentence that begins with this code, on stderr."""
    assert (result.exit_code, result.stdout) == (status, ""), result.output
    last = result.stderr.strip().splitlines()[-1]
    assert re.fullmatch(rf"{code}: \S.*\.", last), result.stderr
    assert "Traceback" not in result.stderr


def test_challenges_go_out_and_come_back(bank: Path, tmp_path: Path) -> None:
    package, output = tmp_path / "out.zip", tmp_path / "back" / "list.yaml"
    went = run("export", package, "--folder", bank)
    assert (went.exit_code, went.stderr) == (0, "")
    assert went.stdout.startswith("Wrote 8 challenges")
    came = run("import", package, "--format", "qti3", "--output", output, "--folder", bank)
    assert (came.exit_code, came.stderr) == (0, "")
    ours = [one for _, topic in read_sources(bank).topics for skill in topic.skills for one in skill.challenges]
    assert [read_challenge(one) for one in yaml.safe_load(output.read_text(encoding="utf-8"))] == ours
    assert (output.parent / "images" / "nine.svg").read_bytes() == DRAWING


def test_one_topic_may_go_alone(bank: Path, tmp_path: Path) -> None:
    package = tmp_path / "out.zip"
    assert run("export", package, "--topic", "beta", "--folder", bank).stdout.startswith("Wrote 4 challenges")


def test_nothing_is_written_when_something_is_refused_unless_the_rest_is_asked_for(bank: Path, tmp_path: Path) -> None:
    write(bank, {ALPHA: {**a_tree()[ALPHA]}})
    topic = a_tree()[ALPHA]
    topic["skills"][0]["challenges"] = [a_date().model_dump(mode="json")]
    write(bank, {ALPHA: topic})
    package = tmp_path / "out.zip"
    result = run("export", package, "--folder", bank)
    refused(result, "refused", 1)
    assert "alpha-1a: date: " in result.stderr
    assert not package.exists()
    partial = run("export", package, "--folder", bank, "--partial")
    assert (partial.exit_code, package.exists()) == (0, True)
    assert "alpha-1a: date: " in partial.stderr


@pytest.mark.parametrize("name", ["moodle", "gift"])
def test_foreign_questions_become_a_list_to_paste(bank: Path, tmp_path: Path, name: str) -> None:
    moodle = (
        '<quiz><question type="truefalse"><name><text>Q</text></name><questiontext format="html"><text>So?</text></questiontext>'
        '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question></quiz>'
    )
    file, output = saved(tmp_path, GIFT if name == "gift" else moodle), tmp_path / "list.yaml"
    result = run("import", file, "--format", name, *PLACED, "--output", output, "--folder", bank)
    assert (result.exit_code, result.stderr) == (0, "")
    drafts = [read_challenge(one) for one in yaml.safe_load(output.read_text(encoding="utf-8"))]
    assert [one.id for one in drafts] == (["alpha-1b", "alpha-1c"] if name == "gift" else ["alpha-1b"])
    assert {(one.status, one.author) for one in drafts} == {("draft", "Ada")}


def test_a_refused_question_keeps_the_others_out_unless_asked(bank: Path, tmp_path: Path) -> None:
    file, output = saved(tmp_path, GIFT + "\nWhy? {}\n"), tmp_path / "list.yaml"
    words: list[str | Path] = ["import", file, "--format", "gift", *PLACED, "--output", output, "--folder", bank]
    result = run(*words)
    refused(result, "refused", 1)
    assert "line 5: unsupported-kind: " in result.stderr
    assert not output.exists()
    assert run(*words, "--partial").exit_code == 0
    assert len(yaml.safe_load(output.read_text(encoding="utf-8"))) == 2


def test_calibrations_come_in_and_go_out(bank: Path, tmp_path: Path) -> None:
    rows = "challenge,locale,a,b,c,se_a,se_b,sample,date,status\nalpha-3a,fr,1.1,0.2,0.0,0.1,0.1,40,2026-11-22,provisional\n"
    file = saved(tmp_path, rows)
    assert run("import", file, "--format", "calibrations", "--folder", bank).exit_code == 0
    assert (bank / "calibrations.csv").read_text(encoding="utf-8") == rows
    assert run("export", tmp_path / "out.csv", "--format", "calibrations", "--folder", bank).exit_code == 0
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == rows
    elsewhere = saved(tmp_path, rows.replace("alpha", "omega"), "other")
    refused(run("import", elsewhere, "--format", "calibrations", "--folder", bank), "refused", 1)
    refused(run("import", file, "--format", "calibrations", "--folder", bank), "nothing-left", 1)
    assert (bank / "calibrations.csv").read_text(encoding="utf-8") == rows


def test_calibrations_of_ours_that_are_damaged_stop_everything(bank: Path, tmp_path: Path) -> None:
    (bank / "calibrations.csv").write_text("challenge\nx\n", encoding="utf-8")
    refused(run("export", tmp_path / "out.csv", "--format", "calibrations", "--folder", bank), "damaged-calibrations", 1)


# --- bad inputs ---


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (["export", "OUT", "--topic", "omega"], "unknown-topic", 2),
        (["export", "FOLDER/taken/out.zip"], "cannot-write", 2),
        (["import", "MISSING", "--format", "qti3", "--output", "OUT"], "no-such-file", 1),
        (["import", "FOLDER", "--format", "gift", *PLACED, "--output", "OUT"], "not-a-file", 1),
        (["import", "FILE", "--format", "qti3", "--output", "OUT"], "not-a-zip", 1),
        (["import", "FILE", "--format", "moodle", *PLACED, "--output", "OUT"], "xml-malformed", 1),
        (["import", "FILE", "--format", "calibrations"], "refused", 1),
        (["import", "FILE", "--format", "gift", *PLACED], "missing-option", 2),
        (["import", "FILE", "--format", "gift", "--output", "OUT"], "missing-option", 2),
        (["import", "FILE", "--format", "gift", *PLACED[:4], "--output", "OUT"], "missing-option", 2),
        (["import", "FILE", "--format", "gift", *PLACED[:5], " ", "--output", "OUT"], "missing-option", 2),
        (["import", "FILE", "--format", "gift", "--topic", "omega", *PLACED[2:], "--output", "OUT"], "unknown-topic", 2),
        (["import", "FILE", "--format", "gift", *PLACED, "--level", "8", "--output", "OUT"], "no-such-skill", 2),
        (["import", "FILE", "--format", "gift", *PLACED, "--output", "BANK/topics/1.1/alpha.yaml"], "output-in-sources", 2),
        (["import", "FILE", "--format", "gift", *PLACED, "--output", "BANK/topics/../topics/x.yaml"], "output-in-sources", 2),
    ],
)
def test_a_bad_input_is_told_in_one_sentence_with_its_code(
    bank: Path, tmp_path: Path, words: list[str], code: str, status: int
) -> None:
    places = {
        "OUT": tmp_path / "out",
        "FILE": saved(tmp_path, GIFT),
        "MISSING": tmp_path / "missing",
        "BANK": bank,
        "FOLDER": tmp_path,
    }
    (tmp_path / "taken").write_text("a file where a folder is wanted", encoding="utf-8")
    named = [
        next((word.replace(key, str(path)) for key, path in places.items() if word.startswith(key)), word) for word in words
    ]
    before = sorted((path, path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file())
    refused(run(*named, "--folder", bank), code, status)
    assert sorted((path, path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file()) == before


@pytest.mark.parametrize(
    "words",
    [
        ["export", "out", "--format", "scorm"],
        ["import", "file", "--format", "qti2"],
        ["import", "file"],
        ["import", "file", "--format", "gift", "--level", "9"],
        ["import", "file", "--format", "gift", "--level", "x"],
        ["import", "file", "--format", "gift", "--locale", "de"],
        ["export", "out", "--folder", "/nowhere"],
    ],
)
def test_a_wrong_use_ends_with_2(words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_picture_never_replaces_another(bank: Path, tmp_path: Path) -> None:
    package = saved(tmp_path, export_qti(read_sources(bank)).content)
    other = tmp_path / "images" / "nine.svg"
    other.parent.mkdir()
    other.write_bytes(b"mine")
    refused(run("import", package, "--format", "qti3", "--output", tmp_path / "list.yaml", "--folder", bank), "file-exists", 1)
    assert (other.read_bytes(), (tmp_path / "list.yaml").exists()) == (b"mine", False)


def test_nothing_is_left_of_a_file_whose_questions_are_all_refused(bank: Path, tmp_path: Path) -> None:
    file = saved(tmp_path, "Why? {}\n")
    words: list[str | Path] = ["import", file, "--format", "gift", *PLACED, "--output", tmp_path / "out", "--folder", bank]
    refused(run(*words, "--partial"), "nothing-left", 1)


# --- codes ---

SOURCES = [*(ROOT / "chalicelib/content/authoring/exchange").glob("*.py"), ROOT / "palier/content_exchange.py"]


def codes_in(path: Path) -> set[str]:
    """Every code that this module may refuse with: the first argument of a refusal, of either branch of it."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    named = [node.args[0] for node in calls if isinstance(node.func, ast.Name) and node.func.id in ("RefusedError", "_stop")]
    values = [one for node in named for one in ([node.body, node.orelse] if isinstance(node, ast.IfExp) else [node])]
    return {str(one.value) for one in values if isinstance(one, ast.Constant)}


CODES = sorted({code for path in SOURCES for code in codes_in(path)} | {"file-task", "date", "match"})


def test_codes_are_found_in_the_sources() -> None:
    assert len(CODES) > 50
    assert {"unsafe-path", "mixed-blanks", "no-right-answer", "several-right-answers", "missing-option"} <= set(CODES)


def test_every_code_has_a_case_and_a_line_in_the_documents() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    documents = (ROOT / "docs" / "exchange.md").read_text(encoding="utf-8")
    assert [code for code in CODES if f'"{code}"' not in tests] == []
    assert [code for code in CODES if f"`{code}`" not in documents] == []
