"""What the doubles of other clouds raise: a call or a parameter that the cloud does not offer."""

from __future__ import annotations


class NotOfferedError(AssertionError):
    """The code asked for something that this cloud does not have. No failure of a cloud call, so that no code of ours lives with it."""

    def __init__(self, call: str, what: str, why: str) -> None:
        super().__init__(f"{call}{': ' + what if what else ''}: {why}")
