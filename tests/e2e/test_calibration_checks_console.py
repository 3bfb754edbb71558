"""`palier calibrate` with checks: what it finds of known faults, what it tells and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from chalicelib.engine.bank import GRID
from chalicelib.engine.calibration.abilities import AbilityWeights, ItemCurves, ability_weights, normal_weights
from chalicelib.engine.calibration.mantel_haenszel import mantel_haenszel
from chalicelib.engine.calibration.nested import Nested
from chalicelib.engine.calibration.responses import Responses
from palier.calibrate import calibrate
from palier.calibration_abilities import CompetenceAbilities, abilities_of, shifted
from palier.calibration_checks import check
from palier.calibration_run import CalibrationRun, read_given, run_calibration
from palier.calibration_tables import CheckTables, Groups
from palier.response_tables import read_responses
from tests.e2e.calibration_files import (
    DRIFTED,
    GUESSER,
    HARDER_FOR_GIRLS,
    HASTY,
    INTERCEPT,
    ITEMS,
    MISFITTING,
    NAMES,
    PERSONS,
    SLOPE,
    read_table,
    write_competences,
    write_complete,
    write_table,
)

app = typer.Typer()
app.command()(calibrate)


def ran(words: list[str]) -> Result:
    return CliRunner().invoke(app, words, catch_exceptions=False)


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the outputs of a calibration with every check."""
    folder = tmp_path_factory.mktemp("complete")
    result = ran([*write_complete(folder), "--json"])
    assert (result.exit_code, result.stderr) == (0, "")
    (folder / "told.json").write_text(result.stdout)
    return folder


