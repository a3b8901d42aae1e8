"""What people see when the warehouse changes, is missing or is damaged while the app runs."""

from __future__ import annotations

import json
from pathlib import Path

from app_server import running
from made_up import Row, intake, warehouse
from playwright.sync_api import expect
from steps import OpenPage, go_to, main, settle, shows, sidebar

from pages import wording
from transforms.pipeline import Source, build
from warehouse.publish import POINTER, current_build_id, file_of

ONE: list[Row] = [{"incident_id": "one", "place": "Wajir"}]
TWO: list[Row] = [*ONE, {"incident_id": "two", "place": "Garissa"}]


def test_a_new_build_is_shown_without_a_restart(tmp_path: Path, open_page: OpenPage) -> None:
    folder = tmp_path / "warehouse"
    with running(folder, tmp_path) as url:
        page = open_page(f"{url}/extract")
        expect(main(page).get_by_role("alert")).to_contain_text(f"There is no warehouse in {folder}")
        expect(main(page).get_by_role("alert")).to_contain_text("civharm demo")

        warehouse(folder, incident=ONE)
        page.reload()
        settle(page)
        first = current_build_id(folder)
        shows(page, wording.filter_line("All incidents", 1, 1))
        expect(sidebar(page).get_by_text(first)).to_be_visible()

        build(
            folder, [Source("chirg_intake", intake(tmp_path / "second", incident=TWO))], lambda _: None, validate=False
        )
        second = current_build_id(folder)
        assert second != first
        go_to(page, wording.INCIDENTS)
        shows(page, wording.filter_line("All incidents", 2, 2))
        expect(sidebar(page).get_by_text(second)).to_be_visible()
        page.close()  # else it would complain that the server is gone


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path, open_page: OpenPage) -> None:
    folder = tmp_path / "warehouse"
    folder.mkdir()
    (folder / POINTER).write_text(json.dumps({"build_id": "20240101T000000Z-abcdef00"}))
    file_of(folder, "20240101T000000Z-abcdef00").write_text("this is no database")
    with running(folder, tmp_path) as url:
        page = open_page(f"{url}/map")
        expect(main(page).get_by_role("alert")).to_contain_text("is no readable DuckDB database")
        expect(main(page).get_by_role("alert")).to_contain_text("civharm rollback")
        expect(main(page).get_by_text(wording.UNEXPECTED_ERROR)).to_have_count(0)
        page.close()
