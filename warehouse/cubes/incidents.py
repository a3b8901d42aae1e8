"""Answers about incidents: how many, what harm, when, on how many reports. See the questions of the same names."""

from __future__ import annotations

import polars as pl

from warehouse import vocabulary as v
from warehouse.cubes.events import estimate, events, shares, with_category
from warehouse.cubes.frames import counted, in_order, is_in
from warehouse.cubes.held import Held, asked_rows, incident_rows
from warehouse.cubes.sums import Part, shared
from warehouse.filters import Filters
from warehouse.queries import counting, sources
from warehouse.queries.geography import PLACE_DECIMALS
from warehouse.queries.steps import OPEN_STAGES

PLACE = ("latitude", "longitude", "geo_radius_m")
TRUNCATE = {"day": "1d", "week": "1w", "month": "1mo", "year": "1y"}


def totals(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.totals`."""
    counts = shared(held, filters, TOTALS).select(
        *(pl.col(name).sum() for name in TOTALS.sums),
        first_day=pl.col("date_start").min(),
        last_day=pl.col("date_end").max(),
    )
    harm = events(held, filters, ()).select(pl.col("events").sum(), **estimate("killed"), **estimate("injured"))
    return pl.concat(pl.collect_all([counts, harm]), how="horizontal")


def by_stage(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.by_stage`."""
    rows = shared(held, filters, TOTALS._replace(keys=("stage",), sums=("incidents",)))
    return in_order(rows.group_by("stage").agg(pl.col("incidents").sum()), ["stage"])


def counts(held: Held, filters: Filters, dimension: str) -> pl.DataFrame:
    """See `queries.counts`."""
    rows = events(held, filters, ("category",), with_category, dimension)
    rows = rows.group_by("category").agg(pl.col("incidents").sum(), **estimate("killed"))
    return in_order(rows, ["incidents", "category"], descending=[True, False])


def over_time(held: Held, filters: Filters, period: counting.Period, dimension: str | None = None) -> pl.DataFrame:
    """See `queries.over_time`."""
    keys = ("period_start",) if dimension is None else ("period_start", "category")
    rows = events(held, filters, keys, _with_period, period, dimension)
    rows = rows.group_by(keys).agg(pl.col("incidents").sum(), **estimate("killed"), **estimate("injured"))
    return in_order(rows, keys)


def not_in_period(held: Held, filters: Filters, period: counting.Period) -> pl.DataFrame:
    """See `queries.not_in_period`."""
    sums = ("without_date", "too_coarse")
    part = Part(asked_rows, (incident_rows,), _not_in_period, (period,), (), sums)
    return shared(held, filters, part).select(pl.col(sums).sum()).collect()


def _not_in_period(rows: pl.LazyFrame, period: counting.Period) -> pl.LazyFrame:
    undated = pl.col("date_start").is_null()
    return rows.with_columns(without_date=undated, too_coarse=~undated & _is_too_coarse(period))


def left_out_unknown(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.left_out_unknown`."""
    undated, uncounted = pl.col("date_start").is_null(), pl.col("civilians_killed_low").is_null()
    meets_dates = pl.lit(value=True)
    if filters.date_from:
        meets_dates &= pl.col("date_end") >= filters.date_from
    if filters.date_to:
        meets_dates &= pl.col("date_start") <= filters.date_to
    minimum = filters.minimum_civilians_killed
    meets_minimum = pl.lit(value=True) if minimum is None else pl.col("civilians_killed_low") >= minimum
    has_dates = filters.date_from is not None or filters.date_to is not None
    return (
        held.chosen(filters.without_unknowns())
        .select(
            without_date=(undated & (uncounted | meets_minimum)).sum() if has_dates else pl.lit(0),
            without_figure=(uncounted & (undated | meets_dates)).sum() if minimum is not None else pl.lit(0),
        )
        .collect()
    )


def resting_on(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.resting_on`."""
    band = _band(pl.col("report_count"), sources.REPORT_BANDS)
    return counted(held.chosen(filters).with_columns(band=band), ["band"])


def narrow_base(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.narrow_base`."""
    reports = pl.col("report_count")
    return (
        held.chosen(filters)
        .select(
            no_report=(reports == 0).sum(),
            one_report=(reports == 1).sum(),
            one_type=((reports > 1) & (pl.col("source_type").list.len() == 1)).sum(),
            incidents=pl.len(),
        )
        .collect()
    )


def lags(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.lags`."""
    return counted(_lags(held, filters), ["kind", "band"])


def lag_medians(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.lag_medians`."""
    band = pl.col("band")
    rows = _lags(held, filters).group_by("kind").agg(
        incidents=pl.len(),
        timed=pl.col("days").count(),
        median_days=pl.col("days").median(),
        before_event=(band == sources.BEFORE_EVENT).sum(),
        no_event_day=(band == sources.NO_EVENT_DAY).sum(),
        no_day=(band == sources.NO_DAY).sum(),
    )  # fmt: skip
    return rows.sort("kind").collect()


def outcomes(held: Held, filters: Filters, outcome: sources.Outcome) -> pl.DataFrame:
    """See `queries.outcomes`."""
    silent = v.Stage.NO_REVIEW_RECORD.value
    answered = (
        pl.when(pl.col("response_count") > 0)
        .then(pl.lit(sources.WITH_RESPONSE))
        .when(is_in("stage", [silent]))
        .then(pl.lit(silent))
        .otherwise(pl.lit(sources.WITHOUT_RESPONSE))
    )
    became = answered if outcome == "response" else pl.col(outcome).cast(pl.String)
    rows = with_category(held.chosen(filters).with_columns(became=became), "source_type")
    rows = rows.select(source_type="category", category="became")
    return counted(rows, ["source_type", "category"])


def places(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.places`."""
    keys, sums = ("at", "cluster_id"), ("incidents", *shares("killed"))
    rows = events(held, filters, keys, _at_places, rows=_placed, sums=sums).group_by(keys)
    found = in_order(rows.agg(pl.col("incidents").sum(), **estimate("killed")), keys)
    return pl.concat([held.once(_places)[found["at"]], found.drop("at")], how="horizontal")


def _at_places(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.filter(pl.col("at").is_not_null())


def _placed(held: Held) -> pl.DataFrame:
    """All incidents, with the number of their place among `_places`: null without coordinates."""
    places = held.once(_places).lazy().with_row_index("at")
    rows = _rounded(held.everything(incident_rows))
    at = rows.lazy().join(places, on=PLACE, how="left", nulls_equal=True, maintain_order="left").select("at")
    return held.everything(incident_rows).with_columns(at.collect())


def _places(held: Held) -> pl.DataFrame:
    """Every place once, in its order. Columns: `PLACE`."""
    rows = _rounded(held.everything(incident_rows)).drop_nulls(["latitude", "longitude"])
    return rows.unique().sort(PLACE, nulls_last=True)


def _rounded(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(PLACE).with_columns(
        pl.col("latitude", "longitude").round(PLACE_DECIMALS, mode="half_away_from_zero")
    )


def extent(held: Held, filters: Filters) -> pl.DataFrame:
    """See `queries.extent`."""
    longitude, latitude = pl.col("longitude"), pl.col("latitude")
    ends = {"west": longitude.min(), "south": latitude.min(), "east": longitude.max(), "north": latitude.max()}
    return _with_coordinates(held, filters).select(**ends).collect()


def _total_shares(rows: pl.LazyFrame) -> pl.LazyFrame:
    third = v.Stage.DEPARTMENT_RESPONSE_COORDINATION
    from_third = [s.value for s in OPEN_STAGES[OPEN_STAGES.index(third) :]]
    return rows.with_columns(
        incidents=pl.lit(1, pl.Int64),
        without_coordinates=pl.col("latitude").is_null(),
        without_date=pl.col("date_start").is_null(),
        reached_third_stage=is_in("stage_reached", from_third),
        closed=is_in("stage", [v.Stage.CLOSED.value]),
        with_response=pl.col("response_count") > 0,
        without_review_record=is_in("stage", [v.Stage.NO_REVIEW_RECORD.value]),
        without_report=pl.col("report_count") == 0,
    )


TOTALS = Part(
    asked_rows,
    (incident_rows,),
    _total_shares,
    (),
    ("date_start", "date_end"),
    ("incidents", "without_coordinates", "without_date", "reached_third_stage", "closed", "with_response",
     "without_review_record", "without_report"),
)  # fmt: skip


def _with_period(rows: pl.LazyFrame, period: counting.Period, dimension: str | None) -> pl.LazyFrame:
    """Adds period_start, null where no period can be told, and the category of a dimension."""
    start = pl.when(~_is_too_coarse(period)).then(pl.col("date_start").dt.truncate(TRUNCATE[period]))
    rows = rows.with_columns(period_start=start)
    return rows if dimension is None else with_category(rows, dimension)


def _lags(held: Held, filters: Filters) -> pl.LazyFrame:
    """Each filtered incident once for each kind of lag: kind, days (null: cannot be told), band."""
    chosen = held.chosen(filters).with_columns(event=pl.when(is_in("date_precision", ["day"])).then("date_start"))
    kinds = []
    for kind, column in sources.LAGS.items():
        days = (pl.col(column) - pl.col("event")).dt.total_days()
        band = (
            pl.when(pl.col("event").is_null())
            .then(pl.lit(sources.NO_EVENT_DAY))
            .when(pl.col(column).is_null())
            .then(pl.lit(sources.NO_DAY))
            .when(days < 0)
            .then(pl.lit(sources.BEFORE_EVENT))
            .otherwise(_band(days, sources.LAG_BANDS_DAYS).cast(pl.String))
        )
        kinds.append(chosen.select(kind=pl.lit(kind), days=days, band=band))
    return pl.concat(kinds)


def _band(value: pl.Expr, bands: tuple[sources.Band, ...]) -> pl.Expr:
    """Index of the first band whose end is not below the value."""
    passed = [(value > last).cast(pl.Int64) for _, last in bands if last is not None]
    return pl.sum_horizontal(passed, ignore_nulls=False)


def _with_coordinates(held: Held, filters: Filters) -> pl.LazyFrame:
    return held.chosen(filters).filter(pl.col("latitude").is_not_null(), pl.col("longitude").is_not_null())


def _is_too_coarse(period: counting.Period) -> pl.Expr:
    return is_in("date_precision", [precision.value for precision in counting.too_coarse(period)])
