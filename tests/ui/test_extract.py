"""The page Extract offers exactly the filtered rows, and says what may be done with them."""

from __future__ import annotations

import shlex
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from page_parts import tables
from polars.testing import assert_frame_equal
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from cli import app as command_line
from pages import wording, wording_briefing, wording_extract
from pages.components.download import command
from pages.service import links
from pages.service.jobs import JOBS
from warehouse import queries
from warehouse.connection import Reader
from warehouse.engine import run
from warehouse.extracts import FORMATS, Request, counts, download, download_name, excel
from warehouse.filters import Filters

OpenPage = Callable[..., AppTest]
PAGE = "extract.py"
KENYA = Request(Filters(country=("KEN",), text="it's $HOME; `x`"), ("place", "summary"))


def texts(app: AppTest) -> str:
    return "\n".join(t.value for t in app.text)


def test_says_what_the_files_hold(open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader) -> None:
    app = open_page(PAGE, demo_warehouse, country="Kenya")
    count = demo_reader.frame("SELECT count(*) AS n FROM incident WHERE known_to IS NULL AND country = 'KEN'").item()
    assert wording_extract.rows_in_file(count, synthetic=True) in texts(app)
    labels = [b.proto.label for b in app.get("link_button")]
    assert labels[:3] == ["Download CSV", "Download Parquet", "Download Excel"]
    assert not any(b.proto.disabled for b in app.get("link_button"))
    signed = links.opened(app.get("link_button")[0].proto.url.removeprefix(f"{links.PREFIX}/"))
    assert (signed.request, signed.build_id) == (Request(Filters(country=("KEN",))), demo_reader.build_id)
    assert (signed.rows, JOBS.find(signed.job_id)) == (count, None), "no file is built before the click"
    assert app.code[0].value == "civharm extract --filter country=KEN -o SYNTHETIC-incidents.csv"


def test_preview_and_meanings_follow_the_chosen_columns(
    open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader
) -> None:
    app = open_page(PAGE, demo_warehouse)
    app.multiselect(key="extract_columns").set_value(["summary", "place"]).run()
    expected = run(queries.extract(Filters(), ("summary", "place")).limit(20), demo_reader)
    meanings, preview = tables(app)[:2]
    assert_frame_equal(preview, expected)
    assert meanings["column"].to_list() == expected.columns == ["incident_id", "place", "summary", "data_origin"]
    assert "--column summary --column place -o" in app.code[0].value


def test_no_column_that_may_not_leave_is_offered(open_page: OpenPage, demo_warehouse: Path) -> None:
    offered = open_page(PAGE, demo_warehouse).multiselect(key="extract_columns").options
    assert len(offered) == len(queries.extractable_columns())
    assert not [o for o in offered if "search_text" in o]


def test_a_source_that_may_not_be_passed_on_is_named(
    open_page: OpenPage, hostile_warehouse: Path, demo_warehouse: Path
) -> None:
    app = open_page(PAGE, hostile_warehouse)
    assert "Left out: 2 rows of sources that may not be passed on." in texts(app)
    assert wording_extract.NO_ROWS in [info.value for info in app.info]
    assert not [w for w in app.warning if w.value.startswith("Do not pass")]
    app.toggle(key="extract_restricted").set_value(True).run()
    assert "--with-restricted" in app.code[0].value
    warning = app.warning[-1].value
    assert warning.startswith("Do not pass these rows on")
    assert "**bold**" not in warning, "a title from a source is escaped"
    licences = next(pl.from_pandas(d.value) for d in app.dataframe if "licence" in d.value.columns)
    assert licences["redistributable"].to_list() == [wording.MAY_NOT]
    assert "Do not pass" not in open_page(PAGE, demo_warehouse).warning[-1].value


