"""Foreign XML and pictures: nothing is fetched, nothing is expanded, nothing that runs goes through."""

from __future__ import annotations

import pytest

from chalicelib.content.authoring.exchange.images import image_suffix, refuse_image_path
from chalicelib.content.authoring.exchange.markup import parse_html
from chalicelib.content.authoring.exchange.xml import DEEPEST, child, descendants, parse_xml, refuse_illegal
from tests.content_of_tests import CONTENT
from tests.domain.exchange.samples import DRAWING, PIXEL, refusal_of

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
FORBIDDEN = {
    "a document type": "<!DOCTYPE quiz><quiz/>",
    "a document type elsewhere": '<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/quiz.dtd"><quiz/>',
    "an entity": '<!DOCTYPE q [<!ENTITY a "b">]><q>&a;</q>',
    "an external entity": '<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/passwd">]><q>&a;</q>',
    "a parameter entity": '<!DOCTYPE q [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a"> %a;]><q/>',
    "a billion laughs": f'<!DOCTYPE q [<!ENTITY l0 "ha">{LAUGHS}]><q>&l9;</q>',
    "a quadratic blow-up": f'<!DOCTYPE q [<!ENTITY a "{"a" * 9_000}">]><q>{"&a;" * 900}</q>',
}
MALFORMED = {
    "nothing": "",
    "a text": "hello",
    "an open element": "<a>",
    "an undeclared entity": "<a>&nbsp;</a>",
    "a control character": "<a>\x01</a>",
    "a reference to one": "<a>&#1;</a>",
    "two roots": "<a/><b/>",
    "an unknown encoding": '<?xml version="1.0" encoding="klingon"?><a/>',
    "an encoding of several bytes": '<?xml version="1.0" encoding="shift_jis"?><a/>',
}


@pytest.mark.parametrize("document", FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_reaches_outside_or_expands_is_forbidden(document: str) -> None:
    assert refusal_of(lambda: parse_xml(document.encode())) == "xml-forbidden"


@pytest.mark.parametrize("document", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_xml_is_malformed(document: str) -> None:
    assert refusal_of(lambda: parse_xml(document.encode())) == "xml-malformed"


def test_endless_nesting_is_left_before_it_fills_the_memory() -> None:
    assert refusal_of(lambda: parse_xml(b"<a>" * 1_000_000)) == "xml-too-deep"
    assert refusal_of(lambda: parse_html("<b>" * 100_000)) == "markup-too-deep"
    assert parse_xml(b"<a>" * DEEPEST + b"</a>" * DEEPEST).tag == "a"


def test_names_are_found_whatever_their_namespace() -> None:
    root = parse_xml(b'<a xmlns="urn:x"><b>1</b><c xmlns="urn:y"><b>2</b></c></a>')
    assert [one.text for one in descendants(root, "b")] == ["1", "2"]
    found = child(root, "b")
    assert found is not None
    assert found.text == "1"
    assert child(root, "z") is None


@pytest.mark.parametrize("text", ["\x00", "a\x1fb", "\ud800", "\uffff", "\x0b"])
def test_a_text_that_xml_cannot_hold_is_refused(text: str) -> None:
    assert refusal_of(lambda: refuse_illegal(text)) == "illegal-character"


def test_accents_emoji_and_line_ends_are_legal() -> None:
    refuse_illegal("é שלום 😀 \t\r\n \u2028 ]]> &")


# --- pictures ---

ACTIVE = {
    "a script": "<script>alert(1)</script>",
    "a handler": '<rect onload="alert(1)"/>',
    "a link": '<a xlink:href="https://example.org"><rect/></a>',
    "a picture from elsewhere": '<image href="https://example.org/x.png"/>',
    "a use from elsewhere": '<use xlink:href="https://example.org/x.svg#a"/>',
    "HTML": '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
    "an animation": '<rect><set attributeName="href" to="javascript:alert(1)"/></rect>',
    "a style that imports": "<style>@import 'https://example.org/x.css';</style>",
    "a style that fetches": '<rect style="fill:url(https://example.org/x)"/>',
    "a style that hides it": '<rect style="fill:u\\72l(https://example.org/x)"/>',
}


@pytest.mark.parametrize("inside", ACTIVE.values(), ids=ACTIVE)
def test_an_svg_that_does_more_than_draw_is_refused(inside: str) -> None:
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{inside}</svg>'
    assert refusal_of(lambda: image_suffix(drawing.encode())) == "image-not-passive"


def test_an_svg_with_an_entity_is_refused() -> None:
    assert refusal_of(lambda: image_suffix(b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>')) == "xml-forbidden"


@pytest.mark.parametrize("content", [b"GIF89a", b"\xff\xd8\xff\xe0JFIF", b"<html></html>", b""])
def test_only_png_and_svg_are_pictures(content: bytes) -> None:
    assert refusal_of(lambda: image_suffix(content)) == "image-format"


def test_pictures_that_only_draw_are_taken() -> None:
    assert (image_suffix(PIXEL), image_suffix(DRAWING)) == ("png", "svg")


def test_every_picture_of_the_bank_could_come_back() -> None:
    pictures = sorted((CONTENT / "images").iterdir())
    assert pictures
    for path in pictures:
        refuse_image_path(f"images/{path.name}")
        assert path.suffix == f".{image_suffix(path.read_bytes())}"


@pytest.mark.parametrize(
    "path", ["../x.png", "images/../x.png", "images/x.exe", "images/a/b.png", "/images/x.png", "images/.png"]
)
def test_a_picture_stays_in_its_folder(path: str) -> None:
    assert refusal_of(lambda: refuse_image_path(path)) == "unsafe-path"
