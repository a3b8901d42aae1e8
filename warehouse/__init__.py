"""The data model and everything that touches the database."""
