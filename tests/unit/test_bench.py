"""What `make bench` writes, and that its page shows the last run."""

from __future__ import annotations

import ast
import re
from datetime import date

from benchmarks import results, stage
from benchmarks.__main__ import PARTS
from benchmarks.rows import Part, Row, milliseconds, p95
from benchmarks.servers import FILTER_LABELS


def test_the_page_shows_the_newest_results() -> None:
    page = results.PAGE.read_text(encoding="utf-8")
    assert page.split(results.HEADING)[1].strip() == results.newest().read_text(encoding="utf-8").strip(), (
        "put the last run into the page: .venv/bin/python -m benchmarks.results"
    )


def test_the_page_names_every_part() -> None:
    described = results.PAGE.read_text(encoding="utf-8").split(results.HEADING)[0]
    assert set(re.findall(r"`benchmarks/(\w+)\.py`", described)) == {*PARTS, "naive"}


def test_results_say_what_must_be_reached_beside_what_was() -> None:
    part = Part("Maps", [Row("bytes / stock", "≤ 0.3", "0.21", "1 MB / 5 MB")], ("page", "rerun"), [("map", "12 ms")])
    text = results.markdown([part], [("linkage", "1.4 million pairs\n")], 2_000, date(2026, 11, 24))
    assert text.startswith("24 November 2026, 2,000 made-up incidents")
    assert (
        "| what | must reach | reached | figures |\n| --- | --- | --- | --- |\n| bytes / stock | ≤ 0.3 | 0.21 |" in text
    )
    assert "### Maps\n\n| page | rerun |\n| --- | --- |\n| map | 12 ms |" in text
    assert "### `python -m benchmarks.linkage`\n\n```text\n1.4 million pairs\n```" in text


def test_figures_are_written_with_their_units() -> None:
    assert [milliseconds(seconds) for seconds in (0.00234, 0.0234, 2.34)] == ["2.3 ms", "23 ms", "2,340 ms"]
    assert p95([*range(100), 100]) == 95


def test_the_naive_app_has_the_same_filters() -> None:
    tree = ast.parse((results.ROOT / "benchmarks" / "naive.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    fields = {"text_input", "multiselect", "date_input"}
    labels = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in fields and isinstance(call.args[0], ast.Constant)
    }
    assert labels == set(FILTER_LABELS)


def test_a_change_sets_every_filter() -> None:
    changed = stage.change(country=("Kenya",))
    assert list(changed) == list(FILTER_LABELS)
    assert list(changed.values()) == ["", ("Kenya",), (), ()]
