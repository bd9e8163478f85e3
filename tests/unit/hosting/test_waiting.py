"""Waits of a deployment."""

from __future__ import annotations

from typing import Any

import pytest
from tests.integration.hosting_cases import component, make_spec, on_components, serving

from aiosagemaker.errors import RolledBack, WaiterFailed, WaiterTimeout
from aiosagemaker.hooks import Hooks, Poll, Wait
from aiosagemaker.hosting import Event, deploy
from aiosagemaker.hosting.events import Teller
from aiosagemaker.hosting.versions import version_of
from aiosagemaker.hosting.waiting import Waits
from aiosagemaker.sagemaker.endpoint_goal import EndpointTarget


def waits(client: Any, events: list[Event] | None = None, timeout: float | None = None) -> Waits:
    return Waits(client, Teller(client._session.clock, None if events is None else events.append), timeout)


async def test_settled() -> None:
    """What is on its way is waited for and looked at; what is gone is None."""
    async with serving() as hosting:
        client = hosting.client
        await deploy(client, make_spec())
        await client.delete_endpoint(endpoint_name="churn")
        assert await waits(client).endpoint_settled("churn") is None
        assert await waits(client).component_settled("never-was") is None


async def test_hooks_are_told_of_kinds() -> None:
    """Hooks know a wait by its kind, as spans are named, and never by the name of what is waited for."""
    told: list[tuple[str, str | None]] = []

    class Told(Hooks):
        def wait_started(self, wait: Wait) -> None:
            told.append((wait.name, None))

        def polled(self, poll: Poll) -> None:
            told.append((poll.of.name, poll.wait))

    async with serving() as hosting:
        await deploy(hosting.client, make_spec())
        told_client = hosting.client.with_config(hooks=[Told()])
        await waits(told_client).endpoint_settled("churn")
        await waits(told_client).component_settled("never-was")
    kinds = ["EndpointSettled", "InferenceComponentSettled"]
    assert told == [entry for kind in kinds for entry in ((kind, None), (kind, kind))]


async def test_another_configuration_is_no_success() -> None:
    """An endpoint that is in service with another configuration than was asked for was rolled back."""
    async with serving() as hosting:
        await deploy(hosting.client, make_spec())
        events: list[Event] = []
        target = EndpointTarget(endpoint_config_name=version_of(make_spec("2")).name)
        with pytest.raises(RolledBack):
            await waits(hosting.client, events, 60).in_service("churn", target)
        assert [event.status for event in events] == ["InService"] * len(events)


async def test_a_component_that_fails() -> None:
    """A component that does not come up fails its wait, with the service's reason."""
    async with serving() as hosting:
        await deploy(hosting.client, on_components([component("c", "1")]))
        hosting.model.broken = True
        await hosting.client.send(component("d", "1").with_endpoint_name("churn"))
        with pytest.raises(WaiterFailed, match="inference component d is Failed") as caught:
            await waits(hosting.client).component_in_service("d")
        assert caught.value.reason
        assert (await waits(hosting.client).component_in_service("c")).inference_component_name == "c"


async def test_one_time_for_the_whole(clock: Any) -> None:
    """The time is that of all waits together."""
    async with serving() as hosting:
        made = Waits(hosting.client, Teller(clock, None), 10)
        await clock.sleep(4)
        assert made.remaining == 6
        await clock.sleep(6)
        with pytest.raises(WaiterTimeout, match="not done within 10 s"):
            _ = made.remaining
