"""The dossier of an incident: its parts against the raw tables, its timeline, its files, what must not be in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pdf_text
import polars as pl
import pytest
from made_up import KNOWN_ON, intake, step, warehouse

import cli
from pages.components import settings
from pages.documents import dossier as documents
from transforms.pipeline import Source, build
from warehouse.connection import Reader, reader
from warehouse.dossier import Dossier, Wanted, asker, gather
from warehouse.dossier_json import file_name, to_json
from warehouse.errors import CivharmError
from warehouse.schema import TABLE

Row = dict[str, Any]
PAST = date(2024, 3, 1)
SECTIONS = {
    "casualties": "casualty",
    "stages": "stage_transition",
    "assessments": "assessment",
    "engagements": "engagement",
    "responses": "response",
    "weapons": "incident_weapon",
    "units": "incident_unit",
}
"""Part of the file -> table whose rows of the incident it holds."""


def made(opened: Reader, incident_id: str, day: date | None = None, **wanted: Any) -> Dossier:
    found = gather(asker(opened, day), Wanted(incident_id, day, **wanted))
    assert found is not None
    return found


def content(dossier: Dossier) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(to_json(dossier))
    return read


def raw(opened: Reader, table: str, incident_id: str, day: date | None = None) -> pl.DataFrame:
    """Rows of an incident in a table as known on a day, by other code than the engine's."""
    rows = opened.frame(f"SELECT * FROM {table}").filter(pl.col("incident_id") == incident_id)
    if day is None:
        return rows.filter(pl.col("known_to").is_null())
    return rows.filter(pl.col("known_from") <= day, pl.col("known_to").is_null() | (pl.col("known_to") > day))


def key_of(table: str) -> str:
    """The column that tells the incident's rows of a table apart."""
    return {"casualty": "group"}.get(table, next(c for c in TABLE[table].key if c != "known_from"))


@pytest.fixture(scope="module")
def sample(demo_reader: Reader) -> list[str]:
    """Incidents with much on record, and some with little."""
    counts = demo_reader.frame(
        "SELECT incident_id, count(*) AS n FROM incident_report JOIN response USING (incident_id) "
        "JOIN incident_unit USING (incident_id) GROUP BY incident_id ORDER BY n DESC, incident_id"
    )
    naming = demo_reader.frame(
        "SELECT incident_id FROM incident_unit WHERE report_id IS NOT NULL AND incident_id IN "
        "(SELECT incident_id FROM incident_weapon WHERE report_id IS NOT NULL) ORDER BY incident_id"
    )
    few = demo_reader.frame(
        "SELECT incident_id FROM incident WHERE known_to IS NULL ORDER BY report_count, incident_id"
    )
    return [*counts["incident_id"][:4], *few["incident_id"][:2], naming["incident_id"][0]]


class TestParts:
    @pytest.mark.parametrize("day", [None, PAST])
    def test_each_part_holds_the_rows_of_its_table(
        self, demo_reader: Reader, sample: list[str], day: date | None
    ) -> None:
        seen = 0
        for incident_id in sample:
            if raw(demo_reader, "incident", incident_id, day).is_empty():
                assert gather(asker(demo_reader, day), Wanted(incident_id, day)) is None
                continue
            held = content(made(demo_reader, incident_id, day))
            for part, table in SECTIONS.items():
                rows = raw(demo_reader, table, incident_id, day)
                names = [c.name for c in TABLE[table].columns if c.name not in ("known_to", "raw_text")]
                expected = json.loads(json.dumps(rows.select(names).to_dicts(), default=str))
                got = [{name: row[name] for name in names} for row in held[part]]
                assert sorted(map(str, got)) == sorted(map(str, expected)), (incident_id, part)
                seen += len(got)
            links = raw(demo_reader, "incident_report", incident_id, day)
            assert {r["report_id"] for r in held["reports"]} == set(links["report_id"])
            assert [r["report_number"] for r in held["reports"]] == [f"R{n}" for n in range(1, links.height + 1)]
            assert held["incident"]["report_count"] == links.height
        assert seen > 20

    def test_reports_are_cited_where_they_name_a_weapon_or_a_unit(self, demo_reader: Reader, sample: list[str]) -> None:
        cited = 0
        for incident_id in sample:
            held = content(made(demo_reader, incident_id))
            numbers = {r["report_id"]: r["report_number"] for r in held["reports"]}
            naming = (*held["weapons"], *held["units"])
            for row in naming:
                assert row["report_number"] == numbers.get(row["report_id"])
                cited += row["report_number"] is not None
        assert cited

    def test_an_unknown_incident_has_none(self, demo_reader: Reader) -> None:
        assert gather(asker(demo_reader, None), Wanted("demo:SYN-99999")) is None


