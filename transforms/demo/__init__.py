"""The parts of the SYNTHETIC demonstration data: one module per group of tables, each frame -> frame.

`transforms.sources.demo` puts them together.
"""
