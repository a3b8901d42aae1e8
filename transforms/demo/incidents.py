"""The incident table of the demonstration data: place, date, grading and a sober sentence, each with its precision."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from transforms.demo.cast import KNOWN_ON, SETTINGS, places
from transforms.demo.casualties import people
from transforms.demo.draw import Weights, below, chance, day_number, fill, pick, stream, to_date
from warehouse import vocabulary as v

METRES_PER_DEGREE: Final = 111_320
"""Of latitude; of longitude at the equator."""

PRECISIONS: Final[Weights] = {
    "exact_location": 14,
    "within_100m": 10,
    "within_1km": 14,
    "kind": 30,  # the place as a whole: its neighbourhood, village, town or city
    "subdistrict": 4,
    "district": 4,
    "province": 5,
    "country": 8,
    "unknown": 11,
}
NO_POINT: Final = ("country", "unknown")
POINT: Final = ("exact_location", "within_100m", "within_1km")

STRIKE_TYPES: Final[Weights] = {
    "airstrike": 50,
    "airstrike_or_artillery": 15,
    "artillery": 12,
    "drone_strike": 9,
    "ground_operation": 7,
    "naval_bombardment": 2,
    "other": 2,
    "unknown": 3,
}
SECOND_STRIKE_TYPES: Final[Weights] = {
    None: 88,
    "drone_strike": 4,
    "artillery": 4,
    "ground_operation": 4,
}
INFRASTRUCTURE: Final[dict[str | None, tuple[float, str]]] = {
    None: (24, "a site that was not described"),
    "Residential building": (40, "a residential building"),
    "Shelter for displaced people": (8, "a shelter for displaced people"),
    "School": (6, "a school"),
    "Vehicle": (6, "a vehicle"),
    "Healthcare facility": (5, "a healthcare facility"),
    "Market": (4, "a market"),
    "Place of worship": (3, "a place of worship"),
    "Farm": (2, "a farm"),
    "Water facility": (2, "a water facility"),
}
OBSERVATIONS: Final[Weights] = {
    None: 60,
    "No warning reported": 12,
    "Displaced people among those harmed": 8,
    "People recovered from rubble": 8,
    "Health workers among those harmed": 3,
    "Aid workers among those harmed": 3,
    "Repeated strike": 3,
    "Evacuation order in force": 3,
}
STRIKE_WORDS: Final = {
    "airstrike": "A reported airstrike",
    "airstrike_or_artillery": "A reported airstrike or artillery fire",
    "artillery": "Reported artillery fire",
    "drone_strike": "A reported drone strike",
    "ground_operation": "A reported ground operation",
    "naval_bombardment": "Reported naval fire",
    "other": "A reported attack",
    "unknown": "An attack of unknown kind",
}


def incident(seed: int, block: int, cast: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """The incident table, one row per row of `cast`; strike_type holds one or two values."""
    rng = stream(seed, block, "incident")
    frame = cast.hstack(places().select(pl.exclude("country")).gather(cast["place_row"])).hstack(counts)
    frame = frame.pipe(_located, rng).pipe(_dated, rng).pipe(_graded, rng).pipe(_described, rng)
    partner = {country: setting.partner_country for country, setting in SETTINGS.items()}
    frame = frame.with_columns(
        public_code=pl.col("incident_id"),
        url=pl.lit("https://example.org/synthetic/incidents/") + pl.col("incident_id"),
        partner_country=pl.col("country").replace_strict(partner),
        published_on=pl.when(chance(rng, frame.height, 0.7)).then(
            to_date(pl.col("received") + below(rng, (day_number(KNOWN_ON) + 1 - frame["received"]).clip(1, 30)))
        ),
        known_from=to_date(pl.col("received")),
    )
    return fill("incident", frame)


def _located(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """geo_precision, coordinates, admin1 and place, no finer than the precision says."""
    n = frame.height
    centre = (
        places()
        .group_by("country", "admin1", maintain_order=True)
        .agg(centre_latitude=pl.col("latitude").first(), centre_longitude=pl.col("longitude").first())
    )
    frame = frame.join(centre, on=["country", "admin1"], how="left", maintain_order="left").with_columns(
        drawn=pick(rng, n, PRECISIONS),
        arabic=chance(rng, n, 0.2),
        distance=pl.col("scatter_m") * pl.Series(rng.random(n)),
        turn=pl.Series(rng.random(n)),
    )
    # All round, or 45 degrees to either side of the bearing that leads away from a coast or border.
    bearing = (
        pl.when(pl.col("inland_deg").is_null())
        .then(pl.col("turn") * 360)
        .otherwise(pl.col("inland_deg") + pl.col("turn") * 90 - 45)
    ).radians()
    precision = pl.col("geo_precision")
    kept = ~precision.is_in(NO_POINT)
    is_point = precision.is_in(POINT)
    east = METRES_PER_DEGREE * pl.col("latitude").radians().cos()
    return frame.with_columns(
        geo_precision=pl.when(pl.col("drawn") == "kind").then("kind").otherwise("drawn"),
    ).with_columns(
        geo_precision_raw=precision.replace_strict(v.GeoPrecision.labels()),
        latitude=pl.when(kept).then(
            pl.when(precision == "province")
            .then("centre_latitude")
            .when(is_point)
            .then((pl.col("latitude") + pl.col("distance") * bearing.cos() / METRES_PER_DEGREE).round(5))
            .otherwise("latitude")
        ),
        longitude=pl.when(kept).then(
            pl.when(precision == "province")
            .then("centre_longitude")
            .when(is_point)
            .then((pl.col("longitude") + pl.col("distance") * bearing.sin() / east).round(5))
            .otherwise("longitude")
        ),
        admin1=pl.when(precision != "country").then("admin1"),
        place=pl.when(~precision.is_in(["country", "province"])).then(
            pl.when("arabic").then(pl.coalesce(pl.format("{} ({})", "place", "place_ar"), "place")).otherwise("place")
        ),
    )


def _dated(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """date_start, date_end, date_precision and date_raw: a day, a range that ends on it, its month, or unknown."""
    n = frame.height
    event = to_date(pl.col("event"))
    earliest = pl.max_horizontal("start", pl.col("event") - pl.Series(rng.integers(1, 4, n)))
    drawn = pick(rng, n, {"day": 84, "range": 8, "month": 5, "unknown": 3})
    frame = frame.with_columns(
        date_precision=pl.when((drawn == "range") & (earliest == pl.col("event"))).then(pl.lit("day")).otherwise(drawn)
    )
    precision = pl.col("date_precision")
    month_start = pl.max_horizontal(event.dt.month_start(), to_date(pl.col("start")))
    month_end = pl.min_horizontal(event.dt.month_end(), pl.lit(KNOWN_ON))
    day = pl.concat_str(event.dt.day(), event.dt.strftime(" %B %Y"))
    return frame.with_columns(
        date_start=pl.when(precision == "range")
        .then(to_date(earliest))
        .when(precision == "month")
        .then(month_start)
        .when(precision == "day")
        .then(event),
        date_end=pl.when(precision == "month").then(month_end).when(precision != "unknown").then(event),
        date_raw=pl.when(precision == "range")
        .then(pl.concat_str(to_date(earliest).dt.day(), to_date(earliest).dt.strftime(" %B to "), day))
        .when(precision == "month")
        .then(event.dt.strftime("%B %Y"))
        .when(precision == "day")
        .then(day)
        .otherwise(pl.lit("Unknown")),
    )


def _graded(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """strike_status, harm_status, belligerent and its basis, consistent with the number of reports."""
    n = frame.height
    single = pl.col("reports") == 1
    strike = pick(rng, n, {"likely": 84, "declared": 8, "contested": 4, "unknown": 4})
    harm = pick(rng, n, {"fair": 91, "discounted": 3, "not_assessed": 6})
    accepted = chance(rng, n, 0.3)
    basis = pick(rng, n, {"suspected": 94, "unknown": 6})
    forces = {country: setting.belligerent for country, setting in SETTINGS.items()}
    return (
        frame.with_columns(strike_status=pl.when(single).then(pl.lit("single_source_claim")).otherwise(strike))
        .with_columns(
            harm_status=pl.when(single)
            .then(pl.lit("weak"))
            .when(pl.col("strike_status") == "contested")
            .then(pl.lit("contested"))
            .when((pl.col("strike_status") == "declared") & accepted)
            .then(pl.lit("confirmed"))
            .otherwise(harm),
            belligerent_basis=pl.when(pl.col("strike_status") == "declared").then(pl.lit("known")).otherwise(basis),
        )
        .with_columns(
            strike_status_raw=pl.col("strike_status").replace_strict(v.StrikeStatus.labels()),
            harm_status_raw=pl.col("harm_status").replace_strict(v.HarmStatus.labels()),
            belligerent=_listed(
                pl.col("country").replace_strict(forces),
                pl.when(pl.col("strike_status") == "contested").then(pl.lit("Unidentified armed group")),
            ),
        )
    )


def _described(frame: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """strike_type, infrastructure, observations and the summary."""
    n = frame.height
    weights: Weights = {name: weight for name, (weight, _) in INFRASTRUCTURE.items()}
    frame = frame.with_columns(
        first=pick(rng, n, STRIKE_TYPES),
        second=pick(rng, n, SECOND_STRIKE_TYPES),
        hit=pick(rng, n, weights),
        also_hit=pick(rng, n, weights | {None: 900}),
        seen=pick(rng, n, OBSERVATIONS),
        also_seen=pick(rng, n, OBSERVATIONS),
    ).with_columns(
        second=pl.when((pl.col("first") != pl.col("second")) & (pl.col("first") != "unknown")).then("second")
    )
    labels = v.StrikeType.labels()
    words = {name: text for name, (_, text) in INFRASTRUCTURE.items() if name}
    where = pl.coalesce("place", "admin1", pl.lit("a place that was not stated"))
    return frame.with_columns(
        strike_type=_listed(pl.col("first"), pl.col("second")),
        strike_type_raw=pl.concat_str(
            pl.col("first").replace_strict(labels),
            pl.col("second").replace_strict(labels, default=None),
            separator=", ",
            ignore_nulls=True,
        ),
        infrastructure=_listed(pl.col("hit"), pl.col("also_hit")),
        observations=_listed(pl.col("seen"), pl.col("also_seen")),
        summary=pl.format(
            "SYNTHETIC: {} in {} hit {}; reported killed: {}; reported injured: {}.",
            pl.col("first").replace_strict(STRIKE_WORDS),
            where,
            pl.col("hit").replace_strict(words, default=INFRASTRUCTURE[None][1]),
            people(pl.col("killed_low"), pl.col("killed_high"), "civilians"),
            people(pl.col("injured_low"), pl.col("injured_high"), "civilians"),
        ),
    )


def _listed(*texts: pl.Expr) -> pl.Expr:
    """The texts that are not null as a list, each once; null where there is none."""
    values = pl.concat_list(*texts).list.drop_nulls().list.unique(maintain_order=True)
    return pl.when(values.list.len() > 0).then(values)
