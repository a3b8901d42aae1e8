"""Unit tests look every property of a figure up, which the app leaves out: a wrong name fails here."""

from __future__ import annotations

import pytest

from pages.charts import style


@pytest.fixture(autouse=True)
def figures_are_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let plotly check what is handed to it."""
    monkeypatch.setattr(style, "VALIDATES", True)
