"""`make package`: the zip and the template, in `build/package`. Exit codes: 0 made, 1 not made."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from zipfile import ZipFile

from infrastructure.console import complain, say
from infrastructure.package.packaging import BUILD, NOT_MADE, package


def main() -> int:
    """Make the package and say what it holds."""
    parser = argparse.ArgumentParser(prog="python -m infrastructure.package", description=__doc__)
    parser.add_argument("--out", type=Path, default=BUILD, help="folder to write to (build/package)")
    out = parser.parse_args().out
    try:
        made = package(out)
    except NOT_MADE as error:
        complain(error)
        return 1
    with ZipFile(made.code) as opened:
        unpacked = sum(one.file_size for one in opened.infolist())
    say(f"{made.code}: {made.code.stat().st_size / 1e6:.1f} MB zipped, {unpacked / 1e6:.1f} MB unpacked.")
    say(f"{out / 'template.json'}: {len(made.template['Resources'])} resources.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
