"""The package: what its zip holds, what is left out, and that it is the same whoever makes it."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

import pytest

from infrastructure.package.archive import join, write_tree
from infrastructure.package.contents import bytecode_of, faults, import_faults, name_faults, pin_faults, pins_of
from infrastructure.package.dependencies import CLIENTS, is_shipped
from infrastructure.package.packaging import ROOT, Package, package
from infrastructure.package.reachable import Reach, reach_of

PINS = pins_of((ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return package(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def reach() -> Reach:
    return reach_of(ROOT)


def names(archive: Path) -> set[str]:
    with ZipFile(archive) as opened:
        return set(opened.namelist())


def test_what_no_handler_reaches_stays_out(made: Package) -> None:
    there = names(made.code)
    for folder in ("content/authoring", "engine/simulation", "engine/calibration"):
        assert not [name for name in there if name.startswith(f"chalicelib/{folder}/")]
    assert not [name for name in there if name.startswith(("palier/", "infrastructure/", "tests/", "load_tests/"))]
    assert not [name for name in there if name.startswith(("pip/", "setuptools/", "yaml/", "inquirer/", "chalice/cli/"))]


def test_the_zip_has_no_fault(made: Package, reach: Reach) -> None:
    assert faults(made.code, reach, PINS) == []


@pytest.mark.parametrize(
    ("added", "without", "said"),
    [
        ("chalicelib/content/authoring/stray.py", "", "chalicelib/content/authoring/stray.py is reached by no handler"),
        ("tests/worlds.py", "", "tests/worlds.py must not be deployed"),
        ("app.py", "", "it holds a file twice"),
        ("", "chalicelib/wiring.py", "chalicelib/wiring.py is missing"),
        ("", "numpy/__init__.py", "the library numpy is missing"),
        ("", bytecode_of("app.py"), "app.py has no bytecode"),
    ],
)
def test_a_zip_that_is_not_as_promised_is_refused_in_clear(
    made: Package, reach: Reach, added: str, without: str, said: str
) -> None:
    there = [name for name in names(made.code) if name != without] + [added]
    assert said in list(name_faults(there, reach))


def test_a_library_of_another_version_than_pinned_is_refused(made: Package) -> None:
    assert list(pin_faults(names(made.code), {**PINS, "numpy": "9.9"})) == [f"numpy is {PINS['numpy']}, pinned 9.9"]


def test_a_zip_that_cannot_be_imported_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "broken.zip", "w") as opened:
        opened.writestr("app.py", "import a_library_that_was_forgotten")
    (wrong,) = import_faults(tmp_path / "broken.zip", Reach((Path("app.py"),), frozenset()))
    assert "No module named 'a_library_that_was_forgotten'" in wrong


def test_the_same_sources_make_the_same_zip_wherever_and_whenever(tmp_path: Path) -> None:
    digests = set()
    for folder in (tmp_path / "here", tmp_path / "there" / "deeper"):
        folder.mkdir(parents=True)
        sources = {"app.py": "NAMES = {'b', 'a'}\n", "chalicelib/one.py": "def f(x=frozenset('ab')):\n    return x in {1, 2}\n"}
        for name, text in sources.items():
            path = folder / "code" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (folder / "none").mkdir()
        for archive, content in (("libraries.zip", "none"), ("code.zip", "code")):
            with ZipFile(folder / archive, "w") as opened:
                write_tree(opened, folder / content)
        join(folder / "libraries.zip", folder / "code.zip", folder / "deployment.zip")
        digests.add(hashlib.sha256((folder / "deployment.zip").read_bytes()).hexdigest())
        assert bytecode_of("chalicelib/one.py") in names(folder / "deployment.zip")
        assert str(folder).encode() not in ZipFile(folder / "deployment.zip").read(bytecode_of("app.py"))
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("name", "shipped"),
    [
        ("numpy/_core/_multiarray_umath.cpython-311-x86_64-linux-gnu.so", True),
        ("numpy/_core/tests/test_dtype.py", False),
        ("numpy/__init__.pyi", False),
        ("botocore/data/dynamodb/2012-08-10/service-2.json.gz", True),
        ("botocore/data/ec2/2016-11-15/service-2.json.gz", False),
        ("botocore/data/endpoints.json", True),
        ("botocore/docs/docstring.py", True),
        ("../../bin/jp.py", False),
        ("numpy-2.2.6.dist-info/licenses/LICENSE.txt", True),
        ("numpy-2.2.6.dist-info/METADATA", True),
        ("numpy-2.2.6.dist-info/direct_url.json", False),
    ],
)
def test_of_a_library_only_what_runs_is_shipped(name: str, shipped: bool) -> None:
    assert is_shipped(PurePosixPath(name)) is shipped


def test_the_data_of_every_service_that_is_called_is_shipped_and_of_no_other(made: Package) -> None:
    there = {name.split("/")[2] for name in names(made.code) if name.startswith("botocore/data/") and name.count("/") > 2}
    assert there == CLIENTS


def write(root: Path, **sources: str) -> Path:
    for name, text in sources.items():
        path = root / (name.replace("__in__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_an_import_is_followed_wherever_it_stands_and_a_type_checkers_is_not(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        app="def handler():\n    from chalicelib.a import b\n    import chalicelib.c.d\n",
        chalicelib__in____init__="",
        chalicelib__in__a="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import chalicelib.e\nelse:\n    import numpy\n",
        chalicelib__in__c__in____init__="",
        chalicelib__in__c__in__d="try:\n    import json\nexcept ImportError:\n    import chalicelib.f\n",
        chalicelib__in__e="",
        chalicelib__in__f="",
        chalicelib__in__g="",
    )
    found = reach_of(root)
    assert {path.as_posix() for path in found.files} == {
        "app.py",
        "chalicelib/__init__.py",
        "chalicelib/a.py",
        "chalicelib/c/__init__.py",
        "chalicelib/c/d.py",
        "chalicelib/f.py",
    }
    assert found.libraries == {"json", "numpy", "typing"}
