"""The command line, `civharm`: builds, serves, checks and extracts. Thin: it calls what the packages provide."""

from __future__ import annotations

import atexit
import json
import os
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from pages.components import settings
from warehouse.errors import CivharmError, FilterError, InputError, NoticeError

if TYPE_CHECKING:
    from transforms.mapping_trial import Trial
    from warehouse.filters import Filters
    from warehouse.watch import Outcome

DEFAULT_WAREHOUSE = Path(settings.DEFAULT_WAREHOUSE)
DEFAULT_PORT = 8501
DEMO_INCIDENTS = 650
DEMO_SEED = 20231007
"""The day the period of the demo begins; any number would do."""

PLAIN_WIDTH = 200
"""Columns of a table that is not printed to a terminal, so that a program reads whole values."""
SHOWN_REFUSALS = 5
BUILD_ID_LENGTH = 25
"""Never cut, for it is what `rollback` is given."""

# Markup is off: file names and values from data are text.
out = Console(markup=False, highlight=False, soft_wrap=True)
err = Console(markup=False, highlight=False, soft_wrap=True, stderr=True)

app = typer.Typer(
    name="civharm",
    help="Civilian Harm Dashboard: build a warehouse of incidents, check it, serve it, extract from it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Warehouse = Annotated[
    Path, typer.Option("--warehouse", metavar="DIR", envvar=settings.WAREHOUSE, help="Folder of the warehouse.")
]
KnownOn = Annotated[
    datetime | None,
    typer.Option("--known-on", formats=["%Y-%m-%d"], help="Day of every export given; comes before SOURCE.txt."),
]
FilterPairs = Annotated[
    list[str] | None,
    typer.Option("--filter", metavar="FIELD=VALUE", help="Repeat for several; the same field twice means either."),
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
        list[str] | None,
        typer.Argument(metavar="SOURCE=PATH[@DAY] ...", help="What to load; a day of knowledge may follow the path."),
    ] = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
    known_on: KnownOn = None,
    corrections: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Corrections [default: corrections.toml in the warehouse].")
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Decisions on pairs [default: decisions.toml in the warehouse].")
    ] = None,
    lake: Annotated[
        Path | None,
        typer.Option(
            "--lake",
            metavar="DIR",
            help="Also publish it as Parquet by month, for Spark; without SOURCE, the current build.",
        ),
    ] = None,
) -> None:
    """Build a warehouse from sources, validate it and publish it.

    Several exports of one data set become versions: what was known on the day of each stays to be seen.

    Sources: chirg_intake, airwars, strike_footage, timemap, ucdp_ged, acled, daily_series, sipri_trade_register,
    notifications, mapped.

    \b
    Examples:
      civharm build airwars=exports/airwars_gaza
      civharm build chirg_intake=intake.zip --warehouse data/review
      civharm build timemap=ukr-civharm-2023-08-04.json timemap=ukr-civharm-2024-06-02.json
      civharm build airwars=exports/airwars_gaza ucdp_ged=GEDEvent_v24_1.csv@2024-06-10
      civharm build --lake data/lake
    """
    from transforms.pipeline import Declared, Source
    from transforms.pipeline import build as build_warehouse

    if not sources and lake is None:
        raise typer.BadParameter("name what to load, such as airwars=exports/airwars_gaza", param_hint="SOURCE=PATH")
    chosen = []
    for pair in sources or ():
        name, equals, path = pair.partition("=")
        if not equals or not path:
            raise InputError(f"{pair!r} is not of the form SOURCE=PATH, such as airwars=exports/airwars_gaza.")
        chosen.append(Source(name, *_path_and_day(path)))
    beside = Declared.beside(warehouse)
    people = Declared(corrections or beside.corrections, decisions or beside.decisions)
    with progress() as show:
        if chosen:
            build_warehouse(warehouse, chosen, show, _day(known_on), people)
        if lake is not None:
            _publish_lake(warehouse, lake, show)


