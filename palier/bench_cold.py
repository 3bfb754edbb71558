"""What importing the HTTP functions costs: CPU of `import app` in fresh processes, bytecode already compiled."""

from __future__ import annotations

import statistics
import subprocess
import sys
from typing import Any

from palier.stage import ROOT

_PARTS = {
    "app": "import app",
    "numpy": "import numpy",
    "boto3": "import boto3",
    "chalice": "import chalice.app",
    "pydantic": "import pydantic",
    "powertools": "from aws_lambda_powertools import Logger, Metrics",
    "jwt": "import jwt, cryptography.hazmat.primitives.asymmetric.ed25519",
}


def measure(runs: int) -> dict[str, Any]:
    """Median CPU milliseconds of importing the application, and of its largest parts alone (they overlap)."""
    times: dict[str, list[float]] = {part: [] for part in _PARTS}
    for run in range(runs + 1):
        for part, statement in _PARTS.items():
            spent = _cpu_ms(statement)
            if run:
                times[part].append(spent)
    return {f"{part}_import_cpu_ms": round(statistics.median(spent), 1) for part, spent in times.items()}


def _cpu_ms(statement: str) -> float:
    code = f"import time\nbefore = time.process_time()\n{statement}\nprint((time.process_time() - before) * 1000)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603
    return float(ran.stdout.splitlines()[-1])
