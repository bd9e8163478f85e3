"""A deployment as an iteration."""

from __future__ import annotations

from contextlib import aclosing

import pytest
from tests.integration.hosting_cases import make_spec, serving

from aiosagemaker.hosting import DeploymentFailed, deploying


async def test_events() -> None:
    """The events come one by one, the last says that it is done."""
    async with serving() as hosting:
        events = [event async for event in deploying(hosting.client, make_spec())]
        assert events[0].stage == "changing"
        assert events[-1].stage == "done"


async def test_a_failure_comes_last() -> None:
    """What the deployment fails with is raised after its last event."""
    async with serving() as hosting:
        events = deploying(hosting.client, make_spec(image="bad"))
        while (await anext(events)).stage != "failed":
            pass
        with pytest.raises(DeploymentFailed):
            _ = [event async for event in events]


async def test_left_early() -> None:
    """Left early, the deployment is cancelled: nothing is called any more but what was on its way."""
    async with serving() as hosting:
        async with aclosing(deploying(hosting.client, make_spec())) as events:
            async for event in events:
                if event.stage == "changing":
                    break
        await hosting.client.list_models()
        calls = len(hosting.calls)
        for _ in range(5):
            await hosting.client.list_models()
        assert hosting.calls[calls:] == ["ListModels"] * 5
