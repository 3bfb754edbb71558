"""Challenges: what an author may write, how often a blind guess is right, and what the person answering may see."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, NamedTuple

import pytest
from pydantic import ValidationError

from chalicelib.content.challenges import Challenge, Kind, guess_chance
from chalicelib.content.releases import level_in_id, read_challenge
from chalicelib.content.shown import ShownChallenge, ShownInput, ShownOption, shown
from tests.domain.content_builders import (
    WRITTEN_KINDS,
    a_challenge,
    a_choice,
    a_number,
    a_text,
    an_input,
    an_order,
    both,
    document,
    items,
    options,
    some_blanks,
    some_choices,
)

# --- what an author may write ---


class Slip(NamedTuple):
    """A challenge that no author may publish."""

    says: str
    kind: Kind
    override: dict[str, Any]
    expected: str
    """A word of the reason, or the type of pydantic's error."""


def one_option(**override: Any) -> dict[str, Any]:
    return {"id": "a", **both("A"), **override}


SLIPS = [
    Slip("two right options in a choice", "choice", {"options": options("ab", "c")}, "exactly one option"),
    Slip("no right option in a choice", "choice", {"options": options("", "abc")}, "exactly one option"),
    Slip("one option alone", "choice", {"options": options("a", "")}, "too_short"),
    Slip("seven options in a choice", "choice", {"options": options("a", "bcdefg")}, "too_long"),
    Slip("two options of the same id", "choice", {"options": [*options("a", "b"), one_option()]}, "same id"),
    Slip("an option with a long id", "choice", {"options": [*options("a", "b"), one_option(id="cc")]}, "string_pattern"),
    Slip("an option with a capital id", "choice", {"options": [*options("a", "b"), one_option(id="C")]}, "string_pattern"),
    Slip("an option in one language", "choice", {"options": [*options("a", "b"), {"id": "c", "fr": "C"}]}, "missing"),
    Slip("an option with an empty text", "choice", {"options": [*options("a", "b"), one_option(id="c", en="")]}, "too_short"),
    Slip("one right option in a choices", "choices", {"options": options("a", "bcd")}, "at least two"),
    Slip("only right options in a choices", "choices", {"options": options("abcd", "")}, "at least two"),
    Slip("three options in a choices", "choices", {"options": options("ab", "c")}, "too_short"),
    Slip("eight options in a choices", "choices", {"options": options("ab", "cdefgh")}, "too_long"),
    Slip("no accepted word in one language", "text", {"accept": {"fr": ["mot"]}}, "every language"),
    Slip("an accepted word that is empty", "text", {"accept": {"fr": ["mot"], "en": [""]}}, "too_short"),
    Slip("an unknown switch", "text", {"fold": ["case", "vowels"]}, "literal_error"),
    Slip("an answer longer than a release keeps", "text", {"max_bytes": 241}, "less_than_equal"),
    Slip(
        "a refused number within the tolerance", "number", {"tolerance": 1, "refuse_values": [21, 13]}, "within the tolerance"
    ),
    Slip("the right number refused", "number", {"refuse_values": [12]}, "within the tolerance"),
    Slip("a tolerance below zero", "number", {"tolerance": -1}, "greater_than_equal"),
    Slip("a number that is not one", "number", {"value": "douze"}, "decimal"),
    Slip("an infinite number", "number", {"value": "Infinity"}, "finite"),
    Slip("a field that nobody knows", "choice", {"colour": "red"}, "extra_forbidden"),
    Slip("a field of another kind", "choice", {"tolerate_typos": True}, "extra_forbidden"),
    Slip("an unknown kind", "choice", {"kind": "essay"}, "union_tag_invalid"),
    Slip("an unknown status", "choice", {"status": "published"}, "literal_error"),
    Slip("an unknown need", "choice", {"suits": ["left-handed"]}, "literal_error"),
    Slip("an unknown device", "choice", {"device": "phone"}, "literal_error"),
    Slip("a prompt in one language", "choice", {"prompt": {"fr": "Bonjour"}}, "missing"),
    Slip("an empty solution", "choice", {"solution": {"fr": "Parce que.", "en": ""}}, "too_short"),
    Slip("a time limit that nobody can keep", "choice", {"time_limit_seconds": 19}, "greater_than_equal"),
    Slip("a time limit of an afternoon", "choice", {"time_limit_seconds": 601}, "less_than_equal"),
    Slip("an id without its level", "choice", {"id": "alpha"}, "string_pattern"),
    Slip("an id of a ninth level", "choice", {"id": "alpha-9a"}, "string_pattern"),
    Slip("an id with a space", "choice", {"id": "alpha beta-1a"}, "string_pattern"),
    Slip("a challenge that carries its calibration", "choice", {"a": 1.2}, "extra_forbidden"),
    Slip("a language without a status", "choice", {"locales": {"fr": "validated"}}, "missing"),
    Slip("an answer found otherwise", "choice", {"found_by": "guessing"}, "literal_error"),
    Slip("an image without alternative", "choice", {"image": {"fr": "a.svg", "en": "a.svg"}}, "missing"),
    Slip("the right day refused", "date", {"refuse_days": ["2026-03-14"]}, "right day is refused"),
    Slip("a day that no calendar has", "date", {"day": "2026-02-30"}, "date"),
    Slip("one input alone", "blanks", {"inputs": [an_input("a")]}, "too_short"),
    Slip("two inputs of the same id", "blanks", {"inputs": [an_input("a"), an_input("a", "number")]}, "same id"),
    Slip(
        "an input of an unknown kind",
        "blanks",
        {"inputs": [an_input("a"), an_input("b"), {**an_input("c"), "kind": "essay"}]},
        "union_tag",
    ),
    Slip("one group alone", "match", {"groups": [{"accept": both(["mot"])}]}, "too_short"),
    Slip("two things to order", "order", {"items": items("ab"), "right_order": ["b", "a"]}, "too_short"),
    Slip("an order that forgets a thing", "order", {"right_order": ["c", "a"]}, "every item once"),
    Slip("an order that names a thing twice", "order", {"right_order": ["c", "a", "a"]}, "every item once"),
    Slip("an order that the letters tell", "order", {"items": items("bca"), "right_order": ["a", "b", "c"]}, "neither"),
    Slip("an order that the source tells", "order", {"items": items("cab"), "right_order": ["c", "a", "b"]}, "neither"),
    Slip("a date that is not one", "choice", {"written": "yesterday"}, "date"),
]


