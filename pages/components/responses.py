"""Responses: the ladder, how long decisions took, and what is behind each bar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
import streamlit as st

from pages import wording
from pages import wording_responses as words
from pages.charts import responses as charts
from pages.charts.formatting import casualty_range
from pages.components import figure
from pages.components.data import answer
from pages.components.links import incident_addresses, incident_column
from pages.components.plain import escaped
from pages.components.scope import scope
from pages.components.shell import View
from pages.components.table import table
from warehouse import queries
from warehouse.countries import country_labels
from warehouse.decision_times import median_days
from warehouse.vocabulary import ResponseStatus, ResponseTarget, ResponseType, Stage

MOST_LISTED = 500
"""Rows behind a bar: more than anybody reads through; a filter narrows them."""
_CHART, _CHOICE = "responses_ladder", "responses_of"
_BARS = (words.NO_RESPONSE_KEY, *(kind.value for kind in charts.LADDER))
"""What the bars of the ladder stand for, from the top."""


def any_made(view: View) -> bool:
    """Whether any response is on record."""
    return not answer(queries.response_ladder, view.filters).is_empty()


def ladder(view: View) -> None:
    """Incidents by response; no response is the first bar."""
    frame = answer(queries.response_ladder, view.filters)
    without = answer(queries.without_response, view.filters).row(0, named=True)
    total = without.pop("incidents")
    caption = view.caption(wording.titled(words.LADDER_TITLE, scope(view)), words.LADDER_SUBTITLE)
    numbers = pl.concat(
        [
            pl.DataFrame({"response": [charts.NO_RESPONSE], "status": [""], "incidents": [total]}),
            frame.sort(
                pl.col("response_type").cast(pl.Enum(ResponseType.values())),
                pl.col("status").cast(pl.Enum(ResponseStatus.values())),
            ).select(
                response=pl.col("response_type").replace_strict(ResponseType.labels()),
                status=pl.col("status").replace_strict(ResponseStatus.labels()),
                incidents="incidents",
            ),
        ]
    )
    figure.show(
        charts.ladder(frame, total, view.totals["incidents"], words.without_detail(**without), caption),
        charts.ladder_text(frame, total),
        _CHART,
        _headed(numbers, "response", "status", "incidents"),
        on_select=_chosen,
        selection_mode="points",
    )
    with_any = view.totals["incidents"] - total
    if text := words.only_declined(with_any - view.totals["with_response"]):
        st.text(text)


def decisions(view: View) -> None:
    """Days from recommendation to decision by type; what is undecided is counted, never dropped."""
    frame = answer(queries.decision_days, view.filters, view.as_of)
    if frame.is_empty():
        return
    medians = {kind: _median(frame.filter(response_type=kind)) for kind in frame["response_type"].unique()}
    banded = charts.banded(frame)
    caption = view.caption(wording.titled(words.DECISIONS_TITLE, scope(view)), words.DECISIONS_SUBTITLE)
    numbers = banded.sort(
        pl.col("response_type").cast(pl.Enum(ResponseType.values())), pl.col("band").cast(pl.Enum(charts.band_labels()))
    ).with_columns(response=pl.col("response_type").replace_strict(ResponseType.labels()))
    figure.show(
        charts.decisions(banded, medians, caption),
        charts.decisions_text(banded),
        "decision_days",
        _headed(numbers, "response", "band", "responses"),
    )


def behind(view: View) -> None:
    """The incidents behind the chosen bar, with links."""
    labels = {words.NO_RESPONSE_KEY: charts.NO_RESPONSE} | ResponseType.labels()
    chosen = st.selectbox(
        words.BEHIND,
        _BARS,
        format_func=labels.__getitem__,
        key=_CHOICE,
        bind="query-params",
        persist_state="session",
    )
    st.markdown(f"**{escaped(words.behind_heading(labels[chosen]))}**")
    if chosen == words.NO_RESPONSE_KEY:
        _without(view)
    else:
        _of_type(view, chosen)


def chosen_bar(state: Mapping[str, Any]) -> str | None:
    """What the clicked bar of the ladder stands for, None without a click; `state` as Streamlit gives it."""
    points = state["selection"]["points"]
    return _BARS[points[0]["point_index"]] if points else None


def _chosen() -> None:
    """A click on a bar chooses it in the list below; clearing the click changes nothing."""
    if bar := chosen_bar(st.session_state[_CHART]):
        st.session_state[_CHOICE] = bar


def _without(view: View) -> None:
    found = answer(queries.incidents_without_response, view.filters, MOST_LISTED)
    total = answer(queries.without_response, view.filters).item(0, "incidents")
    st.text(words.listed(found.height, total, "incident"))
    rows = _with_words(found).with_columns(pl.col("stage").replace_strict(Stage.labels()))
    _table(rows, ("incident", "stage", "stage_entered_on", "country", "killed"), words.NO_RESPONSE_HEADING)


def _of_type(view: View, response_type: str) -> None:
    found = answer(queries.responses, view.filters, response_type, MOST_LISTED)
    total = int(
        answer(queries.decision_days, view.filters, view.as_of).filter(response_type=response_type)["responses"].sum()
    )
    st.text(words.listed(found.height, total, "response"))
    target = pl.col("target").replace_strict(ResponseTarget.labels())
    aimed = pl.concat_str(target, pl.coalesce("unit_name", "case_number"), separator=": ", ignore_nulls=True)
    rows = _with_words(found).with_columns(
        pl.col("status").replace_strict(ResponseStatus.labels()), aimed.alias("target")
    )
    columns = ("incident", "status", "target", "recommended_on", "decided_on", "implemented_on", "country", "killed")
    _table(rows, columns, ResponseType.labels()[response_type])


def _with_words(found: pl.DataFrame) -> pl.DataFrame:
    harm: Iterable[tuple[int | None, ...]] = found.select(
        f"civilians_killed_{part}" for part in ("low", "best", "high")
    ).iter_rows()
    return found.with_columns(
        incident_addresses(found),
        pl.col("country").replace(country_labels()).fill_null(wording.UNKNOWN),
        pl.Series("killed", [casualty_range(*numbers) for numbers in harm], dtype=pl.String),
    )


def _table(rows: pl.DataFrame, columns: tuple[str, ...], alt: str) -> None:
    headings = {name: words.COLUMNS[name] for name in columns}
    config = {"incident": incident_column(headings["incident"])}
    table(rows, headings, "behind", alt, config, placeholder=words.NO_RECORD)


def _median(frame: pl.DataFrame) -> str:
    known = frame.drop_nulls("days")
    waits = known.select("days", "is_decided", "responses").iter_rows()
    decided, waiting = (int(known.filter(is_decided=done)["responses"].sum()) for done in (True, False))
    undated = int(frame.filter(pl.col("days").is_null())["responses"].sum())
    return words.median(median_days(waits), decided, waiting, undated)


def _headed(frame: pl.DataFrame, *columns: str) -> pl.DataFrame:
    return frame.select(columns).rename({name: words.COLUMNS[name] for name in columns})
