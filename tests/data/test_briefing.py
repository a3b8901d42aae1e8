"""The briefing's numbers against other code on the demo's tables and on hand-made cases; what it may never hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pdf_text
import polars as pl
import pytest
from made_up import step, warehouse

import cli
from pages import wording
from pages import wording_briefing as words
from pages.documents.answers import BriefingError, gather
from pages.documents.briefing import briefing, document, write_file
from pages.documents.typeset import Document, html, pdf
from warehouse.connection import Reader, reader
from warehouse.filters import Filters

AS_OF = date(2024, 10, 30)
"""Day of knowledge of the demo."""
NOBODY = Filters()
OPEN = ["received", "incident_analysis", "policy_impact_assessment", "department_response_coordination"]
Answer = dict[str, Any]


class Text(HTMLParser):
    """What a page shows, a line for each piece of text; and what stands in place of pictures."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.alternatives: list[str] = []
        self._hidden = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in ("style", "script")
        if tag == "img":
            self.alternatives.append(dict(attrs)["alt"] or "")

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._hidden:
            self.lines.append(data.strip())


def of(opened: Reader, filters: Filters = NOBODY, since: date | None = None) -> Document:
    return document(gather(opened, filters, since))


def cards(made: Document) -> dict[str, tuple[str, str]]:
    return {card["label"]: (card["value"], card["note"]) for card in made.content["cards"]}


def rows(made: Document, name: str) -> list[list[str]]:
    return next(shown["rows"] for shown in made.content["tables"] if shown["name"] == name)


def shown(figures: list[Answer], name: str) -> Answer:
    return next(figure for figure in figures if figure["name"] == name)


@pytest.fixture(scope="module")
def everything(demo_reader: Reader) -> Document:
    """The briefing on the whole demo."""
    return of(demo_reader)


@pytest.fixture(scope="module")
def incidents(demo_reader: Reader) -> pl.DataFrame:
    """The demo's incidents with stage and day of entry worked out from the steps alone."""
    order = {stage: place for place, stage in enumerate([*OPEN, "closed"])}
    steps = demo_reader.frame("SELECT * FROM stage_transition WHERE known_to IS NULL").with_columns(
        place=pl.col("to_stage").replace_strict(order, return_dtype=pl.Int64)
    )
    latest = steps.sort("occurred_on", "place").group_by("incident_id").last()
    received = steps.filter(to_stage="received").group_by("incident_id").agg(received=pl.col("occurred_on").min())
    current = demo_reader.frame("SELECT * FROM incident WHERE known_to IS NULL").drop("stage")
    mine = latest.select("incident_id", "waiting_on", stage="to_stage", since="occurred_on")
    return current.join(mine, on="incident_id").join(received, on="incident_id", how="left")


def killed(frame: pl.DataFrame) -> str:
    """The range of sums as people read it; the demo's incidents all stand alone."""
    low, high = frame["civilians_killed_low"], pl.coalesce("civilians_killed_high", "civilians_killed_low")
    least, most = low.sum(), frame.select(high).to_series().sum()
    return f"{least:,}–{most:,}" if least != most else f"{least:,}"


def known(opened: Reader, day: date) -> pl.DataFrame:
    """Incidents as known at the end of a day."""
    until = pl.col("known_to")
    return opened.frame("SELECT * FROM incident").filter(pl.col("known_from") <= day, until.is_null() | (until > day))


