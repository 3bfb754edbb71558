"""Items of other tools in QTI 3.0: the subset becomes drafts, anything else is refused by name; ours cannot be forged by halves."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chalicelib.content.authoring.exchange.qti_import import import_qti
from chalicelib.content.authoring.exchange.qti_names import PACKAGE, QTI
from chalicelib.content.authoring.exchange.results import Imported
from tests.domain.content_builders import both
from tests.domain.exchange.samples import (
    ENGLISH,
    FRENCH,
    PIXEL,
    codes_of,
    fields,
    keyed,
    refusal_of,
    saved,
    the_one,
    zipped,
)

MATCH_CORRECT = '<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/>'
MAP_RESPONSE = '<qti-response-processing template="http://www.imsglobal.org/question/qti_v3p0/rptemplates/map_response"/>'
CHOICES = "".join(f'<qti-simple-choice identifier="{one}">{one.upper()}</qti-simple-choice>' for one in "wxyz")
ENTRY = '<p>The capital of France is <qti-text-entry-interaction response-identifier="RESPONSE"/>.</p>'


def choice(extra: str = "", maximum: int = 1, choices: str = CHOICES) -> str:
    return (
        f'<p>Which?</p><qti-choice-interaction response-identifier="RESPONSE" max-choices="{maximum}" shuffle="true">'
        f"{extra}{choices}</qti-choice-interaction>"
    )


def key(*values: str, cardinality: str = "single", base: str = "identifier", mapping: str = "") -> str:
    correct = "".join(f"<qti-value>{value}</qti-value>" for value in values)
    return (
        f'<qti-response-declaration identifier="RESPONSE" cardinality="{cardinality}" base-type="{base}">'
        f"{f'<qti-correct-response>{correct}</qti-correct-response>' if values else ''}{mapping}</qti-response-declaration>"
    )


def mapping(**worth: float) -> str:
    entries = "".join(
        f'<qti-map-entry map-key="{one}" mapped-value="{value}" case-sensitive="false"/>' for one, value in worth.items()
    )
    return f'<qti-mapping default-value="0">{entries}</qti-mapping>'


def item(declaration: str, body: str, processing: str = MATCH_CORRECT, after: str = "", attributes: str = "") -> str:
    return (
        f'<qti-assessment-item xmlns="{QTI}" identifier="q1" title="Q" time-dependent="false" xml:lang="en-GB" {attributes}>'
        f"{declaration}<qti-item-body>{body}</qti-item-body>{processing}{after}</qti-assessment-item>"
    )


def manifest(*resources: str) -> str:
    return f'<manifest xmlns="{PACKAGE}" identifier="m"><organizations/><resources>{"".join(resources)}</resources></manifest>'


RESOURCE = '<resource identifier="q1" type="imsqti_item_xmlv3p0" href="a%20b/q1.xml"><file href="a%20b/q1.xml"/></resource>'


@pytest.fixture
def imported(tmp_path: Path) -> Callable[..., Imported]:
    """Imports one item, with other files beside it."""

    def run(content: str, placement: Any = ENGLISH, **files: bytes) -> Imported:
        named = {f"pictures/{name}.png": value for name, value in files.items()}
        return import_qti(
            saved(tmp_path, zipped({"imsmanifest.xml": manifest(RESOURCE), "a b/q1.xml": content, **named})), placement
        )

    return run


Import = Callable[..., Imported]

# --- what comes in ---


def test_a_choice_becomes_a_draft_with_the_same_text_in_both_languages(imported: Import) -> None:
    made = the_one(imported(item(key("y"), choice("<qti-prompt>Choose <strong>one</strong></qti-prompt>"))))
    assert fields(made, "id", "kind", "status", "author", "found_by", "written") == [
        *("alpha-3a", "choice", "draft", "Ada", "knowing", "2026-11-22")
    ]
    assert fields(made, "locales", "prompt") == [both("draft"), both("Which?\n\nChoose **one**")]
    assert keyed(fields(made, "options")[0], "en") == [("W", False), ("X", False), ("Y", True), ("Z", False)]
    assert made.solution.en == "The expected answer: Y."


def test_several_choices_keep_their_exact_set(imported: Import) -> None:
    made = the_one(imported(item(key("w", "z", cardinality="multiple"), choice(maximum=0))))
    assert made.kind == "choices"
    assert [right for _, right in keyed(fields(made, "options")[0])] == [True, False, False, True]


def test_mapped_choices_that_agree_with_the_correct_response_come_in(imported: Import) -> None:
    declared = key("w", "z", cardinality="multiple", mapping=mapping(w=1, z=1, x=-1))
    assert the_one(imported(item(declared, choice(maximum=0), MAP_RESPONSE))).kind == "choices"
    only_mapped = key(cardinality="multiple", mapping=mapping(w=1, z=1))
    assert the_one(imported(item(only_mapped, choice(maximum=0), MAP_RESPONSE))).kind == "choices"


def test_scoring_written_out_is_understood(imported: Import) -> None:
    map_score = '<qti-set-outcome-value identifier="SCORE"><qti-map-response identifier="RESPONSE"/></qti-set-outcome-value>'
    declared = key("w", "z", cardinality="multiple", mapping=mapping(w=1, z=1))
    mapped = item(declared, choice(maximum=0), f"<qti-response-processing>{map_score}</qti-response-processing>")
    assert the_one(imported(mapped)).kind == "choices"
    feedback_too = processing(MATCH).replace(
        "</qti-response-if>",
        '<qti-set-outcome-value identifier="FEEDBACK"><qti-base-value base-type="identifier">yes</qti-base-value>'
        "</qti-set-outcome-value></qti-response-if>",
    )
    highest = processing(MATCH).replace(
        '<qti-base-value base-type="float">1</qti-base-value>', '<qti-variable identifier="MAXSCORE"/>'
    )
    for written in (feedback_too, highest):
        assert the_one(imported(item(key("y"), choice(), written))).kind == "choice"


def test_a_word_in_a_sentence_leaves_a_gap(imported: Import) -> None:
    declared = key("Paris", base="string", mapping=mapping(Paris=1, Paname=1, Lyon=0))
    made = the_one(imported(item(declared, ENTRY, MAP_RESPONSE)))
    assert fields(made, "kind", "accept", "refuse") == ["text", both(["Paris", "Paname"]), both(["Lyon"])]
    assert sorted(fields(made, "fold")[0]) == ["case", "spaces"]
    assert made.prompt.en.startswith("The capital of France is")
    assert "\\_" in made.prompt.en


def test_a_word_compared_exactly_keeps_its_case(imported: Import) -> None:
    made = the_one(imported(item(key("iPod", base="string"), ENTRY)))
    assert fields(made, "accept", "fold") == [both(["iPod"]), ["spaces"]]


def processing(comparison: str, right: int = 1, wrong: int = 0) -> str:
    outcome = '<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">{}</qti-base-value></qti-set-outcome-value>'
    return (
        f"<qti-response-processing><qti-response-condition><qti-response-if>{comparison}{outcome.format(right)}</qti-response-if>"
        f"<qti-response-else>{outcome.format(wrong)}</qti-response-else></qti-response-condition></qti-response-processing>"
    )


VARIABLE, CORRECT = '<qti-variable identifier="RESPONSE"/>', '<qti-correct identifier="RESPONSE"/>'
MATCH = f"<qti-match>{VARIABLE}{CORRECT}</qti-match>"
EQUAL = f'<qti-equal tolerance-mode="{{}}" tolerance="{{}}">{VARIABLE}{CORRECT}</qti-equal>'
ELSEWHERE = processing(f"<qti-is-null>{VARIABLE}</qti-is-null>").replace("</qti-response-else>", f"{MATCH}</qti-response-else>")
"""The comparison decides nothing."""
BOUND = '<qti-{0}>{1}<qti-base-value base-type="float">{2}</qti-base-value></qti-{0}>'
BETWEEN = f"<qti-and>{BOUND.format('gte', VARIABLE, 9)}{BOUND.format('lte', VARIABLE, 10)}</qti-and>"


@pytest.mark.parametrize(
    ("comparison", "expected"),
    [
        (MATCH_CORRECT, ("9.5", "0")),
        (processing(MATCH), ("9.5", "0")),
        (processing(f"<qti-equal>{VARIABLE}{CORRECT}</qti-equal>"), ("9.5", "0")),
        (
            processing(EQUAL.format("absolute", "0.5 0.5")),
            ("9.5", "0.5"),
        ),
        (processing(BETWEEN), ("9.5", "0.5")),
    ],
)
def test_a_number_keeps_its_tolerance(imported: Import, comparison: str, expected: tuple[str, str]) -> None:
    made = the_one(imported(item(key("9.5", base="float"), ENTRY, comparison)))
    assert (made.kind, tuple(map(Decimal, fields(made, "value", "tolerance")))) == ("number", tuple(map(Decimal, expected)))


def test_an_order_is_neither_that_of_the_source_nor_of_the_letters(imported: Import) -> None:
    body = f'<p>Sort.</p><qti-order-interaction response-identifier="RESPONSE">{CHOICES}</qti-order-interaction>'
    made = the_one(imported(item(key("w", "x", "y", "z", cardinality="ordered"), body)))
    items, right = fields(made, "items", "right_order")
    assert [next(one["en"] for one in items if one["id"] == letter) for letter in right] == ["W", "X", "Y", "Z"]
    assert [one["id"] for one in items] != right


MATCH_BODY = (
    '<qti-match-interaction response-identifier="RESPONSE" max-associations="2"><qti-prompt>Match</qti-prompt>'
    '<qti-simple-match-set><qti-simple-associable-choice identifier="r1" match-max="1">Ram</qti-simple-associable-choice>'
    '<qti-simple-associable-choice identifier="r2" match-max="1">Disk</qti-simple-associable-choice></qti-simple-match-set>'
    '<qti-simple-match-set><qti-simple-associable-choice identifier="c1" match-max="2">Fast</qti-simple-associable-choice>'
    '<qti-simple-associable-choice identifier="c2" match-max="2">Slow</qti-simple-associable-choice></qti-simple-match-set>'
    "</qti-match-interaction>"
)


def test_a_match_becomes_selects_of_the_same_options(imported: Import) -> None:
    made = the_one(imported(item(key("r2 c2", "r1 c1", cardinality="multiple", base="directedPair"), MATCH_BODY)))
    inputs = fields(made, "inputs")[0]
    assert [one["label"]["en"] for one in inputs] == ["Ram", "Disk"]
    assert [keyed(one["options"], "en") for one in inputs] == [
        [("Fast", True), ("Slow", False)],
        [("Fast", False), ("Slow", True)],
    ]


def rubric(view: str, text: str) -> str:
    return (
        f'<qti-rubric-block view="{view}" use="scoring"><qti-content-body><p>{text}</p></qti-content-body></qti-rubric-block>'
    )


def feedback(identifier: str, inside: str) -> str:
    attributes = f'outcome-identifier="FEEDBACK" identifier="{identifier}" show-hide="show"'
    return f"<qti-modal-feedback {attributes}>{inside}</qti-modal-feedback>"


@pytest.mark.parametrize(
    ("extra_body", "after", "expected"),
    [
        (rubric("scorer", "Why"), feedback("any", "<p>So</p>"), "Why"),
        ("", feedback("any", "<qti-content-body><p>So</p></qti-content-body>"), "So"),
        ("", feedback("incorrect", "<p>No</p>") + feedback("correct", "<p>Yes</p>"), "Yes"),
        ("", feedback("x", "<p>No</p>") + feedback("y", "<p>Yes</p>"), "The expected answer: Y."),
        (rubric("proctor", "Silence"), "", "The expected answer: Y."),
    ],
)
def test_the_solution_is_what_explains_the_answer(imported: Import, extra_body: str, after: str, expected: str) -> None:
    made = the_one(imported(item(key("y"), choice() + extra_body, after=after)))
    assert made.solution.en == expected


def test_instructions_for_candidates_are_part_of_the_prompt(imported: Import) -> None:
    made = the_one(imported(item(key("y"), choice() + rubric("candidate author", "Slowly."))))
    assert made.prompt.en == "Which?\n\nSlowly."


def test_a_picture_comes_along(imported: Import) -> None:
    body = '<p><img src="../pictures/one.png" alt="A white point, alone"/></p>' + choice()
    result = imported(item(key("y"), body), one=PIXEL)
    image = the_one(result).image
    assert image is not None
    assert (image.fr, image.alt.en) == ("images/alpha-3a.png", "A white point, alone")
    assert result.images == {"images/alpha-3a.png": PIXEL}


def test_the_language_of_the_item_is_that_of_the_sentence_made_for_it(imported: Import) -> None:
    silent = FRENCH.__class__(FRENCH.topic, FRENCH.level, FRENCH.author, FRENCH.written)
    assert the_one(imported(item(key("y"), choice()), silent)).solution.fr == "The expected answer: Y."
    assert the_one(imported(item(key("y"), choice()), FRENCH)).solution.en == "Réponse attendue : Y."


# --- what does not ---

EXTENDED = '<qti-extended-text-interaction response-identifier="RESPONSE"/>'
REFUSED_ITEMS: dict[str, list[str]] = {
    "not-qti3": ['<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="q"/>', "<html/>"],
    "dynamic-item": [
        item(key("y"), choice(), attributes='adaptive="true"'),
        item(key("y") + "<qti-template-declaration/>", choice()),
        item(key("y") + "<qti-assessment-stimulus-ref/>", choice()),
    ],
    "several-interactions": [item(key("y"), choice() * 2), item(key("y"), "<p>Read.</p>"), item(key("y") * 2, choice())],
    "unsupported-interaction": [item(key(base="string"), EXTENDED)],
    "no-scoring": [item(key("y"), choice(), "")],
    "custom-scoring": [
        item(key("y"), choice(), '<qti-response-processing template="https://example.org/own.xml"/>'),
        item(key("y"), choice(), processing(f"<qti-not>{MATCH}</qti-not>")),
        item(key("y"), choice(), processing(MATCH * 2)),
        item(key("y"), choice(), processing(f'<qti-match><qti-variable identifier="OTHER"/>{CORRECT}</qti-match>')),
        item(key("y"), choice(), processing(f"<qti-equal>{VARIABLE}{CORRECT}</qti-equal>")),
        item(
            key("9", base="float"),
            ENTRY,
            processing(EQUAL.format("relative", "5")),
        ),
        item(
            key("9", base="float"),
            ENTRY,
            processing(EQUAL.format("absolute", "1 2")),
        ),
        item(key("9", base="float"), ENTRY, processing(f"<qti-and><qti-gte>{VARIABLE}{CORRECT}</qti-gte></qti-and>")),
        item(key("P1D", base="duration"), ENTRY),
        item(key("y"), choice(), processing(MATCH, right=0, wrong=1)),
        item(key("y"), choice(), processing(MATCH, right=0, wrong=0)),
        item(key("y"), choice(), processing(MATCH, right=1, wrong=1)),
        item(key("y"), choice(), processing(MATCH).replace("SCORE", "OTHER")),
        item(key("y"), choice(), ELSEWHERE),
        item(
            key("w", cardinality="ordered"),
            f'<qti-order-interaction response-identifier="RESPONSE">{CHOICES}</qti-order-interaction>',
        ),
    ],
    "partial-credit": [
        item(key("w", cardinality="multiple", mapping=mapping(w=1, x=0.5)), choice(maximum=0), MAP_RESPONSE),
        item(key("Paris", base="string", mapping=mapping(Paris=1, Parys=0.5)), ENTRY, MAP_RESPONSE),
    ],
    "several-numbers": [item(key(base="float", mapping=mapping(**{"1": 1, "2": 1})), ENTRY, MAP_RESPONSE)],
    "not-a-number": [
        item(key("many", base="float"), ENTRY),
        item(key("1e99", base="float"), ENTRY),
        item(key("1e-99", base="float"), ENTRY),
        item(key("INF", base="float"), ENTRY),
        item(key("NaN", base="float"), ENTRY),
    ],
    "damaged-item": [
        item(key("q"), choice()),
        item(key("w", "x"), choice()),
        item(key("y"), choice(choices=CHOICES + CHOICES)),
        item(key("r1 c1", cardinality="multiple", base="directedPair"), MATCH_BODY.replace("qti-simple-match-set", "div")),
        item(key("r1 c1", "r2 c9", cardinality="multiple", base="directedPair"), MATCH_BODY),
    ],
    "unsupported-match": [
        item(key("r1 c1", cardinality="multiple", base="directedPair"), MATCH_BODY),
        item(key("r1 c1", "r1 c2", "r2 c1", cardinality="multiple", base="directedPair"), MATCH_BODY),
    ],
    "markup": [
        item(key("y"), "<h1>Title</h1>" + choice()),
        item(key("y"), '<math xmlns="http://www.w3.org/1998/Math/MathML"/>' + choice()),
    ],
    "markup-in-option": [item(key("y"), choice(choices=CHOICES.replace(">W<", "><table/><")))],
    "several-images": [item(key("y"), '<p><img src="a.png" alt="a"/><img src="b.png" alt="b"/></p>' + choice())],
    "remote-image": [
        item(key("y"), '<p><img src="https://example.org/a.png" alt="a"/></p>' + choice()),
        item(key("y"), '<p><img src="//example.org/a.png" alt="a"/></p>' + choice()),
        item(key("y"), '<p><img src="file:///etc/passwd" alt="a"/></p>' + choice()),
    ],
    "missing-file": [item(key("y"), '<p><img src="../../../etc/passwd" alt="a"/></p>' + choice())],
    "image-format": [item(key("y"), '<p><img src="q1.xml" alt="a picture of nothing"/></p>' + choice())],
    "image-without-alternative": [item(key("y"), '<p><img src="../pictures/one.png" alt="x"/></p>' + choice())],
    "string-too-short": [item(key("y"), '<p><img src="../pictures/one.png"/></p>' + choice())],
    "no-prompt": [item(key("y"), choice().replace("<p>Which?</p>", ""))],
    "too-long": [item(key("w"), choice(choices=CHOICES + CHOICES.replace('r="', 'r="2')))],
    "value-error": [item(key("w", cardinality="multiple"), choice(maximum=0))],
    "same-option-twice": [item(key("w"), choice(choices=CHOICES.replace(">X<", ">W<")))],
    "mark-not-allowed": [item(key("y"), "<p>See https://example.org</p>" + choice())],
    "placeholder-without-generator": [item(key("y"), "<p>{{name}}</p>" + choice())],
    "answer-too-long": [item(key("x" * 300, base="string"), ENTRY)],
    "unreachable-answer": [item(key("Paris", base="string", mapping=mapping(Paris=1, PARIS=1)), ENTRY, MAP_RESPONSE)],
    "xml-malformed": ["<qti-assessment-item>"],
    "xml-forbidden": ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
}


@pytest.mark.parametrize(("code", "content"), [(code, one) for code, listed in REFUSED_ITEMS.items() for one in listed])
def test_what_a_challenge_cannot_hold_is_refused_by_name(imported: Import, code: str, content: str) -> None:
    result = imported(content, one=PIXEL)
    assert (codes_of(result), result.challenges, result.images) == ([code], (), {})
    assert result.refusals[0].where == "q1"


def test_the_rest_of_a_package_is_there_beside_the_refusals(tmp_path: Path) -> None:
    names = ("good", "bad", "better")
    resources = [f'<resource identifier="{one}" type="imsqti_item_xmlv3p0" href="{one}.xml"/>' for one in names]
    files = {f"{one}.xml": item(key("q" if one == "bad" else "y"), f"<p>{one}</p>{choice()}") for one in names}
    result = import_qti(saved(tmp_path, zipped({"imsmanifest.xml": manifest(*resources), **files})), ENGLISH)
    assert [one.id for one in result.challenges] == ["alpha-3a", "alpha-3b"]
    assert codes_of(result) == ["damaged-item"]


def test_a_foreign_item_without_a_place_is_refused(imported: Import) -> None:
    assert codes_of(imported(item(key("y"), choice()), None)) == ["no-placement"]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"a.xml": "<a/>"}, "no-manifest"),
        ({"imsmanifest.xml": "<manifest/>"}, "not-qti3"),
        ({"imsmanifest.xml": "<manifest"}, "xml-malformed"),
        ({"imsmanifest.xml": '<!DOCTYPE m [<!ENTITY x "y">]><m/>'}, "xml-forbidden"),
    ],
)
def test_a_package_without_a_sane_manifest_is_refused_whole(tmp_path: Path, files: dict[str, str], code: str) -> None:
    path = saved(tmp_path, zipped(files))
    assert refusal_of(lambda: import_qti(path, ENGLISH)) == code


def test_tests_are_not_items_and_files_must_be_there(tmp_path: Path) -> None:
    resources = [
        '<resource identifier="t" type="imsqti_test_xmlv3p0" href="t.xml"/>',
        '<resource identifier="lost" type="imsqti_item_xmlv3p0" href="../lost.xml"/>',
        '<resource identifier="css" type="webcontent" href="a.css"/>',
    ]
    result = import_qti(saved(tmp_path, zipped({"imsmanifest.xml": manifest(*resources)})), ENGLISH)
    assert [(one.where, one.code) for one in result.refusals] == [("t", "not-an-item"), ("lost", "missing-file")]
