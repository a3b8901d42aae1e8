"""CSV files as text: what is read is what stands there, and nothing is padded."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.delimited import MAX_LISTED, read_csv
from warehouse.errors import InputError

COLUMNS = ("a", "b", "c")
CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=8)


def problems(path: Path, content: str) -> tuple[str, ...]:
    path.write_text(content, encoding="utf-8", newline="")
    with pytest.raises(InputError) as caught:
        read_csv(path, COLUMNS, optional={"c"})
    return caught.value.problems


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=12))
def test_text_is_read_as_it_stands(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]) -> None:
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, quoting=csv.QUOTE_ALL)
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    assert read_csv(path, COLUMNS).rows() == [tuple(cell or None for cell in row) for row in rows]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('\ufeff"a",b,c\n1,2,3\n', encoding="utf-8")
    assert read_csv(path, COLUMNS).rows() == [("1", "2", "3")]


def test_a_row_with_more_or_fewer_cells_than_the_header_is_refused(tmp_path: Path) -> None:
    found = problems(tmp_path / "x.csv", 'a,b,c\n1,2,3\n1,2\n"x, y",2,3\n1,2,3,4\n')
    assert [p.split(";")[0] for p in found] == [
        "x.csv, row 2: 2 cells, the header has 3",
        "x.csv, row 4: 4 cells, the header has 3",
    ]


def test_many_such_rows_are_counted(tmp_path: Path) -> None:
    found = problems(tmp_path / "x.csv", "a,b,c\n" + "1,2\n" * (MAX_LISTED + 5))
    assert len(found) == MAX_LISTED + 1
    assert found[-1] == "x.csv: 5 more rows with the wrong number of cells."


def test_columns_and_rows_are_told_together_and_optional_ones_may_be_missing(tmp_path: Path) -> None:
    found = problems(tmp_path / "x.csv", "a,d\n1,2\n3\n")
    assert found[:2] == (
        "x.csv: the column b is missing.",
        "x.csv: the column d is not known; the source's format may have changed.",
    )
    assert found[2].startswith("x.csv, row 2: 1 cells")


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_another_separator_is_named(tmp_path: Path, separator: str, name: str) -> None:
    (told,) = problems(tmp_path / "x.csv", separator.join(COLUMNS) + "\n")
    assert told == f"x.csv: its columns are separated by {name}; save it with commas."


def test_a_column_given_twice_is_refused(tmp_path: Path) -> None:
    assert "not known" in problems(tmp_path / "x.csv", "a,b,b\n1,2,3\n")[0]
