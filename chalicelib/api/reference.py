"""The reference page: the OpenAPI document as plain, readable HTML. No script, nothing fetched from elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import Any

from chalicelib.api.problem_codes import CODES

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem;color:#1b1b1f;background:#fff}
h1{margin:0 0 .2rem}h2{margin:2.5rem 0 .6rem;border-bottom:2px solid #33507a;padding-bottom:.2rem}
section{border:1px solid #c9cfda;border-radius:8px;padding:1rem 1.2rem;margin:1rem 0}
h3{margin:0;font-size:1.05rem}
code,pre{font-family:ui-monospace,monospace;font-size:.92em}
pre{background:#f3f5f9;padding:.8rem;border-radius:6px;overflow:auto}
.method{display:inline-block;min-width:3.4rem;text-align:center;color:#fff;background:#33507a;border-radius:4px;margin-right:.5rem}
table{border-collapse:collapse;width:100%;margin:.4rem 0 1rem}
th,td{text-align:left;vertical-align:top;border-bottom:1px solid #dfe3ea;padding:.35rem .6rem .35rem 0}
a{color:#1d4f91}nav ul{columns:2;padding-left:1.2rem}
@media (prefers-color-scheme:dark){body{color:#e7e9ee;background:#15171c}pre{background:#22262e}a{color:#9cc2ff}
section{border-color:#3a404c}th,td{border-color:#2c313b}}
@media (max-width:40rem){nav ul{columns:1}}
"""


def page(openapi: dict[str, Any]) -> str:
    """The whole page."""
    operations = [
        (method, path, operation) for path, methods in openapi["paths"].items() for method, operation in methods.items()
    ]
    contents = "".join(
        f'<li><a href="#{escape(one["operationId"])}">{escape(one["summary"])}</a></li>' for _, _, one in operations
    )
    body = "".join(_operation(method, path, one) for method, path, one in operations)
    models = "".join(_model(name, schema) for name, schema in sorted(openapi["components"]["schemas"].items()))
    codes = _table(
        ("Code", "Status", "What to do"),
        [
            (f'<code id="{escape(code)}">{escape(code)}</code>', str(known.status), _rich(known.meaning))
            for code, known in CODES.items()
        ],
    )
    info = openapi["info"]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(info['title'])} — API reference</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>{escape(info['title'])} API</h1><p>{escape(info['summary'])} Version {escape(info['version'])}. "
        f'{_rich(info["description"])} The same as <a href="/openapi.json">OpenAPI 3.1</a>.</p></header>'
        f'<main><nav aria-label="Operations"><ul>{contents}</ul></nav>'
        f'<h2 id="operations">Operations</h2>{body}<h2 id="problems">Problems</h2>{codes}'
        f'<h2 id="models">Models</h2>{models}</main></body></html>'
    )


def _operation(method: str, path: str, one: dict[str, Any]) -> str:
    name = escape(one["operationId"])
    parts = [f'<section id="{name}" aria-labelledby="{name}-title">']
    parts.append(f'<h3 id="{name}-title"><code><span class="method">{method.upper()}</span> {escape(path)}</code></h3>')
    parts.append(f"<p><strong>{escape(one['summary'])}.</strong> {_rich(one.get('description', ''))}</p>")
    parts.append(f"<p>{_token(one)}</p>")
    rows = [
        (f"<code>{escape(parameter['name'])}</code>", escape(parameter["in"]), _type(parameter["schema"]))
        for parameter in one.get("parameters", ())
    ]
    parts.append(_table(("Parameter", "In", "Type"), rows) if rows else "")
    if "requestBody" in one:
        ((media, body),) = one["requestBody"]["content"].items()
        parts.append(f"<p>Body (<code>{escape(media)}</code>): {_type(body['schema'])}</p>")
    replies = []
    for status, reply in one["responses"].items():
        kinds = [_type(content["schema"]) for content in reply.get("content", {}).values()]
        replies.append((f"<code>{status}</code>", _rich(reply["description"]), ", ".join(kinds)))
    parts.append(_table(("Status", "Meaning", "Body"), replies))
    return "".join(parts) + "</section>"


def _token(one: dict[str, Any]) -> str:
    if "security" not in one:
        return "No token."
    if "client" in one["security"][0]:
        return "Token of a client."
    return "Bearer token, or none." if {} in one["security"] else "Bearer token."


def _model(name: str, schema: dict[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = [
        (
            f"<code>{escape(key)}</code>{'' if key in required else ' (optional)'}",
            _type(field),
            _rich(field.get("description", "")),
        )
        for key, field in schema.get("properties", {}).items()
    ]
    fields = _table(("Field", "Type", "Meaning"), rows) if rows else f"<p>{_type(schema)}</p>"
    return (
        f'<section id="model-{escape(name)}" aria-labelledby="model-{escape(name)}-title"><h3 id="model-{escape(name)}-title">'
        f"<code>{escape(name)}</code></h3><p>{_rich(schema.get('description', ''))}</p>{fields}</section>"
    )


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f'<a href="#model-{escape(name)}">{escape(name)}</a>'
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(_type(option) for option in schema[several])
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const']))}</code>"
    if "enum" in schema:
        return " | ".join(f"<code>{escape(json.dumps(value))}</code>" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"map of {_type(schema['additionalProperties'])}"
    detail = schema.get("format") or schema.get("pattern")
    return escape(str(schema.get("type", "any"))) + (f" <code>{escape(detail)}</code>" if detail else "")


def _rich(text: str) -> str:
    """Escaped text where `code` is shown as code."""
    parts = escape(" ".join(text.split())).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    titles = "".join(f'<th scope="col">{title}</th>' for title in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>"
