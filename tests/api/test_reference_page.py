"""The reference page: complete, accessible, and made of nothing but text."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.api.documentation import openapi
from chalicelib.api.problem_codes import CODES
from chalicelib.api.reference import page

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """What a page is made of; fails on tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.sections: dict[str, str] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        assert len(attributes) == len(attrs)
        self.tags.append((tag, attributes))
        self.texts.setdefault(tag, [])
        if tag == "section":
            self.sections[attributes["id"] or ""] = ""
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open[-1]].append(data)
        if "section" in self.open:
            name = list(self.sections)[-1]
            self.sections[name] += data + " "

    def values(self, attribute: str) -> list[str]:
        return [str(attributes[attribute]) for _, attributes in self.tags if attribute in attributes]

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


@pytest.fixture(scope="module")
def served() -> Page:
    return Page(page(openapi()))


def test_the_page_has_a_language_a_title_and_one_main_heading(served: Page) -> None:
    assert served.tags[0] == ("html", {"lang": "en"})
    assert served.texts["title"][0].startswith("Palier")
    assert (served.count("title"), served.count("h1"), served.count("main")) == (1, 1, 1)
    assert ("meta", {"charset": "utf-8"}) in served.tags


def test_headings_do_not_skip_a_level(served: Page) -> None:
    levels = [int(tag[1]) for tag, _ in served.tags if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_tables_name_their_columns_and_sections_their_heading(served: Page) -> None:
    assert all(attributes.get("scope") == "col" for tag, attributes in served.tags if tag == "th")
    ids = served.values("id")
    assert len(set(ids)) == len(ids)
    assert set(served.values("aria-labelledby")) <= set(ids)


def test_the_page_fetches_nothing_and_runs_nothing(served: Page) -> None:
    assert not {tag for tag, _ in served.tags} & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "svg"}
    assert served.values("src") == []
    for tag, attributes in served.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
    assert "url(" not in "".join(served.texts["style"])
    assert "@import" not in "".join(served.texts["style"])
    assert "http" not in page(openapi()).lower().replace("http api", "")


def test_links_lead_to_anchors_of_the_page_or_to_the_document(served: Page) -> None:
    ids = set(served.values("id"))
    for target in served.values("href"):
        assert target == "/openapi.json" or target.removeprefix("#") in ids


def test_every_operation_is_there_with_its_address_and_every_status(served: Page) -> None:
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            section = served.sections[operation["operationId"]]
            assert path in section
            assert method.upper() in section
            assert operation["summary"] in section
            for status, reply in operation["responses"].items():
                assert f" {status} " in section
                assert reply["description"].replace("`", "").split(".")[0].split(" ")[0] in section


def test_every_model_is_there_with_every_field(served: Page) -> None:
    for name, schema in openapi()["components"]["schemas"].items():
        section = served.sections[f"model-{name}"]
        for field in schema.get("properties", {}):
            assert f" {field} " in section


def test_every_code_is_there_with_what_to_do(served: Page) -> None:
    cells = "".join(served.texts["td"])
    for code, known in CODES.items():
        assert code in served.values("id")
        assert known.meaning.split("`")[0] in cells


HOSTILE = "<script>alert('x')</script>\"&<b onclick=x>"


def hostile_document() -> dict[str, Any]:
    """A document whose every text is an attack on the page."""
    schema = {
        "description": HOSTILE,
        "required": [],
        "properties": {
            HOSTILE: {"type": HOSTILE, "pattern": HOSTILE, "description": HOSTILE},
            "const": {"const": HOSTILE},
            "enum": {"enum": [HOSTILE]},
            "several": {"anyOf": [{"type": HOSTILE}, {"$ref": f"#/components/schemas/{HOSTILE}"}]},
            "list": {"type": "array", "items": {"type": HOSTILE}},
            "map": {"type": "object", "additionalProperties": {"format": HOSTILE}},
        },
    }
    operation = {
        "operationId": HOSTILE,
        "summary": HOSTILE,
        "description": f"{HOSTILE} `{HOSTILE}`",
        "parameters": [{"name": HOSTILE, "in": HOSTILE, "schema": {"type": HOSTILE}}],
        "requestBody": {"content": {"application/json": {"schema": {"type": HOSTILE}}}},
        "responses": {"200": {"description": HOSTILE, "content": {"application/json": {"schema": {"type": HOSTILE}}}}},
    }
    info = {"title": HOSTILE, "version": HOSTILE, "summary": HOSTILE, "description": HOSTILE}
    paths = {f"/{HOSTILE}": {"get": operation}}
    return {"info": info, "paths": paths, "components": {"schemas": {HOSTILE: schema}}}


def test_every_text_of_the_document_is_escaped() -> None:
    made = page(hostile_document())
    assert "<script" not in made
    assert "<b onclick" not in made
    read = Page(made)
    assert {tag for tag, _ in read.tags} == {tag for tag, _ in Page(page(openapi())).tags}
    assert HOSTILE in read.texts["title"][0]
    assert HOSTILE in read.values("id")
