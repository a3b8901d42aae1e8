"""The theme's colours keep their contrast in light and in dark mode, and its fonts are there."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from contrast import GRAPHICS_CONTRAST, TEXT_CONTRAST, contrast

ROOT = Path(__file__).resolve().parents[2]
THEME: dict[str, Any] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
BACKGROUNDS = {"light": ("#ffffff", "#f8f8f7"), "dark": ("#171614", "#21201d")}
"""Streamlit's own: page and sidebar."""


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
