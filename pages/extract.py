"""Download exactly the filtered rows."""

from __future__ import annotations

import streamlit as st

from pages import wording, wording_extract
from pages.components import briefing, download, shell
from pages.components.data import reader
from warehouse.extracts import counts

view = shell.heading(wording.EXTRACT)
request = download.choose(view.filters)

if not view.totals["incidents"]:
    shell.empty("incidents")
else:
    held = counts(request, reader())
    download.licence_warning(request)
    download.buttons(request, held, view)
    download.preview(request, held.rows)
    briefing.section(view)
    download.licences()
st.header(wording_extract.SAME_BY_COMMAND, anchor=False)
st.code(download.command(request, synthetic=view.synthetic), language="bash", wrap_lines=True)
st.text(wording_extract.COMMAND_WAREHOUSE)
