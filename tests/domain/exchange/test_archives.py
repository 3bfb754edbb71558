"""Foreign packages and files may be hostile: each attack is refused by name, and nothing is read that need not be."""

from __future__ import annotations

import os
import stat
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path, PosixPath

import pytest

from chalicelib.content.authoring.exchange.archive import LIMITS, MEGABYTE, Limits, read_archive, read_file, read_text
from tests.domain.exchange.samples import refusal_of, saved, zipped

CENTRAL = b"PK\x01\x02"
"""Begins an entry of the list of entries."""


def refused_package(folder: Path, content: bytes, limits: Limits = LIMITS) -> str:
    path = saved(folder, content, "package.zip")
    return refusal_of(lambda: read_archive(path, limits))


def patched(content: bytes, offset: int, value: bytes, marker: bytes = CENTRAL) -> bytes:
    """The package with these bytes at this offset of its first such header."""
    place = content.index(marker) + offset
    return content[:place] + value + content[place + len(value) :]


def test_a_sane_package_is_read_whole(tmp_path: Path) -> None:
    files = {"imsmanifest.xml": b"<manifest/>", "items/a.xml": "é😀".encode(), "images/b.png": bytes(range(256)) * 40}
    assert read_archive(saved(tmp_path, zipped(files))) == files


def test_folders_are_not_files(tmp_path: Path) -> None:
    assert read_archive(saved(tmp_path, zipped({"items/": b"", "items/a.xml": b"a"}))) == {"items/a.xml": b"a"}


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "items/../../evil",
        "/etc/passwd",
        "C:/evil",
        "c:evil",
        "..\\evil",
        "items\\a.xml",
        "\\\\host\\share",
        "a\nb",
        "..",
    ],
)
def test_a_name_that_leaves_the_package_is_refused(tmp_path: Path, name: str) -> None:
    assert refused_package(tmp_path, zipped({name: b"x"})) == "unsafe-path"


