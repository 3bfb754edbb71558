"""Writing mail to the byte: one message (`.eml`) or a mailbox of many (`.mbox`), readable as text: UTF-8, nothing encoded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple

Headers = tuple[tuple[str, str], ...]


class Hop(NamedTuple):
    """A passage from one machine to the next, as the one that receives writes it."""

    called_itself: str
    """What the machine that gave the message said it was: anything it liked."""
    name: str
    address: str
    """Where the message really came from."""
    by: str
    code: str

    def written(self, at: datetime) -> str:
        """The value of the `Received` header."""
        came_from = f"from {self.called_itself} ({self.name} [{self.address}])"
        return f"{came_from}\n\tby {self.by} with ESMTPS id {self.code};\n\t{format_datetime(at)}"


@dataclass(frozen=True)
class Mail:
    """A message ready to write: its headers in order, ASCII only, its text, and another form of it or a text attached."""

    envelope: str
    """The address that the first machine was given as the sender's."""
    at: datetime
    headers: Headers
    text: str
    html: str = ""
    attachment: tuple[str, str] | None = None
    """Name and text."""


def eml(mail: Mail) -> bytes:
    """The message alone, lines ended as RFC 5322 wants them."""
    return _written(mail).replace("\n", "\r\n").encode()


def mbox(mails: Iterable[Mail]) -> bytes:
    """A mailbox holding these messages in this order."""
    return "".join(_in_a_box(mail) for mail in mails).encode()


_LOOKS_LIKE_A_START = re.compile(r"^(>*From )", re.MULTILINE)


def _in_a_box(mail: Mail) -> str:
    weekday, _, month, *_ = format_datetime(mail.at).replace(",", "").split()
    started = f"{weekday} {month} {mail.at.day:2d} {mail.at:%H:%M:%S %Y}"
    written = _LOOKS_LIKE_A_START.sub(r">\1", _written(mail))
    return f"From {mail.envelope} {started}\n{written}\n"


def _written(mail: Mail) -> str:
    headers = "".join(f"{name}: {value}\n" for name, value in mail.headers)
    assert headers.isascii(), headers
    parts = [_part("text/plain", mail.text)]
    sort = "mixed"
    if mail.html:
        parts.append(_part("text/html", mail.html))
        sort = "alternative"
    if mail.attachment:
        name, text = mail.attachment
        parts.append(_part("text/plain", text, f'Content-Disposition: attachment; filename="{name}"\n'))
    if len(parts) == 1:
        return f"{headers}MIME-Version: 1.0\n{parts[0]}"
    border = f"part-{mail.at:%Y%m%d-%H%M%S}"
    inside = "".join(f"--{border}\n{part}" for part in parts)
    return f'{headers}MIME-Version: 1.0\nContent-Type: multipart/{sort}; boundary="{border}"\n\n{inside}--{border}--\n'


def _part(sort: str, text: str, more: str = "") -> str:
    return f"Content-Type: {sort}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n{more}\n{text.rstrip()}\n"
