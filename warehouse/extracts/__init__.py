"""Extracts: exactly the filtered rows as a file, with a manifest that includes the data dictionary.

One small class per format. Rows are streamed in batches, so that memory does not grow with them (Excel apart, whose
rows are few by nature).
"""

from warehouse.extracts.disarm import FORMULA_STARTS, flat, restored
from warehouse.extracts.excel import Excel
from warehouse.extracts.files import FORMATS, download, download_name, format_for, formats_of, stream, write_files
from warehouse.extracts.formats import Format
from warehouse.extracts.request import ALL, CONTENTS, Counts, Request, counts
from warehouse.extracts.verify import CannotBeSaidError, Verdict, verify

__all__ = [
    "ALL",
    "CONTENTS",
    "FORMATS",
    "FORMULA_STARTS",
    "CannotBeSaidError",
    "Counts",
    "Excel",
    "Format",
    "Request",
    "Verdict",
    "counts",
    "download",
    "download_name",
    "flat",
    "format_for",
    "formats_of",
    "restored",
    "stream",
    "verify",
    "write_files",
]
