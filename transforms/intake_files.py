"""The files of an intake folder or .zip as text frames; every fault of a file is told with file, row and column."""

from __future__ import annotations

import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from transforms.delimited import MAX_LISTED, column_problems, read_csv
from transforms.source import ROW, RawFile, raw_file
from warehouse.errors import InputError
from warehouse.extracts.disarm import restored
from warehouse.intake_format import DESCRIPTOR, DISARMED, NAME, NEEDED, OPTIONAL, VERSION, columns
from warehouse.schema import INTAKE_TABLES, LIST_SEPARATOR, Column, Table

MAX_UNPACKED_BYTES = 20 * 2**30
"""A .zip that unpacks to more is refused before it fills the disk: far above 10 million reports as CSV (about 4 GB)."""
ITEM_SEPARATOR = LIST_SEPARATOR.strip()


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The folder that holds the files.

    Raises:
        InputError: there is none, it holds no file of the format, or the .zip is damaged.
    """
    if path.is_dir():
        _check_is_intake(path, path)
        yield path
        return
    if not path.exists():
        raise InputError(f"{path} does not exist; give the folder (or .zip) that holds {DESCRIPTOR}.")
    if not zipfile.is_zipfile(path):
        raise InputError(
            f"{path} is neither a folder nor a .zip file, or was cut short; give the folder that holds {DESCRIPTOR}."
        )
    with tempfile.TemporaryDirectory(prefix="civharm-intake-") as scratch:
        try:
            with zipfile.ZipFile(path) as archive:
                size = sum(member.file_size for member in archive.infolist())
                if size > MAX_UNPACKED_BYTES:
                    raise InputError(f"{path} would unpack to {size:,} bytes; unpack it yourself and give the folder.")
                archive.extractall(scratch)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
            raise InputError(
                f"{path} cannot be unpacked: {error}; zip the folder again, or give the folder."
            ) from error
        # Whoever zips a folder gets that folder inside; macOS adds one of its own beside it.
        inside = [d for d in Path(scratch).iterdir() if d.is_dir() and d.name != "__MACOSX"]
        top = Path(scratch)
        if several := sorted(d.name for d in inside if len(inside) > 1 and (d / DESCRIPTOR).exists()):
            raise InputError(
                f"{path} holds several data sets ({', '.join(several)}); unpack it and give each folder as "
                "chirg_intake=FOLDER."
            )
        folder = inside[0] if len(inside) == 1 and not (top / DESCRIPTOR).exists() else top
        _check_is_intake(folder, path)
        yield folder


def _check_is_intake(folder: Path, given: Path) -> None:
    """Say in one sentence that it is another folder, instead of listing every file that is missing."""
    tables = {t.name for t in INTAKE_TABLES}
    if not any(f.name == DESCRIPTOR or f.stem in tables for f in folder.iterdir()):
        raise InputError(f"{given} holds no intake: neither {DESCRIPTOR} nor any file of the format is there.")


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


def is_disarmed(folder: Path) -> bool:
    """Whether texts that begin with an apostrophe were given it, so that no spreadsheet reads them as a formula."""
    return bool(json.loads((folder / DESCRIPTOR).read_bytes()).get(DISARMED))


def read_table(table: Table, file: Path, *, disarmed: bool = False) -> RawFile:
    """A whole file as text; an apostrophe that disarmed a text is taken away again."""
    if is_parquet(file):
        rows = pl.concat(parquet_blocks(table, file), how="vertical")
        return raw_file(file, as_text(table, rows), restricted=restricted(table))
    names = tuple(c.name for c in columns(table))
    frame = read_csv(file, names, OPTIONAL)
    return raw_file(file, restored(frame) if disarmed else frame, restricted=restricted(table))


def restricted(table: Table) -> frozenset[str]:
    """Columns of a table that are never copied into quarantine."""
    return frozenset(c.name for c in columns(table) if c.private_content or c.restricted)


def is_parquet(file: Path) -> bool:
    """Whether a file is given as Parquet, by its name."""
    return file.suffix.lower() == ".parquet"


def parquet_rows(table: Table, file: Path) -> int:
    """Rows of a Parquet file, from its footer.

    Raises:
        InputError: it cannot be read, or its columns or types are not those of the table.
    """
    with _reading(file):
        scanned = pl.scan_parquet(file)
        rows, schema = int(scanned.select(pl.len()).collect().item()), scanned.collect_schema()
    names = tuple(c.name for c in columns(table))
    if problems := column_problems(file.name, tuple(schema), names, OPTIONAL):
        raise InputError(problems)
    problems = [
        f"{file.name}, column {c.name}: its type is {schema[c.name]}, a {c.type.replace('_', ' ')} is expected."
        for c in (table[name] for name in schema)
        if not _fits(schema[c.name], c.type)
    ]
    if problems:
        raise InputError(problems)
    return rows


def parquet_blocks(table: Table, file: Path, block_rows: int | None = None) -> Iterator[pl.DataFrame]:
    """A Parquet file in blocks: its columns with the types of the file, and ROW. An empty file is one empty block.

    Raises:
        InputError: it cannot be read, its columns or types are not those of the table, or an item of a list holds the
            separator of items.
    """
    rows = parquet_rows(table, file)
    size = block_rows or max(rows, 1)
    for first in range(0, max(rows, 1), size):
        with _reading(file):
            frame = pl.scan_parquet(file).slice(first, size).collect()
        _check_lists(file, frame, first)
        yield frame.with_row_index(ROW, offset=first + 1).with_columns(pl.col(ROW).cast(pl.Int64))


@contextmanager
def _reading(file: Path) -> Iterator[None]:
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        raise InputError(f"{file.name} cannot be read as Parquet: {str(error).splitlines()[0]}.") from error


def _check_lists(file: Path, frame: pl.DataFrame, first: int) -> None:
    problems = []
    for name, kind in frame.schema.items():
        if isinstance(kind, pl.List):
            inside = frame[name].list.eval(pl.element().str.contains(ITEM_SEPARATOR, literal=True)).list.any()
            problems += [
                f'{file.name}, row {first + row + 1}, column {name}: an item of the list holds a "{ITEM_SEPARATOR}".'
                for row in inside.fill_null(value=False).arg_true().to_list()[:MAX_LISTED]
            ]
    if problems:
        raise InputError(problems)


def as_text(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of a Parquet file as text, written as a CSV file would; ROW stays."""
    cells = [_as_text(table[name], kind) for name, kind in frame.schema.items() if name != ROW]
    return frame.select(*(cell.replace("", None) for cell in cells), ROW)


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
