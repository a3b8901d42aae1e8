"""The sections of a briefing: answers in, words, tables and pictures out. Every text is plain text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl

from pages import wording, wording_matches, wording_waits
from pages import wording_briefing as words
from pages.charts import alt
from pages.charts.formatting import SHARE_FROM, casualty_range, number, share
from pages.charts.survival import ticks
from pages.documents import curves, figures
from pages.documents.answers import Answers
from pages.documents.briefing_tables import Section, short
from pages.documents.map_figure import incident_map
from warehouse import queries, survival
from warehouse.countries import country_labels
from warehouse.vocabulary import Stage

Pictures = dict[str, str]

REASONS_NAMED = 6
"""Answers to what incidents wait for that are named; free text may have any number."""


def notes(answers: Answers) -> list[str]:
    """What the key figures do not show by themselves, a sentence each."""
    totals = answers.totals
    said = [wording.left_out(**answers.left_out)] if answers.left_out else []
    if totals["events"] < totals["incidents"]:
        said.append(wording_matches.same_events(totals["incidents"], totals["events"]))
    if kept := answers.datasets.filter(~pl.col("redistributable"))["title"].to_list():
        said.append(words.not_to_be_passed_on(kept))
    if not _has_record(answers):
        said.append(wording.overview_no_review_in_data(totals["incidents"]))
    return [sentence for sentence in said if sentence]


def cards(answers: Answers) -> list[Section]:
    """The key figures, each with what is unknown."""
    totals, reports = answers.totals, answers.reports
    figures_ = [
        (wording.INCIDENTS_COUNTED, number(totals["incidents"]), wording.of_unknown_date(totals["without_date"])),
        *(
            (label, _harmed(totals, harm), wording.unknown_for(totals, harm, None))
            for label, harm in ((wording.CIVILIANS_KILLED, "killed"), (words.CIVILIANS_INJURED, "injured"))
        ),
        (wording.REPORTS_COUNTED, number(reports["reports"]), wording.private_reports(reports["private"])),
    ]
    labels = (words.WAITING, words.OVERDUE, wording.THIRD_STAGE, wording.ANY_RESPONSE)
    if answers.reviewed:
        overdue, unjudged = (int(answers.overdue[name].sum()) for name in ("overdue", "without_receipt"))
        third, response = int(answers.funnel["reached"][-1]), totals["with_response"]
        medians = answers.waits["median_days"]
        review = (
            (number(answers.waiting), words.median_note(medians)),
            (number(overdue), words.overdue_note(overdue, answers.waiting, unjudged)),
            (number(third), _share_note(third, answers.reviewed)),
            (number(response), _share_note(response, answers.reviewed)),
        )
        figures_ += [(label, *rest) for label, rest in zip(labels, review, strict=True)]
    else:
        without = wording.for_incidents(totals["without_review_record"])
        figures_ += [(label, wording.NO_REVIEW_RECORD, without) for label in labels]
    return [{"label": label, "value": value, "note": note} for label, value, note in figures_]


def review(answers: Answers) -> tuple[Section, Pictures]:
    """How far the review has come, with its figures; a sentence where the data says nothing of a review."""
    if not answers.reviewed:
        nothing = wording.NOTHING_HAPPENED if _has_record(answers) else wording.NO_REVIEW_RECORDS
        return {"title": words.REVIEW, "notes": [nothing], "figures": []}, {}
    totals, where, synthetic = answers.totals, _where(answers), answers.build["synthetic"]
    closed, without = answers.standing.get(Stage.CLOSED.value, 0), totals["without_review_record"]
    said = wording.review_notes(
        incidents=totals["incidents"],
        waiting=answers.waiting,
        closed=closed,
        without_record=without,
        not_begun=totals["incidents"] - without - answers.reviewed,
        without_receipt=int(answers.overdue["without_receipt"].sum()),
        norm_days=queries.NORM_DAYS,
        **answers.irregular,
    )
    pictures = {"funnel": figures.funnel(answers.funnel, synthetic=synthetic)}
    title = wording.titled(words.FUNNEL_TITLE, where)
    note = f"{wording.overview_funnel_subtitle(without)} {words.FUNNEL_NOTE}"
    shown = [_figure("funnel", title, note, alt.stage_funnel(answers.funnel))]
    if answers.stays["days"].count():
        made, summaries = _curves(answers)
        pictures["waits"] = made
        title = wording.titled(words.WAITS_TITLE, where)
        shown.append(
            _figure("waits", title, words.waits_note(summaries, queries.NORM_DAYS), words.waits_alt(summaries))
        )
    if answers.waiting:
        bands = [queries.age_band_label(*band) for band in queries.AGE_BANDS_DAYS]
        pictures["ages"] = figures.ages(answers.bands, bands, synthetic=synthetic)
        pictures["backlog"] = figures.backlog(answers.history, answers.as_of, synthetic=synthetic)
        labels = Stage.labels()
        cells = [(labels[stage], band, n) for stage, band, n in answers.bands.iter_rows()]
        backlog = [
            (end, int(rows["incidents"].sum())) for (end,), rows in answers.history.group_by("day", maintain_order=True)
        ]
        reasons = [(short(text or wording.NOT_STATED), n) for text, n in answers.reasons.iter_rows()]
        shown += [
            _figure(
                "ages",
                wording.titled(words.AGES_TITLE, where),
                words.reasons_note(reasons[:REASONS_NAMED], sum(n for _, n in reasons[REASONS_NAMED:])),
                words.ages_alt(cells),
            ),
            _figure(
                "backlog",
                wording.titled(words.HISTORY_TITLE, where),
                words.history_note(answers.as_of),
                words.history_alt(backlog),
            ),
        ]
    else:
        said.append(wording.NOBODY_WAITS)
    return {"title": words.REVIEW, "notes": said, "figures": shown}, pictures


def harm(answers: Answers) -> tuple[Section, Pictures]:
    """Civilians killed over time, and where incidents happened."""
    where, synthetic = _where(answers), answers.build["synthetic"]
    said: list[str] = []
    shown: list[Section] = []
    pictures: Pictures = {}
    if answers.killed.is_empty():
        said.append(words.NO_PERIODS)
    else:
        period = "year" if answers.by_year else "month"
        pictures["killed"] = figures.killed(answers.killed, by_year=answers.by_year, synthetic=synthetic)
        left_out = wording.not_in_chart(period, **answers.not_placed)
        note = words.ranges_note(int(answers.killed["civilians_killed_unknown"].sum()))
        shown.append(
            _figure(
                "killed",
                wording.titled(words.killed_title(period), where),
                f"{note} {left_out}".strip(),
                words.killed_alt(period, _ranges(answers.killed)),
            )
        )
    if answers.places.is_empty():
        said.append(words.NO_PLACES)
    else:
        for name, title, rows, without in _maps(answers):
            drawn = incident_map(rows, synthetic=synthetic)
            pictures[name] = drawn.svg
            note = words.map_note(drawn.in_hexagons, drawn.in_circles, drawn.of_unknown_precision, without)
            shown.append(_figure(name, title, note, f"{words.MAP_ALT} {note}"))
    return {"title": words.HARM, "notes": said, "figures": shown}, pictures


def _figure(name: str, title: str, note: str, alternative: str) -> Section:
    return {"name": name, "title": title, "note": note, "alt": alternative}


def _maps(answers: Answers) -> Iterator[tuple[str, str, pl.DataFrame, int]]:
    """Name, title, places and incidents without coordinates: of all incidents, then of the country with the most."""
    places, totals = answers.places, answers.totals
    yield "map", wording.titled(words.MAP_TITLE, _where(answers)), places, totals["without_coordinates"]
    by_country = places.group_by("country").agg(pl.col("incidents").sum()).drop_nulls().sort("incidents", "country")
    if places["country"].n_unique() > 1 and by_country.height:
        country, drawn = by_country.row(-1)
        rows = answers.countries.filter(pl.col("category") == country)
        title = wording.titled(words.MAP_TITLE, country_labels().get(country, country))
        yield "country_map", title, places.filter(pl.col("country") == country), rows["incidents"].sum() - drawn


def _curves(answers: Answers) -> tuple[str, list[tuple[str, str, str]]]:
    """The figure of the time in each stage; and of each stage label, median and share beyond the norm in words."""
    timed = answers.stays.drop_nulls("days").with_columns(left=pl.col("ending") != queries.Ending.WAITS.value)
    counted = timed.group_by("stage", "days", "left").agg(pl.col("waits").sum()).sort("days", "left")
    present = set(counted["stage"])
    durations = {
        stage: counted.filter(stage=stage.value).drop("stage")
        for stage in queries.OPEN_STAGES
        if stage.value in present
    }
    longest = {stage: int(rows["days"].to_list()[-1]) for stage, rows in durations.items()}
    at = ticks(max(queries.NORM_DAYS, *longest.values()))
    drawn, summaries = [], []
    for stage, rows in durations.items():
        found = survival.summary(rows, queries.NORM_DAYS)
        drawn.append(curves.StageCurve(stage, found.points, longest[stage], survival.at_risk(rows, at)))
        median, over = found.median_days, found.still_there
        summaries.append(
            (
                stage.label,
                wording_waits.median(median.value, median.low, median.high),
                wording_waits.over(over.value, over.low, over.high),
            )
        )
    return curves.waits(drawn, at, queries.NORM_DAYS, synthetic=answers.build["synthetic"]), summaries


def _has_record(answers: Answers) -> bool:
    return bool(answers.totals["without_review_record"] < answers.totals["incidents"])


def _where(answers: Answers) -> str:
    codes = answers.countries["category"].to_list()
    totals = answers.totals
    return wording.where_and_when(codes, answers.filters, totals["first_day"], totals["last_day"])


def _ranges(killed: pl.DataFrame) -> list[tuple[date, str]]:
    columns = ("period_start", "civilians_killed_low", "civilians_killed_high")
    return [(start, casualty_range(low, None, high)) for start, low, high in killed.select(columns).iter_rows()]


def _harmed(totals: Section, harmed: str) -> str:
    return casualty_range(totals[f"civilians_{harmed}_low"], None, totals[f"civilians_{harmed}_high"])


def _share_note(part: int, whole: int) -> str:
    """ "12% of 650", or "3 of 12" where a percentage would be too fine."""
    return share(part, whole) + (f" of {number(whole)}" if whole >= SHARE_FROM else "")
