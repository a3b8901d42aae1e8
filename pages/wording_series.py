"""What the page Trends says about a published series beside the incidents. Tests use the same constants."""

from __future__ import annotations

from datetime import date

from pages.charts.formatting import counted, day, number

CHOOSE = "Published series below the chart"
CHOOSE_HELP = (
    "Context: a daily series that others publish, on the same time axis. It counts other people and things than the "
    "incidents do and is never summed with them."
)
NONE_CHOSEN = "None"
COLUMNS = {"date": "Day", "value": "Value"}


def title(series: str, publisher: str) -> str:
    """Title of the panel: what is counted, who publishes it, what it is not."""
    return f"{series}. Published by {publisher.rstrip('.')}; not summed with the incidents"


def subtitle(unit: str, *, is_cumulative: bool, is_extended: bool) -> str:
    """Unit and qualifiers of the panel."""
    counts = (
        f"{unit.capitalize()}, all days up to each" if is_cumulative else f"{unit.capitalize()}, as given for each day"
    )
    line = " Dashed: partly filled in or carried forward by its publisher." if is_extended else ""
    return f"{counts}, on a scale of its own. A day without a value is a gap, not zero.{line}"


def coverage(days: int, length: int) -> str:
    """How many days of the drawn time have a value: end of the panel's footer."""
    return f"Values on {number(days)} of {counted(length, 'day')}"


def nothing_in(series: str, first: date, last: date) -> str:
    """Said where the series has no value within the time of the chart."""
    return (
        f"{series}: no value from {day(first)} to {day(last)}, the days of the chart above. That is unknown, not zero."
    )


def alt(series: str, values: list[tuple[date, float]]) -> str:
    """One sentence for those who do not see the panel; `values` are those drawn, in order of days."""
    (first, _), (last, latest) = values[0], values[-1]
    when, highest = max(values, key=lambda value: value[1])
    return (
        f"Line chart. {series}, {day(first)} to {day(last)}: highest {number(highest)} on {day(when)}, last "
        f"{number(latest)}."
    )
