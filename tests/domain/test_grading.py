"""Grading: which answers are right, by which rule, and what is refused before any verdict (rule book §2)."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from itertools import chain, combinations, permutations, product
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chalicelib.content.challenges import Answer, Challenge, TextChallenge
from chalicelib.content.grading import Grade, edit_distance, folded, grade, read_answer, read_number
from chalicelib.kernel.errors import InvalidError
from tests.domain.content_builders import KINDS, LONGEST, Kind, a_challenge, a_choice, a_number, a_text, options, some_choices

NBSP, NARROW, THIN, WIDE = "\u00a0", "\u202f", "\u2009", "\u3000"
ZERO_WIDTH, JOINER, BYTE_ORDER, SOFT_HYPHEN, WORD_JOINER = "\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060"
MINUS = "\u2212"


def judged(challenge: Challenge, value: Any, locale: str = "fr") -> Grade:
    """The grade of what somebody sends."""
    return grade(challenge, read_answer(challenge, value, LONGEST), "en" if locale == "en" else "fr")


def refusal(challenge: Challenge, value: Any, longest: int = LONGEST) -> InvalidError:
    """The error that reading this answer raises."""
    with pytest.raises(InvalidError) as caught:
        read_answer(challenge, value, longest)
    return caught.value


def read(challenge: Challenge, value: Any) -> tuple[Answer | None, str | None]:
    """The answer, or else the code of the error that refuses it."""
    try:
        return read_answer(challenge, value, LONGEST), None
    except InvalidError as error:
        return None, error.code


class Sentence(NamedTuple):
    """What happens when the word is `word` and a person types `typed`."""

    says: str
    word: str
    typed: str


def told(sentences: Sequence[NamedTuple]) -> Callable[[Any], Any]:
    """One test per sentence, named by it."""
    return pytest.mark.parametrize("case", [pytest.param(case, id=str(case[0])) for case in sentences])


# --- one option, several options ---


def test_the_right_option_is_correct_and_any_other_is_not() -> None:
    challenge = a_choice(options=options("b", "ac"))
    assert judged(challenge, "b") == Grade("correct", "right-option")
    assert judged(challenge, "a") == judged(challenge, "c") == Grade("incorrect", "other-option")


def test_several_options_are_right_only_as_the_exact_set() -> None:
    challenge = some_choices(options=options("abd", "ce"))
    for count in range(1, 6):
        for chosen in combinations("abcde", count):
            expected = Grade("correct", "exact-set") if set(chosen) == set("abd") else Grade("incorrect", "other-set")
            assert judged(challenge, list(chosen)) == expected


def test_the_order_in_which_options_are_sent_does_not_matter() -> None:
    challenge = some_choices(options=options("abd", "ce"))
    assert {read_answer(challenge, list(sent), LONGEST) for sent in permutations("abd")} == {("a", "b", "d")}


class Refused(NamedTuple):
    """An answer that is not of its challenge's shape."""

    says: str
    kind: Kind
    value: Any
    code: str


WRONG_SHAPES = [
    Refused("an unknown option", "choice", "z", "unknown-option"),
    Refused("an option in capitals is another option", "choice", "A", "unknown-option"),
    Refused("an empty option", "choice", "", "unknown-option"),
    Refused("a list where one option is asked", "choice", ["a"], "wrong-answer-shape"),
    Refused("a number where an option is asked", "choice", 1, "wrong-answer-shape"),
    Refused("nothing where an option is asked", "choice", None, "wrong-answer-shape"),
    Refused("one option where a list is asked", "choices", "a", "wrong-answer-shape"),
    Refused("no option at all", "choices", [], "wrong-answer-shape"),
    Refused("twice the same option", "choices", ["a", "b", "a"], "wrong-answer-shape"),
    Refused("an unknown option among known ones", "choices", ["a", "b", "z"], "unknown-option"),
    Refused("something that is not an option among options", "choices", ["a", 2], "wrong-answer-shape"),
    Refused("a list in a list", "choices", [["a"], ["b"]], "wrong-answer-shape"),
    Refused("options by name", "choices", {"a": True}, "wrong-answer-shape"),
    Refused("a list where a text is asked", "text", ["clavier"], "wrong-answer-shape"),
    Refused("a number where a text is asked", "text", 12, "wrong-answer-shape"),
    Refused("a number that is not typed as a text", "number", 12, "wrong-answer-shape"),
    Refused("yes where a number is asked", "number", True, "wrong-answer-shape"),
    Refused("nothing where a number is asked", "number", None, "wrong-answer-shape"),
    Refused("an empty text", "text", "", "empty-answer"),
    Refused("a text of spaces", "text", f" {NBSP}{NARROW}{WIDE}\t\n", "empty-answer"),
    Refused("an empty number", "number", "  ", "empty-answer"),
    Refused("a text too long", "text", "a" * 241, "answer-too-long"),
    Refused("a number too long", "number", "1" * 241, "answer-too-long"),
    Refused("too long even if it is only spaces", "text", " " * 241, "answer-too-long"),
]


