"""The page incident."""

from __future__ import annotations

import streamlit as st

from pages import wording

st.title(wording.INCIDENT)