def test_key_figures_of_the_demo(everything: Document, incidents: pl.DataFrame, demo_reader: Reader) -> None:
    found = cards(everything)
    assert incidents["cluster_id"].null_count() == incidents.height, "no event counts twice"
    unknown = incidents.filter(
        pl.any_horizontal(pl.col("civilians_killed_low", "civilians_killed_high").is_null())
    ).height
    assert found[wording.INCIDENTS_COUNTED] == ("650", f"{incidents['date_start'].null_count()} of unknown date")
    assert found[wording.CIVILIANS_KILLED] == (killed(incidents), f"unknown for {unknown} incidents")
    low, high = (incidents[f"civilians_injured_{end}"] for end in ("low", "high"))
    assert found[words.CIVILIANS_INJURED][0] == f"{low.sum():,}–{high.fill_null(low).sum():,}"
    reports = demo_reader.frame("SELECT * FROM report WHERE known_to IS NULL")
    private = reports.filter(access="private").height
    assert found[wording.REPORTS_COUNTED] == (f"{reports.height:,}", f"{private} of them private")

    waiting = incidents.filter(pl.col("stage").is_in(OPEN)).with_columns(
        days=(AS_OF - pl.col("since")).dt.total_days(), age=(AS_OF - pl.col("received")).dt.total_days()
    )
    assert found[words.WAITING] == (str(waiting.height), f"median {waiting['days'].median():g} days in it so far")
    overdue = waiting.filter(pl.col("age") > 60).height
    assert found[words.OVERDUE][0] == str(overdue)
    assert found[words.OVERDUE][1].startswith(f"{100 * overdue / waiting.height:.0f}% of those waiting")
    seen = demo_reader.frame("SELECT * FROM stage_transition WHERE known_to IS NULL").filter(
        pl.any_horizontal(pl.col("from_stage", "to_stage") == OPEN[3])
    )
    assert found[wording.THIRD_STAGE][0] == str(seen["incident_id"].n_unique())
    taken = demo_reader.frame("SELECT * FROM response WHERE known_to IS NULL AND status <> 'declined'")
    assert found[wording.ANY_RESPONSE][0] == str(taken["incident_id"].n_unique())


def test_waits_and_backlog_of_the_demo(demo_reader: Reader, incidents: pl.DataFrame) -> None:
    answers = gather(demo_reader, NOBODY)
    steps = demo_reader.frame("SELECT * FROM stage_transition WHERE known_to IS NULL")
    for day in answers.history["day"].unique().to_list():
        latest = (
            steps.filter(pl.col("occurred_on") <= day)
            .with_columns(place=pl.col("to_stage").replace_strict({s: i for i, s in enumerate([*OPEN, "closed"])}))
            .sort("occurred_on", "place")
            .group_by("incident_id")
            .last()
        )
        expected = {stage: latest.filter(to_stage=stage).height for stage in OPEN}
        assert dict(answers.history.filter(pl.col("day") == day).select("stage", "incidents").iter_rows()) == expected
    days = answers.history["day"].unique().sort().to_list()
    assert days[-1] == AS_OF
    assert all((day + timedelta(days=1)).day == 1 for day in days[:-1])
    assert answers.bands["incidents"].sum() == incidents.filter(pl.col("stage").is_in(OPEN)).height


def test_tables_of_the_demo(everything: Document, incidents: pl.DataFrame) -> None:
    waiting = incidents.filter(pl.col("stage").is_in(OPEN)).with_columns(days=(AS_OF - pl.col("since")).dt.total_days())
    longest = waiting.sort(["days", "incident_id"], descending=[True, False]).head(10)
    found = rows(everything, "longest")
    assert [(row[0], row[3]) for row in found] == [
        (code, str(days)) for code, days in longest.select("public_code", "days").iter_rows()
    ]
    assert [row[5] for row in found] == [text or wording.NOT_STATED for text in longest["waiting_on"]]
    newest = incidents.sort(["date_start", "incident_id"], descending=[True, False], nulls_last=True).head(10)
    assert [row[0] for row in rows(everything, "newest")] == newest["public_code"].to_list()
    for row, (low, high) in zip(
        rows(everything, "newest"),
        newest.select("civilians_killed_low", "civilians_killed_high").iter_rows(),
        strict=True,
    ):
        expected = "unknown" if low is None and high is None else str(low) if low == high else f"{low}–{high}"
        assert row[3].split(" (best")[0] == expected

    by_country = {row[0]: row[1:] for row in rows(everything, "countries")}
    assert sum(int(row[0]) for row in by_country.values()) == incidents.height
    kenya = incidents.filter(country="KEN")
    unknown = kenya.filter(pl.any_horizontal(pl.col("civilians_killed_low", "civilians_killed_high").is_null())).height
    open_ones = kenya.filter(pl.col("stage").is_in(OPEN))
    overdue = open_ones.filter((AS_OF - pl.col("received")).dt.total_days() > 60).height
    assert by_country["Kenya"] == [
        str(kenya.height), killed(kenya), str(unknown), str(open_ones.height), str(overdue), "0"
    ]  # fmt: skip