@told(WRONG_SHAPES)
def test_what_cannot_be_an_answer_is_refused_and_never_wrong(case: Refused) -> None:
    error = refusal(a_challenge(case.kind), case.value)
    assert (error.code, error.status) == (case.code, 422)


def test_a_refusal_tells_the_options_there_are_and_not_which_is_right() -> None:
    assert refusal(a_choice(), "z").details == {"options": ["a", "b", "c"]}


def test_the_longest_answer_is_counted_in_bytes_of_the_composed_text() -> None:
    challenge = a_text()
    assert read_answer(challenge, "é" * 120, LONGEST) == "é" * 120
    assert read_answer(challenge, unicodedata.normalize("NFD", "é" * 120), LONGEST) == "é" * 120
    assert refusal(challenge, "é" * 121).details == {"limit_bytes": 240}


def test_a_challenge_may_take_less_than_the_release_but_never_more() -> None:
    short = a_text("abcd", max_bytes=4)
    assert read_answer(short, "abcd", LONGEST) == "abcd"
    assert refusal(short, "abcde").details == {"limit_bytes": 4}
    assert refusal(a_text(max_bytes=200), "a" * 17, longest=16).details == {"limit_bytes": 16}


@pytest.mark.parametrize("kind", ["text", "number"])
def test_ten_thousand_characters_are_refused_without_any_work_that_grows(kind: Kind) -> None:
    challenge = a_text(tolerate_typos=True) if kind == "text" else a_number()

    def calls(length: int) -> int:
        count = 0

        def counted(frame: Any, event: str, argument: Any) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(counted)
        try:
            _, code = read(challenge, "1" * length)
        finally:
            sys.setprofile(before)
        assert code == "answer-too-long"
        return count

    assert calls(10_000) == calls(241) < 100


# --- texts ---

