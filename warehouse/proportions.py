"""Shares with their uncertainty: Wilson's interval, and Newcombe's for the difference of two shares.

Pure. Both are closed formulas that hold for small numbers and for shares of 0 and 1, where the plain interval
(p +- 1.96 standard errors) has no width.
"""

from __future__ import annotations

import math

Z_95 = 1.959963984540054
"""Quantile of the normal distribution for 95 %."""


def wilson(part: int, whole: int, z: float = Z_95) -> tuple[float, float]:
    """Interval of a share of at least one case (E. B. Wilson, JASA 22, 1927, p. 209).

    (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), with p = part/whole and n = whole.
    """
    share = part / whole
    scale = 1 + z * z / whole
    middle = share + z * z / (2 * whole)
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    # Rounding must not push an end past the share where that is 0 or 1.
    low = 0.0 if part == 0 else (middle - half) / scale
    return low, 1.0 if part == whole else (middle + half) / scale


def difference(first: tuple[int, int], second: tuple[int, int], z: float = Z_95) -> tuple[float, float, float]:
    """First share less the second one, with its interval (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10).

    Args:
        first, second: (part, whole), each whole at least 1.

    Returns:
        the difference, its lowest and its highest value; independent groups are supposed.
    """
    shares = [part / whole for part, whole in (first, second)]
    (low_1, high_1), (low_2, high_2) = (wilson(part, whole, z) for part, whole in (first, second))
    gap = shares[0] - shares[1]
    return (
        gap,
        gap - math.hypot(shares[0] - low_1, high_2 - shares[1]),
        gap + math.hypot(high_1 - shares[0], shares[1] - low_2),
    )
