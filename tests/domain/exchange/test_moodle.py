"""Moodle XML: the kinds that challenges have become drafts, whatever the format of their texts; the others are refused by name."""

from __future__ import annotations

import base64
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.content.authoring.exchange.moodle_import import import_moodle
from chalicelib.content.authoring.exchange.placing import Placement
from chalicelib.content.authoring.exchange.results import Imported
from tests.domain.content_builders import both
from tests.domain.exchange.samples import DRAWING, ENGLISH, FRENCH, PIXEL, codes_of, fields, keyed, refusal_of, saved, the_one

Import = Callable[..., Imported]


@pytest.fixture
def imported(tmp_path: Path) -> Import:
    def run(*questions: str, placement: Placement = FRENCH) -> Imported:
        return import_moodle(
            saved(tmp_path, f'<?xml version="1.0" encoding="UTF-8"?><quiz>{"".join(questions)}</quiz>'), placement
        )

    return run


def text(content: str, tag: str = "questiontext", text_format: str = "html", files: str = "") -> str:
    return f'<{tag} format="{text_format}"><text><![CDATA[{content}]]></text>{files}</{tag}>'


def answer(content: str, fraction: float | str, extra: str = "") -> str:
    return f'<answer fraction="{fraction}" format="html"><text><![CDATA[{content}]]></text>{extra}</answer>'


def question(kind: str, *parts: str, asked: str = "<p>Which?</p>", name: str = "Q") -> str:
    shown = asked if asked.startswith("<questiontext") else text(asked)
    return f'<question type="{kind}"><name><text>{name}</text></name>{shown}{"".join(parts)}</question>'


def choice(*parts: str, single: str = "true", asked: str = "<p>Which?</p>") -> str:
    return question("multichoice", f"<single>{single}</single><shuffleanswers>true</shuffleanswers>", *parts, asked=asked)


RIGHT, WRONG, OTHER = answer("Yes", 100), answer("No", 0), answer("Maybe", "-33.33333")
FOUR = [answer(one, weight) for one, weight in (("a", 50), ("b", 50), ("c", 0), ("d", -50))]

# --- what comes in ---


def test_a_single_choice(imported: Import) -> None:
    made = the_one(imported(choice(RIGHT, WRONG, OTHER, text("<p>As <b>said</b>.</p>", "generalfeedback"))))
    assert fields(made, "id", "kind", "status", "author", "fixed_order") == ["alpha-3a", "choice", "draft", "Ada", False]
    assert keyed(fields(made, "options")[0]) == [("Yes", True), ("No", False), ("Maybe", False)]
    assert fields(made, "prompt", "solution") == [both("Which?"), both("As **said**.")]


def test_several_choices_are_right_together(imported: Import) -> None:
    made = the_one(imported(choice(*FOUR, single="false")))
    assert made.kind == "choices"
    assert [right for _, right in keyed(fields(made, "options")[0])] == [True, True, False, False]
    assert made.solution.fr == "Réponse attendue : a ; b."


def test_three_thirds_make_a_whole(imported: Import) -> None:
    thirds = [answer(one, "33.33333") for one in "abc"]
    assert the_one(imported(choice(*thirds, WRONG, single="false"))).kind == "choices"


@pytest.mark.parametrize(("right", "expected"), [("true", [True, False]), ("false", [False, True])])
def test_true_or_false_in_the_language_given(imported: Import, right: str, expected: list[bool]) -> None:
    listed = [answer(one, 100 if one == right else 0) for one in ("true", "false")]
    made = the_one(imported(question("truefalse", *listed)))
    assert keyed(fields(made, "options")[0]) == list(zip(("Vrai", "Faux"), expected, strict=True))
    assert fields(made, "fixed_order") == [True]
    english = the_one(imported(question("truefalse", *listed), placement=ENGLISH))
    assert [one for one, _ in keyed(fields(english, "options")[0])] == ["True", "False"]


def test_a_short_answer_keeps_what_is_wrong_and_passes_over_anything_else(imported: Import) -> None:
    listed = [answer("Clavier", 100), answer("un clavier", 100), answer("souris", 0), answer("*", 0)]
    made = the_one(imported(question("shortanswer", "<usecase>0</usecase>", *listed)))
    assert fields(made, "kind", "accept", "refuse") == ["text", both(["Clavier", "un clavier"]), both(["souris"])]
    assert sorted(fields(made, "fold")[0]) == ["case", "spaces"]
    exact = the_one(imported(question("shortanswer", "<usecase>1</usecase>", answer("iPod", 100), answer("ipod", 0))))
    assert fields(exact, "fold", "refuse") == [["spaces"], both(["ipod"])]


def test_an_escaped_star_is_a_star(imported: Import) -> None:
    assert fields(the_one(imported(question("shortanswer", answer(r"a\*b", 100)))), "accept") == [both(["a*b"])]


