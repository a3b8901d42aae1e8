"""Rules that a row may break, and the split of rows by them."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from transforms.source import FILE, REFUSED_SCHEMA, ROW


@dataclass(frozen=True)
class Fault:
    """A rule that a row may break: its name, where it is broken, and the sentence's end after "file, row n: "."""

    rule: str
    broken: pl.Expr
    text: pl.Expr


def split(rows: pl.DataFrame, faults: list[Fault]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(rows without a fault, refused rows with every fault they have)."""
    broken = {f"broken {i}": fault.broken.fill_null(value=False) for i, fault in enumerate(faults)}
    flagged = rows.with_columns(**broken)
    rule = pl.coalesce(pl.when(name).then(pl.lit(f"mapped.{f.rule}")) for name, f in zip(broken, faults, strict=True))
    text = pl.concat_str(
        [pl.when(name).then(f.text) for name, f in zip(broken, faults, strict=True)], separator="; ", ignore_nulls=True
    )
    flagged = flagged.with_columns(rule=rule, reason=text)
    refused = flagged.filter(pl.col("rule").is_not_null()).select(
        FILE, ROW, "rule", reason=pl.format("{}, row {}: {}.", FILE, ROW, "reason")
    )
    kept = flagged.filter(pl.col("rule").is_null()).drop(*broken, "rule", "reason")
    return kept, refused.cast(REFUSED_SCHEMA)  # type: ignore[arg-type]
