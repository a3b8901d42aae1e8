"""What of a report may be shown."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.schema import TABLE


def shown(reports: Table, show_private: bool) -> Table:
    """Reports as they may be shown or exported: the one place that hides.

    Restricted columns are left out. What a private report says and who sent it becomes null unless allowed. The
    address of a personal account names its owner, so it is null always, and so is an archived copy whose own address
    contains it.
    """
    hidden = TABLE["report"]
    reports = reports.drop(*(c.name for c in hidden.columns if c.restricted))
    is_private = reports.access == v.Access.PRIVATE.value
    is_personal = reports.account_kind == v.AccountKind.PERSONAL.value
    nothing = ibis.null("string")
    changed: dict[str, Any] = {}
    for column in hidden.columns:
        if column.private_content and not show_private:
            changed[column.name] = ibis.ifelse(is_private, nothing, reports[column.name])
    url = changed.get("url", reports.url)
    archive = changed.get("archive_url", reports.archive_url)
    changed["url"] = ibis.ifelse(is_personal, nothing, url)
    inner = archive.length() > 10
    embeds_address = inner & (archive.substr(10).contains("http") | archive.substr(10).contains("www."))
    changed["archive_url"] = ibis.ifelse(is_personal & embeds_address.fill_null(False), nothing, archive)
    return reports.mutate(**changed)
