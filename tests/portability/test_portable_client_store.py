"""The promises of `tests/contract/test_client_store.py`, kept on what other clouds offer."""

from __future__ import annotations

from tests.contract import test_client_store
from tests.portability.suites import suite_of

globals().update(suite_of(test_client_store, without=frozenset()))
