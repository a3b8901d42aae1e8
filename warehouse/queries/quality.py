"""The build: its data sets and files, what was checked, what was refused."""

from __future__ import annotations

import ibis
from ibis.expr.types import Table

from warehouse import vocabulary as v
from warehouse.schema import TABLE


def build() -> Table:
    """The build's own record: one row."""
    return TABLE["build"].ibis_table()


def datasets() -> Table:
    """Data sets by title."""
    return TABLE["dataset"].ibis_table().order_by("title")


def input_files() -> Table:
    """Files that the build read, by data set and name."""
    return TABLE["input_file"].ibis_table().order_by("dataset_id", "file")


def expectation_suites() -> Table:
    """Outcomes by suite, that is by table. Columns: suite, expectations, passed, warning, failed."""
    results = TABLE["validation_result"].ibis_table()
    unmet = ~results.is_met
    return (
        results.group_by("suite")
        .aggregate(
            expectations=results.count(),
            passed=results.is_met.sum(),
            warning=(unmet & (results.severity == v.Severity.WARNING.value)).sum(),
            failed=(unmet & (results.severity == v.Severity.ERROR.value)).sum(),
        )
        .order_by("suite")
    )


def unmet_expectations() -> Table:
    """Expectations that some row broke, errors first; columns of validation_result."""
    results = TABLE["validation_result"].ibis_table()
    return results.filter(~results.is_met).order_by("severity", "suite", "expectation")


def expectations(suite: str) -> Table:
    """All expectations of a suite; columns of validation_result, unmet ones first."""
    results = TABLE["validation_result"].ibis_table()
    return results.filter(results.suite == suite).order_by("is_met", "expectation")


def incidents_of_rows(name: str, column: str, values: tuple[str, ...]) -> Table:
    """To which incidents rows of a table with incident_id belong. Columns: the given one, incident_id."""
    rows = TABLE[name].ibis_table()
    named = rows.filter(rows[column].isin(values)).group_by(column, "incident_id").aggregate(rows=lambda t: t.count())
    return named.select(column, "incident_id").order_by(column, "incident_id")


def quarantine_counts() -> Table:
    """Refused rows by data set and broken rule. Columns: dataset_id, rule, rows."""
    refused = TABLE["quarantine"].ibis_table()
    return (
        refused.group_by(["dataset_id", "rule"])
        .aggregate(rows=refused.count())
        .order_by(ibis.desc("rows"), "dataset_id", "rule")
    )


def quarantined(dataset_id: str | None, rule: str | None, limit: int, offset: int) -> Table:
    """One page of refused rows, in the order of the files; of one data set or rule where given."""
    refused = TABLE["quarantine"].ibis_table()
    if dataset_id is not None:
        refused = refused.filter(refused.dataset_id == dataset_id)
    if rule is not None:
        refused = refused.filter(refused.rule == rule)
    return refused.order_by("dataset_id", "file", "row_number", "rule", "reason").limit(limit, offset=offset)
