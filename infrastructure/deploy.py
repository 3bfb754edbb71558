"""`make deploy STAGE=…`: the package to a stage of the cloud, by a change set that is shown before it is done.

    python -m infrastructure.deploy STAGE [--parameter Name=value …] [--yes]

Exit codes: 0 deployed, 1 refused or failed, 2 wrong use. Where and as whom it deploys is what boto3 finds (AWS_PROFILE, AWS_REGION, …).
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infrastructure.cloud_stack import Change, CloudClients, StackFailedError, change_set, execute, outputs_of, parameters_of
from infrastructure.code_store import place
from infrastructure.console import complain, say
from infrastructure.package.packaging import BUILD, NOT_MADE, Package, package
from infrastructure.stage_secret import kept_version

_STAGE = re.compile(r"[a-z][a-z0-9-]{0,19}")
Tell = Callable[[str], None]


class RefusedError(RuntimeError):
    """Nothing was changed; the message says why in one sentence."""


@dataclass(frozen=True)
class Console:
    """Who is asked before anything changes, and who is told what changes."""

    agrees: Callable[[Sequence[Change]], bool]
    tell: Tell
    poll_seconds: float = 2.0


def deploy(stage: str, made: Package, values: Mapping[str, str], clients: CloudClients, console: Console) -> dict[str, str]:
    """Bring a stage to this package and these parameters; give its outputs, at once when nothing differs.

    Raises `RefusedError` when the console does not agree to the changes, `StackFailedError` when the cloud fails.
    """
    stack = f"palier-{stage}"
    given = {"Stage": stage, **values}
    unknown = sorted(set(given) - set(made.template["Parameters"]))
    if unknown:
        raise RefusedError(f"The template has no parameter {', '.join(unknown)}.")
    given["SecretVersion"] = kept_version(stage, clients.secrets)
    chosen = effective(made.template["Parameters"], parameters_of(stack, clients.cloudformation), given)
    url = place(made, chosen, clients)
    changes = change_set(stack, url, chosen, clients.cloudformation)
    if changes is not None:
        if not console.agrees(changes.changes):
            changes.forget()
            raise RefusedError("Nothing was changed.")
        execute(changes, console.tell, console.poll_seconds)
    return outputs_of(stack, clients.cloudformation)


def effective(declared: Mapping[str, Any], before: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The value of every parameter: as given, else as it is, else its default."""
    known = {name: str(one["Default"]) for name, one in declared.items() if "Default" in one}
    return {**known, **{name: value for name, value in before.items() if name in declared}, **given}


def cloud_clients(session: Any) -> CloudClients:
    """The clients of this session; raise `RefusedError` when nobody is signed in, or no region is chosen."""
    if session.region_name is None:
        raise RefusedError("No region is chosen: set AWS_REGION, or one in your AWS profile.")
    try:
        account = session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise RefusedError("No credentials of a cloud account were found or accepted: sign in, or set AWS_PROFILE.") from error
    cloudformation, s3, secrets = (session.client(name) for name in ("cloudformation", "s3", "secretsmanager"))
    return CloudClients(cloudformation, s3, secrets, account, session.region_name)


def parse(arguments: Sequence[str], environment: Mapping[str, str]) -> argparse.Namespace:
    """Read the options; a wrong one ends the process with code 2."""
    parser = argparse.ArgumentParser(prog="python -m infrastructure.deploy", description="Deploy the package to a stage.")
    parser.add_argument("stage", type=_stage, help="name of the stage, part of every resource name (STAGE)")
    parser.add_argument("--parameter", action="append", type=_pair, default=[], metavar="Name=value", help="of the template")
    parser.add_argument(
        "--yes", action="store_true", default=environment.get("CONFIRM") == "yes", help="ask nothing (CONFIRM=yes)"
    )
    parser.add_argument("--out", type=Path, default=BUILD, help="folder where the package is made (build/package)")
    return parser.parse_args(arguments)


def _stage(text: str) -> str:
    if not _STAGE.fullmatch(text):
        raise argparse.ArgumentTypeError(
            "a stage is 1 to 20 small letters, digits and '-', a letter first: make deploy STAGE=test"
        )
    return text


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise argparse.ArgumentTypeError(f"{text} is not Name=value")
    return name, value


def asking(changes: Sequence[Change]) -> bool:
    """Ask at the console; without one, nobody agrees."""
    return sys.stdin.isatty() and input(f"Make these {len(changes)} changes? [y/N] ").strip().lower() in ("y", "yes")


def main(arguments: Sequence[str]) -> int:
    """Deploy and return the exit code."""
    options = parse(arguments, os.environ)

    def agrees(changes: Sequence[Change]) -> bool:
        for one in changes:
            say(f"  {one.action:<7} {one.kind:<40} {one.logical}{'  (replaced)' if one.replaced else ''}")
        return bool(options.yes) or asking(changes)

    try:
        clients = cloud_clients(boto3.Session(region_name=os.environ.get("AWS_REGION")))
        say(f"Account {clients.account}, region {clients.region}, stage {options.stage}.")
        told = deploy(options.stage, package(options.out), dict(options.parameter), clients, Console(agrees, say))
    except (RefusedError, StackFailedError, ClientError, *NOT_MADE) as error:
        complain(error)
        return 1
    for name, value in told.items():
        say(f"{name}: {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
