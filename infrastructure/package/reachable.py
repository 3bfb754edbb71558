"""Which of our files a handler reaches: the imports of `app.py`, wherever they stand in a file, followed to their end.

Imports under `if TYPE_CHECKING` are for the type checker and are not followed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OURS = "chalicelib"


@dataclass(frozen=True)
class Reach:
    """The files that `app.py` reaches, as paths under the root, and the packages of others that they import."""

    files: tuple[Path, ...]
    libraries: frozenset[str]


def reach_of(root: Path) -> Reach:
    """Follow the imports from `root/app.py` through our package."""
    waiting, files, libraries = [Path("app.py")], set[Path](), set[str]()
    while waiting:
        path = waiting.pop()
        if path in files:
            continue
        files.add(path)
        for name in imported_names(ast.parse((root / path).read_text(encoding="utf-8"))):
            if name.partition(".")[0] == OURS:
                waiting.extend(_files_of(root, name))
            else:
                libraries.add(name.partition(".")[0])
    return Reach(tuple(sorted(files)), frozenset(libraries))


def imported_names(tree: ast.AST) -> Iterator[str]:
    """The dotted names that a file may import: `from a import b` gives `a` and `a.b`, which may be a module or not."""
    if isinstance(tree, ast.If) and _is_type_checking(tree.test):
        for node in tree.orelse:
            yield from imported_names(node)
        return
    if isinstance(tree, ast.Import):
        yield from (alias.name for alias in tree.names)
    elif isinstance(tree, ast.ImportFrom):
        if tree.level:
            raise ValueError(f"a relative import in line {tree.lineno}: this house imports by full names")
        module = tree.module or ""
        yield module
        yield from (f"{module}.{alias.name}" for alias in tree.names)
    for child in ast.iter_child_nodes(tree):
        yield from imported_names(child)


def _is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _files_of(root: Path, name: str) -> Iterator[Path]:
    """The file of a module and those of the packages it stands in, which Python imports first; nothing for a name in a module."""
    parts = name.split(".")
    for depth in range(1, len(parts) + 1):
        inside = Path(*parts[:depth])
        for candidate in (inside / "__init__.py", inside.with_suffix(".py")):
            if (root / candidate).is_file():
                yield candidate
