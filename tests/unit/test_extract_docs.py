"""What docs/extracts.md says of restoring text is run as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from warehouse.extracts import FORMATS, flat

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "extracts.md").read_text(encoding="utf-8")
TEXTS = ["=1+1", "'quoted'", "''", "plain", "+٣", "-5", "رفح"]


@pytest.mark.parametrize("library", ["polars", "pandas"])
def test_the_lines_restore_what_was_disarmed(library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    frame = pl.DataFrame({"text": TEXTS, "number": [-1.5, 0.0, 2.0, 3.0, 4.0, 5.0, 6.0]})
    flat(frame).write_csv("incidents.csv", include_bom=True)
    code = re.search(rf"```python\n# {library}\n(.*?)```", GUIDE, flags=re.DOTALL)
    assert code
    names = {"pl": pl, "pd": pd}
    exec(code.group(1), names)  # noqa: S102 (our own guide)
    found = names["frame"]
    assert list(found["text"]) == TEXTS
    assert list(found["number"]) == frame["number"].to_list()


def test_every_format_is_told() -> None:
    assert all(f"`{suffix}`" in GUIDE for suffix in FORMATS)
