"""Time to a decision when some decisions are still to come: the median of the product-limit estimate.

Kaplan and Meier 1958, "Nonparametric Estimation from Incomplete Observations". What is undecided has waited at least as
long as it has: leaving it out would make decisions look fast.
"""

from __future__ import annotations

from collections.abc import Iterable


def median_days(waits: Iterable[tuple[int, bool, int]]) -> int | None:
    """The first day by which at least half are decided, None where it is not reached.

    Args:
        waits: (days, whether it was decided then or is still waiting, how many such).
    """
    decided: dict[int, int] = {}
    leaving: dict[int, int] = {}
    for days, is_decided, number in waits:
        leaving[days] = leaving.get(days, 0) + number
        if is_decided:
            decided[days] = decided.get(days, 0) + number
    at_risk = sum(leaving.values())
    undecided = 1.0
    for days in sorted(leaving):
        undecided *= 1 - decided.get(days, 0) / at_risk
        if undecided <= 0.5:
            return days
        at_risk -= leaving[days]
    return None
