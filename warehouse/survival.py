"""How long something lasts where much of it has not ended yet: Kaplan-Meier curves and the log-rank test. Pure.

A wait that still goes on is censored: it has lasted so many days, and nobody knows how many it will. A mean over the
finished ones alone would leave out the longest, so every figure here counts the unfinished ones for as long as they
were seen.

All frames are aggregated: `days` (whole days), `left` (whether it ended on that day; else it was last seen going on),
`waits` (how many), and for comparisons `category`. A wait that ended on day t, or was last seen on it, was still
going on just before: it is at risk on day t.

Methods: E. L. Kaplan and P. Meier, J. Am. Stat. Assoc. 53 (1958) 457-481; bands by the log-log transformation of
Greenwood's variance (J. D. Kalbfleisch and R. L. Prentice, The Statistical Analysis of Failure Time Data, 2nd ed.,
2002, section 1.4), each day by itself; limits of the median by R. Brookmeyer and J. Crowley, Biometrics 38 (1982)
29-41; log-rank test by N. Mantel (1966) and R. Peto and J. Peto (1972). Estimates come from statsmodels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

Z_95 = 1.959963984540054
"""Standard normal deviate of a two-sided 95 % interval."""

FEWEST_COMPARED = 10
"""Waits that a group must have to be tested: the test's chi-squared approximation does not hold for fewer."""

NotCompared = Literal["few", "none_left", "overlap", "one_moment"]
"""Why groups are not tested: under FEWEST_COMPARED waits; none that ended; waits that stand in several groups; no day
on which some of one group left while others, of another group too, still waited."""

