"""Grading: which texts are the accepted one, however they are typed (rule book §2)."""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.content.challenges import TextChallenge
from chalicelib.content.grading.verdicts import Grade
from chalicelib.content.grading.words import folded
from tests.domain.content_builders import a_text
from tests.domain.grading.typed_answers import (
    BYTE_ORDER,
    JOINER,
    NARROW,
    NBSP,
    SOFT_HYPHEN,
    THIN,
    WIDE,
    WORD_JOINER,
    ZERO_WIDTH,
    judged,
    told,
)


class Sentence(NamedTuple):
    """What happens when the word is `word` and a person types `typed`."""

    says: str
    word: str
    typed: str


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


AWKWARD = [
    Sentence("an accent on the ligature æ falls like any other", "ǽ", "ae"),
    Sentence("a capital of it too", "ÆGIR", "Ǽgir"),
]


@told(AWKWARD)
def test_a_ligature_with_an_accent_is_its_letters(case: Sentence) -> None:
    assert judged(a_text(case.word), case.typed) == Grade("correct", "accepted-text")


def test_a_zero_width_sign_inside_an_accented_letter_is_nothing_where_accents_count() -> None:
    assert judged(a_text("sûr", fold=["case"]), f"su{ZERO_WIDTH}\u0302r") == Grade("correct", "accepted-text")


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
