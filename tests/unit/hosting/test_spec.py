"""Specs hold together."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.integration.hosting_cases import make_spec

from aiosagemaker.errors import ArgumentError
from aiosagemaker.hosting import ScalingSpec


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"models": [*make_spec().models, *make_spec().models]}, "model churn: named twice"),
        ({"scaling": [ScalingSpec(variant_name="x", min_capacity=1, max_capacity=2, invocations=1)]}, "'x' is none of"),
        ({"instance_types": "ml.m5.large"}, "a list is wanted"),
    ],
)
def test_what_does_not_hold_together(members: dict[str, Any], said: str) -> None:
    """Names given twice, scaling of what there is not, and a text for a list are refused at once."""
    with pytest.raises(ArgumentError, match=said):
        make_spec(**members)


def test_a_copy_with_one_thing_changed() -> None:
    """Specs are values: equal, hashable, and copied with a change."""
    spec = make_spec(tags={"a": "b"})
    assert spec == make_spec(tags={"a": "b"})
    assert hash(spec) == hash(make_spec(tags={"a": "b"}))
    assert attrs.evolve(spec, endpoint_name="f").endpoint_name == "f"
    assert [(tag.key, tag.value) for tag in spec.tags] == [("a", "b")]
