"""Documents that leave the app: one data object, set as PDF and as one HTML file. No Streamlit, no browser."""
