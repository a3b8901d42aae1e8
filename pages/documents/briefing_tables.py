"""The tables of a briefing: countries, longest waits, newest incidents, methods, manifest. Every text is plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from pages import wording
from pages import wording_briefing as words
from pages.charts.formatting import SHARE_FROM, casualty_range, date_range, day, number
from pages.documents.answers import Answers
from warehouse import queries
from warehouse.countries import country_labels
from warehouse.version import code_version
from warehouse.vocabulary import HarmStatus, Stage

Section = dict[str, Any]

COUNTRIES_LISTED = 8
"""Countries with a row of their own; the others are summed."""
MOST_CHARACTERS = 70
"""Of a free text in a table; a longer one ends in an ellipsis."""


def tables(answers: Answers) -> list[Section]:
    """Countries, the longest waits, the newest incidents."""
    made = [_countries(answers)] if answers.countries.height > 1 else []
    if answers.longest.height:
        made.append(_longest(answers))
    return [*made, _newest(answers)]


def methods() -> list[str]:
    """How numbers are counted, and what they cannot say."""
    bands = [queries.age_band_label(*band) for band in queries.AGE_BANDS_DAYS]
    return [
        wording.norm_text(queries.NORM_DAYS, bands),
        *wording.counting_list(SHARE_FROM),
        *wording.LIMITS_LIST,
        words.NEVER_PRIVATE,
        words.REPLACED,
    ]


def manifest(answers: Answers) -> Section:
    """What was asked of which build, and where its rows come from."""
    build = answers.build
    asked = [f"{name}={value}" for name, values in answers.filters.to_params().items() for value in values]
    facts = [
        (words.MANIFEST_FILTER, answers.filters.sentence()),
        (words.MANIFEST_ASKED, "; ".join(asked) or words.NO_FILTER),
        (words.MANIFEST_AS_OF, day(answers.as_of)),
        (words.MANIFEST_ROWS, words.rows(answers.totals["incidents"], answers.all_incidents)),
        (words.MANIFEST_BUILD, words.built(build["build_id"], build["built_at"], build["code_version"])),
        (words.MANIFEST_CODE, code_version()),
        (words.MANIFEST_SYNTHETIC, words.SYNTHETIC if build["synthetic"] else words.RECORDED),
    ]
    sources = [
        [
            row["title"],
            row["publisher"],
            row["licence"],
            wording.MAY if row["redistributable"] else wording.MAY_NOT,
            row["known_on"].isoformat(),
            _grouped(row["sha256"]),
        ]
        for row in answers.datasets.iter_rows(named=True)
    ]
    return {
        "title": words.MANIFEST,
        "headings": list(words.MANIFEST_HEADINGS),
        "facts": [list(fact) for fact in facts],
        "source_headings": list(words.SOURCE_HEADINGS),
        "sources": sources,
    }


def _countries(answers: Answers) -> Section:
    """Incidents, harm and review by country, the unknown one last; small ones summed."""
    review = answers.overdue.with_columns(pl.col("country").fill_null("unknown")).rename({"country": "category"})
    rows = answers.countries.join(review.rename({"incidents": "open"}), on="category", how="left").with_columns(
        pl.col("open", "overdue", "without_receipt").fill_null(0)
    )
    known = rows.filter(pl.col("category") != "unknown")
    most = COUNTRIES_LISTED + (known.height == COUNTRIES_LISTED + 1)  # a sum of one country would hide its name
    listed, rest = known.head(most), known.slice(most)
    labels = country_labels()
    made = [[labels.get(row["category"], row["category"]), *_country(row)] for row in listed.iter_rows(named=True)]
    if rest.height:
        sums = {name: rest[name].sum() if rest[name].count() else None for name in rest.columns if name != "category"}
        made.append([words.OTHER_COUNTRIES.format(rest.height), *_country(sums)])
    made += [
        [wording.COUNTRY_UNKNOWN.capitalize(), *_country(row)]
        for row in rows.filter(pl.col("category") == "unknown").iter_rows(named=True)
    ]
    return _table(
        "countries", words.COUNTRIES, words.countries_note(queries.NORM_DAYS), words.COUNTRY_HEADINGS, made, range(1, 7)
    )


def _country(row: Section) -> list[str]:
    killed = casualty_range(row["civilians_killed_low"], None, row["civilians_killed_high"])
    counts = [row[name] for name in ("civilians_killed_unknown", "open", "overdue", "without_receipt")]
    return [number(row["incidents"]), killed, *map(number, counts)]


def _longest(answers: Answers) -> Section:
    labels = Stage.labels()
    rows = [
        [
            _code(row),
            _place(row),
            labels[row["stage"]],
            number(row["days_in_stage"]),
            number(row["days_since_receipt"]),
            short(row["waiting_on"] or wording.NOT_STATED),
        ]
        for row in answers.longest.iter_rows(named=True)
    ]
    note = words.longest_note(len(rows), answers.waiting)
    return _table("longest", words.LONGEST, note, words.LONGEST_HEADINGS, rows, (3, 4))


def _newest(answers: Answers) -> Section:
    stages, statuses = Stage.labels(), HarmStatus.labels()
    rows = [
        [
            _code(row),
            date_range(row["date_start"], row["date_end"], row["date_precision"]),
            _place(row),
            *(
                casualty_range(*(row[f"civilians_{harmed}_{part}"] for part in ("low", "best", "high")))
                for harmed in ("killed", "injured")
            ),
            statuses[row["harm_status"]],
            stages[row["stage"]],
        ]
        for row in answers.newest.iter_rows(named=True)
    ]
    note = words.newest_note(len(rows), answers.totals["incidents"])
    return _table("newest", words.NEWEST, note, words.NEWEST_HEADINGS, rows, (3, 4))


def _table(
    name: str, title: str, note: str, headings: Sequence[str], rows: list[list[str]], numbers: Iterable[int]
) -> Section:
    """A table; `numbers` are the columns of numbers."""
    return {
        "name": name, "title": title, "note": note, "headings": list(headings), "rows": rows, "numbers": list(numbers)
    }  # fmt: skip


def _code(row: Section) -> str:
    return short(row["public_code"] or row["incident_id"])


def _place(row: Section) -> str:
    """Place and country, a line each: they may be written in different directions; unknown in words."""
    country = country_labels().get(row["country"] or "", row["country"])
    return "\n".join(part for part in (short(row["place"] or ""), country) if part) or wording.UNKNOWN


def short(text: str) -> str:
    """A free text on one line, its start where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= MOST_CHARACTERS else f"{line[: MOST_CHARACTERS - 1]}…"


def _grouped(digits: str) -> str:
    """A long number in groups, so that it can be compared and broken into lines."""
    return " ".join(digits[at : at + 16] for at in range(0, len(digits), 16))
