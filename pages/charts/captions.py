"""Captions of figures that show no incidents."""

from __future__ import annotations

from dataclasses import dataclass

from pages.charts.formatting import day
from pages.charts.style import Caption


@dataclass(frozen=True)
class CoverageCaption(Caption):
    """A caption whose footer counts what the figure shows (reports, days of a series) in place of incidents.

    Attributes:
        coverage: how much is shown, in words; `shown` and `total` are not used.
    """

    coverage: str = ""

    @property
    def footer(self) -> str:
        """Source, day of knowledge, build and coverage in one line; SYNTHETIC DATA first where it is."""
        known = f" As of {day(self.as_of)}." if self.as_of else ""
        mark = "SYNTHETIC DATA. " if self.synthetic else ""
        return f"{mark}Source: {self.source.rstrip('.')}.{known} Build {self.build_id}. {self.coverage}."
