"""The intake format of a team that runs the process: what its files hold, and a template to start from.

Everything here is generated from `warehouse.schema` and `warehouse.intake_format`; what people filled in is read by
`transforms.sources.chirg_intake`.
`python -m transforms.intake > docs/intake.md` writes the guide to the format.
"""

from __future__ import annotations

import json
from pathlib import Path

from transforms.weapons import reference_list
from warehouse.dictionary import section, table_section, vocabulary_sections
from warehouse.errors import InputError
from warehouse.intake_format import DESCRIPTOR, NEEDED, OPTIONAL, VERSION, columns, descriptor
from warehouse.schema import INTAKE_TABLES, LIST_SEPARATOR, Table


def write_template(folder: Path) -> tuple[Path, ...]:
    """Write empty files, their description and instructions into a new or empty folder; returns what was written.

    Raises:
        InputError: the folder is a file, or holds something.
    """
    make_empty(folder)
    texts = {
        DESCRIPTOR: json.dumps(descriptor(), indent=2, ensure_ascii=False) + "\n",
        "README.md": guide(),
        **{f"{t.name}.csv": ",".join(c.name for c in columns(t)) + "\n" for t in INTAKE_TABLES},
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(folder / name for name in texts)


def make_empty(folder: Path) -> None:
    """Make a folder for new files.

    Raises:
        InputError: it is a file, or holds something.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file; name a new folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty; name a new folder, so that nothing is overwritten.")
    folder.mkdir(parents=True, exist_ok=True)


def guide() -> str:
    """How to fill in the files, as Markdown: rules, every file with its columns, every vocabulary."""
    parts = [
        _RULES.format(
            needed=", ".join(f"`{name}`" for name in NEEDED),
            separator=LIST_SEPARATOR.strip(),
            descriptor=DESCRIPTOR,
            version=VERSION,
        ),
        "## Files\n",
        *(_file_section(table) for table in INTAKE_TABLES),
        "## Vocabulary\n",
        *vocabulary_sections(c for t in INTAKE_TABLES for c in columns(t)),
        section(
            "Weapon reference list",
            "Use these identifiers, and copy the rows you use into `weapon.csv`. A weapon that is not here gets an "
            "identifier of your own there.",
            [
                (f"`{row['weapon_id']}`", row["designation"] or "", row["weapon_system"])
                for row in reference_list().iter_rows(named=True)
            ],
            ("identifier", "designation", "weapon_system"),
        ),
    ]
    return "\n".join(parts)


def _file_section(table: Table) -> str:
    needed = "Needed. " if table.name in NEEDED else ""
    return table_section(
        table,
        columns(table),
        title=f"{table.name}.csv",
        text=f"{needed}One row is {table.row_is}.",
        optional=OPTIONAL,
    )


_RULES = """# Intake of civilian harm incidents

A folder (or a .zip of it) with `{descriptor}` and one file per table, CSV or Parquet. This is version {version} of the
format; it is a [Frictionless Data Package](https://datapackage.org), so that general tools can check it too.

## How to fill in the files

1. Fill in `dataset.csv` first: exactly one row that says what the data is, whose it is and of which day it is
   (`known_on`).
2. {needed} are needed. Every other file may be deleted; a Parquet file of the same name may stand in for a CSV file
   (a general tool then wants its name in `{descriptor}`). Its columns may have their types: numbers, dates, truth
   values, lists. An intake of more than a million rows is best given as a folder of Parquet files, which is read in
   blocks and never held whole.
3. Files are UTF-8, with commas between columns and the header row as it is. Columns are neither renamed nor left out,
   but for `known_from` and `known_to`.
4. An empty cell means unknown. Unknown is not zero: leave the number of people killed empty when nobody states it,
   write 0 only where a source says that nobody was killed.
5. Dates are written 2024-03-09, truth values `true` or `false`, numbers with a decimal point and without thousands
   separators.
6. Several items in one cell are separated by "{separator}"; an item cannot hold a "{separator}" itself.
7. Identifiers are your own and unique within their file; other files refer to them. In the warehouse they get the
   `dataset_id` in front, so that two data sets never mix. Only `weapon_id` is shared by all.
8. How many people were harmed goes into `casualty.csv`, one row per group and harm; the incident's own totals are
   computed from the group `civilians`.
9. A report with `access` private is counted everywhere, but its text and sender are neither shown nor exported.
10. Names of victims are not loaded: leave them out.
11. `known_from` is the day from which a row was known, `known_to` the day from which it no longer held. Leave both
    empty unless you record when something became known.

A row with a value that is no date or number, or without a required value, is refused with its reason, and all other
rows are loaded. A missing file or column stops the load, and all such problems are listed together.
"""

if __name__ == "__main__":
    print(guide(), end="")
