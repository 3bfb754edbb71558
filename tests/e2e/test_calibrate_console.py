"""`palier calibrate`: what it writes, tells and refuses."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from chalicelib.engine.calibration.responses import Responses
from palier.calibrate import calibrate
from palier.response_tables import read_responses
from tests.engine.calibration.answered_forms import LSAT7, published, simulated, with_common_factor

app = typer.Typer()
app.command()(calibrate)

BEGINNING = "item,a,b,se_a,se_b"


def run(folder: Path, *words: str) -> Result:
    files = ["--responses", str(folder / "r.csv"), "--out", str(folder / "p.csv")]
    return CliRunner().invoke(app, [*files, *words], catch_exceptions=False)


def write(folder: Path, text: str, name: str = "r.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def as_csv(responses: Responses, persons: bool = False) -> str:
    signs = {1: "1", 0: "0", -1: ""}
    lines = [",".join(["person"] * persons + [f"i{item}" for item in range(responses.n_items)])]
    for place, row in enumerate(responses.outcomes.tolist()):
        lines.append(",".join([f"p{place}"] * persons + [signs[one] for one in row]))
    return "\n".join(lines) + "\n"


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "p.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("persons", [False, True])
def test_the_parameters_are_written_and_the_whole_is_told(tmp_path: Path, persons: bool) -> None:
    write(tmp_path, as_csv(published(LSAT7), persons))

    ran = run(tmp_path, "--json")

    told = json.loads(ran.stdout)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert told["loglik"] == pytest.approx(-2658.805, abs=0.002)
    assert (told["model"], told["n_persons"], told["n_items"], told["converged"]) == ("two-parameter", 1000, 5, True)
    assert told["seconds"] >= 0
    assert (tmp_path / "p.csv").read_text().startswith(BEGINNING)
    assert [float(row["a"]) for row in rows(tmp_path)] == pytest.approx([0.988, 1.081, 1.706, 0.765, 0.736], abs=0.003)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p.csv", "r.csv"]


def test_without_json_a_table_is_shown(tmp_path: Path) -> None:
    write(tmp_path, as_csv(published(LSAT7)))

    ran = run(tmp_path)

    assert "Log-likelihood -2658.805 of 1000 persons." in ran.stdout
    assert "i4" in ran.stdout


def test_guess_chances_are_read_by_item(tmp_path: Path) -> None:
    write(tmp_path, as_csv(simulated(500, 4, 1, guessed=0.25).responses))
    guess = write(tmp_path, "item,c\ni3,0.25\nelsewhere,0.5\n", "g.csv")

    assert run(tmp_path, "--guess", str(guess), "--json").exit_code == 0

    assert [float(row["c"]) for row in rows(tmp_path)] == [0, 0, 0, 0.25]


def test_anchors_hold_the_scale(tmp_path: Path) -> None:
    known = simulated(1500, 12, 2, mean=0.6)
    write(tmp_path, as_csv(known.responses))
    lines = [f"i{item},{known.a[item]},{known.b[item]}" for item in range(8)]
    anchors = write(tmp_path, "\n".join(["item,a,b", *lines]), "a.csv")

    told = json.loads(run(tmp_path, "--anchors", str(anchors), "--json").stdout)

    assert told["mean"] == pytest.approx(0.6, abs=0.1)
    assert float(rows(tmp_path)[3]["b"]) == pytest.approx(known.b[3], abs=1e-6)
    assert "Population: mean 0." in run(tmp_path, "--anchors", str(anchors)).stdout


def test_a_common_factor_tells_the_correlation(tmp_path: Path) -> None:
    known = with_common_factor(400, (3, 4, 4), 0.6, 3)
    write(tmp_path, as_csv(known.responses))
    lines = [f"i{item},k{competence}" for item, competence in enumerate(known.competence)]
    competences = write(tmp_path, "\n".join(["item,competence", *lines]), "k.csv")
    words = ("--model", "common-factor", "--competences", str(competences))

    told = json.loads(run(tmp_path, *words, "--json").stdout)

    assert told["rho"] == pytest.approx(0.6, abs=0.2)
    assert told["rho_se"] > 0
    assert "Correlation of competences 0." in run(tmp_path, *words).stdout


def test_an_item_that_cannot_be_estimated_has_empty_cells(tmp_path: Path) -> None:
    outcomes = published(LSAT7).outcomes.copy()
    outcomes[:, 0] = 1
    write(tmp_path, as_csv(Responses(outcomes)))

    told = json.loads(run(tmp_path, "--json").stdout)

    assert (told["n_estimable"], told["converged"]) == (4, True)
    assert rows(tmp_path)[0] == {
        "item": "i0", "a": "", "b": "", "se_a": "", "se_b": "", "c": "0", "answers": "1000", "estimable": "0", "converged": "0",
    }  # fmt: skip
    assert "not estimable" in run(tmp_path).stdout


def test_a_run_cut_short_says_so(tmp_path: Path) -> None:
    write(tmp_path, as_csv(published(LSAT7)))

    told = json.loads(run(tmp_path, "--max-iterations", "2", "--json").stdout)

    assert (told["iterations"], told["converged"]) == (2, False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x,y\n1,0\n1,2\n", "r.csv line 3, column y: '2' is not 0, 1 or empty."),
        ("person,x,y\nann,1,0\nbob,,yes\n", "r.csv line 3, column y: 'yes' is not 0, 1 or empty."),
        ("x,y\n1,0\n1\n", "r.csv line 3 has 1 columns where the header has 2."),
        ("x,y\n1,0,1\n0,1\n", "r.csv line 2 has 3 columns where the header has 2."),
        ("x,x\n1,0\n", "r.csv line 1: item x is named twice."),
        ("x,\n1,0\n", "r.csv line 1: item 2 has no name."),
        ("person\nann\n", "r.csv line 1 names no item."),
        ("", "r.csv line 1 must be a header with the names of the items."),
        ("x,y\n", "r.csv holds no person: there is no line after the header."),
    ],
)
def test_a_table_that_is_none_is_refused_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    write(tmp_path, text)

    ran = run(tmp_path, "--json")

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.strip().endswith(told)
    assert not (tmp_path / "p.csv").exists()


@pytest.mark.parametrize(
    ("option", "text", "told"),
    [
        ("--guess", "item,g\ni0,0.2\n", "line 1: there is no column c."),
        ("--guess", "item,c\ni0,0.2\n\ni1,1.5\n", "line 4, column c: '1.5' is not a number in [0, 1)."),
        ("--guess", "item,c\ni0,\n", "line 2, column c: it is empty."),
        ("--guess", "item,c\ni0,0\ni0,0\n", "line 3, column item: i0 is there twice."),
        ("--anchors", "item,a,b\ni0,1,much\n", "line 2, column b: 'much' is not a number."),
        ("--anchors", "item,a,b\ni0,0,1\n", "item i0: a must not be 0."),
        ("--anchors", "item,a,b\nelsewhere,1,1\n", "names no item of the responses."),
        ("--competences", "item,competence\ni0,k\n", "--model common-factor and --competences go together."),
    ],
)
def test_a_file_beside_the_table_is_refused_with_its_place(tmp_path: Path, option: str, text: str, told: str) -> None:
    write(tmp_path, as_csv(simulated(20, 2, 1).responses))

    ran = run(tmp_path, option, str(write(tmp_path, text, "beside.csv")))

    assert ran.exit_code == 2
    assert ran.stderr.strip().endswith(told)
    assert not (tmp_path / "p.csv").exists()


def test_an_item_without_a_competence_is_named(tmp_path: Path) -> None:
    write(tmp_path, as_csv(simulated(20, 2, 1).responses))
    competences = write(tmp_path, "item,competence\ni0,k\n", "k.csv")

    ran = run(tmp_path, "--model", "common-factor", "--competences", str(competences))

    assert ran.exit_code == 2
    assert ran.stderr.strip().endswith("has no line for the item i1.")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    write(tmp_path, as_csv(published(LSAT7)))

    ran = CliRunner().invoke(app, ["--responses", str(tmp_path / "r.csv"), "--out", str(tmp_path / "none" / "p.csv")])

    assert ran.exit_code == 2
    assert "No such file or directory" in ran.stderr


def test_quotes_blanks_and_line_ends_are_read_as_meant(tmp_path: Path) -> None:
    plain = read_responses(write(tmp_path, "x,y\n1,0\n,1\n"))
    dressed = read_responses(write(tmp_path, '\ufeffperson,"x", y\r\n"Smith, A",1,"0"\r\nb, ,1\r\n\r\n'))
    unended = read_responses(write(tmp_path, "x,y\n1,0\n,1"))

    for table in (dressed, unended):
        assert table.items == plain.items == ("x", "y")
        np.testing.assert_array_equal(table.responses.outcomes, plain.responses.outcomes)


def test_a_table_read_in_pieces_is_the_same_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = simulated(300, 7, 4, answered=0.6).responses
    path = write(tmp_path, as_csv(known, persons=True))
    monkeypatch.setattr("palier.response_tables.CHUNK_BYTES", 100)

    np.testing.assert_array_equal(read_responses(path).responses.outcomes, known.outcomes)


def test_the_line_of_a_fault_is_right_in_a_later_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, as_csv(simulated(300, 7, 4).responses) + "1,1,1,x,1,1,1\n")
    monkeypatch.setattr("palier.response_tables.CHUNK_BYTES", 100)

    assert "line 302, column i3: 'x'" in run(tmp_path).stderr
