"""The file of decisions about pairs: each fault is one sentence with the entry's number, nothing is lost in silence."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms.decisions import DECISIONS_SCHEMA, decision_notes, no_decisions, read_decisions
from warehouse.errors import InputError
from warehouse.schema import TABLE

GOOD = """[[decision]]
left = "a:1"
right = "b:1"
decision = "rejected"
by = "Review desk"
on = 2024-06-30
reason = "Two strikes on one street, hours apart."
"""


def read(folder: Path, text: str) -> pl.DataFrame:
    """Decisions of a file with this text."""
    path = folder / "decisions.toml"
    path.write_text(text, encoding="utf-8")
    return read_decisions(path)


def problems(folder: Path, text: str) -> tuple[str, ...]:
    """Sentences with which such a file is refused."""
    with pytest.raises(InputError) as error:
        read(folder, text)
    return error.value.problems


def test_an_entry_becomes_a_row(tmp_path: Path) -> None:
    frame = read(tmp_path, GOOD)
    reason = "Two strikes on one street, hours apart."
    assert frame.rows() == [("a:1", "b:1", "rejected", "Review desk", date(2024, 6, 30), reason)]
    assert frame.schema == no_decisions().schema


def test_an_empty_file_has_no_decisions(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing yet\n").equals(no_decisions())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('left = "a:1"\n', "", "entry 1: 'left' must be a text that is not empty, not None."),
        ('by = "Review desk"', 'by = "  "', "entry 1: 'by' must be a text that is not empty, not '  '."),
        ('by = "Review desk"', "by = 7", "entry 1: 'by' must be a text that is not empty, not 7."),
        ('right = "b:1"', 'right = "b:1 "', "entry 1: 'right' begins or ends with a space: 'b:1 '."),
        ('"rejected"', '"maybe"', "entry 1: 'decision' is 'maybe'; it must be one of accepted, rejected."),
        ('"rejected"', '"undecided"', "entry 1: 'decision' is 'undecided'; it must be one of accepted, rejected."),
        ("2024-06-30", '"30 June"', "entry 1: 'on' must be a day such as 2024-06-30 without quotes, not '30 June'."),
        ('right = "b:1"', 'right = "a:1"', "entry 1: 'left' and 'right' are the same record, a:1."),
        (
            "reason =",
            "why =",
            "entry 1: the field 'why' is not known; an entry has left, right, decision, by, on, reason.",
        ),
    ],
)
def test_a_wrong_entry_is_one_sentence(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = problems(tmp_path, GOOD.replace(old, new))
    assert f"decisions.toml, {said}" in found


def test_a_day_with_a_time_is_no_day(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, GOOD.replace("2024-06-30", "2024-06-30T12:00:00"))
    assert found.startswith("decisions.toml, entry 1: 'on' must be a day")


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    other = GOOD.replace("a:1", "a:2").replace("2024-06-30", "2024")
    found = problems(tmp_path, GOOD.replace('"rejected"', '"no"') + other)
    assert [sentence.split(":")[0] for sentence in found] == ["decisions.toml, entry 1", "decisions.toml, entry 2"]


@pytest.mark.parametrize("swap", [False, True])
def test_a_pair_is_decided_once_in_whichever_order(tmp_path: Path, swap: bool) -> None:
    second = GOOD.replace('"rejected"', '"accepted"')
    if swap:
        second = second.replace("a:1", "x").replace("b:1", "a:1").replace('"x"', '"b:1"')
    (found,) = problems(tmp_path, GOOD + second)
    assert found.startswith("decisions.toml, entry 2: the pair ")
    assert found.endswith("is decided in entry 1 already; keep one of them.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[decision]\n", "decisions.toml cannot be read as TOML: "),
        ('decision = "accepted"\n', "decisions.toml: it may only hold entries that begin with [[decision]]."),
        ("[decision]\n" + GOOD.split("\n", 1)[1], "decisions.toml: it may only hold entries that begin with"),
        ("[[decisions]]\n" + GOOD.split("\n", 1)[1], "decisions.toml: it may only hold entries that begin with"),
    ],
)
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (found,) = problems(tmp_path, text)
    assert found.startswith(said)


def test_a_file_in_another_encoding_or_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    with pytest.raises(InputError, match="does not exist; give a TOML file"):
        read_decisions(path)
    path.write_bytes(GOOD.replace("street", "Straße").encode("latin-1"))
    with pytest.raises(InputError, match="cannot be read as TOML"):
        read_decisions(path)


def test_decisions_that_a_build_cannot_follow_are_told() -> None:
    def table(name: str, **ids: str) -> pl.DataFrame:
        return pl.DataFrame([ids | {"known_from": date(2024, 1, 1)}], schema=TABLE[name].polars_schema())

    frames = {"incident": table("incident", incident_id="a:1"), "report": table("report", report_id="r:1")}
    frames["report"] = pl.concat([frames["report"], table("report", report_id="r:2")])
    facts = ("by", date(2024, 1, 2), "why")
    pairs = [
        ("a:1", "r:1", "accepted"),
        ("gone:1", "a:1", "rejected"),
        ("gone:1", "gone:2", "accepted"),
        ("r:1", "r:2", "accepted"),
    ]
    decisions = pl.DataFrame([(*pair, *facts) for pair in pairs], schema=DECISIONS_SCHEMA, orient="row")
    assert decision_notes(decisions, frames) == [
        "The decision about gone:1 and a:1 (rejected) has no effect: gone:1 is not in this build.",
        "The decision about gone:1 and gone:2 (accepted) has no effect: gone:1 and gone:2 are not in this build.",
        "The decision about r:1 and r:2 (accepted) has no effect: both are reports, and a pair needs an incident.",
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(0, 5),
            st.integers(6, 9),
            st.sampled_from(["accepted", "rejected"]),
            st.integers(0, 9000),
            st.text(alphabet=st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20),
        ),
        unique_by=lambda row: row[:2],
        max_size=8,
    )
)
def test_what_is_written_is_read(tmp_path: Path, rows: list[tuple[int, int, str, int, str]]) -> None:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    days = [date(2000, 1, 1) + timedelta(days=row[3]) for row in rows]
    text = "".join(
        f'[[decision]]\nleft = "a:{left}"\nright = "a:{right}"\ndecision = "{decision}"\nby = "someone"\n'
        f"on = {day}\nreason = {quoted(reason)}\n"
        for (left, right, decision, _, reason), day in zip(rows, days, strict=True)
    )
    assert read(tmp_path, text).rows() == [
        (f"a:{left}", f"a:{right}", decision, "someone", day, reason)
        for (left, right, decision, _, reason), day in zip(rows, days, strict=True)
    ]
