"""What a spec may hold."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.integration.hosting_cases import component, make_spec, on_components, scaled

from aiosagemaker.errors import ArgumentError
from aiosagemaker.hosting import ScalingSpec
from aiosagemaker.sagemaker import Tag


def test_kept_as_tuples() -> None:
    """Lists are kept as tuples, and tags may be given by key; AWS's own tags are left out."""
    spec = make_spec(tags={"team": "growth", "aws:cloudformation:stack-name": "s"}, instance_types=["a", "b"])
    assert spec.tags == (Tag(key="team", value="growth"),)
    assert spec.instance_types == ("a", "b")
    assert hash(attrs.evolve(spec, instance_types=())) != hash(spec)


@pytest.mark.parametrize("value", ["ml.m5.large", b"x", {"a": 1}])
def test_no_list(value: Any) -> None:
    """Text, bytes and mappings are no lists."""
    with pytest.raises(ArgumentError, match="a list is wanted"):
        make_spec(instance_types=value)


def test_named_twice() -> None:
    """Two of one name are refused, with the name."""
    spec = make_spec()
    with pytest.raises(ArgumentError, match="model churn: named twice"):
        attrs.evolve(spec, models=spec.models * 2)
    with pytest.raises(ArgumentError, match="inference component c: named twice"):
        on_components([component("c", "1"), component("c", "2")])
    with pytest.raises(ArgumentError, match="scaling target endpoint/churn/variant/main: named twice"):
        attrs.evolve(spec, scaling=scaled() * 2)
    variants = spec.config.production_variants
    with pytest.raises(ArgumentError, match="variant main: named twice"):
        attrs.evolve(spec, config=spec.config.with_shadow_production_variants(variants))


def test_scaling_what_is_not_there() -> None:
    """Only variants and components of the spec scale."""
    other = ScalingSpec(variant_name="other", min_capacity=1, max_capacity=2, invocations=1)
    with pytest.raises(ArgumentError, match="'other' is none of main"):
        make_spec(scaling=[other])
