"""The simulated backlog: conserved, repeatable, right in the mean, refused without a rate. And months and shares."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from warehouse import outlook
from warehouse.flow import months_before, whole_months, window_edges
from warehouse.outlook import Reason, Window
from warehouse.proportions import difference, wilson

BUSY = Window(arrived=(40, 60, 50, 45, 55, 50), closed=(20, 10, 15, 12, 18, 15), backlog=1_000)
windows = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=6, max_size=12).flatmap(
    lambda months: st.builds(
        Window,
        st.just(tuple(arrived for arrived, _ in months)),
        st.just(tuple(closed for _, closed in months)),
        st.integers(0, 300),
    )
)


class TestRuns:
    @given(windows, st.floats(0, 60))
    def test_nothing_is_lost_and_nothing_closed_that_is_not_there(self, window: Window, per_month: float) -> None:
        runs = [outlook.as_staffed(window, per_month, months=8, runs=20)]
        if sum(window.closed) >= outlook.LEAST_EVENTS:
            runs.append(outlook.as_observed(window, months=8, runs=20))
        for run in runs:
            assert (run.backlog[:, 0] == window.backlog).all()
            assert (np.diff(run.backlog, axis=1) == run.arrived - run.closed).all()
            assert (run.backlog >= 0).all()
            assert (run.closed >= 0).all()
            assert np.isin(run.arrived, window.arrived).all()

    def test_the_same_seed_gives_the_same_runs_and_another_one_others(self) -> None:
        first, again, other = (outlook.as_observed(BUSY, seed=seed) for seed in (1, 1, 2))
        assert (first.backlog == again.backlog).all()
        assert (first.backlog != other.backlog).any()
        assert outlook.staffing_to_clear(BUSY, 2.5) == outlook.staffing_to_clear(BUSY, 2.5)

    def test_the_mean_is_what_the_rates_say(self) -> None:
        # Never empty, so the mean is start + months x (arrivals - closings) a month: 1000 + 24 x (50 - 15).
        run = outlook.as_observed(BUSY, runs=20_000)
        assert run.backlog[:, 24].mean() == pytest.approx(1_000 + 24 * 35, rel=0.005)
        staffed = outlook.as_staffed(BUSY, 30.0, runs=20_000)
        assert staffed.backlog[:, 24].mean() == pytest.approx(1_000 + 24 * 20, rel=0.005)
        assert staffed.closed.var() == pytest.approx(30, rel=0.02), "Poisson: variance is mean"

    def test_the_band_holds_the_uncertainty_of_the_pace(self) -> None:
        # With s2 the variance of the window's months (population) and n their number, the backlog after t months has
        # variance t s2 (n - 1) / n from the months drawn, and t^2 s2 / n from the window drawn for each run.
        change = np.array(BUSY.arrived) - np.array(BUSY.closed)
        n, t, s2 = len(change), 24, change.var()
        run = outlook.as_observed(BUSY, runs=20_000)
        assert run.backlog[:, t].var() == pytest.approx(t * s2 * (n - 1) / n + t * t * s2 / n, rel=0.05)
        low, median, high = run.band()[:, t]
        assert low < median < high
        assert (run.backlog[:, t] < low).mean() == pytest.approx(0.05, abs=0.01)

    def test_a_steady_pace_has_no_band(self) -> None:
        steady = Window((7,) * 6, (10,) * 6, 30)
        run = outlook.as_observed(steady)
        assert run.band()[:, :].tolist() == [[max(30 - 3 * month, 0) for month in range(25)]] * 3
        assert (run.chance_cleared(9), run.chance_cleared(10)) == (0.0, 1.0)


class TestStaffing:
    def test_one_fewer_would_not_do(self) -> None:
        found = outlook.staffing_to_clear(BUSY, 4.0)
        assert found.per_month == found.reviewers * 4.0
        assert found.chance >= outlook.CLEAR_CHANCE > found.chance_with_one_fewer
        assert outlook.as_staffed(BUSY, found.per_month, months=12).chance_cleared(12) == found.chance
        # It must close what waits and what arrives: more than 1000 / 12 + 50 a month.
        assert found.per_month > 1_000 / 12 + 50

    def test_every_number_of_reviewers_below_is_too_few(self) -> None:
        window = Window((2, 3, 1, 2, 4, 3), (0,) * 6, 24)
        found = outlook.staffing_to_clear(window, 1.0, runs=300)
        chances = [
            outlook.as_staffed(window, n, months=12, runs=300).chance_cleared(12) for n in range(found.reviewers + 3)
        ]
        assert chances == sorted(chances)
        assert [chance >= outlook.CLEAR_CHANCE for chance in chances] == [False] * found.reviewers + [True] * 3

    def test_nobody_closes_nothing(self) -> None:
        run = outlook.as_staffed(BUSY, 0.0)
        assert run.closed.sum() == 0
        assert run.chance_cleared(24) == 0


class TestPoisson:
    @pytest.mark.parametrize("mean", [0.1, 1.0, 7.3, 250.0, 4_000.0])
    def test_quantiles(self, mean: float) -> None:
        draws = outlook.poisson_quantile(np.random.default_rng(5).random(200_000), mean)
        assert draws.mean() == pytest.approx(mean, rel=0.02)
        assert draws.var() == pytest.approx(mean, rel=0.02)
        if mean <= 7.3:
            # P(X = 0) from the formula.
            assert (draws == 0).mean() == pytest.approx(math.exp(-mean), abs=0.003)

    @example(uniform=1 - 2**-53, mean=1.046875, more=1.0)
    @given(st.floats(0, 1, exclude_max=True), st.floats(0, 500), st.floats(0, 50))
    def test_they_grow_with_the_mean(self, uniform: float, mean: float, more: float) -> None:
        first, second = (outlook.poisson_quantile(np.array([uniform]), m)[0] for m in (mean, mean + more))
        assert 0 <= first <= second


class TestRefusal:
    def test_without_closings_there_is_no_rate(self) -> None:
        window = Window((30,) * 12, (0,) * 12, 500)
        refusal = outlook.refuse_closings(window)
        assert refusal
        assert (refusal.reason, refusal.found) == (Reason.NOTHING_CLOSED, 0)
        assert outlook.refuse_arrivals(window, 12) is None
        with pytest.raises(ValueError, match="no rate"):
            outlook.as_observed(window)

    def test_too_few_of_either(self) -> None:
        nine, ten = Window((3, 6), (9, 0), 5), Window((4, 6), (10, 0), 5)
        closings, arrivals = outlook.refuse_closings(nine), outlook.refuse_arrivals(nine, 2)
        assert closings == outlook.Refusal(Reason.TOO_FEW_CLOSED, 9, outlook.LEAST_EVENTS)
        assert arrivals == outlook.Refusal(Reason.TOO_FEW_ARRIVALS, 9, outlook.LEAST_EVENTS)
        assert outlook.refuse_closings(ten) is outlook.refuse_arrivals(ten, 2) is None

    def test_a_window_longer_than_the_record(self) -> None:
        refusal = outlook.refuse_arrivals(BUSY, 5)
        assert refusal == outlook.Refusal(Reason.RECORD_TOO_SHORT, 5, 6)
        assert outlook.refuse_arrivals(BUSY, 6) is None


class TestMonths:
    def test_the_same_day_of_earlier_months(self) -> None:
        assert months_before(date(2024, 3, 31), 1) == date(2024, 2, 29)
        assert months_before(date(2024, 3, 31), 12) == date(2023, 3, 31)
        assert months_before(date(2024, 1, 15), 1) == date(2023, 12, 15)
        assert months_before(date(2024, 10, 30), -4) == date(2025, 2, 28)
        assert window_edges(date(2024, 3, 15), 2) == [date(2024, 3, 15), date(2024, 2, 15), date(2024, 1, 15)]

    def test_whole_months_of_a_record(self) -> None:
        as_of = date(2024, 3, 15)
        # The month to 15 March begins on 16 February.
        assert whole_months(date(2024, 2, 16), as_of) == 1
        assert whole_months(date(2024, 2, 17), as_of) == 0
        assert whole_months(as_of, as_of) == 0
        assert whole_months(date(2023, 3, 16), as_of) == 12


class TestShares:
    @given(st.integers(1, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
    def test_wilson_is_that_of_statsmodels(self, counts: tuple[int, int]) -> None:
        part, whole = counts
        assert wilson(part, whole) == pytest.approx(proportion_confint(part, whole, method="wilson"), abs=1e-9)
        low, high = wilson(part, whole)
        assert 0 <= low <= part / whole <= high <= 1

    def test_wilson_s_published_example(self) -> None:
        # Newcombe, Statistics in Medicine 17 (1998), pp. 857-872, method 3: 81 of 263, and 0 of 20.
        assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
        assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)

    def test_difference_is_newcombe_s(self) -> None:
        # Newcombe, Statistics in Medicine 17 (1998), pp. 873-890, method 10: 56 of 70 less 48 of 80.
        assert difference((56, 70), (48, 80)) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
        expected = confint_proportions_2indep(35, 311, 40, 338, method="newcomb", compare="diff")
        assert difference((35, 311), (40, 338))[1:] == pytest.approx(expected, abs=1e-9)
