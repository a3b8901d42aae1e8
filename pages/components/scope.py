"""Where and when, in words, for the titles of figures."""

from __future__ import annotations

from pages import wording
from pages.components.data import answer
from pages.components.shell import View
from warehouse import queries


def scope(view: View) -> str:
    """Countries and days of the incidents under the filter: "Kenya; 3 Jan – 30 Oct 2024"."""
    categories = answer(queries.counts, view.filters, "country")["category"].to_list()
    return wording.where_and_when(categories, view.filters, view.totals["first_day"], view.totals["last_day"])