def test_figures_say_in_words_what_they_draw(everything: Document, incidents: pl.DataFrame) -> None:
    by_month = shown(everything.content["harm"]["figures"], "killed")["alt"]
    for (month,), rows_ in incidents.drop_nulls("date_start").group_by(pl.col("date_start").dt.truncate("1mo")):
        assert f"{month:%b %Y} {killed(rows_)}" in by_month
    located = incidents.drop_nulls("latitude")
    note = shown(everything.content["harm"]["figures"], "map")["note"]
    drawn = sum(
        int(n.replace(",", "")) for n in re.findall(r"([\d,]+) (?:incidents? in hex|known only|of unknown)", note)
    )
    assert drawn == located.height
    assert f"{incidents.height - located.height} without coordinates" in note
    for name in everything.pictures:
        figures = everything.content["review"]["figures"] + everything.content["harm"]["figures"]
        assert len(shown(figures, name)["alt"]) > 20


@pytest.mark.parametrize(
    "filters",
    [
        Filters(country=("KEN",)),
        Filters(date_from=date(2024, 6, 1), minimum_civilians_killed=5),
        Filters(stage=("closed",)),
        Filters(as_known_on=date(2024, 3, 15)),
    ],
    ids=lambda filters: filters.sentence(),
)
def test_two_to_four_pages_that_say_filter_day_and_build(demo_reader: Reader, filters: Filters) -> None:
    made = of(demo_reader, filters)
    pages = pdf_text.pages(pdf(made, "briefing.typ"))
    assert 2 <= len(pages) <= 4
    for number, page in enumerate(pages, start=1):
        assert "SYNTHETIC DATA: no row is about a real event" in page
        assert f"Page {number} of {len(pages)}" in page
        assert demo_reader.build_id in page
    assert filters.sentence()[1:] in pages[0]
    answers = gather(demo_reader, filters)
    assert answers.as_of == min(filters.as_known_on or AS_OF, AS_OF)
    assert made.dated == answers.as_of


def test_as_of_a_day_leaves_out_what_became_known_later(demo_reader: Reader) -> None:
    day = date(2024, 3, 15)
    known_then = known(demo_reader, day)
    made = of(demo_reader, Filters(as_known_on=day))
    assert 0 < known_then.height < 650
    assert cards(made)[wording.INCIDENTS_COUNTED][0] == str(known_then.height)
    assert cards(made)[wording.CIVILIANS_KILLED][0] == killed(known_then)
    assert made.footer.endswith(f"{known_then.height} of {known_then.height} incidents.")
    assert "As of 15 Mar 2024." in made.footer


def test_pdf_and_html_say_the_same(everything: Document) -> None:
    text = " ".join(Text(html(everything, "briefing.html.j2")).lines)
    printed = " ".join(" ".join(pdf_text.pages(pdf(everything, "briefing.typ"))).split())
    for card in everything.content["cards"]:
        for part in card.values():
            assert part in text
            assert part in printed
    for table in everything.content["tables"]:
        for row in table["rows"]:
            # A cell may be broken into lines where a word ends.
            assert all(" ".join(cell.split()) in " ".join(text.split()) for cell in row)
            assert row[0] in printed
    assert everything.content["manifest"]["facts"][4][1] in text