def _is_outdated_demo(warehouse: Path) -> bool:
    """Whether it holds a demonstration that other code built. Recorded data is never replaced.

    Raises:
        OutdatedWarehouseError: other code built it from recorded data.
    """
    from warehouse.connection import reader
    from warehouse.errors import OutdatedWarehouseError, WarehouseError
    from warehouse.publish import current_build_id, record_of

    try:
        reader(warehouse)
    except OutdatedWarehouseError:
        if record_of(warehouse, current_build_id(warehouse)).synthetic:
            return True
        raise
    except WarehouseError:
        return False  # the app says what is wrong with it
    return False


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
    from transforms.intake import make_empty
    from transforms.pipeline import Source
    from transforms.pipeline import build as build_warehouse
    from transforms.sources.demo import write as write_demo
    from warehouse.publish import POINTER

    if if_missing and (warehouse / POINTER).exists() and not _is_outdated_demo(warehouse):
        return
    if write is not None:
        make_empty(write)
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
    from warehouse.connection import Reader
    from warehouse.publish import current_build_id, file_of

    build_id = current_build_id(warehouse)
    Reader(warehouse, build_id).close()  # says what is wrong with the file before the seconds of the next imports
    from expectations import run
    from expectations.docs import write_data_docs

    database = file_of(warehouse, build_id)
    with progress() as show:
        results = run.run(database, _today(), show)
        if docs is not None:
            index = write_data_docs(database, docs, _today())
            show(f"Wrote Data Docs: open {index}.")
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
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FILE", help=".csv .parquet .xlsx .jsonl .geojson .geoparquet .zip (all)"
        ),
    ],
    filters: FilterPairs = None,
    columns: Annotated[
        list[str] | None, typer.Option("--column", metavar="NAME", help="Repeat for several; all if left out.")
    ] = None,
    contents: Annotated[
        str,
        typer.Option(help="incidents, reports, links, weapons, casualties, stages, responses; all, as a data package"),
    ] = "incidents",
    with_restricted: Annotated[
        bool, typer.Option("--with-restricted", help="Also rows of sources that may not be passed on; they are marked.")
    ] = False,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
) -> None:
    """Write the filtered incidents, or what belongs to them, to a file, with a manifest: the Extract page's rows.

    Rows of sources that may not be passed on are left out and counted. What private reports say is in it only where
    CIVHARM_SHOW_PRIVATE is 1. Either is put before the file's name where it is in.

    Filters: as_known_on, date_from, date_to, country, weapon_system, munition, us_origin_confidence, source_type,
    harm_status, strike_type, stage, minimum_civilians_killed, geo_precision, dataset_id, text.

    \b
    Examples:
      civharm extract -o incidents.csv
      civharm extract --filter country=PSE --filter date_from=2024-01-01 -o gaza-2024.parquet
      civharm extract --filter stage=incident_analysis --filter stage=received -o waiting.xlsx
      civharm extract --contents reports --filter country=PSE -o reports.jsonl
      civharm extract --contents all -o everything.zip
    """
    from warehouse.connection import reader
    from warehouse.extracts import ALL, Request, write_files

    chosen = _filters(filters)
    request = Request(chosen, tuple(columns or ()), contents, with_restricted, settings.shows_private())
    manifest = write_files(request, reader(warehouse), output)
    synthetic = " SYNTHETIC" if manifest["synthetic"] else ""
    what = "rows of all tables" if contents == ALL else contents
    written = output.with_name(manifest["file"])
    out.print(f"Wrote {manifest['row_count']:,}{synthetic} {what} to {written} ({manifest['filter']}).")
    if left_out := manifest["rows_left_out"]:
        out.print(
            f"Left out: {left_out:,} of sources that may not be passed on; --with-restricted includes them, marked."
        )


