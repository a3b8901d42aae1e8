"""A mapping as TOML text, as a person would write it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields as attributes
from datetime import date
from typing import Any

from transforms.mapping import FileFormat, Mapping
from transforms.mapping_formats import LIST_ITEM, TextFormat

HEAD = """# How {file} is read; docs/mapping.md explains each section.
# Replace every "?", and check what the draft decided.
"""


def toml(mapping: Mapping) -> str:
    """The text of a mapping file; `transforms.mapping_toml.parse` reads it back to the same mapping."""
    constants = {f: v.split(LIST_ITEM) if LIST_ITEM in v else v for f, v in mapping.constants.items()}
    sections: dict[str, dict[str, Any]] = {
        "dataset": mapping.dataset,
        "file": {"path": _one(mapping.file.paths)} | _set(mapping.file, FileFormat(paths=mapping.file.paths)),
        "format": _set(mapping.form, TextFormat(thousands="." if mapping.form.decimal == "," else ",")),
        "columns": {f: _one(c) for f, c in mapping.columns.items()},
        "separators": mapping.separators,
        "constants": constants,
        **{f"values.{f}": {k: _one(v) for k, v in listed.items()} for f, listed in mapping.values.items()},
        "ignored": mapping.ignored,
    }
    blocks = [HEAD.format(file="".join(c for c in mapping.file.paths[0] if c.isprintable()))]
    for name, entries in sections.items():
        if entries:
            quoted = name == "ignored" or name.startswith("values.")
            blocks.append("\n".join([f"[{name}]", *_lines(entries, quoted=quoted)]) + "\n")
    return "\n".join(blocks)


def _lines(entries: dict[str, Any], *, quoted: bool) -> Iterator[str]:
    for key, value in entries.items():
        yield f"{_text(key) if quoted else key} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | int):
        return str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_text(item) for item in value)}]"
    return _text(value)


def _text(text: str) -> str:
    """A basic string of TOML: as in JSON, but for one control character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _set(stated: FileFormat | TextFormat, default: FileFormat | TextFormat) -> dict[str, Any]:
    """Attributes that differ from their defaults."""
    names = [a.name for a in attributes(stated) if a.name != "paths"]
    return {n: getattr(stated, n) for n in names if getattr(stated, n) != getattr(default, n)}


def _one(values: tuple[str, ...]) -> str | tuple[str, ...]:
    return values[0] if len(values) == 1 else values
