"""A build whose extracts take long enough to be stopped half way."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from warehouse import publish
from warehouse.connection import writer


def add_large_build(folder: Path, build_id: str, copies: int) -> None:
    """Add a build with each incident of the current one so many times more; its summaries do not compress."""
    current = publish.current_build_id(folder)
    shutil.copy(publish.file_of(folder, current), publish.file_of(folder, build_id))
    record = json.loads((folder / f"build-{current}.json").read_text(encoding="utf-8"))
    (folder / f"build-{build_id}.json").write_text(json.dumps(record | {"build_id": build_id}), encoding="utf-8")
    with writer(publish.file_of(folder, build_id)) as connection:
        connection.execute(
            "INSERT INTO incident SELECT incident.* REPLACE (incident_id || '-' || n AS incident_id, "
            "md5(random()::VARCHAR) || md5(random()::VARCHAR) || md5(random()::VARCHAR) AS summary) "
            "FROM incident, range(?) AS copies(n)",
            [copies],
        )
