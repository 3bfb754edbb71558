"""`make faults`: play a crowd while everything goes wrong, and tell what was lost. Exit codes: 0 nothing, 1 a violation.

python -m load_tests.faults --short --seed 3
python -m load_tests.faults --assessments 1000 --write
python -m load_tests.faults --short --without condition     a control run: this must find a violation
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence

from load_tests.faults import report
from load_tests.faults.run import run
from load_tests.faults.settings import Options, short
from load_tests.faults.weakening import Defence

MOST_TOLD = 30


def options_of(arguments: Sequence[str]) -> tuple[Options, argparse.Namespace]:
    """Read the options; a wrong one ends the process with code 2."""
    parser = argparse.ArgumentParser(
        prog="python -m load_tests.faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--assessments", type=int, default=Options.assessments)
    parser.add_argument("--seed", type=int, default=Options.seed)
    parser.add_argument("--short", action="store_true", help="25 assessments and fewer processes, in half a minute")
    parser.add_argument(
        "--deadlines", type=int, default=0, help="timed challenges to begin at a slow clock and answer at a fast one"
    )
    parser.add_argument("--without", choices=[one.value for one in Defence], help="a control run: this defence is taken away")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--write", action="store_true", help="put the table into docs/reliability.md")
    chosen = parser.parse_args(arguments)
    without = Defence(chosen.without) if chosen.without else None
    options = Options(seed=chosen.seed, assessments=chosen.assessments, deadlines=chosen.deadlines, without=without)
    if not 0 <= options.assessments <= 10_000:
        parser.error("0 to 10,000 assessments")
    return (short(options) if chosen.short else options), chosen


def command_of(chosen: argparse.Namespace) -> str:
    """The command that does the same again. What the draws meet depends on the machine's scheduling too."""
    parts = ["python -m load_tests.faults", f"--assessments {chosen.assessments}", f"--seed {chosen.seed}"]
    parts += ["--short"] * chosen.short + [f"--without {chosen.without}"] * bool(chosen.without)
    parts += [f"--deadlines {chosen.deadlines}"] * bool(chosen.deadlines)
    return " ".join(parts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and tell."""
    options, chosen = options_of(sys.argv[1:] if arguments is None else arguments)
    print(f"Seed {options.seed}.", file=sys.stderr, flush=True)
    ran = run(options, lambda told: print(told, file=sys.stderr, flush=True))
    made = report.report_of(ran, command_of(chosen))
    print(json.dumps(report.as_json(made), indent=2) if chosen.json else "\n".join(report.lines(made)))
    for one in made.violations[:MOST_TOLD]:
        print(f"{one['kind']}: {one['subject']} {one['told']}", file=sys.stderr)
    if not made.holds:
        print(f"{len(made.violations)} violations. Replay: {made.command}", file=sys.stderr)
    if chosen.write:
        report.write(made, f"Python {platform.python_version()}, {os.cpu_count()} cores")
    return 0 if made.holds else 1


if __name__ == "__main__":
    sys.exit(main())