CURVE_SCHEMA: dict[str, type[pl.DataType]] = {
    "days": pl.Int64,
    "at_risk": pl.Int64,
    "left": pl.Int64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % limits; None where the data cannot tell."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Summary:
    """A curve, and what it says in numbers.

    Attributes:
        points: the `curve`.
        waits: how many are in the curve.
        left: of these, ended.
        median_days: first day by which half or more have ended; no value where fewer than half have so far.
        still_there: share that lasts longer than the day asked for; no value where no wait was seen for that long.
        longest_days: the longest wait seen, ended or not.
    """

    points: pl.DataFrame
    waits: int
    left: int
    median_days: Estimate
    still_there: Estimate
    longest_days: int | None

    @property
    def waiting(self) -> int:
        """Waits that have not ended."""
        return self.waits - self.left


@dataclass(frozen=True)
class LogRank:
    """Whether groups differ in how long they wait.

    Attributes:
        compared: the groups in the test; fewer than two mean that there is no test.
        not_compared: the others, each with the reason.
        statistic, degrees, p: chi-squared statistic, its degrees of freedom, probability of one as large by chance.
    """

    compared: tuple[str, ...]
    not_compared: dict[str, NotCompared]
    statistic: float | None = None
    degrees: int | None = None
    p: float | None = None


def curve(durations: pl.DataFrame) -> pl.DataFrame:
    """The Kaplan-Meier estimate.

    Args:
        durations: `days`, `left`, `waits`.

    Returns:
        One row for each day on which something ended, in order: days, at_risk (just before), left, share (still going
        on after that day), low, high (95 %, log-log; null where share is 0 and no limits can be given).
    """
    if not durations.filter("left")["waits"].sum():
        return pl.DataFrame(schema=CURVE_SCHEMA)
    # Takes 0.2 s, more where pandas is not loaded yet.
    from statsmodels.duration.survfunc import SurvfuncRight

    found = SurvfuncRight(
        durations["days"].to_numpy(),
        durations["left"].cast(pl.Int64).to_numpy(),
        freq_weights=durations["waits"].to_numpy(),
    )
    at_risk, left, share = found.n_risk, found.n_events, found.surv_prob
    # With weights statsmodels gives Tsiatis' variance, so Greenwood's is taken here: counts are no sampling weights.
    is_open = share > 1e-12
    share = np.where(is_open, share, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = Z_95 * np.sqrt(np.cumsum(left / (at_risk * (at_risk - left)))) / np.log(share)
        low, high = share ** np.exp(-spread), share ** np.exp(spread)
    frame = pl.DataFrame(
        {"days": found.surv_times, "at_risk": at_risk, "left": left, "share": share, "low": low, "high": high},
    ).select(pl.col(name).cast(kind) for name, kind in CURVE_SCHEMA.items())
    return frame.with_columns(pl.when(pl.Series(is_open)).then(c).alias(c) for c in ("low", "high"))


def at_risk(durations: pl.DataFrame, days: Sequence[int]) -> list[int]:
    """How many waits were seen going on just before each of the days."""
    waits = pl.col("waits")
    return list(durations.select(waits.filter(pl.col("days") >= day).sum().alias(str(day)) for day in days).row(0))


def summary(durations: pl.DataFrame, day: int) -> Summary:
    """The curve, its median, and the share that lasts longer than a day; each with 95 % limits."""
    points = curve(durations)
    longest: int | None = durations.filter(pl.col("waits") > 0).select(pl.col("days").max()).item()
    return Summary(
        points=points,
        waits=int(durations["waits"].sum()),
        left=int(durations.filter("left")["waits"].sum()),
        median_days=Estimate(*(_first(points, c) for c in ("share", "low", "high"))),
        still_there=_share_after(points, day, longest),
        longest_days=longest,
    )


def median_days(durations: pl.DataFrame) -> int | None:
    """First day by which half or more have ended; None where fewer than half have."""
    return _first(curve(durations), "share")


def log_rank(durations: pl.DataFrame, groups: Sequence[str], overlapping: bool = False) -> LogRank:
    """Test whether all groups leave at the same rate.

    Args:
        durations: `category`, `days`, `left`, `waits`.
        groups: the categories to compare, those of unknown value left out.
        overlapping: some wait stands in several of the groups, so that they are not independent.
    """
    if overlapping:
        return LogRank((), dict.fromkeys(groups, "overlap"))
    counts = durations.group_by("category").agg(
        pl.col("waits").sum(), left=pl.col("waits").filter(pl.col("left")).sum()
    )
    known = {category: (n, left) for category, n, left in counts.iter_rows()}
    refused: dict[str, NotCompared] = {}
    for group in groups:
        incidents, left = known.get(group, (0, 0))
        if incidents < FEWEST_COMPARED:
            refused[group] = "few"
        elif not left:
            refused[group] = "none_left"
    compared = tuple(group for group in groups if group not in refused)
    if len(compared) < 2:
        return LogRank(compared, refused)
    from scipy.stats import chi2
    from statsmodels.duration.survfunc import survdiff

    rows = durations.filter(pl.col("category").is_in(compared))
    times = rows["waits"].to_numpy()
    codes = rows["category"].cast(pl.Enum(compared)).to_physical().to_numpy()
    values = (rows["days"].to_numpy(), rows["left"].to_numpy().astype(int), codes)
    try:
        statistic, _ = survdiff(*(np.repeat(column, times) for column in values))
    except np.linalg.LinAlgError:
        return LogRank((), refused | dict.fromkeys(compared, "one_moment"))
    degrees = len(compared) - 1
    # statsmodels gives 1 - cdf, which is 0 for a probability under 1e-16.
    return LogRank(compared, refused, float(statistic), degrees, float(chi2.sf(statistic, degrees)))


def _first(points: pl.DataFrame, column: str) -> int | None:
    """First day on which the column is at one half or below; where its limits end with the curve at 0, that day."""
    return points.filter(pl.col(column).fill_null(0.0) <= 0.5 + 1e-12)["days"].min()  # type: ignore[return-value]


def _share_after(points: pl.DataFrame, day: int, longest: int | None) -> Estimate:
    """The curve's height after a day."""
    until = points.filter(pl.col("days") <= day)
    is_finished = points.height > 0 and points["share"][-1] == 0
    if longest is None or (day > longest and not is_finished):
        return Estimate(None)
    if until.is_empty():
        return Estimate(1.0)
    return Estimate(*until.select("share", "low", "high").row(-1))
