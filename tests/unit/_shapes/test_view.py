"""What is shown of a value."""

from __future__ import annotations

import attrs
import pytest

from aiosagemaker._shapes.view import Table, View


def test_views_are_values() -> None:
    """A view is equal to one of the same facts and tables, and cannot change."""
    one, two = (View("t", (("a", 1),), (Table("rows", ("x",), ((1,), (None,))),)) for _ in range(2))
    assert one == two
    assert one != attrs.evolve(two, tables=())
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        one.title = "u"  # type: ignore[misc]  # what is tested
