"""How often an item may be given: the lottery's formula, its draws, and what it does to a population."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats  # type: ignore[import-untyped]

from chalicelib.engine.bank import Floats, Ints
from chalicelib.engine.exposure import SIX_STRATA, Batch, ExposureTable, Limits, Tally, draws, van_der_corput
from tests.engine.builders import calm
from tests.engine.measuring_builders import a_table

SECRET = b"a secret for the tests"
ONE = np.ones(1)
"""The chances of the only stratum."""
LASTING = Limits(fading=1.0)
EXACT = Limits(0.2, aim=1.0)
"""The lottery aims at the limit itself."""
"""Counts that never fade."""


def a_batch(sessions: float, *given: float) -> Batch:
    """One stratum's sessions, and how often each item was given in them."""
    return Batch(np.array([sessions], float), np.array([given], float))


def counts(draw: st.DrawFn, strata: int, items: int) -> Batch:
    sessions = [draw(st.integers(0, 60)) for _ in range(strata)]
    given = [[draw(st.integers(0, most)) for _ in range(items)] for most in sessions]
    return Batch(np.array(sessions, float), np.array(given, float).reshape(strata, items))


@st.composite
def batches(draw: st.DrawFn, strata: int = 2, items: int = 3) -> Batch:
    """What some sessions report."""
    return counts(draw, strata, items)


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"population": 0.0}, r"limits must be in \(0, 1\]"),
        ({"population": 1.1}, r"limits must be in \(0, 1\]"),
        ({"population": 0.2, "stratum": 0.1}, "not below that of the population"),
        ({"population": 0.2, "stratum": 1.5}, r"limits must be in \(0, 1\]"),
        ({"bounds": (0.0, 0.0)}, "bounds must increase"),
        ({"bounds": (1.0, 0.0)}, "bounds must increase"),
        ({"fading": 0.0}, "fading must be in"),
        ({"fading": 1.01}, "fading must be in"),
        ({"fading_sessions": 0.0}, "fading_sessions positive"),
    ],
)
def test_limits_that_cannot_be_are_refused_with_what_is_wrong(numbers: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Limits(**numbers)


def test_an_ability_on_a_bound_is_in_the_stratum_above() -> None:
    limits = Limits(bounds=SIX_STRATA)

    assert limits.strata == 6
    assert [limits.stratum_of(one) for one in (-9.0, -1.5, -0.1, 0.0, 1.49, 9.0)] == [0, 1, 2, 3, 4, 5]
    assert (Limits().strata, Limits().stratum_of(3.0)) == (1, 0)


def test_the_chances_of_the_strata_are_those_of_a_normal_ability() -> None:
    limits = Limits(bounds=(-1.0, 0.5))

    edges = stats.norm.cdf([-1.0, 0.5], 0.2, 0.4)

    assert limits.chances(0.2, 0.4) == pytest.approx([edges[0], edges[1] - edges[0], 1 - edges[1]], abs=1e-12)
    assert Limits().chances(0.2, 0.4).tolist() == [1.0]


@calm
@given(st.floats(-6, 6), st.floats(0, 3))
def test_the_chances_of_the_strata_are_a_distribution_even_when_the_ability_is_certain(mean: float, sd: float) -> None:
    chances = Limits(bounds=SIX_STRATA).chances(mean, sd)

    assert chances.sum() == pytest.approx(1.0)
    assert np.all(chances >= 0)


@pytest.mark.parametrize(
    ("eligible", "given_times", "expected"),
    [
        # min(1, r ε / α) with r = 0.2 (van der Linden & Veldkamp 2004).
        (100, 50, 0.4),
        (100, 20, 1.0),
        (100, 10, 1.0),
        (100, 100, 0.2),
        (40, 16, 0.5),
        (100, 0, 1.0),
        (0, 0, 1.0),
        (1, 1000, 1e-3),
        (0, 10, 1e-3),
    ],
)
def test_eligibility_is_the_limit_times_eligible_over_given(eligible: float, given_times: float, expected: float) -> None:
    tally = Tally(np.array([100.0]), np.array([[given_times]], float), np.array([[eligible]], float))

    table = tally.next_table(ExposureTable.free(1, EXACT))

    assert table.eligibility == pytest.approx(np.array([[expected]]))
    assert table.version == 1


def test_with_a_limit_by_stratum_eligibility_is_the_smaller_of_the_two() -> None:
    limits = Limits(0.2, stratum=0.3, bounds=(0.0,), aim=1.0)
    tally = Tally(np.array([100.0, 100.0]), np.array([[60.0, 40.0], [0.0, 40.0]]), np.full((2, 2), 100.0))

    table = tally.next_table(ExposureTable.free(2, limits))

    # Population: 0.2 · 200/60 = 0.667 and 0.2 · 200/80 = 0.5. Strata: 0.3 · 100/60 = 0.5, 0.75 and 1, 0.75.
    assert table.eligibility == pytest.approx(np.array([[0.5, 0.5], [2 / 3, 0.5]]))


def test_without_a_limit_by_stratum_eligibility_is_the_same_in_all() -> None:
    tally = Tally(np.array([100.0, 100.0]), np.array([[60.0], [0.0]]), np.full((2, 1), 100.0))

    table = tally.next_table(ExposureTable.free(1, Limits(bounds=(0.0,), aim=1.0)))

    assert table.eligibility == pytest.approx(np.full((2, 1), 2 / 3))


def test_a_version_keeps_its_prices_and_limits() -> None:
    table = replace(ExposureTable.free(2), version=7, prices=np.array([[0.1, 0.2]], np.float32))

    following = Tally.nothing(2, table.limits).next_table(table)

    assert following.version == 8
    assert following.prices is table.prices
    assert following.limits is table.limits


@pytest.mark.parametrize(("sessions", "kept"), [(0, 1.0), (75, 0.998), (150, 0.996004), (25968, 0.5), (3750, 0.9047577)])
def test_counts_weigh_less_by_the_sessions_since(sessions: float, kept: float) -> None:
    # 0.998 every 75 sessions: half after 75 · log ½ / log 0.998.
    assert Limits().keep(sessions) == pytest.approx(kept, rel=1e-4)


def test_a_batch_adds_to_what_is_left_of_the_tally() -> None:
    table = a_table([0.5, 1.0])
    tally = Tally(np.array([100.0]), np.array([[20.0, 10.0]]), np.array([[60.0, 100.0]]))

    after = tally.after(a_batch(75, 15, 30), table)

    assert after.sessions == pytest.approx([0.998 * 100 + 75])
    assert after.given == pytest.approx(np.array([[0.998 * 20 + 15, 0.998 * 10 + 30]]))
    assert after.eligible == pytest.approx(np.array([[0.998 * 60 + 37.5, 0.998 * 100 + 75]]))


@calm
@given(st.lists(batches(), max_size=4), st.randoms(use_true_random=False))
def test_without_fading_the_order_of_batches_does_not_matter(parts: list[Batch], random: Any) -> None:
    table = a_table([[0.5, 1.0, 0.2], [1.0, 0.1, 0.7]], replace(LASTING, bounds=(0.0,)))
    mixed = list(parts)
    random.shuffle(mixed)

    one, other = (after_all(table, order) for order in (parts, mixed))

    for name in ("sessions", "given", "eligible"):
        assert getattr(one, name) == pytest.approx(getattr(other, name))


@calm
@given(batches(), batches())
def test_the_order_of_two_batches_matters_by_their_fading_at_most(first: Batch, second: Batch) -> None:
    table = ExposureTable.free(3, Limits(bounds=(0.0,)))

    one, other = after_all(table, [first, second]), after_all(table, [second, first])

    fading = 1 - table.limits.keep(float((first.sessions + second.sessions).sum()))
    assert np.all(np.abs(one.given - other.given) <= fading * (first.given + second.given) + 1e-9)
    assert np.all(np.abs(one.sessions - other.sessions) <= fading * (first.sessions + second.sessions) + 1e-9)


def after_all(table: ExposureTable, parts: list[Batch]) -> Tally:
    tally = Tally.nothing(table.eligibility.shape[1], table.limits)
    for part in parts:
        tally = tally.after(part, table)
    return tally


@calm
@given(st.lists(batches(), max_size=5), st.sampled_from((None, 0.3, 1.0)))
def test_eligibility_is_never_above_one_nor_too_low_to_come_back(parts: list[Batch], stratum: float | None) -> None:
    table = ExposureTable.free(3, Limits(0.2, stratum, bounds=(0.0,)))
    tally = Tally.nothing(3, table.limits)

    for part in parts:
        tally = tally.after(part, table)
        table = tally.next_table(table)

        assert np.all((table.eligibility >= 1e-3) & (table.eligibility <= 1.0))
        assert np.all(np.isfinite(tally.rates()))


def test_rates_are_shares_of_all_sessions() -> None:
    limits = Limits(bounds=(0.0,))
    batch = Batch.of(3, limits, [(-1.0, np.array([0, 1])), (0.0, np.array([0])), (2.0, np.array([0, 2]))])

    assert batch.sessions.tolist() == [1.0, 2.0]
    assert batch.given.tolist() == [[1, 1, 0], [2, 0, 1]]
    tally = Tally.nothing(3, limits).after(batch, ExposureTable.free(3, limits))
    assert tally.rates() == pytest.approx([1.0, 1 / 3, 1 / 3])
    assert Tally.nothing(3, limits).rates().tolist() == [0.0, 0.0, 0.0]


def test_no_session_changes_nothing() -> None:
    table, batch = ExposureTable.free(2), Batch.of(2, Limits(), [])
    tally = Tally(np.array([10.0]), np.array([[3.0, 1.0]]), np.array([[10.0, 10.0]]))

    assert tally.after(batch, table).given.tolist() == tally.given.tolist()


def test_draws_are_pinned_for_a_fixed_secret_and_session() -> None:
    assert draws(SECRET, "s-1", 0, 4).tolist() == PINNED
    assert draws(SECRET, "s-1", 1, 4).tolist() == [(one + 32768) % 65536 for one in PINNED]
    assert draws(SECRET, "s-1", 6, 4).tolist() == [(one + 24576) % 65536 for one in PINNED]


PINNED = [14633, 26510, 5681, 57446]
"""SHAKE-128 of `exposure|secret|session`, two bytes an item, the low byte first."""


def test_an_item_keeps_its_draw_when_items_are_added_after_it() -> None:
    assert draws(SECRET, "s-1", 3, 500)[:40].tolist() == draws(SECRET, "s-1", 3, 40).tolist()
    assert len(draws(SECRET, "s-1", 3, 0)) == 0


@pytest.mark.parametrize("rank", [0, 5])
def test_draws_are_uniform(rank: int) -> None:
    by_item = draws(SECRET, "s-1", rank, 20_000)
    by_session = np.array([draws(SECRET, f"s-{number}", rank, 1)[0] for number in range(5_000)])

    for drawn in (by_item, by_session):
        assert stats.chisquare(np.bincount(drawn >> 10, minlength=64)).pvalue > 1e-3
        assert stats.chisquare(np.bincount(drawn & 63, minlength=64)).pvalue > 1e-3


@pytest.mark.parametrize("other", [(b"another secret", "s-1"), (SECRET, "s-2")])
def test_secrets_and_sessions_have_independent_draws(other: tuple[bytes, str]) -> None:
    one, another = draws(SECRET, "s-1", 0, 16_000), draws(*other, 0, 16_000)

    pairs = np.bincount((one >> 12) * 16 + (another >> 12), minlength=256)

    assert stats.chisquare(pairs).pvalue > 1e-3
    assert np.mean(one == another) < 0.002


def test_the_van_der_corput_numbers_reverse_the_bits_of_the_rank() -> None:
    assert [van_der_corput(rank) / 65536 for rank in range(8)] == [0, 1 / 2, 1 / 4, 3 / 4, 1 / 8, 5 / 8, 3 / 8, 7 / 8]
    assert van_der_corput(65536) == 0
    assert sorted(van_der_corput(rank) for rank in range(65536)) == list(range(65536))


def eligible_neighbours(table: ExposureTable, first: int, count: int, items: int) -> Floats:
    """Whether each item is eligible for each of these neighbours, (count, items)."""
    return np.array([table.eligible(ONE, draws(SECRET, "room", rank, items)) for rank in range(first, first + count)], float)


@pytest.mark.parametrize("first", [0, 1, 5])
@pytest.mark.parametrize("count", [1, 2, 4, 8, 16, 32])
def test_each_item_is_eligible_for_its_share_of_a_row_of_neighbours(count: int, first: int) -> None:
    among = eligible_neighbours(a_table(SHARES.tolist()), first * count, count, len(SHARES)).sum(axis=0)

    assert np.all(np.abs(among - SHARES * count) <= 1.0)
    assert among[0] == count
    if count > 1:
        assert among[1] == count / 2


@pytest.mark.parametrize("first", [1, 7, 37])
def test_each_item_is_eligible_for_nearly_its_share_of_neighbours_from_any_rank(first: int) -> None:
    among = eligible_neighbours(a_table(SHARES.tolist()), first, 32, len(SHARES)).sum(axis=0)

    assert np.all(np.abs(among - SHARES * 32) <= 2.0)


SHARES = np.append([1.0, 0.5, 0.25, 0.2, 1e-3], np.random.default_rng(3).uniform(0.001, 1.0, 400))


def test_two_successive_neighbours_never_share_an_item_that_half_may_be_given() -> None:
    sets = eligible_neighbours(a_table([0.5] * 300), 0, 8, 300)

    for even, odd in ((0, 1), (2, 3), (4, 5), (6, 7)):
        assert np.array_equal(sets[even], 1 - sets[odd])
    assert all(not np.array_equal(one, other) for one, other in pairwise(sets))


def test_an_item_always_eligible_is_eligible_at_every_draw_and_one_that_is_not_at_its_share() -> None:
    every_draw = np.arange(65536).astype(np.uint16)

    for share in (1.0, 0.7512, 0.2, 1e-3):
        eligible = a_table([share] * 65536).eligible(ONE, every_draw)
        assert share <= eligible.mean() < share + 1 / 65536 + 1e-12


def test_a_free_table_neither_guards_nor_prices() -> None:
    free = ExposureTable.free(3, Limits(bounds=(0.0,)))

    assert (free.version, free.guarded, free.priced, free.eligibility.shape) == (0, False, False, (2, 3))
    assert a_table([1.0, 0.9]).guarded
    assert a_table([1.0, 1.0], prices=np.array([[0, 0.1]], np.float32)).priced


def test_prices_are_averaged_over_the_strata_a_person_may_belong_to() -> None:
    prices = np.array([[0.4, 0.0], [0.0, 1.0]], np.float32)
    table = a_table([1.0, 1.0], Limits(bounds=(0.0,)), prices=prices)

    assert table.price(np.array([0.25, 0.75])) == pytest.approx([0.1, 0.75])


@pytest.mark.parametrize(
    ("chances", "share"),
    [
        ([1.0, 0.0, 0.0], 0.5),
        ([0.76, 0.24, 0.0], 0.5),
        ([0.7, 0.3, 0.0], 0.25),
        ([0.2, 0.3, 0.5], 0.25),
        ([0.05, 0.2, 0.75], 0.75),
    ],
)
def test_an_item_is_eligible_when_it_is_so_in_every_plausible_stratum(chances: list[float], share: float) -> None:
    # A stratum of a chance of a quarter or more is plausible.
    table = a_table([[0.5], [0.25], [0.75]], Limits(bounds=(0.0, 1.0)))
    edge = int(share * 65536)

    at = [table.eligible(np.array(chances), np.array([draw], np.uint16)).tolist() for draw in (edge - 1, edge)]

    assert at == [[True], [False]]


def test_the_likeliest_stratum_is_plausible_however_many_there_are() -> None:
    table = a_table([[0.5]] * 4 + [[0.25]] + [[0.5]], Limits(bounds=SIX_STRATA))

    assert not table.eligible(np.array([0.15, 0.15, 0.15, 0.15, 0.24, 0.16]), np.array([20000], np.uint16))


LENGTH, WAVES, WAVE, ITEMS = 4, 160, 50, 40


def population(limits: Limits, hot: list[list[int]], seed: int = 1) -> tuple[Floats, Floats]:
    """Rates in the last half of a population who get every hot item of their stratum that is eligible, and others by chance.

    Those of each stratum, (S, n), and those of all, (n,).
    """
    table, rng = ExposureTable.free(ITEMS, limits), np.random.default_rng(seed)
    tally, late = Tally.nothing(ITEMS, limits), Tally.nothing(ITEMS, limits)
    for wave in range(WAVES):
        tests = [a_test(table, hot, rng, f"{wave}-{person}") for person in range(WAVE)]
        batch = Batch.of(ITEMS, limits, tests)
        tally = tally.after(batch, table)
        table = tally.next_table(table)
        late = late.after(batch, table) if wave >= WAVES // 2 else late
    return late.given / late.sessions[:, None], late.rates()


def a_test(table: ExposureTable, hot: list[list[int]], rng: np.random.Generator, session: str) -> tuple[float, Ints]:
    ability, appeal = float(rng.normal()), rng.random(ITEMS)
    stratum = table.limits.stratum_of(ability)
    appeal[hot[stratum]] += 1.0
    eligible = table.eligible(np.eye(table.limits.strata)[stratum], draws(SECRET, session, 0, ITEMS))
    return ability, np.argsort(np.where(eligible, -appeal, np.inf), kind="stable")[:LENGTH]


def test_feedback_brings_the_rate_of_hot_items_to_the_limit() -> None:
    _, rates = population(EXACT, [[0, 1, 2]])

    assert rates[:3] == pytest.approx([0.2] * 3, abs=0.015)
    assert rates.max() < 0.215
    assert rates.sum() == pytest.approx(LENGTH)


def test_feedback_by_stratum_brings_items_hot_in_one_stratum_to_that_limit() -> None:
    by_stratum, rates = population(Limits(0.2, stratum=0.3, bounds=(0.0,), aim=1.0), [[0, 1, 2], [2, 3, 4]])

    # Item 2, hot in both strata, is held by the limit of the population.
    assert by_stratum[0, :2] == pytest.approx([0.3] * 2, abs=0.02)
    assert by_stratum[1, 3:5] == pytest.approx([0.3] * 2, abs=0.02)
    assert rates[2] == pytest.approx(0.2, abs=0.015)
    assert by_stratum.max() < 0.32


def test_a_limit_of_the_population_alone_leaves_a_stratum_more() -> None:
    by_stratum, rates = population(Limits(0.2, bounds=(0.0,)), [[0], []])

    assert rates.max() < 0.215
    assert by_stratum[0, 0] > 0.3


def test_the_lottery_aims_a_little_under_the_limit() -> None:
    tally = Tally(np.array([100.0]), np.array([[50.0]]), np.array([[100.0]]))

    exact, lower = (tally.next_table(ExposureTable.free(1, Limits(0.2, aim=aim))).eligibility[0, 0] for aim in (1.0, 0.9))

    assert exact == pytest.approx(0.4)
    assert lower == pytest.approx(0.36)
    with pytest.raises(ValueError, match="aim"):
        Limits(aim=1.01)