def test_too_many_rows_for_excel(open_page: OpenPage, demo_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MAXIMUM_ROWS", 10)
    app = open_page(PAGE, demo_warehouse)
    assert [b.proto.disabled for b in app.get("link_button")][:3] == [False, False, True]
    assert app.warning[-1].value == wording_extract.too_many_for_excel(650, 10)
    assert "Parquet" in app.warning[-1].value


def test_contents_have_their_formats_columns_and_command(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(PAGE, demo_warehouse, country="Kenya")
    app.selectbox(key="extract_contents").set_value("reports").run()
    labels = [b.proto.label for b in app.get("link_button")]
    assert labels[:4] == [f"Download {name}" for name in ("CSV", "Parquet", "Excel", "JSON Lines")]
    assert app.code[0].value.startswith("civharm extract --contents reports --filter country=KEN -o SYNTHETIC-reports")
    offered = app.multiselect(key="extract_columns_reports").options
    assert len(offered) == len(queries.extractable_columns("reports"))
    assert not [o for o in offered if "account_name" in o]
    app.selectbox(key="extract_contents").set_value("all").run()
    assert app.get("link_button")[0].proto.label == "Download Data package"
    assert not [m for m in app.multiselect if str(m.key).startswith("extract_columns")]
    assert app.code[0].value.endswith("-o SYNTHETIC-all.zip")


def test_nothing_to_extract(open_page: OpenPage, demo_warehouse: Path) -> None:
    app = open_page(PAGE, demo_warehouse, text="nowhere at all")
    assert not app.get("link_button")
    assert app.info[0].value == wording.empty_state("incidents", has_filter=True)


def test_the_name_is_known_before_the_file_is_built(demo_reader: Reader) -> None:
    request = Request(Filters(country=("KEN",)))
    for chosen in FORMATS.values():
        if request.contents not in chosen.contents:
            continue
        held = counts(request, demo_reader)
        name, _ = download_name(request, held, demo_reader.build_id, chosen, synthetic=True)
        assert name.startswith("SYNTHETIC-incidents-")
        if name.endswith(".zip"):
            parts = zipfile.ZipFile(BytesIO(download(request, demo_reader, chosen))).namelist()
            assert len(parts) == 3
            assert all(part.startswith("SYNTHETIC-") for part in parts)
        assert not download_name(request, held, "b", chosen, synthetic=False)[0].startswith("SYNTHETIC")


def test_the_command_is_quoted_and_gives_the_same_rows(
    demo_warehouse: Path, demo_reader: Reader, tmp_path: Path
) -> None:
    words = shlex.split(command(KENYA, synthetic=True))
    assert words[:2] == ["civharm", "extract"]
    assert f"text={KENYA.filters.text}" in words
    request = Request(Filters(country=("KEN", "NGA"), minimum_civilians_killed=2), ("place", "stage"))
    words = shlex.split(command(request, synthetic=False))
    words[words.index("-o") + 1] = str(tmp_path / "x.parquet")
    done = CliRunner().invoke(command_line, [*words[1:], "--warehouse", str(demo_warehouse)])
    assert done.exit_code == 0, done.output
    expected = run(queries.extract(request.filters, request.columns), demo_reader)
    assert expected.height > 0
    assert_frame_equal(pl.read_parquet(tmp_path / "x.parquet"), expected)


def test_the_briefing_is_offered_with_the_filter_and_made_on_the_click(
    open_page: OpenPage, demo_warehouse: Path, demo_reader: Reader
) -> None:
    app = open_page(PAGE, demo_warehouse, country="Kenya")
    offered = [button.proto for button in app.get("download_button")][-2:]
    assert [button.label for button in offered] == list(wording_briefing.BUTTONS.values())
    assert all(button.deferred_file_id for button in offered), "no file is built before the click"
    assert app.date_input(key="briefing_since").value is None
    app.date_input(key="briefing_since").set_value(date(2024, 10, 30)).run()
    assert app.error[0].value == "Changes are told since a day before 2024-10-30; 2024-10-30 is none."
    assert [button.proto.disabled for button in app.get("download_button")][-2:] == [True, True]
    app.date_input(key="briefing_since").set_value(date(2024, 10, 1)).run()
    assert not app.error
    assert [button.proto.disabled for button in app.get("download_button")][-2:] == [False, False]
    assert wording_briefing.SECTION in [header.value for header in app.header]
    name = wording_briefing.file_name(f"briefing-{demo_reader.build_id}.pdf", synthetic=True)
    assert name.startswith("SYNTHETIC-briefing-")
    assert wording_briefing.file_name("b.pdf", synthetic=False) == "b.pdf"
