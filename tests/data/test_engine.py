"""A question compiled once for all filters answers as the whole expression does."""

from __future__ import annotations

from datetime import date

import pytest
from polars.testing import assert_frame_equal

from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import ask, asked_sql, run
from warehouse.filters import Filters

DAY = date(2024, 10, 30)
FILTERS = (
    Filters(),
    Filters(country=("PSE", "EGY"), date_from=date(2024, 1, 1), strike_type=("airstrike", "artillery")),
    Filters(text="""it's "chosen_incident" -- '%_\\""", minimum_civilians_killed=2),
    Filters(text="rafah", weapon_system=("unknown",), minimum_civilians_killed=1),
)


@pytest.mark.parametrize("filters", FILTERS, ids=lambda f: f.sentence()[:30])
@pytest.mark.parametrize(
    ("question", "more"),
    [
        (queries.totals, ()),
        (queries.report_count, ()),
        (queries.left_out_unknown, ()),
        (queries.by_stage, ()),
        (queries.counts, ("weapon_system",)),
        (queries.over_time, ("week", "source_type")),
        (queries.irregular_steps, (DAY,)),
        (queries.review_over_time, ((date(2024, 5, 31), DAY),)),
        (queries.open_review, (DAY,)),
        (queries.oldest_by_place, (DAY, 5)),
        (queries.change_counts, (date(2024, 10, 1), DAY)),
        (queries.state_on, (date(2024, 6, 30),)),
        (queries.withdrawn, (date(2024, 6, 30), DAY)),
        (queries.backlog, (DAY,)),
        (queries.waiting_on, (DAY,)),
        (queries.stays, (DAY, "source_type", ("media",))),
        (queries.progress, (DAY, "country", ("NGA",))),
        (queries.overdue_by_country, (DAY,)),
        (queries.longest_waiting, (DAY, 25)),
        (queries.located, ("harm_status",)),
        (queries.places, ()),
        (queries.reports_by, ("platform",)),
        (queries.publishers, (False, 20)),
        (queries.listed, ("civilians_killed_low", False, 20, 10)),
        (queries.listed, ("date_start", True, 50, 0, True)),
        (queries.extract, (("place", "summary"),)),
        (queries.revised_versions, (date(2024, 6, 30), DAY, 20)),
        (queries.known_on_both, (date(2024, 6, 30), DAY)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_asking_equals_running_the_expression(
    question: object, more: tuple[object, ...], filters: Filters, demo_reader: Reader
) -> None:
    assert callable(question)
    whole = run(question(filters, *more), demo_reader)
    assert_frame_equal(ask(question, (filters, *more), demo_reader), whole)


@pytest.mark.parametrize("name", ["added", "retracted", "steps", "casualties", "responses"])
def test_a_list_of_changes_asked_equals_it_run(name: str, demo_reader: Reader) -> None:
    for filters in FILTERS:
        arguments = (name, filters, date(2024, 6, 30), DAY)
        assert_frame_equal(ask(queries.listed_changes, arguments, demo_reader),
                           run(queries.listed_changes(*arguments), demo_reader))  # fmt: skip


def test_a_filter_s_text_that_looks_like_a_name_is_a_text(demo_reader: Reader) -> None:
    hostile = Filters(text=f'"{queries.CHOSEN}_2024-06-30" "{queries.CHOSEN}"')
    assert ask(queries.state_on, (hostile, date(2024, 6, 30)), demo_reader).item(0, "incidents") == 0


@pytest.mark.parametrize(
    ("question", "more"),
    [(queries.totals, ()), (queries.reports_by, ("language",)), (queries.progress, (DAY,)), (queries.courses, (DAY,))],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_current_is_asked_as_what_has_not_ended(question: object, more: tuple[object, ...]) -> None:
    assert callable(question)
    sql = asked_sql(question, (Filters(), *more))
    assert "9999" not in sql
    assert '"known_to" IS NULL' in sql
    past = asked_sql(question, (Filters(), *more), DAY)
    assert "MAKE_DATE(2024, 10, 30)" in past
