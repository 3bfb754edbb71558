"""`palier simulate --html`: one file that holds every figure, loads nothing, and can be read without seeing it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from chalicelib.engine.simulation.figures import Results
from chalicelib.engine.simulation.pricing import Pricing
from palier.reports.accuracy_charts import reported_and_true
from palier.reports.cohorts import cohorts_of, confusion, sampling_band
from palier.reports.page import MOST_ROWS, Page, Section, Table, cell, render
from palier.reports.simulation import simulation_report
from palier.simulate import read_scenario
from palier.simulation_figures import told
from palier.simulation_run import SimulationRun, simulate_cohort
from palier.simulation_settings import Settings
from tests.e2e.simulation_files import bank_text, item_lines, made, simulate

pytestmark = pytest.mark.long

QUICK = Pricing(rounds=1, guards=1, persons=10)
EVIL = "<script>alert(1)</script>&\"'$x^2$"
EVIL_COMPETENCE = "<b>$10.1$</b>"


def played(settings: Settings, *, several: bool = False, beside: bool = False) -> SimulationRun:
    with TemporaryDirectory() as folder:
        files = made(Path(folder))
        scenario = read_scenario(files.bank, files.four if several else files.one, None, settings)
        run = simulate_cohort(scenario, 1, lambda persons: None)
    if not beside:
        return run
    from palier.beside_catsim import play_catsim

    return replace(run, peer=play_catsim(scenario, lambda persons: None))


@cache
def several() -> SimulationRun:
    return played(Settings(8, max_exposure=0.3, stratum_exposure=0.5, pricing=QUICK), several=True)


@cache
def beside() -> SimulationRun:
    return played(Settings(max_exposure=0.4, target_se=0.55, longest=12, pricing=QUICK), beside=True)


@cache
def page_of(run: Callable[[], SimulationRun]) -> str:
    return simulation_report(run())


RUNS = pytest.mark.parametrize("run", [several, beside])


def parsed(page: str) -> ET.Element:
    """The root, without names of namespaces."""
    root = ET.fromstring(page)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def words_of(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def cells(root: ET.Element) -> dict[str, list[str]]:
    """The rows of all tables by the name of the row; the first of a name."""
    rows: dict[str, list[str]] = {}
    for row in root.iter("tr"):
        first, *rest = (words_of(one) for one in row)
        rows.setdefault(first, rest)
    return rows


@RUNS
def test_the_report_is_well_formed_and_no_two_elements_share_an_id(run: Callable[[], SimulationRun]) -> None:
    page = page_of(run)
    root = parsed(page)
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert page.startswith("<!DOCTYPE html>")
    assert root.get("lang") == "en"
    assert len(ids) == len(set(ids))
    pointed = re.findall(r"url\(#([^)]+)\)", page) + [one[1:] for one in re.findall(r'href="(#[^"]+)"', page)]
    assert pointed
    assert set(pointed) <= set(ids)


@RUNS
def test_the_report_loads_nothing_and_runs_nothing(run: Callable[[], SimulationRun]) -> None:
    root = parsed(page_of(run))
    assert not {one.tag for one in root.iter()} & {"script", "link", "iframe", "object", "embed", "img", "form"}
    for element in root.iter():
        for name, value in element.items():
            local = name.rpartition("}")[2]
            assert not local.startswith("on")
            assert local not in {"src", "srcset", "data"}
            assert local != "href" or value.startswith("#")
    styles = " ".join(words_of(one) for one in root.iter("style"))
    assert "url(" not in styles
    assert "@import" not in styles


@RUNS
def test_every_figure_of_the_summary_is_in_the_report(run: Callable[[], SimulationRun]) -> None:
    rows = cells(parsed(page_of(run)))
    shown = {one for row in rows.values() for one in row}
    for key, value in run().results.summary().items():
        assert cell(value, 4) in shown, key
    if (peer := run().peer) is not None:
        assert rows["RMSE"][:2] == [cell(told(run())["rmse"], 4), cell(told(run())["catsim"]["rmse"], 4)]
        assert rows["largest exposure"][1] == cell(float(peer.results.rates.max()), 4)


def test_the_largest_rates_of_strata_are_in_the_report() -> None:
    rows, figures = cells(parsed(page_of(several))), told(several())
    shown = zip(figures["stratum_persons"], figures["stratum_max"], figures["stratum_max_by_true_ability"], strict=True)
    names = ("under -1.5", "-1.5 to -0.75", "-0.75 to 0", "0 to 0.75", "0.75 to 1.5", "1.5 or more")
    for name, (persons, largest, truly) in zip(names, shown, strict=True):
        assert (rows[name][0], rows[name][1], rows[name][-1]) == (str(persons), cell(largest), cell(truly))


@RUNS
def test_every_chart_has_a_title_named_axes_a_sentence_and_its_figures(run: Callable[[], SimulationRun]) -> None:
    figures = list(parsed(page_of(run)).iter("figure"))
    assert len(figures) >= 8
    for figure in figures:
        picture = next(one for one in figure.iter() if one.get("role") == "img")
        written = [words_of(one) for one in picture.iter("text")]
        across, up = re.findall(r"Across: (.+?)\. Up: (.+?)\. The", picture.get("aria-label", ""))[0]
        assert {across, up} <= set(written)
        assert figure.findtext("h3")
        assert (figure.findtext("figcaption") or "").endswith(".")
        assert any(one.find(".//tbody/tr") is not None for one in figure.iter("details"))


def test_charts_are_there_when_there_is_something_to_draw() -> None:
    titles = {run: {one.text for one in parsed(page_of(run)).iter("h3")} for run in (several, beside)}
    of_several = {"Error of each competence", "Exposure of each item in each stratum of reported ability"}
    assert titles[several] - titles[beside] == of_several
    assert titles[beside] - titles[several] == {"Length of the tests"}


def test_headings_go_down_one_step_at_a_time() -> None:
    steps = [int(one.tag[1]) for one in parsed(page_of(several)).iter() if re.fullmatch(r"h[1-6]", one.tag)]
    assert steps[0] == 1
    assert steps.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(steps))


def test_the_same_run_gives_the_same_bytes_whatever_time_it_took() -> None:
    slower = replace(several(), seconds=9999.0, pricing_seconds=8888.0)
    assert simulation_report(slower) == page_of(several)


@cache
def page_of_one_person() -> str:
    """Of one person, by the console, over a bank with names that look like code."""
    with TemporaryDirectory() as folder:
        files = made(Path(folder))
        named = item_lines()[0].replace("i0,", '"' + EVIL.replace('"', '""') + '",')
        bank = files.write("evil.csv", bank_text([named, *item_lines()[1:]]).replace(",10.1", f",{EVIL_COMPETENCE}"))
        head, first, *_ = files.four.read_text().splitlines()
        text = f"person,{head}\nAda,{first}\n".replace("c10.1", EVIL_COMPETENCE)
        html = files.folder / "report.html"
        ran = simulate(bank, files.write("people.csv", text), "--html", str(html), "--json")
        assert (ran.exit_code, ran.stderr) == (0, "")
        assert not list(files.folder.glob(".*"))
        return html.read_text(encoding="utf-8")


def test_names_that_look_like_code_are_shown_and_not_run() -> None:
    root = parsed(page_of_one_person())
    assert not list(root.iter("script"))
    assert not list(root.iter("b"))
    assert EVIL in cells(root)
    assert EVIL_COMPETENCE in {words_of(one) for one in root.iter("text")}


def test_one_person_has_a_report() -> None:
    assert "Ada" in cells(parsed(page_of_one_person()))


def test_a_report_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    files = made(tmp_path)
    ran = simulate(files.bank, files.one, "--html", "/nowhere/report.html")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "--html /nowhere/report.html cannot be written" in ran.stderr
    twice = tmp_path / "twice"
    ran = simulate(files.bank, files.one, "--html", str(twice), "--out", str(twice))
    assert (ran.exit_code, twice.exists()) == (2, False)


def test_many_persons_are_cells_and_not_points() -> None:
    run = beside()
    sittings = list(run.results.sittings) * 60
    many = replace(run, results=Results(sittings, np.tile(run.results.abilities, (60, 1)), run.results.items), peer=None)
    names = [str(place) for place in range(len(sittings))]
    drawn = reported_and_true(cohorts_of(many), names)
    assert "deeper where there are more" in drawn.svg
    assert drawn.svg.count("<use") < len(sittings) / 10
    assert (len(drawn.tables[0].rows), drawn.tables[0].total) == (MOST_ROWS, 2400)


def test_a_cut_table_says_how_many_rows_there_are() -> None:
    table = Table.of("long", ["name"], [[str(place)] for place in range(MOST_ROWS + 5)])
    assert f"The first {MOST_ROWS} rows of {MOST_ROWS + 5}." in render(Page("p", "", (Section("s", (table,)),)))


def test_a_row_that_is_not_as_long_as_the_head_is_refused() -> None:
    with pytest.raises(ValueError, match="must have 2 cells"):
        Table.of("t", ["a", "b"], [["x"]])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.12345, "0.123"),
        (-0.0001, "0.000"),
        (np.float32(0.5), "0.500"),
        (7, "7"),
        (np.int64(7), "7"),
        (True, "yes"),
        (np.False_, "no"),
        (float("nan"), "·"),
        (float("inf"), "·"),
        (None, "·"),
    ],
)
def test_figures_that_are_not_defined_are_told_from_numbers(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_signs_that_no_page_may_hold_become_question_marks() -> None:
    assert parsed(render(Page("a\x00b\u202ec\ud800d", "", ()))).findtext(".//h1") == "a?b?c?d"


@pytest.mark.parametrize(("persons", "share"), [(1, 0.9), (10, 0.9), (80, 0.9), (2000, 0.2)])
def test_the_sampling_band_is_that_of_the_binomial(persons: int, share: float) -> None:
    low, high = stats.binom.ppf([0.025, 0.975], persons, share) / persons
    assert sampling_band(persons, share) == pytest.approx((low, high), abs=1e-12)


def test_the_diagonal_of_the_confusion_is_the_accuracy_of_levels() -> None:
    for errors in (beside().results.composite, several().results.competences):
        assert errors is not None
        counts = confusion(errors)
        assert np.trace(counts) / counts.sum() == pytest.approx(errors.level_accuracy)
