"""GIFT: what its signs mean, and what no challenge can hold, refused by the line of its question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.content.authoring.exchange.gift_import import import_gift
from chalicelib.content.authoring.exchange.placing import Placement
from chalicelib.content.authoring.exchange.results import Imported
from tests.domain.content_builders import both
from tests.domain.exchange.samples import ENGLISH, FRENCH, codes_of, fields, keyed, refusal_of, saved, the_one

Import = Callable[..., Imported]


@pytest.fixture
def imported(tmp_path: Path) -> Import:
    def run(content: str, placement: Placement = FRENCH) -> Imported:
        return import_gift(saved(tmp_path, content), placement)

    return run


FILE = """\
// A comment, then a category
$CATEGORY: $course$/Basics

::Tomb:: Who is buried in
Grant's tomb? {
    =Grant # yes
    // a comment inside
    ~no one # no
    ~Napoleon
    ####He lies there \\{alone\\}.
}

Two plus {=two =2 =%0%three} equals four.

// a last comment
"""


def test_a_file_with_comments_titles_categories_and_feedback(imported: Import) -> None:
    first, second = imported(FILE).challenges
    assert fields(first, "id", "kind", "prompt") == ["alpha-3a", "choice", both("Who is buried in\\\nGrant's tomb?")]
    assert keyed(fields(first, "options")[0]) == [("Grant", True), ("no one", False), ("Napoleon", False)]
    assert first.solution.fr == "He lies there {alone}."
    assert fields(second, "id", "kind", "accept", "refuse") == ["alpha-3b", "text", both(["two", "2"]), both(["three"])]
    assert second.prompt.fr == "Two plus \\_\\_\\_\\_\\_ equals four."


def test_several_choices_share_the_whole(imported: Import) -> None:
    made = the_one(imported("Which? {~%50%a ~%50%b ~%-100%c ~d}"))
    assert made.kind == "choices"
    assert [right for _, right in keyed(fields(made, "options")[0])] == [True, True, False, False]


@pytest.mark.parametrize(
    ("written", "right"),
    [("T", "Vrai"), ("TRUE", "Vrai"), ("true#no#yes", "Vrai"), ("F", "Faux"), ("FALSE#no", "Faux")],
)
def test_true_or_false(imported: Import, written: str, right: str) -> None:
    made = the_one(imported(f"The sun rises. {{{written}}}"))
    assert [one for one, is_right in keyed(fields(made, "options")[0]) if is_right] == [right]
    assert fields(made, "fixed_order") == [True]


def test_true_or_false_in_english(imported: Import) -> None:
    assert keyed(fields(the_one(imported("So? {F}", ENGLISH)), "options")[0], "en") == [("True", False), ("False", True)]


@pytest.mark.parametrize(
    ("written", "value", "tolerance"),
    [
        ("#3", "3", "0"),
        ("#3:2", "3", "2"),
        ("#1..5", "3", "2"),
        ("#-1.5..1.5", "0", "1.5"),
        ("# 3.14:0.005 # close", "3.14", "0.005"),
        ("#=3:1#well done =%0%7:1#no ~#other", "3", "1"),
    ],
)
def test_a_number_with_a_tolerance_or_a_range(imported: Import, written: str, value: str, tolerance: str) -> None:
    made = the_one(imported(f"How many? {{{written}}}"))
    assert made.kind == "number"
    assert [float(one) for one in fields(made, "value", "tolerance")] == [float(value), float(tolerance)]


def test_pairs_become_selects_of_the_same_options(imported: Import) -> None:
    made = the_one(imported("Match. {\n=cat -> cat food\n=dog -> dog food\n=puppy -> dog food\n= -> hay\n}"))
    inputs = fields(made, "inputs")[0]
    assert [one["label"]["fr"] for one in inputs] == ["cat", "dog", "puppy"]
    assert [option["fr"] for option in inputs[0]["options"]] == ["cat food", "dog food", "hay"]
    assert [next(option["fr"] for option in one["options"] if option["right"]) for one in inputs] == [
        "cat food",
        "dog food",
        "dog food",
    ]


def test_escaped_signs_are_plain_signs(imported: Import) -> None:
    made = the_one(imported("What is \\{x\\: 1\\} \\# \\= 2 \\~ 3?\\nC:\\\\temp {=a\\=b ~c\\~d#no ~e\\:f ~g\\}}"))
    assert made.prompt.fr == "What is {x: 1} # = 2 ~ 3?\\\nC:\\temp"
    assert [one for one, _ in keyed(fields(made, "options")[0])] == ["a=b", "c~d", "e:f", "g}"]


@pytest.mark.parametrize(
    ("mark", "content", "expected"),
    [
        ("[html]", "<p>a <b>b</b></p>", "a **b**"),
        ("[markdown]", "a **b**", "a **b**"),
        ("[plain]", "a **b** <i>", "a \\*\\*b\\*\\* \\<i>"),
        ("[moodle]", "a <i>b</i>", "a *b*"),
        ("", "a <i>b</i>", "a *b*"),
    ],
)
def test_each_format_is_read(imported: Import, mark: str, content: str, expected: str) -> None:
    result = imported(f"::Title:: {mark} {content} {{T}}")
    if expected.endswith("<i>"):
        assert codes_of(result) == ["mark-not-allowed"]
    else:
        assert the_one(result).prompt.fr == expected


def test_an_answer_may_have_a_format_of_its_own(imported: Import) -> None:
    made = the_one(imported("Which? {=[html]<code>ls</code> ~[plain]<b ~c}"))
    assert [one for one, _ in keyed(fields(made, "options")[0])] == ["`ls`", "<b", "c"]


REFUSED = {
    "unsupported-kind": ["Tell me everything. {}", "Tell me. {   }", "Only a text to read."],
    "damaged-item": [
        "Which? {=a ~b",
        "Which? =a}",
        "Which? {=a {~b}}",
        "Which? {a ~b}",
        "Which? {a}",
        "Match. {=a -> b =c}",
        "{=a ~b} {=c}",
    ],
    "partial-credit": ["Which? {=a ~%50%b}", "Which? {~%50%a ~%20%b ~c ~d}", "Word? {=%50%a =b}", "How many? {#=1:0 =%50%2:0}"],
    "no-right-answer": ["Which? {~a ~b ~c}", "Word? {=%0%a}"],
    "several-right-answers": ["Which? {=a =b ~c}", "How many? {#=1 =2}"],
    "wildcard": ["Word? {=a*}"],
    "not-a-number": ["How many? {#many}", "How many? {#1..x}", "How many? {#1:x}", "Which? {~%x%a =b}", "How many? {#1e99}"],
    "no-prompt": ["::Only a title:: {T}"],
    "too-long": ["Which? {=a ~b ~c ~d ~e ~f ~g}"],
    "value-error": ["Which? {~%100%a ~b ~c ~d}"],
    "same-option-twice": ["Which? {=a ~A}"],
    "markup": ["[html]<h1>a</h1> {T}", "Which? {T ####[html]<hr>}"],
    "markup-in-option": ["[html]Which? {=<ul></ul> ~b}"],
    "missing-file": ["[html]<img src\\='@@PLUGINFILE@@/a.png'> {T}"],
    "mark-not-allowed": ["See https\\://example.org {T}"],
}


@pytest.mark.parametrize(("code", "content"), [(code, one) for code, listed in REFUSED.items() for one in listed])
def test_what_a_challenge_cannot_hold_is_refused_by_name(imported: Import, code: str, content: str) -> None:
    result = imported(content)
    assert (codes_of(result), result.challenges) == ([code], ())


def test_a_refusal_tells_the_line_and_the_title(imported: Import) -> None:
    result = imported("// note\n\n::First:: So? {T}\n\n::Essay one::\nWhy? {}\n\nHow? {}\n")
    assert [one.where for one in result.refusals] == ["line 5 (Essay one)", "line 8"]
    assert [one.id for one in result.challenges] == ["alpha-3a"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "no-question"),
        ("// only\n\n// notes", "no-question"),
        ("So?\x01 {T}", "illegal-character"),
        (b"\xff{T}", "not-utf8"),
    ],
)
def test_a_file_that_holds_nothing_to_read_is_refused_whole(tmp_path: Path, content: str | bytes, code: str) -> None:
    path = saved(tmp_path, content)
    assert refusal_of(lambda: import_gift(path, FRENCH)) == code


def escaped(words: str) -> str:
    return "".join(f"\\{sign}" if sign in "~=#{}:\\" else sign for sign in words)


@settings(max_examples=40)
@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"), exclude_characters="<&[!/`{"), min_size=1).filter(
        str.strip
    )
)
def test_any_option_comes_in_as_it_is(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    path = saved(tmp_path_factory.getbasetemp(), f"Which? {{=right ~. {escaped(words)} ~other}}", "any.gift")
    option = fields(the_one(import_gift(path, FRENCH)), "options")[0][1]
    assert option["fr"].split() == [".", *words.split()]