@pytest.fixture(scope="module")
def told(complete: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((complete / "told.json").read_text())
    return found


def test_the_item_that_does_not_follow_its_curve_misfits_and_it_alone(complete: Path, told: dict[str, Any]) -> None:
    rows = read_table(complete / "f.csv")

    assert [row["item"] for row in rows if row["verdict"] == "misfits"] == [NAMES[MISFITTING]]
    assert told["fit"] == {"fits": ITEMS - 1, "misfits": 1, "too_few": 0}
    assert float(rows[MISFITTING]["rmsd"]) > 0.07
    assert min(rows, key=lambda row: float(row["s_x2_p"]))["item"] == NAMES[MISFITTING]
    assert max(rows, key=lambda row: float(row["infit"]))["item"] == NAMES[MISFITTING]


def test_the_item_harder_for_a_group_is_found_and_impact_is_not_blamed_on_items(complete: Path, told: dict[str, Any]) -> None:
    rows = read_table(complete / "f.csv")

    assert [row["item"] for row in rows if row["dif"] == "large"] == [NAMES[HARDER_FOR_GIRLS]]
    assert [row["mh"] for row in rows].count("C") == 1
    sign = 1 if told["dif"]["reference"] == "boys" else -1
    assert sign * float(rows[HARDER_FOR_GIRLS]["dif_delta"]) < -1.5
    assert sign * told["dif"]["impact"] == pytest.approx(-0.35, abs=0.15)
    assert sum(told["dif"]["persons"]) == PERSONS


def test_mantel_haenszel_is_that_of_the_engine(complete: Path, told: dict[str, Any]) -> None:
    responses = read_responses(complete / "r.csv").responses
    focal = np.array([row["group"] == told["dif"]["focal"] for row in read_table(complete / "g.csv")])

    expected = mantel_haenszel(responses, focal)

    assert [float(row["mh_delta"]) for row in read_table(complete / "f.csv")] == pytest.approx(expected.delta.tolist())


def test_the_link_finds_the_scale_of_the_bank_without_the_item_that_drifted(complete: Path, told: dict[str, Any]) -> None:
    rows = read_table(complete / "f.csv")

    assert told["linking"]["slope"] == pytest.approx(SLOPE, abs=0.12)
    assert told["linking"]["intercept"] == pytest.approx(INTERCEPT - SLOPE * 0.15, abs=0.12)
    assert told["linking"]["haebara"]["slope"] == pytest.approx(told["linking"]["slope"], abs=0.03)
    assert rows[DRIFTED]["anchor"] == "dropped"
    assert rows[DRIFTED]["drift"] == "drifted"
    assert float(rows[DRIFTED]["drift_b"]) == pytest.approx(-0.8 * SLOPE, abs=0.35)
    assert told["drift"]["drifted"] == sum(row["drift"] == "drifted" for row in rows) <= 3


def test_who_answers_against_the_model_or_in_haste_is_named_for_people_to_look_at(complete: Path, told: dict[str, Any]) -> None:
    rows = read_table(complete / "s.csv")

    assert rows[GUESSER]["person"] == f"p{GUESSER}"
    assert "unlikely-answers" in rows[GUESSER]["flags"].split()
    assert "fast-run" in rows[HASTY]["flags"].split()
    assert told["flagged_persons"] == sum(bool(row["flags"]) for row in rows) < 0.05 * PERSONS
    assert told["not_done"] == []


def test_each_person_has_an_ability_with_its_error(complete: Path) -> None:
    rows = read_table(complete / "s.csv")
    right = read_responses(complete / "r.csv").responses.right.sum(axis=1)

    abilities = np.array([float(row["ability"]) for row in rows])
    assert np.corrcoef(abilities, right)[0, 1] > 0.95
    assert all(0.2 < float(row["se"]) < 0.8 for row in rows)


def test_without_a_check_nothing_is_checked(tmp_path: Path) -> None:
    words = write_complete(tmp_path)[:4]

    result = json.loads(ran([*words, "--json"]).stdout)

    assert not {"fit", "dif", "linking", "drift", "flagged_persons"} & result.keys()


def test_what_was_not_asked_for_is_null_and_said(tmp_path: Path) -> None:
    words = write_complete(tmp_path)[:6]

    result = json.loads(ran([*words, "--json"]).stdout)

    assert (result["dif"], result["linking"], result["drift"]) == (None, None, None)
    assert any("--groups" in sentence for sentence in result["not_done"])
    assert f"Fit: {ITEMS - 1} items fit, 1 misfit" in ran(words).stdout


def test_checks_of_a_text_are_told_in_sentences(tmp_path: Path) -> None:
    shown = ran(write_complete(tmp_path)).stdout

    assert "1 items differ by much" in shown
    assert "Link to the bank: slope 1." in shown
    assert "a flag changes no score" in shown


def test_competences_are_checked_each_with_its_own_ability(tmp_path: Path) -> None:
    words = [*write_competences(tmp_path), "--max-iterations", "15", "--json"]

    result = ran(words)

    found = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert found["fit"]["misfits"] == 0
    assert (found["dif"]["moderate"], found["dif"]["large"], found["dif"]["mantel_haenszel"]) == (0, 0, None)
    assert any("S-X²" in sentence for sentence in found["not_done"])
    assert found["flagged_persons"] <= 0.03 * 700


def competence_run(folder: Path) -> CalibrationRun:
    write_competences(folder)
    given = read_given(read_responses(folder / "r.csv"), None, folder / "k.csv", None)
    return run_calibration(given, 12, None, lambda *_: None)


def test_false_alarms_of_competences_stay_near_nominal_where_a_group_is_abler(tmp_path: Path) -> None:
    run = competence_run(tmp_path)
    abler = run.responses.right.sum(axis=1) > np.random.default_rng(1).normal(6.0, 4.0, run.responses.n_persons)
    groups = Groups("A", "B", np.arange(len(abler)), abler)

    found = check(run, CheckTables(tuple(map(str, range(len(abler)))), groups, None, None))

    assert found.dif is not None
    assert found.dif.levels.mean[1] - found.dif.levels.mean[0] > 0.3
    assert np.mean(found.dif.items.p < 0.05) <= 0.25
    assert np.mean(found.fit.p < 0.05) <= 0.2
    assert set(found.dif.items.verdict) == {"negligible"}


def test_the_posterior_of_a_competence_holds_the_answers_of_the_others(tmp_path: Path) -> None:
    abilities = abilities_of(competence_run(tmp_path))
    assert isinstance(abilities, CompetenceAbilities)
    responses, curves = abilities.responses, abilities.curves

    for scale in abilities.scales():
        own = ItemCurves(*(column[scale.items] for column in (curves.a, curves.b, curves.c)))
        alone = ability_weights(responses.of_items(scale.items), own, normal_weights(GRID))
        assert np.mean(_spread(scale.abilities)) < np.mean(_spread(alone)) - 0.03


def _spread(known: AbilityWeights) -> Any:
    return known.weights @ known.nodes**2 - known.mean**2


def test_a_group_that_is_abler_in_one_competence_is_known_as_such() -> None:
    rng, ahead = np.random.default_rng(4), 0.5
    curves = ItemCurves(np.full(8, 1.3), np.linspace(-1.5, 1.5, 8, dtype=np.float64), np.zeros(8))
    theta = rng.normal(ahead, 1.0, 1500)
    right = rng.random((1500, 8)) < curves.right(theta).T
    flat = np.full(len(GRID), 1.0 / len(GRID))
    likelihood = ability_weights(Responses(right.astype(np.int8)), curves, flat).weights
    nested = Nested(np.linspace(-6.0, 6.0, 41, dtype=np.float64), GRID, 0.6)

    weights = shifted(nested, np.tile(normal_weights(nested.factor_nodes), (1500, 1)), likelihood)

    assert float(np.mean(weights @ GRID)) == pytest.approx(theta.mean(), abs=0.06)


def test_anchors_are_tested_as_known_beforehand(tmp_path: Path) -> None:
    words = write_complete(tmp_path)[:6]
    rows = [
        (row["item"], float(row["a"]) * SLOPE, (float(row["b"]) - INTERCEPT) / SLOPE) for row in read_table(tmp_path / "b.csv")
    ]
    anchors = write_table(tmp_path / "a.csv", ["item", "a", "b"], rows[:-2])

    assert ran([*words, "--anchors", str(anchors)]).exit_code == 0

    wrong = read_table(tmp_path / "f.csv")[DRIFTED]
    assert (wrong["verdict"], float(wrong["shift"]) > 0.1) == ("misfits", True)


def test_odd_answers_are_said_to_be_too_few_and_stop_nothing(tmp_path: Path) -> None:
    words = write_complete(tmp_path)
    rows = read_table(tmp_path / "r.csv")
    for place, row in enumerate(rows):
        row["item-0"], row["item-1"] = "", "1"
        if place == 2:
            row.update(dict.fromkeys(NAMES, ""))
    write_table(tmp_path / "r.csv", list(rows[0]), [list(row.values()) for row in rows])

    result = ran([*words, "--json"])

    lines, persons = read_table(tmp_path / "f.csv"), read_table(tmp_path / "s.csv")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line["verdict"] for line in lines[:2]] == ["too-few-answers"] * 2
    assert lines[0]["rmsd"] == lines[1]["drift_b"] == persons[2]["lz_star"] == ""
    assert (lines[0]["drift"], persons[2]["flags"]) == ("too-few", "")