class TestTimeline:
    def test_has_every_row_once_for_each_of_its_days(self, demo_reader: Reader, sample: list[str]) -> None:
        kinds: set[str] = set()
        for incident_id in sample:
            entries = made(demo_reader, incident_id).timeline
            expected = [("incident", incident_id, day) for day in self.own_days(demo_reader, incident_id)]
            reports = demo_reader.frame("SELECT report_id, published_on FROM report").join(
                raw(demo_reader, "incident_report", incident_id), on="report_id"
            )
            expected += [("report", *row) for row in reports.select("report_id", "published_on").iter_rows()]
            for table, columns in (
                ("stage_transition", ["occurred_on"]),
                ("assessment", ["assessed_on"]),
                ("engagement", ["held_on", "answered_on"]),
                ("response", ["recommended_on", "decided_on", "implemented_on"]),
            ):
                for row in raw(demo_reader, table, incident_id).iter_rows(named=True):
                    days = [row[c] for c in columns if row[c] is not None] or [None]
                    expected += [(table, row[key_of(table)], day) for day in days]
            told = entries.filter(~pl.col("kind").is_in(["revision", "correction"]))
            got = list(told.select("source_table", "row_id", "day").iter_rows())
            assert sorted(map(str, got)) == sorted(map(str, expected)), incident_id
            kinds |= set(entries["kind"])
        assert kinds >= {"event", "first_report", "report", "stage", "assessment", "engagement", "response", "recorded"}

    @staticmethod
    def own_days(opened: Reader, incident_id: str) -> list[date | None]:
        """Of the incident itself: the event, the publication, and since when it is known."""
        (row,) = raw(opened, "incident", incident_id).iter_rows(named=True)
        versions = opened.frame("SELECT incident_id, known_from FROM incident")
        first = versions.filter(pl.col("incident_id") == incident_id)["known_from"].min()
        published = [row["published_on"]] if row["published_on"] else []
        return [row["date_start"], *published, first]  # type: ignore[list-item]

    def test_oldest_first_and_undated_last(self, demo_reader: Reader, sample: list[str]) -> None:
        undated = 0
        for incident_id in sample:
            days = made(demo_reader, incident_id).timeline["day"].to_list()
            dated = [day for day in days if day is not None]
            assert dated == sorted(dated)
            assert days[: len(dated)] == dated
            undated += len(days) - len(dated)
        assert undated

    def test_the_first_report_is_the_earliest_dated_one(self, demo_reader: Reader, sample: list[str]) -> None:
        for incident_id in sample:
            dossier = made(demo_reader, incident_id)
            firsts = dossier.timeline.filter(pl.col("kind") == "first_report")["day"].unique().to_list()
            stated = dossier.incident["first_reported_on"]
            assert firsts == ([] if stated is None else [stated])

    def test_when_a_value_became_known_is_when_it_was_first_loaded(self, versions: Reader) -> None:
        """The recommendation was known with the first export, the decision with the second; the place moved."""
        entries = made(versions, "made-up:a").timeline
        known = {(kind, day, known) for kind, day, known in entries.select("kind", "day", "known_from").iter_rows()}
        first, second = date.fromisoformat(KNOWN_ON), date(2024, 7, 31)
        assert {
            ("event", date(2024, 1, 1), first),
            ("recorded", first, first),
            ("response", date(2024, 5, 1), first),
            ("response", date(2024, 7, 1), second),
            ("revision", second, second),
            ("correction", date(2024, 9, 1), date(2024, 9, 1)),
        } <= known
        (revision,) = entries.filter(pl.col("kind") == "revision", pl.col("day") == second)["what"]
        assert revision == "Place: Here → There"
        (declined,) = entries.filter(pl.col("day") == date(2024, 7, 1))["what"]
        assert declined == "Training declined; aimed at: government"

    def test_a_stage_regression_and_a_skipped_receipt_are_told(self, small: Reader) -> None:
        what = made(small, "made-up:full").timeline.filter(pl.col("kind") == "stage")["what"].to_list()
        assert (
            what[0].startswith("Entered Stage 1: incident analysis. ")
            or what[0] == "Entered Stage 1: incident analysis"
        )
        assert what[1].startswith("Entered Stage 2: policy impact assessment from Stage 1")
        assert what[2].startswith("Went back to Stage 1: incident analysis from Stage 2")

    def test_a_response_without_a_day_is_kept(self, small: Reader) -> None:
        (entry,) = made(small, "made-up:full").timeline.filter(pl.col("kind") == "response").iter_rows(named=True)
        assert entry["day"] is None
        assert entry["what"] == "Training recommended; aimed at: First Battalion"


