"""Kaplan-Meier and log-rank against a published worked example, hand calculation and statsmodels' own unweighted code.

The example is the remission of leukaemia patients under 6-mercaptopurine or placebo: E. J. Freireich and others, Blood
21 (1963) 699-716; worked in D. G. Kleinbaum and M. Klein, Survival Analysis: A Self-Learning Text, 3rd ed. (2012),
chapter 2: the product terms 18/21, 16/17, 14/15, 11/12, 10/11, 6/7, 5/6, medians 23 and 8 weeks, and a log-rank
statistic of 16.79 on one degree of freedom.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from warehouse import survival

LEFT = (6, 6, 6, 7, 10, 13, 16, 22, 23)
CENSORED = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
PLACEBO = (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)


def durations(left: tuple[int, ...], censored: tuple[int, ...] = (), category: str = "") -> pl.DataFrame:
    """Aggregated as the questions give them; in no order."""
    rows = [(category, n, True) for n in left] + [(category, n, False) for n in censored]
    frame = pl.DataFrame(rows, schema={"category": pl.String, "days": pl.Int64, "left": pl.Boolean}, orient="row")
    return frame.group_by("category", "days", "left").agg(waits=pl.len().cast(pl.Int64))


TREATED = durations(LEFT, CENSORED, "6-MP")
UNTREATED = durations(PLACEBO, (), "placebo")


class TestPublishedExample:
    def test_product_terms(self) -> None:
        """S(6) = 18/21 = .8571 to S(23) = .4482, as the book's table has them."""
        found = survival.curve(TREATED)
        assert found.select("days", "at_risk", "left").rows() == [
            (6, 21, 3), (7, 17, 1), (10, 15, 1), (13, 12, 1), (16, 11, 1), (22, 7, 1), (23, 6, 1),
        ]  # fmt: skip
        share = Fraction(1)
        for (day, at_risk, left), estimate in zip(
            found.select("days", "at_risk", "left").rows(), found["share"], strict=True
        ):
            share *= Fraction(at_risk - left, at_risk)
            assert estimate == pytest.approx(float(share), abs=5e-7), day
        assert [round(s, 4) for s in found["share"]] == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]

    def test_log_log_limits_by_greenwood(self) -> None:
        """On week 10 by hand: 14/15 of 16/17 of 18/21; the limits that R prints for conf.type = "log-log"."""
        share = 18 / 21 * 16 / 17 * 14 / 15
        greenwood = 3 / (21 * 18) + 1 / (17 * 16) + 1 / (15 * 14)
        assert share * math.sqrt(greenwood) == pytest.approx(0.0963, abs=5e-5)
        width = 1.959964 * math.sqrt(greenwood) / math.log(share)
        row = survival.curve(TREATED).row(by_predicate=pl.col("days") == 10, named=True)
        assert row["low"] == pytest.approx(share ** math.exp(-width), abs=1e-6) == pytest.approx(0.503, abs=5e-4)
        assert row["high"] == pytest.approx(share ** math.exp(width), abs=1e-6) == pytest.approx(0.889, abs=5e-4)

    def test_medians(self) -> None:
        assert survival.median_days(TREATED) == 23
        assert survival.median_days(UNTREATED) == 8
        treated = survival.summary(TREATED, 10)
        # No upper limit: the upper band never comes down to one half.
        assert treated.median_days == survival.Estimate(23, 13, None)
        assert (treated.waits, treated.left, treated.waiting, treated.longest_days) == (21, 9, 12, 35)
        assert treated.still_there.value == pytest.approx(0.752941, abs=5e-7)

    def test_log_rank(self) -> None:
        found = survival.log_rank(pl.concat([TREATED, UNTREATED]), ["6-MP", "placebo"])
        assert found.statistic == pytest.approx(_log_rank_by_hand(), rel=1e-9)
        assert round(found.statistic or 0, 2) == 16.79
        assert found.degrees == 1
        assert found.p == pytest.approx(4.17e-5, rel=1e-2)
        assert (found.compared, found.not_compared) == (("6-MP", "placebo"), {})


def _log_rank_by_hand() -> float:
    """(O - E)^2 / V with the hypergeometric variance, week by week; O - E = -10.25, as in the book."""
    difference = variance = 0.0
    for week in sorted({*LEFT, *PLACEBO}):
        treated = sum(n >= week for n in (*LEFT, *CENSORED))
        untreated = sum(n >= week for n in PLACEBO)
        left = LEFT.count(week) + PLACEBO.count(week)
        n = treated + untreated
        difference += LEFT.count(week) - left * treated / n
        if n > 1:
            variance += left * (n - left) * treated * untreated / (n * n * (n - 1))
    assert round(difference, 2) == -10.25
    return difference**2 / variance


