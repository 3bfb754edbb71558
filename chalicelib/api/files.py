"""The route of the files that challenges show: pictures, and what file tasks are found in."""

from __future__ import annotations

from typing import Final

from chalicelib.api.endpoint import Call, Endpoint, Reply, Who, endpoint
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import is_file_name, is_id
from chalicelib.wiring import Services

MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
    "html": "text/html",
    "jpg": "image/jpeg",
    "json": "application/json",
    "log": "text/plain",
    "mbox": "application/mbox",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "png": "image/png",
    "py": "text/x-python",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
"""Every sort of file that a release may hold, by the end of its name."""

_SHOWN = frozenset({"png", "jpg", "svg"})
_A_YEAR = "public, max-age=31536000, immutable"


@endpoint(
    "GET", "/v1/files/{file_id}/{name}", who=Who.ANYONE, statuses=(200, 404), media_types=tuple(sorted(MEDIA_TYPES.values()))
)
def read_file(services: Services, call: Call) -> Reply:
    """Read a file that a challenge shows.

    Its address, in the challenge, is unguessable, and its content never changes. Pictures are shown, all else is downloaded;
    nothing in it may run here.
    """
    name = call.path["name"]
    ending = name.rpartition(".")[2]
    if not is_id(call.path["file_id"]) or not is_file_name(name) or ending not in MEDIA_TYPES:
        raise _missing()
    content = services.ports.files.get(f"{call.path['file_id']}/{name}")
    if content is None:
        raise _missing()
    disposition = "inline" if ending in _SHOWN else "attachment"
    headers = {
        "Content-Disposition": f'{disposition}; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control": _A_YEAR,
    }
    return Reply(content, content_type=MEDIA_TYPES[ending], headers=headers)


def _missing() -> NotFoundError:
    return NotFoundError("file-not-found", "There is no such file.")


ENDPOINTS: tuple[Endpoint, ...] = (read_file,)
