"""The promises of `tests/contract/test_counter_store.py`, kept on what other clouds offer."""

from __future__ import annotations

from tests.contract import test_counter_store
from tests.portability.suites import suite_of

globals().update(suite_of(test_counter_store, without=frozenset({"world"})))
