"""The pages' files: nothing in them may hide a module or fetch something from the internet."""

from __future__ import annotations

import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "pages"


def test_no_file_of_the_pages_hides_a_module() -> None:
    """Streamlit puts the folder first on sys.path: pages/copy.py would be what `import copy` finds."""
    own = {path.stem for path in PAGES.iterdir() if path.suffix == ".py" or path.is_dir()} - {"__init__", "__pycache__"}
    assert own.isdisjoint(sys.stdlib_module_names)
    assert own.isdisjoint(packages_distributions())


def test_every_page_of_the_navigation_exists() -> None:
    named = re.findall(r'st\.Page\("([a-z_]+\.py)"', (PAGES / "router.py").read_text(encoding="utf-8"))
    assert named
    assert all((PAGES / name).is_file() for name in named)


def test_no_page_has_an_icon_from_the_internet() -> None:
    """An icon of a page becomes the tab's icon, which Streamlit fetches from a font server."""
    router = (PAGES / "router.py").read_text(encoding="utf-8")
    assert not re.search(r"\b(page_)?icon=[\"':f]", router)
