"""Steps that answers about casualties share: each event once, and sums of what it adds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence

import polars as pl

from warehouse import vocabulary as v
from warehouse.cubes.held import Held, incident_rows
from warehouse.cubes.meeting import predicate
from warehouse.cubes.sums import Part, shared
from warehouse.filters import Filters
from warehouse.queries.base import LIST_DIMENSIONS

Make = Callable[[Held], pl.DataFrame]
PARTS = ("low", "best", "high")


def with_category(chosen: pl.LazyFrame, dimension: str) -> pl.LazyFrame:
    """As `queries.base.with_category`: adds `category`; one row for each value of a list."""
    rows = chosen.with_columns(category=pl.col(dimension))
    if dimension in LIST_DIMENSIONS:
        # An empty list has no row in SQL, and a missing one neither.
        rows = rows.filter(pl.col("category").list.len() > 0).explode("category")
    return rows.with_columns(pl.col("category").fill_null("unknown"))


def once_per_event(chosen: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """As `queries.base.once_per_event`, with each row's share in sums: `keys`, incidents, events, and `SHARES`."""
    is_alone = pl.col("cluster_id").is_null()
    return pl.concat([_alone(chosen.filter(is_alone), keys), _together(chosen.filter(~is_alone), keys)])


def estimate(harm: str) -> dict[str, pl.Expr]:
    """As `queries.base.estimate`, of rows with `SHARES`: a sum is null where no incident states a figure."""
    low, best, high, unknown = (pl.col(f"{harm}_{part}").sum() for part in (*PARTS, "unknown"))
    with_low, with_best, with_high = (pl.col(f"{harm}_with_{part}").sum() for part in PARTS)
    name = f"civilians_{harm}"
    return {
        f"{name}_low": pl.when(with_low > 0).then(low),
        f"{name}_best": pl.when((with_best == with_low) & (with_best > 0)).then(best),
        f"{name}_high": pl.when(with_high > 0).then(high),
        f"{name}_unknown": unknown,
    }


def shares(harm: str) -> dict[str, pl.Expr]:
    """What a row with figures adds to the sums that `estimate` is made of."""
    low, best, high = (pl.col(f"civilians_{harm}_{part}") for part in PARTS)
    figures = {"low": low, "best": best, "high": pl.coalesce(high, low)}
    return (
        {f"{harm}_{part}": figure for part, figure in figures.items()}
        | {f"{harm}_with_{part}": figure.is_not_null() for part, figure in figures.items()}
        | {f"{harm}_unknown": low.is_null() | high.is_null()}
    )


SHARES = {name: share for harm in v.Harm for name, share in shares(harm.value).items()}


def _alone(chosen: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """Shares of incidents that are an event of their own."""
    return chosen.select(*keys, incidents=pl.lit(1, pl.Int64), events=pl.lit(1, pl.Int64), **SHARES)


def _together(chosen: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """Shares of incidents that others tell of too, put together by event within `keys`."""
    names = [f"civilians_{harm.value}_{part}" for harm in v.Harm for part in PARTS]
    merged = [
        pl.when(pl.len() == 1).then(pl.col(name).max()).alias(name)
        if name.endswith("_best")
        else (pl.col(name).min() if name.endswith("_low") else pl.col(name).max())
        for name in names
    ]
    by_event = chosen.group_by([*dict.fromkeys([*keys, "cluster_id"])]).agg(*merged, incidents=pl.len().cast(pl.Int64))
    return by_event.select(*keys, "incidents", events=pl.lit(1, pl.Int64), **SHARES)


def _every(held: Held) -> pl.DataFrame:
    return held.everything(incident_rows)


def _several(held: Held, rows: Make) -> pl.DataFrame:
    """Incidents of which others tell too."""
    return held.once(rows).filter(pl.col("cluster_id").is_not_null())


def events(
    held: Held,
    filters: Filters,
    keys: tuple[str, ...],
    keyed: Callable[..., pl.LazyFrame] = lambda rows: rows,
    *more: Hashable,
    rows: Make = _every,
    sums: Collection[str] = ("incidents", "events", *SHARES),
) -> pl.LazyFrame:
    """What `once_per_event(keyed(chosen, *more), keys)` gives of the filtered incidents, to be summed by `keys`.

    Args:
        rows: `rows(held)` are all incidents.
        sums: those that are needed.
    """
    several = held.once(_several, rows)
    has_several = not several.is_empty()
    part = Part(rows, (), _alone_shares, (keyed, has_several, *more), keys, tuple(sums))
    alone = shared(held, filters, part).select(*keys, *part.sums)
    if not has_several:
        return alone
    chosen = held.meeting(filters, several) if filters.text else several.lazy().filter(predicate(filters))
    return pl.concat([alone, _together(keyed(chosen, *more), keys).select(*keys, *sums)], how="vertical_relaxed")


def _alone_shares(
    rows: pl.LazyFrame, keyed: Callable[..., pl.LazyFrame], has_several: bool, *more: Hashable
) -> pl.LazyFrame:
    alone = rows.filter(pl.col("cluster_id").is_null()) if has_several else rows
    ones = {"incidents": pl.lit(1, pl.Int64), "events": pl.lit(1, pl.Int64)}
    return keyed(alone, *more).with_columns(**ones, **SHARES)
