"""The command line, `civharm`: builds, serves, checks and extracts. Thin: it calls what the packages provide."""

from __future__ import annotations

import json
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.errors import CivharmError, FilterError, InputError

DEFAULT_WAREHOUSE = Path("data/warehouse")
DEFAULT_PORT = 8501
DEMO_INCIDENTS = 650
DEMO_SEED = 20231007
"""The day the period of the demo begins; any number would do."""

# Markup is off: file names and values from data are text.
out = Console(markup=False, highlight=False, soft_wrap=True)
PLAIN_WIDTH = 200
"""Columns of a table that is not printed to a terminal, so that a program reads whole values."""
err = Console(markup=False, highlight=False, soft_wrap=True, stderr=True)

app = typer.Typer(
    name="civharm",
    help="Civilian Harm Dashboard: build a warehouse of incidents, check it, serve it, extract from it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Warehouse = Annotated[Path, typer.Option("--warehouse", metavar="DIR", help="Folder of the warehouse.")]
KnownOn = Annotated[
    datetime | None,
    typer.Option("--known-on", formats=["%Y-%m-%d"], help="Day of the export, for a source that does not state it."),
]


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows one step: a moving line on a terminal, plain lines elsewhere."""
    if not out.is_terminal:
        yield out.print
        return
    with out.status("Starting ...") as status:

        def show(line: str) -> None:
            out.print(line)
            status.update(escape(line.strip()))

        yield show


@app.command()
def build(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE=PATH ...", help="What to load; several are possible.")
    ],
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    known_on: KnownOn = None,
) -> None:
    """Build a warehouse from sources, validate it and publish it.

    Sources: chirg_intake, airwars, timemap.

    \b
    Examples:
      civharm build airwars=exports/airwars_gaza
      civharm build chirg_intake=intake.zip --warehouse data/review
      civharm build timemap=ukr-civharm-2024-06-02.json
    """
    from transforms.pipeline import Source
    from transforms.pipeline import build as build_warehouse

    chosen = []
    for pair in sources:
        name, equals, path = pair.partition("=")
        if not equals or not path:
            raise InputError(f"{pair!r} is not of the form SOURCE=PATH, such as airwars=exports/airwars_gaza.")
        chosen.append(Source(name, Path(path)))
    with progress() as show:
        build_warehouse(warehouse, chosen, show, _day(known_on))


@app.command()
def demo(
    incidents: Annotated[int, typer.Option(min=20, help="How many incidents.")] = DEMO_INCIDENTS,
    seed: Annotated[int, typer.Option(min=0, help="Another seed gives other incidents.")] = DEMO_SEED,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="DIR", help="Write the intake folder instead of building it.")
    ] = None,
    if_missing: Annotated[bool, typer.Option("--if-missing", help="Do nothing if there is a warehouse.")] = False,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
) -> None:
    """Build a warehouse of synthetic incidents, for trying the dashboard.

    \b
    Examples:
      civharm demo
      civharm demo --incidents 20000 --seed 7 --warehouse data/large-demo
      civharm demo --write data/demo-intake
    """
    from transforms.pipeline import Source
    from transforms.pipeline import build as build_warehouse
    from transforms.sources.demo import write as write_demo
    from warehouse.publish import POINTER

    if if_missing and (warehouse / POINTER).exists():
        return
    if write is not None:
        write_demo(write, incidents, seed)
        out.print(
            f"Wrote {incidents:,} synthetic incidents to {write}; build them with: civharm build chirg_intake={write}"
        )
        return
    with progress() as show, TemporaryDirectory(prefix="civharm-demo-") as folder:
        show(f"Generating {incidents:,} synthetic incidents (seed {seed}) ...")
        write_demo(Path(folder), incidents, seed)
        build_warehouse(warehouse, [Source("chirg_intake", Path(folder))], show)


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = DEFAULT_PORT,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
) -> None:
    """Serve the dashboard on this machine alone (127.0.0.1).

    \b
    Examples:
      civharm serve
      civharm serve --port 8600 --warehouse data/review
    """
    from pages.components.serving import serve as serve_app

    serve_app(port, warehouse, out.print)


@app.command()
def validate(
    docs: Annotated[
        Path | None, typer.Option("--docs", metavar="DIR", help="Also write Great Expectations' Data Docs there.")
    ] = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
) -> None:
    """Check the current build again, and say what does not hold. Exits 1 if an error is found.

    \b
    Examples:
      civharm validate
      civharm validate --docs data/docs
    """
    from expectations import run
    from warehouse.publish import current_build_id, file_of

    with progress() as show, TemporaryDirectory(prefix="civharm-validate-") as folder:
        # A copy: the dashboard may be reading the file.
        copy = _copied(file_of(warehouse, current_build_id(warehouse)), Path(folder))
        results = run.run(copy, _today(), show)
        if docs is not None:
            run.write_data_docs(copy, docs)
            show(f"Wrote Data Docs to {docs}.")
    unmet = results.filter(~results["is_met"])
    for row in unmet.iter_rows(named=True):
        count = f"{row['unexpected']:,} of {row['evaluated']:,}"
        out.print(f"{row['severity']}: {row['expectation']}: {count}. {row['description']}")
    out.print(f"{results.height} expectations, {unmet.height} not met.")
    if run.problems(results):
        raise typer.Exit(1)


@app.command()
def summary(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False, warehouse: Warehouse = DEFAULT_WAREHOUSE
) -> None:
    """Say what the current build holds.

    \b
    Examples:
      civharm summary
      civharm summary --json
    """
    from warehouse.connection import reader
    from warehouse.summary import summarise

    found = summarise(reader(warehouse))
    if as_json:
        out.print(json.dumps(found, indent=1))
        return
    table = Table(show_header=False, box=None)
    for name, value in found.items():
        if isinstance(value, dict):
            text = ", ".join(f"{key} {_number(number)}" for key, number in value.items())
        else:
            text = _number(value)
        table.add_row(name, text)
    _print_table(table)


@app.command()
def extract(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help=".csv, .parquet or .xlsx")],
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="FIELD=VALUE", help="Repeat for several; the same field twice means either."),
    ] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--column", metavar="NAME", help="Repeat for several; all if left out.")
    ] = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
) -> None:
    """Write the filtered incidents to a file, with a manifest: the same rows as the dashboard's Extract page.

    Filters: date_from, date_to, country, weapon_system, munition, us_origin_confidence, source_type, harm_status,
    strike_type, stage, minimum_civilians_killed, geo_precision, text.

    \b
    Examples:
      civharm extract -o incidents.csv
      civharm extract --filter country=PSE --filter date_from=2024-01-01 -o gaza-2024.parquet
      civharm extract --filter stage=incident_analysis --filter stage=received -o waiting.xlsx
    """
    from warehouse.connection import reader
    from warehouse.extracts import Request, write_files
    from warehouse.filters import Filters

    params: dict[str, list[str]] = defaultdict(list)
    for pair in filters or []:
        name, equals, value = pair.partition("=")
        if not equals:
            raise FilterError(f"{pair!r} is not of the form FIELD=VALUE, such as country=PSE.")
        params[name].append(value)
    request = Request(Filters.from_params(params), tuple(columns or ()))
    manifest = write_files(request, reader(warehouse), output)
    synthetic = " SYNTHETIC" if manifest["synthetic"] else ""
    out.print(f"Wrote {manifest['row_count']:,}{synthetic} incidents to {output} ({manifest['filter']}).")


@app.command()
def builds(warehouse: Warehouse = DEFAULT_WAREHOUSE) -> None:
    """List the kept builds, newest first; the current one is marked.

    \b
    Example:
      civharm builds
    """
    from warehouse.publish import current_build_id, kept

    current = current_build_id(warehouse)
    table = Table("", "build", "built at", "incidents", "quarantined", "warnings", "data", box=None)
    for record in kept(warehouse):
        table.add_row(
            "*" if record.build_id == current else "",
            record.build_id,
            record.built_at,
            f"{record.row_counts.get('incident', 0):,}",
            f"{record.quarantined:,}",
            f"{record.expectations['warning']:,}",
            "SYNTHETIC" if record.synthetic else "recorded",
        )
    _print_table(table)


@app.command()
def rollback(
    build_id: Annotated[
        str | None, typer.Argument(help="A kept build; the one before the current if left out.")
    ] = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
) -> None:
    """Make an earlier kept build the current one.

    \b
    Examples:
      civharm rollback
      civharm rollback 20241030T120000Z-1a2b3c4d
    """
    from warehouse.publish import rollback as point_back

    out.print(f"The current build is now {point_back(warehouse, build_id)}.")


@app.command()
def template(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")]) -> None:
    """Write an empty intake folder: one CSV per table, a datapackage.json and a README that explains them.

    \b
    Example:
      civharm template data/intake
    """
    from transforms.sources.chirg_intake import write_template

    write_template(folder)
    out.print(f"Wrote an empty intake to {folder}; fill it in, then: civharm build chirg_intake={folder}")


def main() -> None:
    """Run a command; what a person can act on is printed as a sentence, and the exit status is 1."""
    try:
        app()
    except CivharmError as error:
        err.print(f"Error: {error}")
        sys.exit(1)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _today() -> date:
    return datetime.now(UTC).date()


def _copied(path: Path, folder: Path) -> Path:
    return Path(shutil.copy(path, folder))


def _print_table(table: Table) -> None:
    out.print(table, width=None if out.is_terminal else PLAIN_WIDTH)


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


if __name__ == "__main__":
    main()
