"""Contrast of colours, as the Web Content Accessibility Guidelines 2.2 define it."""

from __future__ import annotations

TEXT_CONTRAST = 4.5
GRAPHICS_CONTRAST = 3.0
"""What level AA asks for: 1.4.3 and 1.4.11."""


def luminance(colour: str) -> float:
    """Relative luminance of a colour such as "#0072b2"."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