@app.command()
def query(
    name: Annotated[str | None, typer.Argument(metavar="QUESTION", help="Its name, as --list prints it.")] = None,
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE ...", help="Arguments beside the filter.")
    ] = None,
    filters: FilterPairs = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help=".csv or .json")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="List the questions with their arguments.")] = False,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
) -> None:
    """Ask one of the questions that the pages ask, by its name; the answer is the pages' own.

    Filters are those of civharm extract. What private reports say is told only where CIVHARM_SHOW_PRIVATE is 1.

    \b
    Examples:
      civharm query --list
      civharm query totals --filter country=PSE
      civharm query over_time period=month --filter date_from=2024-01-01 --csv
      civharm query counts dimension=harm_status -o statuses.json
    """
    from warehouse import asking, asking_files
    from warehouse.connection import reader

    if listing:
        for asked in asking.questions().values():
            out.print(" ".join([asked.name, *(argument.described() for argument in asked.arguments)]))
            out.print(f"    {asked.summary}")
        return
    if name is None:
        raise InputError("Name a question; civharm query --list prints them.")
    chosen = asking_files.named(output, as_csv=as_csv, as_json=as_json)
    answered = asking_files.ask(
        reader(warehouse), name, _filters(filters), _pairs(arguments), show_private=settings.shows_private()
    )
    if output is not None:
        out.print(f"Wrote {asking_files.write(answered, output)}.")
    elif chosen is not None:
        typer.echo(chosen(answered).decode(), nl=False)
    else:
        headings, rows = asking_files.lines(answered.frame)
        table = Table(*(Column(heading, overflow="fold") for heading in headings), box=None)
        for row in rows:
            table.add_row(*row)
        _print_table(table)
        out.print(f"{answered.about}.")


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An extract; its manifest is inside or beside it.")],
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
) -> None:
    """Say whether an extract is what its build gives: identical, or what differs.

    The extract is written again from its manifest and the kept build. Differing rows are named by their keys and
    columns. The exit status is 0 for identical, 1 for different, 2 where it cannot be said.

    \b
    Examples:
      civharm verify incidents.csv
      civharm verify SYNTHETIC-all-20241030T120000Z-1a2b3c4d.zip
    """
    from warehouse.extracts import CannotBeSaidError
    from warehouse.extracts import verify as verified

    try:
        verdict = verified(file, warehouse)
    except CannotBeSaidError as error:
        err.print(f"Error: {error}")
        raise typer.Exit(2) from error
    if verdict.is_identical:
        out.print(f"{file} is identical to what the build {verdict.build_id} gives: {verdict.rows:,} rows.")
        return
    out.print(f"{file} differs from what the build {verdict.build_id} gives:")
    for line in verdict.said:
        out.print(f"- {line}")
    raise typer.Exit(1)


@app.command()
def brief(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help=".pdf or .html")],
    filters: FilterPairs = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="As known by the end of this day [default: now]."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="Adds what became known after the end of this day."),
    ] = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
) -> None:
    """Write a briefing on the filtered incidents: two to four pages as PDF, or one HTML file that needs nothing else.

    Figures, stages and waits, backlog, map, the longest waits, the newest incidents, methods and manifest. Filters are
    those of civharm extract. SYNTHETIC is put before the name of the file where the data is.

    \b
    Examples:
      civharm brief -o briefing.pdf
      civharm brief --filter country=PSE --as-of 2024-10-30 -o gaza.html
      civharm brief --since 2024-10-23 -o week.pdf
    """
    from pages.documents.briefing import write_file
    from warehouse.connection import reader

    written = write_file(reader(warehouse), _filters(filters, _day(as_of)), output, _day(since))
    out.print(f"Wrote {written}.")


@app.command()
def watch(
    rules: Annotated[Path | None, typer.Argument(metavar="RULES", help="A TOML file of rules.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="New matches as .csv or .json.")
    ] = None,
    feed: Annotated[
        Path | None, typer.Option("--feed", metavar="FILE", help="Write the latest notices as an Atom feed.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="A new rule reports what matched after this day."),
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="Print rules to start from, or write them to a new file RULES.")
    ] = False,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
) -> None:
    """Report what rules newly match in the current build, each match once; run it after each build.

    Matches are printed, and sent only where the rules name a webhook or a mail server. What was not delivered is tried
    again by the next run, and the exit status is 1.

    \b
    Examples:
      civharm watch rules.toml --example
      civharm watch rules.toml
      civharm watch rules.toml --feed feed.xml -o matches.csv --since 2024-10-01
    """
    from warehouse.watch import watch as run_rules
    from warehouse.watch_rules import EXAMPLE

    if example and rules is not None:
        with rules.open("x", encoding="utf-8") as file:
            file.write(EXAMPLE)
        out.print(f"Wrote example rules to {rules}; change them, then: civharm watch {rules}")
        return
    if example:
        out.print(EXAMPLE, end="")
        return
    if rules is None:
        raise InputError("Name a file of rules; civharm watch --example prints one to start from.")
    outcome = run_rules(warehouse, rules, output=output, feed=feed, since=_day(since))
    _print_matches(outcome)
    if outcome.failures:
        raise NoticeError("\n".join(outcome.failures))


@app.command()
def dossier(
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="Its identifier, or the publisher's code.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help=".pdf or .json")],
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="As known by the end of this day [default: now]."),
    ] = None,
    warehouse: Warehouse = DEFAULT_WAREHOUSE,
) -> None:
    """Write everything known about one incident: a PDF for printing, or JSON with the meaning of each field.

    The same as the incident's page. What private reports say is in it only where CIVHARM_SHOW_PRIVATE is 1; PRIVATE,
    and SYNTHETIC where the data is, are put before the name of the file.

    \b
    Examples:
      civharm dossier SYN-00001 -o incident.pdf
      civharm dossier demo:SYN-00001 --as-of 2024-03-31 -o incident.json
    """
    from pages.documents.dossier import named, write_file
    from warehouse.connection import reader

    found = named(reader(warehouse), incident, _day(as_of), show_private=settings.shows_private())
    out.print(f"Wrote {write_file(found, output)}.")


