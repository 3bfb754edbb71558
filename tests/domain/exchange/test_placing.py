"""Where foreign items go: free letters of one rung, drafts that a person finishes, a YAML list that reads back the same."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from string import ascii_lowercase

import pytest
import yaml

from chalicelib.content.authoring.exchange.fragment import write_fragment
from chalicelib.content.authoring.exchange.placing import place
from chalicelib.content.authoring.exchange.questions import (
    AnswerKey,
    InOrder,
    OneOf,
    Pairs,
    Picture,
    Quantity,
    Question,
    SomeOf,
    Word,
)
from chalicelib.content.authoring.exchange.results import Refusal
from chalicelib.content.challenges import Challenge, OrderChallenge
from chalicelib.content.releases import read_challenge
from chalicelib.content.texts import LOCALES, Locale
from tests.domain.content_builders import WRITTEN_KINDS, a_challenge, document
from tests.domain.exchange.samples import ENGLISH, EXPRESSIBLE, FRENCH, PIXEL, codes_of, the_one

KEYS: list[AnswerKey] = [
    OneOf(("a", "b"), 0),
    SomeOf(("a", "b", "c", "d"), frozenset({1, 3}), fixed_order=True),
    Word(("clavier",), ("Clavier", "souris")),
    Quantity(Decimal("1.5"), Decimal("0.5"), ("Mo",), (Decimal(2), Decimal(3))),
    InOrder(("un", "deux", "trois")),
    Pairs(("`x`", "y"), ("1", "2", "3"), (2, 0)),
]


def asked(
    key: AnswerKey = KEYS[0],
    where: str = "Q",
    solution: str = "",
    picture: Picture | None = None,
    locale: Locale | None = None,
) -> Question:
    return Question(where, "What?", key, solution, picture, locale)


def test_letters_in_use_never_serve_again() -> None:
    placement = replace(FRENCH, taken=frozenset({"alpha-3a", "alpha-3c", "alpha-4b"}))
    made = place([asked(), asked(), asked()], placement).challenges
    assert [one.id for one in made] == ["alpha-3b", "alpha-3d", "alpha-3e"]


def test_a_rung_takes_26_challenges_and_refuses_the_next() -> None:
    made = place([asked(where=f"Q{number}") for number in range(28)], FRENCH)
    assert [one.id for one in made.challenges] == [f"alpha-3{letter}" for letter in ascii_lowercase]
    assert [(one.where, one.code) for one in made.refusals] == [("Q26", "rung-full"), ("Q27", "rung-full")]


def test_a_refused_question_uses_no_letter_and_leaves_no_picture() -> None:
    lost = asked(OneOf(("a",), 0), picture=Picture(PIXEL, "A white point, alone"))
    made = place([lost, asked(picture=Picture(PIXEL, "A white point, alone"))], FRENCH)
    assert [one.id for one in made.challenges] == ["alpha-3a"]
    assert codes_of(made) == ["too-short"]
    assert list(made.images) == ["images/alpha-3a.png"]


@pytest.mark.parametrize(
    ("key", "solution"),
    list(zip(KEYS, ["a", "b ; d", "clavier", "1.5", "un → deux → trois", "x → 3 ; y → 1"], strict=True)),
    ids=lambda value: type(value).__name__,
)
def test_a_question_without_an_explanation_is_explained_by_its_answer(key: AnswerKey, solution: str) -> None:
    assert the_one(place([asked(key)], FRENCH)).solution.fr == f"Réponse attendue : {solution}."
    assert the_one(place([asked(key)], ENGLISH)).solution.en == f"The expected answer: {solution}."
    silent = replace(FRENCH, locale=None)
    assert the_one(place([asked(key, locale="en")], silent)).solution.fr == f"The expected answer: {solution}."
    assert the_one(place([asked(key, solution="Because.")], FRENCH)).solution.en == "Because."


@pytest.mark.parametrize("key", KEYS, ids=lambda key: type(key).__name__)
def test_every_draft_has_the_same_text_in_both_languages_and_reads_back_from_its_yaml(key: AnswerKey) -> None:
    made = the_one(place([asked(key)], FRENCH))
    assert (made.status, {made.locales.in_(locale) for locale in LOCALES}) == ("draft", {"draft"})
    assert (made.found_by, made.suits, made.prompt.fr) == ("knowing", (), made.prompt.en)
    assert [read_challenge(one) for one in yaml.safe_load(write_fragment([made]))] == [made]


def test_what_is_wrong_inside_the_tolerance_or_by_its_case_only_is_not_refused() -> None:
    word, number = (the_one(place([asked(key)], FRENCH)).model_dump() for key in (KEYS[2], KEYS[3]))
    assert word["refuse"]["fr"] == ("souris",)
    assert number["refuse_values"] == (Decimal(3),)


def test_an_order_of_any_length_is_asked_out_of_order() -> None:
    for length in range(3, 8):
        texts = tuple(f"step {number}" for number in range(length))
        made = the_one(place([asked(InOrder(texts))], FRENCH))
        assert isinstance(made, OrderChallenge)
        shown = {item.id: item.fr for item in made.items}
        assert tuple(shown[letter] for letter in made.right_order) == texts
        assert tuple(shown.values()) != texts


@pytest.mark.parametrize("key", [InOrder(tuple("abcdefghijklmnopqrstuvwxyzé")), OneOf(tuple(map(str, range(30))), 0)])
def test_more_texts_than_letters_are_refused(key: AnswerKey) -> None:
    assert codes_of(place([asked(key)], FRENCH)) == ["too-long"]


# --- the YAML that is written ---


def written_kinds() -> list[Challenge]:
    return [a_challenge(kind) for kind in WRITTEN_KINDS] + [read_challenge(one) for one in EXPRESSIBLE]


def test_yaml_gives_back_every_kind_exactly() -> None:
    challenges = written_kinds()
    assert [read_challenge(one) for one in yaml.safe_load(write_fragment(challenges))] == challenges


LOOK_ALIKES = [
    "yes",
    "1.5",
    "2026-11-22",
    "~",
    "null",
    "a: b",
    "# c",
    "- d",
    "é 😀 שלום",
    "x \n y\n",
    "\tz",
    "'",
    '"',
    "*a",
    "&b",
]


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_yaml_gives_back_texts_that_look_like_something_else(text: str) -> None:
    challenge = a_challenge("text", prompt={"fr": text, "en": f"{text}!"}, accept={"fr": [text], "en": [text]})
    assert [read_challenge(one) for one in yaml.safe_load(write_fragment([challenge]))] == [challenge]


@pytest.mark.parametrize("value", ["0.1", "-12", "123456789012345", "0.123456789012345", "1E+3", "12.50"])
def test_yaml_gives_back_numbers_to_the_last_digit(value: str) -> None:
    challenge = read_challenge(document("number", value=value, refuse_values=[]))
    (back,) = yaml.safe_load(write_fragment([challenge]))
    assert read_challenge(back) == challenge


def test_yaml_names_a_challenge_first_and_explains_it_last() -> None:
    lines = write_fragment([a_challenge("choice")]).splitlines()
    assert lines[0] == "- id: alpha-1a"
    assert [line for line in lines if line.startswith("  ") and line[2] != " " and line[2] != "-"][-1].startswith("  solution")


def test_a_refusal_never_writes_to_the_terminal_what_a_file_hides() -> None:
    assert str(Refusal("a\x1b[31m", "code", "b\r\nc\u202e")) == "a?[31m: code: b??c?"
