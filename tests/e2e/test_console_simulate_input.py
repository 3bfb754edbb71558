"""What `palier simulate` reads: the columns of its tables, and the sentence that each fault is told in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from palier.simulation_tables import read_abilities, read_bank
from tests.e2e.simulation_files import COMPETENCES, Files, bank_text, item_lines, made, simulate


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return made(tmp_path_factory.mktemp("simulation"))


def bank_with(header: str, *lines: str) -> str:
    return "\n".join([header, *lines]) + "\n"


PLAIN = "item,a,b,competence"
GUESSED = "item,a,b,competence,c"
LEVELLED = "item,a,b,competence,topic,level,timed"

BANKS = [
    ("", "is empty: its first line must be a header."),
    ("\n", "is empty"),
    (bank_with(PLAIN), "holds no item"),
    (bank_with("item,a,competence", "i1,1,1.1"), "line 1: there is no column b."),
    (bank_with("item,a,b,a,competence", "i1,1,0,1,1.1"), "line 1: the column a is there twice."),
    (bank_with(PLAIN, "i1,1,0,1.1", "i2,one,0,1.1"), "line 3, column a: 'one' is not a number"),
    (bank_with(PLAIN, "i1,1,nan,1.1"), "line 2, column b: 'nan' is not a number"),
    (bank_with(PLAIN, "i1,1,1e9,1.1"), "line 2, column b: '1e9' is not a number in [-1000, 1000]"),
    (bank_with(PLAIN, "i1,1,,1.1"), "line 2, column b: '' is not a number"),
    (bank_with(PLAIN, "i1,0,0,1.1"), "line 2, column a: '0' is not positive."),
    (bank_with(PLAIN, "i1,-1,0,1.1"), "line 2, column a: '-1' is not positive."),
    (bank_with(PLAIN, "i1,1,0"), "line 2 has 3 columns where the header has 4."),
    (bank_with(PLAIN, "i1,1,0,1.1", "", "i1,1,0,1.1"), "line 4, column item: i1 is there twice."),
    (bank_with(PLAIN, ",1,0,1.1"), "line 2, column item: it is empty."),
    (bank_with(PLAIN, "i1,1,0,"), "line 2, column competence: it is empty."),
    (bank_with(GUESSED, "i1,1,0,1.1,1"), "line 2, column c: '1' is not in [0, 1)."),
    (bank_with(GUESSED, "i1,1,0,1.1,-0.1"), "line 2, column c: '-0.1' is not in [0, 1)."),
    (bank_with(LEVELLED, "i1,1,0,1.1,t,9,0"), "line 2, column level: '9' is not a whole number in [1, 8]."),
    (bank_with(LEVELLED, "i1,1,0,1.1,t,1.5,0"), "line 2, column level: '1.5' is not a whole number in [1, 8]."),
    (bank_with(LEVELLED, "i1,1,0,1.1,t,1,yes"), "line 2, column timed: 'yes' is not a number"),
    (bank_with(LEVELLED, "i1,1,0,1.1,t,1,0", "i2,1,0,1.2,t,2,0"), "line 3, column competence: the topic t is one of 1.1."),
    (bank_text(item_lines(5)), "--length 8 is more than the 5 items of"),
]

ABILITIES = [
    ("", "is empty"),
    ("theta\n", "holds no person"),
    ("person,theta\n1,0\n2,high\n", "line 3, column theta: 'high' is not a number"),
    ("theta\n0\n\ninf\n", "line 4, column theta: 'inf' is not a number"),
    ("c1.1,c1.2,c2.1\n0,0,0\n", "line 1: there is no column theta, or one for the competence 10.1 of the bank."),
    ("c1.1,c1.2,c2.1,c10.1,c9.9\n0,0,0,0,0\n", "line 1, column c9.9: the bank has no such competence."),
    ("theta,c1.1\n0,0\n", "line 1, column theta: the bank has no such competence."),
    ("c1.1,1.1,c1.2,c2.1,c10.1\n0,0,0,0,0\n", "line 1, column 1.1: the competence 1.1 is there twice."),
    ("person\n1\n", "there is no column theta"),
    ("c1.1,c1.2,c2.1,c10.1\n0,0,0\n", "line 2 has 3 columns where the header has 4."),
]

TRUE_BANKS = [
    (bank_text(item_lines()[1:]), "has no line for the item i0 of"),
    (bank_text([*item_lines(), "i999,1,0,1.1"]), "the item i999 is not in"),
    (bank_text(["i0,1,0,2.1", *item_lines()[1:]]), "the item i0 has another competence in"),
]

OPTIONS = [
    (["--max-exposure", "0"], "--max-exposure must be in (0, 1]."),
    (["--max-exposure", "nan"], "--max-exposure must be in (0, 1]."),
    (["--max-exposure", "0.05"], "--max-exposure 0.05 is too low for 120 items: 8 answers a test need 160 items or more."),
    (["--length", "121"], "--length 121 is more than the 120 items of"),
    (["--stratum-exposure", "0.1"], "--stratum-exposure must be between --max-exposure and 1."),
    (["--target-se", "0.3", "--cut", "0"], "--target-se and --cut do not go together."),
    (["--target-se", "-1"], "target must be positive"),
    (["--cut", "7"], "the indifference region must lie within the ability grid."),
    (["--longest", "20"], "--longest goes with --target-se or --cut."),
    (["--cut", "0", "--longest", "121"], "--longest 121 is more than the 120 items of"),
    (["--parameter-error", "-1"], "--parameter-error must be in [0, 10]."),
    (["--guessing", "1"], "guessing and slips must be in [0, 1)."),
    (["--near-equal", "1"], "--near-equal must be in [0, 1)."),
    (["--out", "/nowhere/persons.csv"], "--out /nowhere/persons.csv cannot be written"),
]


def told_in_one_sentence(files: Files, bank: Path, abilities: Path, sentence: str, *words: str) -> None:
    ran = simulate(bank, abilities, *words)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert sentence in ran.stderr
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize(("text", "sentence"), BANKS)
def test_a_faulty_bank_is_told_with_line_and_column(files: Files, text: str, sentence: str) -> None:
    told_in_one_sentence(files, files.write("faulty.csv", text), files.one, sentence)


@pytest.mark.parametrize(("text", "sentence"), ABILITIES)
def test_faulty_abilities_are_told_with_line_and_column(files: Files, text: str, sentence: str) -> None:
    told_in_one_sentence(files, files.bank, files.write("faulty.csv", text), sentence)


@pytest.mark.parametrize(("text", "sentence"), TRUE_BANKS)
def test_a_true_bank_of_other_items_is_refused(files: Files, text: str, sentence: str) -> None:
    told_in_one_sentence(files, files.bank, files.one, sentence, "--true-bank", str(files.write("faulty.csv", text)))


@pytest.mark.parametrize(("words", "sentence"), OPTIONS)
def test_an_option_out_of_its_domain_is_refused(files: Files, words: list[str], sentence: str) -> None:
    told_in_one_sentence(files, files.bank, files.one, sentence, *words)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--cut", "0"], "--cut needs abilities of one column, theta."),
        (["--rho", "0.99"], "correlation must be in [0, 0.95]."),
        (["--beside", "catsim"], "catsim knows one dimension."),
    ],
)
def test_what_needs_one_ability_or_a_sound_correlation_is_refused(files: Files, words: list[str], sentence: str) -> None:
    told_in_one_sentence(files, files.bank, files.four, sentence, *words)


def test_a_competence_too_small_for_its_quota_is_named(files: Files) -> None:
    lines = [line for place, line in enumerate(item_lines()) if place % 4 != 1 or place < 16]
    bank = files.write("thin.csv", bank_text(lines))
    sentence = (
        "the 4 items of competence 1.2 cannot give 2 answers a test at --max-exposure 0.4; --quotas none does without them."
    )
    told_in_one_sentence(files, bank, files.one, sentence)
    assert simulate(bank, files.one, "--quotas", "none", "--json").exit_code == 0


def test_text_that_is_not_utf8_is_told_so(files: Files) -> None:
    path = files.folder / "latin.csv"
    path.write_bytes("item,a,b,competence\né,1,0,1.1\n".encode("latin-1"))
    told_in_one_sentence(files, path, files.one, "is not a CSV table in UTF-8.")


def test_true_parameters_and_an_error_of_them_do_not_go_together(files: Files) -> None:
    words = ("--true-bank", str(files.bank), "--parameter-error", "0.6")
    told_in_one_sentence(files, files.bank, files.one, "--true-bank and --parameter-error do not go together.", *words)


def test_topics_levels_chances_and_times_are_read_and_items_follow_competences(files: Files) -> None:
    header = "timed,level,topic,c,competence,b,a,item,note"
    lines = ["1,3,beta,0.25,c10.1,0.5,1.5,last,x", "0,1,alpha,0,c9.1,-1,1,first,", "0,2,alpha,0,9.1,0,2,second,"]
    table = read_bank(files.write("full.csv", bank_with(header, *lines)))
    bank = table.bank
    assert (table.items, table.competences) == (("first", "second", "last"), ("9.1", "10.1"))
    assert bank.discrimination.tolist() == [1, 2, 1.5]
    assert (bank.difficulty.tolist(), bank.guess.tolist()) == ([-1, 0, 0.5], [0, 0, 0.25])
    assert (bank.topic.tolist(), bank.level.tolist(), bank.timed.tolist()) == ([0, 0, 1], [1, 2, 3], [False, False, True])
    assert np.argwhere(bank.ladder).tolist() == [[0, 0], [0, 1], [1, 2]]


def test_without_topics_every_item_has_its_own(files: Files) -> None:
    bank = read_bank(files.bank).bank
    assert sorted(bank.topic.tolist()) == list(range(120))
    assert set(bank.level.tolist()) == {1}
    assert not bank.guess.any()


def test_columns_of_abilities_follow_the_competences_of_the_bank(files: Files) -> None:
    path = files.write("turned.csv", "person,10.1,c2.1,1.2,c1.1\nAda,4,3,2,1\n")
    table = read_abilities(path, COMPETENCES)
    assert table.persons == ("Ada",)
    assert table.abilities.tolist() == [[1, 2, 3, 4]]
