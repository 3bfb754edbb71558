#!/bin/sh
# Make a virtual environment from a file of pinned, hashed requirements.
#
#   sh infrastructure/make_venv.sh FOLDER REQUIREMENTS
#
# The interpreter is $PYTHON when it is set, else the first of python3.13, 3.12, 3.11 and python3 that fits. An
# environment made by a version that does not fit, or by one that has gone, is made again.
set -eu

folder=$1
requirements=$2

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

fitting_python() {
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.13 python3.12 python3.11 python3; fi
    for candidate in "$@"; do
        if fits "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    found=$("${PYTHON:-python3}" --version 2>/dev/null) || found="no Python that runs"
    echo "Palier needs Python 3.11, 3.12 or 3.13, and ${PYTHON:-python3} is $found: set PYTHON to one that fits." >&2
    exit 1
}

if ! fits "$folder/bin/python"; then
    python=$(fitting_python)
    echo "Making $folder with $("$python" --version): a minute or two, once."
    "$python" -m venv --clear "$folder"
fi
"$folder/bin/python" -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r "$requirements"
