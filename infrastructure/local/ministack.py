"""MiniStack, the emulator of DynamoDB, SQS and S3: how to run it here, from its own environment `.venv-stack`.

It keeps everything in memory. It is given no Docker socket: at its start and end it removes any container that looks
like one of its own, whoever made it. It sends nothing outside.
"""

from __future__ import annotations

from pathlib import Path

from infrastructure.local.children import Child

READY_SECONDS = 30.0
_PROGRAM = Path(__file__).with_name("ministack_program.py")


def endpoint_url(port: int) -> str:
    """Give the address of all the services."""
    return f"http://127.0.0.1:{port}"


def ready_url(port: int) -> str:
    """Give the address that answers 200 once the services do."""
    return f"{endpoint_url(port)}/_ministack/health"


def ministack_child(root: Path, state: Path, port: int, region: str) -> Child:
    """Give the process that runs MiniStack on a loopback port, its files under `state`."""
    files = state / "ministack"
    environment = {
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        # Queue URLs carry this name; "localhost" may mean ::1, where nothing listens.
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": region,
        "SERVICES": "dynamodb,sqs,s3",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{files / 'no-docker'}",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(files),
        "STATE_DIR": str(files / "state"),
        "S3_DATA_DIR": str(files / "s3"),
    }
    command = (str(root / ".venv-stack" / "bin" / "python"), str(_PROGRAM))
    return Child("MiniStack", command, files, state / "logs" / "ministack.log", environment)
