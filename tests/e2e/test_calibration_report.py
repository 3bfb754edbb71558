"""The report on a calibration: one file that holds every figure, safe whatever the names, the same each time."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree.ElementTree import Element  # for its type; what is parsed is our own

import pytest
import typer
from defusedxml.ElementTree import fromstring
from typer.testing import CliRunner

from palier.calibrate import calibrate
from tests.e2e.calibration_files import (
    DRIFTED,
    HARDER_FOR_GIRLS,
    MISFITTING,
    NAMES,
    read_table,
    write_competences,
    write_complete,
)

pytestmark = pytest.mark.long

app = typer.Typer()
app.command()(calibrate)
XHTML = "{http://www.w3.org/1999/xhtml}"
EVIL = '<script>alert("x")</script>&amp;'


def reported(folder: Path, words: list[str], name: str = "r.html") -> str:
    result = CliRunner().invoke(app, [*words, "--html", str(folder / name), "--json"], catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (0, "")
    (folder / "told.json").write_text(result.stdout)
    return (folder / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("report")
    words = write_complete(made)
    quoted = '"' + EVIL.replace('"', '""') + '"'
    for name in ("r.csv", "t.csv", "b.csv"):
        (made / name).write_text(re.sub(rf"\b{NAMES[-1]}\b", quoted, (made / name).read_text()))
    (made / "g.csv").write_text((made / "g.csv").read_text().replace("girls", "<b>girls</b>"))
    reported(made, words)
    return made


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return (folder / "r.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parsed(page: str) -> Element:
    tree: Element = fromstring(page)
    return tree


def section(parsed: Element, title: str) -> Element:
    for one in parsed.iter(f"{XHTML}section"):
        heading = one.find(f"{XHTML}h2")
        if heading is not None and heading.text == title:
            return one
    raise AssertionError(f"no section {title}")


def text_of(element: Element) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_the_report_has_every_part_in_order(parsed: Element) -> None:
    assert [heading.text for heading in parsed.iter(f"{XHTML}h2")] == [
        "The calibration",
        "Item parameters",
        "Item characteristic curves",
        "Information",
        "Persons and items",
        "Fit",
        "Groups",
        "Link to the bank",
        "Drift",
        "Persons to look at",
        "What was not computed, and why",
    ]


def test_nothing_is_loaded_and_nothing_runs(page: str) -> None:
    assert not re.search(r'(src|href)="(?!#)', page)
    assert "<script" not in page
    assert "url(http" not in page


def test_every_chart_says_how_to_read_it_and_what_is_seen(parsed: Element) -> None:
    figures = list(parsed.iter(f"{XHTML}figure"))

    assert len(figures) == 12
    for figure in figures:
        caption = figure.find(f"{XHTML}figcaption")
        assert caption is not None
        assert text_of(caption).endswith(".")
        assert any(len(one.get("aria-label") or "") > 30 for one in figure.iter(f"{XHTML}div"))


def test_the_whole_is_told_as_in_the_console(folder: Path, parsed: Element) -> None:
    told = json.loads((folder / "told.json").read_text())
    text = text_of(section(parsed, "The calibration"))

    assert f"{told['loglik']:.3f}" in text
    assert "persons 900" in text
    assert "items: misfits 1" in text


def test_every_item_is_there_with_its_parameters(folder: Path, parsed: Element) -> None:
    text = text_of(section(parsed, "Item parameters"))

    for row in read_table(folder / "p.csv")[:-1]:
        assert f"{row['item']} 900 {float(row['a']):.3f} {float(row['se_a']):.3f} {float(row['b']):.3f}" in text
    assert text.index(f"{NAMES[MISFITTING]} 900") == min(text.index(f"{name} 900") for name in NAMES[:-1])


def test_known_faults_are_shown_where_they_belong(parsed: Element) -> None:
    assert f"{NAMES[MISFITTING]} 900 misfits" in text_of(section(parsed, "Fit"))
    groups = text_of(section(parsed, "Groups"))
    assert re.search(rf"{NAMES[HARDER_FOR_GIRLS]} -?\d\.\d+ -?\d\.\d+ -?\d\.\d+ large", groups)
    assert re.search(rf"{NAMES[DRIFTED]} \d 0\.\d+ 0\.050 dropped", text_of(section(parsed, "Link to the bank")))
    assert "drifted" in text_of(section(parsed, "Drift"))


def test_both_links_are_told_with_their_errors(folder: Path, parsed: Element) -> None:
    link = json.loads((folder / "told.json").read_text())["linking"]
    text = text_of(section(parsed, "Link to the bank"))

    for one in (link, link["haebara"]):
        assert f"{one['slope']:.4f} {one['se_slope']:.4f} {one['intercept']:.4f} {one['se_intercept']:.4f}" in text


def test_a_flag_is_for_people_and_names_nobody(page: str, parsed: Element) -> None:
    text = text_of(section(parsed, "Persons to look at"))

    assert "two people to look at" in text
    assert "never changes a score" in text
    assert not re.search(r">p\d+<", page)


def test_names_cannot_break_the_page(page: str, parsed: Element) -> None:
    assert "<script" not in page
    assert "<b>girls" not in page
    assert EVIL in text_of(section(parsed, "Item parameters"))
    assert "<b>girls</b>" in text_of(section(parsed, "Groups"))


def test_the_same_run_gives_the_same_bytes(folder: Path, page: str) -> None:
    files = {"responses": "r", "out": "p", "groups": "g", "times": "t", "bank": "b"}
    words = [word for option, name in files.items() for word in (f"--{option}", str(folder / f"{name}.csv"))]

    assert reported(folder, words, "again.html") == page


def test_competences_say_what_was_used_and_what_was_not_computed(tmp_path: Path) -> None:
    words = [*write_competences(tmp_path), "--max-iterations", "3"]

    parsed = fromstring(reported(tmp_path, words))

    assert "posterior of its own competence" in text_of(section(parsed, "The calibration"))
    assert "no: do not use the items that had not settled" in text_of(section(parsed, "The calibration"))
    lacks = text_of(section(parsed, "What was not computed, and why"))
    assert "S-X²" in lacks
    assert "Linking and drift need --bank." in lacks
    assert "Mantel–Haenszel" in lacks