def test_a_handful_of_persons_is_told_nothing_and_refused_nothing(tmp_path: Path) -> None:
    words = write_complete(tmp_path)
    for name in ("r.csv", "t.csv"):
        lines = (tmp_path / name).read_text().splitlines()
        (tmp_path / name).write_text("\n".join(lines[:13]) + "\n")

    result = ran([*words, "--html", str(tmp_path / "r.html"), "--json"])

    found = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert found["fit"] == {"fits": 0, "misfits": 0, "too_few": ITEMS}
    assert (found["dif"]["too_few"], found["linking"]) == (ITEMS, None)


def test_times_may_come_in_another_order_of_rows_and_columns(tmp_path: Path) -> None:
    words = write_complete(tmp_path)
    ran(words)
    expected = (tmp_path / "s.csv").read_text()
    rows = read_table(tmp_path / "t.csv")[::-1]
    head = ["person", *reversed(NAMES)]
    write_table(tmp_path / "t.csv", head, [[row[name] for name in head] for row in rows])

    ran(words)

    again = read_table(tmp_path / "s.csv")
    assert [row["person"] for row in again] == [f"p{place}" for place in range(PERSONS)]
    assert again[HASTY]["flags"] == expected.splitlines()[HASTY + 1].rsplit(",", 1)[1]