def test_the_same_input_gives_the_same_bytes(demo_warehouse: Path, demo_reader: Reader, tmp_path: Path) -> None:
    filters = Filters(country=("PSE", "KEN"))
    for suffix in words.MEDIA_TYPES:
        command = ["brief", "--filter", "country=PSE", "--filter", "country=KEN", "-o", str(tmp_path / f"b{suffix}")]
        done = subprocess.run(
            [sys.executable, "-c", "import cli; cli.main()", *command, "--warehouse", str(demo_warehouse)],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C", "MPLBACKEND": "agg"},
        )
        assert done.returncode == 0, done.stderr
        assert briefing(demo_reader, filters, suffix) == (tmp_path / f"SYNTHETIC-b{suffix}").read_bytes()


def test_nothing_of_a_private_report_is_in_it(demo_reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIVHARM_SHOW_PRIVATE", "1")
    reports = demo_reader.frame("SELECT * FROM report WHERE access = 'private'")
    secrets = {
        text
        for column in ("raw_text", "title", "submitted_by", "publisher", "url")
        for text in reports[column].drop_nulls()
        if len(text) > 12
    }
    assert len(secrets) > 100
    page = " ".join(Text(briefing(demo_reader, NOBODY, ".html").decode()).lines)
    assert not [secret for secret in secrets if secret in page]


def test_manifest_names_build_code_filter_and_sources(demo_reader: Reader) -> None:
    made = of(demo_reader, Filters(country=("KEN",)))
    facts = dict(made.content["manifest"]["facts"])
    build = demo_reader.frame("SELECT * FROM build").row(0, named=True)
    assert facts[words.MANIFEST_FILTER] == "country: Kenya"
    assert facts[words.MANIFEST_ASKED] == "country=KEN"
    assert demo_reader.build_id in facts[words.MANIFEST_BUILD]
    assert build["code_version"] in facts[words.MANIFEST_BUILD]
    assert facts[words.MANIFEST_SYNTHETIC] == words.SYNTHETIC
    source = demo_reader.frame("SELECT * FROM dataset").row(0, named=True)
    (row,) = made.content["manifest"]["sources"]
    assert row[:4] == [source["title"], source["publisher"], source["licence"], wording.MAY]
    assert row[5].replace(" ", "") == source["sha256"]


def test_what_changed_since_a_day(demo_reader: Reader) -> None:
    since = date(2024, 10, 1)
    changed = of(demo_reader, since=since).content["changed"]
    now, then = (known(demo_reader, day) for day in (AS_OF, since))
    counts = {label: (incidents, changes) for label, incidents, changes in changed["counts"]["rows"]}
    new = now.join(then, on="incident_id", how="anti").height
    assert counts["New"] == (str(new), str(new))
    steps = demo_reader.frame(f"SELECT * FROM stage_transition WHERE known_from > DATE '{since}'")
    closed = steps.filter(to_stage="closed").height
    assert counts["Closed"] == (str(closed), str(closed))
    assert changed["steps"]["note"].startswith(f"{steps.height} steps; the newest 10")
    state = {row[0]: row[1:] for row in changed["state"]["rows"][:2]}
    assert state["Incidents"] == [str(then.height), str(now.height), f"+{now.height - then.height}"]
    assert state["Civilians killed"][:2] == [killed(then), killed(now)]
    assert len(pdf_text.pages(briefing(demo_reader, NOBODY, ".pdf", since))) <= 4
    assert of(demo_reader, since=date(2024, 10, 29), filters=Filters(country=("KEN",))).content["changed"]["notes"]


@pytest.mark.parametrize(
    ("filters", "since", "said"),
    [
        (Filters(text="nowhere at all"), None, "No incident meets the filter (text: “nowhere at all”); widen it"),
        (Filters(as_known_on=date(2020, 1, 1)), None, "No incident meets the filter"),
        (NOBODY, AS_OF, "Changes are told since a day before 2024-10-30; 2024-10-30 is none."),
        (Filters(as_known_on=date(2024, 5, 1)), date(2024, 6, 1), "Changes are told since a day before 2024-05-01"),
        (NOBODY, date(2001, 1, 1), "Nothing was known on 2001-01-01; the first day of knowledge"),
    ],
)
def test_what_cannot_be_told_is_refused(demo_reader: Reader, filters: Filters, since: date | None, said: str) -> None:
    with pytest.raises(BriefingError, match=f"^{re.escape(said)}"):
        gather(demo_reader, filters, since)


# Hand-made cases


HOSTILE = '#panic() <b>x</b> $y$ \\ "q" {{ 7*7 }}'


@pytest.fixture(scope="module")
def cases(once: Callable[..., Path]) -> Reader:
    """Three incidents: one waits, one is closed, one has no review record; little is known of any."""

    def make(folder: Path) -> None:
        warehouse(
            folder,
            {"title": HOSTILE, "redistributable": "false"},
            incident=[
                {"incident_id": "waits", "place": HOSTILE, "public_code": "غزة-1", "date_start": "", "date_end": "",
                 "date_precision": "unknown"},
                {"incident_id": "closed", "place": "x" * 300},
                {"incident_id": "none", "country": ""},
            ],
            stage_transition=[
                step("waits", 1, "", "received", "2024-05-01"),
                step("waits", 2, "received", "incident_analysis", "2024-05-31", HOSTILE),
                step("closed", 1, "", "received", "2024-01-01"),
                step("closed", 2, "received", "incident_analysis", "2024-01-02"),
                step("closed", 3, "incident_analysis", "closed", "2024-02-02"),
            ],
            casualty=[
                {"incident_id": "closed", "group": "civilians", "harm": "killed", "low": "0", "high": "3"},
            ],
        )  # fmt: skip

    return reader(once("briefing-cases", make))


def test_little_known(cases: Reader) -> None:
    made = of(cases)
    found = cards(made)
    assert found[wording.INCIDENTS_COUNTED] == ("3", "1 of unknown date")
    assert found[wording.CIVILIANS_KILLED] == ("0–3", "unknown for 2 incidents")
    assert found[words.CIVILIANS_INJURED] == ("unknown", "unknown for 3 incidents")
    assert found[words.WAITING] == ("1", "median 30 days in it so far")
    assert found[words.OVERDUE] == ("0", "0 of 1 of those waiting"), "60 days are not beyond the norm"
    assert found[wording.THIRD_STAGE] == ("0", "0 of 2")
    assert words.NO_PLACES in made.content["harm"]["notes"]
    assert [row[0] for row in rows(made, "countries")] == ["Kenya", "Country unknown"]
    assert f"For use inside your own organisation: {HOSTILE} gives no right to redistribute." in made.content["notes"]


def test_time_in_stage_counts_the_stays_that_go_on(cases: Reader) -> None:
    note = shown(of(cases).content["review"]["figures"], "waits")["note"]
    # Receipt: 1 and 30 days, both ended. Analysis: one ended after 31 days, one goes on after 30 and is not forgotten.
    assert "Received: median 1 (" in note
    assert "Stage 1: incident analysis: median 31 (" in note
    funnel = shown(of(cases).content["review"]["figures"], "funnel")["alt"]
    assert "Received 2, Stage 1: incident analysis 2, Stage 2: policy impact assessment 0" in funnel


def test_text_of_sources_is_text_in_both_files(cases: Reader) -> None:
    page = briefing(cases, NOBODY, ".html").decode()
    assert "<b>x</b>" not in page
    lines = Text(page).lines
    assert any(HOSTILE in line for line in lines)
    assert "غزة-1" in lines
    pages = pdf_text.pages(briefing(cases, NOBODY, ".pdf"))
    assert 2 <= len(pages) <= 4
    assert HOSTILE.split()[0] in " ".join(pages)
    assert "x</b> $y$ \\" in " ".join(" ".join(pages).split())


def test_nobody_waits(cases: Reader) -> None:
    made = of(cases, Filters(stage=("closed",)))
    assert wording.NOBODY_WAITS in made.content["review"]["notes"]
    assert set(made.pictures) == {"funnel", "waits", "killed"}
    assert cards(made)[words.OVERDUE] == ("0", words.NONE_WAITS)
    assert not [table for table in made.content["tables"] if table["name"] == "longest"]
    assert pdf(made, "briefing.typ")


def test_no_review_record_is_said_and_never_shown_as_zero(cases: Reader) -> None:
    made = of(cases, Filters(stage=("no_review_record",)))
    assert made.content["review"] == {"title": words.REVIEW, "notes": [wording.NO_REVIEW_RECORDS], "figures": []}
    for label in (words.WAITING, words.OVERDUE, wording.THIRD_STAGE, wording.ANY_RESPONSE):
        assert cards(made)[label] == (wording.NO_REVIEW_RECORD, "for 1 incident")


def test_published_data_without_a_review(airwars_warehouse: Path) -> None:
    made = of(reader(airwars_warehouse))
    found = cards(made)
    assert found[wording.CIVILIANS_KILLED] == ("8,379–11,217", "unknown for 98 incidents")
    assert found[words.CIVILIANS_INJURED] == ("7,781–11,304", "unknown for 188 incidents")
    assert wording.NO_REVIEW_RECORDS in made.content["review"]["notes"]
    pages = pdf_text.pages(pdf(made, "briefing.typ"))
    assert 2 <= len(pages) <= 4
    assert not any("SYNTHETIC DATA" in page for page in pages)
    assert not made.synthetic


# Files


def test_a_file_of_synthetic_data_says_so_in_its_name(demo_reader: Reader, tmp_path: Path) -> None:
    written = write_file(demo_reader, Filters(country=("KEN",)), tmp_path / "brief.HTML")
    assert written == tmp_path / "SYNTHETIC-brief.HTML"
    assert [path.name for path in tmp_path.iterdir()] == [written.name]
    assert written.read_bytes() == briefing(demo_reader, Filters(country=("KEN",)), ".html")
    again = write_file(demo_reader, Filters(country=("KEN",)), written)
    assert again == written


def test_the_command_says_what_it_wrote_and_what_is_wrong(
    demo_warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def called(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["civharm", "brief", *arguments, "--warehouse", str(demo_warehouse)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), *capsys.readouterr()

    target = tmp_path / "kenya.html"
    asked = ("--filter", "country=Kenya", "--as-of", "2024-06-30", "--since", "2024-06-01", "-o", str(target))
    assert called(*asked) == (0, f"Wrote {tmp_path / 'SYNTHETIC-kenya.html'}.\n", "")
    page = " ".join(Text((tmp_path / "SYNTHETIC-kenya.html").read_text(encoding="utf-8")).lines)
    assert "Country: Kenya; as known on 30 Jun 2024. State of knowledge: 30 Jun 2024" in page
    assert words.changed_title(date(2024, 6, 1)) in page
    for wrong, said in (
        (("-o", "brief.txt"), "brief.txt: the suffix must be one of .pdf, .html."),
        (("-o", str(target), "--filter", "country=Atlantis"), "'Atlantis' is no country; choose from"),
        (("-o", str(target), "--filter", "as_known_on=2024-01-01", "--as-of", "2024-01-02"), "takes one value, not 2."),
        (("-o", str(target), "--since", "2024-10-30"), "Changes are told since a day before 2024-10-30"),
    ):
        code, out, err = called(*wrong)
        assert (code, out) == (1, "")
        assert err.startswith("Error: ")
        assert said in err
        assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["SYNTHETIC-kenya.html"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("brief.docx", "the suffix must be one of .pdf, .html"), ("nowhere/brief.pdf", "does not exist; make it first")],
)
def test_a_file_that_cannot_be(demo_reader: Reader, tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(BriefingError, match=re.escape(said)):
        write_file(demo_reader, NOBODY, tmp_path / name)
    assert not list(tmp_path.iterdir())