@pytest.fixture(scope="module")
def versions(once: Callable[..., Path]) -> Reader:
    """Two exports and a correction."""

    def exported(folder: Path, day: str, place: str, response: dict[str, str]) -> Source:
        rows = {"response_id": "p", "incident_id": "a", "response_type": "training", "target": "government"}
        response = rows | {"recommended_on": "2024-05-01"} | response
        dataset = {"known_on": day, "retrieved_on": day}
        made_folder = folder.with_name(f"{folder.name}-{day}")
        incident = [{"incident_id": "a", "place": place}, {"incident_id": "b", "place": place}]
        return Source("chirg_intake", intake(made_folder, dataset, incident=incident, response=[response]))

    def make(folder: Path) -> None:
        folder.mkdir()
        lines = ["[[correction]]", 'incident_id = "made-up:a"', 'field = "strike_type"', 'expected = ["unknown"]']
        lines += [
            'value = ["airstrike"]',
            'reason = "Misread"',
            'evidence = "https://example.org"',
            'by = "A. Analyst"',
        ]
        (folder / "corrections.toml").write_text("\n".join([*lines, "on = 2024-09-01"]), encoding="utf-8")
        old = exported(folder, KNOWN_ON, "Here", {"status": "recommended"})
        new = exported(folder, "2024-07-31", "There", {"status": "declined", "decided_on": "2024-07-01"})
        build(folder, [old, new], lambda _: None, validate=False)

    return reader(once("dossier-versions", make))


@pytest.fixture(scope="module")
def small(once: Callable[..., Path]) -> Reader:
    """One incident with texts that look like code and in Arabic, one about which nothing is known."""

    def make(folder: Path) -> None:
        report = {"source_type": "media", "account_kind": "not_social_media"}
        warehouse(
            folder,
            incident=[
                {"incident_id": "full", "public_code": "#import", "place": "مخيم الشاطئ", "summary": HOSTILE},
                {"incident_id": "bare", "date_start": "", "date_end": "", "date_precision": "unknown", "country": ""},
            ],
            report=[
                report | {"report_id": "r1", "access": "public", "title": HOSTILE, "raw_text": ARABIC, "url": "x:y"},
                report | {"report_id": "r2", "access": "private", "submitted_by": "Somebody", "raw_text": "Whispered"},
            ],
            incident_report=[
                {"incident_id": "full", "report_id": "r1", "method": "stated"},
                {"incident_id": "full", "report_id": "r2", "method": "stated"},
            ],
            unit=[{"unit_id": "u", "name": "First Battalion", "country": "KEN"}],
            incident_unit=[
                {"attribution_id": "x", "incident_id": "full", "unit_id": "u", "confidence": "possible",
                 "basis": "source_claim", "report_id": "r2", "raw_text": "Murmured"},
            ],
            response=[
                {"response_id": "p", "incident_id": "full", "response_type": "training", "target": "unit",
                 "unit_id": "u", "status": "recommended"},
            ],
            stage_transition=[
                step("full", 1, "", "incident_analysis", "2024-02-01", HOSTILE),
                step("full", 2, "incident_analysis", "policy_impact_assessment", "2024-03-01"),
                step("full", 3, "policy_impact_assessment", "incident_analysis", "2024-04-01"),
            ],
        )  # fmt: skip

    return reader(once("dossier-small", make))


