"""The settings of a deployed stage, for the console: `python -m infrastructure.stage_environment STAGE FILE`.

Shell lines that only their owner may read: they hold the stage's secrets. Exit codes: 0 written, 1 not written.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.config import PREFIX
from infrastructure.console import complain, say
from infrastructure.local.stack_file import write_stack_file


def stage_environment(stage: str, client: Any) -> dict[str, str]:
    """The `PALIER_*` variables that the functions of a stage have, asked of a Lambda client."""
    told = client.get_function_configuration(FunctionName=f"palier-{stage}-api")
    variables: dict[str, str] = told["Environment"]["Variables"]
    return {name: value for name, value in variables.items() if name.startswith(PREFIX)}


def main(arguments: Sequence[str]) -> int:
    """Write the file and return the exit code."""
    if len(arguments) != 2:
        complain("Say which stage, and where to write: python -m infrastructure.stage_environment test build/test.env")
        return 1
    stage, path = arguments[0], Path(arguments[1])
    try:
        client = boto3.client("lambda", region_name=os.environ.get("AWS_REGION"))
        write_stack_file(path, stage_environment(stage, client))
    except (BotoCoreError, ClientError) as error:
        complain(error)
        return 1
    say(f"{path} holds the settings and secrets of {stage}: delete it when you are done.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
