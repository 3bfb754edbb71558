"""Our own items in a package: they come back only when nothing was touched, and a package may hold foreign ones beside them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.content.authoring.exchange.archive import read_archive
from chalicelib.content.authoring.exchange.qti_export import export_qti
from chalicelib.content.authoring.exchange.qti_import import import_qti
from chalicelib.content.authoring.exchange.results import Imported
from tests.domain.content_builders import both, document
from tests.domain.exchange.samples import DRAWING, ENGLISH, EXPRESSIBLE, PIXEL, a_bank, codes_of, saved, zipped


def tampered(folder: Path, change: Callable[[dict[str, bytes]], None], *documents: Any) -> Imported:
    bank = a_bank(*(documents or EXPRESSIBLE[:1]), images={"images/one.svg": DRAWING})
    files = read_archive(saved(folder, export_qti(bank).content))
    change(files)
    return import_qti(saved(folder, zipped(files), "tampered"))


def in_manifest(old: str, new: str, count: int = -1) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        text = files["imsmanifest.xml"].decode()
        assert old in text
        files["imsmanifest.xml"] = text.replace(old, new, count).encode()

    return change


def in_item(old: str, new: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        text = files["items/alpha-1a-en.xml"].decode()
        assert old in text
        files["items/alpha-1a-en.xml"] = text.replace(old, new).encode()

    return change


def without_the_english(files: dict[str, bytes]) -> None:
    in_manifest('<resource identifier="item-alpha-1a-en"', '<resource identifier="x" type="webcontent"/><gone')(files)
    text = files["imsmanifest.xml"].decode()
    head, _, tail = text.partition("<gone")
    files["imsmanifest.xml"] = (head + tail.partition("</resource>")[2]).encode()


SHOWN = document("choice", "alpha-1a", image={**both("images/one.svg"), "alt": both("Nine black points")})
TAMPERED = {
    "an item edited elsewhere": ("item-changed", in_item("Option b", "Option z"), []),
    "another right answer": ("item-changed", in_item("<qti-value>a</qti-value>", "<qti-value>b</qti-value>"), []),
    "data edited alone": ("item-changed", in_manifest("Option b", "Option z"), []),
    "data of one language edited": ("item-changed", in_manifest("Option b", "Option z", 1), []),
    "a language left out": ("language-missing", without_the_english, []),
    "data that are no JSON": ("damaged-data", in_manifest('{"challenge"', '["challenge"'), []),
    "data nested without end": ("damaged-data", in_manifest('{"challenge"', "[" * 100_000), []),
    "data that lack the topic": ("damaged-data", in_manifest('"topic":', '"subject":'), []),
    "data of another licence": ("other-licence", in_manifest('"licence": "CC BY 4.0"', '"licence": "All rights reserved"'), []),
    "data that are no challenge": ("missing", in_manifest('"found_by"', '"lost_by"'), []),
    "a right answer that nobody could give": ("value-error", in_manifest('"right": true', '"right": false'), []),
    "a picture outside": ("unsafe-path", in_manifest('"fr": "images/one.svg"', '"fr": "../../one.svg"'), [SHOWN]),
    "a picture that is not there": ("image-missing", in_manifest('"fr": "images/one.svg"', '"fr": "images/two.svg"'), [SHOWN]),
    "a picture that runs": ("image-not-passive", lambda files: files.update({"images/one.svg": b"<svg onload='x'/>"}), [SHOWN]),
    "a picture of another format": ("image-format", lambda files: files.update({"images/one.svg": PIXEL}), [SHOWN]),
    "an enormous number": ("not-a-number", in_manifest('"value": "-3"', '"value": "1E+999999999"'), [EXPRESSIBLE[6]]),
    "a certification challenge": ("item-changed", in_manifest('"id": "alpha-1a"', '"id": "alpha-1c1"'), []),
}


@pytest.mark.parametrize(("code", "change", "documents"), TAMPERED.values(), ids=TAMPERED)
def test_our_data_come_back_only_when_nothing_was_touched(
    tmp_path: Path, code: str, change: Callable[[dict[str, bytes]], None], documents: list[Any]
) -> None:
    result = tampered(tmp_path, change, *documents)
    assert result.challenges == ()
    assert set(codes_of(result)) <= {code, "language-missing"}


def test_blanks_added_by_another_tool_do_not_count(tmp_path: Path) -> None:
    def change(files: dict[str, bytes]) -> None:
        in_item("<qti-item-body>", "<qti-item-body>\n   ")(files)

    result = tampered(tmp_path, change)
    assert [one.id for one in result.challenges] == ["alpha-1a"]


def test_an_item_listed_twice_is_refused(tmp_path: Path) -> None:
    def change(files: dict[str, bytes]) -> None:
        text = files["imsmanifest.xml"].decode()
        start = text.index('<resource identifier="item-alpha-1a-fr"')
        twin = text[start : text.index("</resource>", start) + len("</resource>")]
        files["imsmanifest.xml"] = text.replace("</resources>", f"{twin}</resources>").encode()

    assert codes_of(tampered(tmp_path, change)) == ["duplicate-item"]


def test_what_loses_our_data_comes_in_as_foreign_under_ids_that_ours_do_not_have(tmp_path: Path) -> None:
    bank = a_bank(document("choice", "alpha-3a"), document("choice", "alpha-3b", prompt=both("Another?")))
    files = read_archive(saved(tmp_path, export_qti(bank).content))
    manifest = files["imsmanifest.xml"].decode()
    second = manifest.index('<resource identifier="item-alpha-3b-fr"')
    stripped = re.sub("<challenge xmlns.*?</challenge>", "", manifest[second:], flags=re.DOTALL)
    files["imsmanifest.xml"] = (manifest[:second] + stripped).encode()
    result = import_qti(saved(tmp_path, zipped(files), "mixed"), ENGLISH)
    assert [(one.id, one.status) for one in result.challenges] == [
        ("alpha-3a", "validated"),
        ("alpha-3b", "draft"),
        ("alpha-3c", "draft"),
    ]
    assert {one.prompt.fr for one in result.challenges[1:]} == {"Another?"}
