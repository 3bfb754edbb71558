"""Documents that cannot fall behind: the README's blocks run, its targets and commands exist, links lead somewhere."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from infrastructure.local.supervisor import RunningStack
from palier.__main__ import app
from palier.openapi import FILE, written
from tests.worlds import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "content" / "README.md", *(ROOT / "docs").rglob("*.md"), ROOT / "CHANGELOG.md"])
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def shell_lines() -> list[str]:
    return [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line]


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) < 120


def test_every_make_target_that_a_document_names_exists() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"`make ([a-z-]+)", document.read_text(encoding="utf-8")):
            assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), f"{document.name}: make {target}"
    for line in shell_lines():
        if line.startswith("make "):
            assert re.search(rf"^{line.split()[1]}:", MAKEFILE, re.MULTILINE), line


@pytest.mark.stack
@pytest.mark.parametrize("line", [line for line in shell_lines() if line.startswith(".venv/bin/palier ")])
def test_the_console_lines_of_the_readme_run(stack: RunningStack, line: str) -> None:
    ran = CliRunner().invoke(app, shlex.split(line)[1:], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output


@pytest.mark.stack
@pytest.mark.parametrize("line", [line for line in shell_lines() if line.startswith("curl ")])
def test_the_requests_of_the_readme_are_answered(stack: RunningStack, line: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = shlex.split(line.replace("http://127.0.0.1:8000", stack.url))
    reply = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=30).stdout)
    assert reply["assessment"]["status"] == "open"


def test_every_console_command_is_in_the_readme() -> None:
    def named(command: object, path: str) -> list[str]:
        children = getattr(command, "commands", None)
        if not children:
            return [path]
        return [found for name, child in children.items() for found in named(child, f"{path} {name}".strip())]

    for command in named(get_command(app), ""):
        assert re.search(rf"\b{command.split()[0]}\b", README), command


def test_the_committed_openapi_document_is_what_the_routes_declare() -> None:
    assert FILE.read_text(encoding="utf-8") == written(), "run `make openapi`"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / link).exists(), link


@pytest.mark.parametrize("decision", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.stem)
def test_a_decision_has_its_five_parts_and_is_enforced_by_something_that_exists(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    for part in ("Context", "Options", "Choice", "Consequence", "Enforced by"):
        assert f"**{part}.**" in text
    enforced = text.split("**Enforced by.**")[1]
    for path, _, test in re.findall(r"`(tests/[^`:]+)(::([a-z_0-9]+))?`", enforced):
        source = ROOT / path
        assert source.exists(), path
        if test:
            assert f"def {test.removeprefix('::')}(" in source.read_text(encoding="utf-8"), test
