"""What becomes of the backlog if the pace of a window goes on, or under an assumed staffing: a simulation.

Pure: numbers in, numbers out. One run goes month by month: what arrives is added to the backlog, then what is closed
is taken from it, at most all of it. Many runs, drawn with a fixed seed, give the band.

Arrivals are drawn from the window's own months, twice: each run first draws a window of its own, as many months with
replacement, then every future month from that (bootstrap; Efron and Tibshirani, "An Introduction to the Bootstrap",
1993, chapters 6 and 8). Without the first draw the band would take the window's mean for certain, and it is not: over
24 months that uncertainty is the larger part. Closings are drawn together with the arrivals of the same month; under an
assumed staffing they are Poisson numbers with mean reviewers x cases.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

HORIZON_MONTHS = 24
CLEAR_WITHIN_MONTHS = 12
RUNS = 2_000
"""The share of runs below the 5 % edge is then known to half a percentage point: sqrt(0.05 * 0.95 / 2000)."""
SEED = 20230823
"""Any fixed number; this one is the day of the guidance. The same input gives the same band."""
BAND_PERCENT = (5, 50, 95)
CLEAR_CHANCE = 0.9
"""How sure the staffing to clear the backlog is to be."""
WINDOWS_MONTHS = (6, 12, 24)
"""Windows to choose from. A band drawn from fewer than six different months is far too narrow."""
LEAST_EVENTS = 10
"""A rate from n independent events has a relative standard error of 1/sqrt(n): a third at 10, worse below."""

MOST_CERTAIN = 1 - 1e-12
"""Largest probability by which a number is drawn."""

Counts = npt.NDArray[np.int64]


class Reason(StrEnum):
    """Why no rate, or no outlook, can be given."""

    RECORD_TOO_SHORT = "record_too_short"
    TOO_FEW_ARRIVALS = "too_few_arrivals"
    NOTHING_CLOSED = "nothing_closed"
    TOO_FEW_CLOSED = "too_few_closed"


@dataclass(frozen=True)
class Refusal:
    """What the data cannot support.

    Attributes:
        found: what there is: months on record, arrivals, or incidents closed.
        needed: the least of it that a rate may rest on.
    """

    reason: Reason
    found: int
    needed: int


@dataclass(frozen=True)
class Window:
    """What the months of a window brought, in any order, and what waits at its end.

    Attributes:
        arrived: incidents that came under review in each month, reopened ones included.
        closed: incidents closed in each month.
        backlog: incidents in an open stage at the end.
    """

    arrived: tuple[int, ...]
    closed: tuple[int, ...]
    backlog: int

    @property
    def months(self) -> int:
        """Length."""
        return len(self.arrived)


@dataclass(frozen=True)
class Outlook:
    """All runs; one row a run. `backlog` has the start and each month's end, the others each month."""

    backlog: Counts
    arrived: Counts
    closed: Counts

    def band(self) -> npt.NDArray[np.float64]:
        """Percentiles `BAND_PERCENT` (rows) of the backlog at the start and at each month's end."""
        return np.asarray(np.percentile(self.backlog, BAND_PERCENT, axis=0), dtype=np.float64)

    def chance_cleared(self, within_months: int) -> float:
        """Share of runs in which nothing waits at the end of at least one of the first months."""
        return float((self.backlog[:, 1 : within_months + 1] == 0).any(axis=1).mean())


@dataclass(frozen=True)
class Staffing:
    """The fewest reviewers that clear the backlog with a wanted chance.

    Attributes:
        per_month: cases they close a month together.
        chance, chance_with_one_fewer: share of runs in which the backlog is cleared in time.
    """

    reviewers: int
    per_month: float
    chance: float
    chance_with_one_fewer: float


def refuse_arrivals(window: Window, months_on_record: int) -> Refusal | None:
    """Why arrivals of this window carry no rate, None if they do.

    Args:
        months_on_record: whole months that the record of the review covers; a window must lie within it.
    """
    if months_on_record < window.months:
        return Refusal(Reason.RECORD_TOO_SHORT, months_on_record, window.months)
    arrived = sum(window.arrived)
    return Refusal(Reason.TOO_FEW_ARRIVALS, arrived, LEAST_EVENTS) if arrived < LEAST_EVENTS else None


