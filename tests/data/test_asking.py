"""Questions by name: each can be asked, answers as the pages do, and tells nothing of private reports."""

from __future__ import annotations

import io
import json
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from warehouse import asking, asking_files, queries
from warehouse.asking import Argument
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.errors import CivharmError
from warehouse.filters import Filters

PSE = Filters(country=("PSE",))
TELLING = 12
"""Letters from which on a text of a private report is its own and not a common word."""


def plausible(reader: Reader, argument: Argument) -> list[str]:
    """Texts that an argument may have, about the demo."""
    found = {
        "incident_id": "SELECT incident_id FROM incident_report JOIN report USING (report_id) "
        "WHERE access = 'private' AND incident_report.known_to IS NULL ORDER BY 1 LIMIT 1",
        "incident_ids": "SELECT incident_id FROM incident ORDER BY 1 LIMIT 2",
        "unit_ids": "SELECT DISTINCT unit_id FROM incident_unit ORDER BY 1 LIMIT 40",
    }
    if argument.name in found:
        return [str(value) for value in reader.frame(found[argument.name]).to_series()]
    if argument.choices:
        return [argument.choices[0]]
    return [{int: "500", bool: "true", date: "2024-06-30"}.get(argument.kind, "demo")]


@pytest.mark.parametrize("show_private", [False, True])
def test_every_question_answers_and_private_words_are_told_only_where_allowed(
    demo_reader: Reader, show_private: bool
) -> None:
    columns = ("raw_text", "submitted_by", "publisher", "title", "url", "summary")
    held = demo_reader.frame("SELECT * FROM report WHERE access = 'private'")
    public = demo_reader.frame("SELECT * FROM report WHERE access = 'public'")
    words = {
        text
        for name in set(columns) & set(held.columns)
        for text in set(held[name].drop_nulls()) - set(public[name].drop_nulls())
        if len(text) >= TELLING
    }
    assert words
    telling = set()
    for name, asked in asking.questions().items():
        if show_private and not asked.tells_private:
            continue
        given = {a.name: plausible(demo_reader, a) for a in asked.arguments if a.required}
        answered = asking_files.ask(demo_reader, name, Filters(), given, show_private=show_private)
        written = json.loads(asking_files.to_json(answered))
        assert len(written["rows"]) == answered.frame.height
        texts = {value for row in written["rows"] for value in row.values() if isinstance(value, str)}
        if texts & words:
            telling.add(name)
    assert telling == ({"reports_of_incident"} if show_private else set())


def test_a_question_answers_as_the_pages_do(demo_reader: Reader) -> None:
    ask = partial(asking.answer, reader=demo_reader, filters=PSE, show_private=False)
    months = ask(asking.named("over_time"), given={"period": ["month"]})
    assert_frame_equal(months, run(queries.over_time(PSE, "month"), demo_reader))
    latest = asking.counted_to(demo_reader, PSE)
    assert_frame_equal(ask(asking.named("waiting"), given={}), run(queries.waiting(PSE, latest), demo_reader))
    past = Filters(as_known_on=date(2024, 3, 1))
    totals = asking.answer(asking.named("totals"), demo_reader, past, {}, show_private=False)
    assert totals["incidents"][0] < run(queries.totals(Filters()), demo_reader)["incidents"][0]


@pytest.mark.parametrize(
    ("name", "given", "words"),
    [
        ("totl", {}, "'totl' is no question; perhaps you mean totals."),
        ("shown", {}, "'shown' is no question"),
        ("table", {"name": ["report"]}, "'table' is no question"),
        ("over_time", {}, "over_time needs period=day|week|month|year."),
        ("over_time", {"period": ["mont"]}, "'mont' is no period; perhaps you mean month."),
        ("over_time", {"period": ["day", "week"]}, "period takes one value, not 2."),
        ("totals", {"x": ["1"]}, "'x' is no argument of totals; it takes none."),
        ("counts", {"dimension": ["search_text"]}, "'search_text' is no dimension"),
        ("pairs", {"limit": ["-1"]}, "limit: '-1' is no whole number from 0"),
        ("pairs", {"limit": ["9" * 40]}, "is no whole number from 0"),
        ("by_stage_on", {"day": ["2024-02-30"]}, "day: '2024-02-30' is no date; write it as 2024-01-31."),
        ("listed", {"descending": ["1"]}, "descending: '1' is neither true nor false."),
        ("of_incident", {"name": ["incident_weapon"], "incident_id": ["x"]}, "'incident_weapon' is no name"),
        ("build", {}, "build takes no filter but as_known_on"),
        ("reports_of_incident", {"show_private": ["true"]}, "'show_private' is no argument"),
    ],
)
def test_a_wrong_question_is_told_in_a_sentence(
    demo_reader: Reader, name: str, given: dict[str, list[str]], words: str
) -> None:
    filters = Filters() if name in {"of_incident", "reports_of_incident"} else PSE
    with pytest.raises(CivharmError) as failed:
        asking_files.ask(demo_reader, name, filters, given, show_private=False)
    assert words in str(failed.value)
    assert "\n" not in str(failed.value)


def test_files_are_marked_and_open_safely(demo_reader: Reader, tmp_path: Path) -> None:
    answered = asking_files.ask(demo_reader, "by_stage", PSE, {}, show_private=True)
    written = asking_files.write(answered, tmp_path / "stages.csv")
    assert written.name == "SYNTHETIC-stages.csv"  # nothing of it is private
    rows = pl.read_csv(io.BytesIO(written.read_bytes()))
    assert rows["data_origin"].unique().to_list() == ["synthetic"]
    assert_frame_equal(rows.drop("data_origin"), answered.frame)
    reports = asking_files.ask(demo_reader, "publishers", PSE, {"limit": ["3"]}, show_private=True)
    assert asking_files.write(reports, tmp_path / "p.json").name == "SYNTHETIC-PRIVATE-p.json"
    assert list(tmp_path.glob(".*")) == []
