"""Terms, grading, precision, how numbers are counted, limits, sources, and the data dictionary."""

from __future__ import annotations

import streamlit as st

from pages import wording
from pages.charts.formatting import SHARE_FROM
from pages.components import declaration, download
from pages.components.table import table
from pages.components.term_table import dictionaries, search, term_table, vocabularies
from warehouse import vocabulary as v
from warehouse.queries import AGE_BANDS_DAYS, NORM_DAYS, age_band_label

st.title(wording.METHOD, anchor=False)
st.text(wording.METHOD_SCOPE)
if text := st.text_input(wording.SEARCH_TERMS, key="term", placeholder=wording.SEARCH_TERMS_PLACEHOLDER):
    search(text)

st.header(wording.PROCESS, anchor=False)
st.text(wording.PROCESS_TEXT)
term_table(v.Stage, "process")
st.text(wording.norm_text(NORM_DAYS, [age_band_label(*band) for band in AGE_BANDS_DAYS]))

st.header(wording.COUNTING, anchor=False)
st.markdown(wording.bullets(wording.counting_list(SHARE_FROM)))

st.header(wording.LIMITS, anchor=False)
st.markdown(wording.bullets(wording.LIMITS_LIST))

st.header(wording.GRADING, anchor=False)
for vocabulary in (v.HarmStatus, v.StrikeStatus, v.Confidence):
    st.text(declaration.meaning_of(vocabulary))
    term_table(vocabulary, "grading")

st.header(wording.PRECISION, anchor=False)
table(declaration.precisions(), wording.PRECISION_COLUMNS, "precisions", wording.PRECISION)
st.text(v.RADIUS_CAVEAT)
st.text(wording.coarse_text(v.COARSE_FROM_M))

download.licences()

st.header(wording.VOCABULARY, anchor=False)
vocabularies()
with st.expander(wording.USML, key="usml"):
    st.text(wording.USML_NOTE)
    table(declaration.munitions_list(), wording.USML_COLUMNS, "usml_categories", wording.USML)

st.header(wording.DICTIONARY, anchor=False)
dictionaries()