def test_a_name_cut_by_a_nul_is_refused(tmp_path: Path) -> None:
    content = zipped({"item.xmlX.png": b"x"}).replace(b"item.xmlX", b"item.xml\0")
    assert refused_package(tmp_path, content) == "unsafe-path"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_a_link_or_a_device_is_refused(tmp_path: Path, kind: int) -> None:
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("items/a.xml")
        entry.create_system = 3
        entry.external_attr = (kind | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    assert refusal_of(lambda: read_archive(path)) == "link-in-archive"


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.xml", "one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.xml", "two")
    assert refusal_of(lambda: read_archive(path)) == "duplicate-entry"


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    assert refused_package(tmp_path, patched(zipped({"a.xml": b"x"}), 8, b"\x01")) == "encrypted-entry"


def test_an_unusual_compression_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.xml", "x")
    assert refusal_of(lambda: read_archive(path)) == "compression-method"


def test_more_entries_than_allowed_are_refused(tmp_path: Path) -> None:
    content = zipped({f"{number}": b"" for number in range(LIMITS.entries + 1)})
    assert refused_package(tmp_path, content) == "too-many-entries"


def test_an_enormous_list_of_entries_is_refused_before_it_is_read(tmp_path: Path) -> None:
    content = zipped({"a" * 60_000 + str(number): b"" for number in range(40)})
    assert refused_package(tmp_path, content) == "too-many-entries"


# --- sizes ---


def test_a_bomb_is_left_as_soon_as_it_grows_too_much(tmp_path: Path) -> None:
    content = zipped({"bomb.xml": bytes(19 * MEGABYTE)})
    assert len(content) < MEGABYTE // 8
    path = saved(tmp_path, content)
    tracemalloc.start()
    assert refusal_of(lambda: read_archive(path)) == "compression-ratio"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * MEGABYTE


def test_many_small_bombs_together_are_refused(tmp_path: Path) -> None:
    content = zipped({f"{number}.xml": bytes(MEGABYTE - 1) for number in range(60)})
    assert refused_package(tmp_path, content) == "compression-ratio"


def test_a_bomb_inside_a_bomb_is_never_opened(tmp_path: Path) -> None:
    bomb = zipped({"bomb.xml": bytes(19 * MEGABYTE)})
    assert read_archive(saved(tmp_path, zipped({"inner.zip": bomb}))) == {"inner.zip": bomb}


def test_an_entry_of_more_than_20_mb_is_refused_however_it_is_packed(tmp_path: Path) -> None:
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("large.png", bytes(20 * MEGABYTE + 1))
    assert refusal_of(lambda: read_archive(path)) == "entry-too-large"


def test_the_total_is_counted_over_all_entries(tmp_path: Path) -> None:
    content = zipped({f"{number}": os.urandom(500) for number in range(3)})
    assert refused_package(tmp_path, content, Limits(total_bytes=1_200)) == "archive-too-large"


def test_a_header_that_announces_more_than_there_is_is_refused(tmp_path: Path) -> None:
    content = patched(zipped({"a.xml": b"x" * 100}), 24, (200).to_bytes(4, "little"))
    assert refused_package(tmp_path, content) == "size-lies"


def test_a_header_that_announces_less_than_there_is_is_refused(tmp_path: Path) -> None:
    content = patched(zipped({"a.xml": bytes(3 * MEGABYTE)}), 24, (10).to_bytes(4, "little"))
    assert refused_package(tmp_path, content) == "damaged-entry"


def test_a_bomb_whose_header_lies_about_its_packed_size_is_refused(tmp_path: Path) -> None:
    content = patched(zipped({"bomb.xml": bytes(19 * MEGABYTE)}), 20, (19 * MEGABYTE).to_bytes(4, "little"))
    assert refused_package(tmp_path, content) in ("compression-ratio", "damaged-entry")


def test_a_damaged_entry_is_refused(tmp_path: Path) -> None:
    content = zipped({"a.xml": os.urandom(400)})
    assert refused_package(tmp_path, content[:60] + bytes(100) + content[160:]) == "damaged-entry"


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip at all" * 40, b"\x00" * 5_000, b"PK\x05\x06" + b"\xff" * 18])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refused_package(tmp_path, content) in ("not-a-zip", "too-many-entries")


def test_a_cut_package_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    content = zipped({"a.xml": b"a" * 300, "b.xml": b"b" * 300})
    for length in range(0, len(content), 7):
        assert refused_package(tmp_path, content[:length]) == "not-a-zip"


# --- any file ---


@pytest.mark.parametrize("read", [read_archive, read_file, read_text])
def test_a_file_of_1_gb_is_refused_without_being_read(tmp_path: Path, read: Callable[[Path], object]) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    tracemalloc.start()
    assert refusal_of(lambda: read(path)) == "file-too-large"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MEGABYTE


@pytest.mark.parametrize("read", [read_archive, read_file])
def test_a_folder_a_pipe_and_nothing_are_no_files(tmp_path: Path, read: Callable[[Path], object]) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert refusal_of(lambda: read(tmp_path)) == "not-a-file"
    assert refusal_of(lambda: read(pipe)) == "not-a-file"
    assert refusal_of(lambda: read(tmp_path / "nothing")) == "no-such-file"


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    class Growing(PosixPath):
        def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
            found = list(super().stat(follow_symlinks=follow_symlinks))
            found[stat.ST_SIZE] = 1
            return os.stat_result(found)

    assert refusal_of(lambda: read_file(Growing(saved(tmp_path, b"x" * 100)), 10)) == "file-too-large"


def test_a_text_is_utf8_with_or_without_its_mark(tmp_path: Path) -> None:
    assert read_text(saved(tmp_path, b"\xef\xbb\xbf\xc3\xa9")) == "é"
    assert refusal_of(lambda: read_text(saved(tmp_path, "é".encode("latin-1")))) == "not-utf8"
