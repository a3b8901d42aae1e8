"""The page Method says what the declaration says, all of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from pages import wording
from pages.components import declaration
from warehouse import vocabulary as v
from warehouse.datapackage import dictionary
from warehouse.queries import NORM_DAYS
from warehouse.schema import TABLES

OpenPage = Callable[..., AppTest]
PAGE = "method.py"


def texts(app: AppTest) -> str:
    return "\n".join(t.value for t in app.text)


def frames(app: AppTest) -> list[pl.DataFrame]:
    return [pl.from_pandas(d.value) for d in app.dataframe]


@pytest.fixture
def app(open_page: OpenPage, demo_warehouse: Path) -> AppTest:
    """The page with all its boxes open."""
    opened = open_page(PAGE, demo_warehouse)
    for vocabulary in declaration.vocabularies():
        opened.session_state[f"box_{vocabulary.__name__}"] = True
    for table in TABLES:
        opened.session_state[f"table_{table.name}"] = True
    return opened.run()


def test_every_value_of_every_vocabulary_stands_with_its_meaning_and_colour(app: AppTest) -> None:
    used = {c.vocabulary for t in TABLES for c in t.columns if c.vocabulary}
    assert used <= set(declaration.vocabularies())
    shown = frames(app)
    headings = wording.VOCABULARY_COLUMNS
    for vocabulary in declaration.vocabularies():
        expected = [(m.label, m.colour, m.meaning, m.value) for m in vocabulary]
        assert any(f.columns == list(headings.values()) and f.rows() == expected for f in shown), vocabulary


def test_every_column_of_every_table_is_in_the_dictionary(app: AppTest) -> None:
    shown = [f for f in frames(app) if "flags" in f.columns]
    assert len(shown) == len(TABLES)
    for declared, found in zip(TABLES, shown, strict=True):
        facts = dictionary(declared)
        assert (
            found.select("column", "label", "description").rows()
            == facts.select("column", "label", "description").rows()
        )
    report = next(f for f in shown if "account_name" in f["column"].to_list())
    flags = dict(report.select("column", "flags").iter_rows())
    assert flags["account_name"] == wording.SHOWN_NEVER
    assert flags["raw_text"] == wording.SHOWN_PUBLIC
    assert flags["source_type"] == wording.SHOWN_ALWAYS


def test_radii_come_with_their_caveat(app: AppTest) -> None:
    assert v.RADIUS_CAVEAT in texts(app)
    radii = next(f for f in frames(app) if "radius" in f.columns)
    found = dict(radii.select("label", "radius").iter_rows())
    assert found == {p.label: "unknown" if m is None else f"{m:,} m" for p, m in v.RADIUS_M.items()}
    drawn = dict(radii.select("label", "drawn").iter_rows())
    assert (drawn["Village"], drawn["Town"]) == (wording.DRAWN_POINT, wording.DRAWN_CIRCLE)


def test_process_norm_and_sources(app: AppTest) -> None:
    assert f"counted as {NORM_DAYS} days" in texts(app)
    licences = next(f for f in frames(app) if "licence" in f.columns)
    assert licences["licence"].to_list() == ["CC0-1.0"]


def test_a_term_is_found_whatever_its_case(app: AppTest) -> None:
    app.text_input(key="term").set_value("UNATTRIBUTED").run()
    found = next(f for f in frames(app) if "where" in f.columns)
    assert ("Confidence", "unattributed") in found.select("where", "name").rows()
    assert ("incident", "munition") in found.select("where", "name").rows()
    app.text_input(key="term").set_value("**no** such <img>").run()
    assert wording.NO_TERM in texts(app)


@pytest.mark.parametrize("vocabulary", declaration.vocabularies())
def test_swatches_can_be_read(vocabulary: type[v.Vocabulary]) -> None:
    for member in vocabulary:
        parts = [int(member.colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        ratio = 1.05 / (luminance + 0.05) if declaration.is_dark(member.colour) else (luminance + 0.05) / 0.05
        assert ratio >= 4.5, (member, ratio)
