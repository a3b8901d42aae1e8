"""The dossier of an incident as PDF: the parts of its page, from the same object and in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pages import wording, wording_matches, wording_revisions
from pages import wording_dossier as words
from pages.components import incident_evidence, incident_facts, incident_reports
from pages.documents import typeset
from pages.documents.typeset import Document
from warehouse import queries
from warehouse import vocabulary as v
from warehouse.connection import Reader
from warehouse.dossier import Dossier, Wanted, asker, gather
from warehouse.dossier_json import MEDIA_TYPE, file_marks, to_json
from warehouse.errors import CivharmError

Part = dict[str, Any]
"""title, notes, and rows below headings: what the template sets. `name` chooses the widths of the columns."""

PDF_MEDIA_TYPE = "application/pdf"


class DossierError(CivharmError):
    """A dossier cannot be made of what was asked for."""


def pdf(dossier: Dossier) -> bytes:
    """Tagged PDF; the same dossier gives the same bytes.

    Raises:
        DocumentError: the template cannot be set.
    """
    return typeset.pdf(document(dossier), "dossier.typ")


FILES = {".json": (MEDIA_TYPE, to_json), ".pdf": (PDF_MEDIA_TYPE, pdf)}
"""Suffix of a file -> media type, and what makes it."""


def named(reader: Reader, incident: str, as_known_on: date | None, *, show_private: bool) -> Dossier:
    """The dossier of the incident with this identifier, or with this public code.

    Raises:
        DossierError: no incident has it, or several have that code.
        WarehouseError: the warehouse could not answer.
    """
    answer = asker(reader, as_known_on)
    ids = answer(queries.incidents_named, incident)["incident_id"].to_list()
    if not ids:
        by_then = f" as known on {as_known_on}" if as_known_on else ""
        raise DossierError(f"No incident has the identifier or the code {incident!r}{by_then}; see 'civharm extract'.")
    chosen = incident if incident in ids else ids[0]
    if len(ids) > 1 and chosen != incident:
        raise DossierError(f"Several incidents have the code {incident!r}; name one of {', '.join(ids)}.")
    found = gather(answer, Wanted(chosen, as_known_on, show_private=show_private))
    if found is None:  # of one build, so that it cannot be; its type allows it
        raise DossierError(f"The incident {chosen!r} was found, and then not; run the command again.")
    return found


def document(dossier: Dossier) -> Document:
    """What the template sets."""
    incident, wanted = dossier.incident, dossier.wanted
    when = incident_facts.when(incident)
    top = [
        incident["place"] or wording.PLACE_UNKNOWN,
        wording.DATE_UNKNOWN if when == wording.UNKNOWN else when,
        wording.harmed(*incident_facts.killed_and_injured(incident)),
        incident["summary"] or "",
    ]
    notes = [
        words.known_on(wanted.as_known_on) if wanted.as_known_on else "",
        words.PRIVATE_CONTENT if dossier.shows_private_content else words.PRIVATE_LEFT_OUT,
    ]
    return Document(
        title=f"{words.DOSSIER} {dossier.code}",
        footer=words.print_line(dossier.as_of, dossier.build["build_id"], private=dossier.shows_private_content),
        dated=dossier.as_of,
        synthetic=dossier.synthetic,
        content={
            "top": [line for line in top if line],
            "notes": [n for n in notes if n],
            "parts": list(_parts(dossier)),
        },
    )


def write_file(dossier: Dossier, path: Path) -> Path:
    """Write the dossier by the suffix of `path`, aside first, so that a failure leaves no half file.

    The name tells that the data is synthetic, and that what private reports say is in it. Returns where it is.

    Raises:
        DossierError: unknown suffix, the folder does not exist, or no room.
        DocumentError: the template cannot be set.
    """
    if path.suffix.lower() not in FILES:
        raise DossierError(f"{path.name}: the suffix must be one of {', '.join(FILES)}.")
    if not path.parent.is_dir():
        raise DossierError(f"The folder {path.parent} does not exist; make it first.")
    marks = file_marks(dossier)
    target = path if path.name.startswith(marks) else path.with_name(f"{marks}{path.name}")
    _, make = FILES[path.suffix.lower()]
    content = make(dossier)
    aside = target.with_name(f".{target.name}.part")
    try:
        aside.write_bytes(content)
        aside.replace(target)
    except OSError as error:
        raise DossierError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        aside.unlink(missing_ok=True)
    return target


def _parts(dossier: Dossier) -> Iterator[Part]:
    yield from _incident(dossier)
    yield from _review(dossier)
    yield from _around(dossier)


def _incident(dossier: Dossier) -> Iterator[Part]:
    corrected = dossier.corrections["field"].to_list()
    facts = incident_facts.facts(dossier.incident, corrected, incident_evidence.first_report(dossier))
    source = words.stated_by(dossier.dataset["publisher"])
    yield _part("facts", wording.PARTS["facts"], facts, wording.FACT_HEADINGS, source)
    entries = incident_evidence.timeline(dossier.timeline)
    undated = words.undated(dossier.timeline["day"].null_count())
    yield _part("timeline", words.TIMELINE, entries, words.TIMELINE_HEADINGS, words.TIMELINE_NOTE, undated)
    harmed = dossier.casualties
    yield _part(
        "casualties",
        wording.PARTS["casualties"],
        incident_facts.casualties(harmed),
        wording.CASUALTY_HEADINGS,
        wording.NO_CASUALTIES if harmed.is_empty() else words.CASUALTIES_SOURCE,
    )
    reports = incident_reports.rows(dossier.reports, show_private=dossier.wanted.show_private)
    reports = reports.with_columns(address=pl.concat_str("url", "archive_url", separator="\n", ignore_nulls=True))
    counts = wording.report_counts(dossier.incident["report_count"], dossier.incident["private_report_count"])
    headings = words.REPORT_HEADINGS
    yield _part("reports", wording.PARTS["reports"], reports.select(list(headings)), headings, counts)
    named = ~dossier.weapons["confidence"].is_in([v.Confidence.UNATTRIBUTED, v.Confidence.EXCLUDED])
    weapons = incident_evidence.weapons(dossier.weapons)
    none = "" if named.any() else wording.UNATTRIBUTED
    yield _part("weapons", wording.PARTS["weapons"], weapons, wording.WEAPON_HEADINGS, none)
    units = incident_evidence.units(dossier.units)
    yield _part("units", words.UNITS, units, words.UNIT_HEADINGS, "" if units.height else words.NO_UNIT)


def _review(dossier: Dossier) -> Iterator[Part]:
    kinds = {"assessment": dossier.assessments, "response": dossier.responses, "engagement": dossier.engagements}
    nothing = dossier.steps.is_empty() and all(found.is_empty() for found in kinds.values())
    steps = incident_facts.history(dossier.steps, dossier.as_of)
    note = wording.NO_REVIEW if nothing else wording.NO_STEPS if steps.is_empty() else ""
    yield _part("history", wording.PARTS["history"], steps, wording.HISTORY_HEADINGS, note)
    for name, found in kinds.items():
        if not nothing:
            none = wording.NONE_ON_RECORD if found.is_empty() else ""
            yield _part(name, wording.PARTS[name], incident_evidence.records(name, found), {}, none)


def _around(dossier: Dossier) -> Iterator[Part]:
    pairs = dossier.same_event
    none = words.SAME_EVENT_WITHHELD if pairs is None else words.NO_SAME_EVENT if pairs.is_empty() else ""
    same = pl.DataFrame() if pairs is None else incident_evidence.same_event(pairs)
    yield _part("same_event", wording_matches.INCIDENT_HEADING, same, wording_matches.INCIDENT_COLUMNS, none)
    near = incident_evidence.nearby(dossier.nearby)
    yield _part("nearby", words.NEARBY, near, words.NEARBY_HEADINGS, *incident_evidence.nearby_lines(dossier))
    changed = incident_evidence.revisions(dossier)
    never = wording_revisions.never_revised(dossier.first_known) if changed.is_empty() else ""
    yield _part("revisions", wording_revisions.HISTORY, changed, wording_revisions.HISTORY_COLUMNS, never)
    if not dossier.corrections.is_empty():
        corrections = incident_evidence.corrections(dossier)
        columns = wording_revisions.CORRECTION_COLUMNS
        yield _part("corrections", wording_revisions.CORRECTIONS, corrections, columns)
    lines = [
        wording.dataset_line(
            row["title"], row["publisher"], row["licence"], row["known_on"], redistributable=row["redistributable"]
        )
        for row in dossier.datasets.iter_rows(named=True)
    ]
    yield _part("data", wording.PARTS["data"], pl.DataFrame(), {}, *lines)


def _part(name: str, title: str, rows: pl.DataFrame, headings: Mapping[str, str], *notes: str) -> Part:
    """A part; without rows there is no table, so that a note must say why."""
    filled = rows.fill_null("")
    return {
        "name": name,
        "title": title,
        "notes": [note for note in notes if note],
        "headings": [headings.get(column, column) for column in filled.columns] if filled.height else [],
        "rows": [list(row) for row in filled.iter_rows()],
    }
