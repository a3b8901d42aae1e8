"""From outside files to canonical frames."""
