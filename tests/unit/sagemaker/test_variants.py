"""Variants at one moment."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.sagemaker import DescribeEndpointResponse, PendingProductionVariantSummary, ProductionVariantSummary
from aiosagemaker.sagemaker.variants import Fleets, VariantSnapshot, traffic


@pytest.mark.parametrize(
    ("weights", "parts"),
    [([1.0, 3.0], [0.25, 0.75]), ([None, 2.0], [0.0, 1.0]), ([0.0, None], []), ([], [])],
)
def test_traffic(weights: list[float | None], parts: list[float]) -> None:
    """Each weight has its part of the whole, and there are no parts of nothing."""
    assert traffic(weights) == parts


def test_of_both_fleets() -> None:
    """A snapshot is made of a variant that serves and of one that is on its way."""
    facts = {"current_instance_count": 1, "desired_instance_count": 2, "current_weight": 0.5, "desired_weight": 1.0}
    made = VariantSnapshot(name="v", **facts)  # type: ignore[arg-type]  # numbers of both kinds
    assert VariantSnapshot.of(ProductionVariantSummary(variant_name="v", **facts)) == made  # type: ignore[arg-type]  # the same
    assert VariantSnapshot.of(PendingProductionVariantSummary(variant_name="v", **facts)) == made  # type: ignore[arg-type]  # the same


def test_fleets() -> None:
    """An endpoint's fleets share the traffic, and are told in one line."""
    variant = {"VariantName": "v", "CurrentInstanceCount": 1, "DesiredInstanceCount": 2, "CurrentWeight": 0.75}
    pending = {"EndpointConfigName": "c", "ProductionVariants": [{"VariantName": "w", "CurrentWeight": 0.25}]}
    described: dict[str, Any] = {"ProductionVariants": [variant], "PendingDeploymentSummary": pending}
    fleets = Fleets.of(DescribeEndpointResponse.from_dict(described))
    assert [[each.name for each in fleet] for fleet in (fleets.serving, fleets.pending)] == [["v"], ["w"]]
    assert fleets.traffic == {"v": 0.75}
    assert str(fleets) == "v 1 of 2, 25% of the traffic to the new version"
    nothing = Fleets.of(DescribeEndpointResponse.from_dict({}))
    assert (nothing.traffic, str(nothing)) == ({}, "")
