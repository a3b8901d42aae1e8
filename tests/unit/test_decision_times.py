"""The median time to a decision, against cases worked out by hand and against statsmodels' product-limit estimate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from warehouse.decision_times import median_days


@pytest.mark.parametrize(
    ("waits", "expected"),
    [
        ([], None),
        ([(5, True, 1)], 5),
        ([(5, False, 1)], None),
        # Half are decided on day 3.
        ([(3, True, 1), (9, True, 1)], 3),
        # Nobody is decided before those who wait the longest: a mean over finished cases alone would say 2.
        ([(2, True, 1), (300, False, 9)], None),
        # 1 of 4 on day 1: 3/4; one waits since day 2; 1 of 2 on day 3: 3/8.
        ([(1, True, 1), (2, False, 1), (3, True, 1), (9, False, 1)], 3),
        # Decided and censored on one day: the censored one was still at risk then.
        ([(4, True, 1), (4, False, 1), (8, True, 1)], 8),
        ([(4, True, 2), (4, False, 1), (8, True, 1)], 4),
        # On the day itself.
        ([(0, True, 3), (7, False, 2)], 0),
    ],
)
def test_by_hand(waits: list[tuple[int, bool, int]], expected: int | None) -> None:
    assert median_days(waits) == expected


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans(), st.integers(1, 4)), min_size=1, max_size=25))
def test_it_is_where_the_product_limit_estimate_falls_to_a_half(waits: list[tuple[int, bool, int]]) -> None:
    days = np.repeat([w[0] for w in waits], [w[2] for w in waits])
    decided = np.repeat([int(w[1]) for w in waits], [w[2] for w in waits])
    if not decided.any():
        assert median_days(waits) is None
        return
    curve = SurvfuncRight(days, decided)
    low = curve.surv_times[curve.surv_prob < 0.5 - 1e-9]
    near = curve.surv_times[curve.surv_prob < 0.5 + 1e-9]
    found = median_days(waits)
    # Where the estimate is a half exactly, rounding may put it on either side.
    assert found in {int(some[0]) if some.size else None for some in (low, near)}
