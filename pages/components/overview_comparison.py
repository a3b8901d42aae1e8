"""What the change of a figure is taken between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from pages import wording
from pages.charts.formatting import date_range
from pages.components.shell import View
from warehouse.filters import Filters

DEFAULT_DAYS = 90
"""Length of the period where the filter does not set its first day."""


@dataclass(frozen=True)
class Period:
    """One of two equally long periods.

    Attributes:
        harm: incidents that happened in it.
        review: incidents whose review is looked at, as it stood on the period's last day.
    """

    harm: Filters
    review: Filters
    last_day: date

    @property
    def words(self) -> str:
        """Its days as people read them."""
        return date_range(self.harm.date_from, self.last_day)


@dataclass(frozen=True)
class Comparison:
    """Two periods that follow each other."""

    now: Period
    before: Period


def compare(filters: Filters, first_day: date | None, last_day: date | None, as_of: date) -> Comparison | str:
    """The period of the filter and the equally long one just before, or the reason why there is no comparison.

    A period whose last day is not set ends at the data's last day; one whose first day is not set is `DEFAULT_DAYS`
    long. Days after the day of knowledge are cut off, so that a month that is half known is not compared with a whole
    one; a period before that begins ahead of the data is no comparison.

    Harm is compared by when it happened. The review is compared as it stood on the last day of each period, so that
    neither side had more time: of each period's own incidents where the filter sets dates, else of all of them.

    Args:
        first_day, last_day: first and last day of all incidents of the build, None if none has a date.
        as_of: day of knowledge.
    """
    if first_day is None or last_day is None:
        return wording.NO_DATED_INCIDENT
    end = min(filters.date_to or last_day, as_of)
    start = filters.date_from or end - timedelta(days=DEFAULT_DAYS - 1)
    if start > end:
        return wording.PERIOD_AFTER_DATA
    before_end = start - timedelta(days=1)
    before_start = before_end - (end - start)

    def period(first: date, last: date) -> Period:
        harm = replace(filters, date_from=first, date_to=last)
        return Period(harm, harm if filters.date_from or filters.date_to else filters, last)

    comparison = Comparison(period(start, end), period(before_start, before_end))
    return wording.data_begins(first_day, comparison.before.words) if before_start < first_day else comparison


def compared(comparison: Comparison | str, view: View) -> str:
    """What the small figures compare, or why they do not, in words."""
    if isinstance(comparison, str):
        return comparison
    return wording.comparison(
        comparison.now.words,
        comparison.before.words,
        chosen=view.filters.date_from is not None,
        dated=comparison.now.review == comparison.now.harm,
        reviewed=view.totals["without_review_record"] < view.totals["incidents"],
    )