@pytest.mark.parametrize("slip", [pytest.param(slip, id=slip.says) for slip in SLIPS])
def test_a_challenge_with_a_slip_is_refused(slip: Slip) -> None:
    with pytest.raises(ValidationError) as caught:
        read_challenge(document(slip.kind, **slip.override))
    reasons = [f"{error['type']} {error['msg']}" for error in caught.value.errors()]
    assert len(reasons) == 1, reasons
    assert slip.expected in reasons[0]


@pytest.mark.parametrize("kind", WRITTEN_KINDS)
@pytest.mark.parametrize("field", ["id", "kind", "status", "author", "written", "prompt", "solution"])
def test_every_challenge_needs_its_common_fields(kind: Kind, field: str) -> None:
    lacking = document(kind)
    del lacking[field]
    with pytest.raises(ValidationError):
        read_challenge(lacking)


@pytest.mark.parametrize("kind", WRITTEN_KINDS)
def test_a_valid_challenge_of_each_kind_is_read_and_never_changes(kind: Kind) -> None:
    challenge = a_challenge(kind)
    assert (challenge.kind, challenge.id) == (kind, "alpha-1a")
    with pytest.raises(ValidationError, match="frozen"):
        challenge.__setattr__("status", "retired")


@pytest.mark.parametrize("kind", WRITTEN_KINDS)
def test_what_is_written_of_a_challenge_reads_back_the_same(kind: Kind) -> None:
    challenge = a_challenge(kind, time_limit_seconds=60)
    assert read_challenge(json.loads(challenge.model_dump_json())) == challenge


