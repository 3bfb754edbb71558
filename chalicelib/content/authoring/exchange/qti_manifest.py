"""The manifest of a package: every item with its metadata, our own data, and the files that it needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from chalicelib.content.authoring.exchange.qti_carried import Carried, write_carried
from chalicelib.content.authoring.exchange.qti_names import (
    FILE_TYPE,
    ITEM_TYPE,
    LICENCE,
    LOM,
    METADATA,
    OURS,
    PACKAGE,
    SCHEMAS,
    XSI,
)
from chalicelib.content.authoring.exchange.qti_render import INTERACTION, item_identifier
from chalicelib.content.challenges import Status
from chalicelib.content.releases import level_in_id
from chalicelib.content.texts import Locale

_LOM_STATUS: dict[Status, str] = {"draft": "draft", "validated": "final", "retired": "unavailable"}


@dataclass(frozen=True)
class PackedItem:
    """One challenge in one language, and the picture that it shows, if any."""

    carried: Carried
    locale: Locale
    image: str | None

    @property
    def identifier(self) -> str:
        """Of the item and of its resource."""
        return item_identifier(self.carried.challenge.id, self.locale)

    @property
    def path(self) -> str:
        """Of the item's file."""
        return f"items/{self.identifier.removeprefix('item-')}.xml"


def render_manifest(items: Iterable[PackedItem], images: Iterable[str]) -> Element:
    """The manifest of these items and pictures."""
    manifest = Element("manifest", {"xmlns": PACKAGE, "xmlns:xsi": XSI, "identifier": "palier-challenges"})
    manifest.set("xsi:schemaLocation", f"{PACKAGE} {SCHEMAS}/imsqtiv3p0_imscpv1p2_v1p0.xsd")
    metadata = SubElement(manifest, "metadata")
    SubElement(metadata, "schema").text = "QTI Package"
    SubElement(metadata, "schemaversion").text = "3.0.0"
    SubElement(manifest, "organizations")
    resources = SubElement(manifest, "resources")
    for item in items:
        resource = SubElement(resources, "resource", identifier=item.identifier, type=ITEM_TYPE, href=item.path)
        resource.append(_metadata(item))
        SubElement(resource, "file", href=item.path)
        if item.image is not None:
            SubElement(resource, "dependency", identifierref=_image_identifier(item.image))
    for image in images:
        resource = SubElement(resources, "resource", identifier=_image_identifier(image), type=FILE_TYPE, href=image)
        SubElement(resource, "file", href=image)
    for resource in resources:
        resource.tail = "\n"
    return manifest


def _image_identifier(path: str) -> str:
    return f"file-{path.rpartition('/')[2]}"


def _metadata(item: PackedItem) -> Element:
    metadata = Element("metadata")
    metadata.append(_lom(item))
    qti = SubElement(metadata, "qtiMetadata", xmlns=METADATA)
    SubElement(qti, "interactionType").text = INTERACTION[item.carried.challenge.kind]
    SubElement(qti, "feedbackType").text = "none"
    SubElement(qti, "solutionAvailable").text = "true"
    ours = SubElement(metadata, "challenge", xmlns=OURS)
    ours.text = write_carried(item.carried)
    return metadata


def _lom(item: PackedItem) -> Element:
    challenge, topic = item.carried.challenge, item.carried.topic
    lom = Element("lom", xmlns=LOM)
    general = SubElement(lom, "general")
    SubElement(SubElement(general, "identifier"), "entry").text = challenge.id
    _string(SubElement(general, "title"), topic.in_(item.locale), item.locale)
    SubElement(general, "language").text = item.locale
    cycle = SubElement(lom, "lifeCycle")
    _vocabulary(SubElement(cycle, "status"), _LOM_STATUS[challenge.status])
    contribution = SubElement(cycle, "contribute")
    _vocabulary(SubElement(contribution, "role"), "author")
    SubElement(contribution, "entity").text = f"BEGIN:VCARD\nVERSION:3.0\nFN:{challenge.author}\nEND:VCARD"
    SubElement(SubElement(contribution, "date"), "dateTime").text = challenge.written.isoformat()
    rights = SubElement(lom, "rights")
    _vocabulary(SubElement(rights, "copyrightAndOtherRestrictions"), "yes")
    _string(SubElement(rights, "description"), LICENCE, "en")
    for purpose, source, taxon in (
        ("competency", "CRCN", item.carried.competence),
        ("educational level", "CRCN", str(level_in_id(challenge.id))),
    ):
        _classify(SubElement(lom, "classification"), purpose, source, taxon)
    return lom


def _classify(classification: Element, purpose: str, source: str, taxon: str) -> None:
    _vocabulary(SubElement(classification, "purpose"), purpose)
    path = SubElement(classification, "taxonPath")
    _string(SubElement(path, "source"), source, "en")
    SubElement(SubElement(path, "taxon"), "id").text = taxon


def _string(parent: Element, text: str, language: Locale) -> None:
    SubElement(parent, "string", language=language).text = text


def _vocabulary(parent: Element, value: str) -> None:
    SubElement(parent, "source").text = "LOMv1.0"
    SubElement(parent, "value").text = value
