"""Steps that the readers of Airwars' two forms of export share: codes, numbers, refused rows, unlisted values."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from transforms.source import FILE, ROW
from warehouse.vocabulary import CasualtyGroup, Harm, Vocabulary


@dataclass(frozen=True)
class Layout:
    """One form of export: its columns, and the functions that make rows of them.

    Attributes:
        terms: module that lists columns and categories.
        incident_columns, source_columns: all columns of either file.
        incident_restricted, source_restricted: those that quarantine never copies.
        country_column: column of the incidents that says what the export is about.
        about: value of that column -> (last part of the data set's identifier, part of its title).
        unlisted: (incidents, sources, file names) -> one sentence per column with values that are not listed.
        prepared: (incidents as read, file) -> the same rows, with what the next three need.
        incidents: (prepared, file) -> rows of the incident table, and the input rows refused.
        casualties, weapons: (prepared rows that are incidents, file) -> rows of these tables.
        sources: (sources as read, prepared) -> rows for `airwars_reports.reports`.
    """

    terms: str
    incident_columns: tuple[str, ...]
    source_columns: tuple[str, ...]
    incident_restricted: frozenset[str]
    source_restricted: frozenset[str]
    country_column: str
    about: Mapping[str, tuple[str, str]]
    unlisted: Callable[[pl.DataFrame, pl.DataFrame, tuple[str, str]], Iterator[str]]
    prepared: Callable[[pl.DataFrame, str], pl.DataFrame]
    incidents: Callable[[pl.DataFrame, str], tuple[pl.DataFrame, pl.DataFrame]]
    casualties: Callable[[pl.DataFrame, str], pl.DataFrame]
    weapons: Callable[[pl.DataFrame, str], pl.DataFrame]
    sources: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]


def unlisted(file: str, values: pl.Series, listed: Container[str], terms: str) -> Iterator[str]:
    """One sentence that names every value which is not listed, with how often it stands there; none if all are."""
    counts = values.drop_nulls().value_counts(sort=True)
    found = [f"{value!r} ({n} times)" for value, n in counts.iter_rows() if value not in listed]
    if found:
        yield (
            f"{file}: the column {values.name} holds {', '.join(sorted(found))}, not listed in "
            f"transforms/sources/{terms}.py; decide there what it means."
        )


def refused(frame: pl.DataFrame, file: str, unreadable: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """One line with REFUSED_SCHEMA per row in which a column cannot be read; the first such column is named."""
    flagged = frame.with_columns(broken.alias(f"broken_{column}") for column, broken in unreadable.items())
    which = pl.coalesce(pl.when(f"broken_{column}").then(pl.lit(column)) for column in unreadable)
    value = pl.coalesce(pl.when(f"broken_{column}").then(column) for column in unreadable)
    return flagged.filter(which.is_not_null()).select(
        pl.lit(file).alias(FILE),
        pl.col(ROW),
        rule=pl.format("incident.{}_readable", which),
        reason=pl.format(f"{file}, row {{}}: {{}} {{}} cannot be read.", ROW, which, value),
    )


def coded(column: str, mapping: Mapping[str, Vocabulary], empty: Vocabulary) -> pl.Expr:
    """A column of the source's codes -> values of ours; `empty` where the source says nothing."""
    return mapped(pl.col(column), mapping, empty)


def mapped(value: pl.Expr, mapping: Mapping[str, Vocabulary], empty: Vocabulary) -> pl.Expr:
    """Code of the source -> value of ours; `empty` where the source says nothing. Unlisted codes are an error."""
    codes = {source: ours.value for source, ours in mapping.items()}
    return value.replace_strict(codes, return_dtype=pl.String).fill_null(empty.value)


def partner(belligerents: pl.Expr, partners: Mapping[str, str | None]) -> pl.Expr:
    """The first of the belligerents that are the forces of a recipient of US arms, as its country's code; else null."""
    codes = pl.element().replace_strict(partners, default=None, return_dtype=pl.String)
    return belligerents.list.eval(codes).list.drop_nulls().list.first()


def counted(group: CasualtyGroup, harm: Harm) -> tuple[pl.Expr, pl.Expr]:
    """The columns group and harm."""
    return pl.lit(group.value).alias("group"), pl.lit(harm.value).alias("harm")


def degrees(column: str) -> pl.Expr:
    """A coordinate; null where it is none."""
    return pl.col(column).str.strip_chars().cast(pl.Float64, strict=False)


def people(column: str) -> pl.Expr:
    """A whole number that the export writes as "3.0"; null where it is none."""
    return pl.col(column).str.extract(r"^\s*(\d{1,9})(?:\.0+)?\s*$", 1).cast(pl.Int64)