@app.command()
def builds(warehouse: Warehouse = DEFAULT_WAREHOUSE) -> None:
    """List the kept builds, newest first; the current one is marked. A build's name begins with its time (UTC).

    \b
    Example:
      civharm builds
    """
    from warehouse.publish import current_build_id, kept

    current = current_build_id(warehouse)
    table = Table(
        "",
        Column("build", no_wrap=True, min_width=BUILD_ID_LENGTH),
        "incidents",
        "quarantined",
        "warnings",
        "data",
        box=None,
    )
    for record in kept(warehouse):
        table.add_row(
            "*" if record.build_id == current else "",
            record.build_id,
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
def template(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
    source: Annotated[
        str, typer.Option(help="chirg_intake, or notifications: a sheet of notices and licences.")
    ] = "chirg_intake",
) -> None:
    """Write an empty intake folder: one CSV per table, a datapackage.json and a README that explains them.

    \b
    Examples:
      civharm template data/intake
      civharm template --source notifications data/notices
    """
    from transforms.sources import chirg_intake, notifications

    writers = {"chirg_intake": chirg_intake.write_template, "notifications": notifications.write_template}
    if source not in writers:
        raise InputError(f"{source!r} has no template; choose from {', '.join(writers)}.")
    writers[source](folder)
    made = "intake" if source == "chirg_intake" else "sheet"
    out.print(f"Wrote an empty {made} to {folder}; fill it in, then: civharm build {source}={folder}")


@app.command("map")
def map_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV, Excel, JSON, GeoJSON or Parquet.")],
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="TOML", help="Test this mapping instead of drafting one.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="TOML", help="Where to write the draft; FILE.toml if left out."),
    ] = None,
    known_on: KnownOn = None,
) -> None:
    """Draft a mapping for a file that no reader knows, or test one, and show the first rows as they would load.

    A test that finds something to decide or to repair exits 1.

    \b
    Examples:
      civharm map strikes.csv
      civharm map strikes.csv --mapping strikes.csv.toml
      civharm map exports/events.xlsx -o events.toml
    """
    from transforms import mapping_draft
    from transforms.mapping_trial import of_file

    if mapping is not None:
        tried = of_file(mapping, file, _today(), _day(known_on))
        _print_trial(tried)
        if tried.problems:
            raise typer.Exit(1)
        out.print(f"\nNothing is left to decide; load it with: civharm build mapped={mapping}")
        return
    target = output or file.with_name(f"{file.name}.toml")
    drafted = mapping_draft.draft(file, target.parent)
    tried = mapping_draft.tried(drafted, target.parent, _today(), _day(known_on))
    mapping_draft.write(drafted, target)
    out.print(f"{file.name}: {drafted.stored}\n")
    table = Table("column", Column("example", max_width=mapping_draft.EXAMPLE_LENGTH), "field", "left to you", box=None)
    for placed in drafted.placed:
        table.add_row(placed.column, placed.example, placed.field, placed.question)
    _print_table(table)
    for note in drafted.notes:
        out.print(f"- {note}")
    _print_trial(tried)
    out.print(f'\nWrote {target}. Replace every "?" in it, then: civharm map {file} --mapping {target}')


