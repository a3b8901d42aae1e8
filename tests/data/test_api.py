"""The interface for programs over a real port: the pages' rows, page by page, and a sentence for whatever is wrong."""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from live import Answer, get, serving
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from pages import wording_service as words
from pages.components import settings
from pages.service import api, jobs, links, openapi
from pages.service.parameters import FILTERS, MOST_PAGE_ROWS, PAGE_ROWS
from warehouse import publish, queries
from warehouse.asking_files import json_rows
from warehouse.connection import Reader, limited, reader
from warehouse.engine import run
from warehouse.errors import TimeLimitError
from warehouse.filters import Filters
from warehouse.schema import TABLE

FILTER = Filters(country=("PSE", "YEM"), date_from=date(2023, 11, 1), as_known_on=date(2024, 6, 1))
BUILD = "20200101T000000Z-00000000"
"""An earlier build."""
EXAMPLES = 10
"""Requests of each kind and address: each takes several parameters at once; every answer's rows are validated."""


@pytest.fixture(scope="module")
def folder(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's warehouse after another build: both files are kept, the demo's is the current one."""
    copy = tmp_path_factory.mktemp("api") / "warehouse"
    shutil.copytree(demo_warehouse, copy)
    current = publish.current_build_id(copy)
    shutil.copy(publish.file_of(copy, current), publish.file_of(copy, BUILD))
    record = json.loads((copy / f"build-{current}.json").read_text())
    (copy / f"build-{BUILD}.json").write_text(json.dumps(record | {"build_id": BUILD}))
    return copy


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    """Address of the interface, switched on."""
    with pytest.MonkeyPatch.context() as patch, serving(api.routes()) as url:
        patch.setenv(settings.WAREHOUSE, str(folder))
        patch.setenv(settings.API, "1")
        yield f"{url}{api.PREFIX}"


def ask(base: str, path: str, **parameters: object) -> Answer:
    return get(f"{base}/{path}?{urlencode(parameters, doseq=True)}")


@pytest.mark.parametrize("contents", api.LISTS)
def test_all_pages_together_are_the_rows_of_the_extract(base: str, folder: Path, contents: str) -> None:
    key = queries.key_column(contents)
    expected = run(queries.extract(FILTER, (), contents), reader(folder), FILTER.as_known_on).sort(key)
    assert expected.height > 100
    rows, cursor, pages = [], "", 0
    while cursor is not None:
        page = ask(base, contents, limit=311, **FILTER.to_params(), **({"cursor": cursor} if cursor else {})).json
        assert page["row_count"] == expected.height
        assert page["synthetic"] is True
        assert page["filter"] == FILTER.sentence()
        rows += page["rows"]
        cursor, pages = page["next_cursor"], pages + 1
    assert rows == list(json_rows(expected))
    assert pages == -(-expected.height // 311)


def test_private_words_are_never_told(base: str, demo_reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.SHOW_PRIVATE, "1")
    hidden = [c.name for c in TABLE["report"].columns if c.private_content]
    rows = ask(base, "reports", limit=MOST_PAGE_ROWS).json["rows"]
    private = [row for row in rows if row["access"] == "private"]
    assert private
    assert all(row[name] is None for row in private for name in hidden)


def test_an_answer_that_is_known_is_not_sent_again(base: str) -> None:
    first = ask(base, "stages", limit=5, stage="closed")
    tag = first.headers["ETag"]
    again = get(f"{base}/stages?limit=5&stage=closed", If_None_Match=f'"other", W/{tag}')
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert get(f"{base}/stages?limit=6&stage=closed", If_None_Match=tag).status == 200
    assert 'rel="next"' in first.headers["Link"]


def test_a_cursor_goes_on_in_its_own_build_and_tells_when_that_is_gone(base: str, folder: Path) -> None:
    current = publish.current_build_id(folder)
    publish.point_to(folder, BUILD)
    first = ask(base, "incidents", limit=10).json
    publish.point_to(folder, current)
    following = ask(base, "incidents", limit=10, cursor=first["next_cursor"]).json
    assert first["build_id"] == following["build_id"] == BUILD
    assert ask(base, "incidents", limit=10).json["build_id"] == current
    assert ask(base, "incidents", cursor=first["next_cursor"], country="PSE").told == words.OTHER_CURSOR
    kept = publish.file_of(folder, BUILD)
    kept.rename(kept.with_suffix(".away"))
    gone = ask(base, "incidents", cursor=first["next_cursor"])
    assert (gone.status, "no longer kept" in gone.told) == (410, True)
    kept.with_suffix(".away").rename(kept)


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("incidents?country=Atlantis", 400, "'Atlantis' is no country; choose from"),
        ("incidents?colour=red", 400, "'colour' is no parameter; choose from limit, cursor"),
        ("incidents?limit=0", 400, "limit: '0' is no whole number from 1 to 1,000."),
        ("incidents?limit=1&limit=2", 400, "limit takes one value."),
        ("incidents?with_restricted=yes", 400, "with_restricted: 'yes' is neither true nor false."),
        ("incidents?cursor=WyIuLi8iLCJhIiwiYiJd", 400, words.OTHER_CURSOR),
        ("incidents?cursor=%22", 400, words.WRONG_CURSOR),
        ("incidents?text=a%00", 400, "NUL"),
        ("victims", 404, words.NO_SUCH_ADDRESS),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(base: str, address: str, status: int, sentence: str) -> None:
    answer = get(f"{base}/{address}")
    assert (answer.status, sentence in answer.told) == (status, True), answer


def test_nothing_can_be_changed(base: str) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = get(f"{base}/incidents", method)
        assert (answer.status, answer.told) == (405, words.ONLY_GET)


def test_pages_of_other_sites_are_refused(base: str) -> None:
    assert get(f"{base}/incidents", Sec_Fetch_Site="cross-site").status == 403
    assert get(f"{base}/incidents", Sec_Fetch_Site="none").status == 200


def test_it_is_off_unless_a_setting_says_otherwise(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(settings.API)
    assert (ask(base, "incidents").status, ask(base, "openapi.json").told) == (404, words.API_OFF)
    monkeypatch.setenv(settings.API, "on")
    assert "CIVHARM_API is 'on'; set it to 1" in ask(base, "incidents").told


def test_too_much_at_once_is_told(base: str) -> None:
    for _ in range(api.AT_ONCE):
        api._slots.take()
    try:
        answer = ask(base, "incidents")
    finally:
        for _ in range(api.AT_ONCE):
            api._slots.free()
    assert (answer.status, answer.told) == (503, words.busy(api.AT_ONCE))
    assert int(answer.headers["Retry-After"]) > 0


def test_a_question_that_takes_too_long_is_stopped(demo_reader: Reader) -> None:
    before = threading.active_count()
    with pytest.raises(TimeLimitError, match=r"longer than 0\.2 s"), limited(demo_reader, 0.2) as own:
        own.frame("SELECT count(*) FROM range(100000) a, range(10000000) b WHERE a.range + b.range = 7")
    assert threading.active_count() == before
    assert demo_reader.frame("SELECT 1 AS one")["one"].to_list() == [1]  # others go on


def test_the_description_is_that_of_the_declaration() -> None:
    document = openapi.document()
    for contents in api.LISTS:
        described = document["paths"][f"{api.PREFIX}/{contents}"]["get"]
        assert [p["name"] for p in described["parameters"]] == [*openapi.LIST_PARAMETERS, *FILTERS]
        assert set(document["components"]["schemas"][contents]["properties"]) == set(
            queries.extractable_columns(contents)
        )


def test_the_document_tells_what_is_so() -> None:
    told = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(/api/v1/[a-z.]+)` \|", told, flags=re.MULTILINE) == list(openapi.document()["paths"])
    for said in (
        f"A page has {PAGE_ROWS} rows, or `limit` up to {MOST_PAGE_ROWS:,}.",
        f"longer than {api.TIME_LIMIT_S} s is stopped; {api.AT_ONCE} are answered at once",
        f"A file holds up to {api.EXTRACT_ROWS:,} rows.",
        f"Up to {jobs.AT_ONCE} downloads run at once",
        f"`{settings.SECRET}` of at least {settings.SECRET_LENGTH} characters",
    ):
        assert said in " ".join(told.split()), said
    assert links.LIFE_S == 3_600, "an hour"


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_it_does_what_its_description_says(base: str, mode: GenerationMode) -> None:
    described = schemathesis.openapi.from_url(f"{base}/openapi.json")
    operations = [result.ok() for result in described.get_all_operations()]
    assert len(operations) == len(api.LISTS) + 1
    for operation in operations:

        @hypothesis_settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask_for_it(case: schemathesis.Case) -> None:
            # Valid parts may not fit together: a cursor of nowhere, a first day after the last.
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        ask_for_it()
