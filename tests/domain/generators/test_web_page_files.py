"""Saved web pages: every task is solved from the bytes of its page, read by an HTML parser."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

import pytest

from tests.domain.generators.generated_tasks import Task, tasks_of

TASKS = ("web-page-files-2a", "web-page-files-5a", "web-page-files-7a")
EMPTY_TAGS = {"meta", "img", "input"}


class Page(HTMLParser):
    """The links with their texts, the pictures, the fields and labels of a page."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.tags: Counter[str] = Counter()
        self.links: list[tuple[str, str]] = []
        self.pictures: list[dict[str, str | None]] = []
        self.fields: dict[str, dict[str, str | None]] = {}
        self.around: set[str] = set()
        self.label_for: list[str] = []
        self.ids: list[str] = []
        self.feed(task.made.content.decode())
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        assert len(attributes) == len(attrs)
        self.tags[tag] += 1
        self.ids += [one] if (one := attributes.get("id")) else []
        if tag == "img":
            self.pictures.append(attributes)
        elif tag == "input":
            name = attributes["id"] or ""
            self.fields[name] = attributes
            self.around |= {name} if any(outer == "label" for outer, _ in self.open) else set()
        elif tag == "label" and attributes.get("for"):
            self.label_for.append(attributes["for"] or "")
        if tag not in EMPTY_TAGS:
            self.open.append((tag, attributes))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "a":
            self.links.append((data, self.open[-1][1]["href"] or ""))


def solved_address(task: Task) -> str:
    (address,) = (address for text, address in Page(task).links if text == task.told["shown"])
    return address


def solved_file(task: Task) -> str:
    (source,) = (picture["src"] for picture in Page(task).pictures if "alt" not in picture)
    assert source is not None
    return source.rpartition("/")[2]


def solved_id(task: Task) -> str:
    page = Page(task)
    named = page.around | set(page.label_for)
    (left,) = (
        field
        for field, attributes in page.fields.items()
        if field not in named and not attributes.get("aria-label") and attributes.get("aria-labelledby") not in page.ids
    )
    return left


SOLVERS = dict(zip(TASKS, (solved_address, solved_file, solved_id), strict=True))


@pytest.mark.parametrize("challenge_id", TASKS)
def test_a_page_needs_nothing_from_elsewhere_and_runs_nothing(challenge_id: str) -> None:
    for task in tasks_of(challenge_id):
        page = Page(task)
        assert not {"script", "link", "iframe", "object", "embed", "base"} & set(page.tags)
        assert all((picture["src"] or "").startswith("images/") for picture in page.pictures)
        assert all(address.startswith(("https://", "tel:")) for _, address in page.links)
        assert all(".example" in address for _, address in page.links if address.startswith("https:"))
        assert len(set(page.ids)) == len(page.ids)


def test_most_links_lead_where_they_say() -> None:
    for task in tasks_of("web-page-files-2a"):
        addresses = [(text, address) for text, address in Page(task).links if text.startswith("www.")]
        assert len({text for text, _ in addresses}) == len(addresses) == 34
        assert sum(address != f"https://{text}" for text, address in addresses) == 7


def test_every_picture_but_one_has_an_alternative_which_is_empty_for_ornaments_alone() -> None:
    for task in tasks_of("web-page-files-5a"):
        pictures = Page(task).pictures
        assert len({picture["src"] for picture in pictures}) == len(pictures) == int(task.told["count"])
        for picture in pictures:
            if "alt" in picture:
                assert (picture["alt"] == "") == (picture["src"] or "").endswith(".png")
        assert sum(picture.get("alt") == "" for picture in pictures) == int(task.told["ornaments"]) >= 4


def test_one_field_has_two_labels_and_every_label_names_a_field() -> None:
    for task in tasks_of("web-page-files-7a"):
        page = Page(task)
        assert len(page.fields) == int(task.told["count"]) == 41
        assert set(page.label_for) <= set(page.fields)
        assert [field for field, count in Counter(page.label_for).items() if count > 1] == [task.told["twice"]]
        assert task.verdict(task.told["twice"]) == "incorrect"