def test_a_number_keeps_its_tolerance_its_unit_and_the_wrong_ones_outside(imported: Import) -> None:
    listed = [answer("12.5", 100, "<tolerance>0.5</tolerance>"), answer("20", 0), answer("12.6", 0), answer("*", 0)]
    units = (
        "<units><unit><multiplier>1</multiplier><unit_name>Mo</unit_name></unit></units><unitgradingtype>0</unitgradingtype>"
    )
    made = the_one(imported(question("numerical", *listed, units)))
    assert fields(made, "kind", "value", "tolerance", "units", "refuse_values") == [
        "number",
        "12.5",
        "0.5",
        both(["Mo"]),
        ["20"],
    ]


def pair(label: str, option: str) -> str:
    return f'<subquestion format="html"><text><![CDATA[{label}]]></text><answer><text>{option}</text></answer></subquestion>'


def test_pairs_become_selects_of_the_same_options(imported: Import) -> None:
    listed = [pair("<p>Ram</p>", "Fast"), pair("<p>Disk</p>", "Slow"), pair("<p>Cache</p>", "Fast"), pair("", "Blue")]
    made = the_one(imported(question("matching", "<shuffleanswers>true</shuffleanswers>", *listed)))
    inputs = fields(made, "inputs")[0]
    assert [one["label"]["fr"] for one in inputs] == ["Ram", "Disk", "Cache"]
    assert {tuple(option["fr"] for option in one["options"]) for one in inputs} == {("Fast", "Slow", "Blue")}
    assert [next(option["fr"] for option in one["options"] if option["right"]) for one in inputs] == ["Fast", "Slow", "Fast"]


def test_an_order_is_asked_out_of_order(imported: Import) -> None:
    made = the_one(
        imported(question("ordering", "<selecttype>ALL</selecttype>", *[answer(one, 1) for one in ("one", "two", "three")]))
    )
    items, right = fields(made, "items", "right_order")
    assert [next(one["fr"] for one in items if one["id"] == letter) for letter in right] == ["one", "two", "three"]


def test_categories_only_say_where_questions_were(imported: Import) -> None:
    category = '<question type="category"><category><text>$course$/x</text></category></question>'
    assert [one.id for one in imported(category, choice(RIGHT, WRONG)).challenges] == ["alpha-3a"]


@pytest.mark.parametrize(
    ("text_format", "content", "expected"),
    [
        ("html", "<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("markdown", "* a\n* b", "- a\n- b"),
        ("plain_text", "1 < 2\n* b", "1 < 2\\\n\\* b"),
        ("moodle_auto_format", "one\ntwo <b>three</b>", "one\\\ntwo **three**"),
    ],
)
def test_each_format_of_text_is_read(imported: Import, text_format: str, content: str, expected: str) -> None:
    made = the_one(imported(choice(RIGHT, WRONG, asked=text(content, text_format=text_format))))
    assert made.prompt.fr == expected


# --- pictures ---


def with_picture(content: bytes | str, source: str = "@@PLUGINFILE@@/a%20b.png", name: str = "a b.png") -> str:
    encoded = base64.b64encode(content).decode() if isinstance(content, bytes) else content
    files = f'<file name="{name}" path="/" encoding="base64">{encoded}</file>'
    return choice(RIGHT, WRONG, asked=text(f'<p>See <img src="{source}" alt="One white point"></p>', files=files))


@pytest.mark.parametrize(("content", "suffix"), [(PIXEL, "png"), (DRAWING, "svg")])
def test_an_embedded_picture_is_kept(imported: Import, content: bytes, suffix: str) -> None:
    result = imported(with_picture(content))
    image = the_one(result).image
    assert image is not None
    assert (image.fr, image.alt.fr) == (f"images/alpha-3a.{suffix}", "One white point")
    assert result.images == {f"images/alpha-3a.{suffix}": content}


def test_a_picture_inside_its_address_is_kept(imported: Import) -> None:
    source = f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}"
    assert imported(with_picture("", source)).images == {"images/alpha-3a.png": PIXEL}


def test_a_tag_that_never_ends_is_text_and_read_at_once(imported: Import) -> None:
    made = the_one(imported(choice(RIGHT, WRONG, asked=f"<p>Which?</p>{'< ' * 900}<")))
    assert made.prompt.fr.startswith("Which?\n\n< < ")


# --- what does not ---