SAME_TEXT = [
    Sentence("an accent may be missing", "élève", "eleve"),
    Sentence("an accent may be added", "pirate", "piràte"),
    Sentence("an accent may be another", "forêt", "forèt"),
    Sentence("accents may be typed apart from their letters", "élève", "e\u0301le\u0300ve"),
    Sentence("the author's accents may be apart from their letters", "e\u0301le\u0300ve", "élève"),
    Sentence("a cedilla is an accent", "français", "francais"),
    Sentence("a tilde is an accent", "piñata", "pinata"),
    Sentence("several accents on one letter fall", "Hà Nội", "ha noi"),
    Sentence("capitals do not matter", "Clavier", "cLAVIER"),
    Sentence("a capital with its accent is the small letter without", "état", "ÉTAT"),
    Sentence("a sharp s is two s", "Straße", "STRASSE"),
    Sentence("the ligature œ is two letters", "cœur", "coeur"),
    Sentence("two letters are the ligature œ", "boeuf", "bœuf"),
    Sentence("the capital ligature Œ is two letters", "œuvre", "ŒUVRE"),
    Sentence("the ligature æ is two letters", "et cætera", "et caetera"),
    Sentence("the capital ligature Æ is two letters", "ægosome", "AEGOSOME"),
    Sentence("a typographic ligature is its letters", "fichier", "ﬁchier"),
    Sentence("a curly apostrophe is an apostrophe", "l'écran", "l’écran"),
    Sentence("an opening quote is an apostrophe", "l'écran", "l‘écran"),
    Sentence("an acute accent alone is an apostrophe", "l'écran", "l´écran"),
    Sentence("a grave accent alone is an apostrophe", "l'écran", "l`écran"),
    Sentence("a letter apostrophe is an apostrophe", "l'écran", "lʼécran"),
    Sentence("the author's apostrophe may be curly", "aujourd’hui", "aujourd'hui"),
    Sentence("a non-breaking hyphen is a hyphen", "mot-clé", "mot\u2011clé"),
    Sentence("a typographic hyphen is a hyphen", "mot-clé", "mot\u2010clé"),
    Sentence("a dash is a hyphen", "mot-clé", "mot–clé"),
    Sentence("spaces around do not count", "clé USB", "  clé USB\n"),
    Sentence("many spaces are one", "clé USB", "clé   USB"),
    Sentence("a tab is a space", "clé USB", "clé\tUSB"),
    Sentence("a line break is a space", "clé USB", "clé\r\nUSB"),
    Sentence("a non-breaking space is a space", "clé USB", f"clé{NBSP}USB"),
    Sentence("a narrow space is a space", "clé USB", f"clé{NARROW}USB"),
    Sentence("a thin space is a space", "clé USB", f"clé{THIN}USB"),
    Sentence("an ideographic space is a space", "clé USB", f"clé{WIDE}USB"),
    Sentence("a zero-width space is nothing", "clavier", f"cla{ZERO_WIDTH}vier"),
    Sentence("a zero-width joiner is nothing", "clavier", f"cla{JOINER}vier"),
    Sentence("a word joiner is nothing", "clavier", f"cla{WORD_JOINER}vier"),
    Sentence("a soft hyphen is nothing", "clavier", f"cla{SOFT_HYPHEN}vier"),
    Sentence("a byte order mark is nothing", "clavier", f"{BYTE_ORDER}clavier"),
    Sentence("a zero-width space between a letter and its accent is nothing", "élève", f"e{ZERO_WIDTH}\u0301lève"),
    Sentence("Arabic stays Arabic", "لوحة المفاتيح", "لوحة المفاتيح"),
    Sentence("Arabic keeps its vowel marks", "كِتاب", "كِتاب"),
    Sentence("Greek stays Greek", "πληκτρολόγιο", "πληκτρολόγιο"),
    Sentence("Greek capitals are Greek letters", "πληκτρολόγιο", "ΠΛΗΚΤΡΟΛΌΓΙΟ"),
    Sentence("a final sigma is a sigma", "κώδικας", "ΚΏΔΙΚΑΣ"),
    Sentence("Cyrillic keeps its capitals", "Йод", "йод"),
    Sentence("Chinese stays Chinese", "键盘", "键盘"),
    Sentence("Japanese marks may be apart", "がめん", "か\u3099めん"),
    Sentence("Korean syllables may be apart", "키보드", unicodedata.normalize("NFD", "키보드")),
    Sentence("Hindi stays Hindi", "कुंजीपटल", "कुंजीपटल"),
    Sentence("Hebrew points stay", "שָׁלוֹם", "שָׁלוֹם"),
]

