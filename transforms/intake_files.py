"""The files of an intake folder or .zip as text frames; every fault of a file is told with file, row and column."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv

from transforms.intake import DESCRIPTOR, NAME, NEEDED, OPTIONAL, VERSION, columns
from transforms.source import RawFile, check_columns, raw_file
from transforms.source import read_csv as read_text_csv
from warehouse.errors import InputError
from warehouse.schema import INTAKE_TABLES, LIST_SEPARATOR, Column, Table

MAX_LISTED = 10
"""Rows named per file when many have the same fault; the rest is counted."""
MAX_UNPACKED_BYTES = 20 * 2**30
"""A .zip that unpacks to more is refused before it fills the disk: far above 10 million reports as CSV (about 4 GB)."""
ITEM_SEPARATOR = LIST_SEPARATOR.strip()


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The folder that holds the files."""
    if path.is_dir():
        yield path
        return
    if not path.exists():
        raise InputError(f"{path} does not exist; give the folder (or .zip) that holds {DESCRIPTOR}.")
    if not zipfile.is_zipfile(path):
        raise InputError(f"{path} is neither a folder nor a .zip file; give the folder that holds {DESCRIPTOR}.")
    with tempfile.TemporaryDirectory(prefix="civharm-intake-") as scratch:
        try:
            with zipfile.ZipFile(path) as archive:
                size = sum(member.file_size for member in archive.infolist())
                if size > MAX_UNPACKED_BYTES:
                    raise InputError(f"{path} would unpack to {size:,} bytes; unpack it yourself and give the folder.")
                archive.extractall(scratch)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise InputError(f"{path} cannot be unpacked ({error}); unpack it yourself and give the folder.") from error
        # Whoever zips a folder gets that folder inside; macOS adds one of its own beside it.
        inside = [d for d in Path(scratch).iterdir() if d.is_dir() and d.name != "__MACOSX"]
        top = Path(scratch)
        yield inside[0] if len(inside) == 1 and not (top / DESCRIPTOR).exists() else top


def descriptor_problems(folder: Path) -> list[str]:
    file = folder / DESCRIPTOR
    hint = f"`civharm template DIR` writes one for version {VERSION}"
    if not file.is_file():
        return [f"{DESCRIPTOR} is missing in {folder.name}; {hint}."]
    try:
        content = json.loads(file.read_bytes())
    except ValueError as error:  # not JSON, or not UTF-8
        return [f"{DESCRIPTOR} is not JSON ({error}); {hint}."]
    if not isinstance(content, dict) or content.get("name") != NAME:
        return [f'{DESCRIPTOR} does not describe this format: its "name" is not "{NAME}"; {hint}.']
    if content.get("version") != VERSION:
        return [f"{DESCRIPTOR} is of version {content.get('version')!r}, this reader's is {VERSION!r}; {hint}."]
    return []


def table_files(folder: Path) -> tuple[dict[Table, Path], list[str]]:
    """The file of each table, and what is wrong with the set of files."""
    problems: list[str] = []
    found: dict[Table, Path] = {}
    intake = {t.name: t for t in INTAKE_TABLES}
    for file in sorted(p for p in folder.iterdir() if p.suffix.lower() in {".csv", ".parquet"}):
        table = intake.get(file.stem)
        if table is None:
            problems.append(f"{file.name} is no file of this format; it knows {', '.join(intake)} (.csv or .parquet).")
        elif table in found:
            problems.append(f"{found[table].name} and {file.name} are both there; keep one.")
        else:
            found[table] = file
    missing = [name for name in NEEDED if intake[name] not in found]
    problems += [f"{name}.csv (or .parquet) is missing in {folder.name}; it is needed." for name in missing]
    return {t: found[t] for t in INTAKE_TABLES if t in found}, problems


