"""The settings of the local stage and the files that carry them."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import jwt
from pydantic import SecretStr

from chalicelib.config import Settings
from infrastructure.local.provision import Provisioned
from infrastructure.local.settings import KEY_ID, kept_secrets, local_settings, new_secrets
from infrastructure.local.stack_file import read_stack_file, write_stack_file

PROVISIONED = Provisioned(
    tables={"AssessmentsTable": "a", "PeopleTable": "p", "RegistryTable": "r"},
    queue_urls={"ResultsQueue": "http://127.0.0.1:4566/0/q", "ResultsDeadQueue": "http://127.0.0.1:4566/0/d"},
    buckets={"ReleasesBucket": "b"},
)


def settings(**_: object) -> Settings:
    return local_settings(PROVISIONED, "http://127.0.0.1:4566", new_secrets())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_drawn_once_and_kept_between_runs(tmp_path: Path) -> None:
    first = kept_secrets(tmp_path / "state")
    assert kept_secrets(tmp_path / "state") == first
    assert kept_secrets(tmp_path / "another") != first


def test_only_the_owner_can_read_the_secrets(tmp_path: Path) -> None:
    kept_secrets(tmp_path / "state")
    assert mode(tmp_path / "state" / "secrets.json") == 0o600
    assert mode(tmp_path / "state") == 0o700


def test_a_token_signed_with_the_local_key_is_trusted_by_its_public_half() -> None:
    made = settings()
    token = jwt.encode({"sub": "p1"}, made.token_signing_key.get_secret_value(), "EdDSA", headers={"kid": KEY_ID})
    assert jwt.decode(token, made.token_trusted_keys[KEY_ID], ["EdDSA"]) == {"sub": "p1"}


def test_settings_name_the_provisioned_resources() -> None:
    made = settings()
    assert (made.assessments_table, made.people_table, made.registry_table) == ("a", "p", "r")
    assert (made.results_queue_url, made.releases_bucket) == ("http://127.0.0.1:4566/0/q", "b")
    assert made.endpoint_url == "http://127.0.0.1:4566"
    assert isinstance(made.selection_secrets[1], SecretStr)


def test_a_stack_file_gives_back_every_variable_and_only_to_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "stack.env"
    variables = {**settings().as_environment(), "ODD": "it's $HOME `x`\nsecond line"}
    write_stack_file(path, variables)
    assert read_stack_file(path) == variables
    assert Settings.from_environment(read_stack_file(path)).as_environment() == {
        name: value for name, value in variables.items() if name != "ODD"
    }
    assert mode(path) == 0o600


def test_a_shell_reads_the_stack_file_too(tmp_path: Path) -> None:
    path = tmp_path / "stack.env"
    write_stack_file(path, {"ODD": "it's $HOME `x`\nsecond line"})
    shown = subprocess.run(["sh", "-c", f'. "{path}"; printf %s "$ODD"'], capture_output=True, text=True, check=True)
    assert shown.stdout == "it's $HOME `x`\nsecond line"


def test_writing_a_private_file_again_replaces_it_and_leaves_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "stack.env"
    for value in ("one", "two"):
        write_stack_file(path, {"WHICH": value})
    assert read_stack_file(path) == {"WHICH": "two"}
    assert [item.name for item in tmp_path.iterdir()] == ["stack.env"]