OTHER_TEXT = [
    Sentence("another word", "clavier", "souris"),
    Sentence("one letter less, as typos are not tolerated", "clavier", "clavir"),
    Sentence("two letters swapped, as typos are not tolerated", "clavier", "clvaier"),
    Sentence("one letter more, as typos are not tolerated", "clavier", "claviers"),
    Sentence("words run together", "clé USB", "cléUSB"),
    Sentence("a word cut in two", "clavier", "cla vier"),
    Sentence("punctuation, as it is not stripped", "clavier", "clavier."),
    Sentence("an apostrophe forgotten", "l'écran", "lécran"),
    Sentence("the accepted word inside a sentence", "clavier", "c'est le clavier"),
    Sentence("a part of the accepted word", "clavier", "clav"),
    Sentence("Arabic without a vowel mark", "كِتاب", "كتاب"),
    Sentence("Greek without its accent", "κώδικας", "κωδικας"),
    Sentence("Cyrillic with another letter", "Йод", "Иод"),
    Sentence("Japanese without its voicing", "がめん", "かめん"),
    Sentence("Hindi without a vowel sign", "कुंजीपटल", "कंजीपटल"),
    Sentence("a Greek letter that looks Latin", "AB", "ΑΒ"),
    Sentence("Chinese with one sign less", "键盘", "键"),
]


@told(SAME_TEXT)
def test_the_same_word_typed_otherwise_is_accepted(case: Sentence) -> None:
    assert judged(a_text(case.word), case.typed) == Grade("correct", "accepted-text")


@told(OTHER_TEXT)
def test_another_text_is_not_accepted(case: Sentence) -> None:
    assert judged(a_text(case.word), case.typed) == Grade("incorrect", "other-text")


def test_any_of_the_accepted_words_will_do() -> None:
    challenge = a_text("écran", "moniteur")
    assert judged(challenge, "moniteur") == judged(challenge, "ecran") == Grade("correct", "accepted-text")


def test_an_answer_is_accepted_in_the_language_of_the_assessment_only() -> None:
    challenge = a_text(accept={"fr": ["clavier"], "en": ["keyboard"]}, refuse={"fr": ["souris"], "en": ["mouse"]})
    assert judged(challenge, "clavier", "fr").verdict == judged(challenge, "keyboard", "en").verdict == "correct"
    assert judged(challenge, "keyboard", "fr").rule == judged(challenge, "souris", "en").rule == "other-text"


class Switched(NamedTuple):
    """What a challenge with these switches makes of an answer."""

    says: str
    switches: dict[str, Any]
    word: str
    typed: str
    accepted: bool


SWITCHES = [
    Switched("without case, capitals count", {"fold": ["accents", "spaces"]}, "Clavier", "clavier", False),
    Switched("without case, accents still fall", {"fold": ["accents", "spaces"]}, "Élève", "Eleve", True),
    Switched("without case, a capital ligature is two capitals", {"fold": ["accents"]}, "Œuvre", "OEuvre", True),
    Switched("without accents, accents count", {"fold": ["case", "spaces"]}, "sûr", "sur", False),
    Switched("without accents, case still falls", {"fold": ["case", "spaces"]}, "SÛR", "sûr", True),
    Switched("without accents, both ways of typing one are the same", {"fold": ["case"]}, "sûr", "su\u0302r", True),
    Switched("without accents, a ligature counts", {"fold": ["case"]}, "cœur", "coeur", False),
    Switched("without spaces, two spaces are not one", {"fold": ["case", "accents"]}, "clé USB", "clé  USB", False),
    Switched("without spaces, a non-breaking space counts", {"fold": ["case"]}, "clé USB", f"clé{NBSP}USB", False),
    Switched("without spaces, those around fall all the same", {"fold": []}, "clé USB", " clé USB ", True),
    Switched("without anything, apostrophes are still alike", {"fold": []}, "l'écran", "l’écran", True),
    Switched("without anything, zero-width signs still fall", {"fold": []}, "écran", f"écran{ZERO_WIDTH}", True),
    Switched("punctuation falls where asked", {"strip_punctuation": True}, "DNS", "D.N.S.", True),
    Switched("the author's punctuation falls too", {"strip_punctuation": True}, "D.N.S.", "dns", True),
    Switched("quotes fall with punctuation", {"strip_punctuation": True}, "clavier", "« clavier »", True),
    Switched("other punctuation falls too", {"strip_punctuation": True}, "键盘", "键盘。", True),
    Switched("signs that are not punctuation stay", {"strip_punctuation": True}, "a+b", "ab", False),
    Switched("punctuation counts where nothing is asked", {}, "DNS", "D.N.S.", False),
]