REFUSED: dict[str, list[str]] = {
    "unsupported-kind": [
        question(kind)
        for kind in ("essay", "cloze", "description", "calculated", "ddwtos", "ddimageortext", "gapselect", "randomsamatch", "")
    ],
    "partial-credit": [
        choice(RIGHT, answer("Half", 50), WRONG),
        choice(answer("a", 50), answer("b", 30), WRONG, OTHER, single="false"),
        question("shortanswer", answer("a", 100), answer("b", 80)),
        question("numerical", answer("1", 100), answer("2", 50)),
    ],
    "no-right-answer": [choice(WRONG, OTHER), choice(WRONG, OTHER, single="false"), question("shortanswer", answer("a", 0))],
    "several-right-answers": [choice(RIGHT, answer("Also", 100)), question("numerical", answer("1", 100), answer("2", 100))],
    "wildcard": [question("shortanswer", answer("col*r", 100)), question("shortanswer", answer("*", 100))],
    "not-a-number": [
        question("numerical", answer("many", 100)),
        question("numerical", answer("1e400", 100)),
        choice(answer("a", "lots"), WRONG),
        question("numerical", answer("1", 100, "<tolerance>x</tolerance>")),
    ],
    "graded-unit": [question("numerical", answer("1", 100), "<unitgradingtype>1</unitgradingtype>")],
    "several-units": [
        question(
            "numerical", answer("1", 100), "<units><unit><multiplier>100</multiplier><unit_name>cm</unit_name></unit></units>"
        )
    ],
    "random-subset": [question("ordering", "<selecttype>RANDOM</selecttype>", *FOUR)],
    "damaged-item": [
        question("truefalse", answer("perhaps", 100), WRONG),
        '<question type="multichoice"><name><text>Q</text></name></question>',
    ],
    "no-prompt": [choice(RIGHT, WRONG, asked="<p> </p>")],
    "markup": [
        choice(RIGHT, WRONG, asked="<h3>Title</h3>"),
        choice(RIGHT, WRONG, text("<p>x<sup>2</sup></p>", "generalfeedback")),
    ],
    "markup-in-option": [choice(RIGHT, answer('<img src="a.png">', 0))],
    "markup-too-deep": [choice(RIGHT, WRONG, asked="<div>" * 200)],
    "text-too-long": [choice(RIGHT, WRONG, asked="<!--" * 6_000), choice(RIGHT, WRONG, asked=f"<p>{'a ' * 5_000}</p>")],
    "text-format": [choice(RIGHT, WRONG, asked=text("a", text_format="wiki"))],
    "mark-not-allowed": [choice(RIGHT, WRONG, asked="See https://example.org")],
    "same-option-twice": [choice(RIGHT, answer("yes ", 0))],
    "too-long": [choice(RIGHT, *[answer(str(one), 0) for one in range(6)])],
    "too-short": [choice(*FOUR[:2], answer("c", 0), single="false"), question("matching", pair("a", "b"))],
    "missing-file": [with_picture(PIXEL, name="other.png"), with_picture(PIXEL, "../a.png")],
    "remote-image": [with_picture(PIXEL, "https://example.org/a.png")],
    "damaged-image": [with_picture("@@@"), with_picture("", "data:image/png;base64,***")],
    "image-format": [with_picture(b"GIF89a")],
    "image-not-passive": [with_picture(b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
    "several-images": [choice(RIGHT, WRONG, asked='<img src="a"><img src="b">')],
}


@pytest.mark.parametrize(("code", "content"), [(code, one) for code, listed in REFUSED.items() for one in listed])
def test_what_a_challenge_cannot_hold_is_refused_by_name(imported: Import, code: str, content: str) -> None:
    result = imported(content)
    assert (codes_of(result), result.challenges, result.images) == ([code], (), {})
    assert result.refusals[0].where == "Q"


def test_refusals_stand_beside_the_rest_under_their_titles(imported: Import) -> None:
    result = imported(choice(RIGHT, WRONG), question("essay", name="Tell <![CDATA[me]]>"), choice(WRONG), choice(RIGHT, OTHER))
    assert [one.id for one in result.challenges] == ["alpha-3a", "alpha-3b"]
    assert [(one.where, one.code) for one in result.refusals] == [("Tell me", "unsupported-kind"), ("Q", "no-right-answer")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("<questions/>", "not-moodle"),
        ("<quiz>", "xml-malformed"),
        ('<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>', "xml-forbidden"),
    ],
)
def test_a_file_that_is_no_bank_is_refused_whole(tmp_path: Path, content: str, code: str) -> None:
    path = saved(tmp_path, content)
    assert refusal_of(lambda: import_moodle(path, FRENCH)) == code


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="{<[!/"), min_size=1).filter(str.strip))
def test_any_text_of_a_question_comes_in_as_it_is(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    content = escape(words).replace("]]>", "]]&gt;")
    path = saved(tmp_path_factory.getbasetemp(), f"<quiz>{choice(RIGHT, answer(f'! {content}', 0))}</quiz>", "any.xml")
    option = fields(the_one(import_moodle(path, FRENCH)), "options")[0][1]
    assert option["fr"].split() == ["!", *words.split()]
