"""The briefing: two to four pages on the incidents under a filter, as PDF or as one HTML file.

`gather` asks the warehouse, `document` puts the answers into words and pictures, `typeset` sets them. The same build,
filter and code give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from pages import wording_briefing as words
from pages.documents import briefing_parts as parts
from pages.documents import briefing_tables as tables
from pages.documents import changed
from pages.documents.answers import Answers, BriefingError, gather
from pages.documents.typeset import Document, html, pdf
from warehouse.connection import Reader
from warehouse.filters import Filters

_SET: dict[str, Callable[[Document], bytes]] = {
    ".pdf": lambda made: pdf(made, "briefing.typ"),
    ".html": lambda made: html(made, "briefing.html.j2").encode(),
}


def document(answers: Answers) -> Document:
    """The answers in words and pictures."""
    review, review_pictures = parts.review(answers)
    harm, harm_pictures = parts.harm(answers)
    content: dict[str, Any] = {
        "subtitle": words.subtitle(answers.filters.sentence(), answers.as_of),
        "notes": parts.notes(answers),
        "cards": parts.cards(answers),
        "review": review,
        "harm": harm,
        "tables": tables.tables(answers),
        "changed": changed.section(answers.changes, has_review=answers.reviewed > 0) if answers.changes else {},
        "method_title": words.METHODS,
        "methods": tables.methods(),
        "manifest": tables.manifest(answers),
    }
    return Document(
        title=words.TITLE,
        footer=words.footer(
            answers.publishers,
            answers.as_of,
            answers.build["build_id"],
            answers.totals["incidents"],
            answers.all_incidents,
        ),
        dated=answers.as_of,
        synthetic=answers.build["synthetic"],
        content=content,
        pictures=review_pictures | harm_pictures,
    )


def briefing(reader: Reader, filters: Filters, suffix: str, since: date | None = None) -> bytes:
    """The briefing of a build under a filter; `suffix` is one of `words.MEDIA_TYPES`, `since` a day to compare with.

    Raises:
        BriefingError: no incident meets the filter, or nothing can be compared since that day.
        WarehouseError: the warehouse could not answer.
    """
    return _SET[suffix](document(gather(reader, filters, since)))


def write_file(reader: Reader, filters: Filters, path: Path, since: date | None = None) -> Path:
    """Write the briefing, aside first, so that a failure leaves no half file; returns where it is.

    Raises:
        BriefingError: unknown suffix, the folder does not exist or has no room, or what `briefing` raises.
        WarehouseError: the warehouse could not answer.
    """
    suffix = path.suffix.lower()
    if suffix not in words.MEDIA_TYPES:
        raise BriefingError(f"{path.name}: the suffix must be one of {', '.join(words.MEDIA_TYPES)}.")
    if not path.parent.is_dir():
        raise BriefingError(f"The folder {path.parent} does not exist; make it first.")
    answers = gather(reader, filters, since)
    target = path.with_name(words.file_name(path.name, synthetic=answers.build["synthetic"]))
    content = _SET[suffix](document(answers))
    aside = target.with_name(f".{target.name}.part")
    try:
        aside.write_bytes(content)
        aside.replace(target)
    except OSError as error:
        raise BriefingError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        aside.unlink(missing_ok=True)
    return target
