"""The declaration as Markdown: `python -m warehouse.dictionary > docs/data-dictionary.md` writes the data dictionary.

The guide to the intake format is made of the same sections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from warehouse.datapackage import allowed, dictionary
from warehouse.schema import TABLES, Column, Table
from warehouse.vocabulary import USML_CATEGORIES

Row = tuple[str, ...]
USML_TITLE = "USML categories"


def data_dictionary() -> str:
    """Every table, column and vocabulary of the warehouse."""
    columns = [column for table in TABLES for column in table.columns]
    return "\n".join(
        [
            _INTRODUCTION,
            "## Tables\n",
            *(table_section(t, t.columns, title=t.name, text=_about(t), notes=_note) for t in TABLES),
            "## Vocabulary\n",
            *vocabulary_sections(columns),
        ]
    )


def table_section(
    table: Table,
    columns: Sequence[Column],
    *,
    title: str,
    text: str,
    optional: frozenset[str] = frozenset(),
    notes: Callable[[Column], str] = lambda _: "",
) -> str:
    """A section about a table: one line per column with type, whether it is required, meaning and allowed values.

    Args:
        table: the table.
        columns: its columns that are shown.
        title, text: heading and first paragraph.
        optional: columns that are shown as not required, whatever the declaration says.
        notes: what to add to a column's meaning.
    """
    rows = [
        (
            f"`{row['column']}`",
            row["type"],
            "yes" if row["required"] and row["column"] not in optional else "",
            row["description"] + (f" ({row['unit']})" if row["unit"] else "") + notes(table[row["column"]]),
            _values(table[row["column"]]),
        )
        for row in dictionary(table, columns).iter_rows(named=True)
    ]
    return section(title, text, rows, ("column", "type", "required", "meaning", "allowed"))


def vocabulary_sections(columns: Iterable[Column]) -> list[str]:
    """A section for each vocabulary of the columns, in their order, and one for the munitions list."""
    used = {c.vocabulary.__name__: c.vocabulary for c in columns if c.vocabulary is not None}
    return [
        *(
            section(name, vocabulary.__doc__ or "", [(f"`{m.value}`", m.label, m.meaning) for m in vocabulary])
            for name, vocabulary in used.items()
        ),
        section(
            USML_TITLE,
            "United States Munitions List, 22 CFR 121.1.",
            [(f"`{code}`", f"Category {code}", title) for code, title in USML_CATEGORIES.items()],
        ),
    ]


def section(title: str, text: str, rows: Iterable[Row], header: Row = ("value", "label", "meaning")) -> str:
    """A heading of the third level, a paragraph and a table."""
    lines = [header, tuple("---" for _ in header), *rows]
    table = "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
    return f"### {title}\n\n{text}\n\n{table}\n"


def _values(column: Column) -> str:
    if column.vocabulary is not None:
        return f"[{column.vocabulary.__name__}](#{column.vocabulary.__name__.lower()})"
    if column.codes == tuple(USML_CATEGORIES):
        return f"[{USML_TITLE}](#{USML_TITLE.lower().replace(' ', '-')})"
    if column.references and column.references not in {"dataset.dataset_id"}:
        return f"a `{column.references}`"
    return allowed(column) or ""


def _about(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    intake = " Part of the [intake format](intake.md)." if table.intake else ""
    return f"One row is {table.row_is}. Key: {key}.{intake}"


def _note(column: Column) -> str:
    if column.restricted:
        return " Never shown or exported."
    if column.private_content:
        return " Hidden when the report is private, unless private reports are allowed."
    return " Computed by the build." if column.derived else ""


_INTRODUCTION = """# Data dictionary

Every table and column of the warehouse, generated from `warehouse/schema.py`. The database holds the same texts as
comments. An empty value means unknown; unknown is not zero. Rows of fact tables say from which day until which day
they were known (`known_from`, `known_to`).
"""

if __name__ == "__main__":
    print(data_dictionary(), end="")
