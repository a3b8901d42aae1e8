"""Answers about the reports of incidents. See the questions of the same names.

A link of a report to an incident is a row. What incidents share is held apart: only there a report has to be told
from another, so that it counts once.
"""

from __future__ import annotations

import polars as pl
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.cubes.frames import counted, in_order, is_in
from warehouse.cubes.held import Held, asked_rows, incident_rows
from warehouse.cubes.meeting import predicate
from warehouse.cubes.sums import Part, restricted, shared, with_columns
from warehouse.filters import Filters
from warehouse.queries import sources
from warehouse.queries.base import NUMBER, numbered, table

COLUMNS = ("source_type", "account_kind", "language", "platform", "name", "has_archive")


def link_rows(is_shared: bool) -> Table:
    """Links of reports that are shared between incidents, or of all others.

    Columns: incident_id, those of `COLUMNS` (the name of a personal account is null), period_start (month of
    publication), is_private; if shared, report (its number).
    """
    links = table("incident_report")
    links = links.filter(links.is_shared if is_shared else ~links.is_shared).select("incident_id", "report_id")
    reports = sources.with_name(numbered("report"), show_private=True)
    rows = links.inner_join(reports, "report_id")
    derived = {
        "period_start": rows.published_on.truncate("M"),
        "is_private": rows.access == v.Access.PRIVATE.value,
    }
    if is_shared:
        derived["report"] = rows[NUMBER].cast("int32")
    return rows.select("incident_id", *COLUMNS, **derived)


def report_count(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.report_count`."""
    columns = restricted(filters)
    links = None if columns is None else held.soon(_by_report, columns)
    if links is None:
        linked = held.meeting(filters, held.once(_by_report, ()))
    else:
        linked = links.lazy().filter(predicate(filters))
    # By report: a link that follows another of its report counts it again.
    is_again = (pl.col("report") == pl.col("report").shift(1)).fill_null(value=False)
    again = linked.select(again=is_again.sum(), again_private=(is_again & pl.col("is_private")).sum())
    sums = shared(held, filters, LINKS).select(pl.col(LINKS.sums).sum())
    return pl.concat(pl.collect_all([sums, again]), how="horizontal").select(
        reports=pl.col("report_count") - pl.col("again"),
        private=pl.col("private_report_count") - pl.col("again_private"),
        links="report_count",
    )


def _by_report(held: Held, columns: tuple[str, ...]) -> pl.DataFrame:
    """Shared links in the order of reports. Columns: `NUMBER`, report, is_private, `columns`."""
    rows = with_columns(held, held.everything(link_rows, True), columns)
    return rows.select(NUMBER, "report", "is_private", *columns).sort("report").collect()


def _as_they_are(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows


LINKS = Part(asked_rows, (incident_rows,), _as_they_are, (), (), ("report_count", "private_report_count"))


def reports_by(held: Held, filters: Filters, dimension: sources.ReportDimension) -> pl.DataFrame:
    """See `queries.reports_by`."""
    counts = _reports(held, filters).group_by(category=dimension).agg(
        reports=pl.len(),
        archived=pl.col("has_archive").sum(),
        dated=pl.col("period_start").count(),
        private=pl.col("is_private").sum(),
    )  # fmt: skip
    about = held.once(_incidents_by, dimension)
    if filters.restricts:
        about = about.filter(held.mask(filters).gather(about[NUMBER]))
    incidents = about.lazy().group_by(category=dimension).agg(incidents=pl.len())
    rows = counts.join(incidents, on="category", nulls_equal=True)
    return in_order(rows, ["reports", "category"], descending=[True, False])


def reports_by_month(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.reports_by_month`."""
    keys = ["period_start", "category"]
    rows = _reports(held, filters).group_by("period_start", category="source_type").agg(reports=pl.len())
    return in_order(rows, keys)


def publishers(held: Held, filters: Filters, show_private: bool, limit: int) -> pl.DataFrame:
    """See `queries.publishers`."""
    keys = ["publisher", "account_kind"]
    publisher = pl.col("name") if show_private else _PUBLIC_NAME
    named = _reports(held, filters).with_columns(publisher=publisher).filter(pl.col("publisher").is_not_null())
    counts = named.group_by(keys).agg(reports=pl.len(), archived=pl.col("has_archive").sum())
    first = in_order(counts, ["reports", *keys], descending=[True, False, False]).head(limit)
    listed = pl.col("publisher").is_in(first["publisher"].cast(pl.Categorical).unique().implode())
    links = _links(held, filters).with_columns(publisher=publisher).filter(listed)
    about = counted(links.select(*keys, NUMBER).unique(), keys)
    return first.join(about, on=keys, maintain_order="left")


def publisher_totals(held: Held, filters: Filters, show_private: bool) -> pl.DataFrame:
    """See `queries.publisher_totals`."""
    is_personal = is_in("account_kind", [v.AccountKind.PERSONAL.value])
    publisher = pl.col("publisher")
    reports = (
        _reports(held, filters)
        .with_columns(publisher=pl.col("name") if show_private else _PUBLIC_NAME)
        .select(
            publishers=publisher.drop_nulls().n_unique(),
            reports=pl.len(),
            personal=is_personal.sum(),
            unnamed=(~is_personal & publisher.is_null()).sum(),
            archived=pl.col("has_archive").sum(),
        )
    )
    incidents = held.chosen(filters).select(incidents=(pl.col("report_count") > 0).sum())
    return pl.concat(pl.collect_all([reports, incidents]), how="horizontal")


_PUBLIC_NAME = pl.when(~pl.col("is_private")).then(pl.col("name"))
"""As `queries.access.shown` hides it."""


def _links(held: Held, filters: Filters) -> pl.LazyFrame:
    """Every link of the filtered incidents."""
    parts = (held.of(filters, link_rows, is_shared) for is_shared in (False, True))
    return pl.concat([part.drop("report", strict=False) for part in parts])


def _reports(held: Held, filters: Filters) -> pl.LazyFrame:
    """Every report of the filtered incidents once."""
    shared = held.of(filters, link_rows, True).unique("report")
    return pl.concat([held.of(filters, link_rows, False), shared.drop("report")])


def _incidents_by(held: Held, dimension: sources.ReportDimension) -> pl.DataFrame:
    """Every incident once for each value that its reports have. Columns: `NUMBER`, the dimension."""
    return _links(held, Filters()).select(NUMBER, dimension).unique().collect()
