"""A source's transform on a Spark cluster, a part of its rows at a time; the same function as on one machine.

For inputs that one machine cannot hold. Only for a transform that judges each row by itself, as that of `ucdp_ged`
does: parts do not see each other, so what is repeated in several of them (a report that two events cite) is still to be
put together, as the pipeline does for several files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from transforms.source import Canonical, Raw

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def transformed(rows: DataFrame, raw: Raw, transform: Callable[[Raw], Canonical], table: str) -> DataFrame:
    """One table of what a transform makes of the rows of a file.

    Args:
        rows: what `raw`'s only file holds, with its columns, ROW among them, as a Spark frame.
        raw: the data set; its frame gives the columns alone.
        transform: of a module in `transforms.sources`.
        table: a table of its result.
    """
    from pyspark.sql.pandas.types import from_arrow_schema

    (file,) = raw.files
    none = replace(raw, files=(replace(file, frame=file.frame.clear()),))

    def part(frame: pl.DataFrame) -> pa.Table:
        result = transform(replace(none, files=(replace(none.files[0], frame=frame),)))
        made = result.tables[table].to_arrow(compat_level=pl.CompatLevel.oldest())
        # Spark knows one kind of list, Polars writes the one with long offsets.
        kinds = [pa.list_(kind.value_type) if pa.types.is_large_list(kind) else kind for kind in made.schema.types]
        return made.cast(pa.schema(list(zip(made.schema.names, kinds, strict=True))))

    def each(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        for batch in batches:
            yield from part(pl.DataFrame(pl.from_arrow(pa.Table.from_batches([batch])))).to_batches()

    return rows.mapInArrow(each, from_arrow_schema(part(none.files[0].frame).schema, prefer_timestamp_ntz=True))
