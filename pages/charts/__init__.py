"""Figures: a frame in, a plotly figure or a pydeck deck out. No Streamlit and no database here."""
