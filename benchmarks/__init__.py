"""Ratios measured on this machine; `python -m benchmarks` (or `make bench`) prints them."""
