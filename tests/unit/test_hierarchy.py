"""Who stands above and below a unit, circles in the data included."""

from __future__ import annotations

import pytest

from warehouse.hierarchy import above, children, with_subordinates

TREE = {"command": None, "b1": "command", "b2": "command", "c1": "b1", "c2": "b1", "d": "c2", "alone": None}
CIRCLE = {"a": "c", "b": "a", "c": "b", "self": "self", "below": "self"}


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("d", ("c2", "b1", "command")), ("command", ()), ("nobody", ())],
)
def test_above(unit: str, expected: tuple[str, ...]) -> None:
    assert above(unit, TREE) == expected


def test_children_are_one_level() -> None:
    assert children("command", TREE) == ("b1", "b2")
    assert children("alone", TREE) == ()


def test_subordinates_are_all_levels() -> None:
    assert with_subordinates("command", TREE) == ("command", "b1", "b2", "c1", "c2", "d")
    assert with_subordinates("b1", TREE) == ("b1", "c1", "c2", "d")
    assert with_subordinates("alone", TREE) == ("alone",)


def test_a_circle_ends_where_it_closes() -> None:
    assert above("a", CIRCLE) == ("c", "b")
    assert set(with_subordinates("a", CIRCLE)) == {"a", "b", "c"}
    assert above("self", CIRCLE) == ()
    assert children("self", CIRCLE) == ("below",)
    assert with_subordinates("self", CIRCLE) == ("self", "below")
