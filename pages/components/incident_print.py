"""How an incident's page is printed: light, without sidebar and buttons, tables whole, a line at each sheet's foot."""

from __future__ import annotations

import json

import streamlit as st

from pages import wording_dossier as wording
from warehouse.dossier import Dossier

_STYLE = """<style>
@media print {
  @page {size: A4; margin: 14mm 14mm 18mm;
    @bottom-left {content: %(foot)s; font: 8pt "Noto Sans", sans-serif; color: #444}
    @bottom-right {content: counter(page) " / " counter(pages); font: 8pt "Noto Sans", sans-serif; color: #444}}
  html, body {background: #fff !important; color-scheme: light !important}
  html, body, #root, #root > div, .stApp, .stApp div, .stApp main {
    position: static !important; display: block !important; overflow: visible !important; height: auto !important;
    min-height: 0 !important; min-width: 0 !important; max-width: none !important; width: auto !important;
    margin: 0 !important; transform: none !important; break-inside: auto !important}
  [data-testid="stMainBlockContainer"] {padding: 0 !important}
  .stApp, .stApp * {color: #000 !important; background: none !important; border-color: #999 !important;
    box-shadow: none !important}
  .stApp {font-size: 9pt}
  h1 {font-size: 16pt !important; padding: 0 0 4pt !important}
  h2 {font-size: 12pt !important; padding: 10pt 0 3pt !important; break-after: avoid}
  [data-testid="stText"], [data-testid="stTable"] * {font-size: 8.5pt !important; line-height: 1.35 !important}
  [data-testid="stText"] {margin: 0 0 3pt !important; break-inside: avoid}
  table {display: table !important; width: 100%% !important}
  thead {display: table-header-group}
  tr, td, th {break-inside: avoid}
  td, th {padding: 2pt 4pt !important; min-width: 0 !important}
  [data-testid="stAlert"] {border: 1.5pt solid #000 !important; padding: 4pt !important; break-inside: avoid}
  html .stApp :is([data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"],
    [data-testid="stStatusWidget"], [data-testid="stExpandSidebarButton"], [data-testid="stElementToolbar"],
    [data-testid="stPageLink"], [data-testid="stLinkButton"], [data-testid="stDownloadButton"],
    [data-testid="stDeckGlJsonChart"], [data-testid="stPlotlyChart"],
    [data-testid="stSelectbox"], [data-testid="stExpander"]) {
    display: none !important}
}
</style>"""


def style(dossier: Dossier) -> None:
    """Add the style of the printed page."""
    mark = f"{wording.SYNTHETIC_DATA} " if dossier.synthetic else ""
    line = wording.print_line(dossier.as_of, dossier.build["build_id"], private=dossier.shows_private_content)
    # A JSON string of our own letters and digits is a CSS string.
    st.html(_STYLE % {"foot": json.dumps(mark + line)})
