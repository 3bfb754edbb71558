"""From HTML to the Markdown of the bank and back: what can be said reads the same, what cannot is refused by name."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.content.authoring.exchange.markdown import markdown_of, to_line, to_markdown
from chalicelib.content.authoring.exchange.markup import parse_html
from chalicelib.content.authoring.exchange.shape import shape_of
from chalicelib.content.authoring.preview import as_html
from tests.domain.exchange.samples import refusal_of

SAID = {
    "<p>One</p><p>Two</p>": "One\n\nTwo",
    "One<p>Two": "One\n\nTwo",
    "<p>a <strong>b</strong> <em>c</em> <b>d</b> <i>e</i></p>": "a **b** *c* **d** *e*",
    "<p>a<strong> b </strong>c</p>": "a **b** c",
    "<div dir=ltr><span style='color:red'>a</span>&nbsp;b</div>": "a\xa0b",
    "<p>Type <code>ls -l</code></p>": "Type `ls -l`",
    "<p><code>a`b</code></p>": "``a`b``",
    "<pre><code class='language-python'>if x:\n    y()\n</code></pre>": "```python\nif x:\n    y()\n```",
    "<pre>one<br>two ```</pre>": "````\none\ntwo ```\n````",
    "<ul><li>a</li><li>b</li></ul>": "- a\n- b",
    "<ol start=3><li>a<li>b</ol>": "3. a\n4. b",
    "<ul><li>a<ul><li>b</li></ul></li></ul>": "- a\n  - b",
    "<ul><li><p>a</p></li><li><p>b</p><p>c</p></li></ul>": "- a\n\n- b\n\n  c",
    "<ul><li>a</li></ul><ul><li>b</li></ul>": "- a\n\n+ b",
    "<table><tr><td>a</td><td>b|c</td></tr><tr><td>1</td><td></td></tr></table>": "| a | b\\|c |\n| --- | --- |\n| 1 |   |",
    "<blockquote><p>a</p><p>b</p></blockquote>": "> a\n> \n> b",
    "<p>a<br>b</p>": "a\\\nb",
    "<p>a<br><br>b<br></p>": "a\n\nb",
    "<p></p><p>&nbsp;</p>": "",
    "<p>2 * 3 = 6 and a_b_c and *x* and [y] &amp;amp; &lt;b&gt;</p>": r"2 \* 3 = 6 and a_b_c and \*x\* and [y] \&amp; \<b>",
}
NOT_SAID = {
    "markup": [
        *("<h2>a</h2>", "<p>x<sup>2</sup></p>", "<p>H<sub>2</sub>O</p>", "<p><a href='https://example.org'>a</a></p>"),
        *("<p><img src='a.png'></p>", "<script>alert(1)</script>", "<p><u>a</u></p>", "<hr>", "<video src='a.mp4'></video>"),
        *("<iframe src='https://example.org'></iframe>", "<form><input></form>", "<ul>a</ul>", "<ul><p>a</p></ul>"),
        *("<table><tr><td colspan=2>a</td></tr></table>", "<table><tr><td>a</td></tr><tr></tr></table>", "<table></table>"),
        *("<table><tr><td>a<br>b</td></tr></table>", "<pre><h1>a</h1></pre>", "<p>a<strong>,b</strong>c</p>"),
    ],
    "markup-in-option": ["<ul><li>a</li></ul>", "<pre>a</pre>", "<p>x<sup>2</sup></p>", "<img src='a.png'>", "<table></table>"],
}
PLAIN = [
    *(
        "=B2*C2",
        "- a\n- b",
        "1. x",
        "1) x",
        "# t",
        "> q",
        "---",
        "===",
        "a\n===",
        "~~~",
        "* a",
        "+ a",
        "`x``y",
        "**",
        "a\\",
        "\\*",
    ),
    *("[a]: b", "| a | b |\n|---|---|", "a|b\n-|-", "    four spaces", "\ttab", "&amp; &#38; &copy;", "<b>x</b>", "<!-- x -->"),
    *(
        "]]>",
        "a_b_ _c_",
        "__init__",
        "é 😀 שלום مرحبا",
        "x  \ny",
        "!important",
        "![a](b)",
        "C:\\new\\table",
        "$1 ~ 2$",
        "\u2028",
        "-\n-",
    ),
]


@pytest.mark.parametrize("html", SAID)
def test_what_can_be_said_becomes_markdown(html: str) -> None:
    assert to_markdown(parse_html(html)) == SAID[html]


@pytest.mark.parametrize("html", NOT_SAID["markup"])
def test_what_cannot_be_said_is_refused(html: str) -> None:
    assert refusal_of(lambda: to_markdown(parse_html(html))) == "markup"


@pytest.mark.parametrize("html", NOT_SAID["markup-in-option"])
def test_an_option_is_one_line(html: str) -> None:
    assert refusal_of(lambda: to_line(parse_html(html))) == "markup-in-option"


def test_an_option_keeps_its_code_and_leaves_its_looks() -> None:
    html = "<p>Run <code>ls</code>, <strong>then</strong><br>stop</p>"
    assert to_line(parse_html(html)) == "Run `ls`, then stop"


def shown_text(markdown: str) -> list[str]:
    """The words that a reader sees."""
    return parse_html(as_html(markdown).replace("<br />", "\n")).text().split()


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_text_shows_as_it_is_whatever_its_signs(text: str) -> None:
    assert shown_text(markdown_of(text)) == text.split()


SIGNS = st.sampled_from([*"*_`[]()<>#&|~!\\-+=.:;\"'1a é\n", "  ", "\n\n", "]]>", "&amp;", "😀", "ש", "```", "- ", "1. "])


@settings(max_examples=150)
@given(st.lists(SIGNS, max_size=24).map("".join))
def test_any_plain_text_shows_as_it_is(text: str) -> None:
    assert shown_text(markdown_of(text)) == text.split()


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))))
def test_any_letter_of_any_script_shows_as_it_is(text: str) -> None:
    assert shown_text(markdown_of(text)) == re.sub("[\x1c-\x1f\x85]", " ", text).split()


def test_trees_of_other_looks_have_the_same_shape() -> None:
    one = parse_html("<div><p>a <b>b</b></p>\n<p><span>c</span></p></div>")
    other = parse_html("<p> a  <strong>b</strong></p><p>c<br></p>")
    assert shape_of(one) == shape_of(other)
    assert shape_of(one) != shape_of(parse_html("<p>a <b>b</b> c</p>"))
    assert shape_of(parse_html("<ol start=2><li>a</ol>")) != shape_of(parse_html("<ol><li>a</ol>"))
