"""What exchange tests share: small banks in memory, packages made by hand, where foreign items go."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chalicelib.content.authoring.exchange.placing import Placement
from chalicelib.content.authoring.exchange.results import Imported, RefusedError
from chalicelib.content.authoring.sources import Sources, SourceTopic
from chalicelib.content.challenges import Challenge
from chalicelib.content.rules import Rules
from tests.domain.content_builders import Document, a_topic, document

PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)
"""A picture of one white point."""
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>Nine</title><rect width="9" height="9"/></svg>'

FRENCH = Placement("alpha", 3, "Ada", date(2026, 11, 22), "fr")
ENGLISH = Placement("alpha", 3, "Ada", date(2026, 11, 22), "en")


def a_bank(*documents: Document, images: Mapping[str, bytes] | None = None) -> Sources:
    """Sources of one topic, alpha, whose rungs hold these challenges."""
    topic = a_topic("alpha", levels=8)
    for skill in topic["skills"]:
        skill["challenges"] = [one for one in documents if one["id"].startswith(f"alpha-{skill['level']}")]
    return Sources(None, Rules(), (("topics/1.1/alpha.yaml", SourceTopic.model_validate(topic)),), (), (), images or {})


def shared_selects(**override: Any) -> Document:
    """Blanks that have a form in QTI: three selects of the same options."""
    letters = {"a": "b", "b": "c", "c": "b"}
    inputs = [
        {
            "id": letter,
            "kind": "select",
            "label": {"fr": f"Ligne {letter}", "en": f"Row {letter}"},
            "options": [{"id": one, "right": one == right, "fr": f"Choix {one}", "en": f"Choice {one}"} for one in "abc"],
        }
        for letter, right in letters.items()
    ]
    return document("blanks", "alpha-6a", inputs=inputs, **override)


EXPRESSIBLE: list[Document] = [
    document("choice", "alpha-1a", fixed_order=True),
    document("choices", "alpha-2a"),
    document("text", "alpha-3a", accept={"fr": ["Été", "l'été"], "en": ["Summer"]}, tolerate_typos=True),
    document("number", "alpha-4a", value="12.5", tolerance="0.25", units={"fr": ["Mo"], "en": ["MB"]}),
    document("order", "alpha-5a", time_limit_seconds=60),
    shared_selects(),
    document("number", "alpha-7a", value=-3),
]
"""A challenge of every kind that QTI can say."""


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """A package of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def saved(folder: Path, content: bytes | str, name: str = "foreign") -> Path:
    """A file of this content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal_of(action: Callable[[], object]) -> str:
    """The code that this is refused with."""
    with pytest.raises(RefusedError) as caught:
        action()
    assert caught.value.reason
    return caught.value.code


def codes_of(imported: Imported) -> list[str]:
    """The code of each refusal, in order."""
    return [refusal.code for refusal in imported.refusals]


def the_one(imported: Imported) -> Challenge:
    """The only challenge, when nothing was refused."""
    assert imported.refusals == ()
    (challenge,) = imported.challenges
    return challenge


def fields(challenge: Challenge, *names: str) -> list[Any]:
    """These fields, as plain values."""
    document = challenge.model_dump(mode="json")
    return [document[name] for name in names]


def keyed(options: list[Document], locale: str = "fr") -> list[tuple[str, bool]]:
    """Each option's text, and whether it is right."""
    return [(option[locale], option["right"]) for option in options]