class TestEdges:
    def test_nothing_has_left(self) -> None:
        waiting = durations((), (400, 30, 30))
        assert survival.curve(waiting).is_empty()
        found = survival.summary(waiting, 60)
        assert (found.waits, found.left, found.longest_days) == (3, 0, 400)
        assert found.median_days == survival.Estimate(None)
        assert found.still_there == survival.Estimate(1.0)

    def test_nothing_at_all(self) -> None:
        found = survival.summary(durations(()), 60)
        assert (found.waits, found.longest_days) == (0, None)
        assert found.still_there == found.median_days == survival.Estimate(None)

    def test_moves_on_the_day_of_entry_count_as_zero_days(self) -> None:
        found = survival.curve(durations((0, 0, 5), (3,)))
        assert found.select("days", "at_risk", "left", "share").rows() == [(0, 4, 2, 0.5), (5, 1, 1, 0.0)]
        assert survival.median_days(durations((0, 0, 5), (3,))) == 0

    def test_all_have_left(self) -> None:
        found = survival.curve(durations((2, 4)))
        assert found["share"].to_list() == [0.5, 0.0]
        assert found.row(-1)[-2:] == (None, None)
        assert survival.summary(durations((2, 4)), 60).still_there.value == 0.0

    def test_a_share_is_unknown_beyond_what_was_seen(self) -> None:
        short = durations((5,), (20,))
        assert survival.summary(short, 60).still_there == survival.Estimate(None)
        assert survival.summary(short, 20).still_there.value == 0.5

    def test_one_that_leaves_on_the_day_asked_for_does_not_last_longer(self) -> None:
        assert survival.summary(durations((60,), (61,)), 60).still_there.value == 0.5
        assert survival.summary(durations((61,), (61,)), 60).still_there.value == 1.0

    def test_numbers_at_risk(self) -> None:
        assert survival.at_risk(TREATED, [0, 6, 7, 10, 35, 36]) == [21, 21, 17, 15, 1, 0]

    def test_groups_that_cannot_be_tested_are_named_with_the_reason(self) -> None:
        rows = pl.concat(
            [
                TREATED,
                UNTREATED,
                durations((1,) * 9, (), "small"),
                durations((), tuple(range(10)), "still"),
                durations((1,) * 10, (), "unasked"),
            ]
        )
        found = survival.log_rank(rows, ["6-MP", "placebo", "small", "still", "absent"])
        assert found.compared == ("6-MP", "placebo")
        assert found.not_compared == {"small": "few", "still": "none_left", "absent": "few"}
        assert found.p == survival.log_rank(rows, ["6-MP", "placebo"]).p
        alone = survival.log_rank(rows, ["6-MP", "small"])
        assert (alone.compared, alone.p) == (("6-MP",), None)
        overlap = survival.log_rank(rows, ["6-MP", "placebo"], overlapping=True)
        assert (overlap.compared, overlap.not_compared["placebo"]) == ((), "overlap")

    def test_all_at_one_moment_tell_nothing_apart(self) -> None:
        rows = pl.concat([durations((0,) * 12, (), "a"), durations((0,) * 15, (), "b")])
        found = survival.log_rank(rows, ["a", "b"])
        assert (found.compared, found.not_compared, found.p) == ((), {"a": "one_moment", "b": "one_moment"}, None)

    def test_a_tiny_probability_is_not_zero(self) -> None:
        rows = pl.concat([durations((1,) * 300, (), "a"), durations((90,) * 300, (), "b")])
        assert 0 < (survival.log_rank(rows, ["a", "b"]).p or 0) < 1e-50


WAITS = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=60)


@given(WAITS)
def test_aggregated_rows_give_what_statsmodels_gives_for_single_ones(waits: list[tuple[int, bool]]) -> None:
    left, censored = (tuple(d for d, ended in waits if ended is kind) for kind in (True, False))
    found = survival.curve(durations(left, censored))
    days, ended = np.array([d for d, _ in waits]), np.array([int(e) for _, e in waits])
    if not left:
        assert found.is_empty()
        return
    single = SurvfuncRight(days, ended)
    assert found["days"].to_list() == single.surv_times.tolist()
    assert found["at_risk"].to_list() == single.n_risk.tolist()
    assert np.allclose(found["share"].to_numpy(), single.surv_prob)
    inside = found.drop_nulls().filter(pl.col("share") < 1)
    assert (inside["low"] <= inside["share"]).all()
    assert (inside["share"] <= inside["high"]).all()


@given(WAITS, WAITS)
def test_log_rank_is_that_of_single_rows(one: list[tuple[int, bool]], other: list[tuple[int, bool]]) -> None:
    groups = {"one": one * 2, "other": other * 2}
    rows = pl.concat(
        [
            durations(tuple(d for d, e in waits if e), tuple(d for d, e in waits if not e), name)
            for name, waits in groups.items()
        ]
    )
    found = survival.log_rank(rows, list(groups))
    if found.p is None:
        assert found.not_compared
        return
    flat = [(d, int(e), name) for name, waits in groups.items() for d, e in waits]
    statistic, p = survdiff(*(np.array([row[i] for row in flat]) for i in range(3)))
    assert found.statistic == pytest.approx(statistic)
    assert found.p == pytest.approx(p, abs=1e-9)