@told(SWITCHES)
def test_each_switch_does_its_own_work_only(case: Switched) -> None:
    assert (judged(a_text(case.word, **case.switches), case.typed).verdict == "correct") is case.accepted


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


# --- numbers ---


class Read(NamedTuple):
    """What number a person typed."""

    says: str
    typed: str
    number: str | None


NUMBERS = [
    Read("a plain number", "1500", "1500"),
    Read("spaces around", f" 12{NBSP}", "12"),
    Read("zeros in front", "0012", "12"),
    Read("a decimal comma", "14,4", "14.4"),
    Read("a decimal point", "14.4", "14.4"),
    Read("no digit before the point", ".5", "0.5"),
    Read("no digit before the comma", ",5", "0.5"),
    Read("no digit after the comma", "5,", "5"),
    Read("one comma alone is the decimal mark", "1,500", "1.5"),
    Read("one point alone is the decimal mark", "1.500", "1.5"),
    Read("a thousands space", "1 500", "1500"),
    Read("a non-breaking thousands space", f"1{NBSP}500", "1500"),
    Read("a narrow thousands space", f"1{NARROW}234{NARROW}567", "1234567"),
    Read("a thin thousands space", f"1{THIN}500", "1500"),
    Read("thousands spaces of different kinds", f"1 234{NBSP}567", "1234567"),
    Read("thousands spaces and a decimal comma", f"1{NARROW}234,50", "1234.5"),
    Read("thousands spaces and a decimal point", "1 234.50", "1234.5"),
    Read("thousands commas and a decimal point", "1,234,567.89", "1234567.89"),
    Read("thousands points and a decimal comma", "1.234.567,89", "1234567.89"),
    Read("several commas group thousands", "1,234,567", "1234567"),
    Read("several points group thousands", "1.234.567", "1234567"),
    Read("a sign minus", "-12", "-12"),
    Read("a typographic minus", f"{MINUS}12", "-12"),
    Read("a full-width minus", "－12", "-12"),
    Read("a sign plus", "+12", "12"),
    Read("a negative decimal", f"{MINUS}0,5", "-0.5"),
    Read("full-width digits", "１２", "12"),
    Read("full-width digits and comma", "１２，５", "12.5"),
    Read("Arabic digits", "١٢", "12"),
    Read("Arabic digits and their decimal mark", "١٢٫٥", "12.5"),
    Read("Devanagari digits", "१२", "12"),
    Read("zero-width signs", f"1{ZERO_WIDTH}2{BYTE_ORDER}", "12"),
    Read("thirty digits", "1" * 30, "1" * 30),
    Read("more digits than any number we ask for", "1" * 31, None),
    Read("a word", "douze", None),
    Read("a number and a word", "12 environ", None),
    Read("two numbers", "12 13", None),
    Read("a thousands space in the wrong place", "1 50", None),
    Read("thousands groups of the wrong length", "1,23,456", None),
    Read("a first group too long", "1234,567,890", None),
    Read("two decimal marks", "1.5.2", None),
    Read("thousands after the decimals", "1.5,000.2", None),
    Read("marks without digits", ".,", None),
    Read("a sign alone", "-", None),
    Read("two signs", "--5", None),
    Read("a sign after", "5-", None),
    Read("a power of ten", "1e3", None),
    Read("a hexadecimal number", "0x12", None),
    Read("an underscore between digits", "1_000", None),
    Read("infinity", "inf", None),
    Read("not a number", "NaN", None),
    Read("a fraction", "1/2", None),
    Read("a fraction in one sign", "½", None),
    Read("a sum", "6+6", None),
    Read("nothing", "", None),
]


@told(NUMBERS)
def test_a_number_is_read_as_people_type_it(case: Read) -> None:
    assert read_number(case.typed) == (None if case.number is None else Decimal(case.number))


