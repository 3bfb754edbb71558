"""Batches, tables and counts as bytes: what is written is what is read, and rubbish is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.assessments.exposure.codec import (
    UnreadableBatchError,
    pack_batch,
    pack_counts,
    pack_table,
    unpack_batch,
    unpack_counts,
    unpack_table,
)
from chalicelib.assessments.exposure.model import Counts, FinishedBatch, FinishedTest
from chalicelib.content.release_files import DamagedError
from chalicelib.engine.exposure import ExposureTable, Limits
from tests.domain.exposure_builders import ITEMS, a_test, single_fold
from tests.engine.builders import calm

MOST = 1 << 14

TESTS = st.builds(
    FinishedTest,
    st.integers(0, 2**32 - 1),
    st.integers(-32_767, 32_767),
    st.lists(st.integers(0, MOST - 1), max_size=250).map(tuple),
)


def test_a_batch_is_pinned_byte_for_byte() -> None:
    batch = FinishedBatch(582, (FinishedTest(1, -1500, (0, 581)), FinishedTest(0, 250, ())))
    assert (
        pack_batch(batch).hex() == "01" + "0246" + "00000001" + "fa24" + "0002" + "0000" + "0245" + "00000000" + "00fa" + "0000"
    )


@calm
@given(st.lists(TESTS, max_size=10))
def test_a_batch_is_read_back_whole(tests: list[FinishedTest]) -> None:
    batch = FinishedBatch(MOST, tuple(tests))
    assert unpack_batch(pack_batch(batch)) == batch


def test_an_ability_that_does_not_fit_is_kept_at_the_edge() -> None:
    batch = FinishedBatch(1, (FinishedTest(0, 99_999, ()), FinishedTest(0, -99_999, ())))
    assert [test.ability for test in unpack_batch(pack_batch(batch)).tests] == [32.767, -32.767]


@calm
@given(st.binary(max_size=60))
def test_any_bytes_are_a_batch_or_are_told_to_be_none(rubbish: bytes) -> None:
    try:
        batch = unpack_batch(rubbish)
    except UnreadableBatchError:
        return
    assert pack_batch(batch) == rubbish or any(test.thousandths == -32_768 for test in batch.tests)


@pytest.mark.parametrize("cut", [0, 1, 2, 5, 11, 12, 18])
def test_a_batch_cut_short_is_told(cut: int) -> None:
    packed = pack_batch(FinishedBatch(9, (FinishedTest(0, 5, (1, 2, 3, 4)),)))
    with pytest.raises(UnreadableBatchError):
        unpack_batch(packed[:cut])


def test_an_item_that_the_release_does_not_have_is_told() -> None:
    with pytest.raises(UnreadableBatchError):
        unpack_batch(pack_batch(FinishedBatch(4, (FinishedTest(0, 5, (4,)),))))


def test_the_same_table_and_the_same_counts_are_the_same_bytes() -> None:
    table, counts = ExposureTable.free(ITEMS), Counts(single_fold([a_test(1)]), ("a" * 26,))
    assert pack_table(table) == pack_table(ExposureTable.free(ITEMS))
    assert pack_counts(counts) == pack_counts(Counts(single_fold([a_test(1)]), ("a" * 26,)))


@calm
@given(st.lists(st.floats(1e-3, 1.0), min_size=1, max_size=20))
def test_a_table_read_back_draws_the_same_sets_and_reading_it_again_changes_nothing(shares: list[float]) -> None:
    table = ExposureTable(3, Limits(), np.array([shares]), np.zeros((1, len(shares)), np.float32))
    read = unpack_table(pack_table(table))
    assert np.array_equal(unpack_table(pack_table(read)).eligibility, read.eligibility)
    assert np.all(np.abs(read.eligibility - table.eligibility) <= 2.0**-16)
    edges = np.ceil(np.array(shares) * 65536).astype(int)
    for draws in (np.maximum(edges - 1, 0), np.minimum(edges, 65535)):
        drawn = draws.astype(np.uint16)
        assert np.array_equal(read.eligible(np.ones(1), drawn), table.eligible(np.ones(1), drawn))


@pytest.mark.parametrize("packed", [b"", b"not an archive", pack_counts(Counts(single_fold([]), ()))])
def test_what_is_no_table_is_told(packed: bytes) -> None:
    with pytest.raises(DamagedError):
        unpack_table(packed)


@pytest.mark.parametrize("packed", [b"", b"not an archive", pack_table(ExposureTable.free(2))])
def test_what_are_no_counts_is_told(packed: bytes) -> None:
    with pytest.raises(DamagedError):
        unpack_counts(packed)
