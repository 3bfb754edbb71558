"""One challenge in one language as a QTI 3.0 item."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, tostring

from chalicelib.content.authoring.exchange.markup import Node, parse_html
from chalicelib.content.authoring.exchange.qti_carried import Carried
from chalicelib.content.authoring.exchange.qti_names import QTI, RESPONSE, SCHEMAS, SCORE, TEMPLATES, XML_LANG, XSI
from chalicelib.content.authoring.exchange.results import RefusedError
from chalicelib.content.authoring.preview import as_html
from chalicelib.content.challenges import (
    BlanksChallenge,
    Challenge,
    ChoiceChallenge,
    ChoicesChallenge,
    NumberChallenge,
    OrderChallenge,
    TextChallenge,
)
from chalicelib.content.expected import Item, SelectInput
from chalicelib.content.texts import Locale

Words = list[str]

INTERACTION = {
    "choice": "choiceInteraction",
    "choices": "choiceInteraction",
    "text": "textEntryInteraction",
    "number": "textEntryInteraction",
    "order": "orderInteraction",
    "blanks": "matchInteraction",
}
"""What the metadata of QTI call the way in which each kind is answered."""


def refuse_inexpressible(challenge: Challenge) -> None:
    """Raise `RefusedError` by the name of what QTI 3.0 has no form for."""
    if challenge.kind == "blanks":
        selects_of(challenge)
    elif challenge.kind not in INTERACTION:
        raise RefusedError(challenge.kind, f"{challenge.kind} has no form in QTI 3.0")


def selects_of(challenge: BlanksChallenge) -> tuple[SelectInput, ...]:
    """The inputs when all are selects that share their options. Raises `RefusedError` otherwise."""
    selects = tuple(one for one in challenge.inputs if isinstance(one, SelectInput))
    shared = {(tuple((option.id, option.fr, option.en) for option in one.options), one.fixed_order) for one in selects}
    if len(selects) != len(challenge.inputs) or len(shared) != 1:
        raise RefusedError("mixed-blanks", "only blanks that are all selects of the same options have a form in QTI 3.0")
    return selects


def item_identifier(challenge_id: str, locale: Locale) -> str:
    """The identifier of an item: an XML name, so it begins with a letter."""
    return f"item-{challenge_id}-{locale}"


def render_item(carried: Carried, locale: Locale) -> Element:
    """The item. Raises `RefusedError` by the name of what QTI 3.0 cannot say."""
    challenge = carried.challenge
    refuse_inexpressible(challenge)
    item = Element("qti-assessment-item", {"xmlns": QTI, "xmlns:xsi": XSI})
    item.set("xsi:schemaLocation", f"{QTI} {SCHEMAS}/imsqti_asiv3p0p1_v1p0.xsd")
    item.set("identifier", item_identifier(challenge.id, locale))
    item.set("title", " ".join(f"{carried.topic.in_(locale)} ({challenge.id})".split()))
    item.set("adaptive", "false")
    item.set("time-dependent", "true" if challenge.time_limit_seconds else "false")
    item.set(XML_LANG, locale)
    item.append(_declaration(challenge, locale))
    outcome = SubElement(item, "qti-outcome-declaration", identifier=SCORE, cardinality="single")
    outcome.set("base-type", "float")
    _add_values(SubElement(outcome, "qti-default-value"), ["0"])
    item.append(_body(challenge, locale))
    item.append(_processing(challenge))
    for part in item:
        part.tail = "\n"
    return item


def item_bytes(element: Element) -> bytes:
    """The file of this item, or of this manifest."""
    content: bytes = tostring(element, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


# --- what is right ---


def _declaration(challenge: Challenge, locale: Locale) -> Element:
    cardinality, base_type, right = _key(challenge, locale)
    declaration = Element("qti-response-declaration", identifier=RESPONSE, cardinality=cardinality)
    declaration.set("base-type", base_type)
    _add_values(SubElement(declaration, "qti-correct-response"), right)
    if isinstance(challenge, TextChallenge):
        sensitive = "case" not in challenge.fold
        mapping = SubElement(declaration, "qti-mapping", {"default-value": "0", "lower-bound": "0", "upper-bound": "1"})
        for word in _distinct(challenge.accept.in_(locale), sensitive):
            entry = {"map-key": word, "mapped-value": "1", "case-sensitive": str(sensitive).lower()}
            SubElement(mapping, "qti-map-entry", entry)
    return declaration


def _key(challenge: Challenge, locale: Locale) -> tuple[str, str, Words]:
    """Cardinality, base type and the right value or values."""
    if isinstance(challenge, ChoiceChallenge):
        return "single", "identifier", list(challenge.right_options)
    if isinstance(challenge, ChoicesChallenge):
        return "multiple", "identifier", sorted(challenge.right_options)
    if isinstance(challenge, OrderChallenge):
        return "ordered", "identifier", list(challenge.right_order)
    if isinstance(challenge, BlanksChallenge):
        pairs = [f"input-{one.id} option-{min(one.right_options)}" for one in selects_of(challenge)]
        return "multiple", "directedPair", pairs
    if isinstance(challenge, NumberChallenge):
        return "single", "float", [f"{challenge.value:f}"]
    assert isinstance(challenge, TextChallenge)
    return "single", "string", [challenge.accept.in_(locale)[0]]


def _distinct(words: Iterable[str], sensitive: bool) -> Words:
    return list({word if sensitive else word.lower(): word for word in reversed(tuple(words))}.values())[::-1]


def _processing(challenge: Challenge) -> Element:
    if isinstance(challenge, NumberChallenge):
        return _number_processing(challenge)
    template = "map_response" if isinstance(challenge, TextChallenge) else "match_correct"
    return Element("qti-response-processing", template=f"{TEMPLATES}/{template}.xml")


def _number_processing(challenge: NumberChallenge) -> Element:
    """No template compares numbers: equal, or between two bounds, which every player reads the same way."""
    processing = Element("qti-response-processing")
    condition = SubElement(processing, "qti-response-condition")
    then = SubElement(condition, "qti-response-if")
    if challenge.tolerance:
        both = SubElement(then, "qti-and")
        for name, bound in (("gte", challenge.value - challenge.tolerance), ("lte", challenge.value + challenge.tolerance)):
            comparison = SubElement(both, f"qti-{name}")
            SubElement(comparison, "qti-variable", identifier=RESPONSE)
            SubElement(comparison, "qti-base-value", {"base-type": "float"}).text = f"{bound:f}"
    else:
        comparison = SubElement(then, "qti-equal", {"tolerance-mode": "exact"})
        SubElement(comparison, "qti-variable", identifier=RESPONSE)
        SubElement(comparison, "qti-correct", identifier=RESPONSE)
    for branch, score in ((then, "1"), (SubElement(condition, "qti-response-else"), "0")):
        outcome = SubElement(branch, "qti-set-outcome-value", identifier=SCORE)
        SubElement(outcome, "qti-base-value", {"base-type": "float"}).text = score
    return processing


def _add_values(parent: Element, values: Words) -> None:
    for value in values:
        SubElement(parent, "qti-value").text = value


# --- what is shown ---


def _body(challenge: Challenge, locale: Locale) -> Element:
    body = Element("qti-item-body")
    body.append(_xhtml("div", challenge.prompt.in_(locale)))
    if challenge.image is not None:
        alt = challenge.image.alt.in_(locale)
        SubElement(SubElement(body, "p"), "img", src=f"../{challenge.image.in_(locale)}", alt=alt)
    body.append(_interaction(challenge, locale))
    rubric = SubElement(body, "qti-rubric-block", view="author scorer tutor", use="scoring")
    rubric.append(_xhtml("qti-content-body", challenge.solution.in_(locale)))
    return body


def _interaction(challenge: Challenge, locale: Locale) -> Element:
    if isinstance(challenge, ChoiceChallenge | ChoicesChallenge):
        several = isinstance(challenge, ChoicesChallenge)
        choice = Element("qti-choice-interaction", {"response-identifier": RESPONSE, "max-choices": "0" if several else "1"})
        choice.set("shuffle", str(not challenge.fixed_order).lower())
        return _with_choices(choice, "qti-simple-choice", challenge.options, locale)
    if isinstance(challenge, OrderChallenge):
        order = Element("qti-order-interaction", {"response-identifier": RESPONSE, "shuffle": "true"})
        return _with_choices(order, "qti-simple-choice", challenge.items, locale)
    if isinstance(challenge, BlanksChallenge):
        return _match(selects_of(challenge), locale)
    paragraph = Element("p")
    SubElement(paragraph, "qti-text-entry-interaction", {"response-identifier": RESPONSE})
    return paragraph


def _match(selects: tuple[SelectInput, ...], locale: Locale) -> Element:
    """A table: a row for each input, a column for each option, which several rows may share."""
    match = Element("qti-match-interaction", {"class": "qti-match-tabular", "response-identifier": RESPONSE})
    match.set("max-associations", str(len(selects)))
    match.set("shuffle", str(not selects[0].fixed_order).lower())
    rows, columns = SubElement(match, "qti-simple-match-set"), SubElement(match, "qti-simple-match-set")
    for one in selects:
        row = SubElement(rows, "qti-simple-associable-choice", {"identifier": f"input-{one.id}", "match-max": "1"})
        row.set("fixed", "true")
        _add_line(row, one.label.in_(locale))
    for option in selects[0].options:
        column = {"identifier": f"option-{option.id}", "match-max": "0"}
        _add_line(SubElement(columns, "qti-simple-associable-choice", column), option.in_(locale))
    return match


def _with_choices(parent: Element, tag: str, items: Iterable[Item], locale: Locale) -> Element:
    for item in items:
        _add_line(SubElement(parent, tag, identifier=item.id), item.in_(locale))
    return parent


def _add_line(parent: Element, text: str) -> None:
    """A text of one line: what stands between backquotes is code, the rest is as it is."""
    pieces = re.split("`([^`]+)`", text)
    parent.text = pieces[0]
    for code, after in zip(pieces[1::2], pieces[2::2], strict=True):
        element = SubElement(parent, "code")
        element.text, element.tail = code, after


def _xhtml(tag: str, markdown: str) -> Element:
    return _element(Node(tag, {}, parse_html(as_html(markdown)).children))


def _element(node: Node) -> Element:
    element = Element(node.tag, dict(node.attributes))
    aligned = re.fullmatch(r"text-align:\s*(left|center|right)", element.attrib.pop("style", ""))
    if aligned:
        element.set("class", f"qti-align-{aligned[1]}")
    last: Element | None = None
    for one in node.children:
        if isinstance(one, Node):
            last = _element(one)
            element.append(last)
        elif last is None:
            element.text = (element.text or "") + one
        else:
            last.tail = (last.tail or "") + one
    return element