UNITS = [
    Read("a unit after, with a space", "12 Mo", "12"),
    Read("a unit after, without", "12Mo", "12"),
    Read("a unit after a non-breaking space", f"12{NBSP}Mo", "12"),
    Read("a unit in capitals", "12 MO", "12"),
    Read("no unit", "12", "12"),
    Read("a unit before", "€ 12", "12"),
    Read("a unit before, without a space", "€12", "12"),
    Read("a unit before a minus", f"€{MINUS}12", "-12"),
    Read("the longest unit that fits, after", "12 km", "12"),
    Read("the longest unit that fits, before", "euros 12", "12"),
    Read("a full-width unit", "１２％", "12"),
    Read("a unit with an exponent", "12 m²", "12"),
    Read("a unit with a compatibility sign", "12 \u2103", "12"),
    Read("a unit and thousands and decimals", f"1{NARROW}234,5{NBSP}€", "1234.5"),
    Read("a unit nobody declared", "12 kg", None),
    Read("a unit twice", "12 € €", None),
    Read("a unit on both sides", "€ 12 €", None),
    Read("a unit alone", "€", None),
    Read("a unit in the middle", "12 € 50", None),
]


@told(UNITS)
def test_a_declared_unit_may_stand_after_or_before_and_is_never_required(case: Read) -> None:
    number = read_number(case.typed, ("euro", "€", "euros", "m", "km", "Mo", "%", "m²", "°C"))
    assert number == (None if case.number is None else Decimal(case.number))


def test_units_are_those_of_the_language() -> None:
    challenge = a_number(12, units={"fr": ["Mo"], "en": ["MB"]})
    assert judged(challenge, "12 Mo", "fr") == judged(challenge, "12 MB", "en") == Grade("correct", "same-number")
    assert judged(challenge, "12 Mo", "en") == judged(challenge, "12 MB", "fr") == Grade("incorrect", "not-a-number")


def test_a_number_without_tolerance_is_compared_exactly_whatever_its_zeros() -> None:
    challenge = a_number(14.4)
    assert judged(challenge, "14,40") == Grade("correct", "same-number")
    assert judged(challenge, "14,4000000000000000001") == Grade("incorrect", "other-number")
    assert judged(challenge, "-14,4") == Grade("incorrect", "other-number")


def test_both_ends_of_the_tolerance_are_within_it() -> None:
    challenge = a_number(25.4, tolerance=0.05)
    assert judged(challenge, "25,35") == judged(challenge, "25.45") == Grade("correct", "within-tolerance")
    assert judged(challenge, "25,349") == judged(challenge, "25.451") == Grade("incorrect", "other-number")


def test_a_declared_wrong_number_is_known_however_it_is_typed() -> None:
    challenge = a_number(5300, "photos", refuse_values=[42400, 0.5])
    assert judged(challenge, f"42{NARROW}400 photos") == judged(challenge, "0,50") == Grade("incorrect", "declared-wrong")
    assert judged(challenge, "42401") == Grade("incorrect", "other-number")


@pytest.mark.parametrize("typed", ["5,300", "5.300", "5300", "5 300", "5,300 photos"])
def test_a_mark_before_three_digits_is_right_under_either_reading(typed: str) -> None:
    assert judged(a_number(5300, "photos"), typed).verdict == "correct"
    assert judged(a_number(5301, "photos"), typed).verdict == "incorrect"


def test_a_mark_that_cannot_group_thousands_is_the_decimal_mark_only() -> None:
    for typed in ("0,300", "5,30", "5,3000", "5300,000"):
        assert judged(a_number(5300), typed).verdict == ("correct" if typed == "5300,000" else "incorrect")
    assert judged(a_number(5.3), "5,300") == judged(a_number(5.3), "5.300") == Grade("correct", "same-number")


def test_what_is_not_a_number_is_wrong_by_its_own_rule() -> None:
    assert judged(a_number(12), "une douzaine") == Grade("incorrect", "not-a-number")


@pytest.mark.parametrize("typed", ["10²", "1²", "10₂", "①"])
def test_an_exponent_or_an_ornament_is_not_a_digit(typed: str) -> None:
    assert read_number(typed) is None


