"""What the dashboard says about saving its figures."""

from __future__ import annotations

PICTURE_FORMATS = {"svg": "SVG", "png": "PNG"}
"""Format of the picture -> its name."""
PICTURE_FORMAT = "Picture format"
PICTURE_HOW = "The camera at the top right of the figure saves the picture; on a phone, tap the figure to see it."
TABLE_BUTTON = "Table as CSV"
SAVE = "Save"
SOURCE_COLUMN = "Source of the figure"
"""Heading of the table's last column, which repeats the figure's footer."""
MAP_COLUMNS = {
    "public_code": "Incident",
    "place": "Place",
    "country": "Country code",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "geo_precision": "Precision of the location",
    "geo_radius_m": "Radius in metres",
    "date_start": "First day",
    "date_end": "Last day",
    "date_precision": "Precision of the date",
    "category": "Colour",
    "incidents": "Incidents",
    "civilians_killed_low": "Civilians killed, lowest",
    "civilians_killed_best": "Civilians killed, best",
    "civilians_killed_high": "Civilians killed, highest",
    "civilians_killed_unknown": "Incidents with number killed unknown",
}
"""Columns of the table behind a map, of incidents or of places, those that it has."""