def read_table(table: Table, file: Path) -> RawFile:
    restricted = frozenset(c.name for c in columns(table) if c.private_content or c.restricted)
    if file.suffix.lower() == ".parquet":
        return raw_file(file, _read_parquet(table, file), restricted=restricted)
    names = tuple(c.name for c in columns(table))
    ragged = _ragged_rows(file)
    if ragged:
        raise InputError(ragged)
    with file.open("rb") as handle:
        header = handle.readline().decode("utf-8", errors="replace")
    expected = tuple(n for n in names if n not in OPTIONAL or n in header)
    return raw_file(file, read_text_csv(file, expected), restricted=restricted)


def _ragged_rows(file: Path) -> list[str]:
    """Rows with more or fewer cells than the header: their values would land in the wrong columns."""
    faults: list[pa.csv.InvalidRow] = []

    def note(row: pa.csv.InvalidRow) -> str:
        faults.append(row)
        return "skip"

    try:
        with pa.csv.open_csv(
            file,
            read_options=pa.csv.ReadOptions(use_threads=False, encoding="latin-1"),
            parse_options=pa.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=note),
            convert_options=pa.csv.ConvertOptions(include_columns=["_none_"], include_missing_columns=True),
        ) as batches:
            for _ in batches:
                pass
    except pa.ArrowInvalid:
        return []  # empty, or no table at all: read_csv says what is wrong
    shown = [
        f"{file.name}, row {row.number - 1}: {row.actual_columns} cells, the header has {row.expected_columns}; "
        "put text with commas in double quotes."
        for row in faults[:MAX_LISTED]
    ]
    more = len(faults) - MAX_LISTED
    return [*shown, f"{file.name}: {more:,} more rows with the wrong number of cells."] if more > 0 else shown


def _read_parquet(table: Table, file: Path) -> pl.DataFrame:
    """A Parquet file as text, written as a CSV file would."""
    try:
        frame = pl.read_parquet(file)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{file.name} cannot be read as Parquet: {str(error).splitlines()[0]}.") from error
    names = tuple(c.name for c in columns(table))
    check_columns(file.name, tuple(frame.columns), tuple(n for n in names if n not in OPTIONAL or n in frame.columns))
    held = [table[name] for name in frame.columns]
    problems = [
        f"{file.name}, column {c.name}: its type is {frame.schema[c.name]}, a {c.type.replace('_', ' ')} is expected."
        for c in held
        if not _fits(frame.schema[c.name], c.type)
    ]
    if problems:
        raise InputError(problems)
    for c in held:
        if isinstance(frame.schema[c.name], pl.List):
            inside = frame[c.name].list.eval(pl.element().str.contains(ITEM_SEPARATOR, literal=True)).list.any()
            problems += [
                f'{file.name}, row {row + 1}, column {c.name}: an item of the list holds a "{ITEM_SEPARATOR}".'
                for row in inside.fill_null(value=False).arg_true().to_list()[:MAX_LISTED]
            ]
    if problems:
        raise InputError(problems)
    return frame.select(_as_text(c, frame.schema[c.name]) for c in held).with_columns(pl.all().replace("", None))


def _fits(found: pl.DataType, wanted: str) -> bool:
    if isinstance(found, pl.String | pl.Null | pl.Categorical | pl.Enum):
        return True
    match wanted:
        case "integer" | "float":
            return found.is_numeric()
        case "boolean":
            return isinstance(found, pl.Boolean)
        case "date":
            return isinstance(found, pl.Date)
        case "text_list":
            return found == pl.List(pl.String)
        case _:
            return False


def _as_text(column: Column, found: pl.DataType) -> pl.Expr:
    cell = pl.col(column.name)
    if isinstance(found, pl.List):
        return cell.list.join(LIST_SEPARATOR, ignore_nulls=True)
    if column.type == "integer" and found.is_float():
        # Whole numbers with gaps are stored as floats by common tools.
        return (
            pl.when(cell == cell.floor())
            .then(cell.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(cell.cast(pl.String))
        )
    return cell.cast(pl.String)