def main() -> None:
    """Run a command; what a person can act on is printed as a sentence, and the exit status is 1."""
    atexit.register(_quiet_end)
    try:
        app()
    except CivharmError as error:
        err.print(f"Error: {error}")
        sys.exit(1)
    except OSError as error:  # a full disk, a folder that may not be read or written
        err.print(f"Error: {_refused(error)}")
        sys.exit(1)


def _quiet_end() -> None:
    """Close the error output as the very last step before the interpreter is taken down.

    DuckDB 2.0's bindings print some forty lines about "leaked" types of their own when a process ends that has used
    Great Expectations or Splink. Nothing of a command runs after this.
    """
    sys.stderr.flush()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 2)


def _refused(error: OSError) -> str:
    if error.filename and error.strerror:
        return f"{error.filename}: {error.strerror}."
    return f"The system refused to read or write: {error}."


def _filters(pairs: list[str] | None, as_known_on: date | None = None) -> Filters:
    """The filter of FIELD=VALUE pairs, as known on a day.

    Raises:
        FilterError: a pair is of another form, or the filter cannot be; the day is also among the pairs.
    """
    from warehouse.filters import Filters

    params = _pairs(pairs)
    if as_known_on is not None:
        params["as_known_on"].append(as_known_on.isoformat())
    return Filters.from_params(params)


def _pairs(pairs: list[str] | None) -> dict[str, list[str]]:
    """FIELD -> its values, in order.

    Raises:
        FilterError: a pair is of another form.
    """
    params: dict[str, list[str]] = defaultdict(list)
    for pair in pairs or []:
        name, equals, value = pair.partition("=")
        if not equals:
            raise FilterError(f"{pair!r} is not of the form FIELD=VALUE, such as country=PSE.")
        params[name].append(value)
    return params


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()


def _path_and_day(text: str) -> tuple[Path, date | None]:
    """PATH@YYYY-MM-DD; an @ that no day follows belongs to the path."""
    path, at, day = text.rpartition("@")
    if not at or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", day):
        return Path(text), None
    try:
        return Path(path), date.fromisoformat(day)
    except ValueError as error:
        raise InputError(f"{text!r}: {day} is no day of the calendar; write it as 2024-01-31.") from error


def _today() -> date:
    return datetime.now(UTC).date()


def _print_table(table: Table) -> None:
    console = out if out.is_terminal else Console(markup=False, highlight=False, width=PLAIN_WIDTH)
    console.print(table)


def _print_trial(tried: Trial) -> None:
    """What a mapping leaves open, what it refuses, and the first rows as they would load, one line a value."""
    out.print(f"\n{tried.rows_read:,} rows read, {tried.rows_loaded:,} would load, {len(tried.reasons):,} refused.")
    for reason in tried.reasons[:SHOWN_REFUSALS]:
        out.print(f"  refused: {reason}")
    if (more := len(tried.reasons) - SHOWN_REFUSALS) > 0:
        out.print(f"  and {more:,} more")
    if tried.problems:
        out.print("\nLeft to decide:")
        for problem in tried.problems:
            out.print(f"- {problem}")
    if tried.preview.height:
        out.print("\nThe first rows as they would load, as far as that is decided:")
        shown = tried.preview.transpose(include_header=True, header_name="field")
        table = Table(*(Column(max_width=40, overflow="fold") for _ in shown.columns), show_header=False, box=None)
        for row in shown.iter_rows():
            table.add_row(*(cell or "" for cell in row))
        _print_table(table)


def _print_matches(outcome: Outcome) -> None:
    """New matches, a line each, then what is to be said of the run."""
    found = outcome.notices
    mark = "SYNTHETIC " if outcome.synthetic else ""
    count = f"{len(found):,} new {mark}{'match' if len(found) == 1 else 'matches'}"
    out.print(f"{count}, as of {outcome.as_of}, build {outcome.build_id}.")
    for notice in found:
        out.print(f"- {notice.match.rule}: {notice.match.text}")
    for line in outcome.said:
        out.print(line)


def _publish_lake(warehouse: Path, lake: Path, show: Callable[[str], None]) -> None:
    from warehouse.connection import Reader
    from warehouse.lake import publish_lake
    from warehouse.publish import current_build_id

    publish_lake(Reader(warehouse, current_build_id(warehouse)), lake, show)


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


if __name__ == "__main__":
    main()
