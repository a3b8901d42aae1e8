"""The shared filters: widgets in the sidebar <-> `warehouse.filters.Filters`, kept in the URL.

Each widget's key is the field's name and the URL parameter's name. Streamlit reads and writes the URL itself
(`bind="query-params"`), with labels for values.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta

import streamlit as st

from pages import wording
from pages.components.data import answer
from warehouse import queries
from warehouse.errors import FilterError
from warehouse.filters import MULTIPLE, Filters

FIRST = ("country", "stage", "harm_status", "weapon_system", "source_type")
"""Fields at the top of the sidebar, below the dates; the others stand under "More filters"."""
MORE = tuple(name for name in MULTIPLE if name not in FIRST)

SINGLE = ("date_from", "date_to", "minimum_civilians_killed", "as_known_on")
"""Fields that take one value, which a link may have spoilt; any text is a text."""
DAYS = (date(1990, 1, 1), date(2100, 12, 31))
"""First and last day that can be chosen."""

_QUICK = "quick_dates"
_NOTICE = "filter_notice"


def sidebar() -> Filters:
    """Draw the filters and return what they say.

    A value in the URL that no longer exists is dropped by Streamlit; it is named in a notice, never in silence.
    """
    _restore_address()
    options = _options()
    _note_unknown_parameters(options)
    with st.sidebar:
        st.subheader(wording.FILTERS)
        chosen: dict[str, object] = _dates()
        for name in FIRST:
            chosen[name] = _multiselect(name, options[name])
        active = sum(bool(st.session_state.get(name)) for name in (*MORE, "minimum_civilians_killed"))
        with st.expander(wording.more_filters(active), expanded=active > 0):
            for name in MORE:
                chosen[name] = _multiselect(name, options[name])
            chosen["minimum_civilians_killed"] = st.number_input(
                wording.FILTER_LABELS["minimum_civilians_killed"],
                min_value=0,
                value=None,
                step=1,
                key="minimum_civilians_killed",
                bind="query-params",
                persist_state="session",
                help=wording.MINIMUM_HELP,
            )
        chosen["text"] = st.text_input(
            wording.FILTER_LABELS["text"],
            key="text",
            bind="query-params",
            persist_state="session",
            placeholder=wording.TEXT_PLACEHOLDER,
            help=wording.TEXT_HELP,
        )
        chosen["as_known_on"] = _date("as_known_on", wording.AS_KNOWN_ON_HELP)
        st.button(wording.RESET, on_click=reset, width="stretch")
    # On the page itself: on a phone the sidebar is closed.
    if notice := st.session_state.get(_NOTICE):
        st.warning(notice)
    try:
        return Filters(**chosen)  # type: ignore[arg-type]
    except FilterError as error:
        # Dates in the wrong order: say so and show everything but the dates, never a silent guess.
        st.error(str(error))
        return Filters(**(chosen | {"date_from": None, "date_to": None}))  # type: ignore[arg-type]


def _restore_address() -> None:
    """Put filters that the address has lost back into it, so that a copied link opens what is shown.

    When a run is interrupted while the reader moves to another page, Streamlit now and then keeps a widget's value but
    drops its parameter. A value that is assigned before its widget is drawn is written to the address again.
    """
    for f in fields(Filters):
        if st.session_state.get(f.name) and f.name not in st.query_params:
            st.session_state[f.name] = st.session_state[f.name]


def reset() -> None:
    """Clear every filter."""
    for f in fields(Filters):
        st.session_state[f.name] = [] if f.name in MULTIPLE else "" if f.name == "text" else None
    st.session_state.pop(_NOTICE, None)


def set_dates(first: date | None, last: date | None) -> None:
    """Set the date filter, for a selection on a chart or a quick choice; to be called in a callback."""
    st.session_state["date_from"] = first
    st.session_state["date_to"] = last


def _dates() -> dict[str, object]:
    limits = answer(queries.totals, Filters()).row(0, named=True)
    last: date | None = limits["last_day"]
    if last is not None:
        choices = _quick_choices(limits["first_day"], last)
        st.pills(
            wording.QUICK_DATES,
            list(choices),
            key=_QUICK,
            on_change=_apply_quick,
            args=(choices,),
        )
    chosen: dict[str, object] = {}
    for name in ("date_from", "date_to"):
        chosen[name] = _date(name)
    return chosen


def _date(name: str, note: str | None = None) -> date | None:
    day: date | None = st.date_input(
        wording.FILTER_LABELS[name],
        value=None,
        min_value=DAYS[0],
        max_value=DAYS[1],
        key=name,
        bind="query-params",
        persist_state="session",
        format="YYYY-MM-DD",
        help=note,
    )
    return day


def _quick_choices(first: date, last: date) -> dict[str, tuple[date | None, date | None]]:
    """Label -> dates; counted back from the last day in the data, not from today."""
    month_start = last.replace(day=1)
    month_end = last.replace(day=monthrange(last.year, last.month)[1])
    years = {str(y): (date(y, 1, 1), date(y, 12, 31)) for y in range(max(first.year, last.year - 2), last.year + 1)}
    return {
        wording.QUICK_LAST_MONTH: (month_start, month_end),
        wording.QUICK_LAST_90_DAYS: (last - timedelta(days=89), last),
        **years,
        wording.QUICK_ALL: (None, None),
    }


def _apply_quick(choices: Mapping[str, tuple[date | None, date | None]]) -> None:
    label = st.session_state.get(_QUICK)
    if isinstance(label, str) and label in choices:
        set_dates(*choices[label])
    st.session_state[_QUICK] = None


def _options() -> dict[str, dict[str, str]]:
    """Field -> value -> label: all of a vocabulary; countries, munitions and data sets that occur."""
    found: dict[str, dict[str, str]] = {}
    for name, (_, labels) in MULTIPLE.items():
        known = labels()
        if name in {"country", "munition", "dataset_id"}:
            present = answer(queries.distinct_values, name)["value"].to_list()
            found[name] = {value: known.get(value, value) for value in present}
        else:
            found[name] = dict(known)
    return found


def _multiselect(name: str, options: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(
        st.multiselect(
            wording.FILTER_LABELS[name],
            list(options),
            format_func=lambda value: options.get(value, value),
            key=name,
            bind="query-params",
            persist_state="session",
            placeholder=wording.ANY,
        )
    )


def _note_unknown_parameters(options: Mapping[str, Mapping[str, str]]) -> None:
    """Before the widgets drop them: remember values of the URL that are no options, no dates or no numbers."""
    unknown = [
        f"{wording.FILTER_LABELS[name]}: {value}"
        for name, known in options.items()
        for value in st.query_params.get_all(name)
        if value and value not in known.values()
    ]
    unknown += [
        f"{wording.FILTER_LABELS[name]}: {value}"
        for name in SINGLE
        for value in st.query_params.get_all(name)
        if value and not _is_readable(name, value)
    ]
    if unknown:
        st.session_state[_NOTICE] = wording.unknown_in_link(unknown)


def _is_readable(name: str, value: str) -> bool:
    try:
        read = getattr(Filters.from_params({name: [value]}), name)
    except FilterError:
        return False
    return not isinstance(read, date) or DAYS[0] <= read <= DAYS[1]