def spaced(digits: str, space: str) -> str:
    """A whole number with its thousands apart."""
    head = len(digits) % 3
    return space.join(([digits[:head]] if head else []) + [digits[at : at + 3] for at in range(head, len(digits), 3)])


_numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=3)


@settings(max_examples=100)
@given(
    number=_numbers,
    space=st.sampled_from(["", " ", NBSP, NARROW, THIN]),
    mark=st.sampled_from([",", "."]),
    minus=st.sampled_from(["-", MINUS, "－"]),
    around=st.sampled_from(["{}", "{} Mo", "{}Mo", "Mo {}", f"{{}}{NBSP}mo ", f"  {{}}{NARROW}MO"]),
    full_width=st.booleans(),
)
def test_a_number_written_in_any_of_the_usual_ways_reads_back_the_same(
    number: Decimal, space: str, mark: str, minus: str, around: str, full_width: bool
) -> None:
    whole, decimals = f"{abs(number):.3f}".split(".")
    written = (minus if number < 0 else "") + spaced(whole, space) + mark + decimals
    if full_width:
        written = written.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    typed = around.format(written)
    assert read_number(typed, ("Mo",)) == number
    assert judged(a_number(str(number), "Mo"), typed) == Grade("correct", "same-number")


@settings(max_examples=60)
@given(_numbers.filter(lambda number: abs(number) >= 1000), st.sampled_from([(",", "."), (".", ",")]))
def test_grouped_thousands_and_decimals_read_back_the_same(number: Decimal, marks: tuple[str, str]) -> None:
    group, decimal = marks
    written = f"{number:,.3f}".replace(",", "G").replace(".", decimal).replace("G", group)
    assert read_number(written) == number


# --- any text at all ---

_fold_sets = st.sampled_from(
    [list(fold) for fold in chain.from_iterable(combinations(("case", "accents", "spaces"), n) for n in range(4))]
)
_any_text = st.one_of(
    st.text(max_size=30),
    st.text("0123456789.,+-−  \u00a0\u202f€%eE²٥٫①½éœÆß’'\u200b\u0301ıİſΣς键م", max_size=16),
)
_challenges = st.one_of(
    st.builds(
        lambda fold, strip, typos: a_text(
            "élève", "clé USB 3", refuse=["elave"], fold=fold, strip_punctuation=strip, tolerate_typos=typos
        ),
        _fold_sets,
        st.booleans(),
        st.booleans(),
    ),
    st.builds(lambda tolerance: a_number(12, "€", "Mo", tolerance=tolerance, refuse_values=[21]), st.integers(0, 3)),
)
CODES = {"wrong-answer-shape", "unknown-option", "answer-too-long", "empty-answer"}


@settings(max_examples=120)
@given(_challenges, _any_text)
def test_any_text_gets_the_same_verdict_every_time_or_is_refused_by_a_stable_code(challenge: Challenge, typed: str) -> None:
    answer, code = read(challenge, typed)
    if answer is None:
        assert code in CODES
        return
    assert read_answer(challenge, answer, LONGEST) == answer
    first = grade(challenge, answer, "fr")
    assert first.verdict in ("correct", "incorrect")
    assert first == grade(challenge, answer, "fr") == grade(challenge.model_copy(deep=True), answer, "fr")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from("abcdz") | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner, max_size=2),
    max_leaves=6,
)


@settings(max_examples=120)
@given(st.sampled_from(KINDS), _json)
def test_whatever_is_sent_is_an_answer_of_the_right_shape_or_is_refused(kind: Kind, value: Any) -> None:
    challenge = a_challenge(kind)
    answer, code = read(challenge, value)
    if answer is None:
        assert code in CODES
        return
    if kind == "choices":
        assert isinstance(value, list)
        assert answer == tuple(sorted(value))
        assert 0 < len(answer) == len(set(answer) & set("abcd"))
    else:
        assert isinstance(value, str)
        assert value in set("abc") if kind == "choice" else value.strip()
    assert grade(challenge, answer, "en").verdict in ("correct", "incorrect")


