"""Let a process give way to the others of this machine: the stand-in for machines of its own."""

from __future__ import annotations

import os

LAST = 19
"""The highest niceness."""


def give_way(pid: int) -> None:
    """Let this process, and those that it will start, run only when no other of the same session wants the processor.

    On Linux by the policy SCHED_IDLE, which any other wakes up before: niceness, even the highest, lets it end its turn first,
    at each of the dozen steps of a request. Elsewhere by the highest niceness. Linux shares the processor between sessions
    before it looks at either: what gives way must be in the session of the others.
    """
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
    else:
        os.setpriority(os.PRIO_PROCESS, pid, LAST)
