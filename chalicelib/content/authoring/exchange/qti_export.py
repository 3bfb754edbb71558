"""Exporting practice challenges as a QTI 3.0 package: one item per challenge and language. Certification never leaves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from chalicelib.content.authoring.checks.walking import challenges_in
from chalicelib.content.authoring.exchange.qti_carried import Carried, write_carried
from chalicelib.content.authoring.exchange.qti_manifest import PackedItem, render_manifest
from chalicelib.content.authoring.exchange.qti_names import MANIFEST
from chalicelib.content.authoring.exchange.qti_render import item_bytes, render_item
from chalicelib.content.authoring.exchange.results import Refusal, RefusedError
from chalicelib.content.authoring.exchange.sound import refuse_unsound
from chalicelib.content.authoring.exchange.xml import refuse_illegal
from chalicelib.content.authoring.sources import Sources
from chalicelib.content.texts import LOCALES

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: the same challenges always give the same bytes."""


@dataclass(frozen=True)
class Exported:
    """A package, the ids of the challenges in it, and what could not go."""

    content: bytes
    challenges: tuple[str, ...]
    refusals: tuple[Refusal, ...]


def export_qti(sources: Sources, topics: Collection[str] = ()) -> Exported:
    """The package of the practice challenges of these topics, of all without any. What cannot be said in QTI is refused by name.

    Without topics, sources that could not be read are refusals too: nothing is left out in silence.
    """
    refusals = [] if topics else [Refusal(fault.path, fault.rule, fault.reason) for fault in sources.faults]
    files: dict[str, bytes] = {}
    items: list[PackedItem] = []
    shown: dict[str, bytes] = {}
    for _, topic, challenge in challenges_in(sources):
        if topics and topic.id not in topics:
            continue
        carried = Carried(challenge=challenge, topic=topic.title, competence=topic.competence)
        try:
            packed = _packed(carried, sources.images)
        except RefusedError as error:
            refusals.append(error.at(challenge.id))
            continue
        for item, content in packed:
            items.append(item)
            files[item.path] = content
            if item.image is not None:
                shown[item.image] = sources.images[item.image]
    manifest = item_bytes(render_manifest(items, sorted(shown)))
    challenges = tuple(dict.fromkeys(item.carried.challenge.id for item in items))
    return Exported(_zipped({MANIFEST: manifest, **files, **shown}), challenges, tuple(refusals))


def _packed(carried: Carried, images: Mapping[str, bytes]) -> list[tuple[PackedItem, bytes]]:
    """The item of each language. Raises `RefusedError` by the name of what cannot go."""
    challenge = carried.challenge
    rendered = {locale: render_item(carried, locale) for locale in LOCALES}
    refuse_illegal(write_carried(carried))
    refuse_unsound(challenge, images)
    paths = {locale: challenge.image.in_(locale) if challenge.image else None for locale in LOCALES}
    return [(PackedItem(carried, locale, paths[locale]), item_bytes(rendered[locale])) for locale in LOCALES]


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
