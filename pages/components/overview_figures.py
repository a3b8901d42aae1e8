"""The overview's key figures: each with what is unknown, and with its change between two periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pages import wording, wording_leadership
from pages.charts.formatting import SHARE_FROM, casualty_range, number, share
from pages.components.data import answer
from pages.components.overview_comparison import Comparison, Period
from warehouse import queries
from warehouse.filters import Filters
from warehouse.vocabulary import STAGE_ORDER, Stage


@dataclass(frozen=True)
class Figures:
    """Numbers of the incidents under one filter.

    Attributes:
        harm: the row of `queries.totals`; of today's figures also `reports` of `queries.report_count`.
        review: reviewed, reached_third_stage, with_response, waiting, overdue, without_receipt, median_days, as in
            `queries.review_over_time`.
        stages: stage -> incidents that stand there.
    """

    harm: dict[str, Any]
    review: dict[str, Any]
    stages: dict[str, int]


@dataclass(frozen=True)
class Card:
    """One key figure.

    Attributes:
        name: one of incidents, killed, third_stage, waiting, median_days; also of its trend and its explanation.
        change: None where no comparison can be made.
        page: file of the page behind it.
        is_known: the data says something about it.
    """

    name: str
    label: str
    value: str
    note: str
    change: str | None
    page: str
    is_known: bool = True


def current(filters: Filters, as_of: date) -> Figures:
    """What is known today; time in stage is counted to `as_of`."""
    harm = _harm(filters) | answer(queries.report_count, filters).row(0, named=True)
    review = answer(queries.open_review, filters, as_of).row(0, named=True)
    review |= {name: harm[name] for name in ("reached_third_stage", "with_response")}
    review["reviewed"] = harm["incidents"] - harm["without_review_record"]
    return Figures(harm, review, dict(answer(queries.by_stage, filters).iter_rows()))


def of_periods(comparison: Comparison, days: tuple[date, ...]) -> tuple[Figures, Figures]:
    """The figures of both periods, without reports: now, before.

    Args:
        days: for which the review's history is asked, in order, the periods' last days among them.
    """

    def of(period: Period) -> Figures:
        # One question for all days: without dates in the filter it is that of the trends too.
        review = answer(queries.review_over_time, period.review, days).filter(day=period.last_day)
        return Figures(
            harm=_harm(period.harm),
            review=review.row(0, named=True),
            stages=dict(answer(queries.by_stage_on, period.review, period.last_day).iter_rows()),
        )

    return of(comparison.now), of(comparison.before)


def cards(shown: Figures, periods: tuple[Figures, Figures] | None, as_of: date) -> list[Card]:
    """The key figures of `shown`, with the change between `periods` if there are any."""
    harm = [
        Card(
            "incidents",
            wording.INCIDENTS_COUNTED,
            number(shown.harm["incidents"]),
            wording_leadership.incidents_note(shown.harm["reports"], shown.harm["without_date"]),
            _change_of_number(periods, "harm", "incidents"),
            "incidents.py",
        ),
        Card(
            "killed",
            wording.CIVILIANS_KILLED,
            killed(shown),
            wording.unknown_for(shown.harm, "killed", _change_of_number(periods, "harm", "civilians_killed_unknown")),
            None if periods is None else wording.change(killed(periods[0]), killed(periods[1])),
            "trends.py",
        ),
    ]
    if shown.review["reviewed"]:
        return harm + _of_the_review(shown.review, periods, as_of)
    without = wording_leadership.no_record(shown.harm["without_review_record"])
    return harm + [
        Card(name, label, wording.UNKNOWN, without, None, "pipeline.py", is_known=False)
        for name, label in (
            ("third_stage", wording.THIRD_STAGE),
            ("waiting", wording_leadership.WAITING),
            ("median_days", wording_leadership.MEDIAN_WAIT),
        )
    ]


def _of_the_review(review: dict[str, Any], periods: tuple[Figures, Figures] | None, as_of: date) -> list[Card]:
    return [
        Card(
            "third_stage",
            wording.THIRD_STAGE,
            number(review["reached_third_stage"]),
            wording_leadership.responses_note(
                _share_note(review["reached_third_stage"], review["reviewed"]), review["with_response"]
            ),
            _change_of_number(periods, "review", "reached_third_stage"),
            "pipeline.py",
        ),
        Card(
            "waiting",
            wording_leadership.WAITING,
            number(review["waiting"]),
            wording_leadership.overdue_note(review["overdue"], queries.NORM_DAYS, review["without_receipt"]),
            _change_of_number(periods, "review", "waiting"),
            "waits.py",
        ),
        Card(
            "median_days",
            wording_leadership.MEDIAN_WAIT,
            number(review["median_days"]) if review["waiting"] else wording.NONE_WAITS,
            wording_leadership.median_note(review["waiting"], as_of),
            _change_of_number(periods, "review", "median_days"),
            "waits.py",
        ),
    ]


def killed(figures: Figures) -> str:
    """The range of civilians reported killed; not "unknown" where there is no incident at all."""
    low, high = (figures.harm[f"civilians_killed_{end}"] for end in ("low", "high"))
    return casualty_range(low, None, high) if figures.harm["incidents"] else wording.NO_INCIDENT


def stage_table(shown: Figures, periods: tuple[Figures, Figures] | None) -> pl.DataFrame:
    """Share of the incidents under review by current stage, with its change; headings of `wording.SHARE_COLUMNS`.

    Incidents without a review record stand apart in the last row. Where there are only such, no stage is listed, since
    0 would say that something is known.
    """
    stages = STAGE_ORDER if shown.review["reviewed"] else ()
    rows = [
        (stage.label, number(shown.stages.get(stage, 0)), _share_of(shown, stage), _change_of_share(periods, stage))
        for stage in stages
    ]
    if without := shown.harm["without_review_record"]:
        rows.append((Stage.NO_REVIEW_RECORD.label, number(without), wording.APART if stages else wording.ALL, ""))
    table = pl.DataFrame(rows, schema=dict.fromkeys(wording.SHARE_COLUMNS, pl.String), orient="row")
    return table if stages and periods is not None else table.drop(wording.SHARE_COLUMNS[-1])


def _harm(filters: Filters) -> dict[str, Any]:
    return answer(queries.totals, filters).row(0, named=True)


def _change_of_number(periods: tuple[Figures, Figures] | None, part: str, name: str) -> str | None:
    """ "53, was 48 (+5)"; no difference where one of the two is unknown."""
    if periods is None:
        return None
    now, before = (getattr(period, part)[name] for period in periods)
    difference = None if now is None or before is None else now - before
    now_text, before_text = (wording.NONE_WAITS if n is None else number(n) for n in (now, before))
    return wording.change(now_text, before_text, difference)


def _change_of_share(periods: tuple[Figures, Figures] | None, stage: Stage) -> str:
    return wording.change(_share_of(periods[0], stage), _share_of(periods[1], stage)) if periods else ""


def _share_of(figures: Figures, stage: Stage) -> str:
    whole = figures.review["reviewed"]
    return share(figures.stages.get(stage, 0), whole) if whole else wording.NO_INCIDENT


def _share_note(count: int, whole: int) -> str:
    """ "12% of 650", or "3 of 12" where a percentage would be too fine."""
    return share(count, whole) + (f" of {number(whole)}" if whole >= SHARE_FROM else "")
