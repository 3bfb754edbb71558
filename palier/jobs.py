"""Jobs: commands that change a stage tell it as the functions do, in one JSON line, on stderr."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.kernel.errors import DomainError
from chalicelib.observability import correlated, log_use_case, logger


@contextmanager
def job(name: str, **ids: Any) -> Iterator[None]:
    """Run the block as a job of this name: what it sends carries its correlation, and one line tells how it ended."""
    handler = logger.registered_handler
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(sys.stderr)
    try:
        with correlated(f"console-{secrets.token_hex(8)}"):
            try:
                yield
            except DomainError as error:
                log_use_case(name, error.status, code=error.code, **ids)
                raise
            log_use_case(name, 200, **ids)
    finally:
        handler.setStream(before)