HOSTILE = '#import "x" <script>alert(1)</script> $x$ \\ ]["](http://x) */ *b* =1'
ARABIC = "تقرير عن حادث في مخيم الشاطئ"


class TestPast:
    def test_nothing_became_known_later(self, demo_reader: Reader, sample: list[str]) -> None:
        for incident_id in sample:
            if raw(demo_reader, "incident", incident_id, PAST).is_empty():
                continue
            held = content(made(demo_reader, incident_id, PAST))
            days = [day for day in found_values(held, "known_from") if isinstance(day, str)]
            assert days
            assert max(days) <= str(PAST)
            assert held["as_known_on"] == str(PAST)
            assert held["same_event"] is None
            assert not {"known_to", "cluster_id"} & set(all_keys(held))

    def test_revisions_and_corrections_come_with_their_days(self, versions: Reader) -> None:
        days = {None: (1, 1), date(2024, 9, 1): (1, 1), date(2024, 8, 31): (1, 0), date(2024, 7, 30): (0, 0)}
        for day, (revised, corrected) in days.items():
            held = content(made(versions, "made-up:a", day))
            by_place = [row for row in held["revisions"] if row["field"] == "place"]
            assert (len(by_place), len(held["corrections"])) == (revised, corrected), day
        early = content(made(versions, "made-up:a", date(2024, 7, 30)))
        text = json.dumps(early, ensure_ascii=False)
        assert "There" not in text
        assert "Misread" not in text
        assert [row["status"] for row in early["responses"]] == ["recommended"]
        assert gather(asker(versions, date(2024, 6, 1)), Wanted("made-up:a", date(2024, 6, 1))) is None

    def test_links_of_the_newest_data_are_shown_on_its_day_only(self, versions: Reader) -> None:
        assert made(versions, "made-up:a", date(2024, 9, 1)).same_event is not None
        assert made(versions, "made-up:a", date(2024, 8, 31)).same_event is None


def found_values(value: Any, name: str) -> list[Any]:
    """All values of a field, wherever it stands."""
    if isinstance(value, dict):
        return [x for key, item in value.items() for x in ([item] if key == name else found_values(item, name))]
    return [x for item in value for x in found_values(item, name)] if isinstance(value, list) else []


def all_keys(value: Any) -> list[str]:
    """All names of fields."""
    if isinstance(value, dict):
        return [*value, *(key for item in value.values() for key in all_keys(item))]
    return [key for item in value for key in all_keys(item)] if isinstance(value, list) else []


