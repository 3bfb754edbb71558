"""Our challenges go out in QTI 3.0 and come back exactly the same; what QTI cannot say is refused by name, and stays."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from functools import lru_cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.content.authoring.checks.walking import challenges_in
from chalicelib.content.authoring.exchange.archive import read_archive
from chalicelib.content.authoring.exchange.fragment import write_fragment
from chalicelib.content.authoring.exchange.markup import parse_html
from chalicelib.content.authoring.exchange.qti_export import Exported, export_qti
from chalicelib.content.authoring.exchange.qti_import import import_qti
from chalicelib.content.authoring.exchange.qti_read import read_item
from chalicelib.content.authoring.exchange.questions import InOrder, OneOf, Pairs, Quantity, Question, SomeOf, Word
from chalicelib.content.authoring.exchange.results import Imported
from chalicelib.content.authoring.exchange.shape import shape_of
from chalicelib.content.authoring.exchange.xml import parse_xml
from chalicelib.content.authoring.preview import as_html
from chalicelib.content.authoring.sources import read_sources
from chalicelib.content.challenges import Challenge
from chalicelib.content.expected import SelectInput
from chalicelib.content.releases import read_challenge
from chalicelib.content.texts import LOCALES, Locale
from tests.content_of_tests import real_sources
from tests.domain.content_builders import a_date, a_match, an_input, both, document, options
from tests.domain.exchange.samples import DRAWING, EXPRESSIBLE, PIXEL, a_bank, saved, shared_selects

BANK = real_sources()
IN_THE_BANK = {challenge.id: challenge for _, _, challenge in challenges_in(BANK)}
NO_FORM = {"file-task", "date", "match", "mixed-blanks"}


@lru_cache(maxsize=1)
def exported_bank() -> Exported:
    return export_qti(BANK)


@pytest.fixture(scope="module")
def returned(package: Path) -> Imported:
    """What comes back of it."""
    return import_qti(package)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the real bank."""
    return saved(tmp_path_factory.mktemp("bank"), exported_bank().content)


def back(exported: Exported, folder: Path) -> list[Challenge]:
    """The challenges of a package, when all of them come back."""
    imported = import_qti(saved(folder, exported.content))
    assert imported.refusals == ()
    return list(imported.challenges)


# --- the real bank ---


def test_every_practice_challenge_goes_out_or_is_refused_by_the_name_of_its_form() -> None:
    exported = exported_bank()
    refused = {refusal.where: refusal.code for refusal in exported.refusals}
    assert {*exported.challenges, *refused} == set(IN_THE_BANK)
    assert not set(exported.challenges) & set(refused)
    assert set(refused.values()) <= NO_FORM
    for challenge_id, code in refused.items():
        assert code == IN_THE_BANK[challenge_id].kind or code == "mixed-blanks"
    assert set(Counter(IN_THE_BANK[one].kind for one in exported.challenges)) == {
        "choice",
        "choices",
        "text",
        "number",
        "order",
        "blanks",
    }


def test_the_bank_comes_back_exactly_in_both_languages_with_its_pictures(returned: Imported) -> None:
    assert returned.refusals == ()
    assert {one.id: one for one in returned.challenges} == {one: IN_THE_BANK[one] for one in exported_bank().challenges}
    shown = {one.image.in_(locale) for one in returned.challenges if one.image for locale in LOCALES}
    assert returned.images == {path: BANK.images[path] for path in shown}


