"""The description of the interface (OpenAPI 3.1), made from the declaration of filters and tables."""

from __future__ import annotations

from typing import Any

from pages.service.parameters import MOST_PAGE_ROWS, PAGE_ROWS
from pages.service.problems import MEDIA_TYPE
from warehouse import queries
from warehouse.extracts import CONTENTS as EXTRACT_CONTENTS
from warehouse.extracts import FORMATS
from warehouse.filters import LARGEST_NUMBER, MULTIPLE, Filters
from warehouse.queries.extraction import CONTENTS
from warehouse.schema import TABLE, Column, ColumnType

VERSION = "1"
LIST_PARAMETERS = ("limit", "cursor", "with_restricted")
EXTRACT_PARAMETERS = ("format", "contents", "column", "with_restricted")

_TYPES: dict[ColumnType, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "float": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "description": "ISO 8601, UTC."},
    "text_list": {"type": "array", "items": {"type": "string"}},
}
_DAY = {"type": "string", "format": "date", "example": "2024-01-31"}
_SINGLE: dict[str, dict[str, Any]] = {
    "date_from": _DAY,
    "date_to": _DAY,
    "as_known_on": _DAY,
    "minimum_civilians_killed": {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER},
    "text": {"type": "string"},
}
_MEANINGS = {
    "date_from": "Incidents whose possible days end on or after this day.",
    "date_to": "Incidents whose possible days begin on or before this day.",
    "as_known_on": "As known by the end of this day; what is current if left out.",
    "minimum_civilians_killed": "The lowest estimate is at least this; unknown is left out.",
    "text": "Every word occurs in code, place or summary.",
}
_FAULTS = {
    "400": "A parameter that there is not, or one that cannot be.",
    "404": "The interface is off.",
    "410": "The build of the cursor is no longer kept.",
    "503": "Too much at once or for too long, or there is no warehouse.",
}


def document() -> dict[str, Any]:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Civilian Harm Dashboard",
            "version": VERSION,
            "description": "The rows behind the pages, read only. Unknown is null, never 0.",
        },
        "paths": {
            **{f"/api/v1/{contents}": {"get": _list(contents)} for contents in ("incidents", "reports", "stages")},
            "/api/v1/extract": {"get": _extract()},
            "/api/v1/openapi.json": {
                "get": {
                    "operationId": "description",
                    "summary": "This description.",
                    "responses": _responses({"application/json": {"schema": {"type": "object"}}}, ("404", "503")),
                }
            },
        },
        "components": {
            "schemas": {
                **{contents: _row(contents) for contents in ("incidents", "reports", "stages")},
                "problem": _PROBLEM,
            }
        },
    }


_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, in a sentence."},
    },
}


def filter_parameters() -> list[dict[str, Any]]:
    """The pages' filters as parameters of an address."""
    found = []
    for name, (label, labels) in MULTIPLE.items():
        items: dict[str, Any] = {"type": "string"}
        if values := list(labels()):
            items["enum"] = values
        meaning = f"Any of these: {label}. Repeat it for several."
        found.append(_parameter(name, {"type": "array", "items": items}, meaning))
    found += [_parameter(name, schema, _MEANINGS[name]) for name, schema in _SINGLE.items()]
    order = list(Filters.__dataclass_fields__)
    return sorted(found, key=lambda parameter: order.index(parameter["name"]))


def restricted_parameter() -> dict[str, Any]:
    """Whether rows that may not be passed on are wanted."""
    meaning = "Also rows of sources that may not be passed on; they are left out and counted otherwise."
    return _parameter("with_restricted", {"type": "boolean", "default": False}, meaning)


def _parameter(name: str, schema: dict[str, Any], meaning: str) -> dict[str, Any]:
    several = {"style": "form", "explode": True} if schema["type"] == "array" else {}
    return {"name": name, "in": "query", "required": False, "description": meaning, "schema": schema, **several}


