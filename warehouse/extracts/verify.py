"""Whether an extract is what its build gives: written again from its manifest and compared, bytes first, then rows."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.connection import Reader
from warehouse.errors import ExtractError, FilterError, WarehouseError
from warehouse.extracts.compare import differences
from warehouse.extracts.files import FORMATS
from warehouse.extracts.formats import Manifest
from warehouse.extracts.manifest import VERSION, facts
from warehouse.extracts.package import DataPackage
from warehouse.extracts.read import Found, found, rows_as_text
from warehouse.extracts.request import ALL, Request
from warehouse.publish import file_of, kept
from warehouse.queries import CONTENTS
from warehouse.schema import TABLE

SHOWN_CHARACTERS = 60
"""Of a value of the manifest, where it differs."""


@dataclass(frozen=True)
class Verdict:
    """Of an extract: whether it is what the build gives, and the sentences that say what differs."""

    is_identical: bool
    build_id: str
    rows: int
    said: tuple[str, ...]


class CannotBeSaidError(ExtractError):
    """Whether an extract is what its build gave cannot be said."""


def verify(path: Path, folder: Path) -> Verdict:
    """Compare an extract with what its manifest's request gives on its build.

    Args:
        path: a file with its manifest inside or beside it.
        folder: the warehouse folder, which must still keep the build.

    Raises:
        CannotBeSaidError: there is no readable manifest, or the build is gone.
    """
    with tempfile.TemporaryDirectory(prefix="civharm-verify-") as scratch:
        given, again = Path(scratch) / "given", Path(scratch) / "again"
        given.mkdir()
        again.mkdir()
        try:
            extract = found(path, given)
        except ExtractError as error:
            raise CannotBeSaidError(f"{error} Whether it is what a build gave cannot be said.") from error
        request, reader = _request_and_build(extract, folder)
        try:
            held: Manifest = json.loads(json.dumps(facts(request, reader)))
            return _compared(extract, request, reader, held, again)
        finally:
            reader.close()


def _request_and_build(extract: Found, folder: Path) -> tuple[Request, Reader]:
    manifest, build_id = extract.manifest, str(extract.manifest.get("build_id"))
    if manifest.get("manifest_version") != VERSION:
        raise CannotBeSaidError(
            f"The manifest is of version {manifest.get('manifest_version', 1)}, this program reads {VERSION}; whether "
            "the extract is what its build gave cannot be said."
        )
    try:
        request = Request.from_values(manifest)
        request.question() if request.contents != ALL else None
    except (ExtractError, FilterError) as error:
        raise CannotBeSaidError(f"The manifest asks for nothing that can be extracted: {error}") from error
    if not file_of(folder, build_id).is_file():
        names = ", ".join(record.build_id for record in kept(folder)) or "none"
        raise CannotBeSaidError(
            f"The build {build_id} is gone from {folder} (kept: {names}), so whether the extract is what it gave "
            f"cannot be said. {' '.join(_hashes(extract)) or 'The file still has the hash that its manifest states.'}"
        )
    try:
        return request, Reader(folder, build_id)
    except WarehouseError as error:
        raise CannotBeSaidError(str(error)) from error


def _compared(extract: Found, request: Request, reader: Reader, held: Manifest, again: Path) -> Verdict:
    said = [
        f"The manifest states {key} {_short(extract.manifest.get(key))}, the build gives {_short(value)}."
        for key, value in held.items()
        if extract.manifest.get(key) != value
    ]
    said += _hashes(extract)
    fresh = _written_again(extract, request, reader, held, again)
    several = request.contents == ALL
    for name in sorted(fresh.keys() - extract.files.keys()):
        said.append(f"The file {name} is missing.")
    for name in sorted(extract.files.keys() - fresh.keys()):
        said.append(f"The file {name} is no part of the extract.")
    for name in sorted(fresh.keys() & extract.files.keys()):
        where = f"{name}: " if several else ""
        if not extract.files[name].is_file():
            said.append(f"The file {name} is missing.")
        elif _sha256(fresh[name]) == _sha256(extract.files[name]):
            continue
        elif name.endswith(".json"):
            said.append(f"The file {name} is not the one that the build gives.")
        else:
            key = TABLE[Path(name).stem].key if several else _key(request)
            try:
                given = rows_as_text(extract.files[name], request.contents)
            except ExtractError as error:
                said.append(str(error))
                continue
            said += [where + line for line in differences(rows_as_text(fresh[name], request.contents), given, key)]
    if said and all(line.startswith(_ONLY_BYTES) for line in said):
        said.append("Every row and cell is what the build gives: the file was saved anew.")
    return Verdict(not said, reader.build_id, held["row_count"], tuple(said))


_ONLY_BYTES = "The bytes of"


def _hashes(extract: Found) -> list[str]:
    """A sentence for each file whose bytes are not those that the manifest states."""
    manifest = extract.manifest
    if "sha256_of" in manifest:
        return []  # a workbook: its rows are compared
    stated = manifest.get("files") or dict.fromkeys(extract.files, manifest)
    wrong = [
        name for name, of in stated.items()
        if (file := extract.files.get(name)) is not None and file.is_file() and _sha256(file) != of.get("sha256")
    ]  # fmt: skip
    return [f"{_ONLY_BYTES} {name} are not those that its manifest states." for name in wrong]


def _written_again(extract: Found, request: Request, reader: Reader, held: Manifest, again: Path) -> dict[str, Path]:
    """The data files as the build gives them, under the names that the extract has."""
    if request.contents == ALL:
        path = again / "all.zip"
        with path.open("wb") as target:
            target.writelines(DataPackage().chunks(request, reader, held))
        (again / "all").mkdir()
        return found(path, again / "all").files
    name = next(iter(extract.files))
    path = again / Path(name).name
    chosen = FORMATS.get(path.suffix.lower())
    if chosen is None:
        raise CannotBeSaidError(f"{name} is no format of an extract; nothing can be said of it.")
    with path.open("wb") as target:
        target.writelines(chosen.chunks(request, reader, held))
    return {name: path}


def _key(request: Request) -> tuple[str, ...]:
    return tuple(name for name in TABLE[CONTENTS[request.contents]].key if name != "known_from")


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."