class TestFiles:
    def test_the_same_dossier_gives_the_same_bytes(self, demo_reader: Reader, sample: list[str]) -> None:
        one, two = (made(demo_reader, sample[0]) for _ in range(2))
        assert to_json(one) == to_json(two)
        assert documents.pdf(one) == documents.pdf(two)

    def test_every_field_is_in_the_dictionary_in_its_order(self, demo_reader: Reader, sample: list[str]) -> None:
        filled: set[str] = set()
        for incident_id in sample:
            held = content(made(demo_reader, incident_id, within_m=50_000, within_days=90))
            for part, described in held["dictionary"].items():
                names = [field["column"] for field in described]
                assert all(field["description"] and field["label"] and field["type"] for field in described)
                rows = {"incident": [held["incident"]], "nearby": held["nearby"]["listed"]}.get(part, held.get(part))
                if part == "nearby_counts":
                    rows = [{name: held["nearby"][name] for name in names}]
                for row in rows or []:
                    assert list(row) == names, part
                    filled.add(part)
        assert filled >= {
            "incident",
            "timeline",
            "reports",
            "responses",
            "nearby",
            "nearby_counts",
            "units",
            "datasets",
        }

    def test_units_of_measurement_stand_in_the_dictionary(self, small: Reader) -> None:
        described = {f["column"]: f for f in content(made(small, "made-up:bare"))["dictionary"]["nearby"]}
        assert described["distance_m"]["unit"] == "m"
        assert described["least_days"]["unit"] == "days"

    def test_hostile_and_arabic_text_is_text(self, small: Reader) -> None:
        dossier = made(small, "made-up:full")
        held = content(dossier)
        assert held["incident"]["summary"] == HOSTILE
        assert [r["raw_text"] for r in held["reports"]] == [ARABIC, None]
        assert squeezed(HOSTILE) in squeezed("".join(pdf_text.pages(documents.pdf(dossier))))

    def test_an_incident_of_which_nothing_is_known(self, small: Reader) -> None:
        dossier = made(small, "made-up:bare")
        held = content(dossier)
        assert not any(held[part] for part in (*SECTIONS, "reports", "revisions", "corrections"))
        assert held["incident"]["civilians_killed_low"] is None
        assert held["nearby"]["listed"] == []
        assert [(e["kind"], e["day"]) for e in held["timeline"]] == [("recorded", KNOWN_ON), ("event", None)]
        assert documents.pdf(dossier).startswith(b"%PDF")

    def test_private_reports_are_counted_and_not_quoted(self, small: Reader) -> None:
        dossier = made(small, "made-up:full")
        text = to_json(dossier).decode() + "\n".join(pdf_text.pages(documents.pdf(dossier)))
        for secret in ("Somebody", "Whispered", "Murmured"):
            assert secret not in text
        assert content(dossier)["incident"]["private_report_count"] == 1
        assert content(dossier)["private_reports"] == "content left out"
        assert file_name(dossier, ".pdf").startswith("SYNTHETIC-dossier-import-")

    def test_private_reports_that_may_be_shown_are_marked(self, small: Reader) -> None:
        dossier = made(small, "made-up:full", show_private=True)
        text = to_json(dossier).decode() + "\n".join(pdf_text.pages(documents.pdf(dossier)))
        for secret in ("Somebody", "Whispered", "Murmured"):
            assert secret in text
        assert content(dossier)["private_reports"] == "content included"
        assert file_name(dossier, ".pdf").startswith("SYNTHETIC-PRIVATE-dossier-")

    def test_accounts_of_persons_are_in_no_file(self, demo_reader: Reader) -> None:
        rows = demo_reader.frame(
            "SELECT incident_id, account_name, url FROM report JOIN incident_report USING (report_id)"
        )
        personal = rows.filter(pl.col("account_name").is_not_null()).sort("incident_id")
        for incident_id in personal["incident_id"].unique(maintain_order=True)[:3]:
            held = content(made(demo_reader, incident_id, show_private=True))
            names = personal.filter(pl.col("incident_id") == incident_id)["account_name"]
            assert not {"account_name", "search_text"} & set(all_keys(held))
            assert not [name for name in names if name in json.dumps(held, ensure_ascii=False)]

    def test_the_pdf_says_what_the_page_says(self, demo_reader: Reader, sample: list[str]) -> None:
        dossier = made(demo_reader, sample[0])
        pages = pdf_text.pages(documents.pdf(dossier))
        assert all("SYNTHETIC DATA" in page for page in pages)
        assert all(f"Build {dossier.build['build_id']}" in page for page in pages)
        text = squeezed("".join(pages))
        for part in documents.document(dossier).content["parts"]:
            assert squeezed(part["title"]) in text
            # A row may go on over the page; so its words are looked for one by one.
            words = {word for row in part["rows"] for cell in row for word in cell.split() if word.isascii()}
            assert not [word for word in words if word not in text and "://" not in word], part["name"]