def _list(contents: str) -> dict[str, Any]:
    bounds = {"type": "integer", "minimum": 1, "maximum": MOST_PAGE_ROWS, "default": PAGE_ROWS}
    own = [
        _parameter("limit", bounds, "Rows of a page."),
        _parameter("cursor", {"type": "string"}, "`next_cursor` of the page before: goes on in the same build."),
        restricted_parameter(),
    ]
    table = TABLE[CONTENTS[contents]]
    counted = {"type": "integer", "minimum": 0}
    page = {
        "type": "object",
        "required": ["build_id", "synthetic", "filter", "row_count", "left_out_restricted", "next_cursor", "rows"],
        "properties": {
            "build_id": {"type": "string"},
            "synthetic": {"type": "boolean", "description": "Whether every row is generated for demonstration."},
            "filter": {"type": "string", "description": "The filter in words."},
            "row_count": {**counted, "description": "Rows of all pages."},
            "left_out_restricted": {**counted, "description": "Rows left out: they may not be passed on."},
            "next_cursor": {"type": ["string", "null"], "description": "Null on the last page."},
            "rows": {"type": "array", "items": {"$ref": f"#/components/schemas/{contents}"}},
        },
    }
    answer = _responses({"application/json": {"schema": page}}, tuple(_FAULTS))
    answer["200"]["headers"] = {"Link": {"schema": {"type": "string"}}, **_TAGGED}
    answer["304"] = _KNOWN
    return {
        "operationId": contents,
        "summary": f"One row is {table.row_is}; by {queries.key_column(contents)}.",
        "parameters": [*own, *filter_parameters()],
        "responses": answer,
    }


def _extract() -> dict[str, Any]:
    kinds = {"type": "string", "enum": [suffix.lstrip(".") for suffix in FORMATS]}
    held = {"type": "string", "enum": list(EXTRACT_CONTENTS), "default": "incidents"}
    columns = {"type": "array", "items": {"type": "string"}}
    own = [
        _parameter("format", kinds, "Kind of file; CSV if left out, zip for all. CSV and Excel hold no live formulas."),
        _parameter("contents", held, "What belongs to the filtered incidents, or these themselves."),
        _parameter("column", columns, "Columns, in the table's order; all if left out. Repeat it for several."),
        restricted_parameter(),
    ]
    kinds_of_media = {chosen.media_type for chosen in FORMATS.values()} | {"application/zip"}
    answer = _responses({kind: {} for kind in sorted(kinds_of_media)}, ("400", "404", "503"))
    answer["200"]["headers"] = {"Content-Disposition": {"schema": {"type": "string"}}, **_TAGGED}
    answer["304"] = _KNOWN
    return {
        "operationId": "extract",
        "summary": "The rows as a file, streamed: a zip with manifest and dictionary, unless the format carries them.",
        "parameters": [*own, *filter_parameters()],
        "responses": answer,
    }


_TAGGED = {"ETag": {"schema": {"type": "string"}}}
_KNOWN = {"description": "What If-None-Match names is still so."}


def _responses(content: dict[str, Any], faults: tuple[str, ...]) -> dict[str, Any]:
    wrong = {"schema": {"$ref": "#/components/schemas/problem"}}
    return {"200": {"description": "As asked.", "content": content}} | {
        status: {"description": _FAULTS[status], "content": {MEDIA_TYPE: wrong}} for status in faults
    }


def _row(contents: str) -> dict[str, Any]:
    table = TABLE[CONTENTS[contents]]
    names = queries.extractable_columns(contents)
    columns = [column for column in table.columns if column.name in names]
    return {
        "type": "object",
        "description": f"One row is {table.row_is}.",
        "required": list(names),
        "additionalProperties": False,
        "properties": {column.name: _property(column, contents) for column in columns},
    }


def _property(column: Column, contents: str) -> dict[str, Any]:
    described = dict(_TYPES[column.type])
    allowed: list[str | None] = list(column.allowed or ())
    hidden = contents == "reports" and (column.private_content or column.name in {"url", "archive_url"})
    if not column.required or hidden:
        described["type"] = [described["type"], "null"]
        allowed += [None] if allowed else []
    if allowed and column.type == "text":
        described["enum"] = allowed
    unit = f" Unit: {column.unit}." if column.unit else ""
    described["description"] = f"{column.description}{unit}"
    return described