@settings(max_examples=100)
@given(_any_text)
def test_reading_a_number_gives_a_finite_number_or_none(typed: str) -> None:
    number = read_number(typed, ("€", "Mo", ""))
    assert number is None or number.is_finite()


_plain = st.characters(codec="utf-8", categories=["Lu", "Ll", "Lo", "Nd", "Zs", "Po", "Sm"], exclude_characters="ŉǼǽǢǣ")


@settings(max_examples=120)
@given(st.text(_plain, max_size=20), _fold_sets, st.booleans())
def test_folding_twice_is_folding_once(typed: str, fold: list[str], strip_punctuation: bool) -> None:
    challenge = a_text(fold=fold, strip_punctuation=strip_punctuation)
    once = folded(challenge, typed)
    assert folded(challenge, once) == once


@settings(max_examples=60)
@given(st.text(max_size=12), _fold_sets, st.booleans())
@example("Ǽ", ["case", "accents", "spaces"], False)
@example("ŉ", ["case"], False)
@example("e\u200b\u0301", ["case"], False)
@example("e!\u0301", ["case", "accents"], True)
def test_folding_twice_is_folding_once_for_every_sign_there_is(typed: str, fold: list[str], strip: bool) -> None:
    challenge = a_text(fold=fold, strip_punctuation=strip)
    once = folded(challenge, typed)
    assert folded(challenge, once) == once


AWKWARD = [
    Sentence("an accent on the ligature æ falls like any other", "ǽ", "ae"),
    Sentence("a capital of it too", "ÆGIR", "Ǽgir"),
]


@told(AWKWARD)
def test_a_ligature_with_an_accent_is_its_letters(case: Sentence) -> None:
    assert judged(a_text(case.word), case.typed) == Grade("correct", "accepted-text")


def test_a_zero_width_sign_inside_an_accented_letter_is_nothing_where_accents_count() -> None:
    assert judged(a_text("sûr", fold=["case"]), f"su{ZERO_WIDTH}\u0302r") == Grade("correct", "accepted-text")


@pytest.mark.parametrize("kind", ["text", "number"])
@pytest.mark.parametrize("typed", [ZERO_WIDTH, f" {ZERO_WIDTH}{NBSP}", BYTE_ORDER, SOFT_HYPHEN])
def test_an_answer_that_nobody_can_see_is_empty(kind: Kind, typed: str) -> None:
    assert refusal(a_challenge(kind), typed).code == "empty-answer"


def test_half_of_a_sign_is_refused_and_raises_nothing_else() -> None:
    assert refusal(a_text(), "clavier\ud83d").code in CODES


WORDS = [
    "élève",
    "Clavier",
    "cœur",
    "l'écran",
    "Straße",
    "mot-clé",
    "πληκτρολόγιο",
    "لوحة",
    "键盘",
    "키보드",
    "Йод",
    "3D",
    "DNS",
]
_spaces = st.text(f" \t\n{NBSP}{NARROW}{THIN}{WIDE}", max_size=3)


@settings(max_examples=100)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), data=st.data())
def test_an_accepted_answer_is_accepted_whatever_its_case_and_spaces(words: list[str], data: st.DataObject) -> None:
    challenge: TextChallenge = a_text(" ".join(words))
    noisy = ""
    for place, word in enumerate(words):
        noisy += data.draw(_spaces) + (" " if place else "")
        noisy += "".join(data.draw(st.sampled_from([sign, sign.upper(), sign.lower(), sign + ZERO_WIDTH])) for sign in word)
    assert judged(challenge, noisy + data.draw(_spaces)) == Grade("correct", "accepted-text")
    assert folded(challenge, noisy) == folded(challenge, " ".join(words))


def test_the_words_of_the_other_language_are_never_read() -> None:
    challenge = a_text(accept={"fr": ["clavier"], "en": ["keyboard"]}, refuse=["clavir"], tolerate_typos=True)
    assert judged(challenge, "clavir", "fr") == judged(challenge, "clavir", "en") == Grade("incorrect", "declared-wrong")
    assert judged(challenge, "keybord", "en") == Grade("correct", "tolerated-typo")
