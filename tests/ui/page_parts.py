"""What tests read from a page: its words, its tables, its figures."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import polars as pl
from streamlit.testing.v1 import AppTest


def said(app: AppTest) -> str:
    """All captions, texts and notices."""
    return "\n".join(e.value for e in (*app.caption, *app.text, *app.info))


def unfold(app: AppTest) -> None:
    """Open the boxes that are filled when they are opened, such as those with the numbers behind a figure."""
    keys = {box.proto.id.split("-", 2)[2] for box in app.expander if box.proto.id and not box.proto.expanded}
    for key in keys:
        app.session_state[key] = True
    if keys:
        app.run()


def tables(app: AppTest) -> list[pl.DataFrame]:
    """All tables that scroll, those behind figures too."""
    unfold(app)
    return [pl.from_pandas(d.value.reset_index(drop=True)) for d in app.dataframe]


def table_with(app: AppTest, column: str) -> pl.DataFrame:
    """The first table that has the column."""
    return next(table for table in tables(app) if column in table.columns)


def figures(app: AppTest) -> dict[str, dict[str, Any]]:
    """Title without where and when -> figure."""
    found = {}
    for chart in app.get("plotly_chart"):
        spec = json.loads(chart.proto.spec)
        notes = {note.get("name"): note["text"].replace("<br>", " ") for note in spec["layout"]["annotations"]}
        found[notes["title"].removeprefix("<b>").rpartition(": ")[0]] = spec
    return found


def values(of: Any) -> list[Any]:
    """A trace's numbers, which plotly may write as base64."""
    if not isinstance(of, dict):
        return list(of)
    written: list[Any] = np.frombuffer(base64.b64decode(of["bdata"]), dtype=of["dtype"]).tolist()
    return written


def bars(figure: dict[str, Any]) -> dict[tuple[str, str], int]:
    """(row, part) -> length, those of 0 and faint bars behind others left out."""
    return {
        (row, trace["name"]): n
        for trace in figure["data"]
        if "customdata" in trace
        for row, n in zip(trace["customdata"], values(trace["x"]), strict=True)
        if n
    }
