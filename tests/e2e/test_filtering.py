"""The filters in the sidebar: what is chosen is what is counted, and the address says the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect
from steps import (
    OpenPage,
    choose,
    go_to,
    has_parameters,
    line,
    main,
    parameters,
    query,
    settle,
    shows,
    sidebar,
    title,
    type_into,
)

from pages import wording
from warehouse import queries
from warehouse import vocabulary as v
from warehouse.connection import Reader
from warehouse.countries import country_labels
from warehouse.engine import run
from warehouse.filters import Filters

KENYA = Filters(country=("KEN",), harm_status=("fair", "confirmed"))
LABEL = wording.FILTER_LABELS


def count(filters: Filters, reader: Reader) -> int:
    return int(run(queries.totals(filters), reader).item(0, "incidents"))


def test_everything_is_shown_at_first(page: Page, demo_reader: Reader) -> None:
    shows(page, line(Filters(), demo_reader))
    has_parameters(page, {})


def test_each_filter_narrows_what_is_counted(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    page = open_page(f"{demo_app}/incidents")
    filters = Filters(country=("PSE",))
    choose(page, LABEL["country"], country_labels()["PSE"])
    shows(page, line(filters, demo_reader))

    filters = replace(filters, harm_status=("fair",))
    choose(page, LABEL["harm_status"], v.HarmStatus.FAIR.label)
    shows(page, line(filters, demo_reader))

    filters = replace(filters, date_from=date(2024, 1, 1), date_to=date(2024, 12, 31))
    sidebar(page).get_by_role("radio", name="2024", exact=True).click()
    settle(page)
    shows(page, line(filters, demo_reader))

    filters = replace(filters, minimum_civilians_killed=3)
    sidebar(page).get_by_text(wording.more_filters(0), exact=True).click()
    type_into(page, LABEL["minimum_civilians_killed"], "3")
    shows(page, line(filters, demo_reader))
    left_out = run(queries.left_out_unknown(filters), demo_reader).row(0, named=True)
    assert left_out["without_figure"] > 0, "the demo must have unknown figures under this filter"
    shows(page, wording.left_out(**left_out))

    assert 0 < count(filters, demo_reader) < count(Filters(), demo_reader)
    found = {name: tuple(values) for name, values in parameters(page).items()}
    assert Filters.from_params(found) == filters


def test_text_is_found_in_any_script(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    page = open_page(f"{demo_app}/extract")
    for text in ("بنى سهيلا", "غزه", "BANI Suhéila"):  # other letters for the same sounds than in the data
        type_into(page, LABEL["text"], text)
        assert count(Filters(text=text), demo_reader) > 0
        shows(page, line(Filters(text=text), demo_reader))
        has_parameters(page, {"text": [text]})


def test_the_last_90_days_are_those_of_the_data(page: Page, demo_reader: Reader) -> None:
    last = run(queries.totals(Filters()), demo_reader).item(0, "last_day")
    sidebar(page).get_by_role("radio", name=wording.QUICK_LAST_90_DAYS).click()
    settle(page)
    filters = Filters(date_from=last - timedelta(days=89), date_to=last)
    shows(page, line(filters, demo_reader))


def test_a_copied_link_opens_the_same_view(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    mine = open_page(f"{demo_app}/pipeline")
    choose(mine, LABEL["country"], country_labels()["KEN"])
    for status in KENYA.harm_status:
        choose(mine, LABEL["harm_status"], v.HarmStatus.labels()[status])
    shows(mine, line(KENYA, demo_reader))
    theirs = open_page(mine.url)
    shows(theirs, line(KENYA, demo_reader))
    assert theirs.url == mine.url


def test_back_returns_to_the_page_and_its_filters(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    page = open_page(f"{demo_app}/incidents?{query(KENYA)}")
    go_to(page, wording.PIPELINE)
    page.go_back()
    expect(page).to_have_title(title(wording.INCIDENTS))
    settle(page)
    shows(page, line(KENYA, demo_reader))
    assert page.url.startswith(f"{demo_app}/incidents?")
    page.go_forward()
    expect(page).to_have_title(title(wording.PIPELINE))
    settle(page)
    shows(page, line(KENYA, demo_reader))


def test_reset_clears_filters_and_address(demo_app: str, open_page: OpenPage, demo_reader: Reader) -> None:
    full = replace(KENYA, date_from=date(2024, 1, 1), minimum_civilians_killed=0, text="kenya", geo_precision=("town",))
    page = open_page(f"{demo_app}/extract?{query(full)}&weapon_system=Trebuchet")
    shows(page, line(full, demo_reader))
    sidebar(page).get_by_role("button", name=wording.RESET).click()
    settle(page)
    shows(page, line(Filters(), demo_reader))
    has_parameters(page, {})
    expect(sidebar(page).get_by_text("Trebuchet")).to_have_count(0)
    page.reload()
    settle(page)
    shows(page, line(Filters(), demo_reader))


@pytest.mark.parametrize(
    "asked",
    [
        {"country": "Atlantis", "date_from": "2024-13-45", "minimum_civilians_killed": "many"},
        {"stage": "4 Oblivion", "date_to": "1066-10-14", "minimum_civilians_killed": "-4"},
    ],
)
def test_a_link_with_values_that_do_not_exist_says_so(
    demo_app: str, open_page: OpenPage, demo_reader: Reader, asked: dict[str, str]
) -> None:
    page = open_page(f"{demo_app}/extract?{urlencode(asked)}&harm_status=Fair")
    shows(page, line(Filters(harm_status=("fair",)), demo_reader))
    notice = main(page).get_by_role("alert").filter(has_text="The link asks")
    for name, value in asked.items():
        expect(notice).to_contain_text(f"{LABEL[name]}: {value}")


def test_dates_in_the_wrong_order_are_said_and_not_guessed(
    demo_app: str, open_page: OpenPage, demo_reader: Reader
) -> None:
    page = open_page(f"{demo_app}/extract?date_from=2024-05-01&date_to=2024-01-01&country=Kenya")
    expect(main(page).get_by_role("alert").filter(has_text="first day")).to_contain_text("is after the last day")
    shows(page, line(Filters(country=("KEN",)), demo_reader))