def test_what_came_back_is_read_from_the_yaml_that_is_written(returned: Imported) -> None:
    challenges = list(returned.challenges)[::6]
    documents = yaml.load(write_fragment(challenges), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert [read_challenge(one) for one in documents] == challenges


def test_no_certification_challenge_leaves(package: Path) -> None:
    pooled = [one.id for _, pool in BANK.pools for one in pool.challenges]
    assert pooled
    manifest = read_archive(package)["imsmanifest.xml"].decode()
    told = {*re.findall("<entry>([^<]+)<", manifest), *re.findall(r'"id": "([^"]+)"', manifest)}
    assert set(exported_bank().challenges) <= told
    assert not set(pooled) & told


def test_the_same_sources_give_the_same_bytes() -> None:
    assert export_qti(BANK, ["search-queries"]).content == export_qti(BANK, ["search-queries"]).content


def agrees(question: Question, challenge: Challenge, locale: Locale) -> bool:
    """Whether what another tool reads of an item has the key of the challenge."""
    key = question.key
    listed = getattr(challenge, "options", ()) or getattr(challenge, "items", ())
    texts = tuple(one.in_(locale) for one in listed)
    letters = [one.id for one in listed]
    if isinstance(key, OneOf | SomeOf):
        right = {key.right} if isinstance(key, OneOf) else key.right
        return key.options == texts and {letters[place] for place in right} == getattr(challenge, "right_options", None)
    if isinstance(key, InOrder):
        return key.items == tuple(texts[letters.index(one)] for one in getattr(challenge, "right_order", ()))
    if isinstance(key, Word):
        words = challenge.accept.in_(locale) if challenge.kind == "text" else ()
        return {one.lower() for one in key.accept} == {one.lower() for one in words}
    if isinstance(key, Quantity):
        return challenge.kind == "number" and (key.value, key.tolerance) == (challenge.value, challenge.tolerance)
    assert isinstance(key, Pairs)
    selects = [one for one in getattr(challenge, "inputs", ()) if isinstance(one, SelectInput)]
    asked = [(one.label.in_(locale), next(o.in_(locale) for o in one.options if o.right)) for one in selects]
    return asked == [(label, key.options[right]) for label, right in zip(key.labels, key.right, strict=True)]


def test_another_tool_reads_the_same_questions_without_our_data(package: Path) -> None:
    files = read_archive(package)
    for challenge_id in exported_bank().challenges[::6]:
        challenge = IN_THE_BANK[challenge_id]
        for locale in LOCALES:
            path = f"items/{challenge_id}-{locale}.xml"
            question = read_item(parse_xml(files[path]), path, files)
            assert question.locale == locale
            assert agrees(question, challenge, locale), path
            for read, ours in ((question.prompt, challenge.prompt), (question.solution, challenge.solution)):
                assert shape_of(parse_html(as_html(read))) == shape_of(parse_html(as_html(ours.in_(locale)))), path
            assert (question.picture is None) == (challenge.image is None)


# --- every kind ---


def test_every_kind_that_qti_can_say_comes_back_with_all_that_qti_cannot(tmp_path: Path) -> None:
    exported = export_qti(a_bank(*EXPRESSIBLE))
    assert exported.refusals == ()
    assert back(exported, tmp_path) == [read_challenge(one) for one in EXPRESSIBLE]


@pytest.mark.parametrize(
    ("says", "spoilt"),
    [
        ("date", a_date().model_dump()),
        ("match", a_match().model_dump()),
        ("mixed-blanks", document("blanks", "alpha-1a", inputs=[an_input("a"), an_input("b", "select")])),
        ("mixed-blanks", document("blanks", "alpha-1a", inputs=[an_input("a", "number"), an_input("b", "number")])),
        ("file-task", document("choice", "alpha-1a") | {"kind": "file-task", "generator": "x", "question": "y"}),
    ],
)
def test_what_has_no_form_is_refused_and_the_rest_goes(says: str, spoilt: dict[str, object], tmp_path: Path) -> None:
    if says == "file-task":
        del spoilt["options"]
    exported = export_qti(a_bank(spoilt, document("choice", "alpha-2a")))
    assert [(one.where, one.code) for one in exported.refusals] == [("alpha-1a", says)]
    assert [one.id for one in back(exported, tmp_path)] == ["alpha-2a"]


def test_selects_of_other_options_have_no_form() -> None:
    other = shared_selects()
    other["inputs"][2]["options"] = options("a", "bcd")
    assert [one.code for one in export_qti(a_bank(other)).refusals] == ["mixed-blanks"]


def test_pictures_travel_as_files_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    image = {"fr": "images/un.svg", "en": "images/one.png", "alt": both("Un carré noir de neuf")}
    shown, lost = (
        document("choice", "alpha-1a", image=image),
        document("choice", "alpha-2a", image={**image, "fr": "images/x.svg"}),
    )
    bank = a_bank(shown, lost, images={"images/un.svg": DRAWING, "images/one.png": PIXEL})
    exported = export_qti(bank)
    assert [(one.where, one.code) for one in exported.refusals] == [("alpha-2a", "image-missing")]
    imported = import_qti(saved(tmp_path, exported.content))
    assert imported.images == {"images/un.svg": DRAWING, "images/one.png": PIXEL}
    assert imported.challenges == (read_challenge(shown),)


def test_sources_that_cannot_be_read_are_not_left_out_in_silence(tmp_path: Path) -> None:
    (tmp_path / "topics" / "1.1").mkdir(parents=True)
    (tmp_path / "topics" / "1.1" / "broken.yaml").write_text("id: [", encoding="utf-8")
    exported = export_qti(read_sources(tmp_path))
    assert ("topics/1.1/broken.yaml", "not-yaml") in {(one.where, one.code) for one in exported.refusals}


# --- any text ---

PIECES = [
    "]]>",
    "&",
    "<",
    ">",
    '"',
    "&amp;",
    "é",
    "ÿ",
    "😀",
    "👩‍🦽",
    "שלום",
    "مرحبا",
    "\u200f",
    "\n\n",
    "`",
    "**",
    "|",
    "- ",
    "a",
    " ",
]
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn"))
TEXTS = st.lists(st.sampled_from(PIECES) | LETTERS, min_size=1, max_size=12).map("".join)
WORDS = st.text(st.characters(categories=("Ll", "Lo", "So")), min_size=1, max_size=9)
OF_THE_BANK = {"mark-not-allowed", "unreachable-answer", "accepts-nothing", "placeholder-without-generator"}
"""What the checks of the bank say of odd texts."""


@settings(max_examples=30)
@given(prompt=TEXTS, option=TEXTS, word=WORDS)
def test_any_text_comes_back_or_is_refused_as_the_bank_would(
    prompt: str, option: str, word: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    right = {"id": "a", "right": True, "fr": f"1 {option}", "en": f"2 {option}"}
    listed = [right, {"id": "b", **both("-")}, {"id": "c", **both("+")}]
    words = {"fr": [word], "en": [word, f"the {word}"]}
    documents = [
        document("choice", "alpha-1a", prompt={"fr": f"A {prompt}", "en": f"B {prompt}"}, options=listed),
        document("text", "alpha-2a", accept=words, refuse=both([]), solution=both(f"C {prompt}")),
    ]
    exported = export_qti(a_bank(*documents))
    assert {one.code for one in exported.refusals} <= OF_THE_BANK
    kept = [read_challenge(one) for one in documents if one["id"] in exported.challenges]
    assert back(exported, tmp_path_factory.getbasetemp()) == kept
    assert [read_challenge(one) for one in yaml.safe_load(write_fragment(kept))] == kept


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\x1b", "\ufffe"])
@pytest.mark.parametrize("name", ["prompt", "solution", "author"])
def test_control_characters_do_not_leave(sign: str, name: str) -> None:
    spoilt = document("choice", "alpha-1a", **{name: f"x{sign}" if name == "author" else both(f"x{sign}")})
    assert [one.code for one in export_qti(a_bank(spoilt)).refusals] == ["illegal-character"]


# --- packages ---


def test_a_package_is_what_other_tools_expect() -> None:
    exported = export_qti(a_bank(*EXPRESSIBLE))
    with zipfile.ZipFile(io.BytesIO(exported.content)) as archive:
        assert archive.namelist()[0] == "imsmanifest.xml"
        manifest = archive.read("imsmanifest.xml").decode()
        item = archive.read("items/alpha-3a-fr.xml").decode()
    assert 'type="imsqti_item_xmlv3p0" href="items/alpha-3a-fr.xml"' in manifest
    assert "<schema>QTI Package</schema><schemaversion>3.0.0</schemaversion>" in manifest
    assert ">CC BY 4.0<" in manifest
    assert 'xml:lang="fr"' in item
    assert 'rptemplates/map_response.xml"' in item
    assert '<qti-map-entry map-key="Été" mapped-value="1" case-sensitive="false" />' in item
