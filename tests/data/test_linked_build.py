"""A build links records of two data sets, counts an event once, and does what people decided."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from made_up import intake

from pages import wording
from transforms.corrections import read_corrections
from transforms.decisions import read_decisions
from transforms.pipeline import Source, build
from warehouse import queries
from warehouse.connection import Reader, reader
from warehouse.engine import run
from warehouse.errors import InputError
from warehouse.filters import Filters

EXPORTED_ON, CORRECTED_ON = date(2024, 6, 30), date(2024, 7, 1)
PLACE = {
    "place": "Kirungururu market, Nyahuru",
    "latitude": "0.0401",
    "longitude": "36.3601",
    "geo_precision": "exact_location",
}


def two_sources(folder: Path) -> list[Source]:
    """The same strike in two data sets, with other figures, and one incident of its own in each."""
    sources = []
    for name, low, high in (("first", "4", "6"), ("second", "5", "9")):
        killed = {"group": "civilians", "harm": "killed", "low": low, "high": high}
        far = {"place": f"Unlike {name[::-1]}", "date_start": f"2023-0{low}-11", "date_end": f"2023-0{low}-11"}
        path = intake(
            folder / name,
            {"dataset_id": name},
            incident=[{"incident_id": "a", **PLACE}, {"incident_id": "b", **far}],
            casualty=[{"incident_id": "a", **killed}],
        )
        sources.append(Source("chirg_intake", path))
    return sources


def built(folder: Path, sources: list[Source]) -> Reader:
    build(folder, sources, lambda _: None, validate=False)
    return reader(folder)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Source]:
    return two_sources(tmp_path_factory.mktemp("two-sources"))


def test_an_event_of_two_data_sets_is_counted_once_and_stays_two_rows(sources: list[Source], tmp_path: Path) -> None:
    opened = built(tmp_path / "w", sources)
    totals = run(queries.totals(Filters()), opened).row(0, named=True)
    assert (totals["incidents"], totals["events"]) == (4, 3)
    assert (totals["civilians_killed_low"], totals["civilians_killed_high"]) == (4, 9), "lowest low, highest high"
    assert wording.unknown_for(totals, "injured", None) == "unknown for 3 events", "not 4 incidents"
    by_country = run(queries.counts(Filters(), "country"), opened).row(0, named=True)
    assert (by_country["incidents"], by_country["civilians_killed_high"]) == (4, 9)
    place = run(queries.places(Filters()), opened).row(0, named=True)
    assert (place["cluster_id"], place["incidents"]) == ("first:a", 2)
    assert (place["civilians_killed_low"], place["civilians_killed_high"]) == (4, 9)
    weekly = run(queries.over_time(Filters(), "week"), opened)
    assert (weekly["incidents"].sum(), weekly["civilians_killed_low"].sum()) == (4, 4)
    clusters = opened.frame("SELECT incident_id, cluster_id FROM incident WHERE known_to IS NULL ORDER BY 1").rows()
    assert clusters == [("first:a", "first:a"), ("first:b", None), ("second:a", "first:a"), ("second:b", None)]
    pair = run(queries.pairs(Filters(), 10), opened).row(0, named=True)
    assert {pair["left_id"], pair["incident_id"]} == {"first:a", "second:a"}
    assert pair["is_linked"]
    assert '"bits"' in pair["reasons"]
    assert list(run(queries.pairs_of_incident("first:a"), opened)["other_id"]) == ["second:a"]


def test_pairs_are_counted_and_listed_alike_under_a_filter(sources: list[Source], tmp_path: Path) -> None:
    """Whichever side of the pair meets the filter."""
    tagged = intake(
        tmp_path / "third", {"dataset_id": "athird"}, incident=[{"incident_id": "a", **PLACE, "harm_status": "fair"}]
    )
    opened = built(tmp_path / "w", [sources[0], Source("chirg_intake", tagged)])
    for status in ("fair", "not_assessed"):
        filters = Filters(harm_status=(status,))
        assert (
            run(queries.pair_counts(filters), opened).item(0, "pairs")
            == run(queries.pairs(filters, 10), opened).height
            == 1
        )
    assert run(queries.pair_counts(Filters(harm_status=("weak",))), opened).item(0, "pairs") == 0


@pytest.mark.parametrize(("dataset_id", "low", "high"), [("first", 4, 6), ("second", 5, 9)])
def test_a_data_set_alone_gives_its_own_figures(
    sources: list[Source], tmp_path: Path, dataset_id: str, low: int, high: int
) -> None:
    opened = built(tmp_path / "w", sources)
    alone = run(queries.totals(Filters(dataset_id=(dataset_id,))), opened).row(0, named=True)
    assert (alone["incidents"], alone["events"]) == (2, 2)
    assert (alone["civilians_killed_low"], alone["civilians_killed_high"]) == (low, high)


def test_a_day_that_the_source_contradicts_is_never_dropped_in_silence(sources: list[Source], tmp_path: Path) -> None:
    given = Source(sources[0].name, sources[0].path, date(2023, 1, 1))
    with pytest.raises(
        InputError, match=r"states its own day of knowledge, 2024-06-30, which is not the given 2023-01-01"
    ):
        build(tmp_path / "w", [given], lambda _: None)
    build(tmp_path / "w", [Source(sources[0].name, sources[0].path, EXPORTED_ON)], lambda _: None)


def test_incidents_of_a_new_data_set_are_told_from_new_incidents(sources: list[Source], tmp_path: Path) -> None:
    day = {"retrieved_on": "2024-07-05", "known_on": "2024-07-05"}
    later = intake(
        tmp_path / "later", {"dataset_id": "later", "title": "Later", **day}, incident=[{"incident_id": "x"}]
    )
    newer = intake(tmp_path / "newer", {"dataset_id": "first", **day}, incident=[{"incident_id": "y"}])
    opened = built(tmp_path / "w", [sources[0], Source("chirg_intake", later), Source("chirg_intake", newer)])
    found = run(queries.of_new_datasets(Filters(), EXPORTED_ON, date(2024, 7, 5)), opened)
    assert found.rows() == [("Later", 1)]


def test_a_rejected_pair_stays_two_events_in_every_build(sources: list[Source], tmp_path: Path) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "decisions.toml").write_text(
        '[[decision]]\nleft = "second:a"\nright = "first:a"\ndecision = "rejected"\n'
        'by = "Desk"\non = 2024-07-01\nreason = "Two strikes."\n',
        encoding="utf-8",
    )
    for _ in range(2):
        opened = built(folder, sources)
        totals = run(queries.totals(Filters()), opened).row(0, named=True)
        assert (totals["incidents"], totals["events"]) == (4, 4)
        assert (totals["civilians_killed_low"], totals["civilians_killed_high"]) == (9, 15)
        pair = run(queries.pairs(Filters(), 10), opened).row(0, named=True)
        assert (pair["decision"], pair["decided_by"], pair["is_linked"]) == ("rejected", "Desk", False)


@pytest.mark.parametrize("access", ["public", "private"])
def test_a_pair_tells_nothing_of_a_private_report(access: str, tmp_path: Path) -> None:
    """The decision makes the pair certain to be kept, whatever the model says of it."""
    report = {"report_id": "r", "source_type": "media", "access": access, "account_kind": "not_social_media"}
    point = {"event_on": "2024-01-01", "latitude": "0.0402", "longitude": "36.3601", "place": PLACE["place"]}
    source = intake(
        tmp_path / "one", {"dataset_id": "one"}, incident=[{"incident_id": "a", **PLACE}], report=[report | point]
    )
    folder = tmp_path / "w"
    folder.mkdir()
    (folder / "decisions.toml").write_text(
        '[[decision]]\nleft = "one:r"\nright = "one:a"\ndecision = "rejected"\n'
        'by = "Desk"\non = 2024-07-01\nreason = "Another street."\n',
        encoding="utf-8",
    )
    pair = run(queries.pairs(Filters(), 10), built(folder, [Source("chirg_intake", source)])).row(0, named=True)
    assert pair["left_id"] == "one:r"
    is_public = access == "public"
    assert (pair["distance_m"] is not None, pair["apart_days"] is not None, pair["reasons"] != "[]") == (is_public,) * 3


def test_a_wrong_decisions_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    path.write_text("garbage", encoding="utf-8")
    with pytest.raises(InputError, match=r"decisions\.toml"):
        read_decisions(path)


CORRECTION = """[[correction]]
incident_id = "first:a"
field = "{field}"
expected = {expected}
value = {value}
reason = "Digits were exchanged."
evidence = "https://example.org/note"
by = "Desk"
on = 2024-07-01
"""


def test_a_correction_holds_from_its_day_and_stands_beside_what_the_source_says(
    sources: list[Source], tmp_path: Path
) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    text = CORRECTION.format(field="civilians_killed_high", expected=6, value=7)
    (folder / "corrections.toml").write_text(text, encoding="utf-8")
    opened = built(folder, sources)
    versions = run(queries.versions_of_incident("first:a"), opened)
    assert versions.select("known_from", "civilians_killed_high").rows() == [
        (EXPORTED_ON, 6),
        (CORRECTED_ON, 7),
    ]
    corrected = run(queries.corrections_of_incident("first:a"), opened).row(0, named=True)
    assert (corrected["expected_value"], corrected["corrected_value"]) == ("6", "7")

    first_build = opened.build_id
    (folder / "corrections.toml").write_text(text.replace("expected = 6", "expected = 5"), encoding="utf-8")
    with pytest.raises(InputError, match=r"expects '5', but the source now says '6'; remove or renew it"):
        build(folder, sources, lambda _: None)
    assert reader(folder).build_id == first_build, "the last good build keeps serving"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("by = ", "who = "), "by is missing"),
        (("by = ", "by = 1 #"), "by is not text"),
        (("on = 2024-07-01", 'on = "2024-07-01"'), "on is no date"),
        (('field = "place"', 'field = "colour"'), "colour cannot be corrected"),
        (('expected = "x"', "expected = 3"), "expected is no text"),
        (('value = "y"', 'value = "x"'), "expected and value are the same"),
    ],
)
def test_a_wrong_correction_is_named(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    path = tmp_path / "corrections.toml"
    path.write_text(CORRECTION.format(field="place", expected='"x"', value='"y"').replace(*change), encoding="utf-8")
    with pytest.raises(InputError, match=".*") as caught:
        read_corrections(path)
    assert f"corrections.toml, correction 1: {said}" in str(caught.value)
