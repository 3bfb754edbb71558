"""Pictures: what may be shown anywhere, and what is refused because it could run, fetch or weigh too much."""

from __future__ import annotations

import pytest

from chalicelib.content.authoring.pictures import LARGEST_PICTURE, picture_faults

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10">'


def faults(inside: str) -> list[str]:
    return picture_faults("images/plan.svg", f"{HEAD}{inside}</svg>".encode())


@pytest.mark.parametrize(
    "inside",
    [
        '<rect width="3" height="3" fill="url(#stripes)"/>',
        '<text x="1" y="2">Élève &amp; école</text>',
        '<style>.bar { fill: #369 }</style><g class="bar"><path d="M0 0 L9 9"/></g>',
        '<defs><symbol id="box"><rect width="1" height="1"/></symbol></defs><use href="#box"/>',
    ],
)
def test_a_plain_drawing_is_fit(inside: str) -> None:
    assert faults(inside) == []


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect onclick="alert(1)"/>',
        '<rect ONLOAD="alert(1)"/>',
        '<image href="https://example.org/x.png"/>',
        '<use href="https://example.org/x.svg#a"/>',
        '<use xlink:href="other.svg#a"/>',
        '<rect fill="url(https://example.org/x)"/>',
        '<rect style="background:url( &quot;//example.org&quot;)"/>',
        "<style>@import 'x.css';</style>",
        "<style>rect { fill: url(http://example.org/x) }</style>",
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">x</body></foreignObject>',
        '<a href="javascript:alert(1)"><rect/></a>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        "<set/>",
    ],
)
def test_a_drawing_that_runs_or_fetches_is_not(inside: str) -> None:
    assert faults(inside)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg",
        b"<html/>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>',
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
        b'<!DOCTYPE s [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg">&b;</svg>',
    ],
)
def test_what_is_no_safe_svg_is_refused(content: bytes) -> None:
    assert picture_faults("images/plan.svg", content)


def test_a_picture_is_what_its_name_says_and_not_too_heavy() -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"x" * 10
    assert picture_faults("images/plan.png", png) == []
    assert picture_faults("images/plan.jpg", b"\xff\xd8\xff\xe0") == []
    for path in ("images/plan.jpg", "images/plan.gif", "images/plan", "images/plan.html"):
        assert picture_faults(path, png)
    assert picture_faults("images/plan.png", png + b"x" * LARGEST_PICTURE)
