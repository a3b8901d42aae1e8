"""Reports of the demonstration data and their links to incidents; some reports speak of several incidents."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from transforms.demo.cast import KNOWN_ON, SETTINGS, places
from transforms.demo.draw import Weights, below, chance, day_number, fill, pick, stream, to_date

PUBLISHED_WITHIN_DAYS: Final = 60
OUTLETS: Final = 40
"""Invented publishers per source type."""
SHARED_SLOTS: Final = 2
"""Only an incident's first two reports may also speak of earlier incidents, which bounds the reports per incident."""

SOURCE_TYPES: Final[Weights] = {
    "media": 42,
    "social_media": 24,
    "civil_society": 11,
    "medical": 5,
    "eyewitness": 5,
    "foreign_government": 4,
    "international_organization": 4,
    "us_government": 3,
    "unknown": 2,
}
PUBLISHERS: Final = {
    "media": "Synthetic Post",
    "social_media": "Synthetic Channel",
    "civil_society": "Synthetic Civil Harm Monitor",
    "medical": "Synthetic Hospital",
    "eyewitness": "Synthetic Statement Desk",
    "foreign_government": "Synthetic Ministry",
    "international_organization": "Synthetic International Agency",
    "us_government": "Synthetic Liaison Office",
    "unknown": "Synthetic Unlisted Source",
}
PRIVATE_SHARE: Final = {
    "eyewitness": 0.8,
    "us_government": 0.7,
    "medical": 0.3,
    "civil_society": 0.2,
    "international_organization": 0.2,
}
"""Share of private reports by source type; none of the others."""
SENDERS: Final[Weights] = {
    "Synthetic partner organisation": 5,
    "Synthetic embassy section": 3,
    "Synthetic legal clinic": 2,
}


def report(seed: int, block: int, cast: pl.DataFrame) -> pl.DataFrame:
    """The report table: `reports` rows for each row of `cast`, in its order, ids `<incident_id>-R<nn>`."""
    rng = stream(seed, block, "report")
    own = np.repeat(np.arange(cast.height), cast["reports"].to_numpy())
    frame = cast.select("incident_id", "country", "event", "received", "place_row")[own]
    n = frame.height
    days = below(rng, (day_number(KNOWN_ON) + 1 - frame["event"]).clip(1, PUBLISHED_WITHIN_DAYS + 1))
    language = pl.concat_str("country", pick(rng, n, {"0": 60, "1": 30, "2": 10}))
    languages = {f"{country}{i}": text for country, s in SETTINGS.items() for i, text in enumerate(s.languages)}
    frame = frame.with_columns(
        slot=pl.int_range(pl.len()).over("incident_id"),
        source_type=pick(rng, n, SOURCE_TYPES),
        luck=pl.Series(rng.random(n)),
        number=pl.Series(rng.integers(1, OUTLETS + 1, n)),
        language=language.replace_strict(languages),
        published=pl.when(chance(rng, n, 0.96)).then(pl.col("event") + days),
        archived=chance(rng, n, 0.85),
        quoted=chance(rng, n, 0.15),
        personal=chance(rng, n, 0.6),
        medium=pick(rng, n, {"Facebook": 55, "Twitter": 25, "Telegram": 15, "Instagram": 5}),
        sender=pick(rng, n, SENDERS),
    ).with_columns(
        report_id=pl.concat_str("incident_id", pl.lit("-R"), (pl.col("slot") + 1).cast(pl.String).str.zfill(2)),
        private=pl.col("luck") < pl.col("source_type").replace_strict(PRIVATE_SHARE, default=0.0),
        social=pl.col("source_type") == "social_media",
    )
    personal = pl.col("social") & pl.col("personal")
    shown = ~pl.col("private") & ~personal
    place = places().select(name=pl.when(pl.col("place_ar").is_null()).then("place").otherwise(pl.col("place_ar")))
    where = (
        pl.when((pl.col("language") == "Arabic") & pl.col("private").not_())
        .then(pl.format("SYNTHETIC: تقرير عن حادث في {}", place["name"].gather(frame["place_row"])))
        .otherwise(pl.format("SYNTHETIC: report of an incident in {}", places()["place"].gather(frame["place_row"])))
    )
    frame = frame.with_columns(
        access=pl.when("private").then(pl.lit("private")).otherwise(pl.lit("public")),
        account_kind=pl.when(personal)
        .then(pl.lit("personal"))
        .when("social")
        .then(pl.lit("organisation"))
        .otherwise(pl.lit("not_social_media")),
        submitted_by=pl.when("private").then(pl.format("{} {}", "sender", "number")),
        publisher=pl.when(shown).then(pl.format("{} {}", pl.col("source_type").replace_strict(PUBLISHERS), "number")),
        account_name=pl.when(personal).then(pl.format("synthetic_account_{}", "number")),
        platform=pl.when("social").then("medium"),
        title=pl.when(~personal).then(where),
        url=pl.when(shown).then(pl.lit("https://example.org/synthetic/reports/") + pl.col("report_id")),
        archive_url=pl.when(shown & pl.col("archived")).then(
            pl.lit("https://example.com/synthetic/archive/") + pl.col("report_id")
        ),
        published_on=to_date(pl.col("published")),
        raw_text=pl.when("private")
        .then(pl.format("SYNTHETIC: private statement {}; the sender asks that it is not passed on.", "report_id"))
        .when("quoted")
        .then(pl.lit("SYNTHETIC: the report describes the incident and the harm to civilians.")),
        known_from=to_date(pl.max_horizontal("received", "published")),
    )
    return fill("report", frame)


def incident_report(seed: int, block: int, cast: pl.DataFrame, reports: pl.DataFrame) -> pl.DataFrame:
    """The links: each report to its own incident, and some to one or two earlier incidents of the same country."""
    rng = stream(seed, block, "link")
    row = np.repeat(np.arange(cast.height), cast["reports"].to_numpy())
    own = reports.select("report_id", "known_from", row=row, slot=pl.int_range(pl.len()).over(pl.Series(row)))
    shared = own.filter((pl.col("slot") < SHARED_SLOTS) & chance(rng, own.height, 0.15))
    parts = [own, shared.with_columns(row=pl.col("row") - 1), shared.with_columns(row=pl.col("row") - 2)]
    parts[2] = parts[2].filter(chance(rng, shared.height, 0.4))
    incidents = cast.with_row_index("row").select(
        pl.col("row").cast(pl.Int64), "incident_id", "country", "received", "reports"
    )
    links = pl.concat([part.with_columns(back=pl.lit(back)) for back, part in enumerate(parts)])
    links = links.with_columns(source_row=pl.col("row") + pl.col("back"))
    links = links.join(incidents, on="row", how="inner", maintain_order="left").join(
        incidents.select("country", source_row="row"), on=["source_row", "country"], how="inner", maintain_order="left"
    )
    # An incident with a single source is graded as such, so it gets no second one.
    links = links.filter((pl.col("back") == 0) | (pl.col("reports") > 1))
    linked = chance(rng, links.height, 0.05) | (links["back"] > 0) & chance(rng, links.height, 0.5)
    probability = pl.Series((700 + rng.integers(0, 300, links.height)) / 1000)
    return fill(
        "incident_report",
        links.with_columns(
            method=pl.when(linked).then(pl.lit("linked")).otherwise(pl.lit("stated")),
            match_probability=pl.when(linked).then(probability),
            known_from=pl.max_horizontal("known_from", to_date(pl.col("received"))),
        ),
    )
