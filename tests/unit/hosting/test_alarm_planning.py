"""What is planned for the alarms that wake components."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from tests.integration.hosting_cases import component, on_components, serving

from aiosagemaker.hosting import ScalingSpec, deploy
from aiosagemaker.hosting.alarm_planning import plan_alarm_removals, plan_alarms

ZERO = ScalingSpec(inference_component_name="a", min_capacity=0, max_capacity=2, concurrency=5)


@pytest.mark.models
async def test_each_case(observe: Any) -> None:
    """What scales to zero has an alarm, made once and changed where it does something else; others go, in order."""
    async with serving() as hosting:
        spec = on_components([component("a", "1")], scaling=[ZERO])
        assert [str(change.action) for change in plan_alarms(spec, await observe(hosting.client))] == ["create"]
        await deploy(hosting.client, spec)
        observed = await observe(hosting.client)
        assert [*plan_alarms(spec, observed)] == []
        astray = attrs.evolve(observed, alarms={"a": attrs.evolve(observed.alarms["a"], alarm_actions=["elsewhere"])})
        assert [str(change.action) for change in plan_alarms(spec, astray)] == ["update"]
        one = attrs.evolve(spec, scaling=[attrs.evolve(ZERO, min_capacity=1)])
        assert [*plan_alarms(one, observed)] == []
        assert [change.why for change in plan_alarm_removals(observed, set(), "why")] == ["why"]
        assert [*plan_alarm_removals(observed, {"a"}, "why")] == []
