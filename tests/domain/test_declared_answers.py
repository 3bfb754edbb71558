"""What an author declares right and wrong, for every kind."""

from __future__ import annotations

from chalicelib.content.authoring.declared import declared_answers
from tests.domain.content_builders import (
    a_challenge,
    a_date,
    a_match,
    a_number,
    a_text,
    an_input,
    an_order,
    both,
    options,
    some_blanks,
    some_choices,
)


def test_an_author_declares_each_option_right_or_wrong() -> None:
    assert declared_answers(a_challenge("choice", options=options("b", "ac")), "fr") == (["b"], ["a", "c"])


def test_a_set_of_options_is_right_alone_neither_with_one_less_nor_with_all() -> None:
    right, wrong = declared_answers(some_choices(options=options("bd", "ac")), "en")
    assert (right, wrong) == ([("b", "d")], [("d",), ("b",), ("a", "b", "c", "d")])


def test_a_number_and_a_text_declare_what_they_accept_and_refuse() -> None:
    assert declared_answers(a_number(14.4, refuse_values=[144, 1.2]), "fr") == (["14.4"], ["144", "1.2"])
    word = a_text(accept={"fr": ["oui"], "en": ["yes"]}, refuse={"fr": ["non"], "en": ["no"]})
    assert declared_answers(word, "fr") == (["oui"], ["non"])
    assert declared_answers(word, "en") == (["yes"], ["no"])


def test_a_date_declares_its_day_and_the_days_that_it_refuses() -> None:
    assert declared_answers(a_date("2026-03-14", refuse_days=["2026-03-15"]), "fr") == (["2026-03-14"], ["2026-03-15"])


def test_an_order_is_wrong_with_any_two_neighbours_swapped_and_backwards() -> None:
    right, wrong = declared_answers(an_order("cabd"), "fr")
    assert right == [("c", "a", "b", "d")]
    assert wrong == [("a", "c", "b", "d"), ("c", "b", "a", "d"), ("c", "a", "d", "b"), ("d", "b", "a", "c")]


def test_blanks_change_one_input_at_a_time() -> None:
    challenge = some_blanks(an_input("a", accept=both(["clavier", "touches"])), an_input("b", "select"))
    right, wrong = declared_answers(challenge, "en")
    assert right == [("clavier", "b"), ("touches", "b")]
    assert wrong == [("souris", "b"), ("", "b"), ("clavier", "a"), ("clavier", "c"), ("clavier", "")]


def test_words_in_any_order_are_right_backwards_and_wrong_with_one_twice_or_missing() -> None:
    right, wrong = declared_answers(a_match(["clavier"], ["souris", "mulot"]), "fr")
    assert right == [("clavier", "souris"), ("clavier", "mulot"), ("souris", "clavier")]
    assert wrong == [("", "souris"), ("clavier", ""), ("souris", "souris")]
