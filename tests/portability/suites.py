"""The contract suites, to be run again by another module over other stores."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from _pytest.fixtures import FixtureFunctionDefinition


def suite_of(module: ModuleType, *, without: frozenset[str]) -> dict[str, Any]:
    """The tests and fixtures of a module by name, but for these."""
    return {
        name: value
        for name, value in vars(module).items()
        if (name.startswith("test_") or isinstance(value, FixtureFunctionDefinition)) and name not in without
    }
