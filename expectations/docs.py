"""Great Expectations' Data Docs: every suite and its outcome as a folder of static pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import great_expectations as gx

from expectations.engine import open_tables, suite_of
from expectations.run import all_rules
from warehouse.errors import WarehouseError
from warehouse.schema import TABLES

NO_REQUESTS = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'self' data: 'unsafe-inline'; form-action 'none'\">"
)
"""The pages name styles, scripts and a logo on other hosts; whoever reads them should not be seen doing so there."""


def write_data_docs(database: Path, folder: Path, today: date) -> Path:
    """Validate a DuckDB file and write the outcome as Data Docs.

    Args:
        database: the file; opened read only and released afterwards.
        folder: where the pages go; must be empty or not exist.
        today: the day of the build (UTC).

    Returns:
        The page to open first.

    Raises:
        WarehouseError: the folder holds something already, or the file does not hold every declared table.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WarehouseError(f"{folder} exists and is not empty; name a new folder for the Data Docs.")
    rules = all_rules(today)
    with open_tables(database) as tables:
        context = tables.context
        context.add_data_docs_site(
            "warehouse",
            {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                "store_backend": {
                    "class_name": "TupleFilesystemStoreBackend",
                    "base_directory": str(folder.resolve()).replace("$", r"\$"),
                },
            },
        )
        definitions = []
        for table in TABLES:
            suite = context.suites.add(suite_of(table.name, tuple(rule for rule in rules if rule.table == table.name)))
            definition = gx.ValidationDefinition(name=table.name, data=tables.batches[table.name], suite=suite)
            definitions.append(context.validation_definitions.add(definition))
        checkpoint = gx.Checkpoint(name="warehouse", validation_definitions=definitions, result_format="SUMMARY")
        outcome = context.checkpoints.add(checkpoint).run()
        context.build_data_docs(site_names=["warehouse"])
        met = {
            r.suite_name: (r.statistics["successful_expectations"], len(r.results))
            for r in outcome.run_results.values()
        }
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("<head>", f"<head>{NO_REQUESTS}", 1), encoding="utf-8")
    index = folder / "index.html"
    index.write_text(_index(folder, met), encoding="utf-8")
    return index


def _index(folder: Path, met: Mapping[str, tuple[int, int]]) -> str:
    """A plain list of the suites; Great Expectations' own one is drawn by scripts from other hosts."""
    rows = []
    for suite, (good, total) in met.items():
        (result,) = (folder / "validations" / suite).rglob("*.html")
        rows.append(
            f'<tr><td>{suite}</td><td>{good} of {total} met</td><td><a href="{result.relative_to(folder).as_posix()}">'
            f'Outcome</a></td><td><a href="expectations/{suite}.html">Expectations</a></td></tr>'
        )
    return (
        f'<!DOCTYPE html><html lang="en"><head>{NO_REQUESTS}<meta charset="utf-8"><title>Validation of the warehouse'
        '</title></head><body style="font-family: sans-serif"><h1>Validation of the warehouse</h1>'
        f'<table cellpadding="4">{"".join(rows)}</table></body></html>\n'
    )