def test_a_text_folds_everything_and_forgives_nothing_unless_it_says_so() -> None:
    challenge = a_text()
    assert challenge.fold == {"case", "accents", "spaces"}
    assert (challenge.strip_punctuation, challenge.tolerate_typos, challenge.max_bytes) == (False, False, None)


def test_a_number_written_with_a_point_is_exact() -> None:
    challenge = a_number(0.1, tolerance=0.05)
    assert (str(challenge.value), str(challenge.tolerance)) == ("0.1", "0.05")


# --- guessing and calibration ---


@pytest.mark.parametrize("count", range(2, 7))
def test_a_choice_is_guessed_once_in_its_number_of_options(count: int) -> None:
    assert guess_chance(a_choice(options=options("a", "bcdefg"[: count - 1]))) == pytest.approx(1 / count)


@pytest.mark.parametrize(("count", "sets"), [(4, 15), (5, 31), (6, 63), (7, 127)])
def test_several_options_are_guessed_once_in_the_number_of_sets_that_are_not_empty(count: int, sets: int) -> None:
    assert guess_chance(some_choices(options=options("ab", "cdefg"[: count - 2]))) == pytest.approx(1 / sets)


def test_free_answers_are_never_guessed() -> None:
    assert guess_chance(a_text()) == guess_chance(a_number()) == 0


@pytest.mark.parametrize(("count", "orders"), [(3, 6), (4, 24), (7, 5040)])
def test_an_order_is_guessed_once_in_the_number_of_orders(count: int, orders: int) -> None:
    assert guess_chance(an_order("cabdefg"[:count])) == pytest.approx(1 / orders)


def test_blanks_are_guessed_only_when_every_input_is_a_select() -> None:
    first, second = an_input("a", "select"), an_input("b", "select", options=options("a", "b"))
    assert guess_chance(some_blanks(first, second)) == pytest.approx(1 / 6)
    assert guess_chance(some_blanks(first, second, an_input("c", "number"))) == 0


@pytest.mark.parametrize("level", range(1, 9))
def test_an_id_tells_its_level(level: int) -> None:
    assert level_in_id(a_challenge("choice", f"search-2-queries-{level}b").id) == level


# --- what the person sees ---


@pytest.mark.parametrize(
    ("override", "announced"),
    [({}, False), ({"time_limit_seconds": 60}, True), ({"focus_required": True}, True)],
)
def test_a_challenge_is_announced_when_it_is_timed_or_needs_focus(override: dict[str, Any], announced: bool) -> None:
    assert a_choice(**override).announced is announced


SECRET = "SECRET"


def full_of_secrets(kind: Kind) -> Challenge:
    """A challenge whose every hidden text says so, with a calibration that cannot be mistaken."""
    own: dict[str, dict[str, Any]] = {
        "text": {"accept": both([f"{SECRET} word"]), "refuse": both([f"{SECRET} refused"])},
        "number": {"value": 98765, "units": both([f"{SECRET} unit"]), "refuse_values": [43210]},
    }
    hidden: dict[str, Any] = {"solution": both(f"{SECRET} solution"), "author": f"{SECRET} author"}
    return a_challenge(kind, **hidden, **own.get(kind, {}))


def as_written(ids: tuple[str, ...], purpose: str) -> tuple[str, ...]:
    del purpose
    return ids


def backwards(ids: tuple[str, ...], purpose: str) -> tuple[str, ...]:
    del purpose
    return ids[::-1]


