"""Importing a QTI 3.0 package: our own items come back exactly, foreign ones become drafts."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from chalicelib.content.authoring.exchange.archive import read_archive
from chalicelib.content.authoring.exchange.placing import Placement, place
from chalicelib.content.authoring.exchange.qti_carried import Carried, read_carried
from chalicelib.content.authoring.exchange.qti_names import ITEM_TYPE, MANIFEST, OURS, PACKAGE
from chalicelib.content.authoring.exchange.qti_read import read_item
from chalicelib.content.authoring.exchange.qti_render import item_bytes, item_identifier, render_item
from chalicelib.content.authoring.exchange.questions import Question
from chalicelib.content.authoring.exchange.results import Imported, Refusal, RefusedError
from chalicelib.content.authoring.exchange.xml import child, children, descendants, namespace, parse_xml
from chalicelib.content.challenges import Challenge
from chalicelib.content.texts import LOCALES

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MARKED_AS_QTI = "imsqti_"


def import_qti(path: Path, placement: Placement | None = None) -> Imported:
    """The challenges of this package. Raises `RefusedError` when the package as a whole cannot be trusted or read.

    Foreign items go where the placement says; without one they are refused.
    """
    files = read_archive(path)
    if MANIFEST not in files:
        raise RefusedError("no-manifest", f"{MANIFEST} is missing")
    manifest = parse_xml(files[MANIFEST])
    if namespace(manifest) != PACKAGE:
        raise RefusedError("not-qti3", "the manifest is not that of a package of QTI 3.0")
    return _Import(files, placement).of(descendants(manifest, "resource"))


class _Import:
    """One package being read."""

    def __init__(self, files: Mapping[str, bytes], placement: Placement | None) -> None:
        self._files = files
        self._placement = placement
        self._refusals: list[Refusal] = []
        self._ours: dict[str, Challenge] = {}
        self._questions: list[Question] = []

    def of(self, resources: list[Element]) -> Imported:
        """What these resources of the manifest give."""
        carried: dict[str, dict[str, bytes]] = {}
        for resource in resources:
            kind, where = resource.get("type", ""), resource.get("identifier", "?")
            try:
                if kind.startswith(ITEM_TYPE):
                    self._sort(resource, where, carried)
                elif kind.startswith(_MARKED_AS_QTI):
                    raise RefusedError("not-an-item", f"{kind[:40]}: only items are read")
            except RefusedError as error:
                self._refusals.append(error.at(where))
        for text, items in carried.items():
            self._take_ours(text, items)
        foreign = self._foreign(frozenset(self._ours))
        shown = {path: self._files[path] for one in self._ours.values() for path in _paths(one)}
        challenges = (*self._ours.values(), *foreign.challenges)
        return Imported(challenges, (*self._refusals, *foreign.refusals), {**shown, **foreign.images})

    def _foreign(self, ours: frozenset[str]) -> Imported:
        """The drafts that foreign items make, under ids that ours do not have."""
        if self._placement is None:
            return Imported()
        return place(self._questions, replace(self._placement, taken=self._placement.taken | ours))

    def _sort(self, resource: Element, where: str, carried: dict[str, dict[str, bytes]]) -> None:
        """An item that carries our data waits for its other language; a foreign one is read."""
        path = posixpath.normpath(unquote(resource.get("href", "")))
        if path not in self._files:
            raise RefusedError("missing-file", f"{path[:80]} is not in the package")
        ours = _our_data(resource)
        if ours is not None:
            items = carried.setdefault(ours, {})
            if where in items:
                raise RefusedError("duplicate-item", "this item is there twice")
            items[where] = self._files[path]
        elif self._placement is None:
            raise RefusedError("no-placement", "a foreign item needs a topic, a level and an author")
        else:
            self._questions.append(read_item(parse_xml(self._files[path]), path, self._files))

    def _take_ours(self, text: str, items: Mapping[str, bytes]) -> None:
        """Our data count only when the items say the same: an item edited elsewhere is never silently put back."""
        where = next(iter(items))
        try:
            carried = read_carried(text, _pictures(self._files))
            where = carried.challenge.id
            if where in self._ours:
                raise RefusedError("duplicate-item", "two items carry different data under this id")
            _refuse_changed(carried, items)
            self._ours[where] = carried.challenge
        except RefusedError as error:
            self._refusals.append(error.at(where))


def _our_data(resource: Element) -> str | None:
    metadata = child(resource, "metadata")
    for one in [] if metadata is None else children(metadata, "challenge"):
        if namespace(one) == OURS:
            return one.text or ""
    return None


def _pictures(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return {path: content for path, content in files.items() if path.startswith("images/")}


def _paths(challenge: Challenge) -> set[str]:
    return {challenge.image.in_(locale) for locale in LOCALES} if challenge.image else set()


def _refuse_changed(carried: Carried, items: Mapping[str, bytes]) -> None:
    for locale in LOCALES:
        item = items.get(item_identifier(carried.challenge.id, locale))
        if item is None:
            raise RefusedError("language-missing", f"there is no item in {locale}")
        expected = item_bytes(render_item(carried, locale))
        if item != expected and not _same(parse_xml(item), parse_xml(expected)):
            raise RefusedError("item-changed", f"the item in {locale} no longer says what the data of Palier say")


def _same(one: Element, other: Element) -> bool:
    """Whether two elements are equal but for blanks."""
    return (
        one.tag == other.tag
        and dict(one.attrib) == dict(other.attrib)
        and _squeezed(one.text) == _squeezed(other.text)
        and _squeezed(one.tail) == _squeezed(other.tail)
        and len(one) == len(other)
        and all(_same(left, right) for left, right in zip(one, other, strict=True))
    )


def _squeezed(text: str | None) -> str:
    return " ".join((text or "").split())
