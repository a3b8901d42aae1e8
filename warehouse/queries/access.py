"""What of a report may be shown: the one place that hides."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.schema import TABLE


def shown(reports: Table, show_private: bool) -> Table:
    """Reports as they may be shown or exported.

    Restricted columns are left out. What a private report says and who sent it becomes null unless allowed. The
    address of a personal account names its owner, so it is null always, and so is an archived copy whose own address
    contains it.
    """
    hidden = TABLE["report"]
    reports = reports.drop(*(c.name for c in hidden.columns if c.restricted))
    private = tuple(c.name for c in hidden.columns if c.private_content)
    reports = without_private(reports, private, show_private)
    is_personal = reports.account_kind == v.AccountKind.PERSONAL.value
    nothing = ibis.null("string")
    archive = reports.archive_url
    inner = archive.length() > 10
    embeds_address = inner & (archive.substr(10).contains("http") | archive.substr(10).contains("www."))
    return reports.mutate(
        url=ibis.ifelse(is_personal, nothing, reports.url),
        archive_url=ibis.ifelse(is_personal & embeds_address.fill_null(False), nothing, archive),
    )


def without_private(rows: Table, columns: tuple[str, ...], show_private: bool) -> Table:
    """Rows with the report's `access` beside them; the text columns are null where it is private, unless allowed."""
    if show_private:
        return rows
    is_private = (rows.access == v.Access.PRIVATE.value).fill_null(False)
    return rows.mutate(**{name: ibis.ifelse(is_private, ibis.null(rows[name].type()), rows[name]) for name in columns})
