"""Download exactly the filtered rows."""

from __future__ import annotations

import streamlit as st

from pages import wording
from pages.components import briefing, download, shell
from warehouse.extracts import Request

view = shell.heading(wording.EXTRACT)
request = Request(view.filters, download.choose_columns())
rows = view.totals["incidents"]

if not rows:
    shell.empty("incidents")
else:
    download.licence_warning()
    download.buttons(request, view)
    download.preview(request, rows)
    briefing.section(view)
    download.licences()
st.header(wording.SAME_BY_COMMAND, anchor=False)
st.code(download.command(request, synthetic=view.synthetic), language="bash", wrap_lines=True)
st.text(wording.COMMAND_WAREHOUSE)
