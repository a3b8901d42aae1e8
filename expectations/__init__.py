"""What the data must satisfy, checked by Great Expectations on the database itself."""