@pytest.mark.parametrize(
    ("option", "text", "sentence"),
    [
        ("--groups", "person,team\np0,x\n", "line 1: there is no column group."),
        ("--groups", "person,group\np0,x\np1,\n", "line 3, column group: it is empty."),
        ("--groups", "person,group\np0,x\np0,y\n", "line 3, column person: p0 is there twice."),
        ("--groups", "person,group\np0,x\np1,x\n", "must be of two groups, not of x."),
        ("--groups", "person,group\np0,x\np1,y\np2,z\n", "must be of two groups, not of x, y, z."),
        ("--groups", "person,group\nnobody,x\n", "must be of two groups, not of none."),
        ("--times", "person,x,y\np0,1,1\n", "holds 1 persons where the responses hold 3."),
        ("--times", "person,x\np0,1\n", "line 1: its items are not those of the responses."),
        ("--times", "person,x,y\np0,1,1\np1,1,0\np2,1,1\n", "line 3, column y: '0' is not a number of seconds above 0"),
        ("--times", "person,x,y\np0,1,1\np1,1,soon\np2,1,1\n", "line 3, column y: 'soon' is not a number of seconds"),
        ("--times", "person,x,y\np0,1,1\np1,1,1\np1,1,1\n", "line 4, column person: p1 is there twice."),
        ("--times", "person,x,y\np0,1,1\np1,1,1\np9,1,1\n", "line 4, column person: p9 is not in the responses."),
        ("--bank", "item,a\nx,1\n", "line 1: there is no column b."),
        ("--bank", "item,a,b\nx,0,1\n", "line 2, column a: '0' is not above 0."),
        ("--bank", "item,a,b,se_a,se_b\nx,1,1,0.1,-1\n", "line 2, column se_b: '-1' is not at least 0."),
        ("--bank", "item,a,b\nx,1,nan\n", "line 2, column b: 'nan' is not a number"),
        ("--bank", "item,a,b\nx,1,1\nx,1,1\n", "line 3, column item: x is there twice."),
        ("--bank", "item,a,b\nelsewhere,1,1\n", "names no item of the responses."),
    ],
)
def test_a_table_of_a_check_is_refused_with_its_place(tmp_path: Path, option: str, text: str, sentence: str) -> None:
    (tmp_path / "r.csv").write_text("person,x,y\np0,1,0\np1,0,1\np2,1,1\n")
    (tmp_path / "beside.csv").write_text(text)
    words = ["--responses", str(tmp_path / "r.csv"), "--out", str(tmp_path / "p.csv"), "--checks", str(tmp_path / "f.csv")]

    result = ran([*words, option, str(tmp_path / "beside.csv")])

    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["beside.csv", "r.csv"]


@pytest.mark.parametrize("lines", ["p0,1,0\np0,0,1\n", "p0,1,0\n,0,1\n", '"p0",1,0\np0,0,1\n'])
def test_a_person_needs_a_name_of_their_own_where_there_are_names(tmp_path: Path, lines: str) -> None:
    (tmp_path / "r.csv").write_text("person,x,y\n" + lines)
    words = ["--responses", str(tmp_path / "r.csv"), "--out", str(tmp_path / "p.csv"), "--persons", str(tmp_path / "s.csv")]

    result = ran(words)

    assert result.exit_code == 2
    assert "column person" in result.stderr
    assert not (tmp_path / "s.csv").exists()


def test_an_output_is_refused_before_the_work(tmp_path: Path) -> None:
    words = write_complete(tmp_path)[:4]

    twice = ran([*words, "--checks", str(tmp_path / "p.csv")])
    nowhere = ran([*words, "--html", str(tmp_path / "none" / "r.html")])

    assert (twice.exit_code, nowhere.exit_code) == (2, 2)
    assert "is named for two outputs." in twice.stderr
    assert "No such file or directory" in nowhere.stderr
    assert not (tmp_path / "p.csv").exists()


def test_an_unfinished_file_is_never_left(tmp_path: Path) -> None:
    words = write_complete(tmp_path)[:4]
    (tmp_path / "f.csv").mkdir()

    result = CliRunner().invoke(app, [*words, "--checks", str(tmp_path / "f.csv" / ".." / "f.csv")])

    assert result.exit_code == 2
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]
