"""The page on target profiles: its table is the content's, its example is one that is taken."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from typer.testing import CliRunner

from chalicelib.campaigns.target_profiles.duration import duration_of
from chalicelib.content.authoring.sources import SourceProfile
from palier.__main__ import app
from tests.content_of_tests import real_release
from tests.worlds import ROOT

PAGE = (ROOT / "docs" / "target-profiles.md").read_text(encoding="utf-8")


def test_the_table_of_templates_is_that_of_the_content() -> None:
    release = real_release()
    rows = []
    for one in release.templates.values():
        took = duration_of(release, one.targets.topics)
        counts = (len(one.targets.topics), len(one.targets.badges), round(took.challenges), took.minutes)
        rows.append(f"| `{one.id}` | {one.targets.title.en} | {' | '.join(map(str, counts))} |")
    assert "|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n\n" in PAGE


def test_the_example_is_a_profile() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert SourceProfile.model_validate(yaml.safe_load(example)).id == "my-team"


def test_the_commands_of_the_page_show_templates_and_their_time(tmp_path: Path) -> None:
    listed = CliRunner().invoke(app, ["profiles", "list"], catch_exceptions=False)
    assert listed.exit_code == 0
    assert all(one in listed.output for one in ("diagnostic", "mediator"))
    shown = CliRunner().invoke(app, ["profiles", "show", "diagnostic"], catch_exceptions=False)
    assert "search-queries" in shown.output
    assert "From 0 %" in shown.output
    took = CliRunner().invoke(app, ["profiles", "estimate", "diagnostic", "--persons", "4", "--json"], catch_exceptions=False)
    assert '"estimated"' in took.output
    unknown = CliRunner().invoke(app, ["profiles", "show", "nothing"], catch_exceptions=False)
    assert (unknown.exit_code, "There is no template nothing" in unknown.stderr) == (2, True)
    broken = CliRunner().invoke(app, ["profiles", "list", "--folder", str(tmp_path)], catch_exceptions=False)
    assert (broken.exit_code, "faults" in broken.stderr) == (2, True)