def refuse_closings(window: Window) -> Refusal | None:
    """Why closings of this window carry no rate, None if they do."""
    closed = sum(window.closed)
    if closed >= LEAST_EVENTS:
        return None
    return Refusal(Reason.TOO_FEW_CLOSED if closed else Reason.NOTHING_CLOSED, closed, LEAST_EVENTS)


def as_observed(window: Window, months: int = HORIZON_MONTHS, runs: int = RUNS, seed: int = SEED) -> Outlook:
    """The outlook if arrivals and closings go on as in the window.

    Raises:
        ValueError: the window carries no rate of closing; see `refuse_closings`.
    """
    if refusal := refuse_closings(window):
        raise ValueError(f"no rate can be estimated: {refusal}")
    picks = _picks(np.random.default_rng(seed), window.months, months, runs)
    return _run(window.backlog, np.array(window.arrived)[picks], np.array(window.closed)[picks])


def as_staffed(
    window: Window, per_month: float, months: int = HORIZON_MONTHS, runs: int = RUNS, seed: int = SEED
) -> Outlook:
    """The outlook if arrivals go on as in the window and `per_month` cases are closed a month on average."""
    return _Staffed(window, months, runs, seed).outlook(per_month)


def staffing_to_clear(
    window: Window,
    cases_per_reviewer: float,
    chance: float = CLEAR_CHANCE,
    within_months: int = CLEAR_WITHIN_MONTHS,
    runs: int = RUNS,
    seed: int = SEED,
) -> Staffing:
    """The fewest reviewers with whom nothing waits at the end of some month, in at least that share of runs.

    Found by doubling and then halving the interval; more reviewers never clear less, because all staffings are tried
    on the same arrivals and the same uniform numbers.

    Args:
        cases_per_reviewer: cases that a reviewer closes a month, on average; above 0.
    """
    staffed = _Staffed(window, within_months, runs, seed)

    def chance_of(reviewers: int) -> float:
        return staffed.outlook(reviewers * cases_per_reviewer).chance_cleared(within_months)

    low, high = 0, 1  # `low` reviewers are too few, unless it is 0
    while chance_of(high) < chance:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if chance_of(middle) < chance else (low, middle)
    return Staffing(high, high * cases_per_reviewer, chance_of(high), chance_of(high - 1))


class _Staffed:
    """Runs that differ only in the staffing: arrivals and the chance behind the closings are drawn once."""

    def __init__(self, window: Window, months: int, runs: int, seed: int) -> None:
        draw = np.random.default_rng(seed)
        self.backlog = window.backlog
        self.arrived = np.array(window.arrived)[_picks(draw, window.months, months, runs)]
        self.uniform = draw.random((runs, months))

    def outlook(self, per_month: float) -> Outlook:
        return _run(self.backlog, self.arrived, poisson_quantile(self.uniform, per_month))


def poisson_quantile(uniform: npt.NDArray[np.float64], mean: float) -> Counts:
    """Poisson numbers by inversion: the smallest k with P(X <= k) >= u. For the same u they grow with the mean.

    A u above `MOST_CERTAIN` counts as that: nearer to 1, probabilities of neighbouring k are the same to a computer.
    """
    from scipy.special import pdtr  # here, because loading it takes longer than the page: only a scenario needs it

    # 12 standard deviations hold all but 1e-32 of the probability; small means need the constant.
    cumulative = pdtr(np.arange(math.ceil(mean + 12 * math.sqrt(mean)) + 30), mean)
    found: Counts = np.searchsorted(cumulative, np.minimum(uniform, MOST_CERTAIN)).astype(np.int64)
    return found


def _picks(draw: np.random.Generator, window_months: int, months: int, runs: int) -> Counts:
    """Which of the window's months each simulated month repeats, through a window drawn for each run."""
    windows = draw.integers(0, window_months, (runs, window_months))
    picks: Counts = np.take_along_axis(windows, draw.integers(0, window_months, (runs, months)), axis=1)
    return picks


def _run(start: int, arrived: Counts, could_close: Counts) -> Outlook:
    """Month by month: arrivals are added, closings taken, at most all that waits."""
    runs, months = arrived.shape
    backlog = np.full((runs, months + 1), start, dtype=np.int64)
    closed = np.zeros((runs, months), dtype=np.int64)
    for month in range(months):
        waiting = backlog[:, month] + arrived[:, month]
        closed[:, month] = np.minimum(could_close[:, month], waiting)
        backlog[:, month + 1] = waiting - closed[:, month]
    return Outlook(backlog, arrived, closed)
