"""What the page Extract says."""

from __future__ import annotations

from pages.charts.formatting import counted, number

CONTENTS = "Contents"
CONTENTS_HELP = (
    "The filtered incidents, or what belongs to them. Everything is one zip, a Frictionless data package with the "
    "history of each row, which civharm build chirg_intake=FILE reads back."
)
CONTENTS_LABELS = {
    "incidents": "Incidents",
    "reports": "Reports",
    "links": "Links between incidents and reports",
    "weapons": "Weapons named",
    "casualties": "Casualty estimates",
    "stages": "Steps of the review",
    "responses": "Responses",
    "all": "Everything, as a data package",
}
COLUMNS = "Columns"
ALL_COLUMNS = "All columns"
COLUMNS_HELP = (
    "Nothing chosen means all. Every file has the row's identifier and the data origin, so that a row can be traced "
    "and synthetic rows stay marked."
)
WITH_RESTRICTED = "Include sources that may not be passed on"
WITH_RESTRICTED_HELP = (
    "Their rows are left out otherwise. With them the name of the file begins with NOT-TO-BE-PASSED-ON, and the "
    "manifest names them."
)
COLUMN_MEANINGS = "What the columns mean"
PREVIEW = "Preview"
DOWNLOAD_HELP = "The file is made when you press the button."
FILE_CONTENTS = {
    ".csv": "CSV: a zip with the rows (UTF-8, lists joined by “; ”), the data dictionary and the manifest.",
    ".parquet": "Parquet: a zip with the rows (typed, lists as lists), the data dictionary and the manifest.",
    ".xlsx": "Excel: one workbook with the sheets of rows, dictionary, manifest and unknowns.",
    ".jsonl": "JSON Lines: a zip with one object per row, the data dictionary and the manifest.",
    ".geojson": "GeoJSON: a zip with a point per incident and the radius of its precision, dictionary and manifest.",
    ".geoparquet": "GeoParquet: the same points, typed.",
    ".zip": "Data package: a zip with a folder per data set, one CSV per table, and the manifest.",
}
DISARMED = (
    "In CSV and Excel a text that a spreadsheet could read as a formula starts with an added apostrophe; all other "
    "formats hold it as it is. An empty cell means that the value is unknown or not stated, never zero."
)
MANIFEST_SAYS = (
    "The manifest states the filter, the build, the number of rows, the sources with their licences, and the "
    "SHA-256 of each file with rows (in Excel: of its rows as CSV). civharm verify FILE compares a file with its build."
)
LICENCES = "Sources and licences"
LICENCE_COLUMNS = {
    "title": "Source",
    "publisher": "Publisher",
    "licence": "Licence",
    "redistributable": "May be passed on",
    "url": "Address",
}
NO_ROWS = "Nothing of this kind belongs to these incidents."
SAME_BY_COMMAND = "The same rows by command"
COMMAND_WAREHOUSE = (
    "Add --warehouse DIR if the warehouse is not in the folder data/warehouse of the current directory. The suffix "
    "decides the format: .csv, .parquet, .xlsx, .jsonl, .geojson or .geoparquet; .zip for everything."
)


def preview_note(shown: int, rows: int, columns: int) -> str:
    """How much of the extract the preview holds."""
    return f"The first {number(shown)} of {counted(rows, 'row')}, {counted(columns, 'column')}, in the file's order."


def rows_in_file(rows: int, contents: str = "incidents", *, synthetic: bool) -> str:
    """What a download holds."""
    mark = "SYNTHETIC " if synthetic else ""
    if contents == "incidents":
        return f"Each file holds {counted(rows, f'{mark}incident')}: exactly those above."
    if contents == "all":
        return f"The package holds {counted(rows, f'{mark}row')} that belong to the incidents above, and their history."
    return f"Each file holds {counted(rows, f'{mark}row')} that belong to the incidents above."


def left_out(rows: int) -> str:
    """How many rows are left out because of their licence."""
    return f"Left out: {counted(rows, 'row')} of sources that may not be passed on."


def without_coordinates(incidents: int) -> str:
    """How many incidents a map of the file does not show."""
    return (
        f"Without coordinates: {counted(incidents, 'incident')}; in GeoJSON and GeoParquet they have no point, and "
        "are kept."
    )


def too_many_for_excel(rows: int, maximum: int) -> str:
    """Why Excel is not offered."""
    return (
        f"Excel is not offered: {number(rows)} rows are more than a sheet holds ({number(maximum)}). Take Parquet, "
        "which has no such limit, or narrow the filter."
    )
