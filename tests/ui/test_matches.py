"""The page about records that may be the same event, on two data sets that tell of one strike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from made_up import intake
from streamlit.testing.v1 import AppTest

from pages import wording_matches as wording
from transforms.pipeline import Source, build

OpenPage = Callable[..., AppTest]
PLACE = {
    "place": "Kirungururu market, Nyahuru",
    "latitude": "0.0401",
    "longitude": "36.3601",
    "geo_precision": "exact_location",
}


@pytest.fixture(scope="module")
def two_data_sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("matches")
    sources = [
        Source("chirg_intake", intake(folder / name, {"dataset_id": name}, incident=[{"incident_id": "a", **PLACE}]))
        for name in ("first", "second")
    ]
    build(folder / "w", sources, lambda _: None, validate=False)
    return folder / "w"


def test_the_pair_is_listed_and_every_page_says_that_events_are_counted_once(
    open_page: OpenPage, two_data_sets: Path
) -> None:
    app = open_page("matches.py", two_data_sets)
    assert {m.label: m.value for m in app.metric} == {wording.PAIRS: "1", wording.LINKED: "1", wording.DECIDED: "0"}
    table = pl.from_pandas(app.dataframe[0].value)
    assert table["verdict"].to_list() == [wording.SAME]
    assert table["first_place"].to_list() == [PLACE["place"]]
    assert wording.same_events(2, 1) in [t.value for t in app.text]
    assert wording.same_events(2, 1) in [t.value for t in open_page("overview.py", two_data_sets).text]


def test_a_page_without_pairs_says_so(open_page: OpenPage, two_data_sets: Path) -> None:
    app = open_page("matches.py", two_data_sets, date_from="2025-01-01")
    assert wording.NO_PAIRS in [i.value for i in app.info]


def test_an_incident_names_its_likely_twin(open_page: OpenPage, two_data_sets: Path) -> None:
    app = open_page("incident.py", two_data_sets, id="first:a")
    assert wording.INCIDENT_HEADING in [h.value for h in app.header]
