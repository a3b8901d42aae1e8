"""Pages run by Streamlit's own test driver, on warehouses of the real build."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from made_up import step, warehouse
from streamlit.testing.v1 import AppTest

from pages.components import settings

ROUTER = Path(__file__).resolve().parents[2] / "pages" / "router.py"
SECONDS = 30

IMAGE = "<img src=x onerror=alert(1)>"
FORMULA = "=HYPERLINK(1)"
MARKDOWN = "**bold** :red[x] $a$ [l](http://x)"

OpenPage = Callable[..., AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Function `(page, warehouse, **filters) -> AppTest`, run once; filters are URL parameters, by their labels."""

    def opened(page: str, folder: Path, **parameters: str | list[str]) -> AppTest:
        monkeypatch.setenv(settings.WAREHOUSE, str(folder))
        app = AppTest.from_file(ROUTER, default_timeout=SECONDS)
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        app.switch_page(page).run()
        assert not app.exception
        return app

    return opened


@pytest.fixture(scope="session")
def hostile_warehouse(once: Callable[..., Path]) -> Path:
    """A warehouse whose texts look like HTML, a formula, Markdown, wherever a source may put text."""

    def make(folder: Path) -> None:
        warehouse(
            folder,
            {"title": MARKDOWN, "publisher": IMAGE, "licence": MARKDOWN, "redistributable": "false"},
            validate=True,  # texts stand in the results too
            incident=[
                {"incident_id": MARKDOWN, "public_code": FORMULA, "place": IMAGE, "summary": FORMULA},
                {"incident_id": "plain", "place": MARKDOWN, "summary": IMAGE, "admin1": MARKDOWN, "belligerent": IMAGE},
                # Refused: north of the pole.
                {"incident_id": "refused", "place": IMAGE, "latitude": "91", "longitude": "0"},
            ],
            stage_transition=[
                step(MARKDOWN, 1, "", "received", "2024-01-01", IMAGE),
                step("plain", 1, "", "received", "2024-01-01", MARKDOWN),
                # A skipped stage, so that an expectation names its key.
                step("plain", 2, "received", "policy_impact_assessment", "2024-02-01", MARKDOWN),
            ],
            report=[
                {
                    "report_id": "r1",
                    "source_type": "media",
                    "access": "public",
                    "account_kind": "not_social_media",
                    "publisher": MARKDOWN,
                    "title": IMAGE,
                    "url": "javascript:alert(1)",
                    "raw_text": IMAGE,
                }
            ],
            incident_report=[
                {"incident_id": MARKDOWN, "report_id": "r1", "method": "stated"},
                {"incident_id": "plain", "report_id": "r1", "method": "stated"},
            ],
        )  # fmt: skip

    return once("hostile-warehouse", make)
