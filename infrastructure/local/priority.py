"""Let a process give way to the others of this machine: the stand-in for machines of its own."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

PATIENT = 10
"""Niceness of what should get about a tenth of the processor while others want it: it still starts, and still replies."""


def give_way(group: int, niceness: int) -> None:
    """Let every process of this process group, which leads a session, run at this niceness (0 to 19), and those that it will start.

    Linux shares the processor between sessions first, and looks at niceness only inside one: so the session gets it too.
    """
    os.setpriority(os.PRIO_PGRP, group, niceness)
    session = Path(f"/proc/{group}/autogroup")
    if session.exists():
        with contextlib.suppress(OSError):  # the kernel may be built, or this process be confined, so that it cannot be set
            session.write_text(str(niceness), encoding="ascii")
