"""What importing the functions costs: CPU of fresh processes, bytecode already compiled.

`http` is what the HTTP functions import before their first request; `http_beside_numpy` the same where numpy is there
already. Each worker is the same map, boto3 and its own module.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from typing import Any

from palier.stage import ROOT

DEPLOYED = {"OPENBLAS_NUM_THREADS": "1"}
"""What the package gives every function: numpy starts no thread of its own."""
_WORKERS = sorted(path.stem for path in (ROOT / "chalicelib" / "workers").glob("[a-z]*.py"))
_PARTS = {
    "http": ("", "import app"),
    "http_beside_numpy": ("import numpy", "import app"),
    **{f"{name}_worker": ("", f"import app, chalicelib.wiring_boto, chalicelib.workers.{name}") for name in _WORKERS},
    "numpy": ("", "import numpy"),
    "boto3": ("", "import boto3"),
    "chalice": ("", "import chalice.app"),
    "pydantic": ("", "import pydantic"),
    "powertools": ("", "from aws_lambda_powertools import Logger, Metrics"),
    "jwt": ("", "import jwt, cryptography.hazmat.primitives.asymmetric.ed25519"),
    "wire": ("import chalicelib.config", "import chalicelib.storage.wire.clients"),
    "tls": ("import ssl", "ssl.create_default_context()"),
}
"""Name of a part: what is imported before, and what is measured."""


def measure(runs: int) -> dict[str, Any]:
    """Median CPU milliseconds of importing each kind of function, and the largest parts alone (they overlap)."""
    times: dict[str, list[float]] = {part: [] for part in _PARTS}
    for run in range(runs + 1):
        for part, (before, statement) in _PARTS.items():
            spent = _cpu_ms(before, statement)
            if run:
                times[part].append(spent)
    return {f"{part}_import_cpu_ms": round(statistics.median(spent), 1) for part, spent in times.items()}


def _cpu_ms(before: str, statement: str) -> float:
    code = f"import time\n{before}\nsince = time.process_time()\n{statement}\nprint((time.process_time() - since) * 1000)"
    command, environment = [sys.executable, "-c", code], os.environ | DEPLOYED
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=environment)  # noqa: S603
    return float(ran.stdout.splitlines()[-1])
