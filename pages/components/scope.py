"""Where and when, in words, for the titles of figures."""

from __future__ import annotations

from pages import wording
from pages.charts.formatting import date_range
from pages.components.data import answer
from pages.components.shell import View
from warehouse import queries
from warehouse.countries import country_labels

MOST_NAMED = 2
"""More countries than this are counted, so that a title stays one line on a desktop."""


def scope(view: View) -> str:
    """Countries and days of the incidents under the filter: "Kenya; 3 Jan – 30 Oct 2024".

    Days are the filter's where it sets them, else the first and last of the incidents.
    """
    categories = answer(queries.counts, view.filters, "country")["category"].to_list()
    labels = country_labels()
    named = [labels.get(code, wording.COUNTRY_UNKNOWN) for code in sorted(categories, key=lambda c: c == "unknown")]
    where = " and ".join(named) if len(named) <= MOST_NAMED else wording.several_countries(categories)
    first = view.filters.date_from or view.totals["first_day"]
    last = view.filters.date_to or view.totals["last_day"]
    return f"{where}; {date_range(first, last)}" if first and last else where
