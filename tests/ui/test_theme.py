"""The theme's colours keep their contrast in light and in dark mode, and its fonts are there."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
THEME: dict[str, Any] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
BACKGROUNDS = {"light": ("#ffffff", "#f8f8f7"), "dark": ("#171614", "#21201d")}
"""Streamlit's own: page and sidebar."""
TEXT_CONTRAST = 4.5
GRAPHICS_CONTRAST = 3.0
"""Web Content Accessibility Guidelines 2.2, level AA: 1.4.3 and 1.4.11."""


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_and_controls_are_readable(scheme: str) -> None:
    colours = THEME[scheme]
    for background in BACKGROUNDS[scheme]:
        assert contrast(colours["linkColor"], background) >= TEXT_CONTRAST, background
        assert contrast(colours["primaryColor"], background) >= GRAPHICS_CONTRAST, background
    assert contrast("#ffffff", colours["primaryColor"]) >= TEXT_CONTRAST  # Streamlit writes on it in white


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_chart_colours_stand_out_and_differ(scheme: str) -> None:
    colours = THEME[scheme]["chartCategoricalColors"]
    assert len(set(colours)) == 10  # as many as Streamlit has placeholders for
    for colour in colours:
        assert contrast(colour, BACKGROUNDS[scheme][0]) >= GRAPHICS_CONTRAST, colour


def test_every_font_file_is_served_by_the_app() -> None:
    urls = [face["url"] for face in THEME["fontFaces"]]
    for url in urls:
        assert url.startswith("app/static/")
        assert (ROOT / "pages" / url.removeprefix("app/")).is_file(), url
    for script in ("arabic", "hebrew", "latin"):
        assert any(script in url for url in urls), script
