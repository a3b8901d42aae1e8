"""Countries by ISO 3166-1 alpha-3 code, named as ISO 3166 names them (pycountry)."""

from __future__ import annotations

from functools import cache

import pycountry


@cache
def country_labels() -> dict[str, str]:
    """Alpha-3 code -> name for people, sorted by name."""
    names = {c.alpha_3: getattr(c, "common_name", None) or c.name for c in pycountry.countries}
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


def country_codes() -> tuple[str, ...]:
    """Every ISO 3166-1 alpha-3 code."""
    return tuple(country_labels())
