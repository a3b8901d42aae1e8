"""Tables of the demonstration data that do not grow with it: the data set's own row, transfers, two daily series."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from transforms.demo.cast import GAZA_START, KNOWN_ON, partners
from transforms.demo.draw import chance, day_number, fill, pick, stream, to_date
from transforms.source import Dataset
from transforms.weapons import reference_list

DATASET: Final = Dataset(
    dataset_id="demo",
    source_module="demo",
    title="SYNTHETIC demonstration data",
    publisher="Synthetic Demonstration",
    url=None,
    licence="CC0-1.0",
    redistributable=True,
    retrieved_on=KNOWN_ON,
    known_on=KNOWN_ON,
    synthetic=True,
)
TRANSFERS_PER_PARTNER: Final = 12
_RECORD: Final = (
    pl.when((pl.col("drawn") == "transfer") | (pl.col("channel") == "unknown"))
    .then(pl.lit("transfer"))
    .when(pl.col("channel") == "fms")
    .then(pl.lit("notification"))
    .otherwise(pl.lit("licence"))
)
"""A notice precedes a government sale, a licence a commercial one; most records are orders."""
SERIES: Final = {
    "synthetic_daily_alerts": ("SYNTHETIC alerts, Gaza", "alerts"),
    "synthetic_daily_aid_trucks": ("SYNTHETIC aid trucks, Gaza", "trucks"),
}
"""Series -> its title and what one counts."""


def dataset() -> pl.DataFrame:
    """The one row of the data set."""
    return fill("dataset", pl.DataFrame([vars(DATASET)]))


def transfer(seed: int) -> pl.DataFrame:
    """Invented transfers of weapons of US origin to every partner, known from the end of the order's year."""
    rng = stream(seed, 0, "transfer")
    offered = reference_list().filter(pl.col("us_origin") == "yes").select("weapon_id", "designation")
    n = TRANSFERS_PER_PARTNER * len(partners())
    frame = (
        offered[rng.integers(0, offered.height, n)]
        .with_columns(
            number_in_file=pl.int_range(1, n + 1).cast(pl.String).str.zfill(3),
            recipient=pl.Series(np.repeat(np.array(partners()), TRANSFERS_PER_PARTNER)),
            supplier=pl.lit("USA"),
            order_year=pl.Series(2012 + rng.integers(0, 12, n)),
            lag=pl.Series(rng.integers(0, 2, n)),
            years=pl.Series(rng.integers(0, 3, n)),
            number=pl.when(chance(rng, n, 0.85)).then(pl.Series(50 * rng.integers(1, 60, n))),
            channel=pick(rng, n, {"fms": 60, "dcs": 30, "unknown": 10}),
            delivered=pl.Series(rng.integers(0, 5, n)),
            drawn=pick(rng, n, {"transfer": 70, "notice": 30}),
            month=pl.Series(rng.integers(1, 13, n)),
        )
        .with_columns(record_type=_RECORD)
    )
    is_order = pl.col("record_type") == "transfer"
    first = pl.min_horizontal(pl.col("order_year") + pl.col("lag"), pl.lit(KNOWN_ON.year))
    last = pl.min_horizontal(first + pl.col("years"), pl.lit(KNOWN_ON.year))
    return fill(
        "transfer",
        frame.with_columns(
            transfer_id=pl.lit("SYN-X-") + pl.col("number_in_file"),
            recipient_raw="recipient",
            supplier_raw="supplier",
            order_year=pl.when(is_order).then("order_year"),
            is_order_year_estimated=pl.when(is_order).then(pl.lit(value=False)),
            notified_on=pl.when(~is_order).then(pl.date("order_year", "month", 1)),
            is_number_estimated=pl.lit(value=False),
            # From none of the order to all of it; of a notice or licence no delivery is on record.
            number_delivered=pl.when(is_order & (pl.col("delivered") > 0)).then(
                pl.col("number") * pl.min_horizontal("delivered", 3) // 3
            ),
            is_number_delivered_estimated=pl.when(is_order & (pl.col("delivered") > 0)).then(pl.lit(value=False)),
            delivered_years=pl.when(is_order).then(pl.int_ranges(first, last + 1).cast(pl.List(pl.String))),
            case_number=pl.when(pl.col("channel") != "unknown").then(
                pl.format("SYN-{}-{}", pl.col("channel").str.to_uppercase(), "number_in_file")
            ),
            known_from=pl.date(pl.col("order_year"), 12, 31),
        ),
    )


def series() -> pl.DataFrame:
    """What the daily series are."""
    rows = [
        {
            "series_id": name,
            "title": title,
            "country": "PSE",
            "unit": unit,
            "is_cumulative": False,
            "method": "reported",
        }
        for name, (title, unit) in SERIES.items()
    ]
    return fill("series", pl.DataFrame(rows))


def context_series(seed: int) -> pl.DataFrame:
    """Two daily series from the first to the last day, about 3 % of the days without a value."""
    rng = stream(seed, 0, "series")
    first, last = day_number(GAZA_START), day_number(KNOWN_ON)
    days = np.arange(first, last + 1)
    parts = [
        pl.DataFrame({"day": days}).select(
            series_id=pl.lit(name),
            date=to_date(pl.col("day")),
            known_from=to_date(pl.col("day")),
            value=pl.when(chance(rng, len(days), 0.97)).then(
                pl.Series(rng.integers(0, 120, len(days))).cast(pl.Float64)
            ),
        )
        for name in SERIES
    ]
    return fill("context_series", pl.concat(parts))