def test_what_is_shown_has_these_fields_and_no_other() -> None:
    assert [field.name for field in dataclasses.fields(ShownChallenge)] == [
        "id",
        "kind",
        "prompt",
        "time_limit_seconds",
        "focus_required",
        "options",
        "inputs",
        "image",
        "attachment",
    ]
    assert [field.name for field in dataclasses.fields(ShownOption)] == ["id", "text"]


@pytest.mark.parametrize("kind", WRITTEN_KINDS)
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_what_is_shown_tells_neither_the_answer_nor_the_solution_nor_the_calibration(kind: Kind, locale: Any) -> None:
    challenge = full_of_secrets(kind)
    seen = json.dumps(dataclasses.asdict(shown(challenge, locale, as_written)), ensure_ascii=False)
    for secret in (SECRET, "98765", "43210", "right", "true", "validated", "2026"):
        assert secret not in seen


@pytest.mark.parametrize("kind", ["choice", "choices"])
def test_which_option_is_right_changes_nothing_that_is_shown(kind: Kind) -> None:
    first, second = (
        a_challenge(kind, options=options(*letters))
        for letters in ((("a", "bcd"), ("d", "abc")) if kind == "choice" else (("ab", "cd"), ("cd", "ab")))
    )
    assert shown(first, "fr", as_written) == shown(second, "fr", as_written)


@pytest.mark.parametrize("kind", ["text", "number", "date"])
def test_a_free_answer_shows_no_option(kind: Kind) -> None:
    assert shown(a_challenge(kind), "fr", as_written).options == ()


def test_a_challenge_is_shown_in_the_language_asked_and_its_options_in_the_order_given() -> None:
    two = [{"id": "a", "right": True, "fr": "un", "en": "one"}, {"id": "b", "fr": "deux", "en": "two"}]
    challenge = a_choice(options=two, time_limit_seconds=30, focus_required=True)
    english = shown(challenge, "en", backwards)
    assert (english.prompt, english.options) == ("Prompt of alpha-1a", (ShownOption("b", "two"), ShownOption("a", "one")))
    french = shown(challenge, "fr", as_written)
    assert (french.prompt, french.options) == ("Énoncé de alpha-1a", (ShownOption("a", "un"), ShownOption("b", "deux")))
    assert (french.id, french.kind, french.time_limit_seconds, french.focus_required) == ("alpha-1a", "choice", 30, True)


def test_things_to_order_are_never_shown_in_the_right_order() -> None:
    challenge = an_order("cab")

    def right(ids: tuple[str, ...], purpose: str) -> tuple[str, ...]:
        return challenge.right_order

    assert [option.id for option in shown(challenge, "fr", right).options] == ["a", "b", "c"]
    assert [option.id for option in shown(challenge, "fr", as_written).options] == ["a", "b", "c"]
    assert [option.id for option in shown(challenge, "fr", backwards).options] == ["c", "b", "a"]


def test_inputs_are_shown_with_their_labels_and_a_select_with_its_options() -> None:
    challenge = some_blanks(an_input("a", "date"), an_input("b", "select"))
    options_of_b = (ShownOption("c", "Option c"), ShownOption("b", "Option b"), ShownOption("a", "Option a"))
    assert shown(challenge, "fr", backwards).inputs == (
        ShownInput("a", "Input a", "date"),
        ShownInput("b", "Input b", "select", options_of_b),
    )


def test_each_input_of_a_match_has_the_label_and_a_number() -> None:
    challenge = a_challenge("match")
    assert [(one.id, one.label, one.kind) for one in shown(challenge, "en", as_written).inputs] == [
        ("1", "Mot 1", "text"),
        ("2", "Mot 2", "text"),
    ]


def test_a_picture_is_shown_at_its_address_with_its_words() -> None:
    image = {"fr": "x/plan-fr.svg", "en": "x/plan-en.svg", "alt": {"fr": "Un plan", "en": "A map"}}
    seen = shown(a_choice(image=image), "en", as_written).image
    assert seen is not None
    assert (seen.path, seen.alt) == ("/v1/files/x/plan-en.svg", "A map")
