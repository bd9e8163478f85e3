"""The account's resources."""

from __future__ import annotations

from typing import Any

import pytest

from aiosagemaker.errors import ResourceLimitExceeded


async def test_the_runtime_minds_case(hosting: Any) -> None:
    """An endpoint is found by exactly its name, where the control plane takes any case."""
    await hosting.version("a")
    await hosting.endpoint("a", "Churn")
    world = hosting.local._world
    assert world.endpoint_named("Churn") is world.endpoints.get("churn")
    assert world.endpoint_named("churn") is None


async def test_quota(hosting: Any) -> None:
    """Instances of all endpoints count against their type's quota; other types have none."""
    world = hosting.local._world
    await hosting.model("a")
    await hosting.config("c", hosting.variant("a", 1, instance_type="ml.p3.2xlarge"))
    await hosting.endpoint("c")
    world.check_quota("ml.p3.2xlarge", 1)
    with pytest.raises(ResourceLimitExceeded, match=r"2 Instances.*utilization of 1.*request.* 2"):
        world.check_quota("ml.p3.2xlarge", 2)
    world.check_quota("ml.m5.large", 1000)
    world.check_quota(None, 1000)
