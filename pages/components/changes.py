"""The parts of the page What changed."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import streamlit as st

from pages import wording_changes as wording
from pages import wording_revisions
from pages.charts import changes as charts
from pages.charts.formatting import casualty_range, day, number
from pages.components import figure
from pages.components.data import answer
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from pages.wording import titled
from warehouse import queries
from warehouse.changes import Changes, Kind, What

SINCE = "since"
"""Parameter of the address."""
USUAL_DAYS = 7
"""A week is how often a meeting on the review takes place."""
_QUICK = "quick_since"
_STATE_WIDTHS_PX = {"label": 115, "before": 95, "after": 95, "difference": 90}
_PARTS = ("low", "best", "high")


def chosen_days(view: View) -> tuple[date, date] | None:
    """Draw the choice of the day; None, with the reason on the page, where there is nothing to compare."""
    known_on = view.filters.as_known_on
    all_days = answer(queries.record_days)["day"].to_list()
    newest = max([view.as_of, *all_days])
    after = min(known_on, newest) if known_on else newest
    days = [known for known in all_days if known <= after]
    if len(days) < 2:
        one_day = wording_revisions.one_day_by(known_on, known=bool(days)) if known_on else wording_revisions.ONE_DAY
        st.info(one_day)
        return None
    left, right, _ = st.columns([1, 2, 1], vertical_alignment="bottom")
    before = left.date_input(
        wording.SINCE,
        after - timedelta(days=USUAL_DAYS),
        key=SINCE,
        bind="query-params",
        format="YYYY-MM-DD",
        help=wording.SINCE_HELP,
    )
    choices = {
        wording.LAST_7_DAYS: after - timedelta(days=7),
        wording.LAST_30_DAYS: after - timedelta(days=30),
        # At the end of the day before the last news, that news was not known.
        wording.DAY_BEFORE: days[-2] if days[-1] == after else days[-1] - timedelta(days=1),
    }
    right.pills(wording.QUICK, list(choices), key=_QUICK, on_change=_choose, args=(choices,))
    if before >= after:
        st.error(wording.too_late(after))
        return None
    st.text(wording.compared(before, after, is_newest=after == newest))
    return before, after


def _choose(choices: dict[str, date]) -> None:
    label = st.session_state.get(_QUICK)
    if isinstance(label, str) and label in choices:
        st.session_state[SINCE] = choices[label]
    st.session_state[_QUICK] = None


def counts(found: Changes, *, has_review: bool) -> None:
    """The figures that are read first."""
    values = {"added": found.incidents(What.ADDED)}
    if has_review:
        values |= {
            "moved": found.incidents(What.STEP),
            "back": found.rows(What.STEP, Kind.BACK, Kind.REOPENED),
            "finding": found.incidents(What.FINDING),
        }
    for column, (name, value) in zip(st.columns(4), values.items(), strict=False):
        column.metric(wording.METRICS[name], number(value))


def by_what(view: View, found: Changes, *, has_review: bool) -> None:
    """Incidents by what changed of them; rows of the review only where there is one."""
    about_review = {What.STEP, What.FINDING, What.RESPONSE, What.ENGAGEMENT}
    chosen = [row for row in wording.FIGURE_ROWS if has_review or row[2] not in about_review]
    records = [
        (label, found.incidents(what, kind), found.rows(what, *([kind] if kind else [])))
        for label, _, what, kind in chosen
    ]
    rows = pl.DataFrame(records, schema={"label": pl.String, "incidents": pl.Int64, "changes": pl.Int64}, orient="row")
    values = [wording.bar_value(n, c, unit) for (_, n, c), (_, unit, _, _) in zip(records, chosen, strict=True)]
    caption = view.caption(
        titled(wording.FIGURE_TITLE, scope(view)),
        wording.figure_subtitle(view.filters.sentence(), found.before, found.after),
    )
    figure.show(
        charts.bars(rows, values, caption),
        charts.alt(rows, values),
        "what_changed",
        rows.rename(wording.FIGURE_COLUMNS),
    )


def state(found: Changes) -> None:
    """What the incidents added up to on both days."""
    st.header(wording.STATE_HEADING, anchor=False)
    before, after = found.state_before, found.state_after

    def moved(name: str) -> int | None:
        old, new = before[name], after[name]
        return None if old is None or new is None else new - old

    rows = []
    for label, name in wording.STATE_ROWS.items():
        if name in before:
            values = (number(before[name]), number(after[name]), wording.difference(moved(name), moved(name)))
        else:
            ranges = [casualty_range(*(sums[f"{name}_{part}"] for part in _PARTS)) for sums in (before, after)]
            values = (ranges[0], ranges[1], wording.difference(moved(f"{name}_low"), moved(f"{name}_high")))
        rows.append((label, *values))
    headings = (wording.STATE_OF, day(found.before), day(found.after), wording.DIFFERENCE)
    names = ("label", "before", "after", "difference")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    named = dict(zip(names, headings, strict=True))
    widths = {name: st.column_config.Column(named[name], width=px) for name, px in _STATE_WIDTHS_PX.items()}
    table(frame, named, "state", wording.STATE_HEADING, widths)
    st.text(wording.STATE_NOTE)
