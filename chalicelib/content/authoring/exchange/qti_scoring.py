"""How a foreign QTI 3.0 item is scored: only what the standard templates say, or the same written out, is understood."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from chalicelib.content.authoring.exchange.qti_names import RESPONSE, SCORE
from chalicelib.content.authoring.exchange.questions import exact_number
from chalicelib.content.authoring.exchange.results import RefusedError
from chalicelib.content.authoring.exchange.xml import child, children, descendants, local_name

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_COMPARES = {"qti-match": "match_correct", "qti-map-response": "map_response", "qti-equal": "equal", "qti-and": "between"}
_AROUND = {
    *("qti-response-condition", "qti-response-if", "qti-response-else", "qti-set-outcome-value", "qti-variable"),
    *("qti-correct", "qti-base-value", "qti-is-null", "qti-gte", "qti-lte"),
}


@dataclass(frozen=True)
class Scoring:
    """What makes an answer right."""

    base_type: str
    """What an answer is: `identifier`, `string`, `float`…"""
    way: str
    """`match_correct`, `map_response`, `equal` or `between`."""
    correct: tuple[str, ...]
    """The correct response, in order."""
    mapped: tuple[tuple[str, Decimal], ...]
    """Each key of the mapping, and what it is worth."""
    case_sensitive: bool
    tolerance: Decimal = Decimal(0)
    bounds: tuple[Decimal, Decimal] | None = None

    @property
    def worth_something(self) -> tuple[str, ...]:
        """The keys of the mapping that score."""
        return tuple(key for key, value in self.mapped if value > 0)


def scoring_of(item: Element) -> Scoring:
    """How this item is scored. Raises `RefusedError` when it is in any other way."""
    declarations = children(item, "qti-response-declaration")
    if len(declarations) != 1:
        raise RefusedError("several-interactions", f"{len(declarations)} responses, one expected")
    (declaration,) = declarations
    processing = child(item, "qti-response-processing")
    if processing is None:
        raise RefusedError("no-scoring", "nothing says what is right")
    way, compared = _way(processing)
    correct = child(declaration, "qti-correct-response")
    mapping = child(declaration, "qti-mapping")
    entries = [] if mapping is None else children(mapping, "qti-map-entry")
    return Scoring(
        base_type=declaration.get("base-type", ""),
        way=way,
        correct=() if correct is None else tuple((one.text or "").strip() for one in children(correct, "qti-value")),
        mapped=tuple((one.get("map-key", ""), exact_number(one.get("mapped-value", "0"))) for one in entries),
        case_sensitive=any(one.get("case-sensitive", "true") != "false" for one in entries) or way == "match_correct",
        tolerance=_tolerance(compared) if compared is not None and way == "equal" else Decimal(0),
        bounds=_bounds(compared) if compared is not None and way == "between" else None,
    )


def _way(processing: Element) -> tuple[str, Element | None]:
    template = processing.get("template", "").rpartition("/")[2].removesuffix(".xml")
    if template in ("match_correct", "map_response"):
        return template, None
    inside = [one for one in processing.iter() if one is not processing]
    compared = [one for one in inside if local_name(one) in _COMPARES]
    others = {local_name(one) for one in inside} - set(_COMPARES) - _AROUND
    if template or others or len(compared) != 1 or _reads(processing) != {RESPONSE}:
        raise RefusedError("custom-scoring", "scored in a way of its own")
    way = _COMPARES[local_name(compared[0])]
    if not (_scores_the_map if way == "map_response" else _rewards)(processing, compared[0]):
        raise RefusedError("custom-scoring", "a right answer is not what scores")
    return way, compared[0]


def _scores_the_map(processing: Element, mapped: Element) -> bool:
    """Whether the score is what the mapping says."""
    return any(
        mapped in list(one) and one.get("identifier") == SCORE for one in descendants(processing, "qti-set-outcome-value")
    )


def _rewards(processing: Element, compared: Element) -> bool:
    """Whether the one condition gives points when the comparison holds, and none otherwise."""
    conditions = descendants(processing, "qti-response-condition")
    if len(conditions) != 1 or list(processing) != conditions:
        return False
    then, otherwise = child(conditions[0], "qti-response-if"), child(conditions[0], "qti-response-else")
    return then is not None and compared in list(then) and _points(then) > 0 and (otherwise is None or _points(otherwise) <= 0)


def _points(branch: Element) -> Decimal:
    """What this branch sets the score to; a variable, such as the highest score, counts as 1."""
    for outcome in children(branch, "qti-set-outcome-value"):
        if outcome.get("identifier") == SCORE:
            value = child(outcome, "qti-base-value")
            return Decimal(1) if value is None else exact_number(value.text or "")
    return Decimal(0)


def _reads(processing: Element) -> set[str | None]:
    """The variables compared; what an outcome is set to (such as MAXSCORE) does not decide."""
    set_to = {
        id(inner)
        for outcome in descendants(processing, "qti-set-outcome-value")
        for inner in outcome.iter()
        if local_name(inner) == "qti-variable"
    }
    names = ("qti-variable", "qti-correct", "qti-map-response")
    return {one.get("identifier") for name in names for one in descendants(processing, name) if id(one) not in set_to}


def _tolerance(equal: Element) -> Decimal:
    mode = equal.get("tolerance-mode", "exact")
    if mode == "exact":
        return Decimal(0)
    sides = equal.get("tolerance", "").split()
    if mode != "absolute" or not sides or len(set(sides)) != 1:
        raise RefusedError("custom-scoring", "a tolerance that is not the same on both sides")
    return exact_number(sides[0])


def _bounds(both: Element) -> tuple[Decimal, Decimal]:
    found = {}
    for name in ("qti-gte", "qti-lte"):
        for one in children(both, name):
            value = child(one, "qti-base-value")
            first = local_name(one[0]) if len(one) else ""
            if value is not None and first == "qti-variable":
                found[name] = exact_number(value.text or "")
    if set(found) != {"qti-gte", "qti-lte"} or len(both) != 2:
        raise RefusedError("custom-scoring", "bounds that are not one below and one above")
    return found["qti-gte"], found["qti-lte"]
