"""The sheet of notices and licences that people fill in: its columns, and the files to start from."""

from __future__ import annotations

from pathlib import Path

from transforms.intake import make_empty
from warehouse.dictionary import section

SHEET = "notifications"
"""Name of the sheet's file, without its suffix."""
COLUMNS = (
    "notified_on", "record_type", "channel", "recipient", "supplier", "designation", "description", "number",
    "value_usd", "case_number", "url", "comments",
)  # fmt: skip
NEEDED = ("notified_on", "record_type", "recipient", "designation")
"""Columns that every row fills."""
SUPPLIER = "USA"
"""The supplier where the column is left empty: the sheet is for notices and licences of the United States."""
RECORD_TYPES = ("notification", "licence")
CHANNELS = ("fms", "dcs", "unknown")

_HOW = {
    "notified_on": "Day of the notice or licence, written 2024-03-09.",
    "record_type": f"{' or '.join(RECORD_TYPES)}.",
    "channel": "fms (Foreign Military Sales), dcs (Direct Commercial Sales), or unknown, which empty means too.",
    "recipient": "Receiving country: its English name, or its ISO 3166-1 code of three letters.",
    "supplier": "Supplying country, likewise. Empty means the United States.",
    "designation": "One weapon a row, as short as can be (MK-84, not MK-84 general purpose bombs): only then is it "
    "found on the reference list.",
    "description": "What it is, in the words of the notice.",
    "number": "Items, digits only. Empty means that the notice states none.",
    "value_usd": "Value in US dollars, without thousands separators. Of a notice with several rows, give the value in "
    "one row only where it is not stated for each, so that it does not count twice.",
    "case_number": "Number of the transmittal, case or licence.",
    "url": "Address of the notice, beginning with https:// or http://.",
    "comments": "Anything else.",
}
_SOURCE = """known_on:
title: Notices and licences of arms sales
publisher:
url:
licence:
redistributable: false
"""


def guide() -> str:
    """How to fill in the sheet, as Markdown."""
    rows = [(f"`{name}`", "needed" if name in NEEDED else "", _HOW[name]) for name in COLUMNS]
    return _GUIDE.format(sheet=SHEET) + section(
        "Columns", "Empty means not stated.", rows, ("column", "", "how to fill it in")
    )


def write_template(folder: Path) -> tuple[Path, ...]:
    """Write an empty sheet, its SOURCE.txt and instructions into a new or empty folder; returns what was written.

    Raises:
        InputError: the folder is a file, or holds something.
    """
    make_empty(folder)
    texts = {f"{SHEET}.csv": ",".join(COLUMNS) + "\n", "SOURCE.txt": _SOURCE, "README.md": guide()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(folder / name for name in texts)


_GUIDE = """# Notices and licences of arms sales

One row is one weapon in one notice (of a proposed sale, to Congress) or licence. Not every notice becomes a sale, and
a transfer does not prove that a weapon was used: the dashboard shows both as context only.

1. Fill in `SOURCE.txt` first: `known_on` is the day of which the sheet is (2024-03-09), `publisher` and `licence` say
   whose texts it takes up.
2. Fill in `{sheet}.csv` (UTF-8, commas), or save it as `{sheet}.xlsx`: its first sheet is read. Keep one of the two.
3. Always give the whole sheet: a row that a later one lacks counts as withdrawn.
4. A row with a wrong cell is refused with its reason, and all others are loaded. Rows without any entry are skipped.

"""
