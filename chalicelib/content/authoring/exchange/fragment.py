"""Challenges as YAML, the way authors write them: a list ready to be pasted under a skill."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import yaml

from chalicelib.content.challenges import Challenge

_FIRST = (
    *("id", "kind", "status", "author", "written", "locales", "found_by", "device", "suits", "time_limit_seconds"),
    *("focus_required", "right", "label", "fr", "en", "prompt", "image", "accept", "refuse", "value", "tolerance"),
)


def write_fragment(challenges: Iterable[Challenge]) -> str:
    """The YAML list of these challenges; reading it back gives exactly them."""
    documents = [challenge.model_dump(exclude_defaults=True) for challenge in challenges]
    text: str = yaml.dump(
        [_plain(one) for one in documents], Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=140, indent=2
    )
    return text


class _Dumper(yaml.SafeDumper):
    """Writes numbers as numbers and long texts as blocks."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature is PyYAML's
        """Never an anchor: authors copy pieces."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _number(dumper: _Dumper, value: Decimal) -> yaml.ScalarNode:
    text = f"{value:f}"
    if Decimal(repr(float(value))) != value:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'")
    return dumper.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Decimal, _number)


def _plain(value: Any) -> Any:
    """The same without tuples and sets, its fields in the order of authors."""
    if isinstance(value, dict):
        return {key: _plain(value[key]) for key in sorted(value, key=_rank)}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _rank(key: str) -> tuple[int, str]:
    """Authors name a challenge first and explain it last."""
    if key == "solution":
        return len(_FIRST) + 1, key
    return _FIRST.index(key) if key in _FIRST else len(_FIRST), key
