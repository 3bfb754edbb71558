"""Grading: which slips are forgiven, and which wrong answers never are (rule book §2)."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.content.grading.verdicts import Grade
from chalicelib.content.grading.words import edit_distance
from tests.domain.content_builders import a_text
from tests.domain.grading.typed_answers import judged, told


class Typed(NamedTuple):
    """Whether slips are forgiven."""

    says: str
    word: str
    typed: str
    forgiven: bool


TYPOS = [
    Typed("three characters forgive nothing", "mot", "mto", False),
    Typed("three characters forgive no missing letter", "mot", "mo", False),
    Typed("four characters forgive one slip", "page", "pagr", True),
    Typed("four characters do not forgive two", "page", "pzgr", False),
    Typed("a letter may be missing", "clavier", "clavir", True),
    Typed("a letter may be added", "clavier", "clavvier", True),
    Typed("two neighbours may be swapped, as one slip", "clavier", "clvaier", True),
    Typed("the first two letters may be swapped", "clavier", "lcavier", True),
    Typed("seven characters do not forgive two slips", "clavier", "clvaer", False),
    Typed("two far letters swapped are two slips", "clavier", "rlaviec", False),
    Typed("eight characters forgive two slips", "logiciel", "lgoiceil", True),
    Typed("eight characters do not forgive three", "logiciel", "lgoiceill", False),
    Typed("three letters may not be missing from eight", "logiciel", "logic", False),
    Typed("two letters dropped from eight are two slips", "logiciel", "lociel", True),
    Typed("accents are folded before slips are counted", "réseau", "resaeu", True),
    Typed("a ligature counts as its letters: cœur has five", "cœur", "couer", True),
    Typed("a ligature counts as its letters: nœud has five, and two slips are too many", "nœud", "neodu", False),
    Typed("digits are never forgiven", "Windows 11", "Windows 10", False),
    Typed("a missing digit is never forgiven", "Windows 11", "Windows 1", False),
    Typed("an added digit is never forgiven", "fichier", "fichier2", False),
    Typed("digits swapped are never forgiven", "article 12", "article 21", False),
    Typed("letters are forgiven beside right digits", "Windows 11", "Windwos 11", True),
    Typed("digits of other scripts are digits", "صفحة رقم ٣", "صفحة رقم ٤", False),
    Typed("Greek forgives like Latin", "κώδικας", "κώδκιας", True),
    Typed("Chinese of two signs forgives nothing", "键盘", "键", False),
]

DIGIT_SLIPS = [
    Typed("a digit that changes place is never forgiven", "route 66a", "route 6a6", False),
    Typed("a space inside a number is never forgiven", "article 12", "article 1 2", False),
    Typed("a point inside a number is never forgiven", "article 12", "article 1.2", False),
]


@told(TYPOS)
def test_typos_are_forgiven_by_length_where_the_challenge_says_so(case: Typed) -> None:
    expected = Grade("correct", "tolerated-typo") if case.forgiven else Grade("incorrect", "other-text")
    assert judged(a_text(case.word, tolerate_typos=True), case.typed) == expected
    assert judged(a_text(case.word), case.typed) == Grade("incorrect", "other-text")


@told(DIGIT_SLIPS)
def test_a_slip_never_changes_a_number(case: Typed) -> None:
    assert judged(a_text(case.word, tolerate_typos=True), case.typed) == Grade("incorrect", "other-text")


def test_a_declared_wrong_answer_is_wrong_even_within_the_tolerance() -> None:
    challenge = a_text("clavier", refuse=["Clapier", "évier"], tolerate_typos=True)
    assert judged(challenge, "clapier") == Grade("incorrect", "declared-wrong")
    assert judged(challenge, "CLAPÎER") == Grade("incorrect", "declared-wrong")
    assert judged(challenge, "clavir") == Grade("correct", "tolerated-typo")
    assert judged(challenge, "clavier") == Grade("correct", "accepted-text")


def test_a_declared_wrong_answer_says_so_without_tolerance_too() -> None:
    assert judged(a_text(refuse=["souris"]), "SOURIS") == Grade("incorrect", "declared-wrong")


def test_a_slip_is_measured_against_each_accepted_answer() -> None:
    assert judged(a_text("écran", "moniteur", tolerate_typos=True), "monitteur") == Grade("correct", "tolerated-typo")


_few_letters = st.text("ab1", max_size=6)


def distance_by_definition(first: str, second: str) -> int:
    """The optimal string alignment distance, by its recursive definition."""

    @cache
    def of(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        ways = [of(i - 1, j) + 1, of(i, j - 1) + 1, of(i - 1, j - 1) + (first[i - 1] != second[j - 1])]
        if i > 1 and j > 1 and first[i - 2 : i] == second[j - 2 : j][::-1]:
            ways.append(of(i - 2, j - 2) + 1)
        return min(ways)

    return of(len(first), len(second))


def test_slips_are_counted_by_the_definition_between_all_short_words() -> None:
    words = ["".join(word) for length in range(4) for word in product("abc", repeat=length)]
    for first, second in product(words, repeat=2):
        assert edit_distance(first, second) == distance_by_definition(first, second), (first, second)


@settings(max_examples=100)
@given(_few_letters, _few_letters)
def test_slips_are_counted_by_the_definition_of_the_distance(first: str, second: str) -> None:
    assert edit_distance(first, second) == edit_distance(second, first) == distance_by_definition(first, second)


def test_the_words_of_the_other_language_are_never_read() -> None:
    challenge = a_text(accept={"fr": ["clavier"], "en": ["keyboard"]}, refuse=["clavir"], tolerate_typos=True)
    assert judged(challenge, "clavir", "fr") == judged(challenge, "clavir", "en") == Grade("incorrect", "declared-wrong")
    assert judged(challenge, "keybord", "en") == Grade("correct", "tolerated-typo")