def squeezed(text: str) -> str:
    """Text without spaces and soft breaks, which lines of a page have elsewhere."""
    return re.sub(r"[\s\u200b\u00ad]", "", text)


class TestCommand:
    def test_writes_both_files_by_code_or_identifier(
        self, demo_warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(["dossier", "SYN-00001", "-o", str(tmp_path / "a.json"), "--warehouse", str(demo_warehouse)])
        run(["dossier", "demo:SYN-00001", "-o", str(tmp_path / "a.pdf"), "--warehouse", str(demo_warehouse)])
        written = tmp_path / "SYNTHETIC-a.json"
        assert json.loads(written.read_text("utf-8"))["incident"]["incident_id"] == "demo:SYN-00001"
        assert (tmp_path / "SYNTHETIC-a.pdf").read_bytes().startswith(b"%PDF")
        assert str(written) in capsys.readouterr().out
        assert {path.name for path in tmp_path.iterdir()} == {"SYNTHETIC-a.json", "SYNTHETIC-a.pdf"}

    def test_as_of_a_day(self, demo_warehouse: Path, demo_reader: Reader, tmp_path: Path) -> None:
        command = ["dossier", "SYN-00001", "-o", str(tmp_path / "a.json"), "--warehouse", str(demo_warehouse)]
        run([*command, "--as-of", str(PAST)])
        held = (tmp_path / "SYNTHETIC-a.json").read_bytes()
        assert held == to_json(made(demo_reader, "demo:SYN-00001", PAST))

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (["SYN-99999", "-o", "a.json"], "No incident has the identifier or the code 'SYN-99999'"),
            (["SYN-00001", "-o", "a.docx"], "a.docx: the suffix must be one of .json, .pdf."),
            (["SYN-00001", "-o", "nowhere/a.pdf"], "The folder nowhere does not exist"),
            (["SYN-00001", "-o", "a.pdf", "--as-of", "2020-01-01"], "as known on 2020-01-01"),
        ],
    )
    def test_what_cannot_be_done_is_one_sentence(
        self,
        demo_warehouse: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        words: list[str],
        sentence: str,
    ) -> None:
        monkeypatch.chdir(tmp_path)
        with pytest.raises(CivharmError, match=re.escape(sentence)):
            run(["dossier", *words, "--warehouse", str(demo_warehouse)])
        assert not list(tmp_path.iterdir())

    def test_several_incidents_with_one_code_are_named(self, once: Callable[..., Path], tmp_path: Path) -> None:
        rows = [{"incident_id": name, "public_code": "same"} for name in ("a", "b")]
        folder = once("dossier-one-code", lambda made: warehouse(made, incident=rows))
        with pytest.raises(documents.DossierError, match="made-up:a, made-up:b"):
            run(["dossier", "same", "-o", str(tmp_path / "a.json"), "--warehouse", str(folder)])

    def test_private_content_only_where_the_operator_allows_it(
        self, small: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        command = ["dossier", "made-up:full", "-o", str(tmp_path / "a.json"), "--warehouse", str(small.folder)]
        run(command)
        monkeypatch.setenv(settings.SHOW_PRIVATE, "1")
        run(command)
        assert "Whispered" not in (tmp_path / "SYNTHETIC-a.json").read_text("utf-8")
        assert "Whispered" in (tmp_path / "SYNTHETIC-PRIVATE-a.json").read_text("utf-8")


def run(words: list[str]) -> None:
    """The command in this process."""
    cli.app(words, standalone_mode=False)
