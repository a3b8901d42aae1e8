"""What the app answers beside its pages: an interface for programs, and downloads. Starlette routes, no Streamlit."""
